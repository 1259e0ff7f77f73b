"""Words as they are compared, and which words of two texts are the same. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import jiwer

_TENS = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_NUMBERS = (
    (re.compile(r"\$(\d[\d,]*)( (?:thousand|million))?"), r"\1\2 dollars"),
    (re.compile(r"%"), " percent"),
    (re.compile(r"\b(\d+),000,000\b"), r"\1 million"),
    (re.compile(r"\b(\d+),?000\b"), r"\1 thousand"),
)
"""A model writes $40,000 where a person says forty thousand dollars."""


def words(text: str) -> list[str]:
    """Lower case, without punctuation, small numbers in words."""
    plain = text.lower().replace("’", "'")
    for written, said in _NUMBERS:
        plain = written.sub(said, plain)
    return [_said(word) for word in re.findall(r"[a-z0-9']+", plain)]


def word_errors(said: str, heard: str) -> float:
    """Word error rate: substituted, dropped and added words by words said."""
    return float(jiwer.wer(" ".join(words(said)), " ".join(words(heard))))


def same(reference: Sequence[str], heard: Sequence[str | None]) -> list[tuple[int, int]]:
    """Pairs of places with the same word, in order, the longest runs first."""
    matcher = SequenceMatcher[str | None](None, reference, heard, autojunk=False)
    return [
        (block.a + step, block.b + step)
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    ]


def _said(word: str) -> str:
    if not word.isdigit() or not 0 < int(word) < 100:
        return word
    tens, ones = divmod(int(word), 10)
    if not tens or not ones:
        return _TENS[tens] if tens else _ONES[ones]
    return f"{_TENS[tens]}-{_ONES[ones]}"
