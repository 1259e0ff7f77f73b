"""The record of who owns an agent, as Redis keeps it.

What it promises: of all processes, one at a time is granted an agent, under an epoch that only
grows; every later write is compared with that epoch. What it does not: Redis replicates after it
has answered, so a failover may forget the last grants. Then two processes may believe that they own
the agent until their next renewal; their writes are still compared with the one record there is.
"""

from __future__ import annotations

from dataclasses import dataclass

from roomhand.coordination.connection import redis_now_s, reported
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Answer, Call, Scripts, text
from roomhand.errors import RedisError


@dataclass(frozen=True, slots=True)
class Granted:
    """Owned until ``deadline_s``. Both times are Redis time in seconds."""

    deadline_s: float
    redis_now_s: float


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody else holds it, for at most ``expires_in_s`` if he does not renew."""

    holder: str
    epoch: int
    expires_in_s: float


@dataclass(frozen=True, slots=True)
class Stale:
    """The epoch is over: spent, or lower than ``epoch``, or another's."""

    epoch: int


@dataclass(frozen=True, slots=True)
class NoRecord:
    """Redis knows nothing of the agent: it lost its data, or the agent was never acquired."""


@dataclass(frozen=True, slots=True)
class AgentRecord:
    """The record as of a moment. ``expires_in_s`` is 0 where the lease is free or past."""

    owner: str
    epoch: int
    minted: int
    expires_in_s: float

    @property
    def alive(self) -> bool:
        """Somebody owns the agent and has renewed in time."""
        return self.expires_in_s > 0


class LeaseStore:
    """Leases of the agents of one room. Every method raises RedisError without an answer."""

    def __init__(self, scripts: Scripts, keys: RoomKeys) -> None:
        self._scripts = scripts
        self._keys = {"agents": keys.agents}

    async def reserve(self, agent: str) -> int:
        """Mint an epoch, higher than any before. It owns nothing until it is acquired."""
        answer = await self._scripts.run("lease_reserve", self._keys, {"agent": agent})
        return answer.number("epoch")

    async def acquire(
        self, agent: str, epoch: int, owner: str, ttl_s: float
    ) -> Granted | Busy | Stale:
        """Own the agent, if it is free or its lease is past. Twice is as good as once."""
        answer = await self._scripts.run(
            "lease_acquire",
            self._keys,
            {"agent": agent, "epoch": epoch, "owner": owner, "ttl_ms": whole_ms(ttl_s)},
        )
        if answer.word == "busy":
            return Busy(answer["owner"], answer.number("epoch"), expires_in_s(answer))
        return granted(answer) if answer.word == "granted" else Stale(answer.number("epoch"))

    async def renew(
        self, agent: str, epoch: int, owner: str, ttl_s: float
    ) -> Granted | Stale | NoRecord:
        """Move the deadline. Past it, only while no higher epoch was minted."""
        call = self._renewal(agent, epoch, owner, ttl_s)
        return _moved(await self._scripts.run(call.name, call.keys, call.args))

    async def renew_beside(
        self, agent: str, epoch: int, owner: str, ttl_s: float, other: Call
    ) -> tuple[Granted | Stale | NoRecord, Answer | RedisError]:
        """The same, and another operation after it in the same round trip: what became of each."""
        renewed, done = await self._scripts.run_together(
            [self._renewal(agent, epoch, owner, ttl_s), other]
        )
        if isinstance(renewed, RedisError):
            raise renewed
        return _moved(renewed), done

    def _renewal(self, agent: str, epoch: int, owner: str, ttl_s: float) -> Call:
        return Call(
            "lease_renew",
            self._keys,
            {"agent": agent, "epoch": epoch, "owner": owner, "ttl_ms": whole_ms(ttl_s)},
        )

    async def release(self, agent: str, epoch: int, owner: str) -> bool:
        """Give the agent up and spend the epoch. False where it was not ours any more."""
        answer = await self._scripts.run(
            "lease_release", self._keys, {"agent": agent, "epoch": epoch, "owner": owner}
        )
        return answer.word == "released"

    async def transfer(
        self, agent: str, old_epoch: int, epoch: int, owner: str, ttl_s: float
    ) -> Granted | Stale | NoRecord:
        """Hand the agent from ``old_epoch`` to the higher ``epoch`` of ``owner`` in one step."""
        answer = await self._scripts.run(
            "lease_transfer",
            self._keys,
            {
                "agent": agent,
                "old_epoch": old_epoch,
                "epoch": epoch,
                "owner": owner,
                "ttl_ms": whole_ms(ttl_s),
            },
        )
        return _moved(answer)

    async def agents(self) -> list[str]:
        """Names of all agents that ever had an owner in the room, in no order."""
        with reported():
            names = await self._scripts.client.hkeys(self._keys["agents"])
        return [name for name in map(text, names) if not name.startswith("~")]

    async def redis_now_s(self) -> float:
        """Redis time."""
        return await redis_now_s(self._scripts.client)

    async def read(self, agent: str) -> AgentRecord | None:
        """The record as of now, or None where there is none."""
        answer = await self._scripts.run("lease_read", self._keys, {"agent": agent})
        if answer.word == "no_record":
            return None
        left_s = answer.seconds("deadline_us") - answer.seconds("now_us")
        return AgentRecord(
            answer["owner"], answer.number("epoch"), answer.number("minted"), max(0.0, left_s)
        )


def granted(answer: Answer) -> Granted:
    """The grant in an answer that has ``deadline_us`` and ``now_us``."""
    return Granted(answer.seconds("deadline_us"), answer.seconds("now_us"))


def expires_in_s(answer: Answer) -> float:
    """The time left in an answer that has ``expires_in_ms``."""
    return answer.number("expires_in_ms") / 1000


def whole_ms(seconds: float) -> int:
    """Milliseconds for a script."""
    return round(seconds * 1000)


def _moved(answer: Answer) -> Granted | Stale | NoRecord:
    if answer.word == "no_record":
        return NoRecord()
    return granted(answer) if answer.word == "granted" else Stale(answer.number("epoch"))
