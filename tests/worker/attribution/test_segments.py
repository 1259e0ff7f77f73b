"""Segments survive their way through Redis, and what is none is refused."""

from __future__ import annotations

import json
import random
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.attribution.identity import Kind, Source
from roomhand.attribution.segments import (
    Segment,
    SegmentKind,
    in_order,
    revisions_in_order,
    turn_id,
)

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


few = st.builds(
    Segment,
    id=st.sampled_from("abcd"),
    kind=st.just(SegmentKind.SPEECH),
    speaker=st.just("ann"),
    name=st.just("Ann"),
    text=st.just(""),
    start_ms=st.integers(0, 5),
    end_ms=st.integers(6, 9),
    revision=st.integers(1, 3),
)


@given(st.lists(few, max_size=12, unique_by=lambda one: (one.id, one.revision)), st.randoms())
def test_what_comes_late_or_is_corrected_changes_nobody_elses_place(
    written: list[Segment], order: random.Random
) -> None:
    """A transcript is the same whatever was written when; each segment is as it was last revised,
    and all of its revisions can be read."""
    arrived = sorted(written, key=lambda _: order.random())
    shown = in_order(arrived)
    assert shown == in_order(written)
    assert [one.start_ms for one in shown] == sorted(one.start_ms for one in shown)
    newest = {one.id: max(o.revision for o in written if o.id == one.id) for one in written}
    assert {one.id: one.revision for one in shown} == newest

    every = revisions_in_order(arrived)

    assert sorted(map(Segment.to_json, every)) == sorted(map(Segment.to_json, written))
    assert [one.id for one in every if one.revision == newest[one.id]] == [o.id for o in shown]
    assert in_order(every) == shown


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
