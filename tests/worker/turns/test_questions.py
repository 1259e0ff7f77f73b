"""The queue of questions: bounded, in order, one a person, and none that grew old."""

from __future__ import annotations

import pytest

from roomhand.turns.questions import MAX_WAITING, WORTH_ANSWERING_S, Question, Questions

pytestmark = pytest.mark.unit


def asked(who: str, text: str = "?", at_s: float = 0.0, *, verbatim: bool = False) -> Question:
    """A question of somebody."""
    return Question(f"{who}.{text}", who, who.capitalize(), text, at_s, verbatim)


def order(questions: Questions, now_s: float = 0.0) -> list[str]:
    """All that is answered, in order."""
    found = []
    while (question := questions.next(now_s)[0]) is not None:
        found.append(question.id)
    return found


def test_first_come_first_served() -> None:
    """Whoever asked."""
    questions = Questions()
    for who in ("ada", "ben", "cleo"):
        assert questions.add(asked(who)) is None
    assert len(questions) == 3
    assert order(questions) == ["ada.?", "ben.?", "cleo.?"]


def test_a_persons_newer_question_replaces_their_older_one() -> None:
    """At the end of the queue; the older one is told."""
    questions = Questions()
    older = asked("ada", "old")
    questions.add(older)
    questions.add(asked("ben"))
    assert questions.add(asked("ada", "new")) == older
    assert order(questions) == ["ben.?", "ada.new"]


def test_commands_replace_nothing() -> None:
    """Two texts to say are both said, and nobody asked them."""
    questions = Questions()
    assert questions.add(asked("", "one", verbatim=True)) is None
    assert questions.add(asked("", "two", verbatim=True)) is None
    assert order(questions) == [".one", ".two"]


def test_the_queue_is_bounded() -> None:
    """The oldest goes, and is told."""
    questions = Questions()
    for number in range(MAX_WAITING):
        assert questions.add(asked(f"p{number}")) is None
    gone = questions.add(asked("late"))
    assert gone is not None
    assert gone.identity == "p0"
    assert len(questions) == MAX_WAITING


def test_old_questions_are_given_up() -> None:
    """All of them at once, up to the first that is still worth an answer."""
    questions = Questions()
    questions.add(asked("ada", at_s=0.0))
    questions.add(asked("ben", at_s=1.0))
    questions.add(asked("cleo", at_s=10.0))
    question, stale = questions.next(1.0 + WORTH_ANSWERING_S + 0.1)
    assert question is not None
    assert question.identity == "cleo"
    assert [old.identity for old in stale] == ["ada", "ben"]
    assert questions.next(100.0) == (None, [])
