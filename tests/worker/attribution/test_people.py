"""Who is in a transcript, and what they are called."""

from __future__ import annotations

import pytest

from roomhand.attribution.identity import Kind
from roomhand.attribution.people import Named, people
from tests.worker.coordination.samples import answered, spoken

pytestmark = pytest.mark.unit


def test_a_person_who_is_renamed_is_one_with_two_names() -> None:
    """By onset, whatever was written first; the newest is what they are called now."""
    said = [spoken(2, name="Ann B."), spoken(1, name="Ann"), spoken(3, name="Ann B.")]
    assert people(said) == [Named("ann", Kind.PERSON, ("Ann", "Ann B."))]
    assert people([*said, spoken(4, name="Ann")])[0].names == ("Ann B.", "Ann")
    assert people(said)[0].name == "Ann B."


def test_one_name_may_be_two_people() -> None:
    """And an agent is one of its own."""
    found = people([spoken(1), spoken(2, speaker="ann-2"), answered(3)])
    assert [(one.identity, one.name, one.kind) for one in found] == [
        ("ann", "Ann", "person"),
        ("ann-2", "Ann", "person"),
        ("sage", "Sage", "agent"),
    ]


def test_what_is_in_nobodys_name_is_nobody() -> None:
    """A notice, say."""
    assert people([spoken(1, speaker="", name="")]) == []
