"""A model that answers by itself: heard as an answer, or undone; never heard unasked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from roomhand.attribution.conversation import Entry
from roomhand_plugins.base import Heard, ReplyAudio, ReplyRequest, Role
from roomhand_plugins.scripted.script import FaultKind
from tests.virtual_time import in_virtual_time
from tests.worker.room.session_stage import Stage, stage

pytestmark = pytest.mark.unit


def auto(first_audio_ms: int = 50, speed: float = 10.0, **capabilities: Any) -> dict[str, Any]:
    """The script of such a model."""
    return {
        "capabilities": {"turn_taking": "auto", **capabilities},
        "replies": [{"text": "Yes, I do.", "first_audio_ms": first_audio_ms, "speed": speed}],
    }


def known(s: Stage) -> list[tuple[Role, str]]:
    """What the model of the only session remembers."""
    [session] = s.plugin.sessions
    return [(entry.role, entry.text) for entry in session.memory.entries]


def replies(s: Stage) -> list[str]:
    """The ids of the replies of which the sink heard anything."""
    return list(dict.fromkeys(event.reply_id for event in s.sink.replies))


@pytest.mark.parametrize("first_audio_ms", [50, 1_500])
@in_virtual_time
async def test_its_own_reply_is_the_answer_to_the_question(first_audio_ms: int) -> None:
    """Whole and under the id that was asked for, whether it began before the question was judged
    or after; and the model is not asked a second time."""
    async with stage(auto(first_audio_ms)) as s:
        anna = s.person("anna")
        await anna.speak(1)
        assert s.sink.replies == []
        await s.sessions.reply("anna", ReplyRequest(reply_id="r1"))
        await anna.wait(3)
        assert replies(s) == ["r1"]
        assert s.sink.done("r1") == ["completed"]
        assert s.sink.audio_of("r1") == 60 * len("Yes, I do.") * 24
        assert s.count("reply") == 0
        assert known(s) == [(Role.PERSON, "w1"), (Role.AGENT, "Yes, I do.")]


@pytest.mark.parametrize("first_audio_ms", [50, 1_500])
@in_virtual_time
async def test_a_reply_that_nobody_wanted_is_undone(first_audio_ms: int) -> None:
    """Nothing of it is passed on, the model is stopped, and does not believe that it was heard."""
    async with stage(auto(first_audio_ms, speed=0.5)) as s:
        anna = s.person("anna")
        await anna.speak(1)
        s.sessions.dismiss("anna")
        await anna.wait(3)
        assert s.sink.replies == []
        assert s.count("cancel_reply") == 1
        assert known(s) == [(Role.PERSON, "w1")]


@in_virtual_time
async def test_a_model_that_cannot_stop_is_told_that_nobody_heard_it() -> None:
    """As text, where it takes text."""
    async with stage(auto(cancel=False, truncation=False)) as s:
        anna = s.person("anna")
        await anna.speak(1)
        s.sessions.dismiss("anna")
        await anna.wait(3)
        assert s.count("cancel_reply") == 0
        role, text = known(s)[-1]
        assert (role, "Nobody heard" in text) == (Role.NOTICE, True)


@in_virtual_time
async def test_after_a_dismissal_the_next_turn_is_judged_anew() -> None:
    """And the reply to it may be the answer."""
    async with stage(auto()) as s:
        anna = s.person("anna")
        await anna.speak(1)
        s.sessions.dismiss("anna")
        await anna.speak(2)
        await s.sessions.reply("anna", ReplyRequest(reply_id="r1"))
        await anna.wait(2)
        assert s.sink.done("r1") == ["completed"]
        assert [text for role, text in known(s) if role is Role.PERSON] == ["w1", "w2"]


@in_virtual_time
async def test_a_model_that_stays_silent_is_asked() -> None:
    """It did not answer by itself, and the question stands."""
    async with stage(auto() | {"faults": [{"fault": "drop_event", "at": "reply_started"}]}) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await s.sessions.reply("anna", ReplyRequest(reply_id="r1"))
        assert s.count("reply") == 1
        await anna.wait(2)
        assert s.sink.done("r1") == ["completed"]


@in_virtual_time
async def test_words_to_be_said_are_always_asked_for() -> None:
    """What the model says by itself is something else."""
    async with stage(auto()) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await s.sessions.reply("anna", ReplyRequest(reply_id="r1", verbatim="Welcome"))
        await anna.wait(2)
        assert s.count("reply") == 1
        assert replies(s) == ["r1"]
        s.sessions.dismiss("anna")


@in_virtual_time
async def test_an_answer_of_its_own_can_be_stopped() -> None:
    """Under its own name for the model, cut to what was heard."""
    async with stage(auto(speed=1.0)) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await s.sessions.reply("anna", ReplyRequest(reply_id="r1"))
        await anna.wait(0.1)
        await s.sessions.cancel_reply("r1", Heard(audio_ms=120, text="Yes,"))
        await anna.wait(1)
        assert s.sink.done("r1") == ["cancelled"]
        assert known(s)[-1] == (Role.AGENT, "Yes,")


@in_virtual_time
async def test_a_question_given_up_while_it_waits_leaves_nothing_behind() -> None:
    """The reply that begins afterwards is undone."""
    async with stage(auto(2_500)) as s:
        anna = s.person("anna")
        await anna.speak(1)
        asking = asyncio.create_task(s.sessions.reply("anna", ReplyRequest(reply_id="r1")))
        await asyncio.sleep(0.1)
        await s.sessions.cancel_reply("r1", Heard(audio_ms=0, text=""))
        await asking
        await anna.wait(4)
        assert s.sink.done("r1") == ["cancelled"]
        assert not any(isinstance(event, ReplyAudio) for event in s.sink.replies)
        assert known(s) == [(Role.PERSON, "w1")]


@in_virtual_time
async def test_a_held_reply_is_undone_when_no_question_can_want_it_any_more() -> None:
    """Nobody judged the turn: words that never came, for example."""
    async with stage(auto()) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await anna.wait(30)
        assert s.count("cancel_reply") == 1
        assert s.sink.replies == []


@in_virtual_time
async def test_a_lost_session_takes_its_held_reply_with_it() -> None:
    """The question is put to the next session."""
    async with stage(auto()) as s:
        anna = s.person("anna")
        await anna.speak(1)
        s.plugin.strike(FaultKind.LOSE_SOCKET)
        await anna.wait(0.1)
        await s.sessions.reply("anna", ReplyRequest(reply_id="r1"))
        await anna.wait(2)
        assert s.sink.done("r1") == ["completed"]
        assert s.count("reply") == 1


@in_virtual_time
async def test_where_another_agent_transcribes_it_answers_the_prepared_turn() -> None:
    """Replayed from the ring; the turns before it, which it never got, it cannot answer."""
    async with stage(auto(), hears=False) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await anna.speak(2)
        s.sessions.prepare(anna.track.sid, s.sink.started[1][1].start_ms)
        await s.sessions.reply("anna", ReplyRequest(reply_id="r1"))
        await anna.wait(2)
        assert s.sink.done("r1") == ["completed"]
        assert s.count("reply") == 0
        assert known(s) == [(Role.PERSON, "w2"), (Role.AGENT, "Yes, I do.")]


@in_virtual_time
async def test_it_is_told_what_the_others_said_before_it_answers_by_itself() -> None:
    """There is no later moment."""
    async with stage(auto()) as s:
        anna = s.person("anna")
        await anna.speak(1)
        s.sessions.dismiss("anna")
        s.memory.say(
            Entry(
                turn_id="x",
                identity="milo",
                name="Milo",
                role=Role.OTHER_AGENT,
                text="hello",
                start_ms=2_000,
            )
        )
        await anna.speak(2)
        texts = [text for _, text in known(s)]
        assert texts.index("hello") < texts.index("Yes, I do.")
        s.sessions.dismiss("anna")
