"""What a job holds in Redis, and whom it removes from the room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
import redis.asyncio
from livekit import rtc

from roomhand.admin import LiveKitAdmin
from roomhand.attribution.completeness import completeness
from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.identity import agent_identity
from roomhand.attribution.segments import SegmentKind
from roomhand.clock import own_now_s
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.ownership import State
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptReader, TranscriptStore
from roomhand.coordination.wanted import WantedStore
from roomhand.coordination.writer import TranscriptWriter
from roomhand.errors import LiveKitError, OwnershipError
from roomhand.room.holding import (
    REMOVALS,
    REMOVE_AGAIN_S,
    Holding,
    MediaFence,
    stand_by,
    take_hold,
)
from roomhand.room.recorder import FORGOTTEN, Recorder
from roomhand.settings import Settings
from tests.system.office import eventually_true
from tests.virtual_time import in_virtual_time
from tests.worker.room.strict_listener import eventually

pytestmark = pytest.mark.redis

SETTINGS = Settings(
    livekit_url="ws://127.0.0.1:9",
    livekit_api_key="key",
    livekit_api_secret="secret",  # type: ignore[arg-type]
)


@asynccontextmanager
async def held(
    client: redis.asyncio.Redis,
    room: str,
    agent: str = "sage",
    states: list[State] | None = None,
    *,
    wanted: bool = False,
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
        wanted=wanted,
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


async def test_an_agent_that_is_stopped_before_it_owns_itself_does_not_run(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """It was let in, and whoever stopped it found no owner to tell."""
    wanted = WantedStore(Scripts(redis_client), RoomKeys(room_name))
    await wanted.start("sage", "test")
    await wanted.stop("sage")
    with pytest.raises(OwnershipError, match="nobody wants sage"):
        async with held(redis_client, room_name, wanted=True):
            pass
    assert not await is_owned(redis_client, room_name)
    async with held(redis_client, room_name):
        assert await is_owned(redis_client, room_name), "who was dispatched by others may run"


async def test_a_job_that_ends_for_long_takes_away_only_what_its_own_room_wanted(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """The room was closed, and opened again while it wrote the rest."""
    wanted = WantedStore(Scripts(redis_client), RoomKeys(room_name))
    await wanted.start("sage", "test")
    async with held(redis_client, room_name, wanted=True) as sage:
        closed_s = own_now_s()
        await asyncio.sleep(0.1)
        await wanted.start("sage", "test")
        await sage.want_no_more(closed_s)
        assert await wanted.wants("sage")
        await asyncio.sleep(0.1)
        await sage.want_no_more(own_now_s())
        assert not await wanted.wants("sage")


async def is_owned(client: redis.asyncio.Redis, room: str) -> bool:
    """Whether a process runs sage."""
    record = await LeaseStore(Scripts(client), RoomKeys(room)).read("sage")
    return record is not None and record.alive


async def test_a_meeting_that_redis_lost_is_made_again(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """Under its id and start; and its agent is wanted again."""
    await WantedStore(Scripts(redis_client), RoomKeys(room_name)).start("sage", "test")
    async with held(redis_client, room_name, wanted=True) as sage:
        mending = asyncio.create_task(sage.mend_meeting(nothing_told))
        meetings = MeetingStore(sage.scripts, sage.keys)
        await lose(redis_client, room_name)
        again = None
        for _ in range(500):
            if again := await meetings.read(sage.meeting.id):
                break
            await asyncio.sleep(0.01)
        assert again is not None
        assert again.start_s == pytest.approx(sage.meeting.start_s, abs=1e-5)
        assert await meetings.latest() == sage.meeting.id
        await eventually(sage.lease.is_valid)
        wanted = WantedStore(sage.scripts, sage.keys)

        async def wants_sage() -> bool:
            return [one.agent for one in await wanted.all()] == ["sage"]

        await eventually_true(wants_sage)
        mending.cancel()


async def nothing_told() -> None:
    """For who does not want to hear of it."""


async def lose(client: redis.asyncio.Redis, room: str) -> None:
    """What Redis has of a room, at once: it is mended at the first that is missed."""
    await client.delete(*[key async for key in client.scan_iter(match=f"rh:{{{room}}}:*")])


@asynccontextmanager
async def mended(holding: Holding) -> AsyncIterator[Callable[[], int]]:
    """It writes a transcript, and mends its meeting as an agent does; how often it has."""
    writer = TranscriptWriter(
        TranscriptStore(holding.scripts, holding.keys),
        holding.fence,
        holding.meeting.id,
        capacity=10,
        may_write=holding.lease.is_valid,
    )
    told: list[None] = []

    async def tell() -> None:
        reader = TranscriptReader(holding.scripts, holding.keys)
        recorder.forgotten(await reader.archived_to_ms(holding.meeting.id))
        told.append(None)

    recorder = recorder_of(holding, writer)
    writer.start()
    mending = asyncio.create_task(holding.mend_meeting(tell))
    try:
        yield lambda: len(told)
        assert await writer.flush(5)
    finally:
        mending.cancel()
        await writer.close(0)


def recorder_of(holding: Holding, writer: TranscriptWriter) -> Recorder:
    """Of an agent that nobody hears and sees."""
    nobody: Any = None
    return Recorder(
        agent=holding.fence.agent,
        agent_name=holding.fence.agent,
        meeting_id=holding.meeting.id,
        writer=writer,
        captions=nobody,
        interim=nobody,
        is_scribe=lambda: holding.scribe.is_scribe,
        own_track=lambda: "",
        own_identity="",
        clock_ms=holding.clock_ms,
    )


def both(counts: tuple[Callable[[], int], ...], due: tuple[int, ...]) -> bool:
    """Each has come so far."""
    return tuple(count() for count in counts) == due


async def test_a_meeting_of_which_redis_lost_the_words_says_so_once(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """Two agents make it again, and whichever is the scribe then tells; also of the second time."""
    async with (
        held(redis_client, room_name) as sage,
        held(redis_client, room_name, "nova") as nova,
        mended(sage) as told_by_sage,
        mended(nova) as told_by_nova,
    ):
        reader = TranscriptReader(sage.scripts, sage.keys)
        for _ in range(2):
            lost_ms, told = sage.clock_ms(), (told_by_sage() + 1, told_by_nova() + 1)
            await lose(redis_client, room_name)
            await eventually(partial(both, (told_by_sage, told_by_nova), told))
            await asyncio.sleep(0.5)
            (gap,) = [entry.segment for entry in await reader.read(sage.meeting.id)]
            assert (gap.kind, gap.text, gap.start_ms) == (SegmentKind.GAP, FORGOTTEN, 0)
            assert gap.end_ms >= lost_ms
            assert [hole.reason for hole in completeness([gap], [], ended=True).holes] == [
                FORGOTTEN
            ]


async def test_agents_that_leave_a_closed_room_end_the_meeting_together(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """Whoever has nothing more to write waits for the others, and the last one ends it."""
    async with (
        held(redis_client, room_name) as sage,
        held(redis_client, room_name, "nova") as nova,
    ):
        meetings = MeetingStore(sage.scripts, sage.keys)
        first = asyncio.create_task(sage.end_meeting(MeetingEnd.ROOM_CLOSED, own_now_s()))
        await asyncio.sleep(0.3)
        assert await meetings.current() == sage.meeting.id
        await nova.end_meeting(MeetingEnd.ROOM_CLOSED, own_now_s())
        assert await meetings.current() is None
        async with asyncio.timeout(2):
            await first


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
    admin = FakeAdmin()
    fence, _ = fence_of(admin, old, *others)
    await fence.sweep()
    assert admin.removed == [("room", old)]
    await fence.remove_if_stale(old)
    await fence.remove_if_stale("p-ada")
    assert admin.removed == [("room", old)] * 2


class HaltingAdmin(FakeAdmin):
    """Fails so many times first."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures
        self.asked = 0

    async def remove_participant(self, room: str, identity: str) -> None:
        """As the real one of a livekit-server that is away, or there again."""
        self.asked += 1
        if self.asked <= self.failures:
            raise LiveKitError("livekit-server does not answer")
        await super().remove_participant(room, identity)


def fence_of(admin: FakeAdmin, *identities: str) -> tuple[MediaFence, dict[str, None]]:
    """Of sage under epoch 42, and who is in the room."""
    there = dict.fromkeys(identities)
    room = SimpleNamespace(name="room", remote_participants=there)
    return MediaFence(cast(rtc.Room, room), cast(LiveKitAdmin, admin), Fence("sage", 42)), there


@in_virtual_time
async def test_an_older_owner_that_comes_back_is_removed_as_soon_as_livekit_answers() -> None:
    """It may be heard until then, so it is tried again soon; and once it is done, no more."""
    old, admin = agent_identity("sage", 41), HaltingAdmin(3)
    fence, _ = fence_of(admin, old)
    began_s = asyncio.get_running_loop().time()
    await fence.keep_out(old)
    assert admin.removed == [("room", old)]
    assert asyncio.get_running_loop().time() - began_s == pytest.approx(3 * REMOVE_AGAIN_S)


@in_virtual_time
async def test_an_older_owner_is_not_kept_out_for_ever() -> None:
    """Neither one that has gone by itself, nor one that nobody can remove."""
    old, admin = agent_identity("sage", 41), HaltingAdmin(1000)
    fence, there = fence_of(admin, old)
    await fence.keep_out(old)
    assert admin.asked == REMOVALS
    there.clear()
    await fence.keep_out(old)
    assert admin.asked == REMOVALS + 1
    await fence.keep_out("p-ada")
    assert admin.asked == REMOVALS + 1


async def standing_by(
    client: redis.asyncio.Redis, room: str, sid: str = "RM_1", *, wanted: bool = False
) -> Holding:
    """Who is to succeed the owner of sage."""
    epoch = await LeaseStore(Scripts(client), RoomKeys(room)).reserve("sage")
    return await stand_by(
        SETTINGS,
        client,
        room=room,
        sid=sid,
        fence=Fence("sage", epoch),
        owner="successor",
        on_state=lambda state: None,
        wanted=wanted,
    )


async def test_a_successor_knows_the_meeting_and_owns_nothing_until_it_is_given_the_agent(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """Its clock is the owner's; at no time is the agent free."""
    async with held(redis_client, room_name) as owner:
        successor = await standing_by(redis_client, room_name)
        assert successor.meeting == owner.meeting
        assert abs(successor.clock_ms() - owner.clock_ms()) < 50
        taking = asyncio.create_task(successor.succeed(10, 0.01))
        await asyncio.sleep(0.05)
        assert owner.lease.is_valid()
        assert not successor.lease.is_valid()
        assert await owner.lease.hand_over(successor.fence.epoch, "successor")
        await taking
        assert not owner.lease.is_valid()
        assert successor.lease.is_valid()
        assert successor.scribe.is_scribe
        await successor.lease.close()


async def test_a_successor_of_an_owner_that_is_gone_has_the_agent_at_once(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """Its worker gave it up."""
    async with held(redis_client, room_name) as owner:
        successor = await standing_by(redis_client, room_name)
        taking = asyncio.create_task(successor.succeed(10, 0.01))
        await owner.lease.close()
        await taking
        assert successor.lease.is_valid()
        await successor.lease.close()


async def test_a_successor_of_an_owner_that_was_stopped_does_not_run(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """The agent was told to leave while it was handed over."""
    wanted = WantedStore(Scripts(redis_client), RoomKeys(room_name))
    await wanted.start("sage", "test")
    async with held(redis_client, room_name, wanted=True) as owner:
        successor = await standing_by(redis_client, room_name, wanted=True)
        await wanted.stop("sage")
        await owner.lease.close()
        with pytest.raises(OwnershipError, match="nobody wants sage"):
            await successor.succeed(10, 0.01)
        assert not await is_owned(redis_client, room_name)


async def test_nobody_stands_by_for_a_meeting_that_does_not_run(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """It comes late: the room was closed, or opened again."""
    async with held(redis_client, room_name):
        with pytest.raises(OwnershipError, match="no meeting to take over"):
            await standing_by(redis_client, room_name, "RM_2")
