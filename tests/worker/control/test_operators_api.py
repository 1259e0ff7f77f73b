"""The operators service: workers, rooms, agents that are sent for anew, and use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis.asyncio

from roomhand.control.v1 import operators_service_pb2 as pb
from roomhand.control.v1.operators_service_pb2_grpc import OperatorsServiceStub
from roomhand.coordination.hints import Hints, Place, shard_of
from roomhand.coordination.keys import WORKERS, WORKERS_DRAINING, WORKERS_SEEN
from roomhand.coordination.lease import Granted, LeaseStore, Stale
from roomhand.coordination.wanted import Later, Owner, Send, SendTerms, WantedStore
from roomhand.coordination.workers import Usage, WorkerBoard, WorkerJob, WorkerRecord
from tests.worker.control.api_stage import ApiStage, api_stage, refused
from tests.worker.control.served import token

pytestmark = pytest.mark.redis

INVALID = ("INVALID_ARGUMENT", "FIELD_INVALID")


@pytest.fixture
async def stage(
    redis_client: redis.asyncio.Redis, room_name: str, tmp_path: Path
) -> AsyncIterator[ApiStage]:
    """A room that is open, and no worker."""
    await redis_client.delete(WORKERS, WORKERS_SEEN, WORKERS_DRAINING)
    async with api_stage(redis_client, room_name, tmp_path) as made:
        yield made


def called(stage: ApiStage, method: str, **fields: Any) -> Any:
    """A call of an operator, to be awaited."""
    stub = OperatorsServiceStub(stage.channel)
    metadata = stage.metadata(token(scopes="operator", room_list=True))
    request = getattr(pb, f"{method}Request")(**fields)
    return getattr(stub, method)(request, metadata=metadata, timeout=20)


def board(stage: ApiStage) -> WorkerBoard:
    """On which workers stand."""
    return WorkerBoard(stage.scripts)


def worker(name: str, *rooms: str, slots: int = 4) -> WorkerRecord:
    """One that runs sage in some rooms."""
    jobs = tuple(WorkerJob(room=room, agent="sage") for room in rooms)
    usage = Usage(
        sessions_opened=2,
        audio_sent_s=0.5,
        input_text_tokens=1,
        input_audio_tokens=2,
        output_text_tokens=3,
        output_audio_tokens=4,
        audio_billed_s=0.25,
    )
    return WorkerRecord(
        id=name, host="h", started_s=17.5, slots=slots, jobs=jobs, usage=usage, livekit_id="AW_1"
    )


async def test_workers_are_listed_with_what_they_run(stage: ApiStage) -> None:
    await board(stage).announce(worker("one", "a", "b", "c"))
    (told,) = (await called(stage, "ListWorkers")).workers
    assert (told.worker, told.host, told.livekit_id) == ("one", "h", "AW_1")
    assert [(job.room, job.agent) for job in told.jobs] == [(room, "sage") for room in "abc"]
    assert (told.slots, told.load, told.draining) == (4, 0.75, False)
    assert told.start_time.ToMilliseconds() == 17500
    now_ms = await board(stage).now_s() * 1000
    assert now_ms - 5000 < told.seen_time.ToMilliseconds() <= now_ms


async def test_a_worker_is_listed_with_its_load_and_what_that_is_made_of(stage: ApiStage) -> None:
    """Where an older one does not tell, its jobs are counted."""
    parts = {"jobs": 0.25, "cpu": 0.5}
    told = {"load": 0.5, "load_parts": parts}
    await board(stage).announce(worker("one", "a").model_copy(update=told))
    await board(stage).announce(worker("old", "b"))
    old, one = (await called(stage, "ListWorkers")).workers
    assert (one.load, dict(one.load_parts)) == (0.5, parts)
    assert (old.load, dict(old.load_parts)) == (0.25, {})


async def test_workers_and_rooms_come_in_pages(stage: ApiStage) -> None:
    for name in "edcba":
        await board(stage).announce(worker(name))
        await WantedStore(stage.scripts, stage.keys).start(f"sage-{name}", "ann")
    first = await called(stage, "ListWorkers", page_size=2)
    rest = await called(stage, "ListWorkers", page_token=first.next_page_token)
    assert [one.worker for page in (first, rest) for one in page.workers] == list("abcde")
    assert rest.next_page_token == ""
    for method in ("ListWorkers", "ListRooms"):
        assert await refused(called(stage, method, page_size=-1)) == INVALID
        assert await refused(called(stage, method, page_token="x")) == INVALID


async def test_a_worker_is_told_to_drain_and_shows_it(stage: ApiStage) -> None:
    """Before it has heard it, too."""
    await board(stage).announce(worker("one"))
    for _ in range(2):
        await called(stage, "DrainWorker", worker="one")
    (told,) = (await called(stage, "ListWorkers")).workers
    assert told.draining
    assert await board(stage).announce(worker("one"))


async def test_a_worker_that_is_not_there_is_not_found(stage: ApiStage) -> None:
    unknown = ("NOT_FOUND", "WORKER_NOT_FOUND")
    assert await refused(called(stage, "DrainWorker", worker="one")) == unknown
    for wrong in ("", "x" * 257):
        assert await refused(called(stage, "DrainWorker", worker=wrong)) == INVALID


async def test_rooms_are_listed_with_who_runs_and_who_is_awaited(stage: ApiStage) -> None:
    """And the meeting that runs there."""
    hints, wanted = Hints(stage.scripts.client), WantedStore(stage.scripts, stage.keys)
    for agent in ("sage", "nova"):
        await wanted.start(agent, "ann")
        await hints.due_at(Place(stage.room, agent), 0)
    meeting = await stage.meet()

    async def told() -> pb.Room:
        answer: pb.ListRoomsResponse = await called(stage, "ListRooms", page_size=500)
        rooms = answer.rooms
        return next(one for one in rooms if one.room == stage.room)

    assert await told() == pb.Room(
        room=stage.room, meeting=meeting.id, running=["sage"], awaited=["nova"]
    )
    await stage.end(meeting)
    await stage.go()
    assert await told() == pb.Room(room=stage.room, awaited=["nova", "sage"])


async def test_an_agent_that_was_sent_for_in_vain_is_due_at_once(stage: ApiStage) -> None:
    """However long the pause would have been."""
    await stage.go()
    terms = SendTerms(patience_s=600, longest_s=600)
    wanted = WantedStore(stage.scripts, stage.keys, terms)
    await wanted.start("sage", "ann")
    first = await wanted.send("sage")
    assert isinstance(first, Send)
    assert isinstance(await wanted.send("sage"), Later)
    await called(stage, "RedispatchAgent", room=stage.room, agent="sage")
    again = await wanted.send("sage")
    assert isinstance(again, Send)
    assert (again.attempts, again.generation > first.generation) == (1, True)
    assert await due(stage)


async def test_an_agent_is_taken_from_a_process_that_is_ill(stage: ApiStage) -> None:
    """Which finds its epoch spent when it next renews, and ends."""
    leases = LeaseStore(stage.scripts, stage.keys)
    wanted = WantedStore(stage.scripts, stage.keys)
    await wanted.start("sage", "ann")
    assert isinstance(await wanted.send("sage"), Later)
    await called(stage, "RedispatchAgent", room=stage.room, agent="sage")
    renewed = await leases.renew("sage", stage.sage.epoch, "AW_1/AJ_1", 600)
    assert isinstance(renewed, Stale)
    assert isinstance(await wanted.send("sage"), Send)
    assert await due(stage)


async def test_the_same_request_id_ends_nobody_but_the_process_that_was_ill(
    stage: ApiStage,
) -> None:
    """Its caller lost the answer and asks again, when another process has come."""
    leases, wanted = (
        LeaseStore(stage.scripts, stage.keys),
        WantedStore(stage.scripts, stage.keys),
    )
    await wanted.start("sage", "ann")
    fields = {"room": stage.room, "agent": "sage", "request_id": str(uuid4())}
    await called(stage, "RedispatchAgent", **fields)
    send = await wanted.send("sage")
    assert isinstance(send, Send)
    epoch = await leases.reserve("sage")
    await leases.acquire("sage", epoch, "AW_1/AJ_2", 600)
    for _ in range(2):
        await called(stage, "RedispatchAgent", **fields)
        assert isinstance(await leases.renew("sage", epoch, "AW_1/AJ_2", 600), Granted)
    await called(stage, "RedispatchAgent", **(fields | {"request_id": str(uuid4())}))
    assert isinstance(await leases.renew("sage", epoch, "AW_1/AJ_2", 600), Stale)
    told = await refused(called(stage, "RedispatchAgent", **(fields | {"request_id": "x"})))
    assert told == INVALID


async def test_a_request_that_was_begun_and_not_ended_is_ended_when_it_is_sent_again(
    stage: ApiStage,
) -> None:
    """The control plane died in between."""
    request_id, leases = str(uuid4()), LeaseStore(stage.scripts, stage.keys)
    wanted = WantedStore(stage.scripts, stage.keys)
    await wanted.start("sage", "ann")
    assert await wanted.retry("sage", request_id) == Owner(stage.sage.epoch, "AW_1/AJ_1")
    await called(stage, "RedispatchAgent", room=stage.room, agent="sage", request_id=request_id)
    assert isinstance(await leases.renew("sage", stage.sage.epoch, "AW_1/AJ_1", 600), Stale)


async def test_an_agent_that_nobody_wants_is_left_where_it_is(stage: ApiStage) -> None:
    """Nobody would bring it back."""
    told = await refused(called(stage, "RedispatchAgent", room=stage.room, agent="sage"))
    assert told == ("NOT_FOUND", "AGENT_NOT_FOUND")
    record = await LeaseStore(stage.scripts, stage.keys).read("sage")
    assert record is not None
    assert record.alive
    for fields in ({"room": "", "agent": "sage"}, {"room": "x", "agent": "Sage"}):
        assert await refused(called(stage, "RedispatchAgent", **fields)) == INVALID


async def due(stage: ApiStage) -> bool:
    """Whether the reconciler would look at sage now."""
    hints = Hints(stage.scripts.client)
    return Place(stage.room, "sage") in await hints.due(shard_of(stage.room), await hints.now_s())


async def test_use_is_summed_over_the_workers_that_live(stage: ApiStage) -> None:
    """A room with two agents is one room."""
    await board(stage).announce(worker("one", "a", "b"))
    await board(stage).announce(worker("two", "b"))
    await board(stage).announce(worker("gone", "c"))
    await board(stage).leave("gone")
    assert await called(stage, "GetUsage") == pb.GetUsageResponse(
        workers=2,
        slots=8,
        agents=3,
        rooms=2,
        sessions_opened=4,
        audio_sent_s=1.0,
        input_text_tokens=2,
        input_audio_tokens=4,
        output_text_tokens=6,
        output_audio_tokens=8,
        audio_billed_s=0.5,
    )
