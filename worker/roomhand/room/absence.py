"""The time between two scribes of a room, in which nobody transcribed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from roomhand.attribution.identity import TrackRef

WITHOUT_TRACKS_MS = 5_000
"""Where nobody publishes anything, nothing is missed after that; a track that is heard later than
this was muted, or its ledger has it."""
LATE_MS = 200
"""Tracks do not come at once; a word is longer."""

TellLate: TypeAlias = Callable[[TrackRef, int, int], None]


class Absence:
    """Of the scribe before this one, if it was lost: an owner of this agent, or another agent.

    ``tell`` is called once for each, with the meeting times from which to which nobody heard;
    ``tell_late`` for each of the tracks ``there`` when we came that was heard later than the first.
    """

    def __init__(
        self, tell: Callable[[int, int], None], tell_late: TellLate, there: Iterable[str]
    ) -> None:
        self._tell = tell
        self._tell_late = tell_late
        self._there = set(there)
        self._late: list[tuple[TrackRef, int]] = []
        self._left_ms: int | None = None
        self._came_ms = 0
        self._heard_ms: int | None = None
        self._known_ms = -1
        """Of which place it is told already."""

    def begin(self, left_ms: int, came_ms: int) -> None:
        """All that was said before ``left_ms`` is in the transcript (negative: nobody transcribed);
        we came at ``came_ms``, and may have heard before."""
        if left_ms < 0:
            return
        self._left_ms, self._came_ms = left_ms, came_ms
        self._known_ms = left_ms
        if self._heard_ms is not None:
            self.heard(self._heard_ms)

    def take_over(self, left_ms: int, kept_from_ms: int) -> None:
        """The duty came to us while we hear, and the rings have what was said since
        ``kept_from_ms``: what the scribe before had not written by then nobody has."""
        if self._heard_ms is None or left_ms < 0 or left_ms == self._known_ms:
            return
        self._known_ms = left_ms
        kept_from_ms = max(kept_from_ms, self._heard_ms)
        if kept_from_ms > left_ms:
            self._tell(left_ms, kept_from_ms)

    @property
    def lasts(self) -> bool:
        """Nobody is heard yet."""
        return self._left_ms is not None

    def heard(self, at_ms: int, track: TrackRef | None = None) -> None:
        """A track is heard from then on."""
        if self._heard_ms is None:
            self._heard_ms = at_ms
        if self._left_ms is not None and at_ms > self._left_ms:
            self._tell(self._left_ms, at_ms)
        self._left_ms = None
        if track is not None and track.sid in self._there:
            self._there.remove(track.sid)
            self._late.append((track, at_ms))
        self._look_late(self._heard_ms)

    def _look_late(self, heard_ms: int) -> None:
        if self._known_ms < 0:
            return
        from_ms = max(self._known_ms, heard_ms)
        for track, at_ms in self._late:
            if from_ms + LATE_MS < at_ms <= heard_ms + WITHOUT_TRACKS_MS:
                self._tell_late(track, from_ms, at_ms)
        self._late.clear()

    def look(self, now_ms: int) -> None:
        """Nobody may be there to be heard."""
        if self._left_ms is not None and now_ms > self._came_ms + WITHOUT_TRACKS_MS:
            self.heard(self._came_ms)
