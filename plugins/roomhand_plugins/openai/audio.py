"""Audio as messages: pieces of a sensible size, none held back longer than a piece. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from roomhand_plugins.base import SAMPLE_RATE
from roomhand_plugins.openai.effects import Send

BYTES_PER_MS = SAMPLE_RATE * 2 // 1000


class Pieces:
    """Gathers what comes in small frames into pieces of ``piece_ms``."""

    def __init__(self, piece_ms: int) -> None:
        self._piece_bytes = piece_ms * BYTES_PER_MS
        self._kept = bytearray()

    def add(self, pcm: bytes) -> Iterator[Send]:
        """Everything so far, once it makes a piece."""
        self._kept += pcm
        if len(self._kept) >= self._piece_bytes:
            yield from self.flush()

    def flush(self) -> Iterator[Send]:
        """Everything so far."""
        if self._kept:
            audio = base64.b64encode(self._kept).decode("ascii")
            self._kept.clear()
            yield Send({"type": "input_audio_buffer.append", "audio": audio})
