"""Segments of a transcript, and a meeting without a fault, for tests of what the gates judge."""

from __future__ import annotations

from roomhand.attribution.segments import Segment, SegmentKind
from tests.sim.meeting import Score

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


def faultless(said: int) -> Score:
    """So many words, each written once, under the right name."""
    return Score(
        said=said,
        lost=0,
        damaged=0,
        doubled=0,
        misattributed=0,
        misnamed=0,
        disordered=0,
        overheard=0,
        invented=0,
    )
