"""Segments survive their way through Redis, and what is none is refused."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.attribution.identity import Kind, Source
from roomhand.attribution.segments import Segment, SegmentKind, turn_id

pytestmark = pytest.mark.unit

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
segments = st.builds(
    Segment,
    id=texts,
    kind=st.sampled_from(SegmentKind),
    speaker=texts,
    name=texts,
    text=texts,
    start_ms=st.integers(-(2**40), 2**40),
    end_ms=st.integers(-(2**40), 2**40),
    speaker_kind=st.sampled_from(Kind),
    track=texts,
    source=st.none() | st.sampled_from(Source),
    revision=st.integers(1, 9),
    final=st.booleans(),
    interrupted=st.booleans(),
    estimated=st.booleans(),
    language=st.none() | texts,
    confidence=st.none() | st.floats(0, 1),
    meeting=texts,
    epoch=st.integers(0, 2**52),
)


@given(segments)
def test_a_segment_comes_back_as_it_went(segment: Segment) -> None:
    """On one line, whatever its words hold, and with its own types."""
    line = segment.to_json()
    assert "\n" not in line
    back = Segment.from_json(line)
    assert back == segment
    assert [type(getattr(back, f.name)) for f in fields(back)] == [
        type(getattr(segment, f.name)) for f in fields(segment)
    ]


@given(segments)
def test_what_a_later_version_added_is_left_out(segment: Segment) -> None:
    """While a cluster is upgraded, old processes read what new ones wrote."""
    line = json.dumps(json.loads(segment.to_json()) | {"mood": "cheerful"})
    assert Segment.from_json(line) == segment


@pytest.mark.parametrize("line", ["", "{", "[]", "{}", '{"kind": "song"}', b"\xff", "null"])
def test_what_is_no_segment_is_refused(line: str | bytes) -> None:
    """By the errors that the docstring names."""
    with pytest.raises((ValueError, TypeError)):
        Segment.from_json(line)


def test_any_process_gives_a_turn_the_same_name() -> None:
    """Meeting, track and onset are all it takes."""
    assert turn_id("m1", "TR_1", 1200) == turn_id("m1", "TR_1", 1200)
    others = {turn_id("m2", "TR_1", 1200), turn_id("m1", "TR_2", 1200), turn_id("m1", "TR_1", 1300)}
    assert turn_id("m1", "TR_1", 1200) not in others
    assert len(others) == 3
