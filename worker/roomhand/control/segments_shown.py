"""Segments and what a transcript lacks in the words of the protocol, and back.

What another version writes and this one does not know is shown as unspecified, and read as what it
most likely is.
"""

from __future__ import annotations

from roomhand.attribution.completeness import Completeness, Hole
from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.identity import Kind, Source
from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.control.v1 import transcripts_service_pb2 as pb

_KINDS = {
    SegmentKind.SPEECH: pb.Segment.KIND_SPEECH,
    SegmentKind.AGENT: pb.Segment.KIND_AGENT,
    SegmentKind.GAP: pb.Segment.KIND_GAP,
    SegmentKind.NOTICE: pb.Segment.KIND_NOTICE,
    SegmentKind.DOUBTED: pb.Segment.KIND_DOUBTED,
}
_SPEAKERS = {
    Kind.PERSON: pb.Segment.SPEAKER_KIND_PERSON,
    Kind.SIP: pb.Segment.SPEAKER_KIND_SIP,
    Kind.AGENT: pb.Segment.SPEAKER_KIND_AGENT,
}
_KIND_OF = {number: kind for kind, number in _KINDS.items()}
_SPEAKER_OF = {number: kind for kind, number in _SPEAKERS.items()}
_SOURCES = {str(one): one for one in Source}
_ENDS = {str(one): one for one in MeetingEnd}


def segment_told(one: Segment) -> pb.Segment:
    """A segment."""
    return pb.Segment(
        id=one.id,
        revision=one.revision,
        kind=_KINDS.get(one.kind, pb.Segment.KIND_UNSPECIFIED),
        speaker=one.speaker,
        name=one.name,
        speaker_kind=_SPEAKERS.get(one.speaker_kind, pb.Segment.SPEAKER_KIND_UNSPECIFIED),
        text=one.text,
        start_ms=one.start_ms,
        end_ms=one.end_ms,
        track=one.track,
        source=one.source or "",
        interrupted=one.interrupted,
        estimated=one.estimated,
        language=one.language or "",
        confidence=one.confidence,
        epoch=one.epoch,
    )


def segment_of(meeting: str, one: pb.Segment) -> Segment:
    """The inverse of ``segment_told``, of a segment of this meeting."""
    return Segment(
        id=one.id,
        revision=one.revision,
        kind=_KIND_OF.get(one.kind, SegmentKind.NOTICE),
        speaker=one.speaker,
        name=one.name,
        speaker_kind=_SPEAKER_OF.get(one.speaker_kind, Kind.PERSON),
        text=one.text,
        start_ms=one.start_ms,
        end_ms=one.end_ms,
        track=one.track,
        source=_SOURCES.get(one.source),
        interrupted=one.interrupted,
        estimated=one.estimated,
        language=one.language or None,
        confidence=one.confidence if one.HasField("confidence") else None,
        meeting=meeting,
        epoch=one.epoch,
    )


def lacks_told(found: Completeness) -> pb.Completeness:
    """Whether a transcript is complete, and what it lacks."""
    return pb.Completeness(
        complete=found.complete,
        ended=found.ended,
        holes=map(_hole, found.holes),
        end_reason=found.reason or "",
    )


def lacks_of(told: pb.Completeness) -> Completeness:
    """The inverse of ``lacks_told``."""
    holes = tuple(map(_hole_of, told.holes))
    return Completeness(told.ended, holes, _ENDS.get(told.end_reason))


def _hole(one: Hole) -> pb.Hole:
    return pb.Hole(
        speaker=one.identity,
        name=one.name,
        reason=one.reason,
        length_ms=one.length_ms,
        start_ms=one.start_ms,
    )


def _hole_of(one: pb.Hole) -> Hole:
    start_ms = one.start_ms if one.HasField("start_ms") else None
    return Hole(one.speaker, one.name, one.reason, one.length_ms, start_ms)
