"""Where to cut a speech that does not end: at a breath, while it is being heard."""

from __future__ import annotations

import numpy as np

QUIET_SHARE = 0.3
"""Quiet is below this share of the speech's own loudness: no absolute level fits every room."""
BREATH_SAMPLES = 2_880
"""120 ms: longer than the closure of a consonant."""
SHORTEST_SAMPLES = 960
"""40 ms: between two words, where there is no breath, rather than within one."""
BLOCK_SAMPLES = 240


class Breath:
    """Finds a pause in one speech. A cut lies always ahead: what was sent stays in its turn."""

    def __init__(self) -> None:
        self._energy = 0.0
        self._samples = 0
        self._quiet = 0

    def heard(self, pcm: bytes, enough: int = BREATH_SAMPLES) -> int | None:
        """The next piece of the speech: how far into it the first pause was long ``enough``, in
        samples; None if none was."""
        wave = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
        found: int | None = None
        for at in range(0, wave.size, BLOCK_SAMPLES):
            block = wave[at : at + BLOCK_SAMPLES]
            energy = float(np.dot(block, block))
            self._energy += energy
            self._samples += block.size
            mean = self._energy / self._samples
            quiet = energy / block.size < mean * QUIET_SHARE**2
            self._quiet = self._quiet + block.size if quiet else 0
            if found is None and self._quiet >= enough:
                found = at + block.size
        return found
