"""Where the control plane has to look: which rooms may want agents, and which agent is due when.

Hints only: written after the script of the room, never with it, because in Redis Cluster they live
in other slots. What is missing is put back by the sweep, what is too much costs one look.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import redis.asyncio

from roomhand.coordination.connection import redis_now_s, reported
from roomhand.coordination.keys import SHARDS, leases_hint, rooms_hint
from roomhand.coordination.scripts import text

_PAGE = 200


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
        with reported():
            await self._client.sadd(rooms_hint(shard), place.room)
            await self._client.zadd(leases_hint(shard), {place.member: when_s})

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
            return int(await self._client.zadd(leases_hint(shard), members, nx=True) or 0)

    async def rooms(self, shard: int) -> AsyncIterator[str]:
        """Every room that may want agents; one may come twice."""
        with reported():
            async for room in self._client.sscan_iter(rooms_hint(shard), count=_PAGE):
                yield text(room)

    async def forget_room(self, room: str) -> None:
        """It wants no agent any more."""
        with reported():
            await self._client.srem(rooms_hint(shard_of(room)), room)

    async def now_s(self) -> float:
        """Redis time."""
        return await redis_now_s(self._client)
