"""Voice detectors: the probability of speech in one window of one track.

Windows are mono int16 at 24 kHz. A detector has a memory: one instance per track, called in order.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from roomhand.settings import VadKind

INPUT_RATE = 24_000


class Detector(Protocol):
    """Says how likely a window holds speech."""

    window_samples: int

    def probability(self, window: bytes) -> float:
        """Between 0 and 1, for exactly ``window_samples`` samples."""

    def reset(self) -> None:
        """What follows does not follow from what was heard."""


def make_detector(kind: VadKind) -> Detector:
    """A new detector, for one track."""
    return NeuralDetector() if kind is VadKind.NEURAL else EnergyDetector()


class NeuralDetector:
    """The network bundled with livekit-agents: 512 samples at 16 kHz, that is 32 ms."""

    window_samples = 768

    def __init__(self) -> None:
        from livekit import local_inference

        self._network: Any = local_inference.VAD()
        self._resample = TwoThirds(self.window_samples)

    def probability(self, window: bytes) -> float:
        return float(self._network.predict(self._resample(window)))

    def reset(self) -> None:
        self._network.reset()
        self._resample.reset()


class TwoThirds:
    """24 kHz to 16 kHz, one window after the other, without a seam.

    A polyphase low-pass filter as one small matrix: it makes ``OUT`` samples from ``IN`` samples
    and the ``TAPS`` before them, for all blocks of a window at once. It delays by half of ``TAPS``.
    """

    IN, OUT, TAPS = 48, 32, 24

    def __init__(self, window_samples: int) -> None:
        blocks = window_samples // self.IN
        self._samples = np.zeros(self.TAPS + window_samples, np.float32)
        item = self._samples.itemsize
        self._blocks = np.lib.stride_tricks.as_strided(
            self._samples, (blocks, self.TAPS + self.IN), (self.IN * item, item)
        )
        self._out = np.empty((blocks, self.OUT), np.float32)
        self._filter = _filter_matrix(self.IN, self.OUT, self.TAPS)

    def __call__(self, window: bytes) -> NDArray[np.int16]:
        """The window at 16 kHz. The result is valid for the caller alone."""
        samples = self._samples
        samples[: self.TAPS] = samples[-self.TAPS :]
        samples[self.TAPS :] = np.frombuffer(window, np.int16)
        np.matmul(self._blocks, self._filter, out=self._out)
        np.clip(self._out, -32768, 32767, out=self._out)
        return self._out.astype(np.int16).reshape(-1)

    def reset(self) -> None:
        self._samples[:] = 0


def _filter_matrix(blocks_in: int, blocks_out: int, taps: int) -> NDArray[np.float32]:
    """Column j holds the windowed sinc (cut-off 7.2 kHz) around input position 1.5 j."""
    positions = np.arange(taps + blocks_in)[:, None]
    centres = taps / 2 + 1.5 * np.arange(blocks_out)[None, :]
    distance = positions - centres
    cutoff = 2 * 7_200 / INPUT_RATE
    window = np.where(
        np.abs(distance) <= taps / 2, 0.5 + 0.5 * np.cos(2 * np.pi * distance / taps), 0
    )
    matrix = cutoff * np.sinc(cutoff * distance) * window
    return np.ascontiguousarray(matrix / matrix.sum(axis=0), np.float32)


class EnergyDetector:
    """Loudness over an adaptive noise floor: for tone words. 10 ms windows.

    The floor falls at once and rises slowly, and never above ``FLOOR_MAX_DB``: steady noise below
    that is taken for silence after some seconds, a loud word never is. Levels in dB of full scale.
    """

    window_samples = 240

    FLOOR_MIN_DB, FLOOR_MAX_DB = -65.0, -35.0
    RISE_DB = 0.03
    """Per window: 3 dB per second."""
    MARGIN_DB, SPAN_DB = 4.0, 10.0
    """Probability 0 at the floor plus margin, 1 another span above it."""

    def __init__(self) -> None:
        self._floor_db = self.FLOOR_MIN_DB

    def probability(self, window: bytes) -> float:
        samples = np.frombuffer(window, np.int16).astype(np.float32)
        power = float(samples @ samples) / len(samples)
        level_db = 10 * float(np.log10(power / 32768**2 + 1e-12))
        rising = min(level_db, self._floor_db + self.RISE_DB)
        self._floor_db = min(max(rising, self.FLOOR_MIN_DB), self.FLOOR_MAX_DB)
        over_db = level_db - self._floor_db - self.MARGIN_DB
        return min(max(over_db / self.SPAN_DB, 0.0), 1.0)

    def reset(self) -> None:
        """Loudness needs no past; the floor is of the room and stays."""
