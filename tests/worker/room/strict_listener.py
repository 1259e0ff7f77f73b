"""A fake listener that holds the ears to the contract of ``roomhand.room.listening``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger


async def eventually(holds: Callable[[], object], limit_s: float = 15) -> None:
    """Wait for something that a real server does in its own time."""
    deadline_s = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        await asyncio.sleep(0.01)


class StrictListener:
    """Asserts the order of calls and keeps what it was told."""

    def __init__(self, ref: TrackRef, anchor: Anchor, ledger: TrackLedger) -> None:
        self.ref, self.anchor, self.ledger = ref, anchor, ledger
        self.samples = 0
        self.judged = 0
        self.audio: list[bytes] = []
        self.spoken: list[tuple[int, int]] = []
        self.onset: int | None = None
        self.reason: str | None = None
        self.violations: list[str] = []

    def pcm(self) -> NDArray[np.int16]:
        return np.frombuffer(b"".join(self.audio), np.int16)

    def on_audio(self, start: int, pcm: bytes) -> None:
        self._hold(self.reason is None, "audio after the end")
        self._hold(start == self.samples, f"audio at {start}, not at {self.samples}")
        self.samples += len(pcm) // 2
        self._hold(self.ledger.received == self.samples, "the ledger counts otherwise")
        self.audio.append(pcm)

    def on_speech_start(self, onset: int) -> None:
        self._hold(self.reason is None, "start after the end")
        self._hold(self.onset is None, "start in a speech")
        last_end = self.spoken[-1][1] if self.spoken else 0
        self._hold(last_end <= onset <= self.samples, f"onset {onset} out of order")
        self._hold(onset >= self.judged, f"onset {onset} before the judged {self.judged}")
        self.onset = onset

    def on_speech_end(self, end: int, voiced: int) -> None:
        self._hold(self.reason is None, "speech end after the end")
        self._hold(self.onset is not None, "end without start")
        onset = self.onset or 0
        self._hold(onset < end <= self.samples, f"end {end} of onset {onset} out of order")
        self.spoken.append((onset, end))
        self.onset = None

    def on_judged(self, upto: int) -> None:
        self._hold(self.reason is None, "judged after the end")
        self._hold(self.judged < upto <= self.samples, f"judged {upto} after {self.judged}")
        self.judged = upto

    def on_renamed(self, track: TrackRef) -> None:
        self._hold(self.reason is None, "renamed after the end")
        self._hold(self.ref.is_same(track), "renamed to another subscription")
        self.ref = track

    def on_ended(self, reason: str) -> None:
        self._hold(self.reason is None, "ended twice")
        self._hold(self.onset is None, "ended in an open speech")
        self._hold(self.judged == self.samples, f"judged {self.judged} of {self.samples}")
        self.reason = reason

    def _hold(self, holds: bool, violation: str) -> None:
        if not holds:
            self.violations.append(violation)


class Listeners:
    """The factory: one strict listener per subscription, in order."""

    def __init__(self) -> None:
        self.all: list[StrictListener] = []
        self.notices: list[tuple[str, str, str]] = []
        self.voices: list[tuple[str, float]] = []

    def make(self, ref: TrackRef, anchor: Anchor, ledger: TrackLedger) -> StrictListener:
        listener = StrictListener(ref, anchor, ledger)
        self.all.append(listener)
        return listener

    def notice(self, kind: str, ref: TrackRef, why: str) -> None:
        self.notices.append((kind, ref.speaker.identity, why))

    def voice(self, ref: TrackRef, voiced_ms: float) -> None:
        self.voices.append((ref.speaker.identity, voiced_ms))

    def of(self, identity: str) -> list[StrictListener]:
        return [one for one in self.all if one.ref.speaker.identity == identity]

    async def until(self, identity: str, count: int = 1, samples: int = 1) -> StrictListener:
        """The ``count``-th subscription of a participant, once it has heard ``samples``."""
        await eventually(
            lambda: (
                len(self.of(identity)) >= count and self.of(identity)[count - 1].samples >= samples
            )
        )
        return self.of(identity)[count - 1]

    async def until_ended(self, listener: StrictListener) -> None:
        await eventually(lambda: listener.reason is not None)

    def assert_contract(self) -> None:
        for listener in self.all:
            assert listener.violations == [], listener.ref
