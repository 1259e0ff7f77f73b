"""Where the samples of a subscription stand in the time of the meeting."""

from __future__ import annotations

from dataclasses import dataclass

SAMPLES_PER_MS = 24


@dataclass(frozen=True, slots=True)
class Anchor:
    """Sample 0 of a subscription was heard at ``start_ms`` of the meeting."""

    start_ms: int

    def ms(self, sample: int) -> int:
        """Meeting time of a sample."""
        return self.start_ms + sample // SAMPLES_PER_MS
