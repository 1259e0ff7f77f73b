"""What a session found out about people's words while another agent is the scribe.

Only the scribe's word counts, so that all agents of a room know the same. Should this agent become
the scribe before the other has written a turn down, what its own session found is told then.
"""

from __future__ import annotations

from collections import deque
from typing import TypeAlias

from roomhand.bridge import steps

MOST_KEPT = 256

Outcome: TypeAlias = steps.Worded | steps.Missed


class Withheld:
    """``hears``: this agent is the scribe, and nothing is withheld."""

    def __init__(self, *, hears: bool) -> None:
        self.hears = hears
        self._kept: deque[Outcome] = deque(maxlen=MOST_KEPT)

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, outcome: Outcome) -> None:
        """Hold this back; the oldest gives way where there is too much."""
        self._kept.append(outcome)

    def recorded(self, track_sid: str, start_ms: int) -> None:
        """The transcript has this turn: what was found here is not needed."""
        kept = [one for one in self._kept if not one.spoken.is_turn(track_sid, start_ms)]
        if len(kept) < len(self._kept):
            self._kept = deque(kept, maxlen=MOST_KEPT)

    def release(self) -> list[Outcome]:
        """Everything that is still kept, oldest first, to be told now."""
        released = sorted(self._kept, key=lambda one: one.spoken.turn.start_ms)
        self._kept.clear()
        return released
