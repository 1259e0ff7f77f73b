"""Client events read strictly, server events checked before they leave.

Both against the types of the ``openai`` package: what those types do not know is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from openai.types.realtime.realtime_client_event import RealtimeClientEvent
from openai.types.realtime.realtime_server_event import RealtimeServerEvent
from openai.types.realtime.realtime_session_create_request import RealtimeSessionCreateRequest
from openai.types.realtime.realtime_transcription_session_create_request import (
    RealtimeTranscriptionSessionCreateRequest,
)
from pydantic import BaseModel, ValidationError

JSON = dict[str, Any]

_SESSION_KINDS: dict[str, type[BaseModel]] = {
    "realtime": RealtimeSessionCreateRequest,
    "transcription": RealtimeTranscriptionSessionCreateRequest,
}
_ONLY_SENT = {"session.id", "session.object", "session.expires_at"}
"""Fields of sessions which the server sends but the type of the event does not name."""

_CODES = {
    "missing": ("missing_required_parameter", "Missing required parameter: '{}'."),
    "literal_error": ("invalid_value", "Invalid value for '{}': {message}."),
}


class ClientError(Exception):
    """The client did what the protocol forbids; it gets an ``error`` event, the session lives."""

    def __init__(
        self, code: str, message: str, *, param: str | None = None, kind: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param
        self.kind = kind or "invalid_request_error"


class ServerEventError(AssertionError):
    """This server built an event that the types of the ``openai`` package do not allow."""


def _by_type(union: Any) -> dict[str, type[BaseModel]]:
    members = get_args(get_args(union)[0])
    return {get_args(member.model_fields["type"].annotation)[0]: member for member in members}


CLIENT_EVENTS = _by_type(RealtimeClientEvent)
SERVER_EVENTS = _by_type(RealtimeServerEvent)


def read(text: str | bytes) -> tuple[BaseModel, str | None]:
    """A client event and its ``event_id``. Raises ClientError."""
    try:
        raw = json.loads(text)
    except ValueError as broken:
        raise ClientError("invalid_json", f"We could not parse the JSON: {broken}.") from None
    if not isinstance(raw, dict):
        raise ClientError("invalid_json", "An event must be a JSON object.")
    kind = raw.get("type")
    if kind is None:
        raise ClientError("missing_required_parameter", "Missing required parameter: 'type'.")
    model = CLIENT_EVENTS.get(kind) if isinstance(kind, str) else None
    if model is None:
        known = ", ".join(repr(name) for name in sorted(CLIENT_EVENTS))
        raise ClientError(
            "invalid_value",
            f"Invalid value: '{kind}'. Supported values are: {known}.",
            param="type",
        )
    if kind == "session.update":
        _check_session(raw.get("session"))
    event = _validated(model, raw)
    return event, raw.get("event_id")


def event_id_of(text: str | bytes) -> str | None:
    """The ``event_id`` of an event that may be wrong in any other way."""
    try:
        raw = json.loads(text)
    except ValueError:
        return None
    found = raw.get("event_id") if isinstance(raw, dict) else None
    return found if isinstance(found, str) else None


def checked(event: JSON) -> JSON:
    """The same server event, known to be what an ``openai`` client expects."""
    model = SERVER_EVENTS.get(event["type"])
    if model is None:
        raise ServerEventError(f"no such server event: {event['type']}")
    try:
        parsed = model.model_validate_json(json.dumps(event), strict=True)
    except ValidationError as wrong:
        raise ServerEventError(f"{event['type']}: {wrong}") from None
    unknown = [path for path in _unknown(parsed) if path not in _ONLY_SENT]
    if unknown:
        raise ServerEventError(f"{event['type']}: fields not in the types: {unknown}")
    return event


def _check_session(session: Any) -> None:
    """The union of session kinds tells little when it fails, so its tag is checked first."""
    if not isinstance(session, Mapping):
        raise ClientError(
            "missing_required_parameter", "Missing required parameter: 'session'.", param="session"
        )
    kind = session.get("type")
    if kind is None:
        raise ClientError(
            "missing_required_parameter",
            "Missing required parameter: 'session.type'.",
            param="session.type",
        )
    if kind not in _SESSION_KINDS:
        raise ClientError(
            "invalid_value",
            f"Invalid value: '{kind}'. Supported values are: 'realtime' and 'transcription'.",
            param="session.type",
        )
    _validated(_SESSION_KINDS[kind], session, prefix="session.")


def _validated(model: type[BaseModel], raw: Any, prefix: str = "") -> BaseModel:
    try:
        event = model.model_validate_json(json.dumps(raw), strict=True)
    except ValidationError as wrong:
        raise _as_client_error(wrong, prefix) from None
    for path in _unknown(event):
        path = prefix + path
        raise ClientError("unknown_parameter", f"Unknown parameter: '{path}'.", param=path)
    return event


def _as_client_error(wrong: ValidationError, prefix: str) -> ClientError:
    """One error for a person: of a union, the member whose tag fits."""
    errors = wrong.errors()
    tag_errors = {
        tuple(error["loc"][:-1]) for error in errors if error["loc"][-1] in ("type", "role")
    }
    fitting = [error for error in errors if tuple(error["loc"][:-1]) not in tag_errors]
    first = (fitting or errors)[0]
    path = prefix + ".".join(str(part) for part in first["loc"] if not str(part)[:1].isupper())
    code, message = _CODES.get(first["type"], ("invalid_type", "Invalid type for '{}': {message}."))
    return ClientError(code, message.format(path, message=first["msg"]), param=path)


def _unknown(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, BaseModel):
        for name in value.model_extra or {}:
            yield f"{path}{name}"
        for name in type(value).model_fields:
            yield from _unknown(getattr(value, name), f"{path}{name}.")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _unknown(part, f"{path}{index}.")
