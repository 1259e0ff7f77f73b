"""What is wanted in a room, on a real server."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
import redis.asyncio
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from roomhand.coordination.connection import redis_now_s
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import Busy, Granted, LeaseStore, Stale
from roomhand.coordination.scripts import Scripts, text
from roomhand.coordination.wanted import (
    Admitted,
    Later,
    Send,
    SendTerms,
    Turned,
    Unwanted,
    WantedStore,
)
from roomhand.errors import StaleEpochError
from tests.sim import servers

pytestmark = pytest.mark.redis

AT_ONCE = SendTerms(patience_s=0, longest_s=0, stays_s=600, comes_s=600)
"""The pause between two attempts is over at once: time without waiting."""
PATIENT = SendTerms(patience_s=600, longest_s=600, stays_s=600, comes_s=600)
LONG_S = 600.0


@pytest.fixture
def wanted(scripts: Scripts, keys: RoomKeys) -> WantedStore:
    """Of the test's room; whoever is sent for has for ever to come."""
    return WantedStore(scripts, keys, PATIENT)


@pytest.fixture
def hasty(scripts: Scripts, keys: RoomKeys) -> WantedStore:
    """The same room, without patience."""
    return WantedStore(scripts, keys, AT_ONCE)


async def admitted(store: WantedStore, generation: int) -> int:
    """The epoch of whoever was sent for."""
    answer = await store.admit("sage", generation)
    assert isinstance(answer, Admitted)
    return answer.epoch


async def sent(store: WantedStore) -> Send:
    """It has to be sent for."""
    answer = await store.send("sage")
    assert isinstance(answer, Send)
    return answer


async def test_an_agent_is_sent_for_once_however_many_ask(wanted: WantedStore) -> None:
    assert await wanted.start("sage", "somebody")
    answers = await asyncio.gather(*(wanted.send("sage") for _ in range(50)))
    assert sum(isinstance(answer, Send) for answer in answers) == 1
    assert sum(isinstance(answer, Later) and not answer.running for answer in answers) == 49


async def test_nobody_is_sent_for_who_is_not_wanted(wanted: WantedStore) -> None:
    assert await wanted.send("sage") == Unwanted()
    await wanted.start("sage", "somebody")
    assert await wanted.stop("sage")
    assert await wanted.send("sage") == Unwanted()
    assert not await wanted.stop("sage")


async def test_what_is_asked_for_after_a_room_has_closed_is_for_its_next_time(
    wanted: WantedStore, scripts: Scripts
) -> None:
    """Also where it was wanted before; and so is what it is told there."""
    await wanted.start("sage", "somebody")
    await wanted.instruct("sage", "be brief")
    closed_s = await redis_now_s(scripts.client)
    assert not await wanted.start("sage", "somebody else")
    assert not await wanted.stop("sage", closed_s)
    assert await wanted.wants("sage")
    assert await wanted.instructions() == {"sage": "be brief"}
    assert await wanted.stop("sage", await redis_now_s(scripts.client))
    assert not await wanted.wants("sage")
    assert await wanted.instructions() == {}
    assert not await wanted.stop("sage", closed_s)


async def test_to_want_twice_is_to_want_once(wanted: WantedStore) -> None:
    """And who wanted it first is kept, with any blanks in the name."""
    assert await wanted.start("sage", "the first one")
    assert not await wanted.start("sage", "another")
    [one] = await wanted.all()
    assert (one.agent, one.by, one.attempts) == ("sage", "the first one", 0)


async def test_an_agent_that_runs_is_not_sent_for_and_is_at_once_when_it_is_gone(
    wanted: WantedStore, leases: LeaseStore
) -> None:
    """However long it was given to come."""
    await wanted.start("sage", "somebody")
    epoch = await admitted(wanted, (await sent(wanted)).generation)
    await leases.acquire("sage", epoch, "one", LONG_S)

    answer = await wanted.send("sage")

    assert isinstance(answer, Later)
    assert answer.running
    await leases.release("sage", epoch, "one")
    await sent(wanted)


async def test_an_agent_that_goes_as_soon_as_it_comes_is_given_a_pause(
    wanted: WantedStore, leases: LeaseStore
) -> None:
    """From the third attempt on: a room whose agent crashes must not eat a worker."""
    await wanted.start("sage", "somebody")
    for _ in range(3):
        epoch = await admitted(wanted, (await sent(wanted)).generation)
        await leases.acquire("sage", epoch, "one", LONG_S)
        await leases.release("sage", epoch, "one")
    answer = await wanted.send("sage")
    assert isinstance(answer, Later)
    assert not answer.running


async def test_only_the_newest_dispatch_is_let_in(hasty: WantedStore) -> None:
    """LiveKit may bring one that was given up long ago."""
    await hasty.start("sage", "somebody")
    first, second = await sent(hasty), await sent(hasty)
    assert second.generation == first.generation + 1
    assert await hasty.admit("sage", first.generation) == Turned("overtaken")
    await admitted(hasty, second.generation)


async def test_a_dispatch_is_not_let_in_where_somebody_owns_the_agent(
    hasty: WantedStore, leases: LeaseStore
) -> None:
    """A dispatch that LiveKit gave to two workers."""
    await hasty.start("sage", "somebody")
    generation = (await sent(hasty)).generation
    epoch = await admitted(hasty, generation)
    await leases.acquire("sage", epoch, "one", LONG_S)
    assert await hasty.admit("sage", generation) == Turned("owned")
    assert await hasty.admit("sage", 0) == Turned("owned")


async def test_of_a_dispatch_that_is_doubled_one_is_let_in(wanted: WantedStore) -> None:
    """Brought to many workers at once, before anybody owns the agent."""
    await wanted.start("sage", "somebody")
    generation = (await sent(wanted)).generation
    answers = await asyncio.gather(*(wanted.admit("sage", generation) for _ in range(20)))
    assert sum(isinstance(answer, Admitted) for answer in answers) == 1
    assert answers.count(Turned("coming")) == 19


async def test_of_a_dispatch_of_somebody_else_that_is_doubled_one_is_let_in(
    wanted: WantedStore,
) -> None:
    answers = await asyncio.gather(*(wanted.admit("sage", 0) for _ in range(20)))
    assert sum(isinstance(answer, Admitted) for answer in answers) == 1
    assert answers.count(Turned("coming")) == 19


async def test_nobody_else_is_sent_for_while_the_process_of_who_was_let_in_begins(
    hasty: WantedStore, leases: LeaseStore
) -> None:
    """It may take longer than the patience for a dispatch."""
    await hasty.start("sage", "somebody")
    epoch = await admitted(hasty, (await sent(hasty)).generation)
    answer = await hasty.send("sage")
    assert isinstance(answer, Later)
    assert not answer.running
    assert answer.again_s == pytest.approx(epoch / 1_000_000 + AT_ONCE.comes_s)


async def test_where_its_process_ended_before_it_owned_the_agent_the_next_is_sent_for(
    hasty: WantedStore, leases: LeaseStore
) -> None:
    """The worker tells."""
    await hasty.start("sage", "somebody")
    lost = await admitted(hasty, (await sent(hasty)).generation)
    assert await leases.release("sage", lost, "one")
    epoch = await admitted(hasty, (await sent(hasty)).generation)
    await leases.acquire("sage", epoch, "two", LONG_S)
    assert isinstance(await leases.acquire("sage", lost, "one", LONG_S), Stale)


async def test_who_was_let_in_and_is_lost_does_not_stand_in_the_way_of_the_next_attempt(
    scripts: Scripts, keys: RoomKeys, leases: LeaseStore
) -> None:
    """Its worker ended with it, and nobody tells; the late one is refused."""
    store = WantedStore(scripts, keys, SendTerms(patience_s=0, longest_s=0, comes_s=0))
    await store.start("sage", "somebody")
    lost = await admitted(store, (await sent(store)).generation)
    epoch = await admitted(store, (await sent(store)).generation)
    await leases.acquire("sage", epoch, "two", LONG_S)
    assert isinstance(await leases.acquire("sage", lost, "one", LONG_S), Stale)


@pytest.mark.parametrize("of_ours", [True, False])
async def test_who_was_let_in_and_does_not_come_in_time_is_not_awaited(
    scripts: Scripts, keys: RoomKeys, of_ours: bool
) -> None:
    """Whoever brings the dispatch later is as good."""
    store = WantedStore(scripts, keys, SendTerms(comes_s=0))
    await store.start("sage", "somebody")
    generation = (await sent(store)).generation if of_ours else 0
    assert await admitted(store, generation) < await admitted(store, generation)


async def test_the_clock_of_another_redis_keeps_nobody_out_for_longer(
    wanted: WantedStore, keys: RoomKeys, redis_client: redis.asyncio.Redis
) -> None:
    """After a failover to one whose clock is behind, an epoch lies in the future."""
    await wanted.start("sage", "somebody")
    seconds, _ = await redis_client.time()
    ahead = (seconds + round(2 * LONG_S)) * 1_000_000
    await redis_client.hset(keys.agents, "sage", f"{ahead} 1 0 ")
    assert await admitted(wanted, (await sent(wanted)).generation) == ahead + 1


async def test_an_agent_whose_owner_is_gone_may_be_brought_by_the_same_dispatch(
    wanted: WantedStore, leases: LeaseStore
) -> None:
    await wanted.start("sage", "somebody")
    generation = (await sent(wanted)).generation
    epoch = await admitted(wanted, generation)
    await leases.acquire("sage", epoch, "one", LONG_S)
    await leases.release("sage", epoch, "one")
    assert await admitted(wanted, generation) > epoch


async def test_a_dispatch_after_its_agent_is_wanted_no_more_is_not_let_in(
    hasty: WantedStore,
) -> None:
    await hasty.start("sage", "somebody")
    generation = (await sent(hasty)).generation
    await hasty.stop("sage")
    assert await hasty.admit("sage", generation) == Turned("unwanted")


async def test_a_dispatch_of_somebody_else_is_let_in(wanted: WantedStore) -> None:
    """Made with LiveKit's own tools, or by a token's room configuration."""
    assert isinstance(await wanted.admit("sage", 0), Admitted)


async def test_generations_of_one_that_is_wanted_again_go_on(hasty: WantedStore) -> None:
    """A dispatch from before it was unwanted is an old one."""
    await hasty.start("sage", "somebody")
    before = await sent(hasty)
    await hasty.stop("sage")
    await hasty.start("sage", "somebody")
    assert (await sent(hasty)).generation > before.generation
    assert await hasty.admit("sage", before.generation) == Turned("overtaken")


async def test_the_pause_doubles_from_the_third_attempt_on_and_is_bounded(
    scripts: Scripts, keys: RoomKeys, redis_client: redis.asyncio.Redis
) -> None:
    """Each time as if the pause were over."""
    store = WantedStore(scripts, keys, SendTerms(patience_s=4, longest_s=20, stays_s=600))
    await store.start("sage", "somebody")
    pauses = []
    for _ in range(6):
        await sent(store)
        answer = await store.send("sage")
        assert isinstance(answer, Later)
        seconds, _ = await redis_client.time()
        pauses.append(round(answer.again_s - seconds))
        await make_due(redis_client, keys)
    assert pauses == pytest.approx([4, 4, 8, 16, 20, 20], abs=1)


async def test_attempts_are_counted_anew_once_the_agent_has_stayed(
    scripts: Scripts, keys: RoomKeys
) -> None:
    await (store := WantedStore(scripts, keys, AT_ONCE)).start("sage", "somebody")
    assert [(await sent(store)).attempts for _ in range(3)] == [1, 2, 3]
    stayed = WantedStore(scripts, keys, SendTerms(patience_s=0, longest_s=0, stays_s=0))
    assert (await sent(stayed)).attempts == 1


async def test_to_want_it_again_ends_the_count_of_attempts(hasty: WantedStore) -> None:
    await hasty.start("sage", "somebody")
    for _ in range(5):
        await sent(hasty)
    await hasty.start("sage", "somebody else")
    assert (await sent(hasty)).attempts == 1


async def test_only_whom_the_owner_asked_for_is_let_in_beside_him(
    wanted: WantedStore, leases: LeaseStore
) -> None:
    """And only while he is the owner."""
    await wanted.start("sage", "somebody")
    first = await admitted(wanted, (await sent(wanted)).generation)
    await leases.acquire("sage", first, "one", LONG_S)
    generation = await wanted.succeed(Fence("sage", first))
    assert generation is not None
    second = await admitted(wanted, generation)
    assert await wanted.admit("sage", generation) == Turned("coming")
    assert isinstance(await leases.acquire("sage", second, "two", LONG_S), Busy)
    assert isinstance(await leases.transfer("sage", first, second, "two", LONG_S), Granted)
    assert await wanted.admit("sage", generation) == Turned("owned")
    with pytest.raises(StaleEpochError):
        await wanted.succeed(Fence("sage", first))


async def test_an_agent_that_is_not_wanted_has_no_successor(
    wanted: WantedStore, leases: LeaseStore
) -> None:
    """It was brought by somebody else."""
    epoch = await admitted(wanted, 0)
    await leases.acquire("sage", epoch, "one", LONG_S)
    assert await wanted.succeed(Fence("sage", epoch)) is None


async def make_due(client: redis.asyncio.Redis, keys: RoomKeys) -> None:
    """As if the pause were over, just now."""
    packed = await client.hget(keys.wanted, "sage")
    assert packed is not None
    generation, attempts, sent_us, *rest = text(packed).split(" ")
    long_ago_us = int(sent_us) - 25_000_000
    await client.hset(
        keys.wanted, "sage", " ".join([generation, attempts, str(long_ago_us), *rest])
    )


class DispatchMachine(RuleBasedStateMachine):
    """Control planes, workers and job processes in any order: never two let in at once."""

    server: servers.Redis

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.client = redis.asyncio.Redis.from_url(self.server.url)
        self.keys = RoomKeys(f"machine-{time.time_ns()}")
        scripts = Scripts(self.client)
        self.store = WantedStore(scripts, self.keys, AT_ONCE)
        self.leases = LeaseStore(scripts, self.keys)
        self.wanted = False
        self.owner = 0
        self.sent: list[int] = []
        self.newest = 0
        """Generation that is let in."""
        self.coming = 0
        """Epoch of who was let in under it and owns nothing yet."""
        self.epochs: list[int] = []

    def do(self, call: Any) -> Any:
        """Run one operation to its end."""
        return self.runner.run(call)

    @rule()
    def want(self) -> None:
        """Twice is once."""
        assert self.do(self.store.start("sage", "somebody")) is not self.wanted
        self.newest = self.newest if self.wanted else 0
        self.wanted = True

    @rule()
    def want_no_more(self) -> None:
        """Twice is once."""
        assert self.do(self.store.stop("sage")) is self.wanted
        self.wanted = False

    @rule()
    def look(self) -> None:
        """It is sent for if it is wanted and nobody's, and nobody comes."""
        answer = self.do(self.store.send("sage"))
        awaited = self.coming and self.newest
        assert isinstance(answer, Send) is (self.wanted and not self.owner and not awaited)
        if isinstance(answer, Send):
            assert answer.generation > max(self.sent, default=0)
            self.newest, self.coming = answer.generation, 0
            self.sent.append(answer.generation)

    @precondition(lambda self: self.sent)
    @rule(number=st.integers(0, 50))
    def request(self, number: int) -> None:
        """A dispatch arrives at a worker, soon, late or twice."""
        generation = self.sent[number % len(self.sent)]
        answer = self.do(self.store.admit("sage", generation))
        awaited = self.wanted and generation == self.newest and not self.owner
        assert isinstance(answer, Admitted) is (awaited and not self.coming)
        if isinstance(answer, Admitted):
            self.coming = answer.epoch
            self.epochs.append(answer.epoch)

    @precondition(lambda self: self.epochs)
    @rule(number=st.integers(0, 50))
    def acquire(self, number: int) -> None:
        """A job process begins, soon or late."""
        epoch = self.epochs[number % len(self.epochs)]
        if isinstance(self.do(self.leases.acquire("sage", epoch, "job", LONG_S)), Granted):
            assert self.owner in (0, epoch)
            self.owner = epoch
            self.coming = 0 if self.coming == epoch else self.coming

    @precondition(lambda self: self.coming and not self.owner)
    @rule()
    def never_begin(self) -> None:
        """The process of who was let in ends before it owns the agent, and its worker tells."""
        assert self.do(self.leases.release("sage", self.coming, "job"))
        self.coming = 0

    @precondition(lambda self: self.owner)
    @rule()
    def die(self) -> None:
        """Its worker gives the agent up."""
        assert self.do(self.leases.release("sage", self.owner, "job"))
        self.owner = 0

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.do(self.client.delete(self.keys.agents, self.keys.wanted))
        self.do(self.client.aclose())
        self.runner.close()


def test_dispatches_do_what_the_model_says(redis_server: servers.Redis) -> None:
    """Random histories on the real server."""
    DispatchMachine.server = redis_server
    run_state_machine_as_test(
        DispatchMachine,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
