"""Refuses bytes that are no request of the method, which gRPC would call an unknown error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import grpc
import grpc.aio
from google.protobuf.message import DecodeError, Message

from roomhand.control.calls import OURS, Context, Handler, behind
from roomhand.control.refusals import message_malformed


class Decoding(grpc.aio.ServerInterceptor):
    """Makes requests of bytes, before all others see them."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """The handler of the method, for bytes."""
        handler = await continuation(handler_call_details)
        if handler is None or not handler_call_details.method.startswith(OURS):
            return handler
        made_of = handler.request_deserializer
        if made_of is None:
            return handler

        async def decoded(body: bytes, context: Context) -> Message:
            try:
                request: Message = made_of(body)
            except DecodeError:
                error = message_malformed()
                await context.abort(error.code, str(error), error.details())
            return request

        return behind(handler, decoded, None)
