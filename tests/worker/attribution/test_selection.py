"""Part of a transcript."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.attribution.selection import Selection, meeting_time_ms
from tests.worker.attribution.test_export import segment

pytestmark = pytest.mark.unit

ANN = segment(3, start_ms=3000, end_ms=5000)
PARTS = [
    (Selection(), True),
    (Selection(speakers=("Ann",)), True),
    (Selection(speakers=("bob", "ANN")), True),
    (Selection(speakers=("bob",)), False),
    (Selection(from_ms=4000), True),
    (Selection(from_ms=5001), False),
    (Selection(to_ms=3000), True),
    (Selection(to_ms=2999), False),
    (Selection(speakers=("ann",), from_ms=0, to_ms=2000), False),
]
TIMES = {
    "0": 0,
    "90": 90_000,
    "1:30": 90_000,
    "01:02:03.5": 3_723_500,
    "7.25": 7250,
    " 3600 ": 3_600_000,
}


@pytest.mark.parametrize(("part", "held"), PARTS)
def test_a_segment_is_part_of_it_by_speaker_and_time(part: Selection, held: bool) -> None:
    """By identity or name; what reaches into the time counts."""
    assert part.holds(ANN) == held


@pytest.mark.parametrize(("text", "ms"), TIMES.items())
def test_a_meeting_time_is_written_as_a_clock_or_in_seconds(text: str, ms: int) -> None:
    """As the exports show it."""
    assert meeting_time_ms(text) == ms


@pytest.mark.parametrize("text", ["", "noon", "1:99", "-5", "1:2:3:4", "1:00:00:00"])
def test_anything_else_is_refused_with_what_to_write(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="Write H:MM:SS, MM:SS or seconds"):
        meeting_time_ms(text)


@given(st.integers(0, 99 * 3600 - 1))
def test_the_clock_of_an_export_is_understood(seconds: int) -> None:
    """Whatever the hour."""
    clock = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    assert meeting_time_ms(clock) == seconds * 1000
