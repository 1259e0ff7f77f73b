"""Segments of a transcript, for tests of what the gates judge."""

from __future__ import annotations

from roomhand.attribution.segments import Segment, SegmentKind

START_S = 1_000.0


def speech(text: str, start_ms: int, ident: str = "") -> Segment:
    """Somebody said this."""
    return Segment(
        id=ident or f"s{start_ms}",
        kind=SegmentKind.SPEECH,
        speaker="p-anna",
        name="Anna",
        text=text,
        start_ms=start_ms,
        end_ms=start_ms + 500,
    )


def gap(start_ms: int, end_ms: int) -> Segment:
    """Nobody was there."""
    return Segment(
        id=f"g{start_ms}",
        kind=SegmentKind.GAP,
        speaker="",
        name="everybody",
        text="nobody",
        start_ms=start_ms,
        end_ms=end_ms,
    )
