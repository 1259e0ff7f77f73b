"""Moves by the control plane, with a real Redis between it, the workers and the agent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import cast

import pytest
import redis.asyncio

from roomhand import metrics
from roomhand.admin import LiveKitAdmin
from roomhand.control.balance import BalanceTerms
from roomhand.control.rebalancing import SHARD, Rebalancing
from roomhand.control.reconciler import Reconciler
from roomhand.coordination.commands import Command, Move, Outcome, Status
from roomhand.coordination.fencing import Fence
from roomhand.coordination.inbox import CommandInbox
from roomhand.coordination.keys import (
    WORKERS,
    WORKERS_DRAINING,
    WORKERS_SEEN,
    RoomKeys,
)
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.workers import WorkerBoard, WorkerJob, WorkerRecord
from roomhand.errors import CommandError, NotFoundError
from tests.worker.control.deployment import Deployment, deployed

pytestmark = pytest.mark.redis

TERMS = BalanceTerms(pause_s=0, patience_s=0)


class Cluster:
    """Two workers, and an agent that hears what it is told."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.scripts = Scripts(deployment.client)
        self.told: list[Command] = []
        self.refuses = False

    def rebalancing(self, reconciler: Reconciler, name: str = "") -> Rebalancing:
        """Of this instance, among the workers of the test."""
        return Rebalancing(
            self.scripts,
            name or self.deployment.room,
            lambda: reconciler.watches(SHARD),
            terms=TERMS,
        )

    async def tell(self, worker: str, *, has_sage: bool, name: str = "") -> None:
        """What a worker says of itself."""
        load = 0.5 if has_sage else 0.0
        others = tuple(WorkerJob(room=f"other-{number}", agent="") for number in range(4))
        sage = (WorkerJob(room=self.deployment.room, agent="sage"),)
        record = WorkerRecord(
            id=worker,
            host="here",
            name=name or self.deployment.room,
            slots=10,
            load=load,
            load_parts={"jobs": load},
            jobs=(*others, *sage) if has_sage else (),
        )
        await WorkerBoard(self.scripts).announce(record)

    async def hear(self, command: Command) -> Outcome:
        """As the agent."""
        self.told.append(command)
        if self.refuses:
            raise CommandError("not now")
        return Outcome(status=Status.DONE)


@pytest.fixture
async def cluster(redis_client: redis.asyncio.Redis, room_name: str) -> AsyncIterator[Cluster]:
    """Sage is run by a full worker, beside an empty one."""
    await redis_client.delete(WORKERS, WORKERS_SEEN, WORKERS_DRAINING)
    async with deployed(redis_client, room_name) as deployment:
        made = Cluster(deployment)
        leases = LeaseStore(made.scripts, RoomKeys(room_name))
        fence = Fence("sage", await leases.reserve("sage"))
        await leases.acquire("sage", fence.epoch, "AW_1/AJ_1", 600)
        inbox = CommandInbox(made.scripts, RoomKeys(room_name), fence, made.hear)
        inbox.start()
        await made.tell("full", has_sage=True)
        await made.tell("empty", has_sage=False)
        yield made
        await inbox.close(0)
    await redis_client.delete(WORKERS, WORKERS_SEEN, WORKERS_DRAINING)


@contextmanager
def counted(**by: float) -> Iterator[None]:
    """The counter has risen by so much of each outcome when the block ends."""

    def read() -> dict[str, float]:
        name = "roomhand_control_agents_rebalanced_total"
        return {
            outcome: metrics.CONTROL.get_sample_value(name, {"outcome": outcome}) or 0.0
            for outcome in ("moved", "stayed")
        }

    before = read()
    yield
    assert {outcome: count - before[outcome] for outcome, count in read().items()} == {
        "moved": 0.0,
        "stayed": 0.0,
    } | by


async def test_only_the_instance_that_watches_moves_an_agent(cluster: Cluster) -> None:
    """Also where the other one looks first; and once, though both look on."""
    one, two = [await cluster.deployment.instance(name) for name in ("one", "two")]
    first, second = cluster.rebalancing(one), cluster.rebalancing(two)
    with counted(moved=1):
        for _ in range(3):
            await second.look()
            await first.look()
            if cluster.told:
                await cluster.tell("full", has_sage=False)
                await cluster.tell("empty", has_sage=True)
    assert cluster.told == [Move(worker="empty")]


async def test_another_instance_goes_on_with_it(cluster: Cluster) -> None:
    """It looks twice itself before it moves anybody."""
    one, two = [await cluster.deployment.instance(name) for name in ("one", "two")]
    first, second = cluster.rebalancing(one), cluster.rebalancing(two)
    await first.look()
    await second.look()
    await one.close()
    await two.claim()
    await first.look()
    await second.look()
    assert cluster.told == []
    await second.look()
    assert cluster.told == [Move(worker="empty")]


async def test_an_instance_that_was_frozen_moves_nobody(cluster: Cluster) -> None:
    """It has not yet noticed that its shards are another's."""
    own_s = 0.0
    frozen = Reconciler(
        cluster.deployment.client,
        cast(LiveKitAdmin, cluster.deployment.livekit),
        "frozen",
        now=lambda: own_s,
    )
    await frozen.claim()
    rebalancing = cluster.rebalancing(frozen)
    await rebalancing.look()
    own_s += 60
    await rebalancing.look()
    await rebalancing.look()
    assert cluster.told == []


async def test_an_instance_that_freezes_while_it_decides_moves_nobody(cluster: Cluster) -> None:
    """Another may have moved somebody meanwhile."""
    answers = [True, True, False]
    rebalancing = Rebalancing(
        cluster.scripts, cluster.deployment.room, lambda: answers.pop(0), terms=TERMS
    )
    await rebalancing.look()
    await rebalancing.look()
    assert answers == [], "it has decided, and looked once more"
    assert cluster.told == []


async def test_workers_of_another_name_are_another_deployment(cluster: Cluster) -> None:
    """Dispatches of one do not reach those of the other."""
    await cluster.tell("empty", has_sage=False, name="other")
    rebalancing = cluster.rebalancing(await cluster.deployment.instance())
    for _ in range(3):
        await rebalancing.look()
    assert cluster.told == []


async def test_an_agent_that_will_not_is_asked_once(cluster: Cluster) -> None:
    """It has stayed, and is left alone."""
    cluster.refuses = True
    rebalancing = cluster.rebalancing(await cluster.deployment.instance())
    with counted(stayed=1):
        for _ in range(5):
            await rebalancing.look()
    assert cluster.told == [Move(worker="empty")]


async def test_an_agent_that_is_gone_is_no_one_to_move(cluster: Cluster) -> None:
    """The board still told of it."""
    room = cluster.deployment.room
    record = await cluster.deployment.leases.read("sage")
    assert record is not None
    await cluster.deployment.leases.release("sage", record.epoch, record.owner)
    rebalancing = cluster.rebalancing(await cluster.deployment.instance())
    await rebalancing.look()
    with pytest.raises(NotFoundError, match=f"sage is not in room {room}"):
        await rebalancing.look()
