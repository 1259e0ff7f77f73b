"""What people order by voice, and what a policy lets the agent do, from their words to its own."""

from __future__ import annotations

import asyncio

import pytest

from roomhand.profiles import AddressOptions, Policy, Profile
from roomhand.room.answer import Outcome
from roomhand.turns.policy import State
from tests.virtual_time import in_virtual_time
from tests.worker.room.speaking_stage import SpeakingStage, speaking_stage, track

pytestmark = pytest.mark.unit

LONG = "one two three four five six seven eight nine ten"


def under(policy: Policy) -> Profile:
    """Sage with this policy."""
    return Profile(name="sage", plugin="fake", address=AddressOptions(policy=policy))


async def speaking(s: SpeakingStage) -> None:
    """Sage is in the middle of an answer."""
    await s.says("Sage, what is next?")
    s.model(await s.asked(), LONG, steps=30)
    while s.mouth.speaking is None:
        await asyncio.sleep(0.01)
        assert not s.answers, "it is over"
    await asyncio.sleep(0.3)


@in_virtual_time
async def test_told_to_hold_on_it_stops_until_it_is_told_to_go_on() -> None:
    """A follow-up without the name does not count; then it says what it was asked."""
    async with speaking_stage() as s:
        await speaking(s)
        turn = s.starts("Ben")
        s.ends(turn, "Ben")
        s.words(turn, "Sage, hold on.", "Ben")
        assert s.mouth.speaking is None
        answer = await s.answered()
        assert answer.outcome is Outcome.INTERRUPTED
        await s.says("What about Tuesday?")
        await asyncio.sleep(5)
        assert len(s.sessions.asked) == 1
        await s.says("Sage, go on.", "Ben")
        request = await s.asked(2)
        assert request.question == "Sage, what is next?"


@pytest.mark.parametrize("voiced", [(300,), (300, 600), (300, 600, 900, 1200)])
@in_virtual_time
async def test_a_hold_said_into_its_answer_keeps_what_the_voice_has_ended(
    voiced: tuple[int, ...],
) -> None:
    """The voice ducks, pauses or stops it, as long as it is, before the words come."""
    async with speaking_stage() as s:
        await speaking(s)
        turn = s.starts("Ben")
        for voiced_ms in voiced:
            await asyncio.sleep(0.3)
            s.conductor.voice(track("Ben"), voiced_ms)
        s.ends(turn, "Ben")
        await asyncio.sleep(0.5)
        s.words(turn, "Sage, hold on please.", "Ben")
        assert s.conductor.obeying.state is State.HOLDING
        assert (await s.answered()).outcome is Outcome.INTERRUPTED
        await asyncio.sleep(5)
        assert len(s.sessions.asked) == 1
        await s.says("Sage, go on.", "Ben")
        request = await s.asked(2)
        assert request.question == "Sage, what is next?"


@in_virtual_time
async def test_told_to_be_quiet_it_is_until_it_is_called() -> None:
    """What it was saying is over."""
    async with speaking_stage() as s:
        await speaking(s)
        turn = s.starts("Ben")
        s.ends(turn, "Ben")
        s.words(turn, "Sage, be quiet.", "Ben")
        assert s.mouth.speaking is None
        await s.answered()
        await s.says("And what about Tuesday?")
        await asyncio.sleep(5)
        assert len(s.sessions.asked) == 1
        await s.says("Sage, what about Wednesday?")
        request = await s.asked(2)
        assert request.question == "Sage, what about Wednesday?"


@in_virtual_time
async def test_a_cancellation_ends_what_it_was_about_to_do() -> None:
    """It waits for the floor, and leaves the queue without a word."""
    async with speaking_stage() as s:
        s.floor.holder = "nova"
        await s.says("Sage, what is next?")
        await asyncio.sleep(1)
        await s.says("Never mind, Sage.", "Ben")
        answer = await s.answered()
        assert answer.outcome is Outcome.INTERRUPTED
        s.floor.holder = None
        await asyncio.sleep(25)
        assert s.sessions.asked == []
        assert s.conductor.obeying.state is State.ATTENDING


@in_virtual_time
async def test_a_raised_hand_is_called_on() -> None:
    """Under raise_hand nothing is asked of the model before."""
    async with speaking_stage(profile=under(Policy.RAISE_HAND)) as s:
        await s.says("Sage, what is next?")
        await asyncio.sleep(30)
        assert s.sessions.asked == []
        assert s.conductor.obeying.state is State.HAND_RAISED
        await s.says("Yes, Sage?", "Ben")
        request = await s.asked()
        assert request.question == "Sage, what is next?"


@in_virtual_time
async def test_held_by_its_policy_it_waits_for_a_resume() -> None:
    """Its name is not enough."""
    async with speaking_stage(profile=under(Policy.HOLD)) as s:
        await s.says("Sage, what is next?")
        await asyncio.sleep(5)
        assert s.sessions.asked == []
        await s.says("Sage, continue.")
        await asyncio.sleep(5)
        assert s.sessions.asked == [], "an order is carried out, not answered"
        await s.says("Sage, what is next?")
        await s.asked()


@in_virtual_time
async def test_a_facilitator_opens_the_next_point_once_a_silence() -> None:
    """Not before anybody has said anything, and not into another agent's words."""
    async with speaking_stage(profile=under(Policy.FACILITATOR)) as s:

        async def silence(for_s: float, *, busy: bool = False) -> None:
            for _ in range(round(for_s / 0.5)):
                s.conductor.tick(busy=busy)
                await asyncio.sleep(0.5)

        await silence(60)
        assert s.sessions.asked == []
        await s.says("We are done with the budget.")
        await silence(60, busy=True)
        assert s.sessions.asked == []
        await silence(15)
        assert s.sessions.asked == []
        await silence(10)
        [(identity, request)] = s.sessions.asked
        assert identity == ""
        assert request.instructions is not None
        assert "next point" in request.instructions
        s.model(request, "Shall we talk about the launch?")
        await s.answered()
        await silence(120)
        assert len(s.sessions.asked) == 1


@in_virtual_time
async def test_another_policy_holds_in_the_middle_of_a_word() -> None:
    """A moderator's silent ends what is being said; the judge follows too."""
    async with speaking_stage() as s:
        await speaking(s)
        s.conductor.obeying.change(Policy.SILENT)
        assert s.mouth.speaking is None
        await s.answered()
        await s.says("Sage, what now?")
        await asyncio.sleep(25)
        assert len(s.sessions.asked) == 1
        s.conductor.obeying.change(Policy.ADDRESSED)
        await s.says("Sage, what now?")
        await s.asked(2)


@in_virtual_time
async def test_an_answer_that_was_heard_to_its_end_is_not_said_again() -> None:
    """A hold just after it keeps nothing."""
    async with speaking_stage() as s:
        await speaking(s)
        await s.answered()
        s.conductor.obeying.hold()
        s.conductor.obeying.resume()
        await asyncio.sleep(25)
        assert len(s.sessions.asked) == 1


@in_virtual_time
async def test_under_follow_up_anybody_may_go_on() -> None:
    """Under the usual policy only the person who was answered."""
    for policy, asked in ((Policy.FOLLOW_UP, 2), (Policy.ADDRESSED, 1)):
        async with speaking_stage(profile=under(policy)) as s:
            await speaking(s)
            await s.answered()
            await s.says("And what about Tuesday?", "Ben")
            await asyncio.sleep(25)
            assert len(s.sessions.asked) == asked, policy


@in_virtual_time
async def test_under_open_a_question_to_nobody_is_answered() -> None:
    """A remark is not, nor a question to somebody else."""
    async with speaking_stage(profile=under(Policy.OPEN)) as s:
        await s.says("We are late with the budget.")
        await s.says("Ben, what do you think?")
        await asyncio.sleep(5)
        assert s.sessions.asked == []
        await s.says("What is the date of the launch?")
        await s.asked()
