"""An agent that is to go to one worker, and is refused by every other."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis.asyncio
from livekit import api

from roomhand.admin import succeeds
from roomhand.coordination.commands import CommandSender, Move, Status
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.wanted import WantedStore
from roomhand.room.succession import ASKS, TAKEN_S
from tests.sim.realtime_server import RealtimeServer
from tests.soak.roster import Roster
from tests.system.office import Office, eventually_true, office
from tests.system.stage import Venue

pytestmark = [pytest.mark.livekit, pytest.mark.redis, pytest.mark.timeout(240)]

SOON_S = 2 * ASKS * TAKEN_S


@dataclass
class Moving:
    """Sage at one worker, another beside it, and what livekit-server keeps of those asked for."""

    venue: Venue
    worker: Office
    roster: Roster
    livekit: api.LiveKitAPI
    scripts: Scripts

    async def asked_for(self) -> int:
        """Dispatches of a successor that livekit-server knows."""
        found = await self.livekit.agent_dispatch.list_dispatch(self.venue.room)
        return sum(succeeds(one.metadata) for one in found)

    async def generation(self) -> int:
        """Counts how often it was sent for."""
        [one] = await WantedStore(self.scripts, RoomKeys(self.venue.room)).all()
        return one.generation

    async def epoch(self) -> int:
        """Of its owner."""
        record = await LeaseStore(self.scripts, RoomKeys(self.venue.room)).read("sage")
        assert record is not None
        return record.epoch

    async def workers(self) -> dict[str, int]:
        """How many rooms each worker of the test has, by its id."""
        told = map(json.loads, (await self.worker.run("workers", "--json")).splitlines())
        return {one["id"]: len(one["jobs"]) for one in told if one["name"] == self.venue.room}

    async def move(self, worker: str) -> None:
        """Have it go there."""
        sender = CommandSender(self.scripts, RoomKeys(self.venue.room))
        outcome = await sender.send("sage", Move(worker=worker))
        assert outcome.status is Status.DONE


@asynccontextmanager
async def moving(venue: Venue, folder: Path) -> AsyncIterator[Moving]:
    """From the moment on in which sage has come, seen by a person of the room."""
    other = folder / "other"
    other.mkdir()
    livekit = venue.livekit
    async with (
        RealtimeServer() as server,
        office(venue, server, folder) as worker,
        office(venue, server, other),
        api.LiveKitAPI(livekit.url, livekit.api_key, livekit.api_secret) as asking,
        AsyncExitStack() as stack,
    ):
        client = redis.asyncio.Redis.from_url(venue.redis.url)
        stack.push_async_callback(client.aclose)
        person = await venue.person("p-anna")
        stack.push_async_callback(person.leave)
        roster = Roster(person.room)
        roster.watch()
        await worker.run("join", venue.room, "--agent", "sage")
        yield Moving(venue, worker, roster, asking, Scripts(client))
        await worker.run("leave", venue.room, "--agent", "sage")


async def test_a_move_that_every_worker_refuses_leaves_nothing_behind(
    venue: Venue, tmp_path: Path
) -> None:
    """The worker that was meant is gone: the agent stays, livekit-server keeps no dispatch of those
    that were refused, and the agent may go elsewhere afterwards."""
    async with moving(venue, tmp_path) as there:
        epoch, began = await there.epoch(), await there.generation()
        known = list[int]()

        async def is_given_up() -> bool:
            known.append(await there.asked_for())
            return await there.generation() == began + ASKS and known[-1] == 0

        await there.move("no-such-worker")
        await eventually_true(is_given_up, SOON_S, every_s=0.3)
        assert max(known) == 1
        assert await there.epoch() == epoch
        assert [one.epoch for one in there.roster.seen] == [epoch]

        [idle] = [name for name, rooms in (await there.workers()).items() if not rooms]
        await there.move(idle)

        async def is_there() -> bool:
            return (await there.workers()).get(idle) == 1 and await there.epoch() > epoch

        await eventually_true(is_there, SOON_S)
        assert await there.asked_for() == 1
        assert len(there.roster.seen) == 2
