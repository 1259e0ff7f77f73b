"""Words as they are compared, and which words of two texts are the same. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

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


def same(reference: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of places with the same word in a best alignment, in order."""
    if not reference or not heard:
        return []
    aligned = jiwer.process_words(" ".join(reference), " ".join(heard))
    return [
        (chunk.ref_start_idx + step, chunk.hyp_start_idx + step)
        for chunk in aligned.alignments[0]
        if chunk.type == "equal"
        for step in range(chunk.ref_end_idx - chunk.ref_start_idx)
    ]


def _said(word: str) -> str:
    if not word.isdigit() or not 0 < int(word) < 100:
        return word
    tens, ones = divmod(int(word), 10)
    if not tens or not ones:
        return _TENS[tens] if tens else _ONES[ones]
    return f"{_TENS[tens]}-{_ONES[ones]}"
