"""The keeper: held, unknown, lost; with a fake store and with a real Redis that fails."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import redis.asyncio

from roomhand.clock import MeetingClock
from roomhand.coordination.connection import open_client
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keeper import LeaseKeeper
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import Busy, Granted, LeaseStore, NoRecord, Stale
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.ownership import LeaseTerms, State
from roomhand.coordination.scribe import ScribeDuty, ScribeStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptReader, TranscriptStore
from roomhand.coordination.writer import TranscriptWriter
from roomhand.errors import LeaseLostError, OwnershipError, RedisError
from tests.sim import servers
from tests.worker.coordination.samples import spoken

TERMS = LeaseTerms()
FENCE = Fence("sage", 7)

RawAnswer = Granted | Busy | Stale | NoRecord | Exception


class FakeLeases(LeaseStore):
    """Answers from a list, each after moving the clock by how long it takes."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.answers: deque[tuple[RawAnswer, float]] = deque()
        self.asked: list[str] = []

    def answer(self, *answers: RawAnswer, after_s: float = 0.0) -> None:
        """What comes next."""
        self.answers.extend((answer, after_s) for answer in answers)

    def granted(self) -> Granted:
        """A grant as of Redis time, which is 1000 s ahead of own time."""
        return Granted(self.now_s + 1005, self.now_s + 1000)

    def _next(self, asked: str) -> RawAnswer:
        self.asked.append(asked)
        answer, after_s = self.answers.popleft()
        self.now_s += after_s
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def acquire(
        self, agent: str, epoch: int, owner: str, ttl_s: float
    ) -> Granted | Busy | Stale:
        answer = self._next("acquire")
        assert isinstance(answer, Granted | Busy | Stale)
        return answer

    async def renew(
        self, agent: str, epoch: int, owner: str, ttl_s: float
    ) -> Granted | Stale | NoRecord:
        answer = self._next("renew")
        assert isinstance(answer, Granted | Stale | NoRecord)
        return answer

    async def release(self, agent: str, epoch: int, owner: str) -> bool:
        self._next("release")
        return True


@pytest.fixture
def fake() -> FakeLeases:
    """Leases without a server."""
    return FakeLeases()


@pytest.fixture
def told() -> list[State]:
    """What the job was told."""
    return []


@pytest.fixture
async def keeper(fake: FakeLeases, told: list[State]) -> LeaseKeeper:
    """A keeper that holds the lease."""
    keeper = LeaseKeeper(fake, FENCE, "me", TERMS, on_state=told.append, now=lambda: fake.now_s)
    fake.answer(fake.granted())
    await keeper.acquire()
    return keeper


@pytest.mark.unit
async def test_without_an_answer_the_owner_falls_silent_and_then_goes_on(
    keeper: LeaseKeeper, fake: FakeLeases, told: list[State]
) -> None:
    """Unknown is no end: the next grant makes it held again."""
    fake.answer(*[RedisError("away")] * 3, after_s=1.0)
    for _ in range(3):
        await keeper.renew()
    assert keeper.is_valid()
    fake.answer(RedisError("away"), after_s=1.0)
    await keeper.renew()
    assert not keeper.is_valid()
    assert keeper.state is State.UNKNOWN

    fake.answer(fake.granted())
    await keeper.renew()

    assert keeper.is_valid()
    assert told == [State.HELD, State.UNKNOWN, State.HELD]
    assert keeper.failures == 4


@pytest.mark.unit
async def test_an_answer_that_was_long_on_its_way_is_worth_less(
    keeper: LeaseKeeper, fake: FakeLeases
) -> None:
    """Redis may have granted it at the beginning of the call."""
    asked_s = fake.now_s
    fake.answer(fake.granted(), after_s=0.9)
    await keeper.renew()
    end_s = asked_s + TERMS.ttl_s - TERMS.margin_s
    assert keeper.is_valid(end_s - 0.001)
    assert not keeper.is_valid(end_s)


@pytest.mark.unit
async def test_another_epoch_is_the_end(
    keeper: LeaseKeeper, fake: FakeLeases, told: list[State]
) -> None:
    """Told once, silent at once."""
    fake.answer(Stale(8))
    await keeper.renew()
    assert not keeper.is_valid()
    assert told == [State.HELD, State.LOST]


@pytest.mark.unit
async def test_a_record_that_is_gone_is_acquired_again(
    keeper: LeaseKeeper, fake: FakeLeases, told: list[State]
) -> None:
    """Redis came back without its data: nobody else is there."""
    fake.answer(NoRecord(), fake.granted())
    await keeper.renew()
    assert fake.asked[-2:] == ["renew", "acquire"]
    assert keeper.restored == 1
    assert told == [State.HELD]


@pytest.mark.unit
@pytest.mark.parametrize("answer", [Busy("other", 8, 3.0), Stale(8)])
async def test_a_record_that_another_made_first_is_the_end(
    keeper: LeaseKeeper, fake: FakeLeases, answer: Busy | Stale
) -> None:
    """Whoever asked first owns the agent."""
    fake.answer(NoRecord(), answer)
    await keeper.renew()
    assert keeper.state is State.LOST


@pytest.mark.unit
async def test_the_state_changes_while_a_call_hangs(
    fake: FakeLeases, told: list[State], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No renewal needs to come back for the job to be told."""
    unknown = asyncio.Event()

    def tell(state: State) -> None:
        told.append(state)
        if state is State.UNKNOWN:
            unknown.set()

    terms = LeaseTerms(ttl_s=0.5, renew_s=0.1, margin_s=0.2)
    keeper = LeaseKeeper(fake, FENCE, "me", terms, on_state=tell)
    fake.answer(Granted(0, 0))

    async def hang(*_: object) -> Granted:
        await asyncio.Event().wait()
        return Granted(0, 0)

    monkeypatch.setattr(fake, "renew", hang)
    await keeper.acquire()
    async with asyncio.timeout(5):
        await unknown.wait()
    fake.answer(RedisError("away"))
    await keeper.close()
    assert told == [State.HELD, State.UNKNOWN, State.RELEASED]


@pytest.mark.unit
async def test_the_meeting_clock_follows_redis_time(keeper: LeaseKeeper, fake: FakeLeases) -> None:
    """The offset is measured at every renewal."""
    keeper.meeting_clock = MeetingClock(start_s=1050.0, offset_s=0.0)
    fake.answer(fake.granted())
    await keeper.renew()
    assert keeper.offset_s == pytest.approx(1000.0)
    assert keeper.meeting_clock.ms(fake.now_s) == 50_000


@pytest.mark.unit
async def test_who_is_refused_from_the_start_owns_nothing(fake: FakeLeases) -> None:
    """The error says by whom, or that the epoch is over."""
    keeper = LeaseKeeper(fake, FENCE, "me", TERMS, now=lambda: fake.now_s)
    fake.answer(Busy("other", 6, 4.2))
    with pytest.raises(OwnershipError, match="other"):
        await keeper.acquire()
    assert [keeper.state] == [State.RESERVED]
    fake.answer(Stale(9))
    with pytest.raises(LeaseLostError):
        await keeper.acquire()
    assert [keeper.state] == [State.LOST]


@pytest.mark.unit
async def test_closing_gives_the_agent_up_once(
    keeper: LeaseKeeper, fake: FakeLeases, told: list[State]
) -> None:
    """A second close does nothing, nor does one without Redis hang or raise."""
    fake.answer(RedisError("away"))
    await keeper.close()
    await keeper.close()
    assert fake.asked.count("release") == 1
    assert told[-1] is State.RELEASED


@pytest.mark.unit
async def test_a_lost_lease_is_not_released(keeper: LeaseKeeper, fake: FakeLeases) -> None:
    """It is another's."""
    fake.answer(Stale(8))
    await keeper.renew()
    await keeper.close()
    assert "release" not in fake.asked
    assert keeper.state is State.LOST


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
def own_redis(tmp_path: Path) -> object:
    """A Redis of this test alone, with an append-only file that is synced at every write."""
    with servers.redis_server(data=tmp_path, append_only=True) as server:
        yield server


def stop(server: servers.Redis, number: signal.Signals) -> None:
    """Send a signal to a server that we started."""
    assert server.process is not None
    os.kill(server.process.pid, number)


@pytest.mark.redis
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


@pytest.mark.redis
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


@pytest.mark.redis
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


@pytest.mark.redis
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
