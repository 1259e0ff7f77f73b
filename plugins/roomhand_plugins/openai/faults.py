"""What the service's errors mean for a session. Pure.

Most errors leave a session open. Those listed end it, and only some of them are worth another try:
opening again with a bad key would go on for ever.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from roomhand_plugins.base import Closed, SessionRefusedError

BUSY_CODES = frozenset({"conversation_already_has_active_response", "response_already_active"})


class Ending(NamedTuple):
    """Why a session ends: the short word of ``Closed``, and whether opening again may help."""

    reason: str
    retryable: bool


_REFUSED = Ending("refused", False)
_ENDINGS: Mapping[str, Ending] = {
    "session_expired": Ending("expired", True),
    "invalid_api_key": _REFUSED,
    "insufficient_quota": _REFUSED,
    "account_deactivated": _REFUSED,
    "billing_hard_limit_reached": _REFUSED,
    "beta_api_shape_disabled": _REFUSED,
    "model_not_found": _REFUSED,
}
_CLOSE_CODES: Mapping[int, Ending] = {
    1007: Ending("protocol", False),
    1008: _REFUSED,
    1009: Ending("protocol", False),
    1011: Ending("server_error", True),
    1012: Ending("server_error", True),
    1013: Ending("rate_limited", True),
    4000: _REFUSED,
}
_PASSING_AT_OPEN = frozenset({"server_error", "rate_limit_exceeded", "rate_limit_error"})


def ending_of_error(code: str | None, kind: str | None) -> Ending | None:
    """How an ``error`` event ends the session; None if it does not. Some servers put the code
    where the type belongs."""
    return _ENDINGS.get(code or "") or _ENDINGS.get(kind or "")


def closed_by_peer(code: int | None, reason: str) -> Closed:
    """A closed socket. ``code`` is None where no closing frame came."""
    if code is None:
        return Closed("lost", True, "the connection broke")
    told = _ENDINGS.get(reason.rpartition(".")[2].strip())
    expired = code == 1001 and ("maximum duration" in reason or "expired" in reason)
    ending = told or (_ENDINGS["session_expired"] if expired else None)
    ending = ending or _CLOSE_CODES.get(code) or Ending("lost", True)
    return Closed(ending.reason, ending.retryable, f"closed with {code} {reason}".strip())


def refused_by_status(status: int, body: bytes, retry_after: str | None) -> SessionRefusedError:
    """The HTTP answer to the attempt to connect was not an upgrade."""
    code, message = _error_in(body)
    text = f"the service answered {status}" + (f": {message}" if message else "")
    if status == 404:
        text += ". Check base_url and model"
    elif status in {401, 403}:
        text += ". Check the key"
    ending = _ENDINGS.get(code or "")
    retryable = (status == 429 or status >= 500) and (ending is None or ending.retryable)
    return SessionRefusedError(text, retryable=retryable, retry_after_s=_seconds(retry_after))


def refused_by_error(code: str | None, kind: str | None, message: str) -> SessionRefusedError:
    """An ``error`` event came where the session should have been set up."""
    ending = ending_of_error(code, kind)
    passing = {code, kind} & _PASSING_AT_OPEN
    retryable = ending.retryable if ending else bool(passing)
    return SessionRefusedError(f"{code or kind or 'error'}: {message}", retryable=retryable)


def redacted(text: str, secrets: Iterable[str]) -> str:
    """``text`` without any secret, for messages that quote the service."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return text


def _error_in(body: bytes) -> tuple[str | None, str]:
    try:
        error = json.loads(body)["error"]
        return error.get("code"), str(error.get("message") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, ""


def _seconds(retry_after: str | None) -> float | None:
    try:
        return max(0.0, float(retry_after)) if retry_after else None
    except ValueError:
        return None
