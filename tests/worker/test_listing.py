"""Rooms, meetings, workers and use on the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
import redis.asyncio

from roomhand.attribution.ends import MeetingEnd
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import MeetingRecord, MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.workers import (
    DeploymentUsage,
    SeenWorker,
    Usage,
    WorkerBoard,
    WorkerJob,
    WorkerRecord,
)
from roomhand.listing import meeting_line, room_line, usage_line, worker_line
from roomhand.remote import RoomState
from tests.sim import servers
from tests.worker.command_line import CommandLine

BUSY = WorkerRecord(
    id="one", host="h", slots=4, jobs=(WorkerJob(room="kitchen", agent="sage"),), draining=True
)


def on(server: servers.Redis, act: Callable[[Scripts], Awaitable[None]]) -> None:
    """Do something in Redis, as a process of ours would."""

    async def connected() -> None:
        async with redis.asyncio.Redis.from_url(server.url) as client:
            await act(Scripts(client))

    asyncio.run(connected())


@pytest.mark.unit
def test_a_meeting_is_a_line_with_its_times() -> None:
    runs = MeetingRecord("m1", "RM_1", 0.0, None, None)
    ended = MeetingRecord("m2", "RM_2", 0.0, 3661.5, MeetingEnd.ROOM_CLOSED)
    assert meeting_line(runs) == "m1  1970-01-01 00:00:00Z  runs"
    assert meeting_line(ended) == "m2  1970-01-01 00:00:00Z to 1970-01-01 01:01:01Z  room_closed"


@pytest.mark.unit
def test_a_room_is_a_line_with_who_is_there_and_who_is_awaited() -> None:
    full = RoomState("kitchen", "m1", ("nova", "sage"), ("echo",))
    assert room_line(full) == "kitchen: meeting m1, nova, sage there, echo awaited"
    assert room_line(RoomState("hall", "", (), ())) == "hall: no meeting"


@pytest.mark.unit
def test_use_is_summed_over_workers_in_one_line() -> None:
    """A room in which two workers run an agent each is one room."""
    used = Usage(
        sessions_opened=2,
        audio_sent_s=90.4,
        input_text_tokens=1,
        input_audio_tokens=20,
        output_text_tokens=300,
        output_audio_tokens=4000,
    )
    one, two = BUSY.model_copy(update={"usage": used}), BUSY.model_copy(update={"id": "two"})
    found = DeploymentUsage.of([SeenWorker(one, 0.0, False), SeenWorker(two, 0.0, False)])
    assert (found.agents, found.rooms) == (2, 1)
    runs, used_s = "2 of 8 agents in 1 rooms on 2 workers", "2 sessions, 90 s of audio"
    assert usage_line(found) == f"{runs}; {used_s}, 21 tokens in, 4300 out"


@pytest.mark.unit
def test_a_worker_is_a_line_with_what_it_runs() -> None:
    free = WorkerRecord(id="two", host="h", slots=4)
    assert worker_line(SeenWorker(free, 0.0, False)) == "two: 0 of 4"
    assert worker_line(SeenWorker(free, 0.0, True)) == "two: 0 of 4, drains"
    told = free.model_copy(update={"load": 0.45, "load_parts": {"jobs": 0.0, "cpu": 0.45}})
    assert worker_line(SeenWorker(told, 0.0, False)) == "two: 0 of 4, load 45% (cpu)"
    assert worker_line(SeenWorker(BUSY, 0.0, False)) == "one: 1 of 4, drains: sage in kitchen"


@pytest.mark.redis
@pytest.mark.livekit
def test_meetings_of_a_room_are_listed(
    roomhand: CommandLine, room_name: str, redis_server: servers.Redis
) -> None:
    """The newest first; as JSON, too. A room without one lists nothing."""
    begun: list[str] = []

    async def meet(scripts: Scripts) -> None:
        leases = LeaseStore(scripts, RoomKeys(room_name))
        sage = Fence("sage", await leases.reserve("sage"))
        await leases.acquire("sage", sage.epoch, "test", 600)
        meetings = MeetingStore(scripts, RoomKeys(room_name))
        begun.extend([(await meetings.open(sage, sid)).id for sid in ("RM_1", "RM_2")])

    assert roomhand("meetings", room_name).out == ""
    on(redis_server, meet)
    lines = roomhand("meetings", room_name).out.splitlines()
    assert [line.split()[0] for line in lines] == begun[::-1]
    assert lines[0].endswith("runs")
    assert lines[1].endswith("room_restarted")
    told = [json.loads(line) for line in roomhand("meetings", room_name, "--json").out.splitlines()]
    assert [(one["id"], one["reason"]) for one in told] == [
        (begun[1], None),
        (begun[0], "room_restarted"),
    ]


@pytest.mark.redis
@pytest.mark.livekit
def test_workers_are_listed(roomhand: CommandLine, redis_server: servers.Redis) -> None:
    """Those that said so lately."""

    async def come(scripts: Scripts) -> None:
        await WorkerBoard(scripts).announce(BUSY)

    async def go(scripts: Scripts) -> None:
        await WorkerBoard(scripts).leave("one")

    on(redis_server, come)
    assert "one: 1 of 4, drains: sage in kitchen" in roomhand("workers").out.splitlines()
    told = [json.loads(line) for line in roomhand("workers", "--json").out.splitlines()]
    assert BUSY in [WorkerRecord.model_validate(one) for one in told]
    on(redis_server, go)
    assert "one:" not in roomhand("workers").out
