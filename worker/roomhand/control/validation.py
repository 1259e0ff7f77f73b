"""Refuses a request that breaks a rule of the protocol, before anything is done for it.

Where a rule cannot be written in the protocol, the service that is called checks it.
"""

from __future__ import annotations

from collections.abc import Iterable

import grpc
import grpc.aio
from google.protobuf.descriptor_pool import Default
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from protovalidate import Validator, Violation

from roomhand.control.calls import Context, Handler, OurCalls, behind, refuse
from roomhand.control.grants import Grants
from roomhand.control.refusals import CallError, field_invalid


class Rules:
    """What the protocol says of requests."""

    def __init__(self, services: Iterable[str]) -> None:
        """``services``: full names. Their rules are compiled here, not with the first call."""
        self._validator = Validator()
        for service in services:
            for method in Default().FindServiceByName(service).methods:
                self.broken_by(GetMessageClass(method.input_type)())

    def broken_by(self, request: Message) -> CallError | None:
        """By the first field that breaks one: the others are not looked at, however many."""
        found = self._validator.collect_violations(request, fail_fast=True)
        return field_invalid(_path(found[0]), _problem(request, found[0])) if found else None


class Validation(OurCalls):
    """Looks at the requests of callers whose token is good; others are refused for that, where they
    are answered."""

    def __init__(self, grants: Grants, rules: Rules) -> None:
        self._grants = grants
        self._rules = rules

    def before(self, handler: Handler, call: grpc.HandlerCallDetails) -> Handler:
        """The handler of the method, behind the rules."""
        if self._grants.caller(call.invocation_metadata) is None:
            return handler
        return behind(handler, self._valid, handler.request_deserializer)

    async def _valid(self, request: Message, context: Context) -> Message:
        error = self._rules.broken_by(request)
        if error is not None:
            await refuse(context, error)
        return request


def _problem(request: Message, violation: Violation) -> str:
    """What is wrong, so that one knows what to write."""
    field = request.DESCRIPTOR.fields_by_name.get(_path(violation))
    if field is not None and field.enum_type is not None:
        return f"write one of {', '.join(one.name for one in field.enum_type.values[1:])}"
    return violation.proto.message


def _path(violation: Violation) -> str:
    """As ``speakers[2]``."""
    found = ""
    for element in violation.proto.field.elements if violation.proto.field else ():
        found += f".{element.field_name}" if found else element.field_name
        if element.subscript is not None:
            found += f"[{element.subscript.value}]"
    return found
