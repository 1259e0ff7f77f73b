"""Whether a token is good is decided once for a call, whatever happens while it goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
import redis.asyncio
from livekit import api as livekit
from livekit.api.access_token import Claims

from tests.worker.control.served import Served, serving

pytestmark = pytest.mark.unit

INVALID = ("UNAUTHENTICATED", "TOKEN_INVALID")
VERIFY = livekit.TokenVerifier.verify


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
