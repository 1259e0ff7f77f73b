"""Decides once for each call whether its token is good: limits, rules, log and service go by it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import grpc
import grpc.aio

from roomhand.control.calls import OURS, Handler
from roomhand.control.grants import Grants


class Deciding(grpc.aio.ServerInterceptor):
    """Stands before all that asks who calls."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """The handler of the method."""
        if handler_call_details.method.startswith(OURS):
            self._grants.decide(handler_call_details.invocation_metadata)
        return await continuation(handler_call_details)
