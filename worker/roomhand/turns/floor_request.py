"""Pure: one request for the floor, from its arrival to its end.

    (asked) ─► waiting ──GRANT──► granted ──TALK_OVER──► ending
                 │                   │  ◄── renewed ──►    │
                 ├─CANCEL─► cancelled├─RELEASE─► released ◄┤
                 ├─EXPIRE─► expired  ├─EXPIRE──► expired  ◄┤
                 ├─DENY───► denied   └─REVOKE─► revoking ◄─┘
                 └─REPLACE► replaced               │
                                  revoked ◄─RELEASE, EXPIRE

*Ending* is the grace after the longest talk. *Revoking* still occupies the floor: whoever is
revoked may be heard until it says that it has stopped, or until its grant runs out, and the next
agent is not granted before. A lost lease is no end of a request but the end of its record: what an
agent asked under an epoch that is over, nobody asked. Times are microseconds of Redis time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from roomhand.errors import IllegalInputError
from roomhand.turns.questions import Reason

RISE_US = 1_500_000
"""A waiting request rises one level of priority in this time: all ten while a question is still
worth an answer (``questions.WORTH_ANSWERING_S``), so that none starves."""
HIGHEST_PRIORITY = 10


class Status(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    GRANTED = "granted"
    ENDING = "ending"
    """The longest talk is over, the grace runs."""
    REVOKING = "revoking"
    """The right is gone, but its holder may not know yet."""
    RELEASED = "released"
    CANCELLED = "cancelled"
    DENIED = "denied"
    REVOKED = "revoked"
    EXPIRED = "expired"
    REPLACED = "replaced"
    """The agent asked for something newer."""


HOLDING = frozenset({Status.GRANTED, Status.ENDING, Status.REVOKING})
"""The floor is taken by a request that stands here."""
HEARD = frozenset({Status.GRANTED, Status.ENDING})
"""Its agent may be heard."""


class Input(StrEnum):
    """What happens to a request."""

    GRANT = "grant"
    DENY = "deny"
    TALK_OVER = "talk over"
    REVOKE = "revoke"
    RELEASE = "release"
    """Its agent gives it up, waiting or granted."""
    REPLACE = "replace"
    EXPIRE = "expire"


TABLE: Mapping[tuple[Status, Input], Status] = {
    (Status.WAITING, Input.GRANT): Status.GRANTED,
    (Status.WAITING, Input.DENY): Status.DENIED,
    (Status.WAITING, Input.RELEASE): Status.CANCELLED,
    (Status.WAITING, Input.REPLACE): Status.REPLACED,
    (Status.WAITING, Input.EXPIRE): Status.EXPIRED,
    (Status.GRANTED, Input.TALK_OVER): Status.ENDING,
    (Status.GRANTED, Input.REVOKE): Status.REVOKING,
    (Status.GRANTED, Input.RELEASE): Status.RELEASED,
    (Status.GRANTED, Input.REPLACE): Status.RELEASED,
    (Status.GRANTED, Input.EXPIRE): Status.EXPIRED,
    (Status.ENDING, Input.REVOKE): Status.REVOKING,
    (Status.ENDING, Input.RELEASE): Status.RELEASED,
    (Status.ENDING, Input.REPLACE): Status.RELEASED,
    (Status.ENDING, Input.EXPIRE): Status.EXPIRED,
    (Status.REVOKING, Input.RELEASE): Status.REVOKED,
    (Status.REVOKING, Input.REPLACE): Status.REVOKED,
    (Status.REVOKING, Input.EXPIRE): Status.REVOKED,
}
"""What is not here is a bug of the caller: an end has no way out, and nobody is granted twice."""


class Why(StrEnum):
    """Why a request was denied, revoked or expired."""

    NOT_WORTH_IT = "not_worth_it"
    """Expired: nobody would understand an answer so late."""
    NOT_ASKED_AGAIN = "not_asked_again"
    """Expired: its agent fell silent while it waited."""
    NOT_RENEWED = "not_renewed"
    """Expired: its agent fell silent while it held the floor."""
    TOO_LONG = "too_long"
    """Expired: longest talk and grace are over."""
    LOOP_LIMIT = "loop_limit"
    """Denied: agents have answered each other often enough."""
    PEOPLE = "people"
    """Revoked: a person speaks whom the holder does not seem to hear."""
    GIVEN = "given"
    """Revoked: a moderator gave the floor to another agent."""
    TAKEN = "taken"
    """Revoked: a moderator took the floor."""


class Obstacle(StrEnum):
    """Why nobody is served, although somebody waits."""

    BUSY = "busy"
    """Another agent holds the floor."""
    PEOPLE = "people"
    HELD = "held"
    """By a moderator."""
    FORGOTTEN = "forgotten"
    """Redis lost its data: somebody may still be heard under a grant that it forgot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRequest:
    """What an agent asks for. The same ``id`` again asks what became of it.

    Raises ValueError for a priority outside 0 to 10 or a duration that is not above 0.
    """

    id: str
    reason: Reason
    priority: int = 5
    answers: str = ""
    """The segment that it answers, for the log."""
    worth_ms: int = 20_000
    """After this time in the queue nobody would understand the answer."""
    waited_ms: int = 0
    """How long it has waited under an earlier id: what Redis forgot does not lose its turn."""
    begin_ms: int = 20_000
    """The longest talk begins with the first audio, and so long after the grant at the latest."""
    max_talk_ms: int = 60_000
    grace_ms: int = 3_000
    """After ``max_talk_ms``, to finish the sentence."""
    turns_limit: int = 3
    """With reason ``agent``: denied after so many turns of agents without a word of a person."""

    def __post_init__(self) -> None:
        if not 0 <= self.priority <= HIGHEST_PRIORITY:
            raise ValueError(f"the priority is 0 to {HIGHEST_PRIORITY}")
        if (
            min(self.worth_ms, self.begin_ms, self.max_talk_ms) <= 0
            or min(self.grace_ms, self.waited_ms) < 0
        ):
            raise ValueError("a request is worth some time, and asks for some")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The newest request of one agent, and what has become of it."""

    agent: str
    request: FloorRequest
    status: Status = Status.WAITING
    why: str = ""
    arrived_us: int
    alive_until_us: int
    """Waiting, it leaves unless it is asked again before this."""
    expires_us: int
    number: int = 0
    granted_us: int = 0
    began_us: int = 0
    """When its first audio was played; 0 before."""
    deadline_us: int = 0

    @property
    def rank(self) -> tuple[int, str]:
        """Lower is served earlier. A level of priority is worth 1.5 s of waiting, so the
        order of two requests never changes while they wait, and none waits for ever."""
        return self.arrived_us - self.request.priority * RISE_US, self.agent

    @property
    def begins_by_us(self) -> int:
        """The longest talk runs from then on, also without audio."""
        return self.granted_us + self.request.begin_ms * 1000

    @property
    def talk_until_us(self) -> int:
        """The longest talk is over then."""
        return (self.began_us or self.begins_by_us) + self.request.max_talk_ms * 1000

    @property
    def ends_us(self) -> int:
        """The grace is over then: no renewal goes beyond."""
        return self.talk_until_us + self.request.grace_ms * 1000

    def after(self, given: Input, why: str = "") -> Standing:
        """The standing when this has happened. Raises IllegalInputError."""
        status = TABLE.get((self.status, given))
        if status is None:
            raise IllegalInputError("floor request", self.status, given)
        return replace(self, status=status, why=why or self.why)

    def granted(self, number: int, ttl_us: int, now_us: int) -> Standing:
        """The standing with the floor, from now on."""
        granted = replace(self.after(Input.GRANT), number=number, granted_us=now_us)
        return granted.renewed(ttl_us, now_us)

    def begun(self, now_us: int) -> Standing:
        """The same grant, with its first audio; said again, or too late, it changes nothing."""
        return replace(self, began_us=self.began_us or min(now_us, self.begins_by_us))

    def renewed(self, ttl_us: int, now_us: int) -> Standing:
        """The same grant, for longer."""
        return replace(self, deadline_us=min(now_us + ttl_us, self.ends_us))
