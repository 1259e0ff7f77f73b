"""Changing the sample rate with a windowed sinc: streaming, any rational ratio, numpy only."""

from __future__ import annotations

from math import gcd

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
ZERO_CROSSINGS = 24
KAISER_BETA = 9.0
"""About 90 dB of stop band."""
PASS_BAND = 0.94
BLOCK = 8192
"""Outputs made at a time, so that memory stays small for long audio."""


class Resampler:
    """Turns a stream of samples into one with ``up / down`` times as many.

    ``feed`` gives what is certain so far, ``flush`` the rest; all pieces together are
    ``ceil(fed * up / down)`` samples, aligned with the input (no delay).
    """

    def __init__(self, up: int, down: int) -> None:
        divisor = gcd(up, down)
        self._up, self._down = up // divisor, down // divisor
        cutoff = min(1.0, self._up / self._down) * PASS_BAND
        self._reach = int(np.ceil(ZERO_CROSSINGS / cutoff))
        self._bank = _filters(self._up, self._reach, cutoff)
        self._held = np.zeros(self._reach - 1, np.float32)
        self._held_from = -(self._reach - 1)
        self._fed = 0
        self._made = 0

    def feed(self, samples: Samples) -> Samples:
        """``samples`` as float32 in any scale; the result has the same scale."""
        self._held = np.concatenate((self._held, samples.astype(np.float32, copy=False)))
        self._fed += len(samples)
        ready = self._held_from + len(self._held) - self._reach
        return self._make(max(0, -(-ready * self._up // self._down)))

    def flush(self) -> Samples:
        """The last samples; the resampler is used up."""
        self._held = np.concatenate((self._held, np.zeros(self._reach, np.float32)))
        return self._make(-(-self._fed * self._up // self._down))

    def _make(self, upto: int) -> Samples:
        if upto <= self._made:
            return np.zeros(0, np.float32)
        pieces = []
        windows = np.lib.stride_tricks.sliding_window_view(self._held, 2 * self._reach)
        while self._made < upto:
            numbers = np.arange(self._made, min(upto, self._made + BLOCK))
            centres, phases = np.divmod(numbers * self._down, self._up)
            first = centres - (self._reach - 1) - self._held_from
            pieces.append(np.einsum("ij,ij->i", windows[first], self._bank[phases]))
            self._made += len(numbers)
        spent = max(0, self._made * self._down // self._up - (self._reach - 1) - self._held_from)
        self._held = self._held[spent:]
        self._held_from += spent
        return np.concatenate(pieces)


def _filters(up: int, reach: int, cutoff: float) -> Samples:
    """One filter for each of ``up`` positions between two inputs, ``2 * reach`` taps each."""
    distance = np.arange(up)[:, None] / up + np.arange(reach - 1, -reach - 1, -1)[None, :]
    shape = np.clip(1.0 - (distance / reach) ** 2, 0.0, None)
    taps = cutoff * np.sinc(cutoff * distance) * np.i0(KAISER_BETA * np.sqrt(shape))
    taps /= taps.sum(axis=1, keepdims=True)
    return taps.astype(np.float32)


def resample(samples: Samples, up: int, down: int) -> Samples:
    """All samples at once."""
    resampler = Resampler(up, down)
    return np.concatenate((resampler.feed(samples), resampler.flush()))
