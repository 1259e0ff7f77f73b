"""The weights that came with the package: a constant, kept in a file because it is a large one.

address_weights.npz has one for each mark that was met often enough;
tests/corpus/addressing/learn.py makes it, and says from what.
"""

from __future__ import annotations

import io
from functools import cache
from importlib.resources import files

import numpy as np

from roomhand.turns.address_learned import Weights

FILE = "address_weights.npz"


@cache
def learned() -> Weights:
    """Read once, in some milliseconds."""
    packed = (files("roomhand.turns") / FILE).read_bytes()
    with np.load(io.BytesIO(packed), allow_pickle=False) as found:
        return Weights(
            found["marks"],
            found["weights"].astype(np.float32),
            float(found["bias"]),
            int(found["fingerprint"]),
        )
