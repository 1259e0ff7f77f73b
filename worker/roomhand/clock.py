"""Time. Own deadlines use CLOCK_BOOTTIME (it runs on through suspend); meeting time is Redis time.

Pure modules never call this: they are given ``now``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def own_now_s() -> float:
    """Seconds on this machine's own steady clock."""
    return time.clock_gettime(_CLOCK)


@dataclass(slots=True)
class MeetingClock:
    """Maps this process's steady clock to meeting time.

    ``offset_s`` is (Redis time - own time), measured at every lease renewal; ``start_s`` is the
    meeting's start in Redis time.
    """

    start_s: float
    offset_s: float

    @property
    def ahead_s(self) -> float:
        """Seconds of the meeting are so much more than own seconds."""
        return self.offset_s - self.start_s

    def ms(self, own_s: float | None = None) -> int:
        """Milliseconds of the meeting at ``own_s`` (now, if None)."""
        at = own_now_s() if own_s is None else own_s
        return round((at + self.offset_s - self.start_s) * 1000)

    def ms_of_redis(self, redis_s: float) -> int:
        """Milliseconds of the meeting at a Redis time; negative before its start."""
        return round((redis_s - self.start_s) * 1000)

    def redis_s(self, ms: int) -> float:
        """Redis time at so many milliseconds of the meeting."""
        return self.start_s + ms / 1000
