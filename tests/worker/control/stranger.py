"""A client that knows nothing but an address: it finds services by reflection, and calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

from tests.worker.control.test_agents_api import reason_of


def found_at(address: str) -> dict[str, MethodDescriptor]:
    """Every method of ours that a server tells of, by SERVICE/METHOD. Blocks."""
    with grpc.insecure_channel(address) as channel:
        told = ProtoReflectionDescriptorDatabase(channel)
        pool = DescriptorPool(told)
        ours = [name for name in told.get_services() if name.startswith("roomhand.")]
        return {
            f"{service.rpartition('.')[2]}/{name}": method
            for service in ours
            for name, method in pool.FindServiceByName(service).methods_by_name.items()
        }


@dataclass(frozen=True, slots=True)
class Called:
    """What a call ended in; OK without a reason."""

    code: str
    reason: str = ""


async def call(
    channel: grpc.aio.Channel,
    method: MethodDescriptor,
    fields: Mapping[str, Any],
    token: str,
    timeout_s: float = 20,
) -> Called:
    """Call it with those of the fields that its request has."""
    request_kind = GetMessageClass(method.input_type)
    known = {name: fields[name] for name in method.input_type.fields_by_name if name in fields}
    kind = channel.unary_stream if method.server_streaming else channel.unary_unary
    rpc = kind(
        f"/{method.containing_service.full_name}/{method.name}",
        request_serializer=request_kind.SerializeToString,
        response_deserializer=GetMessageClass(method.output_type).FromString,
    )
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    answer: Any = rpc(request_kind(**known), metadata=metadata, timeout=timeout_s)
    try:
        if method.server_streaming:
            answers: list[Message] = [one async for one in answer]
            assert all(isinstance(one, Message) for one in answers)
        else:
            await answer
    except grpc.aio.AioRpcError as error:
        return Called(*reason_of(error))
    return Called("OK")
