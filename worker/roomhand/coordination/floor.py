"""The floor of a room in Redis: the right of one agent at a time to be heard.

The words are BFCP's: *request, queue, grant, revoke, release*. What they mean is in
``turns/floor.py``; the scripts beside this module do the same on Redis time, for every process of
every machine. What this adds is the own clock: a grant is valid here until a margin before Redis
ends it, whether or not Redis answers, so that the next holder never overlaps with this one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from roomhand.clock import own_now_s
from roomhand.coordination.fencing import Fence, accepted
from roomhand.coordination.floor_view import FloorHolder as FloorHolder
from roomhand.coordination.floor_view import FloorView, parse_view
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import whole_ms
from roomhand.coordination.scripts import Answer, Scripts
from roomhand.turns.floor_request import FloorRequest, Obstacle, Status

MARGIN_S = 0.25
"""Before its end in Redis, by own clock, a grant is no longer valid: frames already handed to the
SDK play on for as long as its queue is, and must not reach into the next holder's grant."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to be heard. ``number`` only grows; times are own seconds."""

    number: int
    agent: str
    valid_until_s: float
    request: str = ""
    """Id of the request that was granted."""
    talk_until_s: float = math.inf
    """The longest talk is over then; what is being said may be finished."""
    ends_s: float = math.inf
    """The grace is over then: no renewal goes beyond."""

    @property
    def is_last(self) -> bool:
        """Longest talk and grace are used up with this: no renewal makes it longer."""
        return self.valid_until_s + MARGIN_S >= self.ends_s - 1e-6

    def is_valid(self, now_s: float) -> bool:
        """A frame may leave at ``now_s`` of the own clock."""
        return now_s < self.valid_until_s


@dataclass(frozen=True, slots=True)
class Queued:
    """The request waits at ``position`` (from 1)."""

    position: int
    obstacle: Obstacle | None = None
    """Why nobody is served now."""
    holder: str = ""
    """The agent that holds the floor, if any."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The request is over. ``why`` is a ``Why``, or empty where the status says it all."""

    status: Status
    why: str = ""


class Given(StrEnum):
    """What giving an agent the floor has done."""

    GRANTED = "granted"
    """It holds the floor."""
    WAITING = "waiting"
    """It is the next: as soon as nobody speaks and the holder, which is revoked, has stopped."""
    NOT_ASKED = "not_asked"
    """It has not asked for the floor; it comes first if it does within half a minute."""


class FloorStore:
    """The floor of one room.

    ``request``, ``renew``, ``release`` and ``report`` are an agent's, and raise StaleEpochError or
    LeaseUnknownError where it may not write (``fencing.accepted``). ``hold``, ``resume``, ``give``
    and ``take`` are a moderator's: whoever has Redis may. All raise RedisError without an answer.
    ``FloorChannel`` tells what happens from now on.
    """

    def __init__(
        self,
        scripts: Scripts,
        keys: RoomKeys,
        ttl_s: float = 3.0,
        now: Callable[[], float] = own_now_s,
    ) -> None:
        """``ttl_s``: length of a grant that is not renewed; it concerns an agent's methods only."""
        if ttl_s <= 2 * MARGIN_S:
            raise ValueError(f"a grant must be longer than {2 * MARGIN_S} s")
        self._scripts = scripts
        self._read_keys = {
            "agents": keys.agents,
            "floor": keys.floor,
            "queue": keys.floor_queue,
            "requests": keys.floor_requests,
            "speaking": keys.speaking,
            "log": keys.floor_log,
        }
        self._keys = self._read_keys | {"events": keys.floor_events}
        self._moderator_keys = self._keys | {"results": keys.floor_results}
        self._ttl_s = ttl_s
        self._now = now

    async def request(self, fence: Fence, request: FloorRequest) -> Grant | Queued | Gone:
        """Ask for the floor. Asking again with the same id tells what became of it, and that its
        agent is alive: a waiting request that is not repeated within two seconds is dropped."""
        asked_s = self._now()
        answer = await self._scripts.run(
            "floor_request",
            self._keys,
            {
                "agent": fence.agent,
                "epoch": fence.epoch,
                "id": request.id,
                "reason": request.reason,
                "answers": request.answers,
                "priority": request.priority,
                "ttl_ms": whole_ms(self._ttl_s),
                "worth_ms": request.worth_ms,
                "waited_ms": request.waited_ms,
                "begin_ms": request.begin_ms,
                "max_talk_ms": request.max_talk_ms,
                "grace_ms": request.grace_ms,
                "turns_limit": request.turns_limit,
            },
        )
        match accepted(answer, fence).word:
            case "granted":
                return _grant(fence, request.id, answer, asked_s)
            case "waiting":
                obstacle = Obstacle(answer["obstacle"]) if answer["obstacle"] else None
                return Queued(answer.number("position"), obstacle, answer["holder"])
        return Gone(Status(answer["status"]), answer["why"])

    async def renew(self, fence: Fence, grant: Grant, *, begun: bool = False) -> Grant | Gone:
        """The same grant, valid for longer; or why it is gone and must be asked for anew.
        ``begun``: its first audio has been played; the longest talk runs from the first renewal
        that says so."""
        asked_s = self._now()
        answer = await self._scripts.run(
            "floor_renew",
            self._keys,
            {
                "agent": fence.agent,
                "epoch": fence.epoch,
                "number": grant.number,
                "ttl_ms": whole_ms(self._ttl_s),
                "begun": int(begun),
            },
        )
        if accepted(answer, fence).word == "gone":
            return Gone(Status(answer["status"]), answer["why"])
        return _grant(fence, grant.request, answer, asked_s)

    async def release(self, fence: Fence, request_id: str) -> bool:
        """Give a request up, waiting or granted: nothing more is heard under it. Whoever was
        revoked frees the floor with this. False where it was gone already."""
        answer = await self._scripts.run(
            "floor_release",
            self._keys,
            {"agent": fence.agent, "epoch": fence.epoch, "id": request_id},
        )
        return accepted(answer, fence).word != "gone"

    async def report(self, fence: Fence, tracks: Collection[str]) -> None:
        """Tell on which tracks (sids) this agent hears speech now: these and no others. It holds
        for three seconds, and is to be told again while the speech lasts."""
        answer = await self._scripts.run(
            "floor_report",
            self._keys,
            {"agent": fence.agent, "epoch": fence.epoch, "tracks": " ".join(sorted(tracks))},
        )
        accepted(answer, fence)

    async def hold(self, by: str, request_id: str = "") -> None:
        """Nobody is granted the floor from now on, until ``resume``. Who has it keeps it: ``take``
        ends that. ``by`` names the moderator, here as below; what has the same ``request_id`` (if
        any) is done once, and answered the same."""
        await self._scripts.run(
            "floor_hold",
            self._moderator_keys,
            {"by": by, "held": 1, "request_id": _once("hold", request_id)},
        )

    async def resume(self, by: str, request_id: str = "") -> None:
        """Grants are made again, the first at once."""
        await self._scripts.run(
            "floor_hold",
            self._moderator_keys,
            {"by": by, "held": 0, "request_id": _once("resume", request_id)},
        )

    async def give(self, agent: str, by: str, request_id: str = "") -> Given:
        """Make an agent the next, before all others; whoever holds the floor is revoked for it.
        One that has not asked must be told to, by a command: nobody is revoked before it does."""
        answer = await self._scripts.run(
            "floor_give",
            self._moderator_keys,
            {"to": agent, "by": by, "request_id": _once("give", request_id)},
        )
        return Given(answer.word)

    async def take(self, by: str, request_id: str = "") -> str | None:
        """Revoke the holder. Returns its name; None where nobody held the floor."""
        answer = await self._scripts.run(
            "floor_take",
            self._moderator_keys,
            {"by": by, "request_id": _once("take", request_id)},
        )
        return answer["agent"] if answer.word == "taken" else None

    async def view(self) -> FloorView:
        """The whole floor as of now: holder, queue, who speaks, whether it is held."""
        return parse_view(await self._scripts.run("floor_read", self._read_keys, {}))


def _once(act: str, request_id: str) -> str:
    """The same id means another request where something else is asked."""
    return f"{act} {request_id}" if request_id else ""


def _grant(fence: Fence, request_id: str, answer: Answer, asked_s: float) -> Grant:
    """In own time, counted from before the call: the answer may have been long on its way."""

    def own_s(name: str) -> float:
        return asked_s + answer.seconds(name) - answer.seconds("now_us")

    return Grant(
        number=answer.number("number"),
        agent=fence.agent,
        valid_until_s=own_s("deadline_us") - MARGIN_S,
        request=request_id,
        talk_until_s=own_s("talk_until_us"),
        ends_s=own_s("ends_us"),
    )
