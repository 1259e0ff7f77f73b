"""When to open a lost session again: soon at first, then ever later, never all at once."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopeningLimits:
    """The wait doubles from ``first_s`` to ``longest_s``; ``jitter`` is its random share."""

    first_s: float = 0.25
    longest_s: float = 30.0
    jitter: float = 0.25


class Reopening:
    """Counts losses in a row. ``seed`` makes the jitter repeatable and different per lane."""

    def __init__(self, limits: ReopeningLimits, seed: str) -> None:
        self._limits = limits
        self._random = random.Random(seed)
        self._losses = 0
        self.due_s = 0.0
        """Not before this moment."""

    def lost(self, now_s: float, retry_after_s: float | None = None) -> None:
        """A session was lost or did not open; the provider may ask for a longer wait."""
        limits = self._limits
        wait_s = min(limits.first_s * 2.0 ** min(self._losses, 16), limits.longest_s)
        wait_s *= 1 + limits.jitter * self._random.uniform(-1, 1)
        self._losses += 1
        self.due_s = now_s + max(wait_s, retry_after_s or 0.0)

    def proved(self) -> None:
        """The provider did real work: the next loss is the first one again."""
        self._losses = 0
