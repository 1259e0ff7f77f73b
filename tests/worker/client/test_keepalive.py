"""Connections on which nothing happens, and networks that swallow everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
import redis.asyncio

from roomhand.client import connection
from roomhand.client.control import ApiControl
from roomhand.control import api as served_api
from roomhand.control.v1 import floor_service_pb2 as floor_pb
from roomhand.control.v1.floor_service_pb2_grpc import FloorServiceStub
from roomhand.coordination.entry import BEGINNING
from roomhand.coordination.floor import FloorStore
from roomhand.errors import ServiceError
from roomhand.settings import ApiSettings
from tests.sim.line import Line
from tests.worker.control.api_stage import ApiStage, api_stage
from tests.worker.control.served import token
from tests.worker.coordination.samples import spoken
from tests.worker.room.strict_listener import eventually

pytestmark = pytest.mark.redis

FASTER = 25
"""So many times faster than in life everybody pings."""
INTERVALS = (
    "grpc.keepalive_time_ms",
    "grpc.keepalive_timeout_ms",
    "grpc.http2.ping_timeout_ms",
    "grpc.http2.min_ping_interval_without_data_ms",
)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    for of in (served_api, connection):
        options = [
            (name, value // FASTER if name in INTERVALS else value) for name, value in of._OPTIONS
        ]
        monkeypatch.setattr(of, "_OPTIONS", tuple(options))
    monkeypatch.setattr(connection, "LASTED_S", 0)


@pytest.fixture
async def stage(
    redis_client: redis.asyncio.Redis, room_name: str, tmp_path: Path
) -> AsyncIterator[ApiStage]:
    """A room that is open, with sage in it."""
    async with api_stage(redis_client, room_name, tmp_path) as made:
        yield made


@pytest.fixture
async def line(stage: ApiStage) -> AsyncIterator[Line]:
    """To the API."""
    async with Line(int(stage.served.address.rpartition(":")[2])).open() as made:
        yield made


@pytest.fixture
async def control(stage: ApiStage, line: Line) -> AsyncIterator[ApiControl]:
    """By the API, over the line."""
    auth = token(room_admin=True, room=stage.room)
    settings = ApiSettings(api=f"http://127.0.0.1:{line.port}", api_token=auth)  # type: ignore[arg-type]
    async with ApiControl.open(settings) as made:
        yield made


def followed(stage: ApiStage, control: ApiControl, told: list[str]) -> asyncio.Task[None]:
    """Somebody who follows the transcript."""

    async def follow() -> None:
        async for entry in control.follow(stage.room, None, BEGINNING):
            told.append(entry.segment.id)

    return asyncio.create_task(follow())


async def test_who_follows_goes_on_when_the_network_was_away(
    stage: ApiStage, control: ApiControl, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It swallows everything and breaks nothing: only a ping without an answer tells."""
    broken: list[ServiceError] = []
    original = control._connection._reached_again

    async def noted(error: ServiceError) -> None:
        broken.append(error)
        await original(error)

    monkeypatch.setattr(control._connection, "_reached_again", noted)
    meeting = await stage.meet(spoken(0))
    told: list[str] = []
    following = followed(stage, control, told)
    await eventually(lambda: told == ["s0"])
    line.swallow()
    await stage.store.append(stage.sage, meeting.id, spoken(1))
    await eventually(lambda: bool(broken))
    assert told == ["s0"]
    line.heal()
    await eventually(lambda: told == ["s0", "s1"])
    await stage.end(meeting)
    await asyncio.wait_for(following, 20)
    assert told == ["s0", "s1"]


async def test_who_follows_is_told_that_the_network_stays_away(
    stage: ApiStage, control: ApiControl, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In bounded time, by the address."""
    monkeypatch.setattr(connection, "AGAIN_S", 0.3)
    await stage.meet(spoken(0))
    told: list[str] = []
    following = followed(stage, control, told)
    await eventually(lambda: told == ["s0"])
    line.swallow()
    with pytest.raises(ServiceError, match=f"the API at http://127.0.0.1:{line.port}: UNAVAILABLE"):
        await asyncio.wait_for(following, 20)
    line.heal()


async def test_a_call_that_is_quiet_outlives_the_pings_of_its_client(stage: ApiStage) -> None:
    """As often as the command line sends them; nothing else is said for three minutes."""
    options: tuple[tuple[str, Any], ...] = connection._OPTIONS
    async with grpc.aio.insecure_channel(stage.served.address, options) as channel:
        request = floor_pb.WatchFloorRequest(room=stage.room)
        metadata = stage.metadata(token(room_admin=True, room=stage.room))
        watching = FloorServiceStub(channel).WatchFloor(request, metadata=metadata, timeout=60)
        told = asyncio.ensure_future(watching.read())
        done, _ = await asyncio.wait([told], timeout=180 / FASTER)
        assert not done, told
        await FloorStore(stage.scripts, stage.keys).hold("ann")
        answer = await asyncio.wait_for(told, 10)
        assert isinstance(answer, floor_pb.WatchFloorResponse)
        assert answer.event.kind == floor_pb.FloorEvent.KIND_HELD
        watching.cancel()
