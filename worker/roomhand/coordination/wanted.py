"""Which agents a room should have, and when one has to be sent for.

LiveKit forgets a dispatch that no worker took and never repeats one whose worker died, so what is
wanted stands here. Whoever asks ``send`` at the right moment sends: the decision is one script, and
two who ask at once send once. A dispatch carries the generation of its attempt, and ``admit`` lets
only the newest in, once.
"""

from __future__ import annotations

from dataclasses import dataclass

from roomhand.coordination.connection import reported
from roomhand.coordination.fencing import Fence, accepted
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import whole_ms
from roomhand.coordination.scripts import Scripts, text


@dataclass(frozen=True, slots=True)
class SendTerms:
    """``patience_s`` is given to whoever was sent for, to come. From the third attempt on the pause
    between two doubles up to ``longest_s``. An agent that was not missed for ``stays_s`` has
    stayed, and the count begins anew. Whoever a worker has let in has ``comes_s`` to own the agent:
    meanwhile nobody else is sent for, or let in under the same generation."""

    patience_s: float = 4.0
    longest_s: float = 60.0
    stays_s: float = 8.0
    comes_s: float = 15.0


@dataclass(frozen=True, slots=True)
class Send:
    """Send for the agent now, under this generation; so many attempts since it last stayed."""

    generation: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing to do before ``again_s`` of Redis time: it runs, or somebody was sent for."""

    again_s: float
    running: bool


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Nobody wants the agent in the room."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whoever was sent for may come, under this epoch."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Turned:
    """Whoever was sent for is not needed. ``why``: ``owned``, ``coming``, ``overtaken`` or
    ``unwanted``."""

    why: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom the record named when an agent was to be sent for anew; ``owner`` is empty: nobody."""

    epoch: int
    owner: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Desired state of one agent. ``since_s``: when it was last asked for, Redis time."""

    agent: str
    generation: int
    attempts: int
    since_s: float
    by: str


class WantedStore:
    """What is wanted in one room. Every method raises RedisError without an answer."""

    def __init__(self, scripts: Scripts, keys: RoomKeys, terms: SendTerms | None = None) -> None:
        self._scripts = scripts
        self._terms = terms or SendTerms()
        self._wanted = {"wanted": keys.wanted}
        self._told = self._wanted | {"instructions": keys.instructions}
        self._keys = keys
        self._both = {"agents": keys.agents, "wanted": keys.wanted}

    async def start(self, agent: str, by: str) -> bool:
        """Want an agent. False where it was wanted already."""
        answer = await self._scripts.run("wanted_start", self._wanted, {"agent": agent, "by": by})
        return answer.word == "wanted"

    async def stop(self, agent: str, closed_s: float | None = None) -> bool:
        """Want it no more. False where nobody did, or where somebody has asked for it since
        ``closed_s`` of Redis time, when the room was closed: that is for the room's next time."""
        closed_us = "" if closed_s is None else round(closed_s * 1_000_000)
        answer = await self._scripts.run(
            "wanted_stop", self._told, {"agent": agent, "closed_us": closed_us}
        )
        return answer.word == "stopped"

    async def wants(self, agent: str) -> bool:
        """Whether somebody wants it."""
        with reported():
            return bool(await self._scripts.client.hexists(self._wanted["wanted"], agent))

    async def instruct(self, agent: str, told: str, request_id: str = "") -> bool:
        """Keep what a wanted agent is told in this room beside its profile, until it is wanted no
        more; empty: nothing. The same ``request_id``, if any, counts once. False where nobody wants
        it."""
        answer = await self._scripts.run(
            "wanted_instruct",
            self._told | {"results": self._keys.results(agent)},
            {"agent": agent, "told": told, "request_id": request_id},
        )
        return answer.word != "unwanted"

    async def instructions(self) -> dict[str, str]:
        """What agents are told in this room, by name; who is told nothing is not there."""
        with reported():
            raw = await self._scripts.client.hgetall(self._told["instructions"])
        return {text(name): text(told) for name, told in raw.items()}

    async def retry(self, agent: str, request_id: str = "") -> Owner | None:
        """Send for it at the next ``send``, however often it was sent for. The same ``request_id``,
        if any, counts once, and finds the same owner. None where nobody wants the agent."""
        answer = await self._scripts.run(
            "wanted_retry",
            self._both | {"results": self._keys.results(agent)},
            {"agent": agent, "request_id": request_id},
        )
        if answer.word == "unwanted":
            return None
        return Owner(answer.number("epoch"), answer["owner"])

    async def send(self, agent: str) -> Send | Later | Unwanted:
        """Whether to send for it now; ``Send`` is answered once for an attempt."""
        terms = self._terms
        answer = await self._scripts.run(
            "wanted_send",
            self._both,
            {
                "agent": agent,
                "patience_ms": whole_ms(terms.patience_s),
                "longest_ms": whole_ms(terms.longest_s),
                "stays_ms": whole_ms(terms.stays_s),
                "comes_ms": whole_ms(terms.comes_s),
            },
        )
        match answer.word:
            case "send":
                return Send(answer.number("generation"), answer.number("attempts"))
            case "running":
                return Later(answer.seconds("deadline_us"), running=True)
            case "waiting":
                return Later(answer.seconds("next_us"), running=False)
        return Unwanted()

    async def succeed(self, fence: Fence) -> int | None:
        """The generation under which to send for a successor of the agent's owner; None where
        nobody wants the agent. Raises as ``fencing.accepted``."""
        answer = await self._scripts.run(
            "wanted_succeed", self._both, {"agent": fence.agent, "epoch": fence.epoch}
        )
        return answer.number("generation") if accepted(answer, fence).word == "send" else None

    async def admit(self, agent: str, generation: int) -> Admitted | Turned:
        """Let in who was sent for under ``generation``; 0 is a dispatch of somebody else. While the
        agent is owned, that is only who is to succeed this owner; while somebody of the same
        generation comes, nobody."""
        answer = await self._scripts.run(
            "wanted_admit",
            self._both,
            {
                "agent": agent,
                "generation": generation,
                "comes_ms": whole_ms(self._terms.comes_s),
            },
        )
        if answer.word == "admitted":
            return Admitted(answer.number("epoch"))
        return Turned(answer.word)

    async def all(self) -> list[Wanted]:
        """Every agent that is wanted, by name."""
        with reported():
            raw = await self._scripts.client.hgetall(self._wanted["wanted"])
        return [_wanted(text(name), text(raw[name])) for name in sorted(raw)]


def _wanted(agent: str, packed: str) -> Wanted:
    generation, attempts, _, since_us, _, by = packed.split(" ", 5)
    return Wanted(agent, int(generation), int(attempts), int(since_us) / 1_000_000, by)
