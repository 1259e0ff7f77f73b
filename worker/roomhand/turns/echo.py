"""Pure: whether what a track carries is only the agent's own voice, back from a loudspeaker.

    UNSURE ──it follows what was played──► ECHO ──more than the echo explains──► SPEECH

An echo follows, in every band, what was played some time before: how long before, and how much
weaker, is learned from the first half second, and then predicts the level of every band. What is
louder than that in several bands is somebody speaking, also over the echo. While the agent has been
silent for a while nothing is computed.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from roomhand.turns.own_voice import BANDS, FLOOR_DB, HOP, HOPS_PER_S, Levels, OwnVoice, levels
from roomhand_plugins.base import SAMPLE_RATE

TAIL_S = 1.3
"""So long after its last sound the agent's voice may come back."""
SHORTEST, LONGEST = 4, 110
"""Hops between playing and hearing that are looked for: way out, room, way back."""
LOOK = 40
"""Hops that are compared."""
LOOK_EVERY, LOOK_AGAIN_EVERY = 4, 12
LEAST = 20
"""Of them, so many must be louder than nothing, or they tell nothing."""
ALIKE, UNLIKE = 0.68, 0.35
"""Correlation from which on the track follows what was played, and below which it does not. Of real
speech against other speech 99 % are below 0.62 at the best of all delays; echoes are above 0.77."""
AGREE = 3
"""So many times in a row the same delay has to be found, the first time on a track."""
SURE = 10
"""So many times something else has to be heard instead before the delay is forgotten."""
TOLD_DB = 15.0
"""Above nothing: what is played louder tells how loud it comes back."""
SLACK = 2
"""Hops by which the delay may change at once: jitter buffers stretch sound."""
MARGIN_DB = 6.0
REVERB_DB = 1.5
"""An echo fades by so much in a hop."""
SPEECH_BANDS = 3.0
"""Bands louder than an echo, on the average of some hops, that are speech."""
DOUBTFUL_HOPS = 15
"""So long speech may still be an echo whose delay has just changed."""
SPEECH_HOPS = 25
"""So long after it speech goes on: between its sounds the echo is heard."""
SMOOTHING = 0.6
STALL_S = 0.5
"""What comes so late has not been delayed: samples are missing."""
DRIFT_S = 0.0002
"""Clocks may drift by so much in a second."""


class Sound(StrEnum):
    """What a track carries now."""

    SPEECH = "speech"
    """Or anything else that is not ours."""
    ECHO = "echo"
    UNSURE = "unsure"
    """It may be an echo; there was not enough of it."""


class Echo:
    """One track's. Audio is given in order, as it arrives; ``now_s`` of its last sample."""

    def __init__(self, own: OwnVoice) -> None:
        self._own = own
        self._rest = np.zeros(0, np.int16)
        self._offset_s: float | None = None
        self._received = 0
        self._hop = 0
        self._heard: Levels = np.full((LOOK, BANDS), FLOOR_DB, np.float32)
        self._loud = 0
        self._lag: int | None = None
        self._gain: NDArray[np.float32] = np.zeros(BANDS, np.float32)
        self._faded: NDArray[np.float32] = np.full(BANDS, FLOOR_DB, np.float32)
        self._excess = 0.0
        self._speech = self._spoken = 0
        self._since_look = 0
        self._found: list[int] = []
        self._sure, self._ever = 0, False
        self.sound = Sound.SPEECH
        self.learned_at = 0
        """What began before this sample of the track was an echo, by a delay not known then."""

    @property
    def doubtful(self) -> bool:
        """Whether it may turn out that what is heard is an echo after all."""
        late = self._lag is not None and 0 < self._spoken <= DOUBTFUL_HOPS
        return self.sound is Sound.UNSURE or (late and self.sound is Sound.SPEECH)

    @property
    def lag_ms(self) -> int | None:
        """How long after its playing the agent's voice comes back; None: it does not."""
        return None if self._lag is None else self._lag * 1000 // HOPS_PER_S

    def hear(self, pcm: bytes, now_s: float) -> Sound:
        """What the track carries, from these samples."""
        samples = np.frombuffer(pcm, np.int16)
        self._received += len(samples)
        self._anchor(now_s, len(samples))
        if not self._own.sounded(now_s, TAIL_S):
            self._forget()
            return self.sound
        self._rest = np.concatenate([self._rest, samples])
        rows = levels(self._rest)
        if len(rows):
            self._rest = self._rest[len(rows) * HOP :]
            self._take(rows, now_s)
        return self.sound

    def _anchor(self, now_s: float, samples: int) -> None:
        """Frames come late, never early: the earliest tell when a sample was there."""
        offset_s = now_s - self._received / SAMPLE_RATE
        if self._offset_s is None or not 0 <= offset_s - self._offset_s < STALL_S:
            self._offset_s = offset_s
        else:
            self._offset_s += DRIFT_S * samples / SAMPLE_RATE

    def _forget(self) -> None:
        """The agent is silent: what comes is not its voice. How it came back stays known."""
        self._rest = self._rest[:0]
        self._heard[:] = FLOOR_DB
        self._faded[:] = FLOOR_DB
        self._excess, self._loud, self._speech, self._spoken = 0.0, 0, 0, 0
        self.sound = Sound.SPEECH

    def _take(self, rows: Levels, now_s: float) -> None:
        assert self._offset_s is not None
        heard_s = self._offset_s + (self._received - len(self._rest)) / SAMPLE_RATE
        self._hop = int(heard_s * HOPS_PER_S)
        self._heard = np.concatenate([self._heard, rows])[-LOOK:]
        self._since_look += len(rows)
        loud = self._heard.max(axis=1) > FLOOR_DB + 10
        self._loud = int(loud.sum())
        settled = self._lag is not None and self.sound is Sound.ECHO
        every = LOOK_AGAIN_EVERY if settled else LOOK_EVERY
        if self._since_look >= every and self._loud >= LEAST:
            self._since_look = 0
            self._look(now_s)
        if self._lag is not None:
            self._compare(rows, now_s)
        else:
            learning = bool(self._found) or 0 < self._loud < LOOK * 3 // 4
            self.sound = Sound.UNSURE if learning else Sound.SPEECH

    def _look(self, now_s: float) -> None:
        """Find how what is heard follows what was played."""
        count = LOOK + LONGEST - SHORTEST
        played = self._own.levels(self._hop - SHORTEST, count, now_s)
        likeness = _likeness(played, self._heard)
        best = int(likeness.argmax())
        if likeness[best] >= ALIKE:
            self._found = [*self._found[1 - AGREE :], LONGEST - best]
            agree = len(self._found) == AGREE and max(self._found) - min(self._found) <= 1
            if agree or self._ever:
                self._learn(LONGEST - best, played[best : best + LOOK])
            return
        self._found.clear()
        if self._lag is not None and likeness[LONGEST - self._lag] < UNLIKE:
            self._sure -= 1
            if self._sure <= 0:
                self._lag = None

    def _learn(self, lag: int, played: Levels) -> None:
        """It comes back after ``lag`` hops. If that has changed, what was louder was the same."""
        if self._lag is None:
            self.learned_at = self._received
        elif abs(lag - self._lag) > SLACK:
            self.learned_at = self._received
            self._excess, self._speech = 0.0, 0
        self._lag, self._ever, self._sure = lag, True, SURE
        self._gain = _gain(played, self._heard)

    def _compare(self, rows: Levels, now_s: float) -> None:
        """Hold each hop against what an echo would be."""
        assert self._lag is not None
        count = len(rows) + 2 * SLACK
        played = self._own.levels(self._hop - self._lag + SLACK, count, now_s)
        for at, row in enumerate(rows):
            expected = played[at : at + 2 * SLACK + 1].max(axis=0) + self._gain
            self._faded = np.maximum(expected, self._faded - REVERB_DB)
            limit = np.maximum(self._faded + MARGIN_DB, FLOOR_DB + 10)
            over = float((row > limit).sum())
            self._excess = SMOOTHING * self._excess + (1 - SMOOTHING) * over
            self._speech = SPEECH_HOPS if self._excess >= SPEECH_BANDS else self._speech - 1
            self._spoken = self._spoken + 1 if self._speech > 0 else 0
        self.sound = Sound.SPEECH if self._speech > 0 else Sound.ECHO


def _likeness(played: Levels, heard: Levels) -> NDArray[np.float32]:
    """Correlation of what is heard with every part of what was played that is as long.

    Of the shape of the spectrum, without its level: loud and silent are alike in all speech.
    """
    parts = np.lib.stride_tricks.sliding_window_view(_shapes(played), len(heard), axis=0)
    parts = parts - parts.mean(axis=2, keepdims=True)
    shapes = _shapes(heard)
    shapes = (shapes - shapes.mean(axis=0)).T
    strength = np.einsum("pbt,pbt->p", parts, parts) * float(np.sum(shapes**2))
    likeness: NDArray[np.float32]
    likeness = np.einsum("pbt,bt->p", parts, shapes) / np.sqrt(strength + 1e-3)
    return likeness


def _shapes(rows: Levels) -> Levels:
    shapes: Levels = rows - rows.mean(axis=1, keepdims=True)
    return shapes


def _gain(played: Levels, heard: Levels) -> NDArray[np.float32]:
    """How much louder each band is heard than it was played (dB), where enough was played of it."""
    told = played > FLOOR_DB + TOLD_DB
    overall = float(np.median((heard - played)[told])) if told.any() else 0.0
    bands = np.full(BANDS, overall)
    for band in np.flatnonzero(told.sum(axis=0) >= LEAST // 2):
        bands[band] = np.median((heard - played)[told[:, band], band])
    found: NDArray[np.float32] = np.clip(bands, overall - 12, overall + 12).astype(np.float32)
    return found
