"""The ring: the newest audio of one lane, kept for a session that opens or may need it again."""

from __future__ import annotations

BYTES_PER_SAMPLE = 2


class SampleRing:
    """Holds the last ``capacity`` samples of mono int16. Positions count samples since the start.

    Memory grows to ``capacity`` only as audio comes.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError("a ring holds at least one sample")
        self.capacity = capacity
        self._size = capacity * BYTES_PER_SAMPLE
        self._bytes = bytearray()
        self._end = 0

    @property
    def end(self) -> int:
        """The position after the newest sample."""
        return self._end

    @property
    def first(self) -> int:
        """The oldest position still held."""
        return max(0, self._end - self.capacity)

    def append(self, pcm: bytes) -> None:
        """Add samples; the oldest give way. Raises ValueError on half a sample."""
        if len(pcm) % BYTES_PER_SAMPLE:
            raise ValueError("audio must be whole 16-bit samples")
        self._end += len(pcm) // BYTES_PER_SAMPLE
        fill = min(len(pcm), self._size - len(self._bytes))
        self._bytes += pcm[:fill]
        rest = pcm[fill:][-self._size :]
        if not rest:
            return
        at = (self._end * BYTES_PER_SAMPLE - len(rest)) % self._size
        before_wrap = min(len(rest), self._size - at)
        self._bytes[at : at + before_wrap] = rest[:before_wrap]
        self._bytes[: len(rest) - before_wrap] = rest[before_wrap:]

    def read(self, start: int, stop: int) -> bytes:
        """Samples from ``start`` to before ``stop``. Raises IndexError if not all are held."""
        if not self.first <= start <= stop <= self._end:
            raise IndexError(f"{start}..{stop} is not within {self.first}..{self._end}")
        at = start * BYTES_PER_SAMPLE % self._size
        length = (stop - start) * BYTES_PER_SAMPLE
        piece = bytes(self._bytes[at : at + length])
        return piece + bytes(self._bytes[: length - len(piece)])
