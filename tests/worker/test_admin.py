"""What is asked of a real livekit-server, and what its refusals are turned into."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from livekit import rtc

from roomhand.admin import LiveKitAdmin, agent_of, livekit_admin
from roomhand.errors import LiveKitError
from roomhand.settings import Settings
from tests.sim import servers
from tests.worker.room.speaking_person import token
from tests.worker.room.strict_listener import eventually

pytestmark = pytest.mark.livekit


def settings(server: servers.LiveKit, **changed: object) -> Settings:
    """Settings for this server."""
    given: dict[str, object] = {
        "livekit_url": server.url,
        "livekit_api_key": server.api_key,
        "livekit_api_secret": server.api_secret,
        "redis_url": "redis://127.0.0.1:9",
    }
    return Settings(**(given | changed))  # type: ignore[arg-type]


@pytest.fixture
async def admin(livekit_server: servers.LiveKit) -> AsyncIterator[LiveKitAdmin]:
    """A client with the right key."""
    async with livekit_admin(settings(livekit_server)) as client:
        yield client


async def test_a_room_is_there_once_it_is_opened(admin: LiveKitAdmin, room_name: str) -> None:
    """Opening it again changes nothing."""
    await admin.check()
    assert not await admin.room_exists(room_name)
    await admin.create_room(room_name)
    await admin.create_room(room_name)
    assert await admin.room_exists(room_name)


async def test_only_agents_of_ours_are_listed(
    admin: LiveKitAdmin, livekit_server: servers.LiveKit, room_name: str
) -> None:
    """Not a person who took such an identity; and one can be thrown out, twice."""
    assert await admin.agents(room_name) == {}
    rooms = []
    for identity, kind in (("sage~1z", "agent"), ("nova~1z", "standard"), ("other", "agent")):
        room = rtc.Room()
        admission = token(livekit_server, room_name, identity, kind=kind)
        await asyncio.wait_for(room.connect(livekit_server.url, admission), 10)
        rooms.append(room)
    assert await admin.agents(room_name) == {"sage": "sage~1z"}
    await admin.remove_participant(room_name, "sage~1z")
    await eventually(lambda: not rooms[0].isconnected())
    assert await admin.agents(room_name) == {}
    await admin.remove_participant(room_name, "sage~1z")
    for room in rooms:
        await asyncio.wait_for(room.disconnect(), 10)


async def test_dispatches_are_withdrawn_by_agent(admin: LiveKitAdmin, room_name: str) -> None:
    """Those of other agents stay."""
    await admin.create_room(room_name)
    sage, nova = (
        await admin.dispatch(room_name, "sage", 1),
        await admin.dispatch(room_name, "nova", 1),
    )
    await admin.remove_dispatches(room_name, "sage")
    left = [one.id for one in await admin._api.agent_dispatch.list_dispatch(room_name)]
    assert sage not in left
    assert nova in left or left == []


async def test_a_dispatch_is_withdrawn_once(admin: LiveKitAdmin, room_name: str) -> None:
    """To withdraw it again is no error, and the others stay."""
    await admin.create_room(room_name)
    one, other = [await admin.dispatch(room_name, "sage", number) for number in (1, 2)]
    for _ in range(2):
        await admin.remove_dispatch(room_name, one)
    left = [each.id for each in await admin._api.agent_dispatch.list_dispatch(room_name)]
    assert one not in left
    assert other in left


async def test_a_wrong_key_is_told_without_the_secret(livekit_server: servers.LiveKit) -> None:
    """With the settings to mend."""
    wrong = "wrong-secret-0123456789-0123456789"
    async with livekit_admin(settings(livekit_server, livekit_api_secret=wrong)) as admin:
        with pytest.raises(LiveKitError, match="refuses the key 'devkey'") as told:
            await admin.check()
    assert wrong not in str(told.value)


@pytest.mark.parametrize("url", ["ws://127.0.0.1:9", "wss://no.such.invalid"])
async def test_a_server_that_is_away_is_told(livekit_server: servers.LiveKit, url: str) -> None:
    """With its address."""
    async with livekit_admin(settings(livekit_server, livekit_url=url)) as admin:
        with pytest.raises(LiveKitError, match=f"{url} does not answer"):
            await admin.check()


async def test_a_server_that_never_answers_is_given_up(livekit_server: servers.LiveKit) -> None:
    """After the time-out."""

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    mute = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = mute.sockets[0].getsockname()[1]
    chosen = settings(livekit_server, livekit_url=f"ws://127.0.0.1:{port}")
    async with mute, livekit_admin(chosen, timeout_s=0.2) as admin:
        with pytest.raises(LiveKitError, match="does not answer"):
            await admin.check()


@pytest.mark.parametrize("metadata", ["", "sage", "[]", "{}", '{"agent": 7}', '{"agent": null}'])
def test_metadata_of_others_names_no_agent(metadata: str) -> None:
    """A dispatch may carry anything."""
    assert agent_of(metadata) is None
    assert agent_of('{"agent": "sage"}') == "sage"
