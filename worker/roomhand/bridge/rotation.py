"""When one lane changes its session for a new one, while the old one still works. Pure.

A session lives only so long. A lane that is quiet when that time nears just closes it. A lane that
is not has its *successor* opened beside it, which takes over at a *boundary* (between two turns),
or, where none comes in time, together with the turn that is being spoken: that turn is then sent to
it from its first sample. The *former* session lives on until what it was asked for is done. So a
turn has its words from one session, and no word lies on a seam.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from roomhand.errors import IllegalInputError

QUIET_SHARE = 0.8
"""Part of a session's life after which a quiet moment ends it."""
LEAD_SHARE = 0.25
LEAD_S = 30.0
"""The successor opens so long before the end, or the share of a shorter life before it."""


class Relay(StrEnum):
    """Which sessions a lane has besides the one that serves it. There are never three."""

    ALONE = "alone"
    OPENING = "opening"
    """The successor is being opened."""
    STANDBY = "standby"
    """The successor is open, and waits for the boundary."""
    LEAVING = "leaving"
    """The successor serves; the former still has something to finish."""


class RelayInput(StrEnum):
    """What can happen to the pair."""

    RELIEVE = "relieve"
    READY = "ready"
    FAILED = "failed"
    """The successor did not open, or is lost."""
    TAKE_OVER = "take over"
    PROMOTED = "promoted"
    """The serving session is lost: the successor is what the lane has now."""
    LEFT = "left"
    """The former session is done, or gone."""
    DROPPED = "dropped"
    """The provider will not have us: all are given up."""


TABLE: Mapping[tuple[Relay, RelayInput], Relay] = {
    (Relay.ALONE, RelayInput.RELIEVE): Relay.OPENING,
    (Relay.ALONE, RelayInput.DROPPED): Relay.ALONE,
    (Relay.OPENING, RelayInput.READY): Relay.STANDBY,
    (Relay.OPENING, RelayInput.FAILED): Relay.ALONE,
    (Relay.OPENING, RelayInput.PROMOTED): Relay.ALONE,
    (Relay.OPENING, RelayInput.DROPPED): Relay.ALONE,
    (Relay.STANDBY, RelayInput.FAILED): Relay.ALONE,
    (Relay.STANDBY, RelayInput.TAKE_OVER): Relay.LEAVING,
    (Relay.STANDBY, RelayInput.PROMOTED): Relay.ALONE,
    (Relay.STANDBY, RelayInput.DROPPED): Relay.ALONE,
    (Relay.LEAVING, RelayInput.LEFT): Relay.ALONE,
    (Relay.LEAVING, RelayInput.DROPPED): Relay.ALONE,
}


@dataclass(frozen=True, slots=True)
class Term:
    """The life of one session, as moments of the caller's clock; infinity where it has no end."""

    quiet_at_s: float = math.inf
    """From here on a quiet moment ends it."""
    relieve_at_s: float = math.inf
    """Here a successor is opened, also while somebody speaks."""
    switch_by_s: float = math.inf
    """Here the successor takes over, boundary or not."""
    ends_at_s: float = math.inf

    @classmethod
    def begun(cls, now_s: float, life_s: float | None) -> Term:
        """Of a session that opens now."""
        if life_s is None:
            return cls()
        lead_s = min(LEAD_S, life_s * LEAD_SHARE)
        return cls._ending(now_s + life_s, lead_s, now_s + life_s * QUIET_SHARE)

    @classmethod
    def announced(cls, now_s: float, in_s: float) -> Term:
        """Of a session that has said when it ends."""
        return cls._ending(now_s + in_s, min(LEAD_S, in_s), now_s)

    @classmethod
    def _ending(cls, ends_at_s: float, lead_s: float, quiet_at_s: float) -> Term:
        relieve_at_s = ends_at_s - lead_s
        switch_by_s = ends_at_s - lead_s / 2
        return cls(min(quiet_at_s, relieve_at_s), relieve_at_s, switch_by_s, ends_at_s)


class Rotation:
    """The sessions of one lane as a table, and when the next step is due."""

    def __init__(self, life_s: float | None) -> None:
        self.state = Relay.ALONE
        self.serving = Term()
        self.successor = Term()
        self.former = Term()
        self._life_s = life_s
        self._retry_at_s = -math.inf

    def apply(self, given: RelayInput) -> None:
        """Raises IllegalInputError where the table has no such step."""
        try:
            self.state = TABLE[self.state, given]
        except KeyError:
            raise IllegalInputError("rotation", self.state, given) from None

    def opened(self, now_s: float) -> None:
        """A session serves the lane, where none did."""
        self.serving = Term.begun(now_s, self._life_s)

    def closed(self) -> None:
        """None serves the lane."""
        self.serving = Term()

    def relieve(self) -> None:
        """A successor is asked for."""
        self.apply(RelayInput.RELIEVE)

    def ready(self, now_s: float) -> None:
        """The successor is open."""
        self.apply(RelayInput.READY)
        self.successor = Term.begun(now_s, self._life_s)

    def failed(self, retry_at_s: float) -> None:
        """The successor did not open, or is lost; not again before then."""
        self.apply(RelayInput.FAILED)
        self._retry_at_s = retry_at_s

    def take_over(self, not_before_s: float) -> None:
        """The successor serves; the former lives on. The next one is not asked for before then,
        however short the provider says that it lives."""
        self.apply(RelayInput.TAKE_OVER)
        self._retry_at_s = not_before_s
        self.former, self.serving, self.successor = self.serving, self.successor, Term()

    def promote(self) -> None:
        """The serving session is lost, and the successor stands in for it."""
        self.apply(RelayInput.PROMOTED)
        self.serving, self.successor = self.successor, Term()

    def left(self) -> None:
        """The former session is gone."""
        self.apply(RelayInput.LEFT)
        self.former = Term()

    def announced(self, now_s: float, in_s: float, *, successor: bool) -> None:
        """The serving session, or the one that stands by, says that it ends in ``in_s``."""
        term = Term.announced(now_s, in_s)
        if successor:
            self.successor = term
        else:
            self.serving = term

    def breath_will_do(self, now_s: float) -> bool:
        """Whether a pause in the speech should be made the boundary: half of the time for one to
        come by itself is over."""
        halfway_s = (self.serving.relieve_at_s + self.serving.switch_by_s) / 2
        return self.state is Relay.STANDBY and now_s >= halfway_s

    @property
    def relieve_at_s(self) -> float:
        """When the serving session needs a successor."""
        return max(self.serving.relieve_at_s, self._retry_at_s)

    @property
    def due_s(self) -> float:
        """When the pair has to be looked at again, if nothing happens before."""
        match self.state:
            case Relay.ALONE:
                return self.relieve_at_s
            case Relay.STANDBY:
                return self.serving.switch_by_s
            case Relay.LEAVING:
                return self.former.ends_at_s
        return math.inf
