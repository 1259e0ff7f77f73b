"""How an agent is minded outlives its process."""

from __future__ import annotations

import asyncio

import pytest
import redis.asyncio

from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.memory import MemoryStore
from roomhand.coordination.scripts import Scripts
from roomhand.profiles import Policy
from roomhand.room.checkpoint import Checkpoint
from roomhand.turns.mind import Mind
from roomhand.turns.policy import State
from tests.system.office import eventually_true

pytestmark = pytest.mark.redis

MUTED = Mind("m1", Policy.OPEN, State.MUTED)
HELD = Mind("m1", Policy.OPEN, State.HOLDING)


def ahead_s() -> float:
    """The meeting began a minute after this machine."""
    return -60.0


@pytest.fixture
async def owner(redis_client: redis.asyncio.Redis, room_name: str) -> Fence:
    """Who owns sage."""
    leases = LeaseStore(Scripts(redis_client), RoomKeys(room_name))
    fence = Fence("sage", await leases.reserve("sage"))
    await leases.acquire("sage", fence.epoch, "one", 600)
    return fence


@pytest.fixture
def store(redis_client: redis.asyncio.Redis, room_name: str) -> MemoryStore:
    """Of the test's room."""
    return MemoryStore(Scripts(redis_client), RoomKeys(room_name))


async def test_the_next_owner_reads_the_newest(store: MemoryStore, owner: Fence) -> None:
    """What came and went meanwhile is never written."""
    before = Checkpoint(store, owner, "m1", ahead_s)
    assert await before.read() is None
    before.note(HELD)
    before.note(MUTED)
    running = asyncio.create_task(before.run())

    async def written() -> bool:
        return await store.read("sage") == MUTED.to_json()

    await eventually_true(written)
    running.cancel()
    assert await Checkpoint(store, owner, "m1", ahead_s).read() == MUTED
    assert await Checkpoint(store, owner, "m2", ahead_s).read() is None


async def test_who_is_the_owner_no_more_writes_nothing(store: MemoryStore, owner: Fence) -> None:
    await store.write(owner, MUTED.to_json())
    zombie = Checkpoint(store, Fence("sage", owner.epoch - 1), "m1", ahead_s)
    zombie.note(HELD)
    assert not await zombie.flush()
    assert await store.read("sage") == MUTED.to_json()


async def test_an_agent_that_leaves_for_good_leaves_nothing(
    store: MemoryStore, owner: Fence
) -> None:
    """Who is asked to come again begins as its profile says."""
    checkpoint = Checkpoint(store, owner, "m1", ahead_s)
    checkpoint.note(MUTED)
    assert await checkpoint.flush()
    await checkpoint.forget()
    assert await store.read("sage") == ""
