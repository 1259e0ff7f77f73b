"""Where to cut a speech that does not end: at a breath, while it is being heard."""

from __future__ import annotations

import numpy as np

QUIET_SHARE = 0.3
"""Quiet is below this share of the speech's own loudness: no absolute level fits every room."""
BREATH_SAMPLES = 2_880
"""120 ms: longer than the closure of a consonant."""


class Breath:
    """Finds a pause in one speech. A cut lies always ahead: what was sent stays in its turn."""

    def __init__(self) -> None:
        self._energy = 0.0
        self._samples = 0
        self._quiet = 0

    def heard(self, pcm: bytes) -> bool:
        """Whether the speech has just paused, judged by the next piece of it."""
        wave = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
        if not wave.size:
            return False
        energy = float(np.dot(wave, wave))
        self._energy += energy
        self._samples += wave.size
        mean = self._energy / self._samples
        quiet = energy / wave.size < mean * QUIET_SHARE**2
        self._quiet = self._quiet + wave.size if quiet else 0
        return self._quiet >= BREATH_SAMPLES
