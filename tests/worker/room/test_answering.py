"""From a question to what people heard: quiet, floor, reply, and every way that it can end."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from roomhand.attribution.segments import SegmentKind
from roomhand.errors import ProviderError
from roomhand.room.answer import Outcome
from roomhand.room.asking import IDLE, FloorPlace, Place
from roomhand.turns.floor_request import FloorRequest
from roomhand.turns.questions import MAX_WAITING, Question, Reason
from roomhand_plugins.base import Heard, PluginError, ReplyAudio, ReplyStatus
from tests.virtual_time import in_virtual_time
from tests.worker.room.speaking_stage import PCM, speaking_stage

pytestmark = pytest.mark.unit


@in_virtual_time
async def test_a_question_is_answered_under_a_grant() -> None:
    """By the session of who asked; the floor is given back, and the memory knows what was said."""
    async with speaking_stage() as s:
        await s.says("Sage, what is next?")
        request = await s.asked()
        assert s.sessions.asked[0][0] == "p-ada"
        assert (request.asked_by, request.question) == ("Ada", "Sage, what is next?")
        s.model(request, "The budget is next.")
        answer = await s.answered()
    assert answer.outcome is Outcome.COMPLETED
    assert answer.heard == Heard(audio_ms=1000, text="The budget is next.")
    assert s.floor.released == [s.floor.number]
    assert s.sessions.cancelled == []
    (segment,) = s.written(SegmentKind.AGENT)
    assert (segment.speaker, segment.text, segment.interrupted) == (
        "sage",
        answer.heard.text,
        False,
    )
    assert segment.end_ms - segment.start_ms == 1000


@in_virtual_time
async def test_the_answer_waits_for_quiet() -> None:
    """While somebody speaks not even the floor is asked for; then the model is asked at once."""
    async with speaking_stage() as s:
        other = s.starts("Ben")
        await s.says("Sage, what is next?")
        await asyncio.sleep(5)
        assert s.sessions.asked == []
        assert s.floor.number == 0
        s.ends(other, "Ben")
        quiet_s = s.now()
        s.model(await s.asked(), "The budget.")
        answer = await s.answered()
    assert answer.outcome is Outcome.COMPLETED
    assert answer.started_s is not None
    assert 0.2 <= answer.started_s - quiet_s <= 0.4


@in_virtual_time
async def test_an_answer_that_is_ready_waits_for_quiet_too() -> None:
    """Its audio is kept until nobody speaks."""
    async with speaking_stage() as s:
        await s.says("Sage, what is next?")
        request = await s.asked()
        other = s.starts("Ben")
        s.model(request, "The budget.")
        await asyncio.sleep(3)
        assert s.mouth.speaking is None
        s.ends(other, "Ben")
        answer = await s.answered()
    assert answer.outcome is Outcome.COMPLETED
    assert answer.heard.audio_ms == 1000


@in_virtual_time
async def test_an_asker_who_goes_on_is_heard_out_first() -> None:
    """The answer is withdrawn unheard; what comes then belongs to the question, with no name."""
    async with speaking_stage() as s:
        await s.says("Sage, what is next?")
        request = await s.asked()
        turn = s.starts()
        s.model(request, "The budget.")
        await asyncio.sleep(1)
        s.ends(turn)
        s.words(turn, "I mean after lunch.")
        again = await s.asked(2)
        s.model(again, "The review.")
        await s.answered(2)
    assert [answer.outcome for answer in s.answers] == [Outcome.WITHDRAWN, Outcome.COMPLETED]
    assert s.sessions.cancelled == [(request.reply_id, Heard(audio_ms=0, text=""))]
    assert again.question == "Sage, what is next? I mean after lunch."
    assert [segment.text for segment in s.written(SegmentKind.AGENT)] == ["The review."]


@in_virtual_time
async def test_an_asker_who_goes_on_before_the_floor_is_taken() -> None:
    """The model is not even asked."""
    async with speaking_stage() as s:
        s.floor.holder = "nova"
        await s.says("Sage, what is next?")
        await asyncio.sleep(1)
        await s.says("I mean after lunch.")
        s.floor.holder = None
        request = await s.asked()
        s.model(request, "The review.")
        await s.answered(2)
    assert [answer.outcome for answer in s.answers] == [Outcome.WITHDRAWN, Outcome.COMPLETED]
    assert request.question == "Sage, what is next? I mean after lunch."


@in_virtual_time
async def test_what_it_is_told_in_the_room_goes_with_every_answer() -> None:
    """Before what is told for that answer alone; not with what is said word for word."""
    async with speaking_stage() as s:
        s.answering.instructions = "Be brief."
        asked = Question("1", "", "", "What now?", s.now(), instructions="Answer in writing.")
        cases = (
            (replace(asked, instructions=""), "Be brief."),
            (asked, "Be brief.\n\nAnswer in writing."),
            (replace(asked, verbatim=True), None),
        )
        for count, (question, told) in enumerate(cases, 1):
            s.answering.ask(question)
            request = await s.asked(count)
            assert request.instructions == told
            s.model(request, "The budget.")
            assert (await s.answered(count)).outcome is Outcome.COMPLETED


@in_virtual_time
async def test_a_busy_floor_is_waited_for() -> None:
    """As long as the question is worth an answer."""
    async with speaking_stage() as s:
        s.floor.holder = "nova"
        await s.says("Sage, what is next?")
        await asyncio.sleep(15)
        assert s.sessions.asked == []
        s.floor.holder = None
        s.model(await s.asked(), "The budget.")
        assert (await s.answered()).outcome is Outcome.COMPLETED


@pytest.mark.parametrize("wanted", ["say", "answer"])
@in_virtual_time
async def test_what_it_was_told_to_say_or_answer_and_could_not_is_noted(wanted: str) -> None:
    """Whoever sent the command has gone on; the transcript tells him."""
    async with speaking_stage() as s:
        s.floor.holder = "nova"
        told = Question("1", "", "", "Five more minutes.", s.now(), reason=Reason.SAY)
        if wanted == "say":
            s.conductor.say(replace(told, verbatim=True))
        else:
            s.conductor.obeying.ask(told)
        answer = await s.answered()
        assert answer.outcome is Outcome.EXPIRED
        (notice,) = s.written(SegmentKind.NOTICE)
        assert notice.text == f"Sage found no quiet moment to {wanted}: Five more minutes."


@pytest.mark.parametrize("why", ["busy", "redis", "lease", "noise"])
@in_virtual_time
async def test_a_question_that_nobody_lets_it_answer_expires(why: str) -> None:
    """After 20 s, whatever the reason; the next one is answered."""
    async with speaking_stage() as s:
        s.floor.holder = "nova" if why == "busy" else None
        s.floor.away = why == "redis"
        s.lease.provable = why != "lease"
        noise = s.starts("Ben") if why == "noise" else None
        asked_s = s.now()
        await s.says("Sage, what is next?")
        answer = await s.answered()
        assert (answer.outcome, answer.heard.audio_ms) == (Outcome.EXPIRED, 0)
        assert s.now() - asked_s == pytest.approx(21, abs=0.5)
        assert s.sessions.asked == []
        s.floor.holder, s.floor.away, s.lease.provable = None, False, True
        if noise:
            s.ends(noise, "Ben")
        await s.says("Sage, what now?")
        s.model(await s.asked(), "Now.")
        assert (await s.answered(2)).outcome is Outcome.COMPLETED


@in_virtual_time
async def test_what_cannot_be_proven_ours_is_not_heard() -> None:
    """The lease becomes unknown in the middle: the gate refuses, and the model is told."""
    async with speaking_stage() as s:
        await s.says("Sage, what is next?")
        request = await s.asked()
        s.model(request, "one two three four five six seven eight nine ten")
        await asyncio.sleep(0.71)
        s.lease.provable = False
        answer = await s.answered()
        s.lease.provable = True
    assert answer.outcome is Outcome.INTERRUPTED
    assert answer.heard.text == "one two three four five"
    assert s.sessions.cancelled == [(request.reply_id, answer.heard)]


@in_virtual_time
async def test_a_grant_that_is_gone_ends_the_answer() -> None:
    """Somebody else may be heard now."""
    async with speaking_stage() as s:
        await s.says("Sage, what is next?")
        s.floor.gone = True
        s.model(await s.asked(), "word " * 50, steps=100)
        answer = await s.answered()
    assert answer.outcome is Outcome.INTERRUPTED
    assert answer.heard.audio_ms <= 1100


@in_virtual_time
async def test_without_redis_an_answer_ends_with_its_grant() -> None:
    """It cannot be renewed, and its own clock ends it."""
    async with speaking_stage() as s:
        await s.says("Sage, what is next?")
        s.model(await s.asked(), "word " * 50, steps=100)
        s.floor.away = True
        answer = await s.answered()
    assert answer.outcome is Outcome.INTERRUPTED
    assert 2500 <= answer.heard.audio_ms <= 2800


@in_virtual_time
async def test_a_grant_that_ran_out_before_a_sound_was_heard_is_asked_for_again() -> None:
    """Redis stood still; nobody is the wiser. But not for ever."""
    async with speaking_stage() as s:
        await s.says("Sage, what is next?")
        first = await s.asked()
        s.floor.away = True
        await asyncio.sleep(4)
        s.floor.away = False
        s.model(await s.asked(2), "The budget.")
        assert (await s.answered()).outcome is Outcome.COMPLETED
        assert [reply_id for reply_id, _ in s.sessions.cancelled] == [first.reply_id]
        await s.says("Sage, what else?")
        await s.asked(3)
        s.floor.away = True
        await asyncio.sleep(30)
        s.floor.away = False
        assert (await s.answered(2)).outcome is not Outcome.COMPLETED
        await asyncio.sleep(5)
        assert len(s.sessions.asked) == 3


@in_virtual_time
async def test_a_grant_is_renewed_for_as_long_as_the_answer_takes() -> None:
    """Ten seconds under grants of three."""
    async with speaking_stage() as s:
        await s.says("Sage, what is next?")
        s.model(await s.asked(), "word " * 50, steps=100)
        answer = await s.answered()
    assert (answer.outcome, answer.heard.audio_ms) == (Outcome.COMPLETED, 10_000)


@in_virtual_time
async def test_nobody_talks_for_ever() -> None:
    """A model that does not end is cut after longest talk and grace, and told what was heard."""
    async with speaking_stage(max_talk_s=8.0) as s:
        await s.says("Sage, what is next?")
        request = await s.asked()
        granted_s = s.now()
        s.model(request, steps=300)
        answer = await s.answered()
        assert answer.ended_s is not None
        assert 10.5 < answer.ended_s - granted_s <= 11
    assert answer.outcome is Outcome.TOO_LONG
    assert s.sessions.cancelled == [(request.reply_id, answer.heard)]


@in_virtual_time
async def test_the_longest_talk_begins_with_the_first_audio() -> None:
    """What the model thought before is not taken off it; the floor is told when it began."""
    async with speaking_stage(max_talk_s=8.0) as s:
        await s.says("Sage, what is next?")
        request = await s.asked()
        granted_s = s.now()
        await asyncio.sleep(5)
        s.model(request, steps=300)
        answer = await s.answered()
        assert answer.started_s is not None
        assert answer.ended_s is not None
        assert 15.5 < answer.ended_s - granted_s <= 16
        began_us = s.floor.floor.standings["sage"].began_us
        assert began_us == pytest.approx(answer.started_s * 1e6, abs=100_000)
    assert answer.outcome is Outcome.TOO_LONG


@in_virtual_time
async def test_after_the_longest_talk_the_sentence_is_finished_and_no_other_begun() -> None:
    """A word a second; the sentence that runs at 8 s ends with the ninth."""
    async with speaking_stage(max_talk_s=8.0) as s:
        await s.says("Sage, what is next?")
        text = "One two three. Four five six seven eight nine. Ten eleven twelve."
        s.model(await s.asked(), text, steps=120)
        answer = await s.answered()
    assert answer.outcome is Outcome.TOO_LONG
    assert answer.heard.text == "One two three. Four five six seven eight nine."


@in_virtual_time
async def test_a_revoked_answer_stops_at_once_and_frees_the_floor() -> None:
    """By the message; where that is lost, by the next renewal."""
    for deaf, limit_s in ((False, 0.03), (True, 0.55)):
        async with speaking_stage() as s:
            await s.says("Sage, what is next?")
            s.model(await s.asked(), "word " * 50, steps=100)
            await asyncio.sleep(3)
            s.floor.deaf = deaf
            assert await s.floor.take("ann") == "sage"
            revoked_s = s.now()
            answer = await s.answered()
            assert s.now() - revoked_s <= limit_s
            assert answer.outcome is Outcome.INTERRUPTED
            assert s.floor.holder is None
            assert s.gate.refusal(s.floor.number, s.now()) is not None


@in_virtual_time
async def test_the_queue_is_joined_while_others_speak_and_left_when_nobody_asks_any_more() -> None:
    """Its place is told; muting empties it."""
    async with speaking_stage() as s:
        s.floor.holder = "nova"
        await s.says("Sage, what is next?")
        await asyncio.sleep(0.1)
        assert s.asking.place == FloorPlace(Place.QUEUED, 1)
        (waiting,) = (await s.floor.view()).queue
        assert (waiting.agent, waiting.reason) == ("sage", "address")
        s.conductor.mute(True)
        await s.answered()
        assert (await s.floor.view()).queue == ()
        assert s.asking.place == IDLE


@in_virtual_time
async def test_a_lost_message_costs_milliseconds() -> None:
    """The poll finds the grant."""
    async with speaking_stage() as s:
        s.floor.holder = "nova"
        s.floor.deaf = True
        await s.says("Sage, what is next?")
        await asyncio.sleep(5.07)
        s.floor.holder = None
        freed_s = s.now()
        await s.asked()
        assert s.now() - freed_s <= 0.16


@in_virtual_time
async def test_a_process_that_stood_still_asks_anew_and_keeps_its_place() -> None:
    """Its request was dropped while nobody repeated it; its waiting counts all the same."""
    async with speaking_stage() as s:
        s.floor.holder = "nova"
        await s.says("Sage, what is next?")
        await asyncio.sleep(1)
        arrived_us = s.floor.floor.standings["sage"].arrived_us
        s.floor.away = True
        await asyncio.sleep(3)
        s.floor.away = False
        await asyncio.sleep(1)
        (again,) = s.floor.floor.queue
        assert abs(again.arrived_us - arrived_us) < 300_000
        s.floor.holder = None
        s.model(await s.asked(), "The budget.")
        assert (await s.answered()).outcome is Outcome.COMPLETED


@in_virtual_time
async def test_agents_that_have_answered_each_other_often_enough_are_denied() -> None:
    """The answer says so, and no model is asked."""
    async with speaking_stage() as s:
        s.floor.floor.agent_turns = 3
        question = Question("q", "a-nova", "Nova", "Sage?", s.now(), reason=Reason.AGENT)
        s.answering.ask(question)
        assert (await s.answered()).outcome is Outcome.DENIED
        assert s.sessions.asked == []


@in_virtual_time
async def test_answering_that_is_cancelled_leaves_the_queue() -> None:
    """Whoever is next does not wait for it."""
    async with speaking_stage() as s:
        s.floor.holder = "nova"
        question = Question("q", "", "", "Welcome", s.now(), verbatim=True)
        request = FloorRequest(id="r", reason=question.reason)
        waiting = asyncio.create_task(s.asking.ask(request, lambda: True))
        await asyncio.sleep(1)
        assert s.floor.floor.position("sage") == 1
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert s.floor.floor.position("sage") == 0


@in_virtual_time
async def test_speech_is_reported_for_as_long_as_it_lasts() -> None:
    """So that no other agent is granted the floor; without Redis the ears are not kept waiting."""
    async with speaking_stage() as s:
        turn = s.starts("Ben")
        await asyncio.sleep(10)
        assert [track for _, track in s.floor.floor.as_of(round(s.now() * 1e6)).speech] == [
            "TR_p-ben"
        ]
        s.floor.away = True
        began_s = s.now()
        s.ends(turn, "Ben")
        assert s.now() == began_s
        await asyncio.sleep(1)
        s.floor.away = False
        await asyncio.sleep(0.3)
        assert s.floor.floor.speech == {}


@pytest.mark.parametrize("error", [PluginError("out of order"), ProviderError("out of order")])
@in_virtual_time
async def test_a_model_that_cannot_be_asked_is_noticed(error: Exception) -> None:
    """In the transcript; the floor is free, and the next question is answered."""
    async with speaking_stage() as s:
        s.sessions.refusal = error
        await s.says("Sage, what is next?")
        assert (await s.answered()).outcome is Outcome.FAILED
        (notice,) = s.written(SegmentKind.NOTICE)
        assert notice.text == "Sage could not answer: out of order"
        assert s.floor.released == [s.floor.number]
        s.sessions.refusal = None
        await s.says("Sage, what now?")
        s.model(await s.asked(), "Now.")
        assert (await s.answered(2)).outcome is Outcome.COMPLETED


@pytest.mark.parametrize(
    ("steps", "status", "notice"),
    [
        (0, ReplyStatus.FAILED, "Sage could not answer: overloaded"),
        (5, ReplyStatus.FAILED, "Sage could not answer: overloaded"),
        (0, ReplyStatus.COMPLETED, "Sage could not answer: the model gave no audio"),
    ],
)
@in_virtual_time
async def test_a_reply_that_fails_is_noticed(steps: int, status: ReplyStatus, notice: str) -> None:
    """Also one that has audio, and one that has none and no reason."""
    async with speaking_stage() as s:
        await s.says("Sage, what is next?")
        request = await s.asked()
        s.model(request, steps=steps)
        s.model_done(request, status, "overloaded" if status is ReplyStatus.FAILED else "")
        answer = await s.answered()
        assert answer.outcome is Outcome.FAILED
        assert [segment.text for segment in s.written(SegmentKind.NOTICE)] == [notice]


@in_virtual_time
async def test_a_model_that_says_nothing_is_given_up() -> None:
    """After 20 s, with a notice."""
    async with speaking_stage() as s:
        await s.says("Sage, what is next?")
        await s.asked()
        asked_s = s.now()
        answer = await s.answered()
        assert s.now() - asked_s == pytest.approx(20, abs=0.5)
        assert answer.outcome is Outcome.FAILED
        assert len(s.written(SegmentKind.NOTICE)) == 1
        assert len(s.sessions.cancelled) == 1


@in_virtual_time
async def test_what_comes_after_the_end_of_a_reply_is_nobodys() -> None:
    """Its audio is not taken for the next one's."""
    async with speaking_stage() as s:
        await s.says("Sage, what is next?")
        first = await s.asked()
        s.model(first, "The budget.")
        await s.answered()
        s.conductor.reply_event(ReplyAudio(first.reply_id, PCM))
        await s.says("Sage, what then?")
        second = await s.asked(2)
        s.conductor.reply_event(ReplyAudio(first.reply_id, PCM))
        s.model(second, "The review.", steps=5)
        answer = await s.answered(2)
    assert answer.heard.audio_ms == 500


@in_virtual_time
async def test_a_text_that_had_to_go_for_newer_ones_is_a_notice() -> None:
    """Whoever sent it was told that it would be said, or be one."""
    async with speaking_stage() as s:
        s.floor.holder = "nova"
        for number in range(MAX_WAITING + 2):
            text = f"Point {number}."
            say = Question(text, "", "", text, s.now(), verbatim=True, reason=Reason.SAY)
            s.answering.ask(say)
            await asyncio.sleep(0.1)
        answer = await s.answered()
    assert answer.outcome is Outcome.REPLACED
    [notice] = s.written(SegmentKind.NOTICE)
    assert notice.text == "Sage found no quiet moment to say: Point 1."


@in_virtual_time
async def test_a_newer_question_of_the_same_person_replaces_the_older() -> None:
    """While both wait; another person's stays."""
    async with speaking_stage() as s:
        await s.says("Sage, what is next?")
        request = await s.asked()
        await s.says("Sage, who is it?", "Ben")
        await s.says("Sage, who was it?", "Ben")
        s.model(request, "The budget.")
        again = await s.asked(2)
        s.model(again, "Ada.")
        await s.answered(3)
    assert again.question == "Sage, who was it?"
    assert sorted(answer.outcome for answer in s.answers) == [
        Outcome.COMPLETED,
        Outcome.COMPLETED,
        Outcome.REPLACED,
    ]


@in_virtual_time
async def test_words_to_say_are_said_as_they_are() -> None:
    """Or asked for, where a model cannot be told."""
    for verbatim in (True, False):
        async with speaking_stage(verbatim=verbatim) as s:
            order = Question("q", "", "", 'Say "hi"', s.now(), verbatim=True)
            s.answering.ask(order)
            request = await s.asked()
            if verbatim:
                assert (request.verbatim, request.instructions) == ('Say "hi"', None)
            else:
                assert request.verbatim is None
                assert '"Say \\"hi\\""' in (request.instructions or "")
            s.model(request, 'Say "hi"')
            assert (await s.answered()).outcome is Outcome.COMPLETED


@in_virtual_time
async def test_a_mute_on_the_way_to_the_grant_counts() -> None:
    """The floor is given back, and the model is not asked."""
    async with speaking_stage() as s:
        s.floor.slow_s = 0.3
        await s.says("Sage, what is next?")
        await asyncio.sleep(0.1)
        s.conductor.mute(True)
        assert (await s.answered(1)).outcome is Outcome.INTERRUPTED
        assert s.sessions.asked == []
        await asyncio.sleep(1)
        assert s.floor.holder is None


@in_virtual_time
async def test_who_goes_on_speaking_on_the_way_to_the_grant_is_not_answered_yet() -> None:
    """What they add belongs to the question."""
    async with speaking_stage() as s:
        s.floor.slow_s = 0.3
        await s.says("Sage, what is next?")
        await asyncio.sleep(0.1)
        turn = s.starts()
        assert (await s.answered(1)).outcome is Outcome.WITHDRAWN
        s.ends(turn)
        s.words(turn, "on the list of Ben")
        assert (await s.asked()).question == "Sage, what is next? on the list of Ben"


@in_virtual_time
async def test_muted_nothing_is_answered_that_was_asked_before() -> None:
    """Nor what is asked then; unmuted, the next is."""
    async with speaking_stage() as s:
        s.floor.holder = "nova"
        await s.says("Sage, what is next?")
        await s.says("Sage, who is it?", "Ben")
        s.conductor.mute(True)
        await s.answered(2)
        s.floor.holder = None
        await s.says("Sage, anybody?")
        await asyncio.sleep(25)
        assert [answer.outcome for answer in s.answers] == [Outcome.INTERRUPTED] * 2
        assert s.sessions.asked == []
        s.conductor.mute(False)
        await s.says("Sage, what now?")
        s.model(await s.asked(), "Now.")
        assert (await s.answered(3)).outcome is Outcome.COMPLETED
