"""Word error rates of a meeting: by name, which is a gate, and the usual one, which is none. Pure.

The usual measure of meetings (cpWER) looks for the naming of speakers that makes the errors fewest,
so a transcript in which all names are swapped is without an error. It is here for comparison only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import jiwer
import meeteval

NOBODY = "-"
"""In the place of no words at all."""


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Wrong words by words said. ``named``: each person's own words under their own name."""

    named: float
    cp: float


def error_rates(said: Mapping[str, str], heard: Mapping[str, str]) -> ErrorRates:
    """``said`` and ``heard`` are everybody's words in order, by identity."""
    total = sum(len(text.split()) for text in said.values())
    if not total:
        raise ValueError("nobody said a word, so there is no rate of errors")
    wrong = sum(
        _errors(said.get(identity, ""), heard.get(identity, "")) for identity in {*said, *heard}
    )
    cp = meeteval.wer.cp_word_error_rate(
        dict(said), dict(heard) or {NOBODY: ""}, reference_sort=False, hypothesis_sort=False
    )
    return ErrorRates(round(wrong / total, 4), round(float(cp.error_rate), 4))


def _errors(said: str, heard: str) -> int:
    if not said.split():
        return len(heard.split())
    found = jiwer.process_words(said, heard)
    return int(found.substitutions + found.deletions + found.insertions)
