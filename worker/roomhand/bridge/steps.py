"""What an uplink asks for (steps) and what it reports (facts), as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from roomhand.attribution.segments import Turn
from roomhand.bridge.spoken import SpokenTurn
from roomhand_plugins.base import Transcript


@dataclass(frozen=True, slots=True)
class Open:
    """Open a session; answer with ``opened``, ``lost`` or ``refused``."""


@dataclass(frozen=True, slots=True)
class Begin:
    """Tell the session that this turn begins."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class Send:
    """Send the ring's samples from ``start`` to before ``stop``."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class End:
    """Tell the session that the speech is over."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class Discard:
    """Tell the session to forget what it has of this turn."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class Close:
    """Close the session; nothing is under way on it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Abandon:
    """Close the session as a broken one, then answer with ``lost``."""

    reason: str


@dataclass(frozen=True, slots=True)
class Relieve:
    """Open a successor while the session works on; answer with ``opened`` or ``relief_failed``."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """The successor serves from here on, and the session that did lives on as the former.

    ``withdrawn``: a turn of which the former has a part, and which it must forget.
    """

    withdrawn: Turn | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Close the former session; what it has not done will not be done."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before ``until_s``, unless something happens; None: for ever."""

    until_s: float | None


Step: TypeAlias = (
    Open | Begin | Send | End | Discard | Close | Abandon | Relieve | TakeOver | Leave | Wait
)


@dataclass(frozen=True, slots=True)
class Started:
    """A turn began."""

    spoken: SpokenTurn


@dataclass(frozen=True, slots=True)
class Stopped:
    """Its speech is over; ``end_ms`` of the turn says when.

    ``void``: nothing was said in it after all (a cut fell into the silence after the last word).
    """

    spoken: SpokenTurn
    void: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """The samples from ``start`` to before ``stop`` belong to no turn."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Worded:
    """The final words of a turn, told once."""

    spoken: SpokenTurn
    words: Transcript


@dataclass(frozen=True, slots=True)
class Missed:
    """No words of this turn will come: a hole."""

    spoken: SpokenTurn
    reason: str


Heard: TypeAlias = Started | Stopped | Silence
"""What cutting audio into turns finds."""
Fact: TypeAlias = Started | Stopped | Worded | Missed
"""What an uplink reports."""
