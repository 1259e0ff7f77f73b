"""Replies: asked when the session knows what the room knows, ended exactly once."""

from __future__ import annotations

import asyncio

import pytest

from roomhand.attribution.conversation import Entry
from roomhand.errors import ProviderError
from roomhand.room.sessions import SessionOptions, SessionState
from roomhand_plugins.base import Heard, ReplyRequest, Role, ToolCall
from roomhand_plugins.scripted.script import FaultKind
from tests.virtual_time import in_virtual_time
from tests.worker.room.session_stage import Stage, stage

pytestmark = pytest.mark.unit

NOTHING = Heard(audio_ms=0, text="")


def known(s: Stage, speaker: str) -> list[tuple[str, str]]:
    """What the model of one person's session remembers, in its order."""
    session = next(one for one in s.plugin.sessions if one.setup.speaker == speaker)
    return [(entry.speaker, entry.text) for entry in session.memory.entries]


def ask(reply_id: str = "r1") -> ReplyRequest:
    return ReplyRequest(reply_id=reply_id)


@in_virtual_time
async def test_before_a_reply_the_session_is_told_what_the_others_said() -> None:
    """Once, in order of onset, under their names; own words it has heard itself."""
    async with stage() as s:
        anna, ben, cleo = s.person("anna"), s.person("ben"), s.person("cleo")
        await asyncio.gather(anna.speak(1), ben.wait(1.3), cleo.wait(1.3))
        await asyncio.gather(
            anna.wait(3), ben.speak(11, before_s=1), cleo.speak(21, before_s=0.5, after_s=2)
        )
        milo = Entry(
            turn_id="x",
            identity="milo",
            name="Milo",
            role=Role.OTHER_AGENT,
            text="hello",
            start_ms=3_000,
        )
        s.memory.say(milo)
        await anna.speak(2)
        await s.sessions.reply("anna", ask())
        assert known(s, "Anna") == [
            ("Anna", "w1"),
            ("Cleo", "w21"),
            ("Ben", "w11"),
            ("Milo", "hello"),
            ("Anna", "w2"),
        ]
        await asyncio.sleep(1)
        await s.sessions.reply("anna", ask("r2"))
        assert len([1 for who, _ in known(s, "Anna") if who == "Ben"]) == 1


@in_virtual_time
async def test_what_the_agent_said_in_another_session_is_told_once_here() -> None:
    """Its heard text, not in the session that spoke it."""
    async with stage() as s:
        anna, ben = s.person("anna"), s.person("ben")
        await asyncio.gather(anna.speak(1), ben.speak(2))
        await s.sessions.reply("anna", ask())
        await asyncio.sleep(2)
        s.memory.say(
            Entry(
                turn_id="r1",
                identity="sage",
                name="Sage",
                role=Role.AGENT,
                text="Yes.",
                start_ms=9_000,
            )
        )
        await s.sessions.reply("ben", ask("r2"))
        await s.sessions.reply("anna", ask("r3"))
        await asyncio.sleep(2)
        assert ("Sage", "Yes.") in known(s, "Ben")
        assert ("Sage", "Yes.") not in known(s, "Anna")


@in_virtual_time
async def test_a_reply_waits_for_the_pending_words_of_the_others() -> None:
    """They spoke before the question, so the answer must know them."""
    faults = [{"fault": "late_transcript", "nth": 1, "ms": 2_500}]
    async with stage({"faults": faults}) as s:
        anna, ben = s.person("anna"), s.person("ben")
        await asyncio.gather(ben.speak(11), anna.wait(1.3))
        await anna.speak(1)
        began_s = asyncio.get_running_loop().time()
        await s.sessions.reply("anna", ask())
        assert 0 < asyncio.get_running_loop().time() - began_s < 3
        assert ("Ben", "w11") in known(s, "Anna")


@in_virtual_time
async def test_after_a_bounded_wait_the_model_is_told_whose_words_are_pending() -> None:
    """It can say so instead of guessing."""
    async with stage(options=SessionOptions(transcript_wait_s=3)) as s:
        anna, ben = s.person("anna"), s.person("ben")
        s.plugin.hold_transcripts()
        await asyncio.gather(ben.speak(11), anna.wait(1.3))
        await anna.speak(1)
        began_s = asyncio.get_running_loop().time()
        await s.sessions.reply("anna", ask())
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(3, abs=0.01)
        notice = [text for who, text in known(s, "Anna") if not who]
        assert notice == ["Not yet transcribed: the latest words of Ben"]
        s.plugin.release_transcripts()
        await asyncio.sleep(1)
        await s.sessions.reply("anna", ask("r2"))
        assert ("Ben", "w11") in known(s, "Anna")


@in_virtual_time
async def test_words_after_the_question_are_not_waited_for() -> None:
    """Only what was begun before it."""
    async with stage() as s:
        anna, ben = s.person("anna"), s.person("ben")
        await anna.speak(1)
        s.plugin.hold_transcripts()
        await ben.wait(1.3)
        await ben.speak(11)
        began_s = asyncio.get_running_loop().time()
        await s.sessions.reply("anna", ask())
        assert asyncio.get_running_loop().time() == began_s
        s.plugin.release_transcripts()


@in_virtual_time
async def test_a_session_that_opens_for_a_reply_gets_the_question_first() -> None:
    """Not hearing, an agent sends only the turn that asked, and knows the rest as text."""
    async with stage(hears=False) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await anna.speak(2)
        assert s.opened == 0
        question = s.sink.started[0][1]
        s.memory.say(
            Entry(
                turn_id="the scribe's own name",
                identity="anna",
                name="Anna",
                role=Role.PERSON,
                text="w1",
                start_ms=question.start_ms + 40,
                track=anna.track.sid,
            )
        )
        await s.sessions.reply("anna", ask())
        await asyncio.sleep(2)
        assert known(s, "Anna") == [("Anna", "w1"), ("Anna", "w2"), ("", "Yes.")]
        assert s.sink.final == []
        assert s.sink.lost == []


@in_virtual_time
async def test_unwanted_turns_are_left_to_the_scribe_not_holes() -> None:
    """Their samples have a name in the ledger."""
    async with stage(hears=False, options=SessionOptions(ring_s=30)) as s:
        anna = s.person("anna")
        for value in range(1, 40):
            await anna.speak(value)
        assert s.sink.lost == []
        assert set(anna.ledger.dropped) == {"left to the scribe"}


@pytest.mark.parametrize("moment", ["reply", "reply_started", "reply_audio"])
@in_virtual_time
async def test_a_reply_on_a_lost_session_ends_once(moment: str) -> None:
    """Asked again if the model never took it, failed if it did."""
    faults = [{"fault": "lose_socket", "at": moment, "nth": 1}]
    async with stage({"faults": faults}) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await s.sessions.reply("anna", ask())
        await anna.speak(2, after_s=3)
        assert len(s.sink.done("r1")) == 1
        assert s.sink.done("r1") == ["completed" if moment == "reply" else "failed"]
        assert s.sink.said("anna") == "w1 w2"


@in_virtual_time
async def test_a_reply_waits_for_a_session_that_is_away() -> None:
    """And is asked when the question has arrived."""
    async with stage({"faults": [{"fault": "delay_open", "ms": 8_000}]}) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await s.sessions.reply("anna", ask())
        assert 8 < asyncio.get_running_loop().time() < 9
        await asyncio.sleep(2)
        assert s.sink.done("r1") == ["completed"]
        order = [str(call.moment) for call in s.plugin.calls]
        assert order.index("end_turn") < order.index("reply")


@in_virtual_time
async def test_a_reply_is_asked_only_when_the_question_is_all_sent() -> None:
    """However slowly the session takes the audio, and the end after it."""
    script = {
        "faults": [{"fault": "stall", "at": "begin_turn", "ms": 3_000}],
        "audio_buffer_ms": 20,
    }
    async with stage(script) as s:
        anna = s.person("anna")
        await anna.speak(1)
        await s.sessions.reply("anna", ask())
        order = [str(call.moment) for call in s.plugin.calls]
        assert order.index("end_turn") < order.index("reply")
        assert order.count("reply") == 1


@in_virtual_time
async def test_a_reply_that_cannot_be_asked_raises_and_leaves_no_event() -> None:
    """Too late, refused, or no model that speaks."""
    slow = {"faults": [{"fault": "delay_open", "ms": 50_000}]}
    async with stage(slow, SessionOptions(reply_wait_s=10)) as s:
        await s.person("anna").speak(1)
        with pytest.raises(ProviderError, match="not ready"):
            await s.sessions.reply("anna", ask())
        assert s.sink.replies == []
    async with stage({"faults": [{"fault": "refuse_fatal"}]}) as s:
        await s.person("anna").speak(1)
        with pytest.raises(ProviderError, match="refused"):
            await s.sessions.reply("anna", ask())
    async with stage({"capabilities": {"turn_taking": "listen"}}) as s:
        await s.person("anna").speak(1)
        with pytest.raises(ProviderError, match="only listens"):
            await s.sessions.reply("anna", ask())


@in_virtual_time
async def test_a_cancel_before_the_model_was_asked_ends_the_reply() -> None:
    """The model hears nothing of it."""
    async with stage({"faults": [{"fault": "delay_open", "ms": 5_000}]}) as s:
        await s.person("anna").speak(1)
        asking = asyncio.create_task(s.sessions.reply("anna", ask()))
        await asyncio.sleep(1)
        await s.sessions.cancel_reply("r1", NOTHING)
        await asking
        assert s.sink.done("r1") == ["cancelled"]
        await asyncio.sleep(5)
        assert s.count("reply") == 0


@in_virtual_time
async def test_a_caller_who_gives_up_leaves_no_trace() -> None:
    """A cancelled task is a cancelled reply; the session still goes idle."""
    script = {"faults": [{"fault": "delay_open", "ms": 5_000}]}
    async with stage(script, SessionOptions(session_idle_s=10)) as s:
        await s.person("anna").speak(1)
        asking = asyncio.create_task(s.sessions.reply("anna", ask()))
        await asyncio.sleep(1)
        asking.cancel()
        await asyncio.wait({asking})
        await asyncio.sleep(30)
        assert s.count("reply") == 0
        assert s.sink.states[-1] == ("anna", SessionState.IDLE)


@in_virtual_time
async def test_a_cancel_cuts_the_models_memory_even_after_the_reply_was_made() -> None:
    """Audio comes faster than it is played: the interruption is later than the last event."""
    async with stage({"replies": [{"text": "One two three four."}]}) as s:
        await s.person("anna").speak(1)
        await s.sessions.reply("anna", ask())
        await asyncio.sleep(3)
        assert s.sink.done("r1") == ["completed"]
        assert s.sink.audio_of("r1") > 24_000
        await s.sessions.cancel_reply("r1", Heard(audio_ms=400, text="One two"))
        assert known(s, "Anna")[-1][1] == "One two"
        await s.sessions.cancel_reply("nobody's", NOTHING)


@in_virtual_time
async def test_replies_of_one_person_are_asked_one_after_the_other() -> None:
    """Two at once are both done."""
    async with stage() as s:
        await s.person("anna").speak(1)
        await asyncio.gather(
            s.sessions.reply("anna", ask("r1")), s.sessions.reply("anna", ask("r2"))
        )
        await asyncio.sleep(3)
        assert s.sink.done("r1") == s.sink.done("r2") == ["completed"]


@in_virtual_time
async def test_a_session_is_not_closed_for_idleness_while_it_replies() -> None:
    """A reply is work."""
    script = {"faults": [{"fault": "never_done"}]}
    async with stage(script, SessionOptions(session_idle_s=5)) as s:
        await s.person("anna").speak(1)
        await s.sessions.reply("anna", ask())
        await asyncio.sleep(30)
        assert s.sink.states[-1] == ("anna", SessionState.READY)
    assert s.sink.done("r1") == ["failed"]


@in_virtual_time
async def test_the_agent_can_speak_where_nobody_has_spoken() -> None:
    """The shared mouth says what it is told to say."""
    async with stage() as s:
        await s.sessions.reply("", ReplyRequest(reply_id="r1", verbatim="Welcome, all."))
        await asyncio.sleep(2)
        assert s.sink.done("r1") == ["completed"]
        assert s.plugin.sessions[0].setup.speaker == ""


@in_virtual_time
async def test_a_person_is_answered_where_they_spoke_last() -> None:
    """Not in the session of their shared screen."""
    async with stage() as s:
        anna = s.person("anna")
        await anna.speak(1)
        await s.sessions.reply("anna", ask())
        assert s.opened == 1
        await s.sessions.reply("gone", ask("r2"))
        assert s.plugin.sessions[-1].setup.speaker == ""


@in_virtual_time
async def test_tool_calls_are_answered_in_the_session_that_asked() -> None:
    """After its end there is nobody to answer."""
    script = {"replies": [{"text": "Done.", "tool": {"name": "look_up"}}]}
    async with stage(script) as s:
        await s.person("anna").speak(1)
        await s.sessions.reply("anna", ask())
        await asyncio.sleep(1)
        call = next(event for event in s.sink.replies if isinstance(event, ToolCall))
        await s.sessions.answer_tool(call.call_id, "{}")
        await asyncio.sleep(2)
        assert s.sink.done("r1") == ["completed"]
        with pytest.raises(ProviderError):
            await s.sessions.answer_tool(call.call_id, "{}")
        await s.sessions.reply("anna", ask("r2"))
        await asyncio.sleep(1)
        s.plugin.strike(FaultKind.LOSE_SOCKET)
        await asyncio.sleep(1)
        with pytest.raises(ProviderError):
            await s.sessions.answer_tool("call-r2", "{}")


@pytest.mark.parametrize("mutable", [True, False])
@in_virtual_time
async def test_without_text_injection_the_lines_go_into_instructions(mutable: bool) -> None:
    """The session's where they can change, else the reply's."""
    can = {"text_injection": False, "mutable_instructions": mutable}
    async with stage({"capabilities": can}) as s:
        anna, ben = s.person("anna"), s.person("ben")
        await asyncio.gather(anna.speak(1), ben.speak(11))
        await s.sessions.reply("anna", ask())
        session = next(one for one in s.plugin.sessions if one.setup.speaker == "Anna")
        assert s.count("add_text") == 0
        assert ("Ben: w11" in session.setup.instructions) is mutable
        assert session.setup.instructions.startswith("Be brief.")
