"""What a job holds in Redis, and whom it removes from the room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import cast

import pytest
import redis.asyncio
from livekit import rtc

from roomhand.admin import LiveKitAdmin
from roomhand.attribution.identity import agent_identity
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.ownership import State
from roomhand.coordination.scripts import Scripts
from roomhand.errors import OwnershipError
from roomhand.room.holding import Holding, MediaFence, take_hold
from roomhand.settings import Settings
from tests.worker.room.strict_listener import eventually

pytestmark = pytest.mark.redis

SETTINGS = Settings(
    livekit_url="ws://127.0.0.1:9",
    livekit_api_key="key",
    livekit_api_secret="secret",  # type: ignore[arg-type]
)


@asynccontextmanager
async def held(
    client: redis.asyncio.Redis, room: str, agent: str = "sage", states: list[State] | None = None
) -> AsyncIterator[Holding]:
    """An agent that is owned for as long as the block runs."""
    epoch = await LeaseStore(Scripts(client), RoomKeys(room)).reserve(agent)
    holding = await take_hold(
        SETTINGS,
        client,
        room=room,
        sid="RM_1",
        fence=Fence(agent, epoch),
        owner=f"owner of {agent}",
        on_state=(states if states is not None else []).append,
    )
    try:
        yield holding
    finally:
        await holding.lease.close()


async def test_the_first_agent_begins_the_meeting_and_writes(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """The second joins it, at the same time by its own clock, and is not the scribe."""
    states: list[State] = []
    async with (
        held(redis_client, room_name, states=states) as sage,
        held(redis_client, room_name, "nova") as nova,
    ):
        assert sage.meeting == nova.meeting
        assert (sage.scribe.is_scribe, nova.scribe.is_scribe) == (True, False)
        assert abs(sage.clock_ms() - nova.clock_ms()) < 50
        assert 0 <= sage.clock_ms() < 5000
        assert states == [State.HELD]


async def test_an_agent_that_another_owns_is_not_taken(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """And the owner keeps it."""
    async with held(redis_client, room_name) as owner:
        with pytest.raises(OwnershipError, match="owned by owner of sage"):
            async with held(redis_client, room_name):
                pass
        assert owner.lease.is_valid()


async def test_a_meeting_that_redis_lost_is_made_again(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """Under its id and start."""
    async with held(redis_client, room_name) as sage:
        mending = asyncio.create_task(sage.mend_meeting())
        meetings = MeetingStore(sage.scripts, sage.keys)
        async for key in redis_client.scan_iter(match=f"rh:{{{room_name}}}:*"):
            await redis_client.delete(key)
        again = None
        for _ in range(500):
            if again := await meetings.read(sage.meeting.id):
                break
            await asyncio.sleep(0.01)
        assert again is not None
        assert again.start_s == pytest.approx(sage.meeting.start_s, abs=1e-5)
        assert await meetings.latest() == sage.meeting.id
        await eventually(sage.lease.is_valid)
        mending.cancel()


class FakeAdmin:
    """Notes whom it was told to remove."""

    def __init__(self) -> None:
        self.removed: list[tuple[str, str]] = []

    async def remove_participant(self, room: str, identity: str) -> None:
        """As the real one."""
        self.removed.append((room, identity))


async def test_only_older_owners_of_the_same_agent_are_removed() -> None:
    """Not a successor, another agent, a person, or a name that only looks like one."""
    old, own, new = (agent_identity("sage", epoch) for epoch in (41, 42, 43))
    others = [own, new, agent_identity("nova", 1), "p-ada", "sage", "sage~!!"]
    room = SimpleNamespace(name="room", remote_participants=dict.fromkeys([old, *others]))
    admin = FakeAdmin()
    fence = MediaFence(cast(rtc.Room, room), cast(LiveKitAdmin, admin), Fence("sage", 42))
    await fence.sweep()
    assert admin.removed == [("room", old)]
    await fence.remove_if_stale(old)
    await fence.remove_if_stale("p-ada")
    assert admin.removed == [("room", old)] * 2
