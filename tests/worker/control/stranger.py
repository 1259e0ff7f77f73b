"""A client that has the address of the API and nothing of ours: it finds what there is to call by
server reflection, and reads errors as google.rpc has them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import grpc.aio
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

PATIENCE_S = 20.0
_GOOGLE = "type.googleapis.com/"
_STOCK = ("grpc.health.", "grpc.reflection.")
"""What every gRPC server has."""


@dataclass(frozen=True)
class Ended:
    """How a call ended. ``details``: what came with an error beside its reason, by full name."""

    status: str
    reason: str = ""
    domain: str = ""
    message: str = ""
    answer: Message | None = None
    details: Mapping[str, AnyMessage] = field(default_factory=dict)


class Stranger:
    """Calls whatever reflection tells of."""

    def __init__(self, channel: grpc.aio.Channel, methods: Mapping[str, MethodDescriptor]) -> None:
        self._channel = channel
        self.methods = methods
        """By SERVICE.METHOD."""

    @staticmethod
    async def at(address: str, channel: grpc.aio.Channel) -> Stranger:
        """One who has asked the server there what it serves."""
        return Stranger(channel, await asyncio.to_thread(_reflected, address))

    def begin(
        self, name: str, fields: Mapping[str, Any], bearer: str, body: bytes | None = None
    ) -> Any:
        """A call under way. ``body``: bytes to send in place of the fields."""
        method = self.methods[name]
        path = f"/{method.containing_service.full_name}/{method.name}"
        channel, answer = self._channel, GetMessageClass(method.output_type)
        kind: Any = channel.unary_stream if method.server_streaming else channel.unary_unary
        rpc = kind(path, response_deserializer=answer.FromString)
        if body is None:
            body = GetMessageClass(method.input_type)(**fields).SerializeToString()
        metadata = (("authorization", f"Bearer {bearer}"),) if bearer else ()
        return rpc(body, metadata=metadata, timeout=PATIENCE_S)

    async def call_path(self, path: str, bearer: str) -> Ended:
        """How a call ended of which nothing is known but how it would be called."""
        metadata = (("authorization", f"Bearer {bearer}"),)
        rpc: Any = self._channel.unary_unary(path)
        try:
            await rpc(b"", metadata=metadata, timeout=PATIENCE_S)
        except grpc.aio.AioRpcError as error:
            return _ended(error)
        return Ended("OK")

    async def call(
        self, name: str, fields: Mapping[str, Any], bearer: str, body: bytes | None = None
    ) -> Ended:
        """How a call ended; of one that is answered one by one, the first answer."""
        under_way = self.begin(name, fields, bearer, body)
        streams = self.methods[name].server_streaming
        try:
            told = await (under_way.read() if streams else under_way)
        except grpc.aio.AioRpcError as error:
            return _ended(error)
        finally:
            under_way.cancel()
        assert isinstance(told, Message), f"{name} ended without an answer"
        return Ended("OK", answer=told)


def _reflected(address: str) -> dict[str, MethodDescriptor]:
    with grpc.insecure_channel(address) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        pool = DescriptorPool(database)
        names = [one for one in database.get_services() if not one.startswith(_STOCK)]
        services = [pool.FindServiceByName(name) for name in names]
        return {f"{one.name}.{method.name}": method for one in services for method in one.methods}


def _ended(error: grpc.aio.AioRpcError) -> Ended:
    """With what google.rpc.Status tells, which must be what gRPC itself tells."""
    metadata = dict(error.trailing_metadata() or ())
    status = Status.FromString(cast(bytes, metadata.get("grpc-status-details-bin", b"")))
    code, message = error.code(), error.details() or ""
    details = {one.type_url.removeprefix(_GOOGLE): one for one in status.details}
    if not details:
        return Ended(code.name, message=message, details=details)
    assert (status.code, status.message) == (code.value[0], message)
    info = ErrorInfo()
    details.pop("google.rpc.ErrorInfo").Unpack(info)
    return Ended(code.name, info.reason, info.domain, message, details=details)
