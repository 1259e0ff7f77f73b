"""Pure: when the samples of a stream were there, told from when its frames came.

Frames come late, never early: the earliest tell. Times are seconds of the own clock.
"""

from __future__ import annotations

from roomhand_plugins.base import SAMPLE_RATE

STALL_S = 0.5
"""What comes so late has not been delayed: samples are missing."""
DRIFT_S = 0.0002
"""Clocks may drift by so much in a second."""


class Arrival:
    """One stream's. Audio is counted in order, as it arrives."""

    def __init__(self) -> None:
        self.received = 0
        """Samples so far."""
        self._offset_s: float | None = None

    def note(self, samples: int, now_s: float) -> None:
        """So many more have come, the last of them by ``now_s``."""
        self.received += samples
        offset_s = now_s - self.received / SAMPLE_RATE
        if self._offset_s is None or not 0 <= offset_s - self._offset_s < STALL_S:
            self._offset_s = offset_s
        else:
            self._offset_s += DRIFT_S * samples / SAMPLE_RATE

    def at_s(self, samples: int) -> float:
        """When so many were there. Raises AssertionError before the first has come."""
        assert self._offset_s is not None, "nothing has come yet"
        return self._offset_s + samples / SAMPLE_RATE
