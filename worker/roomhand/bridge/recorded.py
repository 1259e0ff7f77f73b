"""Pure: which parts of its tracks a lane knows to be in the transcript. Times are the meeting's.

Another process cut them, whose clock is a little off: it may have begun or ended a turn elsewhere.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from roomhand.attribution.conversation import SAME_ONSET_MS

MOST = 64
"""Turns of a track that are remembered: more than a ring holds."""
BETWEEN_MS = 1_000
"""Two turns that are so close have no third one between them: a pause ends a turn after half."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What of a turn is not in the transcript; ``end_ms`` is None while it is spoken."""

    start_ms: int
    end_ms: int | None


class Recorded:
    """One for a lane."""

    def __init__(self) -> None:
        self._spans: dict[str, deque[tuple[int, int]]] = {}

    def add(self, track_sid: str, start_ms: int, end_ms: int) -> None:
        """The transcript has this, in whatever order it comes."""
        self._spans.setdefault(track_sid, deque(maxlen=MOST)).append((start_ms, end_ms))

    def keep(self, track_sids: set[str]) -> None:
        """Other tracks are over."""
        for sid in self._spans.keys() - track_sids:
            del self._spans[sid]

    def rest(self, track_sid: str, start_ms: int, end_ms: int | None) -> Rest | None:
        """Of a turn between these times; None where all of it is there."""
        spans = sorted(self._spans.get(track_sid, ()))
        from_ms = _after(spans, start_ms)
        if end_ms is not None and start_ms < from_ms and end_ms <= from_ms + SAME_ONSET_MS:
            return None
        return Rest(from_ms, _before(spans, from_ms, end_ms))


def _after(spans: list[tuple[int, int]], start_ms: int) -> int:
    """Up to where the turns that are there follow each other from the onset on."""
    from_ms = start_ms
    for begun_ms, ended_ms in spans:
        between_ms = SAME_ONSET_MS if from_ms == start_ms else BETWEEN_MS
        follows = begun_ms <= from_ms + between_ms and ended_ms > from_ms + SAME_ONSET_MS
        is_same = abs(begun_ms - start_ms) <= SAME_ONSET_MS and ended_ms > from_ms
        if follows or is_same:
            from_ms = ended_ms
    return from_ms


def _before(spans: list[tuple[int, int]], from_ms: int, end_ms: int | None) -> int | None:
    """From where on the turns that are there go to its end."""
    if end_ms is None:
        return None
    to_ms = end_ms
    for begun_ms, ended_ms in reversed(spans):
        if from_ms + SAME_ONSET_MS < begun_ms < to_ms <= ended_ms + BETWEEN_MS:
            to_ms = begun_ms
    return to_ms
