"""A long conversation in a bounded space: who said it stays, how much of it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.attribution.condensing import Lengths, condense
from roomhand.attribution.conversation import Entry
from roomhand_plugins.base import Role

pytestmark = pytest.mark.unit


def entries(*texts: str) -> list[Entry]:
    """Turns of Anna and Ben, one after the other."""
    return [
        Entry(
            turn_id=f"t{number}",
            identity=name.lower(),
            name=name,
            role=Role.PERSON,
            text=text,
            start_ms=number * 1000,
        )
        for number, text in enumerate(texts)
        for name in [("Anna", "Ben")[number % 2]]
    ]


def test_a_short_conversation_is_told_as_it_is() -> None:
    """Turn by turn, without a note."""
    told = condense(entries("one", "two"), Lengths())
    assert [(turn.speaker, turn.text) for turn in told] == [("Anna", "one"), ("Ben", "two")]


def test_the_older_turns_of_a_long_one_become_one_note_that_names_who_said_what() -> None:
    """In their order, each cut at a word."""
    talk = entries("we ship on the first of May", "agreed " * 40, "three", "four")
    note, *whole = condense(talk, Lengths(whole=2, line=30))
    assert [turn.text for turn in whole] == ["three", "four"]
    assert note.role is Role.NOTICE
    assert note.text == (
        "Earlier in this meeting, cut short: / Anna: we ship on the first of May / "
        "Ben: agreed agreed agreed agreed …"
    )


def test_what_does_not_even_fit_the_note_is_counted() -> None:
    """The model knows that there was more."""
    note, *_ = condense(entries(*["word " * 10] * 50), Lengths(whole=2, note=500))
    assert note.text.startswith("Earlier in this meeting, cut short, 39 turns left out: / ")


@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=400), max_size=60),
    st.integers(0, 40),
    st.integers(0, 3_000),
)
def test_it_is_never_longer_than_allowed_and_keeps_the_newest(
    texts: list[str], whole: int, characters: int
) -> None:
    """Whatever was said."""
    lengths = Lengths(whole=whole, characters=characters, note=300, line=40)
    talk = entries(*texts)
    told = condense(talk, lengths)
    kept = [turn for turn in told if turn.role is Role.PERSON]
    notes = [turn for turn in told if turn.role is Role.NOTICE]
    assert len(kept) <= whole
    assert sum(len(turn.text) for turn in kept) <= characters
    assert len(notes) <= 1
    assert all(len(turn.text) <= 300 + 80 for turn in notes)
    assert [turn.turn_id for turn in kept] == [e.turn_id for e in talk[len(talk) - len(kept) :]]
