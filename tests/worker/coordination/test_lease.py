"""Leases on a real server, against a model in plain Python."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis.asyncio
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import Busy, Granted, LeaseStore, NoRecord, Stale
from roomhand.coordination.scripts import Scripts
from tests.sim import servers

pytestmark = pytest.mark.redis

LONG_S = 600.0
PAST_S = 0.0
"""A lease of no length is past its deadline at once: time without waiting."""


async def test_epochs_are_redis_time_and_only_grow(leases: LeaseStore) -> None:
    """Many reservations at once get distinct epochs, none below the clock."""
    floor = int((time.time() - 60) * 1_000_000)
    epochs = await asyncio.gather(*(leases.reserve("sage") for _ in range(50)))
    assert len(set(epochs)) == 50
    assert min(epochs) > floor


async def test_a_clock_that_went_back_mints_no_epoch_again(leases: LeaseStore) -> None:
    """A failover to a server whose clock is behind."""
    ahead = await leases.reserve("sage") + 3_600_000_000
    await leases.acquire("sage", ahead, "one", LONG_S)
    assert await leases.reserve("sage") == ahead + 1
    assert await leases.reserve("sage") == ahead + 2


async def test_an_epoch_keeps_all_its_digits(leases: LeaseStore, keys: RoomKeys) -> None:
    """Lua's own number format would round the microseconds away."""
    epoch = await leases.reserve("sage")
    await leases.acquire("sage", epoch, "one", LONG_S)
    record = await leases.read("sage")
    assert record is not None
    assert (record.epoch, record.minted) == (epoch, epoch)
    assert epoch % 10_000_000 != 0


async def test_a_reservation_owns_nothing_and_disturbs_nobody(leases: LeaseStore) -> None:
    """The owner renews while a successor is on its way."""
    epoch = await leases.reserve("sage")
    await leases.acquire("sage", epoch, "one", LONG_S)
    later = await leases.reserve("sage")

    assert isinstance(await leases.renew("sage", epoch, "one", LONG_S), Granted)
    answer = await leases.acquire("sage", later, "two", LONG_S)
    assert isinstance(answer, Busy)
    assert answer.holder == "one"


async def test_past_its_deadline_the_owner_renews_if_nobody_was_sent_for(
    leases: LeaseStore,
) -> None:
    """An outage of Redis longer than the lease costs the owner nothing by itself."""
    epoch = await leases.reserve("sage")
    await leases.acquire("sage", epoch, "one", PAST_S)
    assert isinstance(await leases.renew("sage", epoch, "one", PAST_S), Granted)

    later = await leases.reserve("sage")

    assert await leases.renew("sage", epoch, "one", LONG_S) == Stale(later)


async def test_a_released_epoch_is_spent(leases: LeaseStore) -> None:
    """A call that comes late, after the release, does not bring the lease back."""
    epoch = await leases.reserve("sage")
    await leases.acquire("sage", epoch, "one", LONG_S)
    assert await leases.release("sage", epoch, "one")

    assert isinstance(await leases.renew("sage", epoch, "one", LONG_S), Stale)
    assert isinstance(await leases.acquire("sage", epoch, "one", LONG_S), Stale)


async def test_who_was_let_in_and_ends_before_it_owns_the_agent_spends_its_epoch(
    leases: LeaseStore,
) -> None:
    """But takes nothing from a living owner, or from whoever was let in after it."""
    lost, epoch = [await leases.reserve("sage") for _ in range(2)]
    assert not await leases.release("sage", lost, "one")
    assert await leases.release("sage", epoch, "two")
    assert isinstance(await leases.acquire("sage", epoch, "two", LONG_S), Stale)

    owner = await leases.reserve("sage")
    await leases.acquire("sage", owner, "three", LONG_S)
    successor = await leases.reserve("sage")
    assert not await leases.release("sage", successor, "four")
    assert isinstance(await leases.renew("sage", owner, "three", LONG_S), Granted)


async def test_a_transfer_is_never_to_a_lower_epoch_or_without_a_record(
    leases: LeaseStore,
) -> None:
    """Nor from an epoch that is not the owner's."""
    assert await leases.transfer("sage", 1, 2, "two", LONG_S) == NoRecord()
    low, epoch, high = [await leases.reserve("sage") for _ in range(3)]
    await leases.acquire("sage", epoch, "one", LONG_S)

    assert isinstance(await leases.transfer("sage", epoch, low, "two", LONG_S), Stale)
    assert isinstance(await leases.transfer("sage", low, high, "two", LONG_S), Stale)
    assert isinstance(await leases.transfer("sage", epoch, high, "two", LONG_S), Granted)
    assert isinstance(await leases.renew("sage", epoch, "one", LONG_S), Stale)


async def test_after_redis_lost_its_data_the_owner_acquires_again(
    leases: LeaseStore, keys: RoomKeys, redis_client: redis.asyncio.Redis
) -> None:
    """A renewal without a record is refused; the first to acquire has it, the rest are refused."""
    epoch = await leases.reserve("sage")
    await leases.acquire("sage", epoch, "one", LONG_S)
    await redis_client.delete(keys.agents)

    assert await leases.renew("sage", epoch, "one", LONG_S) == NoRecord()
    assert isinstance(await leases.acquire("sage", epoch, "one", LONG_S), Granted)
    assert isinstance(await leases.acquire("sage", epoch - 1, "zombie", LONG_S), Stale)
    assert await leases.reserve("sage") > epoch


async def test_the_records_of_a_living_room_do_not_expire(
    leases: LeaseStore, keys: RoomKeys, redis_client: redis.asyncio.Redis
) -> None:
    """Every renewal moves the end of the hash a day away."""
    epoch = await leases.reserve("sage")
    await leases.acquire("sage", epoch, "one", LONG_S)
    await redis_client.pexpire(keys.agents, 60_000)
    await leases.renew("sage", epoch, "one", LONG_S)
    assert await redis_client.pttl(keys.agents) > 86_000_000


@dataclass
class ModelRecord:
    """What the plain model knows of an agent. ``alive`` stands for the deadline."""

    minted: int = 0
    epoch: int = 0
    owner: str = ""
    alive: bool = False
    spent: set[int] = field(default_factory=set)


class LeaseMachine(RuleBasedStateMachine):
    """Any order of operations by any owners gives what the model says."""

    server: servers.Redis
    epochs: Bundle[int] = Bundle("epochs")
    owners = st.sampled_from(["one", "two", "three"])
    lengths = st.sampled_from([LONG_S, PAST_S])

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.client = redis.asyncio.Redis.from_url(self.server.url)
        self.keys = RoomKeys(f"machine-{time.time_ns()}")
        self.store = LeaseStore(Scripts(self.client), self.keys)
        self.model: ModelRecord | None = None

    def do(self, call: Any) -> Any:
        """Run one operation to its end."""
        return self.runner.run(call)

    @rule(target=epochs)
    def reserve(self) -> int:
        """Mints above everything."""
        epoch: int = self.do(self.store.reserve("sage"))
        self.model = self.model or ModelRecord()
        assert epoch > self.model.minted
        self.model.minted = epoch
        return epoch

    @rule(epoch=epochs, owner=owners, ttl_s=lengths)
    def acquire(self, epoch: int, owner: str, ttl_s: float) -> None:
        """Free or past, and not older."""
        answer = self.do(self.store.acquire("sage", epoch, owner, ttl_s))
        model = self.model or ModelRecord()
        own = (model.epoch, model.owner) == (epoch, owner)
        if epoch < model.epoch or (epoch == model.epoch and not own):
            assert isinstance(answer, Stale)
        elif model.alive and not own:
            assert isinstance(answer, Busy)
            assert (answer.holder, answer.epoch) == (model.owner, model.epoch)
        else:
            assert isinstance(answer, Granted)
            self.model = ModelRecord(max(model.minted, epoch), epoch, owner, ttl_s > 0)

    @rule(epoch=epochs, owner=owners, ttl_s=lengths)
    def renew(self, epoch: int, owner: str, ttl_s: float) -> None:
        """Only one's own, and past the deadline only without a successor."""
        answer = self.do(self.store.renew("sage", epoch, owner, ttl_s))
        model = self.model
        if model is None:
            assert isinstance(answer, NoRecord)
        elif (model.epoch, model.owner) != (epoch, owner) or (
            not model.alive and model.minted > epoch
        ):
            assert isinstance(answer, Stale)
        else:
            assert isinstance(answer, Granted)
            model.alive = ttl_s > 0

    @rule(epoch=epochs, owner=owners)
    def release(self, epoch: int, owner: str) -> None:
        """Only one's own, or what was reserved last and never came to be owned."""
        released = self.do(self.store.release("sage", epoch, owner))
        model = self.model or ModelRecord()
        unused = epoch == model.minted > model.epoch and not model.alive
        assert released == (unused or (model.epoch, model.owner) == (epoch, owner))
        if released:
            model.epoch, model.owner, model.alive = epoch, "", False

    @rule(old=epochs, epoch=epochs, owner=owners, ttl_s=lengths)
    def transfer(self, old: int, epoch: int, owner: str, ttl_s: float) -> None:
        """Only from the owner's epoch, and only upwards."""
        answer = self.do(self.store.transfer("sage", old, epoch, owner, ttl_s))
        model = self.model
        if model is None:
            assert isinstance(answer, NoRecord)
        elif model.epoch != old or not model.owner or epoch <= model.epoch:
            assert isinstance(answer, Stale)
        else:
            assert isinstance(answer, Granted)
            self.model = ModelRecord(max(model.minted, epoch), epoch, owner, ttl_s > 0)

    @rule()
    def lose_data(self) -> None:
        """Redis comes back empty."""
        self.do(self.client.delete(self.keys.agents))
        self.model = None

    @invariant()
    def record_is_the_models(self) -> None:
        """What can be read is what the model holds."""
        record = self.do(self.store.read("sage"))
        if self.model is None:
            assert record is None
        else:
            read = (record.minted, record.epoch, record.owner, record.alive)
            model = self.model
            assert read == (model.minted, model.epoch, model.owner, model.alive)

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.do(self.client.delete(self.keys.agents))
        self.do(self.client.aclose())
        self.runner.close()


def test_leases_do_what_the_model_says(redis_server: servers.Redis) -> None:
    """Random histories on the real server."""
    from hypothesis.stateful import run_state_machine_as_test

    LeaseMachine.server = redis_server
    run_state_machine_as_test(
        LeaseMachine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
