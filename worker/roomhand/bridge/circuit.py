"""Whether to try a provider that has failed: a circuit breaker, as a table. Pure.

One for each provider and key of an agent. Its lanes share it, so that a provider that is down is
asked by one of them from time to time, and not by all of them again and again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from roomhand.bridge.reopening import Reopening, ReopeningLimits
from roomhand.errors import IllegalInputError


class CircuitState(StrEnum):
    """Whether sessions are asked for."""

    CLOSED = "closed"
    """Yes."""
    OPEN = "open"
    """Not before its time."""
    HALF_OPEN = "half open"
    """One lane tries; the others wait until it has a session or none."""


class CircuitInput(StrEnum):
    """What can happen to an attempt."""

    OPENED = "opened"
    """A session came. Whether it works is not known yet."""
    SUCCEEDED = "succeeded"
    """A session did real work."""
    FAILED = "failed"
    TRIPPED = "tripped"
    """Failed once too often."""
    PROBE = "probe"


TABLE: Mapping[tuple[CircuitState, CircuitInput], CircuitState] = {
    (CircuitState.CLOSED, CircuitInput.SUCCEEDED): CircuitState.CLOSED,
    (CircuitState.CLOSED, CircuitInput.FAILED): CircuitState.CLOSED,
    (CircuitState.CLOSED, CircuitInput.TRIPPED): CircuitState.OPEN,
    (CircuitState.CLOSED, CircuitInput.OPENED): CircuitState.CLOSED,
    (CircuitState.OPEN, CircuitInput.OPENED): CircuitState.OPEN,
    (CircuitState.HALF_OPEN, CircuitInput.OPENED): CircuitState.CLOSED,
    (CircuitState.OPEN, CircuitInput.SUCCEEDED): CircuitState.CLOSED,
    (CircuitState.OPEN, CircuitInput.FAILED): CircuitState.OPEN,
    (CircuitState.OPEN, CircuitInput.PROBE): CircuitState.HALF_OPEN,
    (CircuitState.HALF_OPEN, CircuitInput.SUCCEEDED): CircuitState.CLOSED,
    (CircuitState.HALF_OPEN, CircuitInput.FAILED): CircuitState.OPEN,
}

PROBE_WAIT_S = 1.0
"""How long a lane waits while another one tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitLimits:
    """``failures`` in a row open it; ``reopening`` is how long it stays open, ever longer."""

    failures: int = 3
    reopening: ReopeningLimits = field(
        default_factory=lambda: ReopeningLimits(first_s=2.0, longest_s=20.0)
    )


class Circuit:
    """``seed`` makes the jitter repeatable."""

    def __init__(self, limits: CircuitLimits, seed: str) -> None:
        self.state = CircuitState.CLOSED
        self._limits = limits
        self._waiting = Reopening(limits.reopening, seed)
        self._failures = 0

    def wait_s(self, now_s: float) -> float:
        """How long not to ask this provider; 0: ``ask`` may be called."""
        match self.state:
            case CircuitState.CLOSED:
                return 0.0
            case CircuitState.OPEN:
                return max(0.0, self._waiting.due_s - now_s)
            case CircuitState.HALF_OPEN:
                return PROBE_WAIT_S

    def ask(self) -> None:
        """A session is asked for. Raises IllegalInputError while another lane tries."""
        if self.state is not CircuitState.CLOSED:
            self._apply(CircuitInput.PROBE)

    def opened(self) -> None:
        """A session came: others may ask too. After a trial, its first failure is one too many."""
        if self.state is CircuitState.HALF_OPEN:
            self._failures = self._limits.failures - 1
        self._apply(CircuitInput.OPENED)

    def succeeded(self) -> None:
        """A session of this provider did real work."""
        self._apply(CircuitInput.SUCCEEDED)
        self._failures = 0
        self._waiting.proved()

    def failed(self, now_s: float, retry_after_s: float | None = None, *, final: bool) -> None:
        """No session came, or one that did nothing. ``final``: it will not have us at all."""
        self._failures += 1
        trips = final or self._failures >= self._limits.failures
        if self.state is CircuitState.CLOSED and not trips:
            self._apply(CircuitInput.FAILED)
            return
        closed = self.state is CircuitState.CLOSED
        self._waiting.lost(now_s, retry_after_s)
        self._apply(CircuitInput.TRIPPED if closed else CircuitInput.FAILED)

    def _apply(self, given: CircuitInput) -> None:
        try:
            self.state = TABLE[self.state, given]
        except KeyError:
            raise IllegalInputError("circuit", self.state, given) from None
