"""Refuses bytes that are no request of the method, which gRPC would call an unknown error."""

from __future__ import annotations

import grpc
import grpc.aio
from google.protobuf.message import DecodeError, Message

from roomhand.control.calls import Context, Handler, OurCalls, behind, refuse
from roomhand.control.refusals import message_malformed


class Decoding(OurCalls):
    """Makes requests of bytes, before all others see them."""

    def before(self, handler: Handler, call: grpc.HandlerCallDetails) -> Handler:
        """The handler of the method, for bytes."""
        made_of = handler.request_deserializer
        if made_of is None:
            return handler

        async def decoded(body: bytes, context: Context) -> Message:
            try:
                request: Message = made_of(body)
            except DecodeError:
                await refuse(context, message_malformed())
            return request

        return behind(handler, decoded, None)
