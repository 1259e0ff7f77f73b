"""What a real livekit-server tells of rooms and agents is seen at once."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import redis.asyncio
from livekit import api

from roomhand.admin import livekit_admin
from roomhand.attribution.ends import MeetingEnd
from roomhand.control.webhooks import PATH
from roomhand.coordination.hints import Hints, Place
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.wanted import WantedStore
from tests.sim import servers
from tests.sim.realtime_server import RealtimeServer
from tests.system.office import Office, control_plane, eventually_true, office
from tests.system.stage import Venue, people

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

AT_ONCE_S = 1.0
SLOWLY_S = 20.0
JOINS_S = 60.0
"""For an agent, whose process has to start, on a machine that is busy."""
LOG = "livekit.log"


@asynccontextmanager
async def telling(
    redis_server: servers.Redis, room: str, folder: Path
) -> AsyncIterator[tuple[Venue, Office]]:
    """A livekit-server that tells a control plane."""
    port = servers.free_port()
    webhook = f"http://127.0.0.1:{port}{PATH}"
    with servers.livekit_server(webhook=webhook, log=folder / LOG) as livekit:
        venue = Venue(livekit, redis_server, room)
        async with control_plane(venue, folder, port) as plane:
            yield venue, plane


async def outcomes(plane: Office) -> dict[str, float]:
    """Webhooks by what became of them."""
    _, text = await plane.page("metrics")
    found = re.findall(r'^roomhand_control_webhooks_total\{outcome="(\w+)"\} (\S+)$', text, re.M)
    return {outcome: float(count) for outcome, count in found}


async def close(venue: Venue) -> None:
    """As a backend does it."""
    async with api.LiveKitAPI(
        venue.livekit.url, venue.livekit.api_key, venue.livekit.api_secret
    ) as livekit:
        await livekit.room.delete_room(api.DeleteRoomRequest(room=venue.room))


def kill_all(worker: Office) -> None:
    """As if its machine were gone."""
    parent = psutil.Process(worker.process.pid)
    for process in (parent, *parent.children(recursive=True)):
        process.kill()


async def test_in_a_room_that_is_closed_nothing_is_wanted_at_once(
    redis_server: servers.Redis,
    redis_client: redis.asyncio.Redis,
    room_name: str,
    tmp_path: Path,
) -> None:
    """Although the worker of its agent was killed, and nobody else could have told; its meeting is
    over once the lease has run out."""
    scripts, keys = Scripts(redis_client), RoomKeys(room_name)
    wanted, meetings = WantedStore(scripts, keys), MeetingStore(scripts, keys)
    async with (
        telling(redis_server, room_name, tmp_path) as (venue, plane),
        RealtimeServer() as server,
        office(venue, server, tmp_path) as worker,
        people(venue, "Anna"),
    ):
        await worker.run("join", venue.room, "--agent", "sage")

        async def meeting_runs() -> bool:
            return await meetings.current() is not None

        await eventually_true(meeting_runs)
        meeting = await meetings.current()
        kill_all(worker)
        assert await wanted.all()
        await close(venue)
        closed_s = time.monotonic()
        while await wanted.all():
            assert time.monotonic() < closed_s + AT_ONCE_S
            await asyncio.sleep(0.02)

        async def over() -> bool:
            return await meetings.current() is None

        await eventually_true(over, SLOWLY_S)
        assert meeting is not None
        record = await meetings.read(meeting)
        assert record is not None
        assert record.reason is MeetingEnd.ROOM_FINISHED
        found = await outcomes(plane)
        assert found["noted"] >= 2
        assert set(found) <= {"noted", "ignored"}


async def test_an_agent_that_comes_and_is_thrown_out_is_noted(
    redis_server: servers.Redis, room_name: str, tmp_path: Path
) -> None:
    """By what livekit-server calls it; rooms without agents and people are ignored."""
    async with (
        telling(redis_server, room_name, tmp_path) as (venue, plane),
        RealtimeServer() as server,
        office(venue, server, tmp_path) as worker,
        livekit_admin(venue.settings()) as admin,
        people(venue, "Anna"),
    ):

        async def noted(times: int) -> bool:
            return (await outcomes(plane)).get("noted", 0) >= times

        async def ignored() -> bool:
            return (await outcomes(plane)).get("ignored", 0) >= 2

        await eventually_true(ignored)
        assert not await noted(1)
        await worker.run("join", venue.room, "--agent", "sage")
        await eventually_true(lambda: noted(1), JOINS_S)
        [identity] = (await admin.agents(venue.room)).values()
        await admin.remove_participant(venue.room, identity)
        await eventually_true(lambda: noted(2))


async def end(livekit: servers.LiveKit, log: Path) -> None:
    """It waits for all to leave until a second signal comes, which it would not see if it had not
    taken the first one yet."""

    async def waits() -> bool:
        return "exit requested" in await asyncio.to_thread(log.read_text)

    assert livekit.process is not None
    livekit.process.send_signal(signal.SIGTERM)
    await eventually_true(waits)
    livekit.process.send_signal(signal.SIGINT)
    await asyncio.to_thread(livekit.process.wait, SLOWLY_S)


async def test_what_is_wanted_outlives_a_livekit_server_that_is_made_to_end(
    redis_server: servers.Redis,
    redis_client: redis.asyncio.Redis,
    room_name: str,
    tmp_path: Path,
) -> None:
    """It tells that its rooms have finished, or has no time left to; who is asked then, here the
    next one in its place, answers that they are gone."""
    hints = Hints(redis_client)
    wanted = WantedStore(Scripts(redis_client), RoomKeys(room_name))

    async def attempts() -> int:
        return sum(one.attempts for one in await wanted.all())

    async with telling(redis_server, room_name, tmp_path) as (venue, plane), people(venue, "Anna"):
        await wanted.start("sage", "test")
        await hints.due_at(Place(room_name, "sage"), await hints.now_s())
        await end(venue.livekit, tmp_path / LOG)
        port = urlsplit(venue.livekit.url).port or 0
        with servers.livekit_server(port=port, webhook=f"http://127.0.0.1:{plane.port}{PATH}"):
            before = await attempts()

            async def asked() -> bool:
                return await attempts() != before

            await eventually_true(asked)
            assert [one.agent for one in await wanted.all()] == ["sage"]
    await wanted.stop("sage")
