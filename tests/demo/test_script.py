"""Scripts: another meeting for every seed, the same for the same, and always a whole one."""

from __future__ import annotations

import pytest

from tests.demo.asking import load_asking
from tests.demo.lines import Lines, load_lines
from tests.demo.script import FACTS_AT_FIRST, Kind, Script, draw

pytestmark = pytest.mark.unit

LINES, UNDERSTOOD = load_lines(), load_asking()
SEEDS = range(200)


def script(seed: int) -> Script:
    """The meeting of a seed."""
    return draw(seed, LINES, UNDERSTOOD)


def test_a_seed_is_one_meeting_and_another_seed_another_one() -> None:
    assert script(7) == script(7)
    meetings = [script(seed) for seed in SEEDS]
    assert len({tuple(s.text for s in m.sayings) for m in meetings}) == len(meetings)
    assert len({tuple(beat.kind for beat in m.beats) for m in meetings}) > 20
    assert len({person.name for m in meetings for person in m.cast}) == len(LINES.names)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_meeting_has_what_the_demo_shows(seed: int) -> None:
    meeting = script(seed)
    kinds = [saying.kind for saying in meeting.sayings]
    for kind in (Kind.MENTION, Kind.QUESTION, Kind.SUMMARY, Kind.INTERRUPTION):
        assert kinds.count(kind) == 1
    assert len({person.voice for person in meeting.cast}) == len(meeting.cast) == 3
    assert {beat.sayings[0].who for beat in meeting.beats[:FACTS_AT_FIRST]} == {
        person.identity for person in meeting.cast
    }
    (pair,) = [beat for beat in meeting.beats if len(beat.sayings) == 2]
    assert pair.sayings[0].who != pair.sayings[1].who


@pytest.mark.parametrize("seed", SEEDS)
def test_the_question_is_about_what_somebody_else_told_before(seed: int) -> None:
    meeting = script(seed)
    place = next(n for n, s in enumerate(meeting.sayings) if s.kind is Kind.QUESTION)
    asked = meeting.sayings[place]
    told = next(s for s in meeting.sayings if s.topic == asked.topic and s.kind is Kind.FACT)
    voice = next(c.voice for c in meeting.cast if c.identity == asked.who)
    assert asked.text in UNDERSTOOD[voice]
    assert told in meeting.sayings[:place]
    assert told.who == asked.about != asked.who
    assert meeting.name_of(told.who) in asked.text
    facts = [s.facts for s in meeting.sayings if s.kind is Kind.FACT]
    assert [words for words in facts if set(words) & set(asked.facts)] == [told.facts]


@pytest.mark.parametrize("seed", SEEDS)
def test_who_gets_no_answer_asks_something_else_that_was_told_before(seed: int) -> None:
    meeting = script(seed)
    (beat,) = [beat for beat in meeting.beats if beat.kind is Kind.QUESTION]
    place = meeting.sayings.index(beat.sayings[0])
    again = beat.otherwise
    assert again is not None
    assert again.who == beat.sayings[0].who != again.about
    assert again.facts in [s.facts for s in meeting.sayings[:place] if s.who == again.about]
    assert set(meeting.sayings) <= set(meeting.prepared)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_answered_question_is_passed_on_by_somebody_else(seed: int) -> None:
    """To the second agent, in words that are understood in that voice."""
    meeting = script(seed)
    kinds = [beat.kind for beat in meeting.beats]
    place = kinds.index(Kind.QUESTION)
    (asked,), (passed_on,) = (beat.sayings for beat in meeting.beats[place : place + 2])
    assert passed_on.kind is Kind.HANDOVER
    assert passed_on.who != asked.who
    assert (passed_on.facts, passed_on.about) == (asked.facts, asked.about)
    assert meeting.agent in passed_on.text
    assert meeting.other_agent in passed_on.text
    voice = next(c.voice for c in meeting.cast if c.identity == passed_on.who)
    assert passed_on.text in UNDERSTOOD[voice]


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_follows_up_by_accident(seed: int) -> None:
    """Who was just answered would be answered again without a name."""
    meeting = script(seed)
    who = {beat.kind: beat.sayings[0].who for beat in meeting.beats}
    kinds = [beat.kind for beat in meeting.beats]
    between = meeting.beats[kinds.index(Kind.HANDOVER) + 1 : kinds.index(Kind.SUMMARY)]
    assert who[Kind.HANDOVER] not in {s.who for beat in between for s in beat.sayings}
    assert who[Kind.INTERRUPTION] not in (who[Kind.HANDOVER], who[Kind.SUMMARY])
    assert meeting.beats[-1].sayings[0].who != who[Kind.SUMMARY]


def test_too_few_lines_are_said_not_tried_for_ever() -> None:
    with pytest.raises(ValueError, match="vetting"):
        draw(1, Lines("Sage", LINES.of("question")), UNDERSTOOD)
