"""The tone-word codec: audio that carries words which a test can read back exactly.

A word is one of 262,144 numbers. It is written as three syllables (``bakito``) and sounds as seven
symbols of 60 ms: a sync symbol, three data symbols (one syllable each), three check symbols. Each
symbol is a pair of tones, one of nine low and one of nine high ones; the ninth pair is the sync and
never carries data. A word whose beginning is missing therefore has no sync and is not heard at all,
and a damaged word fails its check: the codec would rather lose a word than hear another one.

All tones lie in the telephone band, so words survive Opus, resampling, 8 kHz and a second talker
6 dB below in the same signal (whose own words are heard where the first is silent). A neural voice
detector does not take them for speech.

Public names: ``encode``, ``encode_text``, ``decode``, ``Ear`` (streaming), ``HeardWord``,
``to_word``, ``to_number``, ``as_words``, ``speaker_words``, ``speaker_of``; the lengths ``WORD_S``
and ``GAP_S``. Audio is mono int16; positions are samples at the given rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tests.sim.tone_code import HIGH_HZ, LOW_HZ, SYMBOL_S, SYNC, WORD_S, checks_of
from tests.sim.tone_ear import Ear, HeardWord, decode
from tests.sim.tone_words import (
    WORDS,
    as_words,
    speaker_of,
    speaker_words,
    symbols_of,
    to_number,
    to_word,
)

__all__ = [
    "GAP_S",
    "LEVEL_DBFS",
    "WORDS",
    "WORD_S",
    "Ear",
    "HeardWord",
    "Samples",
    "as_words",
    "decode",
    "encode",
    "encode_text",
    "speaker_of",
    "speaker_words",
    "to_number",
    "to_word",
]

Samples = npt.NDArray[np.int16]

GAP_S = 0.080
LEVEL_DBFS = -20.0

_RAMP_S = 0.004


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
    data = symbols_of(word if isinstance(word, int) else to_number(word))
    pairs = [(SYNC, SYNC), *(divmod(symbol, SYNC) for symbol in (*data, *checks_of(data)))]
    amplitude = 32_767 * 10 ** (level_dbfs / 20)
    sound = np.concatenate([_symbol(low, high, rate) for low, high in pairs])
    return np.round(sound * amplitude).astype(np.int16)


@lru_cache(maxsize=512)
def _symbol(low: int, high: int, rate: int) -> npt.NDArray[np.float64]:
    count, ramp = round(SYMBOL_S * rate), round(_RAMP_S * rate)
    at = 2 * np.pi * np.arange(count) / rate
    sound: npt.NDArray[np.float64] = np.sin(at * LOW_HZ[low]) + np.sin(at * HIGH_HZ[high])
    edge = np.sin(np.linspace(0, np.pi / 2, ramp)) ** 2
    sound[:ramp] *= edge
    sound[-ramp:] *= edge[::-1]
    return sound
