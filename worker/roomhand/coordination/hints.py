"""Where the control plane has to look: which rooms may want agents, which agent is due when, and of
which rooms livekit-server told something.

Hints only: written after the script of the room, never with it, because in Redis Cluster they live
in other slots. What is missing is put back by the sweep, what is too much costs one look.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote, unquote

import redis.asyncio

from roomhand.coordination.connection import redis_now_s, reported
from roomhand.coordination.keys import ROOMS_TOLD, SHARDS, RoomKeys, leases_hint, rooms_hint
from roomhand.coordination.scripts import text

logger = logging.getLogger(__name__)

_PAGE = 200
_TOLD_S = 86400
_KEPT_S = 30 * 86400
"""Without a control plane nobody writes them, and a room may live for long."""
_CLOSING_S = 60


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One agent in one room."""

    room: str
    agent: str

    @property
    def member(self) -> str:
        """In the sorted set; ``of_member`` is the inverse."""
        return f"{quote(self.room, safe='')}/{quote(self.agent, safe='')}"

    @staticmethod
    def of_member(member: str) -> Place:
        """Raises ValueError."""
        room, agent = member.split("/")
        return Place(unquote(room), unquote(agent))


class RoomEvent(StrEnum):
    """What became of a room."""

    STARTED = "started"
    FINISHED = "finished"
    """Somebody closed it, or it was empty."""
    UNATTENDED = "unattended"
    """It has finished, and it is left to end its meeting once no agent seems to live there, unless
    it is open again by then."""


@dataclass(frozen=True, slots=True)
class RoomNote:
    """What was told of a room, to be looked at from ``when_s`` of Redis time on."""

    room: str
    event: RoomEvent
    when_s: float


def shard_of(room: str) -> int:
    """The same in every process."""
    return zlib.crc32(room.encode()) % SHARDS


class Hints:
    """Every method raises RedisError without an answer. Times are Redis time in seconds."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._client = client

    async def due_at(self, place: Place, when_s: float) -> None:
        """Look at the agent then; the room is known from now on."""
        shard = shard_of(place.room)
        rooms, leases = rooms_hint(shard), leases_hint(shard)
        with reported():
            await self._client.sadd(rooms, place.room)
            await self._client.zadd(leases, {place.member: when_s})
            await self._client.expire(rooms, _KEPT_S)
            await self._client.expire(leases, _KEPT_S)

    async def forget(self, place: Place) -> None:
        """Look at the agent no more."""
        with reported():
            await self._client.zrem(leases_hint(shard_of(place.room)), place.member)

    async def due(self, shard: int, now_s: float, limit: int = _PAGE) -> list[Place]:
        """Who is due, the longest overdue first."""
        with reported():
            found: Sequence[Any] = await self._client.zrangebyscore(
                leases_hint(shard), "-inf", now_s, start=0, num=limit
            )
        return [Place.of_member(text(member)) for member in found]

    async def missing(self, shard: int, places: Iterable[Place], now_s: float) -> int:
        """Have the agents looked at that no hint tells of; how many there were."""
        members = {place.member: now_s for place in places}
        if not members:
            return 0
        with reported():
            added = int(await self._client.zadd(leases_hint(shard), members, nx=True) or 0)
            await self._client.expire(leases_hint(shard), _KEPT_S)
        return added

    async def rooms(self, shard: int) -> AsyncIterator[str]:
        """Every room that may want agents; one may come twice."""
        with reported():
            async for room in self._client.sscan_iter(rooms_hint(shard), count=_PAGE):
                yield text(room)

    async def forget_room(self, room: str) -> None:
        """It wants no agent any more."""
        with reported():
            await self._client.srem(rooms_hint(shard_of(room)), room)

    async def knows(self, room: str) -> bool:
        """Whether it may want agents."""
        with reported():
            return bool(await self._client.sismember(rooms_hint(shard_of(room)), room))

    async def tell(self, note: RoomNote) -> None:
        """Have a room looked at; told again, later."""
        with reported():
            await self._client.zadd(ROOMS_TOLD, {f"{note.event} {note.room}": note.when_s})
            await self._client.expire(ROOMS_TOLD, _TOLD_S)

    async def told(self, now_s: float, limit: int = _PAGE) -> list[RoomNote]:
        """Rooms to look at now, what was told of them the longest ago first. What a newer version
        told, and this one does not know, is let go of: the room is seen in time without it."""
        with reported():
            found: Sequence[Any] = await self._client.zrangebyscore(
                ROOMS_TOLD, "-inf", now_s, start=0, num=limit, withscores=True
            )
        notes = [(text(member), _note(text(member), when_s)) for member, when_s in found]
        for member in [member for member, note in notes if note is None]:
            logger.warning("a room was told of in unknown words", extra={"told": member})
            with reported():
                await self._client.zrem(ROOMS_TOLD, member)  # it would keep others from their turn
        return [note for _, note in notes if note is not None]

    async def take(self, note: RoomNote) -> bool:
        """Look at it now; False where another instance does."""
        with reported():
            return bool(await self._client.zrem(ROOMS_TOLD, f"{note.event} {note.room}"))

    async def closes(self, room: str, sid: str) -> None:
        """It is about to finish, and not because its livekit-server ends."""
        with reported():
            await self._client.set(RoomKeys(room).closing, sid, ex=_CLOSING_S)

    async def is_closing(self, room: str, sid: str) -> bool:
        """Whether that was told of it lately, and not of another one of this name."""
        with reported():
            found = await self._client.get(RoomKeys(room).closing)
        return found is not None and text(found) == sid

    async def now_s(self) -> float:
        """Redis time."""
        return await redis_now_s(self._client)


def _note(member: str, when_s: float) -> RoomNote | None:
    """None: not in words of this version."""
    event, _, room = member.partition(" ")
    known = event in set(RoomEvent)
    return RoomNote(room, RoomEvent(event), when_s) if known else None
