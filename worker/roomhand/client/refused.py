"""What an error of the API is to whoever sits at the command line: the error that it would have had
without the API, with the same exit code."""

from __future__ import annotations

from collections.abc import Mapping

import grpc
import grpc.aio

from roomhand.control.refusals import told_in
from roomhand.errors import (
    CommandError,
    ConfigError,
    Fault,
    ForgottenError,
    MeetingNotFoundError,
    MeetingOpenError,
    NotFoundError,
    RefusedError,
    RoomhandError,
    ServiceError,
)

ERRORS: Mapping[str, type[RoomhandError]] = {
    "FIELD_INVALID": CommandError,
    "MESSAGE_MALFORMED": CommandError,
    "AGENT_NOT_FOUND": NotFoundError,
    "ROOM_NOT_FOUND": NotFoundError,
    "WORKER_NOT_FOUND": NotFoundError,
    "MEETING_NOT_FOUND": MeetingNotFoundError,
    "MEETING_OPEN": MeetingOpenError,
    "COMMAND_REFUSED": RefusedError,
    "COMMAND_UNANSWERED": CommandError,
    "RESUME_TOKEN_EXPIRED": ForgottenError,
    "TOO_MANY_STREAMS": CommandError,
    "RATE_LIMITED": CommandError,
    "TOOK_TOO_LONG": CommandError,
    "SERVICE_UNAVAILABLE": ServiceError,
    "INTERNAL_ERROR": RoomhandError,
}
"""By the reason of the protocol; what is missing is about the token."""
TOKEN_FIXES: Mapping[str, str] = {
    "TOKEN_MISSING": "Set ROOMHAND_API_TOKEN, of roomhand token --api",
    "TOKEN_INVALID": "Make a new one with the key of this deployment: roomhand token --api",
    "GRANT_MISSING": "Ask for one that has it, of the right room: roomhand token --api",
}


def error_of(error: grpc.aio.AioRpcError, address: str) -> RoomhandError:
    """What to raise in its place."""
    message = error.details() or error.code().name
    _, reason = told_in(tuple(error.trailing_metadata() or ()))
    if reason in TOKEN_FIXES:
        return ConfigError([Fault("ROOMHAND_API_TOKEN", message, TOKEN_FIXES[reason])])
    if reason in ERRORS:
        return ERRORS[reason](message)
    return ServiceError(f"the API at {address}: {error.code().name}: {message}")
