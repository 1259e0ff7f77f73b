"""The vocabulary of the tone words: numbers, their written form, and who may say them."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Sequence

from tests.sim.tone_code import DATA, SYMBOLS

WORDS: int = SYMBOLS**DATA
"""How many words there are."""
SPEAKERS = SYMBOLS
WORDS_PER_SPEAKER = WORDS // SPEAKERS

_SYLLABLES = [c + v for c in "bdfghjklmnprstvz" for v in "aeio"]
_SYLLABLE_NUMBER = {syllable: number for number, syllable in enumerate(_SYLLABLES)}


def to_word(number: int) -> str:
    """The written form of a number below ``WORDS``."""
    return "".join(_SYLLABLES[symbol] for symbol in symbols_of(number))


def to_number(word: str) -> int:
    """The number of a written word. Raises ValueError for any other text."""
    pairs = [word[at : at + 2] for at in range(0, len(word), 2)]
    if len(pairs) != DATA or any(pair not in _SYLLABLE_NUMBER for pair in pairs):
        raise ValueError(f"{word!r} is not a tone word")
    return number_of([_SYLLABLE_NUMBER[pair] for pair in pairs])


def symbols_of(number: int) -> list[int]:
    """The data symbols of a number. Raises ValueError if it is no word."""
    if not 0 <= number < WORDS:
        raise ValueError(f"a tone word is 0 to {WORDS - 1}, not {number}")
    return [number // SYMBOLS**power % SYMBOLS for power in reversed(range(DATA))]


def number_of(symbols: Sequence[int]) -> int:
    """The number that three data symbols stand for."""
    number = 0
    for symbol in symbols:
        number = number * SYMBOLS + symbol
    return number


def as_words(text: str) -> list[str]:
    """The tone words that stand for a text.

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
