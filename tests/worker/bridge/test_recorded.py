"""Which part of a turn the transcript has, in whatever pieces and order it came."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.bridge.recorded import Recorded, Rest

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("spans", "end_ms", "rest"),
    [
        ([], 9_000, Rest(1_000, 9_000)),
        ([], None, Rest(1_000, None)),
        ([(1_200, 8_800)], 9_000, None),
        ([(1_000, 1_200)], 1_250, None),
        ([(0, 9_200)], 9_000, None),
        ([(0, 1_000)], 9_000, Rest(1_000, 9_000)),
        ([(1_000, 5_000)], 9_000, Rest(5_000, 9_000)),
        ([(1_000, 5_000)], None, Rest(5_000, None)),
        ([(0, 4_000), (4_000, 9_000)], 9_000, None),
        ([(1_000, 4_000), (4_600, 9_000)], 9_000, None),
        ([(1_000, 3_000), (6_000, 9_000)], 9_000, Rest(3_000, 6_000)),
        ([(6_000, 9_000)], 9_000, Rest(1_000, 6_000)),
        ([(5_000, 7_000), (7_000, 9_500)], 9_000, Rest(1_000, 5_000)),
        ([(20_000, 22_000)], 9_000, Rest(1_000, 9_000)),
    ],
)
def test_what_is_left_of_a_turn(
    spans: list[tuple[int, int]], end_ms: int | None, rest: Rest | None
) -> None:
    """Of one that began at 1000 here."""
    recorded = Recorded()
    for span in spans:
        recorded.add("TR_1", *span)
        recorded.add("TR_2", 0, 100_000)
    assert recorded.rest("TR_1", 1_000, end_ms) == rest
    recorded.keep({"TR_2"})
    assert recorded.rest("TR_1", 1_000, end_ms) == Rest(1_000, end_ms)


@given(st.lists(st.integers(0, 20_000), min_size=2, max_size=12, unique=True), st.randoms())
def test_pieces_that_cover_a_turn_leave_nothing_in_any_order(
    cuts: list[int], order: Random
) -> None:
    """However it was cut."""
    first, *_, last = times = sorted(cuts)
    pieces = list(pairwise(times))
    order.shuffle(pieces)
    recorded = Recorded()
    for piece in pieces:
        recorded.add("TR_1", *piece)
    rest = recorded.rest("TR_1", first, last)
    assert rest is None or last - rest.start_ms <= 300 or rest.start_ms == first >= last - 300
