"""The mouth, as a person in the room hears it: a real livekit-server between the two."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from livekit import api, rtc

from roomhand.errors import IllegalInputError
from roomhand.room.mouth import Ending, Mouth
from roomhand.turns.gate import PublishGate, Refusal
from roomhand_plugins.base import Heard, ReplyText
from tests.sim import servers, tones
from tests.worker.room.listening_person import (
    RATE,
    Listener,
    Recording,
    chirp,
    chirp_at,
    join,
    tone,
)

pytestmark = pytest.mark.livekit

TAIL_S = 0.15
"""One tick of the pump and the machine's noise, beyond the way to the listener. What was queued
and is not cleared would be heard for 200 ms."""


@dataclass
class Stage:
    """An agent's mouth in a room with one person who listens."""

    room: rtc.Room
    listener: Listener
    gate: PublishGate
    mouth: Mouth
    lease_until_s: float = 1e12
    started: list[str] = field(default_factory=list)
    endings: dict[str, Ending] = field(default_factory=dict)
    said_s: float = 0.0

    @property
    def tail_s(self) -> float:
        """How long after a cut something may be heard: the way, as this reply's start took it."""
        return self.listener.recording.audible(self.said_s)[0] - self.said_s + TAIL_S

    def say(self, pcm: bytes, *, reply_id: str = "r1", grant: int = 1) -> None:
        """Open a grant and put a whole reply into the mouth."""
        self.gate.open(grant, 1e12)
        self.mouth.begin(reply_id, grant)
        self.said_s = time.monotonic()
        self.mouth.push(reply_id, pcm)
        self.mouth.finish(reply_id)


class AlwaysOpenGate(PublishGate):
    """A planted fault: it lets every frame out."""

    def refusal(self, grant_number: int, now_s: float) -> Refusal | None:
        return None


async def enter(server: servers.LiveKit, room_name: str, *, planted: bool = False) -> Stage:
    """Both join, and the listener hears the (silent) track."""
    agent_room = await join(server, room_name, "sage~1")
    listener = Listener(await join(server, room_name, "bob"))
    gate = (AlwaysOpenGate if planted else PublishGate)(lambda: entered.lease_until_s)
    entered = Stage(
        agent_room,
        listener,
        gate,
        Mouth(
            agent_room,
            gate,
            max_reply_s=10.0,
            on_started=lambda reply_id: entered.started.append(reply_id),
            on_ended=lambda reply_id, heard, ending: entered.endings.update({reply_id: ending}),
        ),
    )
    await entered.mouth.open()
    await listener.listen(200)
    return entered


async def leave(stage: Stage) -> None:
    """Both are gone when this returns."""
    await stage.mouth.close()
    await stage.listener.close()
    await asyncio.wait_for(stage.room.disconnect(), 10)


@pytest.fixture
async def stage(livekit_server: servers.LiveKit, room_name: str) -> AsyncIterator[Stage]:
    """A mouth and a listener."""
    stage = await enter(livekit_server, room_name)
    yield stage
    await leave(stage)


async def assert_silent_without_a_grant(stage: Stage) -> None:
    """Nothing is heard of a reply whose grant is not open, and its frame is counted."""
    stage.mouth.begin("r1", 1)
    stage.mouth.push("r1", tone(440, 500))
    recording = await stage.listener.listen(500)
    assert recording.audible() == []
    assert stage.endings == {"r1": Ending.REFUSED}
    assert stage.gate.refused == {Refusal.NONE: 1}
    assert stage.mouth.dropped == {"refused": 500 * 24}


async def test_without_a_grant_nothing_is_heard(stage: Stage) -> None:
    await assert_silent_without_a_grant(stage)


async def test_a_gate_that_always_admits_is_found_out(
    livekit_server: servers.LiveKit, room_name: str
) -> None:
    """The planted fault turns the check above red."""
    stage = await enter(livekit_server, room_name, planted=True)
    with pytest.raises(AssertionError):
        await assert_silent_without_a_grant(stage)
    await leave(stage)


async def test_with_a_grant_all_of_it_is_heard(stage: Stage) -> None:
    stage.say(tone(440, 600))
    stage.mouth.text("r1", ReplyText("r1", "six hundred milliseconds"))
    assert await stage.mouth.played("r1") == Heard(audio_ms=600, text="six hundred milliseconds")
    recording = await stage.listener.listen(200)
    assert len(stage.listener.recording.audible()) == pytest.approx(60, abs=3)
    assert recording.levels_db()[-1][1] < -60
    assert stage.endings == {"r1": Ending.PLAYED}
    assert stage.started == ["r1"]
    assert not stage.mouth.dropped


@pytest.mark.parametrize("how", ["closed", "expired", "fenced", "newer grant"])
async def test_when_the_grant_ends_the_voice_ends(stage: Stage, how: str) -> None:
    """Nobody tells the mouth: it finds out from the gate, for every frame."""
    stage.say(tone(440, 5000))
    await stage.listener.listen(500)
    ended_s = time.monotonic()
    if how == "closed":
        stage.gate.close()
    elif how == "expired":
        stage.gate._valid_until_s = 0.0
    elif how == "fenced":
        stage.lease_until_s = 0.0
    else:
        stage.gate.open(2, 1e12)
    recording = await stage.listener.listen(400)
    assert max(recording.audible()) - ended_s < stage.tail_s
    assert stage.endings == {"r1": Ending.REFUSED}


async def test_a_stop_is_heard_at_once_and_tells_what_was_heard(stage: Stage) -> None:
    stage.say(tone(440, 5000))
    await stage.listener.listen(700)
    called_s = time.monotonic()
    heard = stage.mouth.stop("r1")
    cost_s = time.monotonic() - called_s
    recording = await stage.listener.listen(400)
    assert cost_s < 0.02
    assert max(recording.audible()) - called_s < stage.tail_s
    audible_ms = len(stage.listener.recording.audible()) * 10
    assert heard.audio_ms == pytest.approx(audible_ms, abs=60)
    assert stage.mouth.stop("r1") == await stage.mouth.played("r1") == heard
    assert stage.endings == {"r1": Ending.STOPPED}


async def test_heard_words_are_the_words_that_a_listener_decodes(stage: Stage) -> None:
    words = tones.speaker_words(1, 12)
    stage.gate.open(1, 1e12)
    stage.mouth.begin("r1", 1)
    position_ms = 0
    for word in words:
        pcm = tones.encode_text(word).tobytes()
        position_ms += len(pcm) // 48
        stage.mouth.push("r1", pcm)
        stage.mouth.text("r1", ReplyText("r1", f" {word}", position_ms))
    await stage.listener.listen(2400)
    heard = stage.mouth.stop("r1").text.split()
    await stage.listener.listen(300)
    decoded = [found.word for found in tones.decode(stage.listener.recording.samples())]
    assert 3 <= len(heard) < len(words)
    # The pause after a word belongs to it: the last one may be whole and not yet counted.
    assert heard == words[: len(heard)]
    assert decoded in (words[: len(heard)], words[: len(heard) + 1])


async def test_ducking_lowers_what_is_already_queued_and_comes_back(stage: Stage) -> None:
    stage.say(tone(440, 5000))
    before = await stage.listener.listen(500)
    ducked_s = time.monotonic()
    stage.mouth.duck()
    lowered = await stage.listener.listen(500)
    restored_s = time.monotonic()
    stage.mouth.restore()
    after = await stage.listener.listen(500)
    full_db = before.levels_db()[-1][1]
    assert last_above(lowered, full_db - 20) - ducked_s < stage.tail_s
    assert lowered.levels_db()[-1][1] <= full_db - 20
    assert first_above(after, full_db - 1) - restored_s < stage.tail_s + 0.06


async def test_ducking_goes_on_where_the_listener_was(stage: Stage) -> None:
    """A rising tone tells at every moment which part of the reply is heard.

    On a quiet machine the jump is 0 or one step of 10 ms; the rest is the listener's own player,
    which stretches sound when packets come late. The queue that is played again is 200 ms.
    """
    stage.say(chirp(6000))
    before = await stage.listener.listen(700)
    stage.mouth.duck()
    await stage.listener.listen(150)
    lowered = await stage.listener.listen(300)
    stage.mouth.restore()
    await stage.listener.listen(250)
    after = await stage.listener.listen(300)
    at_full, at_low, back = (lag_ms(stage, part) for part in (before, lowered, after))
    assert at_low == pytest.approx(at_full, abs=60)
    assert back == pytest.approx(at_low, abs=60)


async def test_a_pause_is_silent_at_once_and_goes_on_where_the_listener_was(stage: Stage) -> None:
    """What was heard before, counted in steps, is the place in the reply that is heard next."""
    stage.say(chirp(6000))
    await stage.listener.listen(700)
    paused_s = time.monotonic()
    stage.mouth.pause()
    pause = await stage.listener.listen(600)
    heard = stage.mouth.heard("r1")
    assert max(pause.audible()) - paused_s < stage.tail_s
    stage.mouth.resume()
    await stage.listener.listen(300)
    audible = len(stage.listener.recording.audible())
    after = await stage.listener.listen(100)
    assert heard.audio_ms == pytest.approx(650, abs=150)
    assert chirp_at(after.samples()[:960]) == pytest.approx(audible * 10, abs=60)
    assert stage.mouth.stop("r1").audio_ms == pytest.approx(heard.audio_ms + 400, abs=80)


async def test_over_pauses_every_word_is_heard_once(stage: Stage) -> None:
    """Wherever they break it: a broken word is said again, from its beginning."""
    words = tones.speaker_words(4, 9)
    stage.gate.open(1, 1e12)
    stage.mouth.begin("r1", 1)
    position_ms = 0
    for word in words:
        pcm = tones.encode_text(word).tobytes()
        position_ms += len(pcm) // 48
        stage.mouth.push("r1", pcm)
        stage.mouth.text("r1", ReplyText("r1", f" {word}", position_ms))
    stage.mouth.finish("r1")
    for ms in (330, 470, 610):
        await stage.listener.listen(ms)
        stage.mouth.duck()
        await stage.listener.listen(100)
        stage.mouth.pause()
        await stage.listener.listen(300)
        stage.mouth.resume()
    heard = await asyncio.wait_for(stage.mouth.played("r1"), 10)
    await stage.listener.listen(300)
    decoded = [found.word for found in tones.decode(stage.listener.recording.samples())]
    assert heard == Heard(audio_ms=position_ms, text=" ".join(words))
    assert decoded == words


async def test_a_paused_reply_still_needs_its_grant(stage: Stage) -> None:
    stage.say(tone(440, 5000))
    await stage.listener.listen(300)
    stage.mouth.pause()
    stage.gate.close()
    await stage.listener.listen(300)
    assert stage.endings == {"r1": Ending.REFUSED}
    stage.mouth.resume()
    assert (await stage.listener.listen(300)).audible() == []


async def test_waiting_for_a_slow_model_is_not_heard_as_reply(stage: Stage) -> None:
    stage.gate.open(1, 1e12)
    stage.mouth.begin("r1", 1)
    for _ in range(3):
        stage.mouth.push("r1", tone(440, 100))
        await stage.listener.listen(300)
    assert stage.mouth.heard("r1").audio_ms == 300
    stage.mouth.finish("r1")
    assert (await stage.mouth.played("r1")).audio_ms == 300
    assert stage.endings == {"r1": Ending.PLAYED}


async def test_a_reply_without_end_is_played_to_the_limit(
    livekit_server: servers.LiveKit, room_name: str
) -> None:
    room = await join(livekit_server, room_name, "sage~1")
    gate = PublishGate(lambda: 1e12)
    endings: list[Ending] = []
    mouth = Mouth(room, gate, max_reply_s=0.3, on_ended=lambda *end: endings.append(end[2]))
    await mouth.open()
    gate.open(1, 1e12)
    mouth.begin("r1", 1)
    mouth.push("r1", tone(440, 200))
    mouth.push("r1", tone(440, 200))
    mouth.push("r1", tone(440, 200))
    assert (await mouth.played("r1")).audio_ms == 300
    assert endings == [Ending.TRUNCATED]
    assert mouth.dropped == {"too long": 300 * 24}
    await mouth.close()
    await room.disconnect()


async def test_one_reply_at_a_time(stage: Stage) -> None:
    stage.say(tone(440, 300))
    with pytest.raises(IllegalInputError, match="begin r2"):
        stage.mouth.begin("r2", 1)
    await stage.mouth.played("r1")
    stage.say(tone(440, 100), reply_id="r2", grant=2)
    await stage.mouth.played("r2")
    assert stage.endings == {"r1": Ending.PLAYED, "r2": Ending.PLAYED}


async def test_audio_of_an_ended_or_unknown_reply_is_counted_and_not_heard(stage: Stage) -> None:
    stage.say(tone(440, 300))
    stage.mouth.stop("r1")
    stage.mouth.push("r1", tone(440, 100))
    stage.mouth.push("r7", tone(440, 100))
    recording = await stage.listener.listen(400)
    assert len(recording.audible()) <= 12
    assert stage.mouth.dropped["late"] == 200 * 24
    assert stage.mouth.stop("r7") == await stage.mouth.played("r7") == Heard(audio_ms=0, text="")


async def test_a_removed_agent_stops_and_says_so(
    livekit_server: servers.LiveKit, room_name: str
) -> None:
    stage = await enter(livekit_server, room_name)
    stage.say(tone(440, 5000))
    await stage.listener.listen(300)
    url = livekit_server.url.replace("ws", "http", 1)
    async with api.LiveKitAPI(url, livekit_server.api_key, livekit_server.api_secret) as service:
        who = api.RoomParticipantIdentity(room=room_name, identity="sage~1")
        await service.room.remove_participant(who)
    heard = await asyncio.wait_for(stage.mouth.played("r1"), 5)
    assert stage.endings == {"r1": Ending.DISCONNECTED}
    assert 0 < heard.audio_ms < 5000
    await leave(stage)


async def test_a_full_reconnect_costs_little_more_than_its_moment(stage: Stage) -> None:
    words = tones.speaker_words(2, 10)
    stage.say(tones.encode_text(" ".join(words)).tobytes())
    old_sid = stage.mouth.track_sid
    await stage.listener.listen(900)
    await stage.room.simulate_scenario(rtc.SimulateScenarioKind.SIMULATE_FULL_RECONNECT)
    await asyncio.wait_for(stage.mouth.played("r1"), 20)
    await stage.listener.listen(300)
    decoded = {found.word for found in tones.decode(stage.listener.recording.samples())}
    assert stage.mouth.track_sid not in ("", old_sid)
    # Lost is what was played between the connection's end and the SDK's noticing it.
    assert len(set(words) - decoded) <= 2
    assert stage.endings == {"r1": Ending.PLAYED}


async def test_while_reconnecting_the_mouth_holds_and_then_goes_on(stage: Stage) -> None:
    words = tones.speaker_words(3, 5)
    stage.say(tones.encode_text(" ".join(words)).tobytes())
    await stage.listener.listen(600)
    stage.room.emit("reconnecting")
    await stage.listener.listen(300)
    held = await stage.listener.listen(300)
    stage.room.emit("reconnected")
    await asyncio.wait_for(stage.mouth.played("r1"), 10)
    await stage.listener.listen(300)
    decoded = [found.word for found in tones.decode(stage.listener.recording.samples())]
    assert held.audible() == []
    # The word in the middle of which it was held is in two pieces.
    assert [word for word in words if word not in decoded] in ([], [words[0]], [words[1]])


async def test_close_ends_what_is_playing_and_can_be_called_again(stage: Stage) -> None:
    stage.say(tone(440, 5000))
    waiting = asyncio.create_task(stage.mouth.played("r1"))
    await stage.listener.listen(200)
    await stage.mouth.close()
    await stage.mouth.close()
    assert (await asyncio.wait_for(waiting, 1)).audio_ms > 0
    assert stage.endings == {"r1": Ending.CLOSED}
    with pytest.raises(IllegalInputError):
        stage.mouth.begin("r2", 2)


def last_above(recording: Recording, level_db: float) -> float:
    """When the level was last above."""
    return max(recording.audible(above_db=level_db), default=0.0)


def first_above(recording: Recording, level_db: float) -> float:
    """When the level was first above."""
    return min(recording.audible(above_db=level_db))


def lag_ms(stage: Stage, part: Recording) -> float:
    """Position at the listener less position in the reply, for a chirp. Where nothing is heard it
    has none: Opus may send nothing of so soft a sound that is no speech."""
    begin = stage.listener.recording.at_s.index(part.at_s[0]) * RATE // 100
    samples = part.samples()
    lags = [
        (begin + at) * 1000 / RATE - chirp_at(samples[at : at + 960])
        for at in range(0, len(samples) - 960, 240)
        if samples[at : at + 960].any()
    ]
    assert lags, "nothing was heard"
    return float(np.median(lags))
