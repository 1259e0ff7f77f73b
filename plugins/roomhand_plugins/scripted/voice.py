"""The voice of a model without a voice."""

from __future__ import annotations

import math
import struct

from roomhand_plugins.base import SAMPLE_RATE

_PERIOD = SAMPLE_RATE // 200
_HUM = struct.pack(
    f"<{_PERIOD}h", *(round(8000 * math.sin(math.tau * n / _PERIOD)) for n in range(_PERIOD))
)


def hum(duration_ms: int) -> bytes:
    """A hum of 200 Hz."""
    size = SAMPLE_RATE * duration_ms // 1000 * 2
    return (_HUM * (size // len(_HUM) + 1))[:size]
