"""Turns on a real socket, against the strict server."""

from __future__ import annotations

import pytest

from roomhand_plugins.base import (
    ReplyAudio,
    ReplyDone,
    ReplyStarted,
    Transcript,
    TurnCommitted,
    TurnFailed,
    Usage,
)
from tests.plugins.openai.room import room
from tests.sim.realtime_server import (
    Act,
    Behaviour,
    Fault,
    Transcribing,
)
from tests.sim.tones import encode_text

pytestmark = pytest.mark.unit


async def test_every_sample_of_a_turn_arrives_in_order() -> None:
    """However small the frames; the server's audio is ours, byte for byte."""
    pcm = encode_text("bakito bababa").tobytes()
    async with room() as r:
        await r.session.begin_turn("t1")
        for start in range(0, len(pcm), 960):
            await r.session.send_audio(pcm[start : start + 960])
        await r.session.end_turn("t1")
        final = await r.until(Transcript, lambda event: event.final)

    assert bytes(r.record.audio) == pcm
    assert (final.text, final.span) == ("bakito bababa", (0, len(pcm) // 2))
    assert len(r.received("input_audio_buffer.append")) <= len(pcm) // 4800 + 1


async def test_transcripts_in_the_wrong_order_late_failed_or_never_find_their_turns() -> None:
    """Each turn has its own outcome, and none waits for another."""
    plans = [
        Transcribing(after_items=1),
        Transcribing(outcome="failed"),
        Transcribing(outcome="never"),
        Transcribing(),
    ]
    behaviour = Behaviour(transcribing=lambda number: plans[number])
    words = ["bakito", "bababa", "dododo", "tototo"]
    async with room(behaviour, transcript_timeout_s=2) as r:
        for number, word in enumerate(words):
            await r.say(f"t{number}", word)
        await r.until(Transcript, lambda event: event.turn_id == "t3" and event.final)
        failed = await r.until(TurnFailed, lambda event: event.turn_id == "t2")
        finals = {e.turn_id: e.text for e in r.of(Transcript) if e.final}
        items = [e.item_id for e in r.of(TurnCommitted)]

    heard = [" ".join(committed.words) for committed in r.record.committed]
    assert failed.reason == "no transcript in time"
    assert finals == {"t0": heard[0], "t3": heard[3]}
    assert [e.turn_id for e in r.of(TurnFailed)] == ["t1", "t2"]
    assert items == [committed.item_id for committed in r.record.committed]


@pytest.mark.parametrize("lost", ["input_audio_buffer.committed", "conversation.item.added"])
async def test_a_lost_event_gives_no_turn_the_words_of_the_next(lost: str) -> None:
    """The service names an item twice; once is enough."""
    words = ["bakito", "bababa", "dododo"]
    async with room(Behaviour(faults=(Fault("before", lost, Act.LOSE, 2),))) as r:
        for number, word in enumerate(words):
            await r.say(f"t{number}", word)
        await r.until(Transcript, lambda event: event.turn_id == "t2" and event.final)
        finals = {e.turn_id: e.text for e in r.of(Transcript) if e.final}
        assert [e.turn_id for e in r.of(TurnCommitted)] == ["t0", "t1", "t2"]

    heard = [" ".join(committed.words) for committed in r.record.committed]
    assert finals == dict(zip(["t0", "t1", "t2"], heard, strict=True))


@pytest.mark.parametrize("samples", [0, 1, 2399])
async def test_a_turn_too_short_for_the_service_is_filled_with_silence(samples: int) -> None:
    """Never an error; positions still count only what was given."""
    async with room() as r:
        await r.session.begin_turn("t1")
        await r.session.send_audio(bytes(2 * samples))
        await r.session.end_turn("t1")
        await r.say("t2", "bakito")
        final = await r.until(Transcript, lambda event: event.turn_id == "t2" and event.final)

    assert r.record.errors == []
    assert final.span is not None
    assert final.span[0] == samples
    assert r.record.committed[0].end == 2400


async def test_words_that_stream_before_the_commit_are_interim_words_of_the_open_turn() -> None:
    """So captions grow while a person still speaks."""
    async with room(Behaviour(live_deltas=True)) as r:
        await r.session.begin_turn("t1")
        await r.session.send_audio(encode_text("bakito bababa").tobytes())
        early = await r.until(Transcript)
        assert r.record.committed == []
        await r.session.end_turn("t1")
        final = await r.until(Transcript, lambda event: event.final)

    assert (early.turn_id, early.final) == ("t1", False)
    assert final.turn_id == "t1"


async def test_a_discarded_turn_is_in_nobodys_memory() -> None:
    """Nor in the next turn's audio."""
    async with room() as r:
        await r.session.begin_turn("cough")
        await r.session.send_audio(encode_text("bababa").tobytes())
        await r.session.discard_turn("cough")
        await r.say("t1", "bakito")
        await r.until(Transcript, lambda event: event.final)

    assert [committed.words for committed in r.record.committed] == [("bakito",)]


async def test_the_server_finds_the_turns_where_it_is_asked_to() -> None:
    """Ours are tied to its items by position; nobody answers unasked."""
    pcm = encode_text("bakito").tobytes() + bytes(48 * 700)
    async with room(turn_detection="server_vad", transcription_model="gpt-4o-transcribe") as r:
        for name in ("t1", "t2"):
            await r.session.begin_turn(name)
            await r.session.send_audio(pcm)
            await r.session.end_turn(name)
        await r.until(Transcript, lambda event: event.turn_id == "t2" and event.final)

    assert [(e.turn_id, e.text) for e in r.of(Transcript) if e.final] == [
        ("t1", "bakito"),
        ("t2", "bakito"),
    ]
    assert r.record.responses == []


async def test_duplicated_events_are_ignored() -> None:
    """Every event of the service twice."""
    async with room(Behaviour(faults=(Fault("before", "*", Act.DUPLICATE, nth=None),))) as r:
        await r.say("t1", "bakito")
        await r.until(Transcript, lambda event: event.final)
        await r.ask("r1")
        await r.done("r1")
        await r.until(Usage, lambda event: event.detail["kind"] == "reply")
        played = sum(len(event.pcm) for event in r.of(ReplyAudio))

    assert len([e for e in r.of(Transcript) if e.final]) == len(r.of(TurnCommitted)) == 1
    assert len(r.of(ReplyStarted)) == len(r.of(ReplyDone)) == 1
    assert played // 48 == r.record.responses[0].sent_ms
