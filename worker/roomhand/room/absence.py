"""The time between two owners of an agent, in which nobody transcribed."""

from __future__ import annotations

from collections.abc import Callable

WITHOUT_TRACKS_MS = 5_000
"""Where nobody publishes anything, nothing is missed after that."""


class Absence:
    """Of the owner before this one, if it was the room's scribe and was lost.

    ``tell`` is called at most once, with the meeting times from which to which nobody heard.
    """

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        self._tell = tell
        self._left_ms: int | None = None
        self._came_ms = 0
        self._heard_ms: int | None = None

    def begin(self, left_ms: int, came_ms: int) -> None:
        """All that was said before ``left_ms`` is in the transcript; we came at ``came_ms``, and
        may have heard before."""
        self._left_ms, self._came_ms = left_ms, came_ms
        if self._heard_ms is not None:
            self.heard(self._heard_ms)

    @property
    def lasts(self) -> bool:
        """Nobody is heard yet."""
        return self._left_ms is not None

    def heard(self, at_ms: int) -> None:
        """The first track is heard from then on."""
        if self._heard_ms is None:
            self._heard_ms = at_ms
        if self._left_ms is not None and at_ms > self._left_ms:
            self._tell(self._left_ms, at_ms)
        self._left_ms = None

    def look(self, now_ms: int) -> None:
        """Nobody may be there to be heard."""
        if self._left_ms is not None and now_ms > self._came_ms + WITHOUT_TRACKS_MS:
            self.heard(self._came_ms)
