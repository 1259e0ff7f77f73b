"""Pure: whether what a track carries is only an agent's voice, back from a loudspeaker.

    UNSURE ──it follows what was played──► ECHO ──more than the echo explains──► SPEECH

An echo follows, in every band, what was played some time before: how long before, and how much
weaker, is learned from the first half second, and then predicts the level of every band. What is
louder than that in several bands is somebody speaking, also over the echo. The voices are the
agent's own and those of its fellows, each with a way of its own to the track (``echo_way.py``).
While all of them have been silent for a while nothing is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from roomhand.turns.arrival import Arrival
from roomhand.turns.echo_way import LOOK, LOUD_DB, Way
from roomhand.turns.played import BANDS, FLOOR_DB, HOP, HOPS_PER_S, Levels, Played, levels

TAIL_S = 1.3
"""So long after its last sound an agent's voice may come back."""
MARGIN_DB = 6.0
SPEECH_BANDS = 3.0
"""Bands louder than an echo, on the average of some hops, that are speech."""
DOUBTFUL_HOPS = LOOK
"""So long speech may still be an echo whose delay has just changed: by then what is compared holds
nothing of before. The agent that speaks is quiet sooner, by what the detector tells at once."""
SPEECH_HOPS = 25
"""So long after it speech goes on: between its sounds the echo is heard."""
SMOOTHING = 0.6


class Sound(StrEnum):
    """What a track carries now."""

    SPEECH = "speech"
    """Or anything else that is no agent's."""
    ECHO = "echo"
    UNSURE = "unsure"
    """It may be an echo; there was not enough of it."""


class Echo:
    """One track's. Audio is given in order, as it arrives; ``now_s`` of its last sample."""

    def __init__(self, voices: Sequence[Played]) -> None:
        """``voices``: what may come back. Others may join and leave at any time."""
        self._voices = voices
        self._ways: dict[Played, Way] = {}
        self._arrival = Arrival()
        self._rest = np.zeros(0, np.int16)
        self._heard: Levels = np.full((LOOK, BANDS), FLOOR_DB, np.float32)
        self._excess = 0.0
        self._speech = self._spoken = 0
        self._ever = False
        """A way was found; what comes back once does so again, and others with it."""
        self.sound = Sound.SPEECH
        self.learned_at = 0
        """What began before this sample of the track was an echo, by a delay not known then."""

    @property
    def doubtful(self) -> bool:
        """Whether it may turn out that what is heard is an echo after all."""
        late = self.sound is Sound.SPEECH and 0 < self._spoken <= DOUBTFUL_HOPS
        return self.sound is Sound.UNSURE or late

    def lag_ms(self, voice: Played) -> int | None:
        """How long after its playing this voice comes back; None: it does not."""
        way = self._ways.get(voice)
        return way.lag_ms if way else None

    def hear(self, pcm: bytes, now_s: float) -> Sound:
        """What the track carries, from these samples."""
        samples = np.frombuffer(pcm, np.int16)
        self._arrival.note(len(samples), now_s)
        sounding = self._sounding(now_s)
        if not sounding:
            self._forget()
            return self.sound
        self._rest = np.concatenate([self._rest, samples])
        rows = levels(self._rest)
        if len(rows):
            self._rest = self._rest[len(rows) * HOP :]
            self._take(rows, sounding, now_s)
        return self.sound

    def _sounding(self, now_s: float) -> list[Way]:
        """Ways on which something may come now."""
        sounding = []
        for voice in self._voices:
            if voice.sounded(now_s, TAIL_S):
                way = self._ways.get(voice) or self._ways.setdefault(voice, Way(voice))
                sounding.append(way)
            elif voice in self._ways:
                self._ways[voice].rest()
        if len(self._ways) > len(self._voices):
            self._ways = {voice: self._ways[voice] for voice in self._voices if voice in self._ways}
        return sounding

    def _forget(self) -> None:
        """All agents are silent: what comes is no voice of theirs."""
        self._rest = self._rest[:0]
        self._heard[:] = FLOOR_DB
        self._excess, self._speech, self._spoken = 0.0, 0, 0
        self.sound = Sound.SPEECH

    def _take(self, rows: Levels, sounding: list[Way], now_s: float) -> None:
        received = self._arrival.received
        hop = int(self._arrival.at_s(received - len(self._rest)) * HOPS_PER_S)
        self._heard = np.concatenate([self._heard, rows])[-LOOK:]
        settled = self.sound is Sound.ECHO
        for way in sounding:
            if way.follow(self._heard, len(rows), hop, now_s, known=self._ever, settled=settled):
                self._ever = True
                self.learned_at = received
                self._excess, self._speech = 0.0, 0
        ways = [way for way in sounding if way.lag is not None]
        if ways:
            self._compare(rows, np.max([way.expected(len(rows), hop, now_s) for way in ways], 0))
        else:
            self._speech = self._spoken = 0
        if ways and self._speech <= 0:
            self.sound = Sound.ECHO
        else:
            learning = any(way.learning for way in sounding)
            self.sound = Sound.UNSURE if learning else Sound.SPEECH

    def _compare(self, rows: Levels, expected: NDArray[np.float32]) -> None:
        """Hold each hop against what the echo would be."""
        limits = np.maximum(expected + MARGIN_DB, LOUD_DB)
        for over in (rows > limits).sum(axis=1):
            self._excess = SMOOTHING * self._excess + (1 - SMOOTHING) * float(over)
            self._speech = SPEECH_HOPS if self._excess >= SPEECH_BANDS else self._speech - 1
            self._spoken = self._spoken + 1 if self._speech > 0 else 0
