"""The agent's behaviour, read from a transcript."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.demo.behaviour import answer_to, holds_fact
from tests.demo.rehearsal import agent_says, rehearsed
from tests.demo.score import Spoken
from tests.demo.script import Kind

pytestmark = pytest.mark.unit

_, SPOKEN, HEARD = rehearsed(1)


def of(kind: Kind) -> Spoken:
    """The only saying of a kind."""
    (found,) = [each for each in SPOKEN if each.saying.kind is kind]
    return found


def test_an_answer_holds_the_fact_that_was_asked_for() -> None:
    asked = of(Kind.QUESTION)
    told = next(s.saying for s in SPOKEN if s.saying.topic == asked.saying.topic)
    answer = agent_says(f"{told.who} said: {told.text}", asked.end_ms + 10)
    found = answer_to(SPOKEN, Kind.QUESTION, [*HEARD, answer])
    assert found == [answer]
    assert holds_fact(SPOKEN, found)


def test_another_fact_or_none_is_no_answer() -> None:
    asked = of(Kind.QUESTION)
    other = next(s.saying for s in SPOKEN if s.saying.topic not in ("", asked.saying.topic))
    answer = agent_says(other.text, asked.end_ms)
    assert not holds_fact(SPOKEN, answer_to(SPOKEN, Kind.QUESTION, [*HEARD, answer]))
    assert not holds_fact(SPOKEN, [])


def test_the_answer_to_a_second_question_counts_too() -> None:
    asked = of(Kind.QUESTION)
    other = next(s for s in SPOKEN if s.saying.topic not in ("", asked.saying.topic))
    again = replace(other.saying, kind=Kind.QUESTION, text="and that?")
    spoken = [*SPOKEN, Spoken(again, asked.end_ms + 10, asked.end_ms + 20)]
    answer = agent_says(other.saying.text, asked.end_ms + 30)
    found = answer_to(spoken, Kind.QUESTION, [*HEARD, answer])
    assert found == [answer]
    assert holds_fact(spoken, found)


def test_what_comes_after_the_next_call_is_the_answer_to_that() -> None:
    late = agent_says("anything", of(Kind.SUMMARY).end_ms)
    assert answer_to(SPOKEN, Kind.QUESTION, [*HEARD, late]) == []
    assert answer_to(SPOKEN, Kind.SUMMARY, [*HEARD, late]) == [late]


def test_a_word_after_a_mention_means_that_it_woke_the_agent() -> None:
    woken = agent_says("yes?", of(Kind.MENTION).end_ms + 1000)
    assert answer_to(SPOKEN, Kind.MENTION, HEARD) == []
    assert answer_to(SPOKEN, Kind.MENTION, [*HEARD, woken]) == [woken]
