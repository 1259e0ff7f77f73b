"""Pure: what a voice played in the last seconds, and how loud it was in each band.

Times are seconds of the own clock; audio is mono int16 at 24 kHz. Whoever fills it says when each
sample was played, as far as an ear can tell: only how much later it comes back counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roomhand_plugins.base import SAMPLE_RATE

HOP = SAMPLE_RATE // 100
"""Levels are taken every 10 ms, over 20 ms."""
HOPS_PER_S = SAMPLE_RATE // HOP
KEPT_HOPS = 512
FLOOR_DB = -70.0
"""Below it, in dB of full scale, is nothing."""
EDGES_HZ = (200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700)
"""Of the bands: about equally wide to the ear, in the range that a small loudspeaker has."""

Levels = NDArray[np.float32]
"""One row a hop, one column a band, in dB of full scale."""

_FFT = 512
_WINDOW = np.hanning(2 * HOP).astype(np.float32)
_BINS = np.round(np.array(EDGES_HZ) * _FFT / SAMPLE_RATE).astype(np.intp)
_SCALE_DB = float(10 * np.log10(32768.0**2 * _FFT * float(np.sum(_WINDOW**2)) / 2))
BANDS = len(EDGES_HZ) - 1


def levels(samples: NDArray[np.int16]) -> Levels:
    """Of each hop after the first one, which only begins the first window."""
    count = len(samples) // HOP - 1
    if count < 1:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, 2 * HOP)[::HOP][:count]
    spectrum = np.fft.rfft(frames * _WINDOW, _FFT)
    power = spectrum.real**2 + spectrum.imag**2
    bands = np.add.reduceat(power, _BINS, axis=1)[:, :BANDS]
    level = 10 * np.log10(bands + 1e-9) - _SCALE_DB
    found: Levels = np.maximum(level, FLOOR_DB).astype(np.float32)
    return found


class Played:
    """Filled by one, read by every ear. Levels are computed when an ear asks, once for all."""

    def __init__(self) -> None:
        self._samples = np.zeros(KEPT_HOPS * HOP, np.int16)
        self._end = 0
        """Absolute number of the sample after the last one that sounded."""
        self._levels = np.full((KEPT_HOPS, BANDS), FLOOR_DB, np.float32)
        self._measured = 0
        """Absolute number of the hop after the last one whose levels are known."""

    def sounded(self, now_s: float, within_s: float) -> bool:
        """Whether anything was played in the last ``within_s``."""
        return now_s < self._end / SAMPLE_RATE + within_s

    def is_new(self, now_s: float) -> bool:
        """Whether what comes back may be something of which nothing is known here."""
        return False

    def levels(self, hop: int, count: int, now_s: float) -> Levels:
        """Of ``count`` hops up to and with number ``hop`` (10 ms each since second 0)."""
        self._measure(int(self._known_until_s(now_s) * HOPS_PER_S))
        wanted = np.arange(hop - count + 1, hop + 1)
        rows: Levels = self._levels[wanted % KEPT_HOPS]
        unknown = (wanted >= self._measured) | (wanted < self._measured - KEPT_HOPS)
        rows[unknown] = FLOOR_DB
        return rows

    def _known_until_s(self, now_s: float) -> float:
        """What was played before this cannot change any more."""
        return now_s

    def _measure(self, until: int) -> None:
        begin = max(self._measured, until - KEPT_HOPS // 2)
        if begin >= until:
            return
        at = np.arange((begin - 1) * HOP, until * HOP)
        played = np.where(at < self._end, self._samples[at % len(self._samples)], 0)
        self._levels[np.arange(begin, until) % KEPT_HOPS] = levels(played.astype(np.int16))
        self._measured = until

    def _append(self, samples: NDArray[np.int16], start_s: float) -> None:
        """Played from ``start_s`` on, or right after what came before; between them was silence."""
        start = round(start_s * SAMPLE_RATE)
        if start > self._end:
            silent = min(start - self._end, len(self._samples))
            self._write(start - silent, np.zeros(silent, np.int16))
            self._end = start
        self._write(self._end, samples)
        self._end += len(samples)

    def _write(self, start: int, samples: NDArray[np.int16]) -> None:
        samples = samples[-len(self._samples) :]
        self._samples[np.arange(start, start + len(samples)) % len(self._samples)] = samples
