"""Sends for every agent that is wanted and that nobody owns.

It asks Redis, not LiveKit, whether an agent lives: a job whose process was killed stays *running*
in LiveKit for ever. An agent is looked at when its lease ends at the latest, at once where a worker
tells that its job process ended or livekit-server that something happened in the room, and in a
slow sweep of everything, should a hint have been lost.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import redis.asyncio

from roomhand import metrics
from roomhand.admin import LiveKitAdmin
from roomhand.attribution.ends import MeetingEnd
from roomhand.clock import own_now_s
from roomhand.control.told_rooms import ToldRooms
from roomhand.coordination.background import together
from roomhand.coordination.hints import Hints, Place
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.shards import ShardClaims
from roomhand.coordination.wanted import Later, Send, SendTerms, Unwanted, WantedStore
from roomhand.errors import RoomhandError
from roomhand.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often what is done. ``watch_s``: a shard is ours for so long after each claim."""

    look_s: float = 0.25
    claim_s: float = 1.0
    watch_s: float = 4.0
    sweep_s: float = 30.0
    again_s: float = 1.0
    """After something went wrong."""
    grace_s: float = 3.0
    """After Redis was away, for all owners to renew: their leases have run out, and they live. So
    it may have been until this process began."""

    @staticmethod
    def of(settings: Settings) -> Rhythm:
        """For owners that renew as these settings say: who was not answered asks again so late."""
        return Rhythm(grace_s=max(Rhythm().grace_s, settings.lease_renew_s + ANSWER_S))


ANSWER_S = 2.0
"""That a renewal takes at most where Redis answers."""
GONE_AFTER = 7
"""Attempts in a room that does not exist, about two minutes, until nothing is wanted there."""
_AT_ONCE = 16


class Reconciler:
    """Runs beside any number of others: each shard is watched by one of them."""

    def __init__(
        self,
        client: redis.asyncio.Redis,
        admin: LiveKitAdmin,
        instance: str,
        *,
        terms: SendTerms | None = None,
        rhythm: Rhythm | None = None,
        now: Callable[[], float] = own_now_s,
    ) -> None:
        self._scripts = Scripts(client)
        self._hints = Hints(client)
        self._told_rooms = ToldRooms(self._scripts, admin)
        self._admin = admin
        self._terms = terms or SendTerms()
        self._rhythm = rhythm or Rhythm()
        self._claims = ShardClaims(self._scripts, instance, self._rhythm.watch_s)
        self._now = now
        self._shards: list[int] = []
        self._until_s = 0.0
        self._quiet_until_s = -math.inf
        self._busy = asyncio.Semaphore(_AT_ONCE)

    @property
    def shards(self) -> int:
        """How many this instance watches."""
        return len(self._shards)

    def watches(self, shard: int) -> bool:
        """Whether this instance does, and nobody else."""
        return shard in self._shards and self._now() < self._until_s

    async def run(self) -> None:
        """Keep all rooms of its shards as they are wanted, until cancelled; from the grace on, for
        what was before nobody here knows."""
        self._quiet_until_s = self._now() + self._rhythm.grace_s
        rhythm = self._rhythm
        await together(
            {
                "claim": self._repeat(rhythm.claim_s, self.claim),
                "look": self._repeat(rhythm.look_s, self.look),
                "sweep": self._repeat(rhythm.sweep_s, self.sweep),
            }
        )

    async def close(self) -> None:
        """Leave the shards to the others. Raises RedisError."""
        self._shards = []
        await self._claims.leave()

    async def look(self) -> None:
        """Rooms of which something was told, then whoever is due. Raises RedisError."""
        if not self._shards or self._now() < self._quiet_until_s:
            return
        now_s = await self._hints.now_s()
        await self._told_rooms.look(now_s)
        found = await asyncio.gather(*(self._hints.due(shard, now_s) for shard in self._shards))
        await self._attend_all((place for due in found for place in due), now_s)

    async def sweep(self) -> None:
        """Have everybody looked at of whom no hint tells. Raises RedisError."""
        now_s = await self._hints.now_s()
        for shard in list(self._shards):
            async for room in self._hints.rooms(shard):
                wanted = await WantedStore(self._scripts, RoomKeys(room)).all()
                places = [Place(room, one.agent) for one in wanted]
                found = await self._hints.missing(shard, places, now_s)
                if found:
                    logger.warning("agents without a hint", extra={"room": room, "agents": found})
                if not wanted:
                    await self._hints.forget_room(room)

    async def _attend_all(self, places: Iterable[Place], now_s: float) -> None:
        async def one(place: Place) -> None:
            async with self._busy:
                try:
                    await self._attend(place, now_s)
                except RoomhandError as error:
                    logger.warning("not attended to", extra=_where(place) | {"error": str(error)})
                    await self._hints.due_at(place, now_s + self._rhythm.again_s)

        await asyncio.gather(*map(one, places))

    async def _attend(self, place: Place, now_s: float) -> None:
        wanted = WantedStore(self._scripts, RoomKeys(place.room), self._terms)
        match await wanted.send(place.agent):
            case Unwanted():
                await self._hints.forget(place)
            case Later(again_s):
                await self._hints.due_at(place, again_s)
            case Send() as send:
                await self._hints.due_at(place, now_s + self._terms.patience_s)
                await self._send(place, send, wanted)

    async def _send(self, place: Place, send: Send, wanted: WantedStore) -> None:
        """A dispatch would open the room, so one that is closed is left alone."""
        if await self._admin.room_exists(place.room):
            await self._admin.remove_dispatches(place.room, place.agent)
            await self._admin.dispatch(place.room, place.agent, send.generation)
            metrics.AGENTS_SENT_FOR.inc()
            logger.info("sent for an agent", extra=_where(place) | {"attempts": send.attempts})
        elif send.attempts >= GONE_AFTER:
            logger.info("the room is gone: its agent is not wanted", extra=_where(place))
            await MeetingStore(self._scripts, RoomKeys(place.room)).close(MeetingEnd.ROOM_FINISHED)
            await wanted.stop(place.agent)  # last: nobody looks again at what nobody wants

    async def claim(self) -> None:
        """Watch what nobody else watches. Raises RedisError."""
        asked_s = self._now()
        self._shards = await self._claims.claim()
        self._until_s = asked_s + self._rhythm.watch_s

    async def _repeat(self, every_s: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except RoomhandError as error:
                logger.warning("control plane waits", extra={"error": str(error)})
                self.wait()
                await asyncio.sleep(self._rhythm.again_s)
            await asyncio.sleep(every_s)

    def wait(self) -> None:
        """Redis has not answered: nobody is sent for before all owners could renew."""
        if self._now() >= self._until_s:
            self._shards = []
        self._quiet_until_s = self._now() + self._rhythm.again_s + self._rhythm.grace_s


def _where(place: Place) -> dict[str, str]:
    return {"room": place.room, "agent": place.agent}
