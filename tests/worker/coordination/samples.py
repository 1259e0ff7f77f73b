"""Segments for tests of the transcript."""

from __future__ import annotations

from typing import Any

from roomhand.attribution.identity import Kind, Source
from roomhand.attribution.segments import Segment, SegmentKind


def spoken(number: int, **changes: Any) -> Segment:
    """What a person said."""
    fields: dict[str, Any] = {
        "id": f"s{number}",
        "kind": SegmentKind.SPEECH,
        "speaker": "ann",
        "name": "Ann",
        "text": f"words {number}",
        "start_ms": number * 1000,
        "end_ms": number * 1000 + 800,
        "track": "TR_1",
        "source": Source.MICROPHONE,
    }
    return Segment(**(fields | changes))


def answered(number: int, **changes: Any) -> Segment:
    """What people heard of the agent."""
    fields = {
        "id": f"a{number}",
        "kind": SegmentKind.AGENT,
        "speaker": "sage",
        "name": "Sage",
        "speaker_kind": Kind.AGENT,
    }
    return spoken(number, **(fields | changes))
