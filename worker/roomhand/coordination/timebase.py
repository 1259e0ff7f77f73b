"""Pure: the offset between Redis time and the own clock, from the answers of renewals."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

SAMPLES = 8
"""Renewals that are looked back at: long enough to meet a quick answer, short enough to follow."""


@dataclass(slots=True)
class RedisOffset:
    """Of the latest answers the one with the shortest way there and back is believed: half of it is
    the most that the offset can be wrong."""

    _samples: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=SAMPLES))

    def measure(self, asked_s: float, redis_s: float, answered_s: float) -> None:
        """One answer: own time before and after, and the Redis time in it."""
        offset_s = redis_s - (asked_s + answered_s) / 2
        self._samples.append((answered_s - asked_s, offset_s))

    @property
    def offset_s(self) -> float | None:
        """Redis time less own time, or None before the first answer."""
        return min(self._samples)[1] if self._samples else None
