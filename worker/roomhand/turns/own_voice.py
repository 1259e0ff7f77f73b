"""Pure: what the agent itself plays.

The SDK's queue plays in real time and begins a capture when the one before is played, so that the
time of every sample is known without a report from anybody.
"""

from __future__ import annotations

import numpy as np

from roomhand.turns.played import Played
from roomhand_plugins.base import SAMPLE_RATE


class OwnVoice(Played):
    """Fed by the mouth."""

    def capture(self, pcm: bytes, now_s: float) -> None:
        """Audio went into the SDK's queue."""
        self._append(np.frombuffer(pcm, np.int16), now_s)

    def clear(self, now_s: float) -> None:
        """What is queued and not played will not be."""
        now = round(now_s * SAMPLE_RATE)
        if now < self._end:
            self._write(now, np.zeros(self._end - now, np.int16))
            self._end = now
