"""The offset between Redis time and own time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.coordination.timebase import SAMPLES, RedisOffset

pytestmark = pytest.mark.unit


def test_nothing_is_known_before_the_first_answer() -> None:
    """No offset is made up."""
    assert RedisOffset().offset_s is None


def test_the_quickest_answer_is_believed() -> None:
    """A slow answer does not move a good measurement."""
    offset = RedisOffset()
    offset.measure(10.0, 1010.001, 10.002)
    offset.measure(11.0, 1011.9, 12.0)
    assert offset.offset_s == pytest.approx(1000.0)


def test_clocks_that_drift_are_followed() -> None:
    """A quick answer is forgotten after some renewals."""
    offset = RedisOffset()
    offset.measure(0.0, 1000.0005, 0.001)
    for second in range(1, SAMPLES + 1):
        offset.measure(second, second + 1001.005, second + 0.01)
    assert offset.offset_s == pytest.approx(1001.0)


@given(st.lists(st.tuples(st.floats(0.001, 2), st.floats(0, 1)), min_size=1, max_size=20))
def test_the_error_is_at_most_half_the_shortest_way(ways: list[tuple[float, float]]) -> None:
    """Wherever on the way Redis read its clock."""
    offset = RedisOffset()
    for trip_s, share in ways:
        offset.measure(50.0, 50.0 + 777.0 + trip_s * share, 50.0 + trip_s)
    assert offset.offset_s is not None
    shortest = min(trip for trip, _ in ways[-SAMPLES:])
    assert abs(offset.offset_s - 777.0) <= shortest / 2 + 1e-6
