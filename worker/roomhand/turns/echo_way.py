"""Pure: how one voice comes back on one track: how much later, and how much weaker in each band."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roomhand.turns.played import BANDS, FLOOR_DB, HOPS_PER_S, Levels, Played

SHORTEST, LONGEST = 4, 110
"""Hops between playing and hearing that are looked for: way out, room, way back."""
LOOK = 40
"""Hops that are compared."""
LOOK_EVERY, LOOK_AGAIN_EVERY = 4, 12
LEAST = 20
"""Of them, so many must be louder than nothing, or they tell nothing."""
LEARNING = LOOK * 3 // 4
"""So many loud ones tell enough: what does not follow by then is no echo."""
LOUD_DB = FLOOR_DB + 10
ALIKE, UNLIKE = 0.68, 0.35
"""Correlation from which on the track follows what was played, and below which it does not. Of real
speech against other speech 99 % are below 0.62 at the best of all delays; echoes are above 0.77."""
AGREE = 3
"""So many times in a row the same delay has to be found, the first time on a track."""
SURE = 10
"""So many times something else has to be heard instead before the delay is forgotten."""
TOLD_DB = 15.0
"""Above nothing: what is played louder tells how loud it comes back."""
SLACK, EARLIER = 2, 5
"""Hops by which the delay may change at once, and by which it may shorten: jitter buffers stretch
sound, and empty in larger steps; what comes later is still covered by the fading."""
REVERB_DB = 1.5
"""An echo fades by so much in a hop."""


class Way:
    """From one voice to one track."""

    def __init__(self, voice: Played) -> None:
        self.voice = voice
        self.lag: int | None = None
        """Hops; None: it does not come back, or it is not known how."""
        self._gain: NDArray[np.float32] = np.zeros(BANDS, np.float32)
        self._faded: NDArray[np.float32] = np.full(BANDS, FLOOR_DB, np.float32)
        self._hops = self._loud = 0
        """Heard since the voice began, within what is compared."""
        self._since_look = 0
        self._found: list[int] = []
        self._sure = 0
        self._new = False

    @property
    def learning(self) -> bool:
        """Whether it may still turn out that the voice comes back."""
        begun = bool(self._found) or 0 < self._loud < LEARNING
        return self.lag is None and (begun or self._new)

    @property
    def lag_ms(self) -> int | None:
        return None if self.lag is None else self.lag * 1000 // HOPS_PER_S

    def rest(self) -> None:
        """The voice is silent, and so is its echo. How it came back stays known."""
        if self._hops:
            self._hops = self._loud = 0
            self._faded[:] = FLOOR_DB

    def follow(
        self, heard: Levels, fresh: int, hop: int, now_s: float, *, known: bool, settled: bool
    ) -> bool:
        """Look, where it is time to, how the newest of ``heard`` (the last ``fresh`` rows, up to
        hop number ``hop``) follow the voice. True: what was heard until now was its echo.

        ``known``: a way back to this track was found before. ``settled``: nothing is in doubt.
        """
        self._new = self.voice.is_new(now_s)
        self._hops = min(LOOK, self._hops + fresh)
        self._since_look += fresh
        self._loud = int((heard[LOOK - self._hops :].max(axis=1) > LOUD_DB).sum())
        every = LOOK_AGAIN_EVERY if settled and self.lag is not None else LOOK_EVERY
        if self._since_look < every or self._loud < LEAST:
            return False
        self._since_look = 0
        since = np.where(np.arange(LOOK)[:, None] < LOOK - self._hops, FLOOR_DB, heard)
        return self._look(since.astype(np.float32), hop, now_s, known)

    def expected(self, count: int, hop: int, now_s: float) -> Levels:
        """How loud its echo is at most, in the last ``count`` hops up to number ``hop``. To be
        asked for every hop once, in order; only where the lag is known."""
        assert self.lag is not None
        span = EARLIER + SLACK
        played = self.voice.levels(hop - self.lag + EARLIER, count + span, now_s)
        rows = np.empty((count, BANDS), np.float32)
        for at in range(count):
            loudest = played[at : at + span + 1].max(axis=0) + self._gain
            self._faded = rows[at] = np.maximum(loudest, self._faded - REVERB_DB)
        return rows

    def _look(self, heard: Levels, hop: int, now_s: float, known: bool) -> bool:
        count = LOOK + LONGEST - SHORTEST
        played = self.voice.levels(hop - SHORTEST, count, now_s)
        likeness = _likeness(played, heard)
        best = int(likeness.argmax())
        if likeness[best] >= ALIKE:
            self._found = [*self._found[1 - AGREE :], LONGEST - best]
            agree = len(self._found) == AGREE and max(self._found) - min(self._found) <= 1
            if agree or known:
                return self._learn(LONGEST - best, played[best : best + LOOK], heard)
            return False
        self._found.clear()
        if self.lag is not None:
            self._doubt(played[LONGEST - self.lag :][:LOOK], float(likeness[LONGEST - self.lag]))
        return False

    def _doubt(self, played: Levels, likeness: float) -> None:
        """Something else is heard; where the voice was silent then, that tells nothing of it."""
        if likeness < UNLIKE and int((played.max(axis=1) > LOUD_DB).sum()) >= LEAST:
            self._sure -= 1
            if self._sure <= 0:
                self.lag = None

    def _learn(self, lag: int, played: Levels, heard: Levels) -> bool:
        changed = self.lag is None or abs(lag - self.lag) > SLACK
        self.lag, self._sure = lag, SURE
        self._gain = _gain(played, heard)
        return changed


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
