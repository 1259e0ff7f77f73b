"""A room in which it is noted which agents come, and what livekit-server and Redis know of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import redis.asyncio
from livekit import api
from livekit.protocol.agent import JobStatus

from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts
from tests.soak.roster import Roster
from tests.system.stage import Venue
from tests.worker.room.speaking_person import Person

UNDECIDED = (JobStatus.JS_PENDING,)


@dataclass
class Watched:
    """A room in which somebody notes which agents come, and the servers behind it."""

    venue: Venue
    person: Person
    roster: Roster
    livekit: api.LiveKitAPI
    client: redis.asyncio.Redis

    async def dispatches(self) -> list[api.AgentDispatch]:
        """All that livekit-server knows of."""
        return list(await self.livekit.agent_dispatch.list_dispatch(self.venue.room))

    async def jobs(self) -> list[api.Job]:
        """Of all dispatches, to whomever they were brought."""
        return [job for one in await self.dispatches() for job in one.state.jobs]

    async def runs(self) -> bool:
        """Somebody owns sage, and whoever was sent for has come or was refused."""
        decided = [job.state.status not in UNDECIDED for job in await self.jobs()]
        return await self.epoch() > 0 and all(decided)

    async def epoch(self) -> int:
        """Of who owns sage; 0: nobody."""
        scripts = Scripts(self.client)
        record = await LeaseStore(scripts, RoomKeys(self.venue.room)).read("sage")
        return record.epoch if record is not None and record.alive else 0

    async def is_alone(self) -> bool:
        """One agent is in the room, and it is the one that owns itself."""
        names = [one.identity for one in self.person.room.remote_participants.values()]
        return len(names) == 1 and self.roster.anybody and await self.runs()


@asynccontextmanager
async def watched(venue: Venue) -> AsyncIterator[Watched]:
    """From before anybody is sent for."""
    livekit = venue.livekit
    async with (
        api.LiveKitAPI(livekit.url, livekit.api_key, livekit.api_secret) as asking,
        AsyncExitStack() as stack,
    ):
        client = redis.asyncio.Redis.from_url(venue.redis.url)
        stack.push_async_callback(client.aclose)
        person = await venue.person("p-anna")
        stack.push_async_callback(person.leave)
        roster = Roster(person.room)
        roster.watch()
        yield Watched(venue, person, roster, asking, client)
