"""Whether the agent answered the question, left the mention alone, and gave way. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from roomhand.attribution.segments import Segment, SegmentKind
from tests.demo.score import Spoken
from tests.demo.script import Kind
from tests.demo.words import words


def answer_to(spoken: Sequence[Spoken], kind: Kind, segments: Iterable[Segment]) -> list[Segment]:
    """What agents said from a saying of this kind to the next that calls one, or speaks of it."""
    begin_ms, end_ms = window(spoken, kind)
    return [
        segment
        for segment in segments
        if segment.kind is SegmentKind.AGENT and begin_ms <= segment.start_ms < end_ms
    ]


def window(spoken: Sequence[Spoken], kind: Kind) -> tuple[int, float]:
    """Milliseconds of the meeting from a saying's begin, or that of the first of several, to
    another that concerns the agent."""
    concerns = [
        each
        for each in sorted(spoken, key=lambda each: each.start_ms)
        if each.saying.kind in (Kind.QUESTION, Kind.HANDOVER, Kind.MENTION, Kind.SUMMARY)
    ]
    kinds = [each.saying.kind for each in concerns]
    if kind not in kinds:
        return 0, 0
    place = kinds.index(kind)
    others = [each.start_ms for each in concerns[place:] if each.saying.kind is not kind]
    return concerns[place].start_ms, others[0] if others else float("inf")


def holds_fact(spoken: Sequence[Spoken], answer: Iterable[Segment]) -> bool:
    """Whether the answer has every telling word of a fact that was asked for."""
    said = {word for segment in answer for word in words(segment.text)}
    asked = (each.saying for each in spoken if each.saying.kind is Kind.QUESTION)
    return any(bool(saying.facts) and set(saying.facts) <= said for saying in asked)
