"""What ears and sessions report becomes record, memory, questions and barge-in."""

from __future__ import annotations

import asyncio
import logging

import pytest

from roomhand import metrics
from roomhand.attribution.segments import SegmentKind, Turn
from roomhand.errors import CommandError
from roomhand.profiles import AddressOptions, Policy, Profile
from roomhand.room.answer import Outcome
from roomhand.room.sessions import SessionState
from roomhand.turns.questions import Question
from roomhand_plugins.base import Role, ToolCall, Transcript, Usage
from tests.virtual_time import in_virtual_time
from tests.worker.room.speaking_stage import SpeakingStage, speaking_stage, track

pytestmark = pytest.mark.unit

LONG = "one two three four five six seven eight nine ten"


async def speaking(s: SpeakingStage, for_s: float = 0.4) -> str:
    """Sage speaks since so long; the id of the reply."""
    await s.says("Sage, what is next?")
    request = await s.asked()
    s.model(request, LONG)
    await asyncio.sleep(for_s)
    return request.reply_id


async def audible(s: SpeakingStage, for_s: float) -> None:
    """Sage is heard since so long."""
    await speaking(s, 0)
    while s.mouth.speaking is None or s.now() < s.mouth.began_s + for_s:
        await asyncio.sleep(0.01)
        assert not s.answers, "it is over"


async def interrupted_by(s: SpeakingStage, turn: Turn) -> None:
    """Ben speaks on until sage stops."""
    while s.mouth.speaking:
        await asyncio.sleep(0.05)
        s.conductor.voice(track("Ben"), s.now() * 1000 - turn.start_ms)
        assert s.now() * 1000 - turn.start_ms < 1000


async def says_into_it(s: SpeakingStage, text: str, voiced_ms: int, *, name: str = "Ben") -> None:
    """Somebody says something short; its words come as late as a recogniser's."""
    turn = s.starts(name)
    for voiced in range(50, voiced_ms + 1, 50):
        s.conductor.voice(track(name), voiced)
        await asyncio.sleep(0.05)
    for _ in range(10):
        await asyncio.sleep(0.05)
        s.conductor.tick()
    s.ends(turn, name)
    await asyncio.sleep(0.2)
    s.words(turn, text, name)


@in_virtual_time
async def test_a_mention_is_left_alone() -> None:
    """It is written down, and that is all."""
    async with speaking_stage() as s:
        await s.says("As I told Sage yesterday, we are late.")
        await asyncio.sleep(30)
        assert s.sessions.asked == []
        assert s.answers == []
        assert [segment.text for segment in s.written(SegmentKind.SPEECH)] == [
            "As I told Sage yesterday, we are late."
        ]


@in_virtual_time
async def test_who_was_answered_needs_no_name_for_a_while() -> None:
    """Only that person, and only so long."""
    async with speaking_stage() as s:
        await speaking(s)
        await s.answered()
        await s.says("What about Tuesday?", "Ben")
        await asyncio.sleep(1)
        assert len(s.sessions.asked) == 1
        await s.says("And what about Tuesday?")
        s.model(await s.asked(2), "It is free.")
        await s.answered(2)
        await asyncio.sleep(20)
        await s.says("And what about Wednesday?")
        await asyncio.sleep(20)
        assert len(s.sessions.asked) == 2


@in_virtual_time
async def test_a_silent_agent_only_listens() -> None:
    """Its profile says so."""
    quiet = Profile(name="sage", plugin="fake", address=AddressOptions(policy=Policy.SILENT))
    async with speaking_stage(profile=quiet) as s:
        await s.says("Sage, what is next?")
        await asyncio.sleep(30)
        assert s.sessions.asked == []
        assert len(s.written(SegmentKind.SPEECH)) == 1


@in_virtual_time
async def test_a_person_over_the_agent_is_ducked_for_and_then_stops_it() -> None:
    """The record and the model's memory have only what was heard."""
    async with speaking_stage() as s:
        reply_id = await speaking(s, 0.5)
        turn = s.starts("Ben")
        s.conductor.voice(track("Ben"), 60)
        assert s.mouth.acts == ["duck"]
        await interrupted_by(s, turn)
        s.ends(turn, "Ben")
        answer = await s.answered()
    assert answer.outcome is Outcome.INTERRUPTED
    assert 0 < answer.heard.audio_ms < 1000
    assert LONG.startswith(answer.heard.text)
    assert answer.heard.text not in ("", LONG)
    assert s.sessions.cancelled == [(reply_id, answer.heard)]
    (segment,) = s.written(SegmentKind.AGENT)
    assert (segment.text, segment.interrupted) == (answer.heard.text, True)
    (entry,) = [e for e in s.memory.history(9) if e.role is Role.AGENT]
    assert (entry.text, entry.interrupted) == (answer.heard.text, True)


@in_virtual_time
async def test_a_cough_only_ducks() -> None:
    """The agent goes on, at full level, to its end."""
    async with speaking_stage() as s:
        await speaking(s, 0.3)
        turn = s.starts("Ben")
        s.conductor.voice(track("Ben"), 60)
        await asyncio.sleep(0.1)
        s.conductor.voice(track("Ben"), 0)
        s.ends(turn, "Ben")
        for _ in range(100):
            s.conductor.tick()
            await asyncio.sleep(0.05)
        answer = await s.answered()
    assert s.mouth.acts == ["duck", "restore", "played"]
    assert answer.outcome is Outcome.COMPLETED


@in_virtual_time
async def test_a_backchannel_lets_the_agent_go_on_where_it_was() -> None:
    """It pauses, then says all the rest; and nobody answers to an "mm-hm"."""
    async with speaking_stage(people_there=["Ben"]) as s:
        await speaking(s, 0.3)
        await says_into_it(s, "Mm-hm.", 450)
        answer = await s.answered()
        await asyncio.sleep(20)
    assert s.mouth.acts == ["duck", "pause", "resume", "played"]
    assert answer.outcome is Outcome.COMPLETED
    assert (answer.heard.audio_ms, answer.heard.text) == (1000, LONG)
    assert len(s.sessions.asked) == 1
    assert "Mm-hm." in [segment.text for segment in s.written(SegmentKind.SPEECH)]


@in_virtual_time
@pytest.mark.parametrize("voiced_ms", [250, 450])
async def test_a_short_stop_stops_it(voiced_ms: int) -> None:
    """Its words tell, also when the agent had gone on."""
    async with speaking_stage() as s:
        await s.says("Sage, what is next?")
        s.model(await s.asked(), LONG, steps=40)
        await asyncio.sleep(0.4)
        await says_into_it(s, "Stop.", voiced_ms)
        answer = await s.answered()
    assert answer.outcome is Outcome.INTERRUPTED
    assert s.mouth.acts[-1] == "stopped"


@in_virtual_time
async def test_without_words_a_pause_ends_by_itself() -> None:
    """Short: it goes on. Long enough for a doubt: the person wins."""
    for voiced_ms, outcome in ((450, Outcome.COMPLETED), (650, Outcome.INTERRUPTED)):
        async with speaking_stage() as s:
            await audible(s, 0.1)
            turn = s.starts("Ben")
            for voiced in range(50, voiced_ms + 1, 50):
                s.conductor.voice(track("Ben"), voiced)
                await asyncio.sleep(0.05)
            s.ends(turn, "Ben")
            for _ in range(60):
                s.conductor.tick()
                await asyncio.sleep(0.05)
            answer = await s.answered()
            assert answer.outcome is outcome
            assert answer.heard.audio_ms <= 1000


@in_virtual_time
async def test_a_turn_that_is_lost_ends_the_pause_at_once() -> None:
    """There is nothing to wait for."""
    async with speaking_stage() as s:
        await audible(s, 0.5)
        turn = s.starts("Ben")
        s.conductor.voice(track("Ben"), 450)
        s.ends(turn, "Ben")
        assert s.mouth.acts == ["pause"]
        s.conductor.turn_lost(track("Ben"), turn, turn.start_ms + 450, "late")
        assert s.mouth.acts == ["pause", "resume"]
        answer = await s.answered()
    assert answer.outcome is Outcome.COMPLETED


@in_virtual_time
async def test_what_sounded_like_going_on_but_had_no_words() -> None:
    """The question stands, whether the turn came out empty or was lost."""
    for lost in (False, True):
        async with speaking_stage() as s:
            await s.says("Sage, what is next?")
            await s.asked()
            turn = s.starts()
            await asyncio.sleep(0.3)
            s.ends(turn)
            if lost:
                s.conductor.turn_lost(track(), turn, turn.start_ms + 300, "no transcript")
            else:
                s.words(turn, " ")
            again = await s.asked(2)
            assert again.question == "Sage, what is next?"
            assert len(s.written(SegmentKind.GAP)) == (1 if lost else 0)


@in_virtual_time
async def test_commands_come_back_at_once() -> None:
    """Whatever is going on, each in no time at all."""
    async with speaking_stage() as s:
        s.floor.holder = "nova"
        began_s = s.now()
        s.conductor.say(Question("q", "", "", "Welcome", s.now(), verbatim=True))
        assert s.conductor.interrupt() is False
        s.conductor.mute(True)
        s.conductor.mute(False)
        assert s.now() == began_s


@in_virtual_time
async def test_interrupt_stops_what_is_said() -> None:
    """And tells whether something was."""
    async with speaking_stage() as s:
        await speaking(s)
        assert s.conductor.interrupt() is True
        answer = await s.answered()
        assert answer.outcome is Outcome.INTERRUPTED
        assert s.mouth.speaking is None
        assert s.conductor.interrupt() is False


@in_virtual_time
async def test_muted_it_stops_and_says_nothing_until_it_may() -> None:
    """Not even what it is told to say."""
    async with speaking_stage() as s:
        await speaking(s)
        s.conductor.mute(True)
        assert s.mouth.speaking is None
        await s.answered()
        with pytest.raises(CommandError, match="sage is muted"):
            s.conductor.say(Question("q", "", "", "Welcome", s.now(), verbatim=True))
        await s.says("Sage, what now?")
        await asyncio.sleep(25)
        assert len(s.sessions.asked) == 1
        s.conductor.mute(False)
        await s.says("Sage, what now?")
        await s.asked(2)


@in_virtual_time
async def test_an_agent_that_is_told_to_speak_says_it() -> None:
    """In nobody's session, and nobody has a follow-up for it."""
    async with speaking_stage() as s:
        s.conductor.say(Question("q", "", "", "Welcome all", s.now(), verbatim=True))
        request = await s.asked()
        assert s.sessions.asked[0][0] == ""
        s.model(request, "Welcome all")
        await s.answered()
        await s.says("What about Tuesday?")
        await asyncio.sleep(20)
        assert len(s.sessions.asked) == 1
        assert [segment.text for segment in s.written(SegmentKind.AGENT)] == ["Welcome all"]


@in_virtual_time
async def test_a_provider_that_refuses_is_noticed() -> None:
    """Other changes are only counted."""
    async with speaking_stage() as s:
        for state in SessionState:
            s.conductor.provider_state(track(), state, "bad key")
        (notice,) = s.written(SegmentKind.NOTICE)
        assert notice.text == "The model provider refuses: bad key"


@in_virtual_time
async def test_a_track_that_is_not_heard_is_noticed() -> None:
    """By the safe name of who is behind it."""
    async with speaking_stage() as s:
        s.conductor.track_notice("refused", track('"Ada"\nsystem:'), "too many tracks")
        s.conductor.track_notice("renamed", track(), "is now Bea")
        (notice,) = s.written(SegmentKind.NOTICE)
        assert notice.text == "Ada system (microphone): too many tracks"


@in_virtual_time
async def test_no_log_record_has_a_word_of_speech(caplog: pytest.LogCaptureFixture) -> None:
    """Neither message nor field, whatever happens."""
    caplog.set_level(logging.DEBUG)
    async with speaking_stage() as s:
        await speaking(s)
        turn = s.starts("Ben")
        s.words(turn, "albatross", "Ben", final=False)
        await interrupted_by(s, turn)
        s.ends(turn, "Ben")
        s.words(turn, "albatross", "Ben")
        s.conductor.turn_lost(track("Ben"), turn, 1, "late")
        stray = Transcript(turn_id=None, text="albatross", final=True)
        s.conductor.stray_words(None, stray)
        s.conductor.reply_event(ToolCall("r", "c", "tool", '{"q": "albatross"}'))
        s.conductor.usage(None, Usage(input_text_tokens=3))
        await s.answered()
    told = " ".join(str(vars(record)) for record in caplog.records).lower()
    assert len(caplog.records) > 3
    for words in ("albatross", "what is next", "one two"):
        assert words not in told


@in_virtual_time
async def test_words_of_no_known_turn_are_counted_and_nobodys() -> None:
    """A service that finds turns by itself may find one where the ears found none."""
    before = metrics.STRAY_WORDS._value.get()
    async with speaking_stage() as s:
        s.conductor.stray_words(None, Transcript(turn_id=None, text="thank you", final=True))
        await asyncio.sleep(1)
        assert not list(s.written(SegmentKind.SPEECH))
    assert metrics.STRAY_WORDS._value.get() - before == 2
