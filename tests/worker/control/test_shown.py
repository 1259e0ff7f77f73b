"""What the protocol tells of transcripts and floors, and that it is read as what it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.attribution.completeness import Completeness, Hole
from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.identity import Kind, Source
from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.control import segments_shown
from roomhand.control.floor_shown import policy_of, policy_told, shown, view_of
from roomhand.control.segments_shown import lacks_of, lacks_told, segment_of, segment_told
from roomhand.control.v1 import floor_service_pb2 as floor_pb
from roomhand.control.v1 import transcripts_service_pb2 as pb
from roomhand.coordination.floor_view import FloorHolder, FloorView, FloorWaiting
from roomhand.profiles import Policy
from roomhand.turns.floor_request import HOLDING
from roomhand.turns.questions import Reason

pytestmark = pytest.mark.unit

TEXTS = st.text(max_size=20)
TIMES = st.integers(0, 2**40)
SHORT = st.integers(0, 2**31)
SEGMENTS = st.builds(
    Segment,
    id=TEXTS,
    kind=st.sampled_from(SegmentKind),
    speaker=TEXTS,
    name=TEXTS,
    text=TEXTS,
    start_ms=TIMES,
    end_ms=TIMES,
    speaker_kind=st.sampled_from(Kind),
    track=TEXTS,
    source=st.none() | st.sampled_from(Source),
    revision=st.integers(1, 1000),
    interrupted=st.booleans(),
    estimated=st.booleans(),
    language=st.none() | st.just("de"),
    confidence=st.none() | st.floats(0, 1),
    meeting=st.just("m1"),
    epoch=st.integers(0, 2**60),
)
HOLES = st.builds(Hole, TEXTS, TEXTS, TEXTS, TIMES, st.none() | TIMES)
LACKS = st.builds(
    Completeness,
    st.booleans(),
    st.lists(HOLES, max_size=3).map(tuple),
    st.none() | st.sampled_from(MeetingEnd),
)
WORDS = st.sampled_from(["", *map(str, Reason)])
HOLDERS = st.builds(
    FloorHolder, TEXTS, SHORT, SHORT, SHORT, st.sampled_from([*map(str, HOLDING)]), WORDS, TEXTS
)
VIEWS = st.builds(
    FloorView,
    st.none() | HOLDERS,
    st.lists(st.builds(FloorWaiting, TEXTS, WORDS, SHORT, SHORT, TEXTS), max_size=3).map(tuple),
    st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple),
    TEXTS,
    TEXTS,
    SHORT,
    st.just("17-1"),
)


@given(SEGMENTS)
def test_a_segment_is_read_as_it_was(segment: Segment) -> None:
    """With every field; one that is new fails here until the protocol has it."""
    told = pb.Segment.FromString(segment_told(segment).SerializeToString())
    assert segment_of("m1", told) == segment


@given(LACKS)
def test_what_a_transcript_lacks_is_read_as_it_was(found: Completeness) -> None:
    told = pb.Completeness.FromString(lacks_told(found).SerializeToString())
    assert told.complete is found.complete
    assert lacks_of(told) == found


@given(VIEWS)
def test_a_floor_is_read_as_it_was(view: FloorView) -> None:
    told = floor_pb.Floor.FromString(shown("room", view, []).SerializeToString())
    read = view_of(told, "17-1")
    assert (read, read.newest) == (view, "17-1")


@pytest.mark.parametrize("policy", Policy)
def test_a_policy_is_read_as_it_was(policy: Policy) -> None:
    assert policy_of(policy_told(policy)) is policy


def test_every_kind_has_a_word_of_the_protocol() -> None:
    assert set(segments_shown._KINDS) == set(SegmentKind)
    assert set(segments_shown._KINDS.values()) == set(pb.Segment.Kind.values()) - {0}
    assert set(segments_shown._SPEAKERS.values()) == set(pb.Segment.SpeakerKind.values()) - {0}


def test_a_word_of_a_later_version_is_read_as_something() -> None:
    """While a cluster is upgraded, old command lines read new ones."""
    later = pb.Segment(id="s1", kind=99, speaker_kind=99, source="hologram")  # type: ignore[arg-type]
    read = segment_of("m1", later)
    assert (read.kind, read.speaker_kind, read.source) == (SegmentKind.NOTICE, Kind.PERSON, None)
    assert lacks_of(pb.Completeness(end_reason="eclipse")).reason is None
    holder = floor_pb.FloorHolder(agent="sage", status=99, reason=99)  # type: ignore[arg-type]
    view = view_of(floor_pb.Floor(holder=holder), "0-0")
    assert view.holder is not None
    assert (view.holder.status, view.holder.reason) == ("", "")
