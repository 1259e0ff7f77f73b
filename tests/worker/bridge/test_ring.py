"""The ring: the newest samples, at their positions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.bridge.ring import SampleRing

pytestmark = pytest.mark.unit


def samples(start: int, stop: int) -> bytes:
    return np.arange(start, stop).astype("<i2").tobytes()


@given(
    st.integers(1, 50),
    st.lists(st.integers(0, 120), max_size=20),
    st.integers(0, 50),
    st.integers(0, 50),
)
def test_what_is_held_reads_back_as_it_came(
    capacity: int, sizes: list[int], skip: int, length: int
) -> None:
    """Whatever the sizes of what was added, also more than the ring holds at once."""
    ring, end = SampleRing(capacity), 0
    for size in sizes:
        ring.append(samples(end, end + size))
        end += size
    assert ring.end == end
    assert ring.first == max(0, end - capacity)
    start = min(ring.first + skip, end)
    stop = min(start + length, end)
    assert ring.read(start, stop) == samples(start, stop)


def test_what_is_not_held_is_an_error() -> None:
    """Before the first, after the last, or backwards."""
    ring = SampleRing(10)
    ring.append(samples(0, 15))
    for start, stop in ((4, 6), (10, 16), (9, 8)):
        with pytest.raises(IndexError):
            ring.read(start, stop)


def test_half_a_sample_and_no_capacity_are_errors() -> None:
    """Both are bugs of the caller."""
    with pytest.raises(ValueError, match="16-bit"):
        SampleRing(10).append(b"\0")
    with pytest.raises(ValueError, match="one sample"):
        SampleRing(0)


def test_memory_grows_only_as_audio_comes() -> None:
    """A silent minute ring per track would be 3 MB."""
    ring = SampleRing(1_440_000)
    ring.append(samples(0, 100))
    assert len(ring._bytes) == 200
