"""What all services of the API share: how a call is answered, and fields that all requests have."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Hashable
from contextlib import aclosing
from typing import Any, NoReturn, TypeAlias, TypeVar, cast
from uuid import UUID

import grpc
import grpc.aio

from roomhand.clock import own_now_s
from roomhand.control.refusals import (
    CallError,
    internal_error,
    refused_by,
    too_many_streams,
    took_too_long,
)
from roomhand.coordination.commands import PATIENCE_S
from roomhand.errors import RoomhandError

logger = logging.getLogger(__name__)

Context: TypeAlias = grpc.aio.ServicerContext[Any, Any]
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Gate: TypeAlias = Callable[[Any, Context], Awaitable[Any]]
"""Gives on a request, or aborts the call."""
Done = TypeVar("Done")
OURS = "/roomhand."
"""How the paths of our own methods begin; health and reflection are not ours."""


LONGEST_S = 50.0
"""Of a call with one answer; a client that sets no deadline itself would wait for ever."""


class OurCalls(grpc.aio.ServerInterceptor):
    """Stands before our own methods; others are let pass."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """The handler of the method, or what ``before`` makes of it."""
        handler = await continuation(handler_call_details)
        if handler is None or not handler_call_details.method.startswith(OURS):
            return handler
        return self.before(handler, handler_call_details)

    def before(self, handler: Handler, call: grpc.HandlerCallDetails) -> Handler:
        """A handler that is called in place of this one."""
        raise NotImplementedError


async def refuse(context: Context, error: CallError) -> NoReturn:
    """End the call with this status and reason."""
    await context.abort(error.code, str(error), error.details())
    raise AssertionError("abort has raised")


async def answered(context: Context, work: Callable[[], Awaitable[Done]]) -> Done:
    """The answer, or a status with a reason. Work that takes too long is cancelled."""
    try:
        async with asyncio.timeout(LONGEST_S) as limit:
            return await work()
    except Exception as error:  # noqa: BLE001  whatever it is, it is told by status and reason
        found = took_too_long(LONGEST_S) if limit.expired() else _refusal(error)
    await refuse(context, found)


async def streamed(
    context: Context, work: Callable[[], AsyncGenerator[Done, None]]
) -> AsyncIterator[Done]:
    """The answers one by one until ``work`` ends, or a status with a reason. A client that goes, or
    whose deadline is there, ends ``work`` where it waits: it is cancelled."""
    try:
        async with aclosing(work()) as answers:
            async for answer in answers:
                yield answer
        return
    except Exception as error:  # noqa: BLE001  as in ``answered``
        found = _refusal(error)
    await refuse(context, found)


def _refusal(error: Exception) -> CallError:
    """What an error is to the caller. One that nobody expected is logged, with the way to it."""
    if isinstance(error, CallError):
        return error
    found = refused_by(error) if isinstance(error, RoomhandError) else internal_error()
    if found.code is grpc.StatusCode.INTERNAL:
        logger.error("a call ended by a bug", exc_info=error)
    return found


def behind(handler: Handler, gate: Gate, deserializer: Callable[[bytes], Any] | None) -> Handler:
    """The same handler, which is given what ``gate`` makes of each request. ``deserializer`` makes
    what ``gate`` is given; None: bytes."""

    async def one(request: Any, context: Context) -> Any:
        return await work(await gate(request, context), context)

    async def several(request: Any, context: Context) -> AsyncIterator[Any]:
        async with aclosing(work(await gate(request, context), context)) as answers:
            async for answer in answers:
                yield answer

    if handler.response_streaming:
        work: Any = handler.unary_stream
        return grpc.unary_stream_rpc_method_handler(
            several, deserializer, handler.response_serializer
        )
    work = handler.unary_unary
    return grpc.unary_unary_rpc_method_handler(one, deserializer, handler.response_serializer)


class Streams:
    """Calls that are answered one by one, of which each keeps a connection to Redis or a file: so
    many at a time, a quarter of them of one caller, and each of the bounded ones so long at
    most."""

    def __init__(self, limit: int = 256, longest_s: float = 300) -> None:
        self._limit = limit
        self._of_one = max(1, limit // 4)
        self._longest_s = longest_s
        self._under_way = Counter[Hashable]()

    async def bounded(
        self, caller: Hashable, work: AsyncGenerator[Done, None]
    ) -> AsyncGenerator[Done, None]:
        """The answers of ``work``, no longer than that. Raises CallError as ``counted``."""
        within = self.counted(caller, _until(work, own_now_s() + self._longest_s))
        async with aclosing(work), aclosing(within) as answers:
            async for answer in answers:
                yield answer

    async def counted(
        self, caller: Hashable, work: AsyncGenerator[Done, None]
    ) -> AsyncGenerator[Done, None]:
        """The answers of ``work``, for as long as it goes on: for a call whose end tells something.
        Raises CallError where there are too many calls, of all or of this caller."""
        async with aclosing(work):
            if self._under_way.total() >= self._limit or self._under_way[caller] >= self._of_one:
                raise too_many_streams()
            self._under_way[caller] += 1
            try:
                async for answer in work:
                    yield answer
            finally:
                self._under_way -= Counter([caller])  # who has none left is forgotten


async def _until(work: AsyncGenerator[Done, None], deadline_s: float) -> AsyncGenerator[Done, None]:
    while (left_s := deadline_s - own_now_s()) > 0:
        try:
            async with asyncio.timeout(left_s):
                answer = await anext(work)
        except (TimeoutError, StopAsyncIteration):
            return
        yield answer


def patience_s(context: Context) -> float:
    """For how long an agent may take what the caller tells it: once its deadline is there, the
    caller has gone, and will not hear what became of it."""
    left_s = cast("float | None", context.time_remaining())  # None: it has no deadline
    return PATIENCE_S if left_s is None else min(PATIENCE_S, left_s)


def request_id(given: str) -> str | None:
    """The caller's id of a request, a UUID, in one spelling; None: it gave none."""
    return str(UUID(given)) if given else None
