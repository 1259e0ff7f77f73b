"""Pure: a lease as its owner sees it. Own time is an argument; Redis answers are inputs.

The owner trusts its lease until a margin before the deadline that Redis set, counted on its own
clock from *before* the call that was confirmed: the answer may have been long on its way. After
that nothing is known (Redis is away, or so slow that it is as good as away), which is silence, not
an end. Only an answer that names another epoch or owner is an end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from roomhand.errors import IllegalInputError


class State(StrEnum):
    """What the owner may believe."""

    RESERVED = "reserved"
    """An epoch was minted; the agent is not ours yet."""
    HELD = "held"
    """Ours, and proven."""
    UNKNOWN = "unknown"
    """Ours as far as anybody told us, but not proven: silence."""
    LOST = "lost"
    """Another's: the process ends at once."""
    RELEASED = "released"
    """Given up."""


class Input(StrEnum):
    """What happens to a lease."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "expired"
    RELEASED = "released"


TABLE: dict[tuple[State, Input], State] = {
    (State.RESERVED, Input.CONFIRMED): State.HELD,
    (State.RESERVED, Input.REFUSED): State.LOST,
    (State.RESERVED, Input.RELEASED): State.RELEASED,
    (State.HELD, Input.CONFIRMED): State.HELD,
    (State.HELD, Input.REFUSED): State.LOST,
    (State.HELD, Input.EXPIRED): State.UNKNOWN,
    (State.HELD, Input.RELEASED): State.RELEASED,
    (State.UNKNOWN, Input.CONFIRMED): State.HELD,
    (State.UNKNOWN, Input.REFUSED): State.LOST,
    (State.UNKNOWN, Input.RELEASED): State.RELEASED,
    (State.LOST, Input.RELEASED): State.LOST,
    (State.RELEASED, Input.RELEASED): State.RELEASED,
}


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """How long a lease is, how often it is renewed. Raises ValueError for an unsafe ratio."""

    ttl_s: float = 5.0
    renew_s: float = 1.0
    margin_s: float = 1.0
    """Before the deadline, by own clock, the owner stops trusting the lease."""

    def __post_init__(self) -> None:
        if min(self.ttl_s, self.renew_s, self.margin_s) <= 0:
            raise ValueError("the times of a lease are above 0 s")
        if self.ttl_s < 3 * self.renew_s + self.margin_s:
            raise ValueError("ttl_s must be at least 3 * renew_s + margin_s")


@dataclass(slots=True)
class Ownership:
    """The table, and until when it is valid. All times are seconds of the own clock."""

    terms: LeaseTerms
    state: State = State.RESERVED
    valid_until_s: float = -math.inf

    def confirm(self, asked_s: float, now_s: float) -> None:
        """Redis granted what was asked at ``asked_s``. An answer that is already too old to prove
        anything changes nothing."""
        valid_until_s = asked_s + self.terms.ttl_s - self.terms.margin_s
        if now_s < valid_until_s:
            self._apply(Input.CONFIRMED)
            self.valid_until_s = max(self.valid_until_s, valid_until_s)

    def refuse(self) -> None:
        """Redis named another epoch or owner."""
        self._apply(Input.REFUSED)

    def pass_time(self, now_s: float) -> None:
        """Time went on without a confirmation."""
        if self.state is State.HELD and now_s >= self.valid_until_s:
            self._apply(Input.EXPIRED)

    def release(self) -> None:
        """The owner gives it up."""
        self._apply(Input.RELEASED)

    def is_valid(self, now_s: float) -> bool:
        """The owner may be heard and may act."""
        return self.state is State.HELD and now_s < self.valid_until_s

    @property
    def ended(self) -> bool:
        """Nothing can change the state any more."""
        return self.state in (State.LOST, State.RELEASED)

    def _apply(self, given: Input) -> None:
        try:
            self.state = TABLE[self.state, given]
        except KeyError:
            raise IllegalInputError("ownership", self.state, given) from None
