"""The alphabet of the tone words: 64 symbols, each a pair of tones, and a code that checks them.

Three data symbols get three check symbols (Reed-Solomon, distance four): one wrong symbol could be
mended, two are always noticed, and of any other damage all but one in 262,144.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SYMBOLS = 64
DATA = 3
CHECKS = 3
SYMBOLS_PER_WORD = 1 + DATA + CHECKS
"""With the sync symbol in front."""

SYMBOL_S = 0.060
WORD_S = SYMBOL_S * SYMBOLS_PER_WORD

LOW_HZ = np.array([500, 600, 700, 800, 900, 1000, 1100, 1200, 1340], dtype=np.float64)
HIGH_HZ = np.array([1500, 1680, 1860, 2040, 2220, 2400, 2580, 2760, 2980], dtype=np.float64)
SYNC = 8
"""Number of the tone in both groups that only the sync symbol uses."""

_POLYNOMIAL = 0b1000011
_MASK = (21, 42, 51)
"""Without it, a steady tone would be a valid word."""


def _times_x(symbol: int, times: int) -> int:
    for _ in range(times):
        symbol <<= 1
        symbol = symbol ^ _POLYNOMIAL if symbol & SYMBOLS else symbol
    return symbol


def checks_of(data: Sequence[int]) -> list[int]:
    """The check symbols of three data symbols: their sums weighted with powers of x."""
    checks = list(_MASK)
    for place, symbol in enumerate(data):
        for power in range(CHECKS):
            checks[power] ^= _times_x(symbol, power * (place + 1))
    return checks


def is_word(symbols: Sequence[int]) -> bool:
    """Whether data and check symbols belong together."""
    return checks_of(symbols[:DATA]) == list(symbols[DATA:])
