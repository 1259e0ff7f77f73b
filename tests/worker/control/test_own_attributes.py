"""Why scopes count only in a token that joins no room: LiveKit signs what participants say of
themselves."""

from __future__ import annotations

import asyncio

import pytest
from livekit import api as livekit
from livekit import rtc

from roomhand.control.grants import SCOPES, Grants
from roomhand.control.refusals import CallError
from roomhand.settings import Settings
from tests.sim import servers

pytestmark = pytest.mark.livekit


async def test_a_participant_that_gives_itself_a_scope_does_not_have_it(
    livekit_server: servers.LiveKit, room_name: str
) -> None:
    """Its next token has the scope, of the deployment's own key."""
    key, secret = livekit_server.api_key, livekit_server.api_secret
    may = livekit.VideoGrants(room_join=True, room=room_name, can_update_own_metadata=True)
    joins = livekit.AccessToken(key, secret).with_identity("eve").with_grants(may).to_jwt()
    room, signed = rtc.Room(), asyncio.Event()
    tokens = [joins]

    def refreshed() -> None:
        assert room._token is not None
        tokens.append(room._token)
        claims = livekit.TokenVerifier(key, secret).verify(room._token)
        if (claims.attributes or {}).get(SCOPES) == "floor":
            signed.set()

    room.on("token_refreshed", refreshed)
    await room.connect(livekit_server.url, joins)
    await room.local_participant.set_attributes({SCOPES: "floor"})
    async with asyncio.timeout(20):
        await signed.wait()
    await room.disconnect()

    grants = Grants(
        Settings(
            livekit_url=livekit_server.url,
            livekit_api_key=key,
            livekit_api_secret=secret,  # type: ignore[arg-type]
        )
    )
    metadata = (("authorization", f"Bearer {tokens[-1]}"),)
    with pytest.raises(CallError, match=SCOPES):
        grants.scope(metadata, room_name, "floor")
