"""What this agent's ears missed of a track between two subscriptions, and whose loss that is.

While another agent is the scribe, it hears the people, and what this one misses is nobody's loss.
Should the other be gone before it has written all it heard, its successor answers for what comes
after that, also where it missed it before it was the scribe.
"""

from __future__ import annotations

from collections import deque

from roomhand.attribution.identity import TrackRef
from roomhand.room.ear import AbsenceReport, OursFrom

MOST_KEPT = 256
"""Absences; what is older was over long before the scribe before was lost."""


class Missed:
    """``tell`` hears of each absence once, as far as it is this agent's."""

    def __init__(self, ours_from_ms: OursFrom, tell: AbsenceReport) -> None:
        self._ours_from_ms = ours_from_ms
        self._tell = tell
        self._over: deque[tuple[TrackRef, int, int, str]] = deque(maxlen=MOST_KEPT)

    def over(self, track: TrackRef, start_ms: int, end_ms: int, reason: str) -> None:
        """A track is heard again that was not heard between these meeting times."""
        self._over.append((track, start_ms, end_ms, reason))
        self.look()

    def look(self) -> None:
        """This agent may have become the scribe."""
        ours_ms = self._ours_from_ms()
        if ours_ms is None:
            return
        while self._over:
            track, start_ms, end_ms, reason = self._over.popleft()
            if end_ms > ours_ms:
                self._tell(track, max(start_ms, ours_ms), end_ms, reason)
