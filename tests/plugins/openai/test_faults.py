"""What errors mean: which end a session, and which are worth another try."""

from __future__ import annotations

import pytest

from roomhand_plugins.openai.faults import (
    closed_by_peer,
    ending_of_error,
    redacted,
    refused_by_error,
    refused_by_status,
)

pytestmark = pytest.mark.unit

FATAL = ["invalid_api_key", "insufficient_quota", "account_deactivated"]
FATAL += ["billing_hard_limit_reached", "beta_api_shape_disabled"]


@pytest.mark.parametrize("code", FATAL)
def test_fatal_codes_end_the_session_for_good(code: str) -> None:
    """Wherever the server puts the code, and in whichever moment."""
    assert ending_of_error(code, "invalid_request_error") == ("refused", False)
    assert ending_of_error(None, code) == ("refused", False)
    assert not refused_by_error(code, None, "no").retryable
    assert not closed_by_peer(4000, f"invalid_request_error.{code}").retryable


def test_most_errors_pass() -> None:
    """The session stays open."""
    assert ending_of_error("invalid_value", "invalid_request_error") is None
    assert ending_of_error(None, "server_error") is None


@pytest.mark.parametrize(
    ("code", "reason", "ending"),
    [
        (None, "", ("lost", True)),
        (1000, "", ("lost", True)),
        (1001, "", ("lost", True)),
        (1001, "Your session hit the maximum duration of 60 minutes.", ("expired", True)),
        (1008, "", ("refused", False)),
        (1011, "", ("server_error", True)),
        (1013, "", ("rate_limited", True)),
        (4000, "invalid_request_error.session_expired", ("expired", True)),
        (4999, "", ("lost", True)),
    ],
)
def test_a_closed_socket_says_why(code: int | None, reason: str, ending: tuple[str, bool]) -> None:
    """By code and reason."""
    closed = closed_by_peer(code, reason)

    assert (closed.reason, closed.retryable) == ending


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (401, "invalid_api_key", False),
        (403, "", False),
        (404, "", False),
        (400, "", False),
        (200, "", False),
        (429, "rate_limit_exceeded", True),
        (429, "insufficient_quota", False),
        (500, "", True),
        (503, "", True),
    ],
)
def test_an_http_answer_is_judged_by_status_and_code(
    status: int, code: str, retryable: bool
) -> None:
    """A full quota comes with the status of a busy service."""
    body = b'{"error": {"code": "%s", "message": "no"}}' % code.encode()

    assert refused_by_status(status, body, None).retryable is retryable


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("Wed, 21 Oct", None), (None, None)],
)
def test_the_time_to_wait_is_handed_on(header: str | None, seconds: float | None) -> None:
    """Where it is a number of seconds."""
    assert refused_by_status(429, b"not json", header).retry_after_s == seconds


def test_errors_while_opening_are_final_unless_known_to_pass() -> None:
    """A wrong voice stays wrong."""
    assert not refused_by_error("invalid_value", "invalid_request_error", "").retryable
    assert refused_by_error(None, "server_error", "").retryable
    assert refused_by_error("rate_limit_exceeded", None, "").retryable


def test_secrets_do_not_come_back_in_quotes() -> None:
    """Servers like to repeat what they were sent."""
    assert redacted("bad key sk-1, sk-1", ["sk-1", ""]) == "bad key ***, ***"
