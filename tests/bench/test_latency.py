"""The latency bench takes away what is not Roomhand's, and nothing else."""

from __future__ import annotations

import pytest

from roomhand.attribution.segments import Segment, SegmentKind
from tests.bench.latency import PEOPLE, SILENCE_MS, TALKERS, script_of, shares

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


def test_four_of_sixteen_talk_at_once() -> None:
    script = script_of(30.0)
    assert script.people == PEOPLE
    assert {turn.person for turn in script.turns} == set(range(TALKERS))
    assert script.overlap > 0.5
