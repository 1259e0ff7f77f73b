"""The floor: the right of one agent at a time to be heard in a room.

The words are BFCP's: *request, queue, grant, revoke, release*. This is the floor without a queue:
a request is granted at once or answered with who is busy. The queue, priorities and revocation come
beside these methods, under the keys that ``RoomKeys`` names, without changing a grant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from roomhand.clock import own_now_s
from roomhand.coordination.fencing import Fence, accepted
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import whole_ms
from roomhand.coordination.scripts import Scripts

MARGIN_S = 0.25
"""Before its end in Redis, by own clock, a grant is no longer valid: frames already handed to the
SDK play on for as long as its queue is, and must not reach into the next holder's grant."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to be heard. ``number`` only grows; ``valid_until_s`` is own time."""

    number: int
    agent: str
    valid_until_s: float

    def is_valid(self, now_s: float) -> bool:
        """A frame may leave at ``now_s`` of the own clock."""
        return now_s < self.valid_until_s


@dataclass(frozen=True, slots=True)
class FloorBusy:
    """Another agent holds the floor, for at most ``expires_in_ms`` if it does not renew."""

    holder: str
    expires_in_ms: int


@dataclass(frozen=True, slots=True)
class FloorHolder:
    """Who is heard now."""

    agent: str
    number: int
    expires_in_ms: int


class FloorStore:
    """The floor of one room.

    Every method that writes raises RedisError without an answer, StaleEpochError or
    LeaseUnknownError where the agent may not write (``fencing.accepted``).
    """

    def __init__(
        self, scripts: Scripts, keys: RoomKeys, ttl_s: float, now: Callable[[], float] = own_now_s
    ) -> None:
        if ttl_s <= 2 * MARGIN_S:
            raise ValueError(f"a grant must be longer than {2 * MARGIN_S} s")
        self._scripts = scripts
        self._keys = {"agents": keys.agents, "floor": keys.floor}
        self._ttl_s = ttl_s
        self._now = now

    async def take(self, fence: Fence) -> Grant | FloorBusy:
        """Take the floor if nobody else has it. The holder gets a new grant; its older ones end."""
        asked_s = self._now()
        answer = await self._scripts.run(
            "floor_take",
            self._keys,
            {"agent": fence.agent, "epoch": fence.epoch, "ttl_ms": whole_ms(self._ttl_s)},
        )
        if accepted(answer, fence).word == "busy":
            return FloorBusy(answer["agent"], answer.number("expires_in_ms"))
        return self._grant(fence, answer.number("number"), asked_s)

    async def renew(self, fence: Fence, grant: Grant) -> Grant | None:
        """The same grant, valid for longer; None where it is gone and must be taken anew."""
        asked_s = self._now()
        answer = await self._scripts.run(
            "floor_renew",
            self._keys,
            {
                "agent": fence.agent,
                "epoch": fence.epoch,
                "number": grant.number,
                "ttl_ms": whole_ms(self._ttl_s),
            },
        )
        if accepted(answer, fence).word == "gone":
            return None
        return self._grant(fence, grant.number, asked_s)

    async def release(self, fence: Fence, grant: Grant) -> bool:
        """Give the floor back. False where the grant was already gone."""
        answer = await self._scripts.run(
            "floor_release",
            self._keys,
            {"agent": fence.agent, "epoch": fence.epoch, "number": grant.number},
        )
        return accepted(answer, fence).word == "released"

    async def read(self) -> FloorHolder | None:
        """Who holds the floor now. Raises RedisError without an answer."""
        answer = await self._scripts.run("floor_read", self._keys, {})
        if answer.word == "free":
            return None
        return FloorHolder(answer["agent"], answer.number("number"), answer.number("expires_in_ms"))

    def _grant(self, fence: Fence, number: int, asked_s: float) -> Grant:
        return Grant(number, fence.agent, asked_s + self._ttl_s - MARGIN_S)
