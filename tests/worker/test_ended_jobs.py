"""A worker gives up what a job process left behind."""

from __future__ import annotations

import asyncio

import pytest
import redis.asyncio
from livekit.agents.job import JobAcceptArguments, RunningJobInfo
from livekit.protocol import agent, models

from roomhand import ended_jobs
from roomhand.attribution.identity import agent_identity
from roomhand.coordination.connection import open_client
from roomhand.coordination.hints import Hints, Place, shard_of
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts
from roomhand.ended_jobs import EndedJobs, owner_of
from roomhand.errors import RedisError
from tests.sim import servers
from tests.system.office import eventually_true

pytestmark = pytest.mark.redis


def job(room: str, epoch: int, job_id: str = "AJ_1") -> RunningJobInfo:
    """As livekit-agents tells of a job."""
    return RunningJobInfo(
        accept_arguments=JobAcceptArguments("Sage", agent_identity("sage", epoch), ""),
        job=agent.Job(id=job_id, room=models.Room(name=room)),
        url="",
        token="",
        worker_id="AW_1",
        fake_job=False,
    )


async def owned(leases: LeaseStore, job_id: str = "AJ_1") -> int:
    """The epoch under which a job process owns the agent."""
    epoch = await leases.reserve("sage")
    await leases.acquire("sage", epoch, owner_of("AW_1", job_id), 600)
    return epoch


async def settled(holds: bool, leases: LeaseStore) -> None:
    """Wait until the agent is owned, or is not."""

    async def is_so() -> bool:
        record = await leases.read("sage")
        return record is not None and record.alive is holds

    await eventually_true(is_so)


@pytest.fixture
def leases(redis_client: redis.asyncio.Redis, room_name: str) -> LeaseStore:
    """Leases of the test's room."""
    return LeaseStore(Scripts(redis_client), RoomKeys(room_name))


async def test_the_agent_of_a_job_that_was_killed_is_free_and_due_at_once(
    redis_client: redis.asyncio.Redis, room_name: str, leases: LeaseStore
) -> None:
    running = [job(room_name, await owned(leases))]
    ended = EndedJobs(Scripts(redis_client), lambda: running)
    ended.look()
    running.clear()
    ended.look()
    await settled(False, leases)
    hints, place = Hints(redis_client), Place(room_name, "sage")

    async def due() -> bool:
        return place in await hints.due(shard_of(room_name), await hints.now_s())

    await eventually_true(due)


async def test_what_a_successor_owns_is_left_alone(
    redis_client: redis.asyncio.Redis, room_name: str, leases: LeaseStore
) -> None:
    """The old process ends after it has handed over."""
    before = await owned(leases)
    running = [job(room_name, before)]
    ended = EndedJobs(Scripts(redis_client), lambda: running)
    ended.look()
    after = await leases.reserve("sage")
    await leases.transfer("sage", before, after, owner_of("AW_2", "AJ_2"), 600)
    running.clear()
    ended.look()
    await asyncio.sleep(0.1)
    record = await leases.read("sage")
    assert record is not None
    assert (record.epoch, record.alive) == (after, True)


async def test_who_was_to_succeed_an_owner_that_dies_too_is_not_waited_for(
    redis_client: redis.asyncio.Redis,
    room_name: str,
    leases: LeaseStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While the owner lives, nothing is taken from it."""
    monkeypatch.setattr(ended_jobs, "AGAIN_S", 0.05)
    owner = await owned(leases)
    successor = await leases.reserve("sage")
    running = [job(room_name, successor, "AJ_2")]
    ended = EndedJobs(Scripts(redis_client), lambda: running)
    ended.look()
    running.clear()
    ended.look()
    await asyncio.sleep(0.2)
    await settled(True, leases)
    assert await leases.release("sage", owner, owner_of("AW_1", "AJ_1"))

    async def spent() -> bool:
        record = await leases.read("sage")
        return record is not None and record.epoch == successor

    await eventually_true(spent)


async def test_without_redis_it_is_tried_again(
    redis_client: redis.asyncio.Redis,
    room_name: str,
    leases: LeaseStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ended_jobs, "AGAIN_S", 0.05)
    monkeypatch.setattr(ended_jobs, "ATTEMPTS", 100)
    nowhere = open_client(f"redis://127.0.0.1:{servers.free_port()}")
    scripts = Scripts(nowhere)
    running = [job(room_name, await owned(leases))]
    ended = EndedJobs(scripts, lambda: running)
    ended.look()
    running.clear()
    ended.look()
    await asyncio.sleep(0.02)
    await settled(True, leases)
    scripts.client = redis_client
    await settled(False, leases)
    await nowhere.aclose()


async def test_where_only_the_hint_failed_the_hint_is_given_again(
    redis_client: redis.asyncio.Redis,
    room_name: str,
    leases: LeaseStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The agent is free by then, and would be sent for only when its lease had been over."""
    monkeypatch.setattr(ended_jobs, "AGAIN_S", 0.01)
    hinted = list[float]()
    due_at = Hints.due_at

    async def fails_once(hints: Hints, place: Place, when_s: float) -> None:
        hinted.append(when_s)
        if len(hinted) == 1:
            raise RedisError("away")
        await due_at(hints, place, when_s)

    monkeypatch.setattr(Hints, "due_at", fails_once)
    running = [job(room_name, await owned(leases))]
    ended = EndedJobs(Scripts(redis_client), lambda: running)
    ended.look()
    running.clear()
    ended.look()

    async def is_due() -> bool:
        hints = Hints(redis_client)
        due = await hints.due(shard_of(room_name), await hints.now_s())
        return Place(room_name, "sage") in due

    await eventually_true(is_due)
    assert len(hinted) == 2


@pytest.mark.parametrize(
    ("error", "told"),
    [(RedisError("away"), "its lease runs out by itself"), (LookupError("a bug"), "by a bug")],
)
async def test_an_agent_that_is_not_given_up_in_the_end_is_told_of(
    redis_client: redis.asyncio.Redis,
    room_name: str,
    leases: LeaseStore,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    told: str,
) -> None:
    monkeypatch.setattr(ended_jobs, "AGAIN_S", 0.01)

    async def fails(*_: object) -> bool:
        raise error

    running = [job(room_name, await owned(leases))]
    monkeypatch.setattr(LeaseStore, "release", fails)
    ended = EndedJobs(Scripts(redis_client), lambda: running)
    ended.look()
    running.clear()
    ended.look()

    async def is_told() -> bool:
        return told in caplog.text

    await eventually_true(is_told)
