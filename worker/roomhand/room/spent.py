"""What the sessions of one agent have cost so far."""

from __future__ import annotations

from dataclasses import dataclass

from roomhand import metrics
from roomhand_plugins.base import SAMPLE_RATE


@dataclass(slots=True)
class Spent:
    """``sent_s``: audio that went to sessions, sent again or not; ``billed_s``: audio for which
    the provider says that it charges by duration."""

    opened: int = 0
    rotations: int = 0
    sent_s: float = 0.0
    billed_s: float = 0.0

    def open(self) -> None:
        """A session opened."""
        self.opened += 1
        metrics.SESSIONS_OPENED.inc()

    def rotate(self) -> None:
        """A session took over from one that still worked."""
        self.rotations += 1
        metrics.ROTATIONS.inc()

    def send(self, samples: int) -> None:
        """A session took this much audio."""
        self.sent_s += samples / SAMPLE_RATE
        metrics.AUDIO_SENT_S.inc(samples / SAMPLE_RATE)

    def bill(self, audio_s: float) -> None:
        """The provider charged for this much audio."""
        self.billed_s += audio_s
