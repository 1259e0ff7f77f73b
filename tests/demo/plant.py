"""Faults put between the transcript and its judge, to see that the judge finds them. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from roomhand.attribution.segments import Segment, SegmentKind


class Plant(StrEnum):
    """What goes wrong."""

    SWAP = "swap"
    """Two people's turns under each other's name."""
    DROP = "drop"
    """One person's turn is missing."""
    DOUBLE = "double"
    """One person's turn is there twice."""


TELLING_WORDS = 6
"""Of a shorter sentence a bad recogniser may leave nothing that could be found twice."""


def plant(segments: Sequence[Segment], fault: Plant, seed: int) -> list[Segment]:
    """The segments with one fault in them. Raises ValueError where nobody spoke."""
    rng = random.Random(seed)
    said = [segment for segment in segments if segment.kind is SegmentKind.SPEECH]
    if not said:
        raise ValueError("nobody spoke, so there is nothing to plant a fault in")
    telling = [segment for segment in said if len(segment.text.split()) >= TELLING_WORDS]
    chosen = rng.choice(telling or said)
    if fault is Plant.DROP:
        return [segment for segment in segments if segment is not chosen]
    if fault is Plant.DOUBLE:
        return [*segments, replace(chosen, id=f"{chosen.id}.again")]
    others = [segment for segment in said if segment.speaker != chosen.speaker]
    if not others:
        raise ValueError("only one person spoke, so there is nobody to swap with")
    other = rng.choice(others)
    return [_renamed(segment, chosen, other) for segment in segments]


def _renamed(segment: Segment, one: Segment, other: Segment) -> Segment:
    if segment is one:
        return replace(segment, speaker=other.speaker, name=other.name)
    if segment is other:
        return replace(segment, speaker=one.speaker, name=one.name)
    return segment
