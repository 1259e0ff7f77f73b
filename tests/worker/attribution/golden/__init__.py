"""One meeting with all that a transcript can hold, beside its exports as they should be."""

from __future__ import annotations

from pathlib import Path

from roomhand.attribution.completeness import Completeness, Hole
from roomhand.attribution.identity import Kind, Source
from roomhand.attribution.segments import Segment, SegmentKind

FOLDER = Path(__file__).parent
TITLE = "Budget"
FOUND = Completeness(
    ended=True,
    holes=(
        Hole("p-ben", "Ben", "overwritten", 1500, 9000),
        Hole("p-chloe", "Chloé", "reconnect", 400),
    ),
)


def _said(start_ms: int, end_ms: int, who: str, text: str) -> Segment:
    return Segment(
        id=f"m.TR_{who}.{start_ms}",
        kind=SegmentKind.SPEECH,
        speaker=f"p-{who.lower().replace('é', 'e')}",
        name=who,
        text=text,
        start_ms=start_ms,
        end_ms=end_ms,
        track=f"TR_{who}",
        source=Source.MICROPHONE,
        language="en",
        confidence=0.875,
    )


MEETING = [
    _said(0, 1800, "Anna", "Good morning, everybody."),
    _said(2000, 6000, "Ben", "The price is <b>5 --> 7</b> & rising; see *all* of it."),
    _said(5000, 5600, "Chloé", "Attends, s'il te plaît."),
    Segment(
        id="m.TR_Ben.9000.gap",
        kind=SegmentKind.GAP,
        speaker="p-ben",
        name="Ben",
        text="overwritten",
        start_ms=9000,
        end_ms=10_500,
        track="TR_Ben",
        source=Source.MICROPHONE,
    ),
    Segment(
        id="m.sage.r1",
        kind=SegmentKind.AGENT,
        speaker="sage",
        name="Sage",
        text="Ben said that the price",
        start_ms=3_725_000,
        end_ms=3_727_250,
        speaker_kind=Kind.AGENT,
        track="TR_sage",
        source=Source.MICROPHONE,
        interrupted=True,
    ),
    Segment(
        id="m.sage.notice.1",
        kind=SegmentKind.NOTICE,
        speaker="",
        name="",
        text="Chloé (microphone): the limit of 2 tracks is reached",
        start_ms=3_728_000,
        end_ms=3_728_000,
        speaker_kind=Kind.AGENT,
    ),
]
