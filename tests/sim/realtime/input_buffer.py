"""The input audio buffer and the server's own speech detection."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tests.sim.realtime.conversation import BYTES_PER_MS
from tests.sim.realtime.wire import JSON, ClientError
from tests.sim.tones import WORD_S, decode

_FRAME_MS = 20
_MIN_COMMIT_MS = 100
_ONSET_FRAMES = 2
_SEMANTIC_SILENCE_MS = 300
_EAGERNESS_MS = {"low": 8_000, "medium": 4_000, "auto": 4_000, "high": 2_000}
_SEMANTIC_PREFIX_MS = 300


@dataclass(frozen=True, slots=True)
class Speech:
    """The detector's finding, in milliseconds of all audio appended in the session."""

    kind: Literal["started", "stopped"]
    at_ms: int


@dataclass(frozen=True, slots=True)
class Turn:
    """Audio taken out of the buffer. Samples ``first`` to ``end - 1`` of the session."""

    pcm: bytes
    first: int
    end: int


class InputBuffer:
    """Audio that is appended but not committed."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._first_byte = 0
        self._judged_ms = 0
        self._loud_frames = 0
        self._speech_from_ms: int | None = None
        self._silent_from_ms = 0

    @property
    def end_ms(self) -> int:
        """How much audio was appended in the session."""
        return (self._first_byte + len(self._pcm)) // BYTES_PER_MS

    def append(self, pcm: bytes) -> None:
        """Take more audio."""
        self._pcm += pcm

    def clear(self) -> None:
        """Forget what is not committed."""
        self._drop_before(self._first_byte + len(self._pcm))
        self._reset()

    def commit(self) -> Turn:
        """All audio since the last commit or clear. Raises ClientError if under 100 ms."""
        length_ms = len(self._pcm) / BYTES_PER_MS
        if length_ms < _MIN_COMMIT_MS:
            raise ClientError(
                "input_audio_buffer_commit_empty",
                "Error committing input audio buffer: buffer too small. Expected at least "
                f"{_MIN_COMMIT_MS}ms of audio, but buffer only has {length_ms:.2f}ms of audio.",
            )
        self._reset()
        return self._take(self._first_byte + len(self._pcm))

    def detect(self, detection: JSON) -> Iterator[Speech]:
        """Judge the audio appended since the last call. After ``stopped``, take the turn."""
        while self._judged_ms + _FRAME_MS <= self.end_ms:
            frame = self._between(self._judged_ms, self._judged_ms + _FRAME_MS)
            self._judged_ms += _FRAME_MS
            is_loud = _loudness(frame) >= detection.get("threshold", 0.5)
            found = self._next(is_loud, detection)
            if found:
                yield found
        if self._speech_from_ms is None:
            keep = self._judged_ms - _prefix_ms(detection) - _ONSET_FRAMES * _FRAME_MS
            self._drop_before(max(0, keep) * BYTES_PER_MS)

    def take_until(self, at_ms: int) -> Turn:
        """The turn that the detector ended at ``at_ms``."""
        return self._take(at_ms * BYTES_PER_MS)

    def _next(self, is_loud: bool, detection: JSON) -> Speech | None:
        self._loud_frames = self._loud_frames + 1 if is_loud else 0
        if is_loud:
            self._silent_from_ms = self._judged_ms
        if self._speech_from_ms is None and self._loud_frames >= _ONSET_FRAMES:
            onset_ms = self._judged_ms - self._loud_frames * _FRAME_MS
            start_ms = max(onset_ms - _prefix_ms(detection), self._first_byte // BYTES_PER_MS)
            self._speech_from_ms = start_ms
            self._drop_before(start_ms * BYTES_PER_MS)
            return Speech("started", start_ms)
        if self._speech_from_ms is not None and self._is_over(detection):
            self._speech_from_ms = None
            return Speech("stopped", self._judged_ms)
        return None

    def _is_over(self, detection: JSON) -> bool:
        silence_ms = self._judged_ms - self._silent_from_ms
        if detection["type"] == "server_vad":
            return silence_ms >= int(detection["silence_duration_ms"])
        if silence_ms < _SEMANTIC_SILENCE_MS:
            return False
        if silence_ms == _SEMANTIC_SILENCE_MS and self._ends_with_a_word():
            return True
        return silence_ms >= _EAGERNESS_MS[detection["eagerness"]]

    def _ends_with_a_word(self) -> bool:
        """The mock's idea of a finished sentence: its last word is whole."""
        word_ms = round(WORD_S * 1000)
        begin_ms = max(self._silent_from_ms - 2 * word_ms, self._first_byte // BYTES_PER_MS)
        words = decode(np.frombuffer(self._between(begin_ms, self._judged_ms), dtype="<i2"))
        end_ms = self._silent_from_ms - begin_ms
        return any(abs(word.end / 24 - end_ms) < 3 * _FRAME_MS for word in words)

    def _between(self, begin_ms: int, end_ms: int) -> bytes:
        begin = begin_ms * BYTES_PER_MS - self._first_byte
        return bytes(self._pcm[begin : end_ms * BYTES_PER_MS - self._first_byte])

    def _take(self, until_byte: int) -> Turn:
        first, until = self._first_byte, until_byte - self._first_byte
        pcm = bytes(self._pcm[:until])
        self._drop_before(until_byte)
        return Turn(pcm, first // 2, until_byte // 2)

    def _drop_before(self, byte: int) -> None:
        if byte > self._first_byte:
            del self._pcm[: byte - self._first_byte]
            self._first_byte = byte

    def _reset(self) -> None:
        self._judged_ms = self.end_ms
        self._loud_frames = 0
        self._speech_from_ms = None


def _prefix_ms(detection: JSON) -> int:
    return int(detection.get("prefix_padding_ms", _SEMANTIC_PREFIX_MS))


def _loudness(frame: bytes) -> float:
    """0 at -60 dBFS, 1 at -20 dBFS: what the threshold of ``server_vad`` is compared with."""
    samples = np.frombuffer(frame, dtype="<i2").astype(np.float32)
    rms = float(np.sqrt(np.mean(samples**2))) / 32_768
    return min(1.0, max(0.0, (20 * math.log10(max(rms, 1e-6)) + 60) / 40))
