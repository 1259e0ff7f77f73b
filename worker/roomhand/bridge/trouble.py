"""Pure: what people are told of a model provider that is in trouble, once."""

from __future__ import annotations

from roomhand.bridge.link import SessionState

FAILURES = 3
"""Sessions that were lost or did not open, in a row, of whatever lane: one alone goes unnoticed."""


class Trouble:
    """One for an agent; ``changed`` takes what becomes of the session of any of its lanes."""

    def __init__(self) -> None:
        self._failures = 0
        self._told: SessionState | None = None

    def changed(self, state: SessionState) -> str:
        """What to tell now; empty where nothing."""
        if state is SessionState.READY:
            return self._recovered()
        self._failures += state is SessionState.AWAY
        is_down = state is SessionState.AWAY and self._failures >= FAILURES
        if state is SessionState.REFUSED and self._told is not state:
            self._told = state
            return "The model provider refuses"
        if is_down and self._told is None:
            self._told = state
            return "The model provider does not answer"
        return ""

    def _recovered(self) -> str:
        told, self._told, self._failures = self._told, None, 0
        return "The model provider answers again" if told is SessionState.AWAY else ""
