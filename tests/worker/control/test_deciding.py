"""Whether a token is good is decided once for a call, whatever happens while it goes on."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
import redis.asyncio
from google.protobuf.message import Message
from livekit import api as livekit
from livekit.api.access_token import Claims

from roomhand.control.refusals import CallError, field_invalid
from roomhand.control.validation import Rules
from roomhand.log import AUDIT
from tests.worker.control.served import Served, serving
from tests.worker.room.strict_listener import eventually

pytestmark = pytest.mark.unit

INVALID = ("UNAUTHENTICATED", "TOKEN_INVALID")
VERIFY = livekit.TokenVerifier.verify


def who(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Of each line of the log of changes."""
    return [vars(one)["who"] for one in caplog.records if one.name == AUDIT]


@pytest.fixture
async def unasked() -> AsyncIterator[Served]:
    """An API whose Redis nobody needs: every call is refused before."""
    client = redis.asyncio.Redis(port=9)
    async with serving(client, "here", control_rate_per_s=0.01, control_burst=2) as there:
        yield there
    await client.aclose()


@pytest.mark.parametrize("name", ["AgentsService.Say", "FloorService.WatchFloor"])
async def test_a_token_that_becomes_good_meanwhile_is_of_the_next_call(
    unasked: Served, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise it would pass where nobody has counted it or looked at what it asks for."""
    asked = list[str]()

    def verify(verifier: livekit.TokenVerifier, token: str, **options: Any) -> Claims:
        asked.append(token)
        if len(asked) == 1:
            raise jwt.ImmatureSignatureError
        return VERIFY(verifier, token, **options)

    monkeypatch.setattr(livekit.TokenVerifier, "verify", verify)
    assert await unasked.refused(name, room=" ") == INVALID
    assert len(asked) == 1
    assert await unasked.refused(name, room=" ") == ("INVALID_ARGUMENT", "FIELD_INVALID")
    assert len(asked) == 2


async def test_tokens_that_are_not_good_are_counted_together(
    unasked: Served, caplog: pytest.LogCaptureFixture
) -> None:
    """What it costs to refuse a stranger is bounded, and what it writes into the log of changes."""
    caplog.set_level(logging.INFO, AUDIT)
    assert await unasked.refused("Say", "no.token.atall") == INVALID
    assert await unasked.refused("Say", "") == ("UNAUTHENTICATED", "TOKEN_MISSING")
    for bearer in ("", "no.token.atall", "another.such.token"):
        assert await unasked.refused("Say", bearer) == ("RESOURCE_EXHAUSTED", "RATE_LIMITED")
    assert await unasked.refused("Say", room=" ") == ("INVALID_ARGUMENT", "FIELD_INVALID")
    await eventually(lambda: len(who(caplog)) == 3)
    assert who(caplog) == ["", "", "backend"]


async def test_the_log_names_who_called_though_the_token_expires_meanwhile(
    unasked: Served, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, AUDIT)

    def expired(_: livekit.TokenVerifier, __: str) -> Claims:
        raise jwt.ExpiredSignatureError

    def broken(_: Rules, __: Message) -> CallError:
        monkeypatch.setattr(livekit.TokenVerifier, "verify", expired)
        return field_invalid("room", "whatever")

    monkeypatch.setattr(Rules, "broken_by", broken)
    assert await unasked.refused("Say") == ("INVALID_ARGUMENT", "FIELD_INVALID")
    await eventually(lambda: len(who(caplog)) == 1)
    assert who(caplog) == ["backend"]
