"""The tone-word codec: audio that carries words which a test can read back exactly.

A word is one of 262,144 numbers. It is written as three syllables (``bakito``) and sounds as six
symbols of 60 ms: a sync symbol, three data symbols (one syllable each) and two check symbols. Each
symbol is a pair of tones, one of nine low and one of nine high ones; the ninth pair is the sync and
never carries data. A word whose beginning is missing therefore has no sync and is not heard at all,
and a damaged word fails its check: the codec would rather lose a word than hear another one.

All tones lie in the telephone band, so words survive Opus, resampling, 8 kHz and a second talker
6 dB below in the same signal. A neural voice detector does not take them for speech.

Public names: ``encode``, ``encode_text``, ``decode``, ``Ear`` (streaming), ``HeardWord``,
``to_word``, ``to_number``, ``as_words``, ``speaker_words``, ``speaker_of``.
Audio is mono int16; positions are samples at the given rate.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tests.sim.tone_code import CHECKS, DATA, SYMBOLS, checks_of

Samples = npt.NDArray[np.int16]
Levels = npt.NDArray[np.float32]

WORDS: int = SYMBOLS**DATA
"""How many words there are."""
SPEAKERS = SYMBOLS
WORDS_PER_SPEAKER = WORDS // SPEAKERS

SYMBOL_S = 0.060
SYMBOLS_PER_WORD = 1 + DATA + CHECKS
WORD_S = SYMBOL_S * SYMBOLS_PER_WORD
GAP_S = 0.080
LEVEL_DBFS = -20.0

_LOW_HZ = np.array([500, 600, 700, 800, 900, 1000, 1100, 1200, 1340], dtype=np.float64)
_HIGH_HZ = np.array([1500, 1680, 1860, 2040, 2220, 2400, 2580, 2760, 2980], dtype=np.float64)
_SYNC = 8
_RAMP_S = 0.004

_HOP_S = 0.005
_WINDOW_S = 0.040
_FLOOR = 10 ** (-55 / 20)
"""Tones below this amplitude (full scale is 1) are silence."""
_MIN_SYNC_HOPS = 6
_SHIFTS = (0, -1, 1, -2, 2)
"""Hops by which a jitter buffer may have moved the symbols after the sync."""
_SPREAD_DB = 4.0
_STRAYS = 4
"""A word with more tones than this off its usual loudness is pieces of two talkers."""

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aeio"
_SYLLABLES = [c + v for c in _CONSONANTS for v in _VOWELS]
_SYLLABLE_NUMBER = {syllable: number for number, syllable in enumerate(_SYLLABLES)}


@dataclass(frozen=True, slots=True)
class HeardWord:
    """One decoded word. Samples ``first`` to ``end - 1`` hold it.

    ``score`` is how clearly its weakest symbol stood out: 1 is alone, 0 is a tie.
    """

    word: str
    first: int
    end: int
    score: float
    level_dbfs: float


# Words and numbers.


def to_word(number: int) -> str:
    """The written form of a number below ``WORDS``."""
    return "".join(_SYLLABLES[symbol] for symbol in _data_of(number))


def to_number(word: str) -> int:
    """The number of a written word. Raises ValueError for any other text."""
    pairs = [word[at : at + 2] for at in range(0, len(word), 2)]
    if len(pairs) != DATA or any(pair not in _SYLLABLE_NUMBER for pair in pairs):
        raise ValueError(f"{word!r} is not a tone word")
    number = 0
    for pair in pairs:
        number = number * SYMBOLS + _SYLLABLE_NUMBER[pair]
    return number


def as_words(text: str) -> list[str]:
    """The tone words that ``encode_text`` speaks for a text.

    A tone word stands for itself. Any other token becomes the same tone word every time.
    """
    return [_as_word(token) for token in re.findall(r"\w+", text.lower())]


def _as_word(token: str) -> str:
    try:
        return to_word(to_number(token))
    except ValueError:
        return to_word(zlib.crc32(token.encode()) % WORDS)


def speaker_words(speaker: int, count: int, *, seed: int = 0) -> list[str]:
    """``count`` different words that belong to this speaker alone (0 to 63)."""
    if not 0 <= speaker < SPEAKERS:
        raise ValueError(f"speaker must be 0 to {SPEAKERS - 1}, not {speaker}")
    if count > WORDS_PER_SPEAKER:
        raise ValueError(f"a speaker has {WORDS_PER_SPEAKER} words, not {count}")
    first = speaker * WORDS_PER_SPEAKER
    drawn = random.Random(f"{seed}/{speaker}").sample(range(WORDS_PER_SPEAKER), count)
    return [to_word(first + number) for number in drawn]


def speaker_of(word: str) -> int:
    """Who alone can have said this word."""
    return to_number(word) // WORDS_PER_SPEAKER


def _data_of(number: int) -> list[int]:
    if not 0 <= number < WORDS:
        raise ValueError(f"a tone word is 0 to {WORDS - 1}, not {number}")
    return [number // SYMBOLS**power % SYMBOLS for power in reversed(range(DATA))]


# Writing.


def encode(
    words: Sequence[int | str],
    rate: int = 24_000,
    *,
    gap_s: float = GAP_S,
    level_dbfs: float = LEVEL_DBFS,
) -> Samples:
    """The audio of ``words``, each followed by ``gap_s`` of silence. ``level_dbfs`` is the rms."""
    gap = np.zeros(round(gap_s * rate), dtype=np.int16)
    pieces = [piece for word in words for piece in (_spoken(word, rate, level_dbfs), gap)]
    return np.concatenate(pieces) if pieces else gap[:0]


def encode_text(text: str, rate: int = 24_000, *, gap_s: float = GAP_S) -> Samples:
    """The audio of ``as_words(text)``."""
    return encode(as_words(text), rate, gap_s=gap_s)


def _spoken(word: int | str, rate: int, level_dbfs: float) -> Samples:
    data = _data_of(word if isinstance(word, int) else to_number(word))
    pairs = [(_SYNC, _SYNC), *(divmod(symbol, 8) for symbol in (*data, *checks_of(data)))]
    amplitude = 32_767 * 10 ** (level_dbfs / 20)
    sound = np.concatenate([_symbol(low, high, rate) for low, high in pairs])
    return np.round(sound * amplitude).astype(np.int16)


@lru_cache(maxsize=512)
def _symbol(low: int, high: int, rate: int) -> npt.NDArray[np.float64]:
    count, ramp = round(SYMBOL_S * rate), round(_RAMP_S * rate)
    at = 2 * np.pi * np.arange(count) / rate
    sound: npt.NDArray[np.float64] = np.sin(at * _LOW_HZ[low]) + np.sin(at * _HIGH_HZ[high])
    edge = np.sin(np.linspace(0, np.pi / 2, ramp)) ** 2
    sound[:ramp] *= edge
    sound[-ramp:] *= edge[::-1]
    return sound


# Reading.


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
        self._rows: Levels = np.zeros((0, 18), dtype=np.float32)
        self._first_row = 0

    def push(self, audio: npt.ArrayLike) -> list[HeardWord]:
        """Words that are whole once this audio has arrived."""
        self._rest = np.concatenate([self._rest, np.asarray(audio, dtype=np.int16)])
        count = (len(self._rest) - self._window) // self._hop + 1
        if count > 0:
            self._rows = np.concatenate([self._rows, self._levels(count)])
            self._rest = self._rest[count * self._hop :]
        return list(self._words())

    def flush(self) -> list[HeardWord]:
        """Words that end with the audio."""
        return self.push(np.zeros(self._window // 2 + 3 * self._hop, dtype=np.int16))

    def _levels(self, count: int) -> Levels:
        """Amplitude of every tone at every hop; row r is centred on sample r * hop."""
        windows = np.lib.stride_tricks.sliding_window_view(self._rest, self._window)
        parts = windows[:: self._hop][:count].astype(np.float32) @ self._probe
        levels: Levels = np.hypot(parts[:, :18], parts[:, 18:])
        return levels

    def _words(self) -> Iterator[HeardWord]:
        hops = round(SYMBOL_S / _HOP_S)
        needed = (SYMBOLS_PER_WORD - 1) * hops + max(_SHIFTS) + 3
        done = 0
        for centre in _syncs(self._rows):
            if centre + needed > len(self._rows):
                break
            done = centre + hops
            found = _read(self._rows, centre, hops)
            if found:
                number, score, level = found
                first = round((self._first_row + centre - hops / 2) * self._hop)
                end = first + SYMBOLS_PER_WORD * hops * self._hop
                yield HeardWord(to_word(number), max(0, first), end, score, level)
        self._forget(max(done, len(self._rows) - needed - 2 * hops))

    def _forget(self, rows: int) -> None:
        rows = max(0, rows)
        self._rows = self._rows[rows:]
        self._first_row += rows


@lru_cache(maxsize=8)
def _probe(rate: int) -> Levels:
    """A window's inner products with every tone: 18 cosines, then 18 sines."""
    count = round(_WINDOW_S * rate)
    weight = np.hanning(count + 2)[1:-1]
    weight *= 2 / weight.sum() / 32_768
    turns = 2 * np.pi * np.outer(np.arange(count) / rate, np.concatenate([_LOW_HZ, _HIGH_HZ]))
    return np.hstack([np.cos(turns), np.sin(turns)]).astype(np.float32) * weight[:, None].astype(
        np.float32
    )


def _syncs(rows: Levels) -> Iterator[int]:
    """Centres of the runs of hops in which the sync pair is the loudest of both groups."""
    low, high = rows[:, :9], rows[:, 9:]
    is_sync = (low.argmax(1) == _SYNC) & (high.argmax(1) == _SYNC)
    is_sync &= np.minimum(low[:, _SYNC], high[:, _SYNC]) > _FLOOR
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_sync.astype(np.int8), [0]])))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if end - begin >= _MIN_SYNC_HOPS and end < len(rows):
            weight = low[begin:end, _SYNC] * high[begin:end, _SYNC]
            yield round(float(np.average(np.arange(begin, end), weights=weight)))


def _read(rows: Levels, centre: int, hops: int) -> tuple[int, float, float] | None:
    """The word after the sync at ``centre``: number, score and level; None if it is damaged."""
    sync = rows[max(0, centre - 2) : centre + 3, [_SYNC, 9 + _SYNC]].mean(0)
    for shift in _SHIFTS:
        places = centre + shift + hops * np.arange(1, SYMBOLS_PER_WORD)
        means = np.stack([rows[place - 2 : place + 3].mean(0) for place in places])
        groups = means[:, :8], means[:, 9:17]
        low, high = (group.argmax(1) for group in groups)
        symbols = [int(symbol) for symbol in low * 8 + high]
        loudest = np.stack([group.max(1) for group in groups])
        if checks_of(symbols[:DATA]) != symbols[DATA:] or _is_patchwork(sync, loudest):
            continue
        second = np.stack([np.partition(group, -2, axis=1)[:, -2] for group in groups])
        score = float(1 - (second / loudest).max())
        number = int(sum(s * SYMBOLS ** (DATA - 1 - n) for n, s in enumerate(symbols[:DATA])))
        return number, score, float(20 * np.log10(loudest.mean()))
    return None


def _is_patchwork(sync: Levels, loudest: Levels) -> bool:
    decibels = 20 * np.log10(np.maximum(np.column_stack([sync, loudest]), _FLOOR / 4))
    off = np.abs(decibels - np.median(decibels, axis=1, keepdims=True)) > _SPREAD_DB
    return int(off.sum()) > _STRAYS
