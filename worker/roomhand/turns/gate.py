"""The publish gate: a frame leaves only with the number of a grant that is valid now.

    open(7, until) ─► admits(7) ─► renewed(7, later) ─► close()     closed stays closed

Besides the grant, the agent's lease must hold: when the lease can no longer be proven, the gate
admits nothing, whatever was granted. Times are seconds of the process's own steady clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from enum import StrEnum

from roomhand.errors import IllegalInputError


class Refusal(StrEnum):
    """Why a frame did not leave."""

    NONE = "none"
    """No grant is open."""
    STALE = "stale"
    """The frame carries the number of another grant."""
    EXPIRED = "expired"
    """The grant ran out by our own clock."""
    FENCED = "fenced"
    """The lease of the agent is not provably ours."""


class PublishGate:
    """Admits frames of one grant at a time, and counts those it refuses."""

    def __init__(self, lease_valid_until_s: Callable[[], float]) -> None:
        """``lease_valid_until_s`` tells until when the lease is ours beyond doubt."""
        self._lease_valid_until_s = lease_valid_until_s
        self._number: int | None = None
        self._newest = 0
        self._valid_until_s = 0.0
        self.refused: Counter[Refusal] = Counter()

    @property
    def grant(self) -> int | None:
        """The number of the open grant."""
        return self._number

    def open(self, grant_number: int, valid_until_s: float) -> None:
        """A new grant. Numbers only grow; an old one raises IllegalInputError."""
        if grant_number <= self._newest:
            raise IllegalInputError("publish gate", f"after {self._newest}", f"open {grant_number}")
        self._number = self._newest = grant_number
        self._valid_until_s = valid_until_s

    def renewed(self, grant_number: int, valid_until_s: float) -> bool:
        """The grant holds longer. An answer about another grant came too late: False."""
        if grant_number != self._number:
            return False
        self._valid_until_s = max(self._valid_until_s, valid_until_s)
        return True

    def close(self) -> None:
        """No frame leaves until another grant opens. Closing again does nothing."""
        self._number = None

    def refusal(self, grant_number: int, now_s: float) -> Refusal | None:
        """Why a frame of this grant may not leave now; None if it may."""
        if now_s >= self._lease_valid_until_s():
            return Refusal.FENCED
        if self._number is None:
            return Refusal.NONE
        if grant_number != self._number:
            return Refusal.STALE
        return Refusal.EXPIRED if now_s >= self._valid_until_s else None

    def admits(self, grant_number: int, now_s: float) -> bool:
        """Whether this one frame may leave; a frame that may not is counted."""
        refusal = self.refusal(grant_number, now_s)
        if refusal is not None:
            self.refused[refusal] += 1
        return refusal is None
