"""Which workers there are, by what they say themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from roomhand.coordination.keys import WORKERS, WORKERS_DRAINING, WORKERS_SEEN
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.workers import GONE_S, Usage, WorkerBoard, WorkerJob, WorkerRecord

pytestmark = pytest.mark.redis

ONE = WorkerRecord(
    id="one",
    host="here",
    livekit_id="AW_1",
    slots=4,
    jobs=(WorkerJob(room="küche", agent="sage"),),
    usage=Usage(sessions_opened=3, audio_sent_s=1.5),
)


@pytest.fixture
async def board(redis_client: redis.asyncio.Redis) -> AsyncIterator[WorkerBoard]:
    """Nobody is on it."""
    keys = (WORKERS, WORKERS_SEEN, WORKERS_DRAINING)
    await redis_client.delete(*keys)
    yield WorkerBoard(Scripts(redis_client))
    await redis_client.delete(*keys)


async def ids(board: WorkerBoard) -> list[str]:
    """Of those that live."""
    return [one.record.id for one in await board.all()]


async def long_ago(client: redis.asyncio.Redis, worker: str) -> None:
    """It was not heard of for as long as makes it gone."""
    await client.zincrby(WORKERS_SEEN, -GONE_S * 1000 - 1, worker)


async def test_a_worker_is_told_of_as_it_tells_of_itself(
    board: WorkerBoard, redis_client: redis.asyncio.Redis
) -> None:
    """As it last was, until it leaves."""
    before_s = await board.now_s()
    assert not await board.announce(ONE.model_copy(update={"slots": 1}))
    assert not await board.announce(ONE)
    (seen,) = await board.all()
    assert (seen.record, seen.asked_to_drain) == (ONE, False)
    assert before_s - 0.001 <= seen.seen_s <= await board.now_s()
    await board.announce(WorkerRecord(id="another", host="there"))
    assert await ids(board) == ["another", "one"]
    for key in (WORKERS, WORKERS_SEEN):
        assert await redis_client.ttl(key) > 0
    await board.leave("one")
    assert await ids(board) == ["another"]


async def test_a_worker_that_says_nothing_any_more_is_gone(
    board: WorkerBoard, redis_client: redis.asyncio.Redis
) -> None:
    """At once for who looks; the next one that lives clears it away, order to drain and all."""
    await board.announce(ONE)
    assert await board.drain("one")
    await long_ago(redis_client, "one")
    assert await ids(board) == []
    assert not await board.drain("one")
    await board.announce(WorkerRecord(id="another", host="there"))
    kept = await redis_client.hkeys(WORKERS)
    assert kept == [b"another"]
    assert await redis_client.scard(WORKERS_DRAINING) == 0


async def test_one_that_was_away_for_long_is_there_again(
    board: WorkerBoard, redis_client: redis.asyncio.Redis
) -> None:
    """Redis was unreachable for it."""
    await board.announce(ONE)
    await long_ago(redis_client, "one")
    await board.announce(ONE)
    assert await ids(board) == ["one"]


async def test_a_worker_hears_that_it_is_to_drain_and_no_other_does(board: WorkerBoard) -> None:
    """Each time that it says that it lives, should it have missed the first."""
    other = WorkerRecord(id="another", host="there")
    for one in (ONE, other):
        await board.announce(one)
    assert not await board.drain("unknown")
    assert await board.drain("one")
    assert await board.drain("one")
    assert [await board.announce(ONE) for _ in range(2)] == [True, True]
    assert not await board.announce(other)
    assert [one.asked_to_drain for one in await board.all()] == [False, True]


async def test_a_record_of_another_version_is_read_as_far_as_it_is_known(
    board: WorkerBoard, redis_client: redis.asyncio.Redis
) -> None:
    """One that is none of ours hides nobody else."""
    for worker in ("one", "broken"):
        await board.announce(WorkerRecord(id=worker, host="here"))
    await redis_client.hset(WORKERS, "one", '{"id": "one", "host": "here", "later": 1}')
    await redis_client.hset(WORKERS, "broken", "[]")
    assert await ids(board) == ["one"]
