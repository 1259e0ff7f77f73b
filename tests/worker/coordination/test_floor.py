"""One agent at a time is heard in a room."""

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
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from roomhand.coordination.fencing import Fence
from roomhand.coordination.floor import MARGIN_S, FloorBusy, FloorStore, Grant
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts
from roomhand.errors import StaleEpochError
from tests.sim import servers
from tests.worker.coordination.conftest import Own

pytestmark = pytest.mark.redis


class FakeClock:
    """Own time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> FakeClock:
    """Own time of the test."""
    return FakeClock()


@pytest.fixture
def floors(scripts: Scripts, keys: RoomKeys, clock: FakeClock) -> FloorStore:
    """The floor of the test's room, with grants long enough never to end by themselves."""
    return FloorStore(scripts, keys, 600, clock)


async def granted(floors: FloorStore, fence: Fence) -> Grant:
    """A grant, or the test fails."""
    answer = await floors.take(fence)
    assert isinstance(answer, Grant)
    return answer


async def test_one_agent_holds_the_floor(floors: FloorStore, own: Own) -> None:
    """The other is told who does, and for how long."""
    sage, echo = await own("sage"), await own("echo")
    grant = await granted(floors, sage)

    busy = await floors.take(echo)

    assert isinstance(busy, FloorBusy)
    assert busy.holder == "sage"
    assert 0 < busy.expires_in_ms <= 600_000
    holder = await floors.read()
    assert holder is not None
    assert (holder.agent, holder.number) == ("sage", grant.number)


async def test_of_many_who_ask_at_once_one_gets_it(floors: FloorStore, own: Own) -> None:
    """No two grants at a time."""
    fences = [await own(f"agent-{number}") for number in range(12)]
    answers = await asyncio.gather(*(floors.take(fence) for fence in fences))
    assert sum(isinstance(answer, Grant) for answer in answers) == 1


async def test_numbers_grow_over_holders_and_over_lost_data(
    floors: FloorStore, own: Own, keys: RoomKeys, redis_client: redis.asyncio.Redis
) -> None:
    """An older grant can never pass for a newer one."""
    sage, echo = await own("sage"), await own("echo")
    first = await granted(floors, sage)
    await floors.release(sage, first)
    second = await granted(floors, echo)
    await redis_client.delete(keys.floor)
    third = await granted(floors, sage)
    assert first.number < second.number < third.number


async def test_a_clock_that_went_back_mints_no_number_again(
    floors: FloorStore, own: Own, keys: RoomKeys, redis_client: redis.asyncio.Redis
) -> None:
    """The last number outlives its grant."""
    sage = await own()
    ahead = (await granted(floors, sage)).number + 3_600_000_000
    await redis_client.hset(keys.floor, "number", str(ahead))
    grant = await granted(floors, sage)
    assert grant.number == ahead + 1
    await floors.release(sage, grant)
    assert (await granted(floors, sage)).number == ahead + 2


async def test_a_grant_is_valid_until_a_margin_before_its_end(
    floors: FloorStore, own: Own, clock: FakeClock
) -> None:
    """By own clock, counted from before the call."""
    grant = await granted(floors, await own())
    end_s = clock.now_s + 600 - MARGIN_S
    assert grant.is_valid(end_s - 0.001)
    assert not grant.is_valid(end_s)


async def test_renewing_keeps_the_number_and_moves_the_end(
    floors: FloorStore, own: Own, clock: FakeClock
) -> None:
    """The gate sees the same grant."""
    sage = await own()
    grant = await granted(floors, sage)
    clock.now_s += 5
    longer = await floors.renew(sage, grant)
    assert longer is not None
    assert longer.number == grant.number
    assert longer.valid_until_s == pytest.approx(grant.valid_until_s + 5)


async def test_an_expired_grant_is_gone_and_the_floor_free(
    scripts: Scripts, keys: RoomKeys, own: Own
) -> None:
    """Expiry in real time, on a grant as short as there is."""
    floors = FloorStore(scripts, keys, 2 * MARGIN_S + 0.001)
    sage, echo = await own("sage"), await own("echo")
    grant = await granted(floors, sage)
    deadline_s = time.monotonic() + 5
    while await floors.read() is not None:
        assert time.monotonic() < deadline_s
        await asyncio.sleep(0.02)

    assert await floors.renew(sage, grant) is None
    assert not await floors.release(echo, grant)
    assert (await granted(floors, echo)).number > grant.number


async def test_a_new_grant_of_the_holder_ends_its_older_ones(floors: FloorStore, own: Own) -> None:
    """One reply cannot speak under the grant of the next."""
    sage = await own()
    first = await granted(floors, sage)
    second = await granted(floors, sage)
    assert await floors.renew(sage, first) is None
    assert not await floors.release(sage, first)
    assert await floors.renew(sage, second) is not None


async def test_the_floor_of_an_epoch_that_is_over_is_free(floors: FloorStore, own: Own) -> None:
    """Nobody waits for a dead holder once it has a successor, and the dead one gets nothing."""
    sage, echo = await own("sage"), await own("echo")
    grant = await granted(floors, sage)
    await own("sage")

    assert await floors.read() is None
    with pytest.raises(StaleEpochError):
        await floors.take(sage)
    with pytest.raises(StaleEpochError):
        await floors.renew(sage, grant)
    await granted(floors, echo)


def test_a_grant_shorter_than_its_margin_is_refused(scripts: Scripts, keys: RoomKeys) -> None:
    """It would never be valid."""
    with pytest.raises(ValueError, match="longer"):
        FloorStore(scripts, keys, MARGIN_S)


class FloorMachine(RuleBasedStateMachine):
    """Any order of takes, renewals, releases and takeovers gives what the model says."""

    server: servers.Redis
    agents = st.sampled_from(["sage", "echo", "iris"])

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.client = redis.asyncio.Redis.from_url(self.server.url)
        self.keys = RoomKeys(f"machine-{time.time_ns()}")
        scripts = Scripts(self.client)
        self.leases = LeaseStore(scripts, self.keys)
        self.floors = FloorStore(scripts, self.keys, 600)
        self.fences: dict[str, Fence] = {}
        self.grants: dict[str, Grant] = {}
        self.holder: tuple[str, int] | None = None
        self.last = 0

    def do(self, call: Any) -> Any:
        """Run one operation to its end."""
        return self.runner.run(call)

    @initialize()
    def own_all(self) -> None:
        """Every agent has an owner."""
        for agent in ("sage", "echo", "iris"):
            self.take_over(agent)

    @rule(agent=agents)
    def take_over(self, agent: str) -> None:
        """A successor owns the agent; the floor of its predecessor is free."""
        epoch = self.do(self.leases.reserve(agent))
        if agent in self.fences:
            old = self.fences[agent].epoch
            self.do(self.leases.transfer(agent, old, epoch, "owner", 600))
        else:
            self.do(self.leases.acquire(agent, epoch, "owner", 600))
        self.fences[agent] = Fence(agent, epoch)
        if self.holder and self.holder[0] == agent:
            self.holder = None

    @rule(agent=agents)
    def take(self, agent: str) -> None:
        """Granted if free or one's own, under a higher number."""
        answer = self.do(self.floors.take(self.fences[agent]))
        if self.holder and self.holder[0] != agent:
            assert answer.holder == self.holder[0]
        else:
            assert answer.number > self.last
            self.last = answer.number
            self.holder = (agent, answer.number)
            self.grants[agent] = answer

    @rule(agent=agents, asker=agents)
    def renew(self, agent: str, asker: str) -> None:
        """Only the holder, only its latest grant."""
        if agent in self.grants:
            grant = self.grants[agent]
            answer = self.do(self.floors.renew(self.fences[asker], grant))
            held = self.holder == (asker, grant.number)
            assert (answer is not None) == held

    @rule(agent=agents, asker=agents)
    def release(self, agent: str, asker: str) -> None:
        """Only the holder, only its latest grant."""
        if agent in self.grants:
            grant = self.grants[agent]
            released = self.do(self.floors.release(self.fences[asker], grant))
            assert released == (self.holder == (asker, grant.number))
            if released:
                self.holder = None

    @invariant()
    def holder_is_the_models(self) -> None:
        """What can be read is what the model holds."""
        read = self.do(self.floors.read())
        assert (read and (read.agent, read.number)) == self.holder

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.do(self.client.delete(self.keys.agents, self.keys.floor))
        self.do(self.client.aclose())
        self.runner.close()


def test_the_floor_does_what_the_model_says(redis_server: servers.Redis) -> None:
    """Random histories on the real server."""
    FloorMachine.server = redis_server
    run_state_machine_as_test(
        FloorMachine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
