"""A room of the rolling gate: an agent, a person who never stops, and who listens to both."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from redis.asyncio import Redis

from roomhand.coordination.background import end_all
from roomhand.coordination.connection import open_client
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts
from roomhand.errors import RedisError
from roomhand.remote import RoomControl
from tests.sim.script import SAID_EACH_S, Window
from tests.soak.audience import Audience
from tests.soak.history import History, judge, two_granted
from tests.soak.newest import Newest
from tests.soak.record import record
from tests.soak.roster import Roster, absent_s
from tests.soak.talk import Talk
from tests.soak.tally import Tally
from tests.soak.zombies import entries, late_segments
from tests.system.hearing import Witness
from tests.system.office import eventually_true
from tests.system.stage import Venue
from tests.worker.floor_scenarios import logged
from tests.worker.room.listening_person import join
from tests.worker.room.speaking_person import Person

POLL_S = 0.5
PAUSE_MS = 4_000
"""Between two sentences of Anna's."""
FRAME_MS = 50
"""Of sound that is heard: who hears nine rooms in one process has little time for each."""
KBPS = 64
"""Of a voice. Opus codes it with half the processor time that fewer bits take."""
COMES_S = 120.0
"""Until an agent listens again; after livekit-server has restarted the sweep sends for it."""
SETTLES_S = 4.0
"""Until the last words are in the transcript."""


@dataclass
class Present:
    """Those who are in the room until it dies or is left."""

    anna: Person
    talk: Talk
    witness: Witness
    audience: Audience
    roster: Roster
    talking: asyncio.Task[None]


@dataclass
class RollingRoom:
    """``stock``: words for all of it, no word twice."""

    venue: Venue
    stock: list[str]
    history: History = field(default_factory=History)
    _used: int = 0
    _present: Present | None = None

    @property
    def here(self) -> Present:
        """Raises AssertionError while nobody is there."""
        assert self._present is not None, "nobody is in the room"
        return self._present

    async def open(self) -> None:
        """People come, and Anna begins to talk when the agent shows that it listens."""
        anna = await self.venue.person("p-anna", name="Anna")
        await anna.publish(kbps=KBPS)
        listens = await join(self.venue.livekit, self.venue.room, "audience")
        witness = Witness(listens, "p-anna")
        audience = Audience(listens, FRAME_MS)
        audience.listen()
        roster = Roster(listens)
        roster.watch()

        async def there() -> bool:
            return roster.heard

        await eventually_true(there, COMES_S)
        talk = Talk(anna, self.stock[self._used :], PAUSE_MS)
        talking = asyncio.create_task(talk.run())
        self._present = Present(anna, talk, witness, audience, roster, talking)

    async def heard_since(self, since_s: float, *, anew: bool = False) -> float:
        """When it was seen that something said after that is in the transcript, by the wall clock.
        ``anew``: in that of a meeting that was not known. Raises AssertionError where it does not
        come."""
        known = set(self.history.kept) if anew else set[str]()
        async with Newest.of(self.venue) as newest:

            async def has_speech() -> bool:
                try:
                    speech = await newest.speech()
                except RedisError:
                    return False
                return any(one.at_s > since_s and one.meeting not in known for one in speech)

            await eventually_true(has_speech, COMES_S, POLL_S)
        return time.time()

    def absent_s(self, window: Window) -> float:
        """For how long of it the agent was not in the room."""
        return absent_s(self.here.roster.seen, window)

    async def epoch(self) -> int:
        """Of who owns the agent, or owned it last."""
        async with self._redis() as client:
            found = await LeaseStore(Scripts(client), RoomKeys(self.venue.room)).read("sage")
        assert found is not None, "nobody has ever owned the agent"
        return found.epoch

    async def note(self) -> None:
        """What is in the transcript now has to stay in it."""
        now = await record(self.venue)
        self.history.kept.setdefault(now.meeting, []).extend(now.segments)

    async def let_speak(self) -> None:
        """Anna is silent, and the agent says something long."""
        self.here.talk.listens = True
        async with RoomControl.open(self.venue.settings()) as control:
            await control.say(self.venue.room, "sage", "a long speech")

    async def die(self) -> None:
        """livekit-server is gone: nobody stays."""
        died_s = time.time()
        self.history.deaths_s.append(died_s)
        await end_all([self.here.talking])
        await self._leave(until_s=died_s - SAID_EACH_S)

    async def finish(self) -> None:
        """Anna ends her sentence, and it is written."""
        self.here.talk.stopped = True
        await self.here.talking
        await asyncio.sleep(SETTLES_S)
        await self.note()

    async def close(self) -> None:
        """People go. The agent is gone by then: livekit-server closes a room without people."""
        await self._leave()

    async def tally(self, elsewhere: Set[str]) -> Tally:
        """Of all that was said here. ``elsewhere``: the words of others."""
        records = [await record(self.venue, meeting) for meeting in self.history.kept]
        tally = judge(self.history, records, elsewhere)
        async with self._redis() as client:
            twice = two_granted(await logged(client, RoomKeys(self.venue.room)))
        tally.add(two_granted=twice, failures=twice > 0)
        written = [await entries(self.venue, meeting) for meeting in self.history.kept]
        late = sum(map(late_segments, written))
        tally.add(zombie_segments=late, failures=late > 0)
        return tally

    @asynccontextmanager
    async def _redis(self) -> AsyncIterator[Redis]:
        client = open_client(self.venue.redis.url)
        try:
            yield client
        finally:
            await client.aclose()

    async def _leave(self, until_s: float = math.inf) -> None:
        here, history, self._present = self.here, self.history, None
        here.roster.close()
        await here.witness.close()
        await here.audience.close()
        await here.anna.leave()
        self._used += len(here.talk.said)
        history.said += [word for word in here.talk.said if word.at_s < until_s]
        history.broken += [word for word in here.talk.said if word.at_s >= until_s]
        history.carried |= set(here.witness.words)
        history.stays += here.roster.stays
        for epoch, heard_s in here.audience.heard_s.items():
            history.sounds.setdefault(epoch, []).extend(heard_s)
