"""Several agents in one room: one is meant, one transcribes, all know what was said."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import numpy as np
import pytest

from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.coordination.fencing import Fence
from roomhand.errors import RedisError
from roomhand.profiles import FloorOptions
from roomhand_plugins.scripted import ScriptedPlugin
from roomhand_plugins.scripted.script import Moment
from tests.sim import tones
from tests.system.company import AGENTS, VOCABULARY, Model, assembly, member
from tests.system.hearing import AgentListener
from tests.system.stage import Seat, Venue, people, profile, sitting
from tests.system.test_agent import carried, say, say_clearly
from tests.worker.room.strict_listener import eventually

pytestmark = [pytest.mark.livekit, pytest.mark.redis]


@pytest.mark.timeout(180)
async def test_only_who_is_called_answers_and_the_others_know_of_it(venue: Venue) -> None:
    """Three agents, two people. The scribe has a session for each person, the others one for each
    person whom they answered: about as many as there are people, and not three times as many."""
    facts = tones.speaker_words(7, 3)
    async with assembly(venue) as room:
        scribe = room.scribe
        (anna, _), (ben, _) = room.present
        await say_clearly(scribe.seat, anna, *facts)
        assert room.opened == {"sage": 1, "max": 0, "nova": 0}
        await say_clearly(scribe.seat, ben, "max what did we decide")
        await room.until(1)
        await say_clearly(scribe.seat, ben, "nova what did we decide today")
        await room.until(2)
        await asyncio.sleep(1)
        opened = room.opened
        heard = {name: one.listener.words for name, one in room.members.items()}
        calls = {name: len(one.model.prompts) for name, one in room.members.items()}
        nova, spoken = room["nova"].model, room["max"].model.words
    assert calls == {"sage": 0, "max": 1, "nova": 1}
    assert heard["sage"] == []
    assert carried(heard["max"], spoken)
    assert carried(heard["nova"], nova.words)
    assert nova.was_shown(" ".join(facts), of="Anna")
    assert nova.was_shown(" ".join(spoken), of="Max")
    assert opened == {"sage": 2, "max": 1, "nova": 1}
    minutes = scribe.sitting.minutes
    assert [one.speaker for one in minutes.of(SegmentKind.AGENT)] == ["max", "nova"]
    said = [(one.speaker, one.start_ms) for one in minutes.of(SegmentKind.SPEECH)]
    assert len(said) == len(set(said)), "recorded by two agents"
    assert set(minutes.unaccounted.values()) == {0}


@pytest.mark.timeout(180)
async def test_an_agent_hands_over_to_another_by_name(venue: Venue) -> None:
    """Sage is asked and asks Max; Max answers what he read of it, and Nova says nothing."""
    sage = Model(["max", "can", "you", "take", "this"])
    async with assembly(venue, models={"sage": sage}) as room:
        (anna, _), _ = room.present
        await say_clearly(room.scribe.seat, anna, "sage what did we decide")
        minutes = await room.until(2)
        await asyncio.sleep(1)
        asked, quiet = room["max"].model, room["nova"].model
    assert [one.speaker for one in minutes.of(SegmentKind.AGENT)] == ["sage", "max"]
    assert asked.was_shown("can you take this", of="Sage")
    assert asked.was_shown("what did we decide", of="Anna")
    assert quiet.prompts == []


@pytest.mark.timeout(180)
async def test_agents_that_always_call_each_other_stop_until_a_person_speaks(venue: Venue) -> None:
    """Three turns in a row, whoever takes them; then it is quiet, and a person may set them off
    again. Nobody goes on because it was answered, or because it is alone with another agent."""
    limit = FloorOptions().turns_limit
    sage = Model(["max", "can", "you", "take", "this"])
    other = Model(["sage", "can", "you", "take", "this"])
    models = {"sage": sage, "max": other}
    async with assembly(venue, ("sage", "max"), ("Anna",), models) as room:
        [(anna, _)] = room.present
        spoken: list[list[str]] = []
        for _ in range(2):
            known = sum(map(len, spoken))
            await say_clearly(room.scribe.seat, anna, "sage what did we decide")
            await room.until(known + limit)
            await asyncio.sleep(6)
            turns = (await room.until(known + limit)).of(SegmentKind.AGENT)
            spoken.append([one.speaker for one in turns[known:]])
    assert spoken == [["sage", "max", "sage"]] * 2
    assert limit == 3


@pytest.mark.timeout(180)
async def test_a_model_that_answers_by_itself_is_heard_only_when_it_was_called(
    venue: Venue,
) -> None:
    """It replies to every turn; what nobody wanted makes no sound, and the model is told so."""
    plugin = ScriptedPlugin(
        {"capabilities": {"turn_taking": "auto"}, "replies": [{"text": "Yes.", "speed": 2}]},
        transcribe=as_text,
        speak=lambda _: tones.encode(tones.speaker_words(45, 4)).tobytes(),
    )
    async with (
        sitting(venue, plugin) as held,
        people(venue, "Anna", "Ben") as [(anna, known), (ben, other)],
    ):
        listener = await AgentListener.enter(venue)
        await held.seat.hears(known.track, other.track)
        await say_clearly(held.seat, ben, "what did we decide today")
        await listener.listen(1500)
        unheard = list(listener.recording.audible())
        await say_clearly(held.seat, anna, "sage what did we decide")
        await held.seat.until(lambda now: now.of(SegmentKind.AGENT))
        await listener.listen(500)
        heard = listener.words
        await listener.close()
    moments = [call.moment for call in plugin.calls]
    assert unheard == []
    assert carried(heard, tones.speaker_words(45, 4))
    assert moments.count(Moment.CANCEL_REPLY) >= 1
    assert Moment.REPLY not in moments
    [answer] = held.minutes.of(SegmentKind.AGENT)
    assert (answer.text, answer.interrupted) == ("Yes.", False)


@pytest.mark.timeout(180)
async def test_a_clear_call_opens_the_session_while_the_person_speaks(venue: Venue) -> None:
    """From the scribe's interim text; the turn is sent from its beginning, and answered at its end.
    Talk that only mentions the agent opens nothing."""
    asked, said = "max can you take this and tell us why", "what did max decide today"
    script = {
        "capabilities": {"interim_transcripts": True},
        "interim_word_ms": 300,
        "transcripts": {"Anna": [asked], "Ben": [said]},
    }
    hearing, called = ScriptedPlugin(script), ScriptedPlugin(script)
    async with (
        sitting(venue, hearing) as first,
        sitting(venue, called, profile("max")) as second,
        people(venue, "Anna", "Ben") as [(anna, known), (ben, other)],
    ):
        spent = second.seat.agent._sessions.spent
        for held in (first, second):
            await held.seat.hears(known.track, other.track)
        await say(ben, *tones.speaker_words(1, 6))
        await first.seat.until(lambda now: now.words_of("p-ben"))
        assert spent.opened == 0
        asking = asyncio.create_task(say(anna, *tones.speaker_words(0, 24)))
        await eventually(lambda: spent.opened == 1, 10)
        assert not asking.done()
        await asking
        await first.seat.until(lambda now: now.of(SegmentKind.AGENT))
        moments = [call.moment for call in called.calls]
    assert spent.opened == 1
    assert moments.index(Moment.BEGIN_TURN) < moments.index(Moment.REPLY)
    assert moments[: moments.index(Moment.REPLY)].count(Moment.END_TURN) == 1


@pytest.mark.timeout(180)
async def test_who_was_asked_while_nobody_ran_it_answers_when_it_is_back(venue: Venue) -> None:
    """By what another agent transcribed meanwhile; what was judged before is not judged again."""
    before, meanwhile = Model(["yes"]), Model(tones.speaker_words(41, 5))
    async with assembly(venue, ("sage",), ("Anna",)) as room:
        [(anna, _)] = room.present
        seat = room.scribe.seat
        async with member(venue, profile("max"), before) as gone:
            await say_clearly(seat, anna, "max what did we decide")
            await room.until(1)
            assert await gone.seat.agent._inheritance.keep()
        await say_clearly(seat, anna, "max can you take this")
        async with member(venue, profile("max"), meanwhile):
            await room.until(2)
            await asyncio.sleep(1)
        minutes = await seat.minutes()
    assert (len(before.prompts), len(meanwhile.prompts)) == (1, 1)
    assert [one.speaker for one in minutes.of(SegmentKind.AGENT)] == ["max", "max"]


@pytest.mark.timeout(180)
async def test_who_cannot_transcribe_leaves_it_to_who_can(venue: Venue) -> None:
    """Though it came first."""
    mute = ScriptedPlugin({"capabilities": {"transcripts": False}})
    words = tones.speaker_words(0, 3)
    async with sitting(venue, mute, profile("max")) as first:
        assert first.seat.holding.scribe.is_scribe
        async with assembly(venue, ("sage",), ("Anna",)) as room:
            [(anna, _)] = room.present
            await eventually(lambda: not first.seat.agent._sessions.hears)
            await eventually(lambda: room["sage"].seat.agent._sessions.hears)
            await say_clearly(room["sage"].seat, anna, *words)
        minutes = room["sage"].sitting.minutes
        assert first.seat.agent._sessions.spent.opened == 0
    assert carried(minutes.words_of("p-anna"), words)
    assert not minutes.of(SegmentKind.GAP)


def as_text(pcm: bytes) -> str:
    """What the scripted model understands: tone words, and the tokens that they stand for."""
    names = {tones.as_words(token)[0]: token for token in VOCABULARY}
    words = (heard.word for heard in tones.decode(np.frombuffer(pcm, np.int16)))
    return " ".join(names.get(word, word) for word in words)


@pytest.mark.timeout(180)
async def test_the_scribe_leaves_and_no_word_is_lost_or_doubled(venue: Venue) -> None:
    """In the midst of a sentence. Another agent transcribes it whole, and what follows."""
    words = tones.speaker_words(0, 30)
    before, across, after = words[:3], words[3:25], words[25:]
    async with AsyncExitStack() as staying:
        async with assembly(venue, ("sage",), ()) as leaving:
            room = await staying.enter_async_context(assembly(venue, AGENTS[1:], ("Anna",)))
            [(anna, known)] = room.present
            await leaving["sage"].seat.hears(known.track)
            await say(anna, *before)
            await room["max"].seat.until(lambda now: now.words_of("p-anna"))
            assert room.opened == {"max": 0, "nova": 0}
            talking = asyncio.create_task(say(anna, *across))
            await asyncio.sleep(2)
        await talking
        await say(anna, *after)
        await room["max"].seat.until(lambda now: len(now.of(SegmentKind.SPEECH)) >= 3)
        opened = room.opened
    recorded = room["nova"].sitting.minutes.words_of("p-anna")
    assert carried(recorded, words)
    assert sorted(opened.values()) == [0, 1]


@pytest.mark.timeout(180)
async def test_the_scribe_dies_and_no_word_is_lost_or_doubled(venue: Venue) -> None:
    """It says nothing more from one moment to the next. When its lease is over another agent has
    the duty, and the words spoken meanwhile are in its rings."""
    words = tones.speaker_words(0, 30)
    before, without, after = words[:3], words[3:25], words[25:]
    async with assembly(venue, names=("Anna",), lease_ttl_s=2.5, lease_renew_s=0.5) as room:
        [(anna, _)] = room.present
        dead = room.scribe
        living = [one for one in room.members.values() if one is not dead]
        await say(anna, *before)
        await living[0].seat.until(lambda now: now.words_of("p-anna"))
        await fall_dead(dead.seat)
        await say(anna, *without)
        await living[0].seat.until(lambda now: len(now.of(SegmentKind.SPEECH)) >= 2, 30)
        await say(anna, *after)
        await living[0].seat.until(lambda now: len(now.of(SegmentKind.SPEECH)) >= 3, 30)
        opened = [one.opened for one in living]
    recorded = living[0].sitting.minutes.words_of("p-anna")
    assert carried(recorded, words)
    assert sorted(opened) == [0, 1]


async def fall_dead(seat: Seat) -> None:
    """The process is there no more: nothing of it reaches Redis again."""
    renewal = seat.holding.lease._renewal
    assert renewal is not None
    await renewal.end()
    writer = seat.agent._writer

    async def unreachable(fence: Fence, meeting_id: str, segment: Segment) -> str:
        raise RedisError("this process is dead")

    writer._store.append = unreachable  # type: ignore[method-assign]
