"""The keeper on a real Redis that freezes, dies and forgets."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import redis.asyncio

from roomhand.coordination.connection import open_client
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keeper import LeaseKeeper
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.ownership import LeaseTerms, State
from roomhand.coordination.scribe import ScribeDuty, ScribeStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptReader, TranscriptStore
from roomhand.coordination.writer import TranscriptWriter
from tests.sim import servers
from tests.worker.coordination.samples import spoken

pytestmark = pytest.mark.redis

QUICK = LeaseTerms(ttl_s=1.6, renew_s=0.2, margin_s=1.0)


class Room:
    """An agent that owns itself and is the scribe, on one Redis."""

    def __init__(self, client: redis.asyncio.Redis, name: str) -> None:
        self.client = client
        self.keys = RoomKeys(name)
        self.scripts = Scripts(client, timeout_s=0.5)
        self.leases = LeaseStore(self.scripts, self.keys)
        self.changed = asyncio.Event()
        self.keeper: LeaseKeeper | None = None

    async def own(self) -> LeaseKeeper:
        """Reserve, acquire, renew."""
        fence = Fence("sage", await self.leases.reserve("sage"))
        duty = ScribeDuty(ScribeStore(self.scripts, self.keys), fence, QUICK.ttl_s)
        self.keeper = LeaseKeeper(
            self.leases,
            fence,
            "me",
            QUICK,
            on_state=lambda state: self.changed.set(),
            scribe=duty,
        )
        await self.keeper.acquire()
        self.keeper.start()
        return self.keeper

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for something that the keeper brings about, at most 10 s."""
        deadline_s = time.monotonic() + 10
        while not true():
            assert time.monotonic() < deadline_s
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        """Give everything back."""
        if self.keeper:
            await self.keeper.close()
        await self.client.aclose()


@pytest.fixture
async def room(own_redis: servers.Redis, room_name: str) -> AsyncIterator[Room]:
    """A room on a Redis that the test may hurt."""
    room = Room(open_client(own_redis.url), room_name)
    yield room
    await room.close()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[servers.Redis]:
    """A Redis of this test alone, with an append-only file."""
    with servers.redis_server(data=tmp_path, append_only=True) as server:
        yield server


def stop(server: servers.Redis, number: signal.Signals) -> None:
    """Send a signal to a server that we started."""
    assert server.process is not None
    os.kill(server.process.pid, number)


async def test_a_redis_that_freezes_for_3_s_means_silence_and_nothing_lost(
    room: Room, own_redis: servers.Redis
) -> None:
    """Segments wait, and are there once, in order; the epoch is the same."""
    keeper = await room.own()
    await room.until(lambda: bool(keeper.scribe and keeper.scribe.is_scribe))
    meeting = await MeetingStore(room.scripts, room.keys).open(keeper.fence, "RM_1")
    writer = TranscriptWriter(
        TranscriptStore(room.scripts, room.keys),
        keeper.fence,
        meeting.id,
        100,
        may_write=keeper.is_valid,
    )
    writer.start()
    writer.add(spoken(0))
    assert await writer.flush(5)

    stop(own_redis, signal.SIGSTOP)
    frozen_s = time.monotonic()
    try:
        writer.add(spoken(1))
        await room.until(lambda: keeper.state is State.UNKNOWN)
        assert time.monotonic() - frozen_s < QUICK.ttl_s
        writer.add(spoken(2))
        await asyncio.sleep(3 - (time.monotonic() - frozen_s))
        assert not keeper.is_valid()
    finally:
        stop(own_redis, signal.SIGCONT)

    await room.until(keeper.is_valid)
    assert await writer.close(5) == 0
    entries = await TranscriptReader(room.scripts, room.keys).read(meeting.id)
    assert [entry.segment.id for entry in entries] == ["s0", "s1", "s2"]
    assert keeper.restored == 0


async def test_a_successor_that_was_sent_for_wins_over_a_frozen_redis(
    room: Room, own_redis: servers.Redis
) -> None:
    """Past the deadline, with a higher epoch minted, the old owner has lost."""
    keeper = await room.own()
    await room.leases.reserve("sage")
    stop(own_redis, signal.SIGSTOP)
    try:
        await asyncio.sleep(QUICK.ttl_s + 0.1)
    finally:
        stop(own_redis, signal.SIGCONT)
    await room.until(lambda: keeper.state is State.LOST)


@pytest.mark.parametrize("kept", [True, False], ids=["with its data", "without its data"])
async def test_a_redis_that_dies_and_comes_back_finds_the_same_owner(
    kept: bool, tmp_path: Path, room_name: str
) -> None:
    """With its append-only file the lease is renewed, without it it is acquired again."""
    port = servers.free_port()
    with servers.redis_server(data=tmp_path, append_only=kept, port=port) as server:
        room = Room(open_client(server.url), room_name)
        keeper = await room.own()
        epoch = keeper.epoch
        stop(server, signal.SIGKILL)
        await room.until(lambda: keeper.state is State.UNKNOWN)
    with servers.redis_server(data=tmp_path, append_only=kept, port=port):
        await room.until(keeper.is_valid)
        record = await room.leases.read("sage")
        assert record is not None
        assert (record.epoch, record.owner) == (epoch, "me")
        assert keeper.restored == (0 if kept else 1)
        await room.until(lambda: bool(keeper.scribe and keeper.scribe.is_scribe))
        await room.close()


async def test_the_next_owner_waits_for_the_lease_of_a_dead_one(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """As long as it lasts, and no longer."""
    dead, alive = Room(redis_client, room_name), Room(redis_client, room_name)
    epoch = await dead.leases.reserve("sage")
    await dead.leases.acquire("sage", epoch, "dead", 0.6)
    fence = Fence("sage", await alive.leases.reserve("sage"))
    keeper = LeaseKeeper(alive.leases, fence, "alive", QUICK)
    began_s = time.monotonic()

    await keeper.acquire(wait_s=5)

    assert 0.4 < time.monotonic() - began_s < 2
    assert keeper.is_valid()
    await keeper.close()
