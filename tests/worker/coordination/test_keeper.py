"""The keeper: held, unknown, lost, as answers come or do not come."""

from __future__ import annotations

import asyncio
from collections import deque

import pytest

from roomhand.clock import MeetingClock
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keeper import LeaseKeeper
from roomhand.coordination.lease import Busy, Granted, LeaseStore, NoRecord, Stale
from roomhand.coordination.ownership import LeaseTerms, State
from roomhand.errors import LeaseLostError, OwnershipError, RedisError

pytestmark = pytest.mark.unit

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

    async def transfer(
        self, agent: str, old_epoch: int, epoch: int, owner: str, ttl_s: float
    ) -> Granted | Stale | NoRecord:
        answer = self._next("transfer")
        assert isinstance(answer, Granted | Stale | NoRecord)
        return answer


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


async def test_another_epoch_is_the_end(
    keeper: LeaseKeeper, fake: FakeLeases, told: list[State]
) -> None:
    """Told once, silent at once."""
    fake.answer(Stale(8))
    await keeper.renew()
    assert not keeper.is_valid()
    assert told == [State.HELD, State.LOST]


async def test_a_record_that_is_gone_is_acquired_again(fake: FakeLeases, told: list[State]) -> None:
    """Redis came back without its data: nobody else is there."""
    mended: list[str] = []
    keeper = LeaseKeeper(
        fake,
        FENCE,
        "me",
        TERMS,
        on_state=told.append,
        on_restored=lambda: mended.append("mended"),
        now=lambda: fake.now_s,
    )
    fake.answer(fake.granted(), NoRecord(), fake.granted())
    await keeper.acquire()
    await keeper.renew()
    assert fake.asked == ["acquire", "renew", "acquire"]
    assert (mended, keeper.restored) == (["mended"], 1)
    assert told == [State.HELD]


@pytest.mark.parametrize("answer", [Busy("other", 8, 3.0), Stale(8)])
async def test_a_record_that_another_made_first_is_the_end(
    keeper: LeaseKeeper, fake: FakeLeases, answer: Busy | Stale
) -> None:
    """Whoever asked first owns the agent."""
    fake.answer(NoRecord(), answer)
    await keeper.renew()
    assert keeper.state is State.LOST


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


async def test_the_meeting_clock_follows_redis_time(keeper: LeaseKeeper, fake: FakeLeases) -> None:
    """The offset is measured at every renewal."""
    keeper.meeting_clock = MeetingClock(start_s=1050.0, offset_s=0.0)
    fake.answer(fake.granted())
    await keeper.renew()
    assert keeper.offset_s == pytest.approx(1000.0)
    assert keeper.meeting_clock.ms(fake.now_s) == 50_000


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


async def test_closing_gives_the_agent_up_once(
    keeper: LeaseKeeper, fake: FakeLeases, told: list[State]
) -> None:
    """A second close does nothing, nor does one without Redis hang or raise."""
    fake.answer(RedisError("away"))
    await keeper.close()
    await keeper.close()
    assert fake.asked.count("release") == 1
    assert told[-1] is State.RELEASED


async def test_a_lost_lease_is_not_released(keeper: LeaseKeeper, fake: FakeLeases) -> None:
    """It is another's."""
    fake.answer(Stale(8))
    await keeper.renew()
    await keeper.close()
    assert "release" not in fake.asked
    assert keeper.state is State.LOST


async def test_what_was_handed_over_is_silent_at_once_and_released_by_nobody(
    keeper: LeaseKeeper, fake: FakeLeases, told: list[State]
) -> None:
    """The lease is the successor's: to release it would take it from him."""
    keeper.start()
    fake.answer(fake.granted())
    assert await keeper.hand_over(8, "successor")
    assert not keeper.is_valid()
    await keeper.close()
    assert fake.asked[-1] == "transfer"
    assert told == [State.HELD, State.RELEASED]


async def test_who_has_lost_it_hands_nothing_over(
    keeper: LeaseKeeper, fake: FakeLeases, told: list[State]
) -> None:
    """Another was quicker."""
    fake.answer(Stale(9))
    assert not await keeper.hand_over(8, "successor")
    assert told == [State.HELD, State.LOST]


async def test_without_an_answer_nothing_is_handed_over_and_renewals_go_on(
    keeper: LeaseKeeper, fake: FakeLeases
) -> None:
    """It may be either's: the next renewal tells."""
    fake.answer(RedisError("away"))
    with pytest.raises(RedisError):
        await keeper.hand_over(8, "successor")
    assert keeper.is_valid()
    fake.answer(Stale(8))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert keeper.state is State.LOST
