"""Refuses a caller that calls too often, before anything is looked up for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import grpc
import grpc.aio

from roomhand import metrics
from roomhand.clock import own_now_s
from roomhand.control.calls import OURS, Context, Handler
from roomhand.control.grants import Grants
from roomhand.control.rates import CallRates
from roomhand.control.refusals import CallError, rate_limited


class RateLimit(grpc.aio.ServerInterceptor):
    """Counts the calls of each caller, and those of all whose token is not good as one caller's:
    they cost nobody else's, and what it takes to refuse and to log them is bounded."""

    def __init__(self, grants: Grants, rates: CallRates) -> None:
        self._grants = grants
        self._rates = rates

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """The handler of the method, or one that refuses."""
        handler = await continuation(handler_call_details)
        if handler is None or not handler_call_details.method.startswith(OURS):
            return handler
        caller = self._grants.caller(handler_call_details.invocation_metadata)
        wait_s = self._rates.wait_s(caller, own_now_s())
        if not wait_s:
            return handler
        metrics.CALLS_LIMITED.inc()
        return _refusing(handler, rate_limited(wait_s))


def _refusing(handler: Handler, error: CallError) -> Handler:
    async def refuse(_: bytes, context: Context) -> None:
        await context.abort(error.code, str(error), error.details())

    if handler.response_streaming:
        return grpc.unary_stream_rpc_method_handler(refuse)
    return grpc.unary_unary_rpc_method_handler(refuse)
