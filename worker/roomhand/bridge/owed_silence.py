"""Silence for a session whose input must not break off: owed to it until it is sent or gated."""

from __future__ import annotations

from roomhand.attribution.ledger import TrackLedger

CHUNK_SAMPLES = 4_800
"""Most that one step sends: 200 ms."""


class OwedSilence:
    """One stretch of the ring, in samples; of what it lets go, the ledger is told why."""

    def __init__(self) -> None:
        self._start = self._stop = 0

    def __len__(self) -> int:
        return self._stop - self._start

    @property
    def start(self) -> int:
        """The first sample that is owed; of no meaning while none is."""
        return self._start

    def owe(self, start: int, stop: int, ledger: TrackLedger) -> None:
        """More of it. What does not follow on what was owed before takes its place."""
        if len(self) and self._stop != start:
            self.gate(ledger)
        self._start = self._start if len(self) else start
        self._stop = stop

    def send(self, ledger: TrackLedger) -> tuple[int, int]:
        """The next stretch to send; it counts as sent."""
        start, self._start = self._start, min(self._stop, self._start + CHUNK_SAMPLES)
        ledger.send(self._start - start)
        return start, self._start

    def gate(self, ledger: TrackLedger) -> None:
        """The session will not have it."""
        ledger.gate(len(self))
        self._start = self._stop
