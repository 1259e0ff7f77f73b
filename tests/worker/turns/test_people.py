"""Who speaks now, and since when nobody does."""

from __future__ import annotations

import pytest

from roomhand.turns.people import People

pytestmark = pytest.mark.unit


def test_quiet_is_counted_from_the_last_voice() -> None:
    """Not from the first that fell silent."""
    people = People()
    people.started("TR_a", "ada", 10.0)
    people.started("TR_b", "ben", 11.0)
    people.stopped("TR_a", 12.0)
    assert people.speaking
    assert people.quiet_for_s(20.0) == 0.0
    people.stopped("TR_b", 13.0)
    assert not people.speaking
    assert people.quiet_for_s(20.0) == 7.0


def test_a_person_speaks_on_any_of_their_tracks() -> None:
    """Microphone and screen are one person."""
    people = People()
    people.started("TR_mic", "ada", 1.0)
    people.started("TR_screen", "ada", 1.0)
    people.stopped("TR_mic", 2.0)
    assert people.speaks("ada")
    assert not people.speaks("ben")
    people.stopped("TR_screen", 3.0)
    assert not people.speaks("ada")


def test_the_end_of_a_speech_that_never_began_changes_nothing() -> None:
    """A track may end while nobody speaks on it."""
    people = People()
    people.started("TR_a", "ada", 1.0)
    people.stopped("TR_a", 2.0)
    people.stopped("TR_a", 9.0)
    people.stopped("TR_b", 9.0)
    assert people.quiet_for_s(10.0) == 8.0


def test_in_the_beginning_it_is_quiet() -> None:
    """Since before anybody came."""
    assert People().quiet_for_s(5.0) == 5.0
