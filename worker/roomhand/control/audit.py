"""Who changed what by the API: a line of the log ``roomhand.audit`` for each call that may.

A call may change something unless the protocol says of its method that it has no side effects. What
is to be said aloud, asked or told is never written: only names, ids, and what is chosen or not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, cast

import grpc
import grpc.aio
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.descriptor_pool import Default
from google.protobuf.message import Message

from roomhand.clock import own_now_s
from roomhand.control.calls import Context, Handler, OurCalls
from roomhand.control.grants import Grants
from roomhand.control.refusals import told_in
from roomhand.log import AUDIT

logger = logging.getLogger(AUDIT)

Work: TypeAlias = Callable[[Message, Context], Awaitable[Message]]
NAMES = ("room", "agent", "meeting", "worker", "request_id")
"""Fields whose text is written, where a request has them: up to ``MAX_NAME`` characters."""
MAX_NAME = 256


class Audit(OurCalls):
    """Writes when a call has ended, however it did."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants

    def before(self, handler: Handler, call: grpc.HandlerCallDetails) -> Handler:
        """The handler of the method, or the same one that writes."""
        path = call.method
        if not may_change(path):
            return handler
        work = cast(Work, handler.unary_unary)

        async def audited(request: Message, context: Context) -> Message:
            began_s, outcome = own_now_s(), ("UNKNOWN", "")
            caller = self._grants.caller(context.invocation_metadata())
            who = caller.identity if caller is not None else ""
            try:
                answer = await work(request, context)
                outcome = ("OK", "")
                return answer
            except grpc.aio.AbortError:
                outcome = told_in(context.trailing_metadata())
                raise
            except asyncio.CancelledError:
                outcome = ("CANCELLED", "")
                raise
            finally:
                took = {"peer": context.peer(), "duration_ms": _ms(own_now_s() - began_s)}
                write(path, request, who, outcome, took)

        return grpc.unary_unary_rpc_method_handler(
            audited,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )


def write(
    path: str, request: Message, who: str, outcome: tuple[str, str], more: dict[str, Any]
) -> None:
    """One line; ``outcome`` is status and reason, of a caller whose token is not good ``who`` is
    empty."""
    method = path.rpartition(".")[2].replace("/", ".")
    status, reason = outcome
    fields: dict[str, Any] = {"who": who[:MAX_NAME], "method": method}
    fields |= names(request) | {"choices": choices(request)}
    fields |= {"outcome": status, "reason": reason, **more}
    logger.info("%s by %r: %s", method, fields["who"], status, extra=fields)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def may_change(path: str) -> bool:
    """Whether a method may, by its path (``/PACKAGE.SERVICE/METHOD``)."""
    method = Default().FindMethodByName(path.removeprefix("/").replace("/", "."))
    level = method.GetOptions().idempotency_level
    return bool(level != MethodOptions.NO_SIDE_EFFECTS)


def names(request: Message) -> dict[str, str]:
    """Whom a request is about, and its id."""
    known = request.DESCRIPTOR.fields_by_name
    return {name: getattr(request, name)[:MAX_NAME] for name in NAMES if name in known}


def choices(request: Message) -> dict[str, Any]:
    """What a request chooses: its fields that are true or false, or one word of several."""
    found: dict[str, Any] = {}
    for field in request.DESCRIPTOR.fields:
        value = getattr(request, field.name)
        if field.type == FieldDescriptor.TYPE_BOOL:
            found[field.name] = value
        elif field.enum_type is not None:
            word = field.enum_type.values_by_number.get(value)
            found[field.name] = word.name if word is not None else value
    return found
