"""An agent that reads what the scribe, or another agent, has put down."""

from __future__ import annotations

import asyncio

import pytest

from roomhand.attribution.segments import SegmentKind
from roomhand.room.answer import Outcome
from roomhand.turns.questions import Reason
from roomhand.turns.utterance import Utterance
from tests.virtual_time import in_virtual_time
from tests.worker.room.speaking_stage import SpeakingStage, speaking_stage

pytestmark = pytest.mark.unit


def said(s: SpeakingStage, text: str, name: str = "Ada", *, ago_ms: int = 1000) -> Utterance:
    """By a person, as the scribe wrote it."""
    start_ms = round(s.now() * 1000) - ago_ms
    identity = f"p-{name.lower()}"
    return Utterance(
        turn_id=f"m1.TR_{identity}.{start_ms}",
        identity=identity,
        name=name,
        text=text,
        track=f"TR_{identity}",
        start_ms=start_ms,
    )


def handed(s: SpeakingStage, text: str, name: str = "Max") -> Utterance:
    """By another agent, as people heard it."""
    start_ms = round(s.now() * 1000) - 1000
    return Utterance(
        turn_id=f"m1.{name.lower()}.{start_ms}",
        identity=name.lower(),
        name=name,
        text=text,
        track=f"TR_{name.lower()}",
        start_ms=start_ms,
        from_agent=True,
    )


@in_virtual_time
async def test_a_question_that_the_scribe_wrote_is_answered() -> None:
    """In the session of who asked, and written by nobody but the scribe."""
    async with speaking_stage(scribe=False, agents_there=["Max"]) as s:
        assert s.conductor.read(said(s, "Sage, what is next?", "Ben"))
        request = await s.asked()
        assert (s.sessions.asked[0][0], request.asked_by) == ("p-ben", "Ben")
        s.model(request, "The budget.")
        answer = await s.answered()
        assert answer.outcome is Outcome.COMPLETED
        assert answer.question.reason is Reason.ADDRESS
        assert s.written(SegmentKind.SPEECH) == []
        assert [segment.text for segment in s.written(SegmentKind.AGENT)] == ["The budget."]


@in_virtual_time
async def test_one_turn_is_answered_once_whoever_brings_it() -> None:
    """A scribe that was replaced hears its own words again."""
    async with speaking_stage() as s:
        turn = await s.says("Sage, what is next?")
        s.model(await s.asked(), "The budget.")
        await s.answered()
        again = said(s, "Sage what is next", ago_ms=round(s.now() * 1000) - turn.start_ms + 80)
        assert not s.conductor.read(again)
        await asyncio.sleep(10)
        assert len(s.sessions.asked) == 1


@in_virtual_time
async def test_what_was_not_for_this_agent_is_dismissed() -> None:
    """A model that answers by itself has to be told."""
    async with speaking_stage(scribe=False, agents_there=["Max"]) as s:
        assert not s.conductor.read(said(s, "Max, what is next?"))
        assert s.dismissed == ["p-ada"]
        assert s.sessions.asked == []


@in_virtual_time
async def test_a_question_that_nobody_let_it_answer_is_dismissed() -> None:
    """The floor was never free while it was worth an answer."""
    async with speaking_stage() as s:
        s.starts("Ben")
        await s.says("Sage, what is next?")
        answer = await s.answered()
        assert answer.outcome is Outcome.EXPIRED
        assert s.dismissed == ["p-ada"]


@in_virtual_time
async def test_only_a_clear_call_is_prepared_for() -> None:
    """From interim text: the name first and somebody asked; nothing is said for it."""
    async with speaking_stage(scribe=False, agents_there=["Max"]) as s:
        assert s.conductor.read_interim(said(s, "Sage, can you"))
        assert not s.conductor.read_interim(said(s, "as I told Sage"))
        assert not s.conductor.read_interim(said(s, "Max, can you"))
        assert not s.conductor.read_interim(said(s, "so"))
        await asyncio.sleep(5)
        assert s.sessions.asked == []


@in_virtual_time
async def test_who_went_on_speaking_is_answered_from_what_the_scribe_wrote() -> None:
    """Both halves make the question; without more words it stands as it was."""
    for more, whole in (
        ("and when?", "Sage, what is next? and when?"),
        ("", "Sage, what is next?"),
    ):
        async with speaking_stage(scribe=False) as s:
            s.conductor.read(said(s, "Sage, what is next?"))
            await s.asked()
            turn = s.starts()
            await asyncio.sleep(0.5)
            s.ends(turn)
            s.conductor.read(said(s, more, ago_ms=400))
            again = await s.asked(2)
            assert again.question == whole


@in_virtual_time
async def test_a_question_whose_rest_never_became_known_is_forgotten() -> None:
    """A message was lost; what the person says minutes later is no part of it."""
    async with speaking_stage(scribe=False) as s:
        s.conductor.read(said(s, "Sage, what is next?"))
        await s.asked()
        turn = s.starts()
        await asyncio.sleep(0.5)
        s.ends(turn)
        await asyncio.sleep(61)
        assert not s.conductor.read(said(s, "we should go home"))
        assert len(s.sessions.asked) == 1


@in_virtual_time
async def test_another_agent_hands_over_by_name() -> None:
    """Answered, and the floor is told that it is an agent who is answered."""
    async with speaking_stage(agents_there=["Max"]) as s:
        assert s.conductor.read(handed(s, "Sage, can you take this?"))
        request = await s.asked()
        assert (request.asked_by, request.question) == ("Max", "Sage, can you take this?")
        s.model(request, "I will.")
        answer = await s.answered()
        assert answer.question.reason is Reason.AGENT


@pytest.mark.parametrize(
    "text", ["I think Sage has the list.", "That is right, and thank you.", "Nova, your turn?"]
)
@in_virtual_time
async def test_an_agent_that_only_speaks_sets_nothing_off(text: str) -> None:
    """No follow-up, and nobody is ever alone with an agent."""
    async with speaking_stage(people_there=[], agents_there=["Max", "Nova"]) as s:
        assert s.conductor.read(handed(s, "Sage, can you take this?"))
        s.model(await s.asked(), "I will.")
        await s.answered()
        assert not s.conductor.read(handed(s, text))
        await asyncio.sleep(5)
        assert len(s.sessions.asked) == 1
