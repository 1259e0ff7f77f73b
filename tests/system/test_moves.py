"""An agent that is to go to one worker, and is refused by every other."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from roomhand.admin import succeeds
from roomhand.coordination.commands import CommandSender, Move, Status
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.wanted import WantedStore
from roomhand.room.succession import ASKS, TAKEN_S
from tests.system.office import Office, eventually_true, two_workers
from tests.system.stage import Venue
from tests.system.watched import Watched, watched

pytestmark = [pytest.mark.livekit, pytest.mark.redis, pytest.mark.timeout(240)]

SOON_S = 2 * ASKS * TAKEN_S


@dataclass
class Moving:
    """Sage at one worker, another beside it, and what livekit-server keeps of those asked for."""

    watched: Watched
    worker: Office

    @property
    def scripts(self) -> Scripts:
        """Of the Redis behind it."""
        return Scripts(self.watched.client)

    @property
    def keys(self) -> RoomKeys:
        """Of the room."""
        return RoomKeys(self.watched.venue.room)

    async def asked_for(self) -> int:
        """Dispatches of a successor that livekit-server knows."""
        return sum(succeeds(one.metadata) for one in await self.watched.dispatches())

    async def generation(self) -> int:
        """Counts how often it was sent for."""
        [one] = await WantedStore(self.scripts, self.keys).all()
        return one.generation

    async def workers(self) -> dict[str, int]:
        """How many rooms each worker of the test has, by its id."""
        told = map(json.loads, (await self.worker.run("workers", "--json")).splitlines())
        mine = self.watched.venue.room
        return {one["id"]: len(one["jobs"]) for one in told if one["name"] == mine}

    async def move(self, worker: str) -> None:
        """Have it go there."""
        outcome = await CommandSender(self.scripts, self.keys).send("sage", Move(worker=worker))
        assert outcome.status is Status.DONE


@asynccontextmanager
async def moving(venue: Venue, folder: Path) -> AsyncIterator[Moving]:
    """From the moment on in which sage has come, seen by a person of the room."""
    async with two_workers(venue, folder) as worker, watched(venue) as there:
        await worker.run("join", venue.room, "--agent", "sage")
        yield Moving(there, worker)
        await worker.run("leave", venue.room, "--agent", "sage")


async def test_a_move_that_every_worker_refuses_leaves_nothing_behind(
    venue: Venue, tmp_path: Path
) -> None:
    """The worker that was meant is gone: the agent stays, livekit-server keeps no dispatch of those
    that were refused, and the agent may go elsewhere afterwards."""
    async with moving(venue, tmp_path) as there:
        epoch, began = await there.watched.epoch(), await there.generation()
        assert epoch
        known = list[int]()

        async def is_given_up() -> bool:
            known.append(await there.asked_for())
            return await there.generation() == began + ASKS and known[-1] == 0

        await there.move("no-such-worker")
        await eventually_true(is_given_up, SOON_S, every_s=0.3)
        assert max(known) == 1
        assert await there.watched.epoch() == epoch
        assert [one.epoch for one in there.watched.roster.seen] == [epoch]

        [idle] = [name for name, rooms in (await there.workers()).items() if not rooms]
        await there.move(idle)

        async def is_there() -> bool:
            return (await there.workers()).get(idle) == 1 and await there.watched.epoch() > epoch

        await eventually_true(is_there, SOON_S)
        assert await there.asked_for() == 1
        assert len(there.watched.roster.seen) == 2
