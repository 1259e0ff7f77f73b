"""The decoder of the tone words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tests.sim.tone_code import (
    DATA,
    HIGH_HZ,
    LOW_HZ,
    SYMBOL_S,
    SYMBOLS_PER_WORD,
    SYNC,
    WORD_S,
    is_word,
)
from tests.sim.tone_words import number_of, to_word

Levels = npt.NDArray[np.float32]

_HOP_S = 0.005
_WINDOW_S = 0.040
_FLOOR = 10 ** (-55 / 20)
"""Tones below this amplitude (full scale is 1) are silence."""
_TONES = len(LOW_HZ)
_SYMBOL = round(SYMBOL_S / _HOP_S)
_MIN_SYNC = 6
_SYNC_SHARE = 0.6
"""How loud the sync pair must be, against the loudest other pair."""
_BATCH = 10
"""Hops looked at together: looking at each by itself costs three times as much."""
_SHIFTS = range(-3, 4)
"""Hops by which the symbols may have moved against the sync."""
_STRETCHES = range(-4, 41)
"""Hops which a jitter buffer may have put in, or taken out, somewhere in the word."""
_DOUBTS = 6
"""How many of a word's tones, the least clear, may be their runner-up instead, one at a time."""
_AFTER_SYNC = (SYMBOLS_PER_WORD - 1) * _SYMBOL + _SHIFTS[-1] + 1
"""Hops needed after a sync for a word that is not stretched."""


@dataclass(frozen=True, slots=True)
class HeardWord:
    """One decoded word. Samples ``first`` to ``end - 1`` hold it.

    ``score`` is how clearly its weakest symbol stood out: 1 is alone, 0 is a tie or worse.
    """

    word: str
    first: int
    end: int
    score: float
    level_dbfs: float


class _Reading(NamedTuple):
    number: int
    score: float
    level_dbfs: float
    stretch: int


def decode(audio: npt.ArrayLike, rate: int = 24_000) -> list[HeardWord]:
    """All whole words of a finished piece of audio."""
    ear = Ear(rate)
    return [*ear.push(audio), *ear.flush()]


class Ear:
    """Hears words in a stream. Positions count the samples pushed since the beginning."""

    def __init__(self, rate: int = 24_000) -> None:
        self._rate = rate
        self._hop = round(_HOP_S * rate)
        self._window = round(_WINDOW_S * rate)
        self._probe = _probe(rate)
        self._rest = np.zeros(self._window // 2, dtype=np.int16)
        self._rows: Levels = np.zeros((0, 2 * _TONES), dtype=np.float32)
        self._first_row = 0

    def push(self, audio: npt.ArrayLike) -> list[HeardWord]:
        """Words that are whole once this audio has arrived."""
        self._rest = np.concatenate([self._rest, np.asarray(audio, dtype=np.int16)])
        count = (len(self._rest) - self._window) // self._hop + 1
        if count < _BATCH:
            return []
        self._rows = np.concatenate([self._rows, self._levels(count)])
        self._rest = self._rest[count * self._hop :]
        return list(self._words())

    def flush(self) -> list[HeardWord]:
        """Words that end with the audio."""
        padding = self._window // 2 + (_AFTER_SYNC + _STRETCHES[-1] + _BATCH) * self._hop
        return self.push(np.zeros(padding, dtype=np.int16))

    def _levels(self, count: int) -> Levels:
        """Amplitude of every tone at every hop; row r is centred on sample r * hop."""
        windows = np.lib.stride_tricks.sliding_window_view(self._rest, self._window)
        parts = windows[:: self._hop][:count].astype(np.float32) @ self._probe
        levels: Levels = np.hypot(parts[:, : 2 * _TONES], parts[:, 2 * _TONES :])
        return levels

    def _words(self) -> Iterator[HeardWord]:
        done = 0
        for sync, following in pairwise([*_syncs(self._rows), len(self._rows)]):
            ready = len(self._rows) - sync - _AFTER_SYNC
            if sync < done:
                continue
            if ready < 0:
                break
            reading = _read(self._rows, sync) or _read_stretched(self._rows[:following], sync)
            if reading:
                yield self._heard(sync, reading)
            elif ready < _STRETCHES[-1]:
                break
            done = sync + (_SYMBOL if reading else 1)
        self._forget(max(done, len(self._rows) - _AFTER_SYNC - _STRETCHES[-1] - 2 * _SYMBOL))

    def _heard(self, sync: int, reading: _Reading) -> HeardWord:
        first = round((self._first_row + sync - _SYMBOL / 2) * self._hop)
        end = first + round(WORD_S * self._rate) + reading.stretch * self._hop
        word = to_word(reading.number)
        return HeardWord(word, max(0, first), end, reading.score, reading.level_dbfs)

    def _forget(self, rows: int) -> None:
        rows = max(0, rows)
        self._rows = self._rows[rows:]
        self._first_row += rows


@lru_cache(maxsize=8)
def _probe(rate: int) -> Levels:
    """A window's inner products with every tone: cosines, then sines."""
    count = round(_WINDOW_S * rate)
    weight = np.hanning(count + 2)[1:-1]
    weight *= 2 / weight.sum() / 32_768
    turns = 2 * np.pi * np.outer(np.arange(count) / rate, np.concatenate([LOW_HZ, HIGH_HZ]))
    return (np.hstack([np.cos(turns), np.sin(turns)]) * weight[:, None]).astype(np.float32)


def _syncs(rows: Levels) -> Iterator[int]:
    """Centres of the runs of hops in which the sync pair stands out, taken together.

    Together, because a talker below may win one of the two for a while. A run that is a mistake
    costs nothing: what follows it fails its check.
    """
    low, high = np.split(_smooth(rows), 2, axis=1)
    pair = low[:, SYNC] * high[:, SYNC]
    others = low[:, :SYNC].max(1) * high[:, :SYNC].max(1)
    is_sync = (pair > _SYNC_SHARE * others) & (np.minimum(low, high)[:, SYNC] > _FLOOR)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_sync.astype(np.int8), [0]])))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if end - begin >= _MIN_SYNC and end < len(rows):
            yield round(float(np.average(np.arange(begin, end), weights=pair[begin:end])))


def _smooth(levels: Levels) -> Levels:
    """Means over five hops."""
    padded = np.pad(levels, ((2, 2), (0, 0)))
    means: Levels = np.lib.stride_tricks.sliding_window_view(padded, 5, axis=0).mean(axis=2)
    return means


def _read(rows: Levels, sync: int) -> _Reading | None:
    """The word after a sync, where its symbols stand out most; None if it is damaged."""
    groups, contrasts = _prepared(rows, sync)
    places = _SYMBOL * np.arange(1, SYMBOLS_PER_WORD)
    shift = max(_SHIFTS, key=lambda hops: float(contrasts[places + hops].sum()))
    return _checked(groups[places + shift], stretch=0)


def _read_stretched(rows: Levels, sync: int) -> _Reading | None:
    """The word after a sync, if a jitter buffer put a pause or a repetition into it.

    ``rows`` end where the next sync begins, because no word reaches beyond that.
    """
    groups, contrasts = _prepared(rows, sync)
    places = _SYMBOL * np.arange(1, SYMBOLS_PER_WORD)
    guesses = [
        places + hops * (np.arange(len(places)) >= place)
        for place in range(len(places))
        for hops in _STRETCHES
        if places[-1] + hops < len(groups)
    ]
    if not guesses:
        return None
    best = max(guesses, key=lambda guess: float(contrasts[guess].sum()))
    return _checked(groups[best], stretch=int(best[-1] - places[-1]))


def _prepared(rows: Levels, sync: int) -> tuple[Levels, Levels]:
    """From the sync on: (hop, group, tone) levels without the sync pair, and their contrast."""
    ahead = _smooth(rows[sync : sync + _AFTER_SYNC + _STRETCHES[-1]])
    groups = ahead.reshape(len(ahead), 2, _TONES)[:, :, :SYNC]
    return groups, np.log(_margins(np.maximum(groups, _FLOOR / 4))).sum(1)


def _margins(groups: Levels) -> Levels:
    """Loudest over second loudest tone of every group."""
    tops = np.partition(groups, -2, axis=-1)[..., -2:]
    margins: Levels = tops[..., 1] / tops[..., 0]
    return margins


def _checked(groups: Levels, stretch: int) -> _Reading | None:
    """The word whose symbols are these groups; a single doubtful tone may be its runner-up."""
    if groups.max(-1).min() < _FLOOR:
        return None
    ranked = np.argsort(groups, axis=-1)
    first, second = ranked[..., -1], ranked[..., -2]
    margins = _margins(np.maximum(groups, _FLOOR / 4))
    doubts = np.argsort(margins, axis=None)[:_DOUBTS]
    for doubt in (None, *doubts):
        tones = first.copy()
        if doubt is not None:
            tones.flat[doubt] = second.flat[doubt]
        symbols = [int(low * SYNC + high) for low, high in tones]
        if is_word(symbols):
            score = float(1 - 1 / margins.min()) if doubt is None else 0.0
            level = float(20 * np.log10(groups.max(-1).mean()))
            return _Reading(number_of(symbols[:DATA]), score, level, stretch)
    return None
