"""Sessions over a real socket: tone words through the openai plugin and the strict server."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.conversation import Conversation
from roomhand.attribution.ends import TrackEnd
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.room.sessions import SessionOptions, Sessions, SessionState
from roomhand_plugins.base import ReplyRequest, SessionSetup
from roomhand_plugins.openai import OpenAIPlugin
from tests.sim.realtime_server import Act, Behaviour, Fault, RealtimeServer, SessionRecord
from tests.sim.tones import encode, speaker_words
from tests.worker.room.session_stage import RememberingSink

pytestmark = pytest.mark.unit

FRAME = 1_200
PAUSE = np.zeros(19_200, dtype=np.int16)


async def speak(sessions: Sessions, number: int, turns: list[list[str]]) -> TrackLedger:
    """One person's turns, five times faster than real time."""
    ledger = TrackLedger()
    track = TrackRef(f"TR{number}", Source.MICROPHONE, Speaker(f"p{number}", f"Person {number}"))
    listener = sessions.listen(track, Anchor(0), ledger)
    given = 0

    async def give(wave: np.ndarray[tuple[int], np.dtype[np.int16]]) -> None:
        nonlocal given
        for at in range(0, len(wave), FRAME):
            pcm = wave[at : at + FRAME].tobytes()
            ledger.receive(len(pcm) // 2)
            listener.on_audio(given, pcm)
            given += len(pcm) // 2
            await asyncio.sleep(0.01)

    for words in turns:
        await give(PAUSE)
        onset = given
        wave = encode(words)
        await give(wave[:FRAME])
        listener.on_speech_start(onset)
        await give(wave[FRAME:])
        end = given
        await give(PAUSE)
        listener.on_speech_end(end, end - onset)
        listener.on_judged(given)
    listener.on_ended(TrackEnd.UNPUBLISHED)
    return ledger


async def test_three_people_keep_their_words_though_every_first_socket_dies() -> None:
    """Dropped in the middle of a word, each at another place; then one is answered."""
    spoken = [list(speaker_words(number, 12)) for number in range(3)]
    dying = [
        Behaviour(faults=(Fault("received", "input_audio_buffer.append", Act.DROP, nth),))
        for nth in (3, 7, 11)
    ]
    sink, memory = RememberingSink(), Conversation()
    async with RealtimeServer([*dying, Behaviour()]) as server:
        plugin = OpenAIPlugin({"base_url": server.url, "api_key": "sk-test"}, environ={})
        sessions = Sessions(
            plugin=plugin,
            setup=lambda track: SessionSetup(
                instructions="Be brief.", speaker=track.speaker.name if track else ""
            ),
            options=SessionOptions(),
            meeting_id="m1",
            memory=memory,
            sink=sink,
        )
        turns = [[words[at : at + 4] for at in (0, 4, 8)] for words in spoken]
        ledgers = await asyncio.gather(*(speak(sessions, n, turns[n]) for n in range(3)))
        await sink.until(lambda: len(sink.final) + len(sink.lost) == 9)
        assert sink.lost == []
        for number in range(3):
            assert sink.said(f"p{number}").split() == spoken[number]
        await sessions.reply("p0", ReplyRequest(reply_id="r1", asked_by="Person 0"))
        await sink.until(lambda: bool(sink.done("r1")))
        assert sink.done("r1") == ["completed"]
        assert sink.audio_of("r1") > 0
        await sessions.aclose()
        await plugin.close()
    assert [ledger.unaccounted() for ledger in ledgers] == [0, 0, 0]
    assert len(memory.history(100)) == 9


async def test_people_who_never_pause_keep_their_words_through_many_short_sessions() -> None:
    """A provider that ends every session after two seconds, five times as fast as speech."""
    spoken = [list(speaker_words(number, 90)) for number in range(2)]
    sink = RememberingSink()
    async with RealtimeServer(Behaviour(session_limit_s=2.0)) as server:
        options = {"base_url": server.url, "api_key": "sk-test", "max_session_s": 2.0}
        plugin = OpenAIPlugin(options, environ={})
        sessions = Sessions(
            plugin=plugin,
            setup=lambda track: SessionSetup(instructions="Be brief."),
            options=SessionOptions(max_turn_s=6.0),
            meeting_id="m1",
            memory=Conversation(),
            sink=sink,
        )
        before = asyncio.all_tasks()
        ledgers = await asyncio.gather(*(speak(sessions, n, [spoken[n]]) for n in range(2)))
        said = [f"p{number}" for number in range(2)]
        await sink.until(lambda: all(len(sink.said(who).split()) == 90 for who in said))
        assert sink.lost == []
        for number, who in enumerate(said):
            assert sink.said(who).split() == spoken[number]
        assert sessions.spent.rotations >= 4
        assert ("p0", SessionState.AWAY) not in sink.states
        await sessions.aclose()
        assert {task for task in asyncio.all_tasks() - before if "session" in task.get_name()} == (
            set()
        )
        await plugin.close()
    assert [ledger.unaccounted() for ledger in ledgers] == [0, 0]


async def test_every_session_of_a_voice_gets_the_same_setup_byte_for_byte() -> None:
    """However the conversation grew meanwhile, and was cut short for the next one: the service
    keeps what it made of the same beginning, if it is the same to the byte."""
    spoken = [list(speaker_words(number, 72)) for number in range(2)]
    sink, memory = RememberingSink(), Conversation()
    async with RealtimeServer(Behaviour(session_limit_s=2.0)) as server:
        options = {"base_url": server.url, "api_key": "sk-test", "max_session_s": 2.0}
        plugin = OpenAIPlugin(options, environ={})
        sessions = Sessions(
            plugin=plugin,
            setup=lambda track: SessionSetup(
                instructions="Be brief.\nName who said what.",
                speaker=track.speaker.name if track else "",
                language="en-US",
                names=("Sage", "Person 0", "Person 1"),
            ),
            options=SessionOptions(history=3),
            meeting_id="m1",
            memory=memory,
            sink=sink,
        )
        turns = [[words[at : at + 4] for at in range(0, 72, 4)] for words in spoken]
        await asyncio.gather(*(speak(sessions, n, turns[n]) for n in range(2)))
        said = [f"p{number}" for number in range(2)]
        await sink.until(lambda: all(len(sink.said(who).split()) == 72 for who in said))
        await sessions.aclose()
        await plugin.close()
    for number in range(2):
        own = [one for one in server.sessions if _hears(one, f"Person {number}")]
        assert len(own) >= 4
        assert len({update for one in own for update in one.updates}) == 1
        assert [len(one.updates) for one in own] == [1] * len(own)
        notes = [_note(one) for one in own]
        assert notes[0] is None
        assert len({note for note in notes if note}) >= 2


def _hears(record: SessionRecord, name: str) -> bool:
    """One that ended before it was set up hears nobody."""
    return f"that of {name}." in record.config.get("instructions", "")


def _note(record: SessionRecord) -> str | None:
    """What a session is told of the turns that are too old to be told whole."""
    told = [
        part["text"]
        for seen in record.received
        if seen.type == "conversation.item.create"
        for part in seen.event["item"]["content"]
    ]
    return next((text for text in told if "cut short" in text), None)
