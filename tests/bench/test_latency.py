"""The latency bench takes away what is not Roomhand's, and nothing else."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from roomhand.attribution.segments import Segment, SegmentKind
from tests.bench.latency import PEOPLE, SILENCE_MS, TALKERS, Arrivals, script_of, shares

pytestmark = pytest.mark.unit

SEGMENT = Segment(
    id="m.TR_1.900",
    kind=SegmentKind.SPEECH,
    speaker="ann",
    name="Ann",
    text="bababa",
    start_ms=900,
    end_ms=1900,
    track="TR_1",
)
ENDED_S = 50.0
COMMITTED_S = ENDED_S + SILENCE_MS / 1000 + 0.004
FINAL_S = COMMITTED_S + 0.2


def test_the_share_is_the_way_less_silence_and_provider() -> None:
    """4 ms there, 6 ms back; the provider took 200."""
    captions = {SEGMENT.id: FINAL_S + 0.006}
    ends, moments = {("TR_1", 1900): ENDED_S}, {"bababa": (COMMITTED_S, FINAL_S)}
    [found] = shares([SEGMENT], ends, captions, moments)
    assert [found.there, found.back, found.all] == pytest.approx([4.0, 6.0, 10.0])
    assert shares([SEGMENT], {}, captions, moments) == []
    assert shares([SEGMENT], ends, {}, moments) == []
    assert shares([SEGMENT], ends, captions, {}) == []


def test_a_frame_is_timed_by_when_it_came_and_not_by_when_it_was_taken() -> None:
    """Its wait for others in between is Roomhand's own."""
    waiting, times = Arrivals(), iter([1.0, 2.0])
    with patch("tests.bench.latency.time.monotonic", lambda: next(times)):
        waiting.append("first")
        waiting.append("second")
    assert (waiting.popleft(), Arrivals.came_s) == ("first", 1.0)
    assert (waiting.popleft(), Arrivals.came_s) == ("second", 2.0)


def test_four_of_sixteen_talk_at_once() -> None:
    script = script_of(30.0)
    assert script.people == PEOPLE
    assert {turn.person for turn in script.turns} == set(range(TALKERS))
    assert script.overlap > 0.5
