"""Errors of the API: a status, a message for a person, and a reason that does not change.

The reason travels as google.rpc.ErrorInfo of the domain ``roomhand`` in the details of the status
(AIP-193). proto/README.md says what to do about each.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from roomhand.errors import (
    CommandError,
    ConfigError,
    ForgottenError,
    MeetingNotFoundError,
    MeetingOpenError,
    NotFoundError,
    RefusedError,
    RoomhandError,
    ServiceError,
)

DOMAIN = "roomhand"
DETAILS = "grpc-status-details-bin"
_CODES = {code.value[0]: code.name for code in grpc.StatusCode}


class CallError(Exception):
    """A call that is refused. ``reason`` is a word of the protocol, ``more`` what goes with it."""

    def __init__(self, code: grpc.StatusCode, reason: str, message: str, *more: Message) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.more = more

    def details(self) -> tuple[tuple[str, bytes], ...]:
        """Trailing metadata from which a client reads the reason, and what goes with it."""
        status = Status(code=self.code.value[0], message=str(self))
        for one in (ErrorInfo(reason=self.reason, domain=DOMAIN), *self.more):
            status.details.add().Pack(one)
        return ((DETAILS, status.SerializeToString()),)


def told_in(metadata: Iterable[tuple[str, str | bytes]] | None) -> tuple[str, str]:
    """Status and reason of the call that ended with this trailing metadata; ``UNKNOWN`` and no
    reason where it tells none."""
    for name, value in metadata or ():
        if name == DETAILS and isinstance(value, bytes):
            status, info = Status.FromString(value), ErrorInfo()
            found = any(one.Unpack(info) for one in status.details)
            return _CODES.get(status.code, "UNKNOWN"), info.reason if found else ""
    return "UNKNOWN", ""


def token_missing() -> CallError:
    """No token came with the call."""
    message = "send authorization: Bearer TOKEN, with a LiveKit token of this deployment"
    return CallError(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING", message)


def token_invalid(why: str) -> CallError:
    """It is expired, of another key, or no token at all."""
    message = f"the token is not valid ({why}). Make a new one with this deployment's key"
    return CallError(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID", message)


def grant_missing(grant: str) -> CallError:
    """The token is good, and not for this."""
    message = f"the token lacks {grant}"
    return CallError(grpc.StatusCode.PERMISSION_DENIED, "GRANT_MISSING", message)


def field_invalid(field: str, problem: str) -> CallError:
    """A field of the request cannot be used."""
    told = BadRequest()
    told.field_violations.add(field=field, description=problem)
    message = f"{field}: {problem}"
    return CallError(grpc.StatusCode.INVALID_ARGUMENT, "FIELD_INVALID", message, told)


def message_malformed() -> CallError:
    """What was sent is no request of this method."""
    message = "the bytes are no request of this method. Make the client anew from the protocol"
    return CallError(grpc.StatusCode.INVALID_ARGUMENT, "MESSAGE_MALFORMED", message)


def worker_not_found(worker: str) -> CallError:
    """It was not heard of for a while."""
    message = f"no worker {worker} was heard of lately. ListWorkers has those that live"
    return CallError(grpc.StatusCode.NOT_FOUND, "WORKER_NOT_FOUND", message)


def too_many_streams() -> CallError:
    """This process answers as many one by one as it can, of all callers or of this one."""
    message = (
        "too many calls are answered one by one here, yours or all. End some, or try again later"
    )
    return CallError(grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_STREAMS", message)


def took_too_long(longest_s: float) -> CallError:
    """Something that it needs is slow, or it asks for very much."""
    message = f"the call took longer than {longest_s:g} s. Ask for less, or try again later"
    return CallError(grpc.StatusCode.DEADLINE_EXCEEDED, "TOOK_TOO_LONG", message)


def rate_limited(wait_s: float) -> CallError:
    """This caller calls too often."""
    message = f"too many calls. Call again in {wait_s:.3f} s"
    wait = Duration()
    wait.FromMilliseconds(ceil(wait_s * 1000))
    told = RetryInfo(retry_delay=wait)
    return CallError(grpc.StatusCode.RESOURCE_EXHAUSTED, "RATE_LIMITED", message, told)


def internal_error(message: str = "") -> CallError:
    """Nobody expected what ended the call, so the caller can do nothing about it."""
    message = message or "a bug of Roomhand's ended the call. The log of the control plane has it"
    return CallError(grpc.StatusCode.INTERNAL, "INTERNAL_ERROR", message)


def refused_by(error: RoomhandError) -> CallError:
    """What an error of ours is to a caller."""
    message = str(error)
    match error:
        case MeetingNotFoundError():
            return CallError(grpc.StatusCode.NOT_FOUND, "MEETING_NOT_FOUND", message)
        case NotFoundError() if message.startswith("room "):
            return CallError(grpc.StatusCode.NOT_FOUND, "ROOM_NOT_FOUND", message)
        case NotFoundError():
            return CallError(grpc.StatusCode.NOT_FOUND, "AGENT_NOT_FOUND", message)
        case MeetingOpenError():
            return CallError(grpc.StatusCode.FAILED_PRECONDITION, "MEETING_OPEN", message)
        case RefusedError():
            return CallError(grpc.StatusCode.FAILED_PRECONDITION, "COMMAND_REFUSED", message)
        case CommandError():
            return CallError(grpc.StatusCode.DEADLINE_EXCEEDED, "COMMAND_UNANSWERED", message)
        case ForgottenError():
            return CallError(grpc.StatusCode.OUT_OF_RANGE, "RESUME_TOKEN_EXPIRED", message)
        case ServiceError():
            return CallError(grpc.StatusCode.UNAVAILABLE, "SERVICE_UNAVAILABLE", message)
        case ConfigError():
            return CallError(grpc.StatusCode.INVALID_ARGUMENT, "FIELD_INVALID", message)
    return internal_error(message)
