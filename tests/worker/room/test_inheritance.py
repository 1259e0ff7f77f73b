"""What one owner of an agent leaves to the next: nothing is forgotten, nothing is said twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import pytest

from roomhand.attribution.segments import SegmentKind
from roomhand.profiles import AddressOptions, Policy, Profile
from roomhand.room.answer import AnswerOptions, Outcome
from roomhand.room.answering import Answering
from roomhand.room.checkpoint import Checkpoint
from roomhand.room.inheritance import READ_S, REST_S, Inheritance
from roomhand.room.reading import Reading
from roomhand.turns.mind import Mind
from roomhand.turns.policy import State
from roomhand.turns.questions import Pending, Question, Reason
from roomhand.turns.utterance import Utterance
from tests.virtual_time import in_virtual_time
from tests.worker.room.speaking_stage import SpeakingStage, speaking_stage

pytestmark = pytest.mark.unit

SAGE = Profile(name="sage", plugin="fake")
HANDS = Profile(name="sage", plugin="fake", address=AddressOptions(policy=Policy.RAISE_HAND))


@dataclass
class FakeCheckpoint:
    """What is kept; ``away`` is a Redis that does not answer."""

    meeting: str = "m1"
    left: Mind | None = None
    noted: Mind | None = None
    away: bool = False
    slow_s: float = 0.01

    async def read(self) -> Mind | None:
        """As the real one."""
        return self.left

    def note(self, mind: Mind) -> None:
        """As the real one."""
        self.noted = mind

    async def flush(self) -> bool:
        """As the real one."""
        await asyncio.sleep(self.slow_s)
        self.left = self.left if self.away else self.noted
        return not self.away


@dataclass
class FakeReading:
    """Has read up when a test says so."""

    read_up: asyncio.Event = field(default_factory=asyncio.Event)
    judged_to: str = "7-0"
    after: str = ""

    def judge_after(self, token: str) -> None:
        """As the real one."""
        self.after = token


@dataclass
class Owner:
    """One process of the agent, on its stage."""

    stage: SpeakingStage
    checkpoint: FakeCheckpoint = field(default_factory=FakeCheckpoint)
    reading: FakeReading = field(default_factory=FakeReading)

    def __post_init__(self) -> None:
        self.inheritance = Inheritance(
            cast(Checkpoint, self.checkpoint),
            self.stage.conductor,
            self.stage.answering,
            cast(Reading, self.reading),
        )
        self.stage.answering._on_begin = self.inheritance.keep

    def dies(self) -> Mind:
        """What is kept of it, at the latest a tick later."""
        self.inheritance.note()
        assert self.checkpoint.noted is not None
        return self.checkpoint.noted


@asynccontextmanager
async def next_owner(mind: Mind, profile: Profile = SAGE) -> AsyncIterator[Owner]:
    """Of an agent that was minded like that; it has read what was said."""
    stage = SpeakingStage(profile=profile)
    owner = Owner(stage, FakeCheckpoint(left=mind))
    await owner.inheritance.take_over()
    owner.reading.read_up.set()
    works = (owner.inheritance.answer(), stage.asking.run(), stage.reports.run())
    running = [asyncio.create_task(work) for work in works]
    try:
        yield owner
    finally:
        assert not any(task.done() for task in running), "a task has ended by itself"
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@in_virtual_time
async def test_a_raised_hand_stays_up_and_says_what_it_was_raised_for() -> None:
    async with speaking_stage(profile=HANDS) as s:
        await s.says("Sage, when is it?")
        await s.says("Sage, where is it?", "Ben")
        mind = Owner(s).dies()
    assert mind.state is State.HAND_RAISED
    async with next_owner(mind, HANDS) as after:
        s = after.stage
        assert s.conductor.obeying.state is State.HAND_RAISED
        assert s.sessions.asked == []
        s.conductor.obeying.call_on()
        for count, question in enumerate(("Sage, when is it?", "Sage, where is it?"), 1):
            request = await s.asked(count)
            assert request.question == question
            s.model(request, "At noon.")
            await s.answered(count)


@in_virtual_time
async def test_a_raised_hand_comes_down_when_it_would_have() -> None:
    """Who takes it over does not begin to count anew."""
    hand_s = HANDS.address.hand_s
    async with speaking_stage(profile=HANDS) as s:
        await s.says("Sage, when is it?")
        await asyncio.sleep(hand_s - 5)
        mind = Owner(s).dies()
    async with next_owner(mind, HANDS) as after:
        states = []
        for wait_s in (4, 2):
            await asyncio.sleep(wait_s)
            after.stage.conductor.tick()
            states.append(after.stage.conductor.obeying.state)
    assert states == [State.HAND_RAISED, State.SIGNALLING]


@in_virtual_time
async def test_what_a_hold_kept_is_said_at_the_resume() -> None:
    """Also what was being said when the hold came: that is known, and the model is told."""
    async with speaking_stage() as s:
        await s.says("Sage, when is it?")
        s.model(await s.asked(), "At noon in the big hall.", steps=50)
        await asyncio.sleep(1)
        s.conductor.obeying.hold()
        await s.answered()
        mind = Owner(s).dies()
    assert [one.question.text for one in mind.kept] == ["Sage, when is it?"]
    assert mind.pending == ()
    async with next_owner(mind) as after:
        after.stage.conductor.obeying.resume()
        request = await after.stage.asked()
        assert request.question == "Sage, when is it?"
        assert "leave out what was heard" in (request.instructions or "")


@in_virtual_time
async def test_what_waited_for_the_floor_is_answered_at_its_place_in_the_queue() -> None:
    """Before who asked for the floor later, in the order in which it was asked."""
    async with speaking_stage() as s:
        s.floor.holder = "nova"
        await s.says("Sage, when is it?")
        began_s = s.now()
        s.answering.ask(Question("say.1", "", "", "Hi", s.now(), verbatim=True, reason=Reason.SAY))
        await asyncio.sleep(3)
        mind = Owner(s).dies()
    async with next_owner(mind) as after:
        s = after.stage
        request = await s.asked()
        assert request.question == "Sage, when is it?"
        arrived_s = s.floor.floor.standings["sage"].arrived_us / 1_000_000
        assert arrived_s == pytest.approx(began_s, abs=0.1)
        s.model(request, "At noon.")
        s.model(await s.asked(2), "Hi")
        assert (await s.answered(2)).question.text == "Hi"
    assert [answer.outcome for answer in s.answers] == [Outcome.COMPLETED] * 2


@in_virtual_time
async def test_what_nobody_heard_a_word_of_is_answered() -> None:
    """The model had been asked, and died with the process."""
    async with speaking_stage() as s:
        await s.says("Sage, when is it?")
        await s.asked()
        mind = Owner(s).dies()
    async with next_owner(mind) as after:
        request = await after.stage.asked()
        assert request.question == "Sage, when is it?"


@in_virtual_time
async def test_who_went_on_after_their_question_is_still_answered() -> None:
    """What they added was said to nobody."""
    async with speaking_stage() as s:
        await s.says("Sage, when is it?")
        await s.asked()
        s.starts()
        await s.answered()
        mind = Owner(s).dies()
    async with next_owner(mind) as after:
        assert (await after.stage.asked()).question == "Sage, when is it?"


@in_virtual_time
@pytest.mark.parametrize("verbatim", [False, True])
async def test_what_was_being_said_is_not_said_again_and_the_transcript_says_so(
    verbatim: bool,
) -> None:
    async with speaking_stage() as s:
        before = Owner(s)
        s.answering.ask(Question("q", "p-ada", "Ada", "When is it?", s.now(), verbatim=verbatim))
        s.model(await s.asked(), "At noon.", steps=50)
        await asyncio.sleep(1)
        assert s.mouth.speaking
        mind = before.dies()
    async with next_owner(mind) as after:
        await asyncio.sleep(30)
        assert after.stage.sessions.asked == []
        [notice] = after.stage.written(SegmentKind.NOTICE)
    did = "saying" if verbatim else "answering Ada"
    assert notice.text == f"Sage was cut off {did}: When is it?"


@in_virtual_time
async def test_nothing_is_heard_before_the_next_owner_would_know_that_it_began() -> None:
    """Else it would be said twice where the process dies in that moment."""
    async with speaking_stage() as s:
        owner = Owner(s)
        owner.checkpoint.away = True
        await s.says("Sage, when is it?")
        s.model(await s.asked(), "At noon.")
        await asyncio.sleep(3)
        assert s.mouth.speaking is None
        owner.checkpoint.away = False
        await s.answered()
        assert owner.checkpoint.left is not None
        assert [one.begun for one in owner.checkpoint.left.pending] == [True]


@in_virtual_time
async def test_who_gives_the_agent_away_ends_what_it_says_and_begins_nothing_more() -> None:
    """What was heard is recorded; the next question is the next owner's, though its model was
    ready. Where nobody takes over it is answered here."""
    async with speaking_stage() as s:
        owner = Owner(s)
        await s.says("Sage, when is it?")
        s.model(await s.asked(), "At noon in the big hall.", steps=50)
        await asyncio.sleep(1)
        s.answering.ask(Question("q", "p-ben", "Ben", "Sage, where is it?", s.now()))
        await owner.inheritance.leave()
        assert [one.begun for one in owner.dies().pending] == [False]
        assert [one.interrupted for one in s.written(SegmentKind.AGENT)] == [True]
        await asyncio.sleep(3)
        assert (s.mouth.speaking, len(s.sessions.asked)) == (None, 1)
        [pending] = owner.dies().pending
        assert (pending.question.text, pending.begun) == ("Sage, where is it?", False)
        owner.inheritance.stay()
        s.model(await s.asked(2), "Here.")
        assert (await s.answered(2)).outcome is Outcome.COMPLETED


@in_virtual_time
async def test_what_was_about_to_be_heard_is_the_next_owners() -> None:
    """Where nobody takes over, nothing is heard before Redis knows of it again."""
    async with speaking_stage() as s:
        owner = Owner(s)
        owner.checkpoint.slow_s = 2
        await s.says("Sage, when is it?")
        s.model(await s.asked(), "At noon.")
        await asyncio.sleep(1)
        assert [one.begun for one in owner.dies().pending] == [True]
        await s.answering.rest(REST_S)
        await asyncio.sleep(2)
        assert s.mouth.speaking is None
        assert [one.begun for one in owner.dies().pending] == [False]
        owner.checkpoint.away = True
        s.answering.go_on()
        await asyncio.sleep(1)
        assert s.mouth.speaking is None
        owner.checkpoint.away = False
        assert (await s.answered()).outcome is Outcome.COMPLETED


@in_virtual_time
async def test_held_back_it_says_what_it_began_and_begins_nothing_more() -> None:
    """A question that waits keeps nobody from taking the agent over, and no fellow from the
    floor."""
    async with speaking_stage() as s:
        owner = Owner(s)
        await s.says("Sage, when is it?")
        s.model(await s.asked(), "At noon in the big hall.", steps=50)
        await asyncio.sleep(1)
        s.answering.hold_back()
        assert s.answering.engaged
        assert (await s.answered()).outcome is Outcome.COMPLETED
        asked_s = s.now()
        s.answering.ask(Question("q", "p-ben", "Ben", "Sage, where is it?", asked_s))
        await asyncio.sleep(3)
        assert (s.mouth.speaking, s.answering.engaged, s.answering.busy) == (None, False, True)
        assert (len(s.sessions.asked), s.floor.holder) == (1, None)
        assert [(one.begun, one.queued_s) for one in owner.dies().pending] == [(False, asked_s)]
        s.answering.go_on()
        s.model(await s.asked(2), "Here.")
        assert (await s.answered(2)).outcome is Outcome.COMPLETED


@in_virtual_time
async def test_who_speaks_again_while_the_agent_is_held_back_gets_no_answer_to_the_first() -> None:
    """As while it waits for the floor."""
    async with speaking_stage() as s:
        s.answering.hold_back()
        await s.says("Sage, when is it?")
        s.starts()
        assert (await s.answered()).outcome is Outcome.WITHDRAWN


@in_virtual_time
async def test_held_back_for_long_a_reply_is_left_to_the_next_owner() -> None:
    """It is too late only for who goes on."""
    async with speaking_stage() as s:
        owner = Owner(s)
        await s.says("Sage, when is it?")
        await s.asked()
        s.answering.hold_back()
        s.model(await s.asked(), "At noon.")
        await asyncio.sleep(AnswerOptions(max_talk_s=60).first_audio_s + 1)
        [pending] = owner.dies().pending
        assert (pending.question.text, pending.begun) == ("Sage, when is it?", False)
        s.answering.go_on()
        assert (await s.answered()).outcome is Outcome.EXPIRED


@in_virtual_time
async def test_what_has_been_answered_is_left_to_nobody() -> None:
    """Nor what was taken back."""
    async with speaking_stage() as s:
        owner = Owner(s)
        await s.says("Sage, when is it?")
        s.model(await s.asked(), "At noon.")
        await s.answered()
        assert owner.dies().pending == ()
        await s.says("Sage, where is it?")
        await s.asked(2)
        s.conductor.obeying.take()
        assert owner.dies().pending == ()
        assert owner.dies().kept == ()


@in_virtual_time
async def test_what_is_too_old_when_the_next_owner_comes_is_not_answered() -> None:
    """Of a command the transcript says so."""
    command = Question("say.1", "", "", "Welcome", 0.0, verbatim=True, reason=Reason.SAY)
    mind = Mind("m1", Policy.ADDRESSED, State.ATTENDING, (), (Pending(command),))
    await asyncio.sleep(30)
    async with next_owner(mind) as after:
        await after.stage.answered()
        [notice] = after.stage.written(SegmentKind.NOTICE)
    assert notice.text == "Sage found no quiet moment to say: Welcome"


@in_virtual_time
async def test_what_is_taken_over_waits_for_what_was_said_around_it() -> None:
    """But not for ever: to answer counts for more."""
    asked = Question("q", "p-ada", "Ada", "When is it?", 10.0)
    mind = Mind("m1", Policy.ADDRESSED, State.ATTENDING, (), (Pending(asked),))
    stage = SpeakingStage()
    await asyncio.sleep(10)
    owner = Owner(stage, FakeCheckpoint(left=mind))
    await owner.inheritance.take_over()
    assert isinstance(stage.answering, Answering)
    answering = asyncio.create_task(owner.inheritance.answer())
    await asyncio.sleep(READ_S - 0.5)
    assert stage.sessions.asked == []
    assert owner.dies().pending == (Pending(asked),)
    await asyncio.sleep(1)
    assert (await stage.asked()).question == "When is it?"
    answering.cancel()
    await asyncio.gather(answering, return_exceptions=True)


@in_virtual_time
async def test_the_next_owner_reads_on_where_the_one_before_had_judged() -> None:
    """What that was asked then is asked once, whichever of the two has read it."""
    async with speaking_stage() as s:
        turn = await s.says("Sage, when is it?")
        await s.asked()
        mind = Owner(s).dies()
    assert mind.judged_to == "7-0"
    async with next_owner(mind) as after:
        s = after.stage
        assert after.reading.after == "7-0"
        said = Utterance(
            turn_id=turn.id,
            identity="p-ada",
            name="Ada",
            text="Sage, when is it?",
            track="TR_p-ada",
            start_ms=turn.start_ms,
        )
        assert not s.conductor.read(said)
        s.model(await s.asked(), "At noon.")
        await s.answered()
        await asyncio.sleep(5)
        assert len(s.sessions.asked) == 1
