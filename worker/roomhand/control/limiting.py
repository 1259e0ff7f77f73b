"""Refuses a caller that calls too often, before anything is looked up for it."""

from __future__ import annotations

import grpc
import grpc.aio

from roomhand import metrics
from roomhand.clock import own_now_s
from roomhand.control.calls import Context, Handler, OurCalls, refuse
from roomhand.control.grants import Grants
from roomhand.control.rates import CallRates
from roomhand.control.refusals import CallError, rate_limited


class RateLimit(OurCalls):
    """Counts the calls of each caller, and those of all whose token is not good as one caller's:
    they cost nobody else's, and what it takes to refuse and to log them is bounded."""

    def __init__(self, grants: Grants, rates: CallRates) -> None:
        self._grants = grants
        self._rates = rates

    def before(self, handler: Handler, call: grpc.HandlerCallDetails) -> Handler:
        """The handler of the method, or one that refuses."""
        caller = self._grants.caller(call.invocation_metadata)
        wait_s = self._rates.wait_s(caller, own_now_s())
        if not wait_s:
            return handler
        metrics.CALLS_LIMITED.inc()
        return _refusing(handler, rate_limited(wait_s))


def _refusing(handler: Handler, error: CallError) -> Handler:
    async def refused(_: bytes, context: Context) -> None:
        await refuse(context, error)

    if handler.response_streaming:
        return grpc.unary_stream_rpc_method_handler(refused)
    return grpc.unary_unary_rpc_method_handler(refused)
