"""Whose loss it is that a track was not heard for a while."""

from __future__ import annotations

import pytest

from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.room.missed import Missed

pytestmark = pytest.mark.unit

ANN = TrackRef("TR_1", Source.MICROPHONE, Speaker("ann", "Ann"))


class Duty:
    """From when on the people are this agent's to hear, and what is told."""

    def __init__(self) -> None:
        self.ours_from_ms: int | None = None
        self.told: list[tuple[int, int, str]] = []
        self.missed = Missed(
            lambda: self.ours_from_ms, lambda track, *absence: self.told.append(absence)
        )


def test_what_the_scribe_did_not_hear_is_told_as_soon_as_it_hears_again() -> None:
    duty = Duty()
    duty.ours_from_ms = 0
    duty.missed.over(ANN, 1_000, 31_000, "reconnect")
    duty.missed.look()
    assert duty.told == [(1_000, 31_000, "reconnect")]


def test_while_another_is_the_scribe_nothing_is_told() -> None:
    duty = Duty()
    duty.missed.over(ANN, 1_000, 31_000, "reconnect")
    duty.missed.look()
    assert duty.told == []


def test_a_new_scribe_answers_for_what_the_one_before_had_not_written() -> None:
    """Also where it missed it before it knew; what was written before is no loss."""
    duty = Duty()
    duty.missed.over(ANN, 1_000, 5_000, "reconnect")
    duty.missed.over(ANN, 8_000, 12_000, "reconnect")
    duty.ours_from_ms = 10_000
    duty.missed.look()
    duty.missed.look()
    assert duty.told == [(10_000, 12_000, "reconnect")]
