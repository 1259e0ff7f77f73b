"""Pure: how likely it is that a name was called, by what many written lines taught.

A logistic regression over the marks of address_features and what each rule says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Weights:
    """``marks``: uint32, ascending, CRC-32 of each mark; ``weights``: float32 beside them."""

    marks: npt.NDArray[np.uint32]
    weights: npt.NDArray[np.float32]
    bias: float
    fingerprint: int
    """Of the marks that it was learned from (tests/corpus/addressing/learn.py)."""

    def likelihood(self, marks: Iterable[str]) -> float:
        """0 to 1; marks that were never met tell nothing."""
        return self.sum_up(hashes(marks))

    def sum_up(self, met: npt.NDArray[np.uint32]) -> float:
        """The same of marks that are hashed already."""
        places = np.minimum(np.searchsorted(self.marks, met), len(self.marks) - 1)
        known = self.marks[places] == met
        total = self.bias + float(self.weights[places[known]].sum(dtype=np.float64))
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


def hashes(marks: Iterable[str]) -> npt.NDArray[np.uint32]:
    """What marks are found by: CRC-32 of their UTF-8, each once."""
    return np.array(sorted({crc32(mark.encode()) for mark in marks}), np.uint32)
