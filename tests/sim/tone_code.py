"""Check symbols of a tone word: a Reed-Solomon code of distance three over 64 symbols.

One or two wrong symbols are always noticed, any other damage with 4095 chances in 4096.
"""

from __future__ import annotations

from collections.abc import Sequence

SYMBOLS = 64
DATA = 3
CHECKS = 2

_POLYNOMIAL = 0b1000011
_MASK = (21, 42)
"""Without it, a steady tone would be a valid word."""


def _times_x(symbol: int) -> int:
    symbol <<= 1
    return symbol ^ _POLYNOMIAL if symbol & SYMBOLS else symbol


def checks_of(data: Sequence[int]) -> list[int]:
    """The two check symbols of three data symbols."""
    total, weighted = _MASK
    for place, symbol in enumerate(data):
        total ^= symbol
        for _ in range(place + 1):
            symbol = _times_x(symbol)
        weighted ^= symbol
    return [total, weighted]
