"""One subscription, frame by frame, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from livekit import rtc
from numpy.typing import NDArray

from roomhand.attribution.ends import TrackEnd
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.room.detectors import EnergyDetector
from roomhand.room.ear import ARRIVAL_MS, MUTE_LAG_MS, Ear, Hearing, Past
from roomhand.room.ears_options import EarsOptions
from roomhand.room.first_packet import ASKS_EVERY_S
from roomhand.room.vad import VadPool
from roomhand.turns.fellow_voice import FellowVoice
from roomhand.turns.own_voice import OwnVoice
from tests.virtual_time import in_virtual_time
from tests.worker.room.strict_listener import Listeners, eventually

pytestmark = pytest.mark.unit

MS = 24
FRAME_MS = 50
ANN = TrackRef("TR_1", Source.MICROPHONE, Speaker("ann", "Ann"))


@dataclass
class FakeStream:
    """A fake open stream: ends when it is closed."""

    on_frame: Callable[[bytes], None]
    on_end: Callable[[], None]
    late_frames: int = 0
    closed: bool = False

    async def aclose(self) -> None:
        if not self.closed:
            self.closed = True
            self.on_end()


@dataclass
class FakeRouter:
    """A fake router: the test itself brings the frames."""

    streams: list[FakeStream] = field(default_factory=list)
    lost_frames: int = 0

    def open(
        self,
        track: rtc.Track,
        *,
        sample_rate: int = 24_000,
        frame_ms: int,
        on_frame: Callable[[bytes], None],
        on_end: Callable[[], None],
    ) -> FakeStream:
        self.streams.append(FakeStream(on_frame, on_end))
        return self.streams[-1]

    async def aclose(self) -> None:
        for stream in self.streams:
            await stream.aclose()


class Bench:
    """An ear on a fake router, with a clock that the test sets."""

    def __init__(self) -> None:
        self.now_ms = 10_000
        self.listeners = Listeners()
        self.router = FakeRouter()
        self.past = Past()
        self.ours_from_ms: int | None = 0
        self.absences: list[tuple[int, int, str]] = []
        self.finished: list[Ear] = []
        self.packets = False
        """Whether the SDK counts any."""
        self.asked = 0
        limits = EarsOptions(silence_ms=200).limits
        self.hearing = Hearing(
            self.router,
            VadPool(EnergyDetector, inline=True),
            limits,
            FRAME_MS,
            lambda: self.now_ms,
            self.listeners.make,
            self.listeners.voice,
            ours_from_ms=lambda: self.ours_from_ms,
            absence=lambda ref, *absence: self.absences.append(absence),
            packets_came=self._packets_came,
        )

    async def _packets_came(self, track: rtc.Track) -> bool:
        self.asked += 1
        return self.packets

    def ear(self, *, muted: bool = False) -> Ear:
        track = cast(Any, object())
        return Ear(
            ANN,
            track,
            self.hearing,
            muted=muted,
            past=self.past,
            on_finished=self.finished.append,
        )

    async def hear(self, ms: int, *, loud: bool) -> None:
        """Frames in real time: the clock moves with them. Silence has the noise of a room."""
        at = np.arange(FRAME_MS * MS)
        await self._bring(ms, np.sin(2 * np.pi * 500 * at / 24_000) * (8_000 if loud else 0) + 1)

    async def hear_nothing(self, ms: int) -> None:
        """Samples of zero, as the SDK plays them without a packet and a device that is off."""
        await self._bring(ms, np.zeros(FRAME_MS * MS))

    async def _bring(self, ms: int, wave: NDArray[np.float64]) -> None:
        for _ in range(ms // FRAME_MS):
            self.now_ms += FRAME_MS
            self.router.streams[-1].on_frame(wave.astype(np.int16).tobytes())
            await asyncio.sleep(0)


async def test_a_speech_is_told_in_the_order_of_the_contract() -> None:
    bench = Bench()
    ear = bench.ear()
    await bench.hear(200, loud=False)
    await bench.hear(500, loud=True)
    await bench.hear(300, loud=False)
    await ear.close(TrackEnd.CLOSED)
    [told] = bench.listeners.all
    bench.listeners.assert_contract()
    assert told.spoken == [(200 * MS, 700 * MS)]
    assert told.anchor.start_ms == 10_000
    assert (told.reason, told.samples) == ("closed", 1000 * MS)
    assert bench.listeners.voices == [("ann", ms) for ms in range(50, 501, 50)]
    assert bench.finished == [ear]


@in_virtual_time
async def test_the_end_of_a_speech_waits_for_no_other_track() -> None:
    """In a large room rounds of voice detection are 20 ms apart."""
    bench = Bench()
    for _ in range(30):
        bench.hearing.pool.open(lambda probabilities, ended: None)
    ear = bench.ear()
    await bench.hear(500, loud=True)
    await asyncio.sleep(0.02)
    await bench.hear(150, loud=False)
    await asyncio.sleep(0.02)
    [told] = bench.listeners.all
    assert told.spoken == []
    await bench.hear(50, loud=False)
    await asyncio.sleep(0)
    assert told.spoken == [(0, 500 * MS)]
    await ear.close(TrackEnd.CLOSED)


@in_virtual_time
async def test_silence_before_the_first_packet_is_not_heard() -> None:
    """It is the SDK's. The time until the first packet is not heard, and a hole if it is long."""
    bench = Bench()
    bench.past.wanted_ms = bench.now_ms
    ear = bench.ear()
    await bench.hear_nothing(2_500)
    assert (bench.listeners.all, ear.received) == ([], 0)
    await bench.hear(500, loud=True)
    await ear.close(TrackEnd.CLOSED)
    [told] = bench.listeners.all
    assert (told.anchor.start_ms, told.samples) == (12_500, 500 * MS)
    assert told.ledger.absent == {"undelivered": 2_500 * MS}


@in_virtual_time
async def test_a_track_that_ends_without_a_packet_is_not_asked_about_for_ever() -> None:
    bench = Bench()
    bench.ear()
    await bench.hear_nothing(100)
    bench.router.streams[-1].on_end()
    await asyncio.sleep(ASKS_EVERY_S)
    asked = bench.asked
    await asyncio.sleep(10 * ASKS_EVERY_S)
    assert bench.asked == asked > 0


async def test_it_is_known_up_to_when_all_that_was_said_is_judged() -> None:
    """By what has come, and not by the clock: sound may come late."""
    bench = Bench()
    ear = bench.ear()
    told = [ear.judged_ms]
    await bench.hear(1_000, loud=False)
    told.append(ear.judged_ms)
    bench.now_ms += 5_000
    told.append(ear.judged_ms)
    assert told == [None, 11_000, 11_000]
    await ear.close(TrackEnd.CLOSED)


@in_virtual_time
async def test_a_track_that_sends_zeros_is_heard_once_it_has_packets() -> None:
    bench = Bench()
    ear = bench.ear()
    await bench.hear_nothing(100)
    bench.packets = True
    await asyncio.sleep(2 * ASKS_EVERY_S)
    await bench.hear_nothing(500)
    await ear.close(TrackEnd.CLOSED)
    assert [told.samples for told in bench.listeners.all] == [500 * MS]


async def test_a_click_is_reported_and_taken_back() -> None:
    bench = Bench()
    ear = bench.ear()
    await bench.hear(50, loud=True)
    await bench.hear(100, loud=False)
    await ear.close(TrackEnd.CLOSED)
    assert bench.listeners.voices == [("ann", 50), ("ann", 0)]
    assert bench.listeners.all[0].spoken == []


async def test_a_muted_track_is_silent_whatever_it_carries() -> None:
    """But what was said just before the mute is still on its way, and is heard."""
    bench = Bench()
    ear = bench.ear()
    await bench.hear(500, loud=True)
    ear.mute()
    await bench.hear(1000, loud=True)
    ear.unmute()
    await bench.hear(500, loud=True)
    await ear.close(TrackEnd.CLOSED)
    bench.listeners.assert_contract()
    ends = (500 + MUTE_LAG_MS) * MS
    assert bench.listeners.all[0].spoken == [(0, ends), (1500 * MS, 2000 * MS)]


async def test_a_track_that_comes_muted_is_silent_from_the_start() -> None:
    bench = Bench()
    ear = bench.ear(muted=True)
    await bench.hear(500, loud=True)
    await ear.close(TrackEnd.CLOSED)
    assert bench.listeners.all[0].spoken == []
    assert bench.listeners.all[0].judged == 500 * MS


async def test_a_track_that_never_brought_a_frame_has_no_listener() -> None:
    bench = Bench()
    ear = bench.ear()
    await ear.close(TrackEnd.CLOSED)
    assert bench.listeners.all == []
    assert bench.finished == [ear]


async def test_what_a_stream_still_owed_at_its_end_is_declared() -> None:
    bench = Bench()
    ear = bench.ear()
    await bench.hear(500, loud=False)
    bench.now_ms += 800
    await ear.close(TrackEnd.UNSUBSCRIBED)
    ledger = bench.listeners.all[0].ledger
    assert dict(ledger.absent) == {"undelivered": 800 * MS}
    assert ledger.received == 500 * MS


async def test_the_time_between_two_subscriptions_is_declared() -> None:
    """Subscribed time = received + declared absent, to the sample."""
    bench = Bench()
    first = bench.ear()
    await bench.hear(500, loud=False)
    await first.close(TrackEnd.UNSUBSCRIBED)
    bench.now_ms += 1_200
    second = bench.ear()
    await bench.hear(300, loud=False)
    await second.close(TrackEnd.CLOSED)
    ledgers = [told.ledger for told in bench.listeners.all]
    assert dict(ledgers[1].absent) == {"reconnect": 1_200 * MS}
    accounted = sum(ledger.received + ledger.absent.total() for ledger in ledgers)
    assert accounted == (bench.now_ms - 10_000) * MS
    assert bench.absences == [(10_500, 11_700, "reconnect")]


@pytest.mark.parametrize(
    ("ours_from_ms", "absent"),
    [
        (None, {"left to the scribe": 1_200 * MS}),
        (10_900, {"left to the scribe": 400 * MS, "reconnect": 800 * MS}),
        (99_000, {"left to the scribe": 1_200 * MS}),
    ],
)
async def test_what_another_scribe_had_to_hear_is_declared_as_that(
    ours_from_ms: int | None, absent: dict[str, int]
) -> None:
    """Told whole: whose it is may change yet."""
    bench = Bench()
    first = bench.ear()
    await bench.hear(500, loud=False)
    await first.close(TrackEnd.UNSUBSCRIBED)
    bench.now_ms += 1_200
    bench.ours_from_ms = ours_from_ms
    second = bench.ear()
    await bench.hear(300, loud=False)
    second.settle()
    ledger = bench.listeners.all[1].ledger
    assert dict(ledger.absent) == absent
    assert ledger.owed == 0
    assert ledger.others is (ours_from_ms is None)
    assert bench.absences == [(10_500, 11_700, "reconnect")]
    await second.close(TrackEnd.CLOSED)


async def test_the_time_until_the_first_audio_is_a_hole_where_it_was_long() -> None:
    """LiveKit takes a moment to begin a track; what takes two seconds is missing."""
    for waited_ms, absent in ((ARRIVAL_MS, {}), (3_000, {"undelivered": 3_000 * MS})):
        bench = Bench()
        bench.past.wanted_ms = bench.now_ms
        bench.now_ms += waited_ms
        ear = bench.ear()
        await bench.hear(500, loud=False)
        await ear.close(TrackEnd.LEFT)
        ledger = bench.listeners.all[0].ledger
        assert (dict(ledger.absent), ledger.received, ledger.owed) == (absent, 500 * MS, 0)


async def test_what_is_late_is_owed_until_it_comes() -> None:
    """The ledger knows of it while the track runs, not only at its end."""
    bench = Bench()
    ear = bench.ear()
    await bench.hear(500, loud=False)
    bench.now_ms += 3_000
    ear.settle()
    ledger = bench.listeners.all[0].ledger
    assert (ledger.owed, ledger.subscribed) == (3_000 * MS, 3_500 * MS)
    bench.now_ms -= 3_000  # the audio that was late comes all at once
    await bench.hear(3_000, loud=False)
    ear.settle()
    assert ledger.owed == 0
    await ear.close(TrackEnd.CLOSED)


@pytest.mark.parametrize("end", list(TrackEnd))
async def test_why_a_subscription_ended_is_in_its_ledger(end: TrackEnd) -> None:
    """And told to its listener."""
    bench = Bench()
    ear = bench.ear()
    await bench.hear(100, loud=False)
    await ear.close(end)
    told = bench.listeners.all[0]
    assert told.ledger.end is end
    assert told.reason == end


async def test_a_stream_that_ends_by_itself_has_stalled_and_one_that_failed_has_failed() -> None:
    """Nobody asked it to end."""
    bench = Bench()
    bench.ear()
    await bench.hear(100, loud=False)
    await bench.router.aclose()
    await eventually(lambda: bench.finished)
    assert bench.listeners.all[0].ledger.end is TrackEnd.STALLED
    failing = Bench()
    ear = failing.ear()
    await failing.hear(100, loud=False)
    ear.failed = True
    await failing.router.aclose()
    await eventually(lambda: failing.finished)
    assert failing.listeners.all[0].ledger.end is TrackEnd.FAILED
    assert failing.past.absence(failing.now_ms + 700) == (700, "failed")


class Doing(StrEnum):
    """What may happen to a track in a random history."""

    HEAR = "hear"
    LATE = "late"
    LOOK = "look"
    END = "end"


histories = st.lists(st.tuples(st.sampled_from(Doing), st.integers(1, 60)), min_size=1, max_size=25)


@settings(max_examples=300, deadline=None)
@example([(Doing.HEAR, 1), (Doing.LATE, 1), (Doing.LOOK, 1)])
@given(histories)
def test_every_moment_since_a_track_was_first_heard_is_received_or_absent(
    history: list[tuple[Doing, int]],
) -> None:
    """Through any number of subscriptions, whenever one looks: to the sample, but for what is on
    its way, which is named."""
    asyncio.run(_through(history))


async def _through(history: list[tuple[Doing, int]]) -> None:
    bench, ear = Bench(), None
    began_ms: int | None = None
    for doing, steps in history:
        if doing is Doing.HEAR:
            ear = ear or bench.ear()
            began_ms = bench.now_ms if began_ms is None else began_ms
            await bench.hear(steps * FRAME_MS, loud=steps % 2 == 0)
        elif doing is Doing.LATE:
            bench.now_ms += steps * 10
        elif doing is Doing.LOOK and ear is not None:
            ear.settle()
            assert _explained(bench, running=True) == (bench.now_ms - (began_ms or 0)) * MS
        elif ear is not None:
            await ear.close(TrackEnd.UNSUBSCRIBED)
            ear = None
    if ear is not None:
        await ear.close(TrackEnd.CLOSED)
    heard_until_ms = bench.past.heard_until_ms
    if began_ms is not None and heard_until_ms is not None:
        assert _explained(bench, running=False) == (heard_until_ms - began_ms) * MS


def _explained(bench: Bench, *, running: bool) -> int:
    ledgers = [told.ledger for told in bench.listeners.all]
    owed = ledgers[-1].owed if running and ledgers else 0
    assert all(ledger.owed == 0 for ledger in ledgers[: -1 if running else None])
    return sum(ledger.received + ledger.absent.total() for ledger in ledgers) + owed


class EchoBench(Bench):
    """A person whose loudspeaker brings an agent's voice back, 200 ms later and 10 dB weaker."""

    LATER = 200 * MS
    FRAME = FRAME_MS * MS

    def __init__(self, voice: OwnVoice | FellowVoice) -> None:
        super().__init__()
        self.voice = voice
        self.hearing = replace(self.hearing, voices=[voice], now_s=lambda: self.now_ms / 1000)
        random = np.random.default_rng(3)
        pieces = [self.syllable(random) for _ in range(100)]
        self.agent = np.concatenate(pieces)
        self.at = 0

    @staticmethod
    def syllable(random: np.random.Generator) -> NDArray[np.float64]:
        """80 ms of three tones, as loud as they come."""
        at = np.arange(80 * MS) / 24_000
        tones = [
            np.sin(2 * np.pi * random.uniform(250, 3500) * at) * 10 ** random.uniform(2.5, 3.8)
            for _ in range(3)
        ]
        sound: NDArray[np.float64] = np.hanning(len(at)) * np.sum(tones, axis=0)
        return sound

    def play(self, pcm: bytes) -> None:
        """The mouth captures what begins now; a fellow's frame has been on its way until now."""
        if isinstance(self.voice, OwnVoice):
            self.voice.capture(pcm, self.now_ms / 1000)
        else:
            self.voice.hear(pcm, (self.now_ms + FRAME_MS) / 1000)

    async def speak(self, ms: int, *, over: bool = False, echo: bool = True) -> None:
        """The agent speaks on; ``over``: so does the person."""
        for _ in range(ms // FRAME_MS):
            piece = self.agent[self.at : self.at + self.FRAME].astype(np.int16)
            self.play(piece.tobytes())
            back = self.agent[max(0, self.at - self.LATER) : max(0, self.at - self.LATER + 1200)]
            heard = np.ones(self.FRAME)
            if echo and len(back) == self.FRAME:
                heard += back * 10 ** (-10 / 20)
            if over:
                at = np.arange(self.at, self.at + self.FRAME) / 24_000
                heard += sum(
                    np.sin(2 * np.pi * f * at) * 2500 for f in (350, 820, 1500, 2200, 2900)
                )
            self.at += self.FRAME
            self.now_ms += FRAME_MS
            self.router.streams[-1].on_frame(heard.astype(np.int16).tobytes())
            await asyncio.sleep(0)


@pytest.fixture(params=[OwnVoice, lambda: FellowVoice(now_s=0.0)], ids=["own", "fellow's"])
def voice(request: pytest.FixtureRequest) -> OwnVoice | FellowVoice:
    """Of the agent whose ear it is, or of another one."""
    made: OwnVoice | FellowVoice = request.param()
    return made


async def test_an_agents_voice_from_a_loudspeaker_is_no_turn(
    voice: OwnVoice | FellowVoice,
) -> None:
    """Neither while it is learned nor later; it may duck the agent once, and is undone then."""
    bench = EchoBench(voice)
    ear = bench.ear()
    await bench.speak(3000)
    ducked = [ms for _, ms in bench.listeners.voices]
    assert ducked.count(0.0) <= 1
    assert max(ducked, default=0.0) < 400
    assert ducked[-1:] in ([], [0.0])
    await bench.speak(2000)
    assert len(bench.listeners.voices) == len(ducked), "once it is known it is not reported"
    await bench.hear(1500, loud=False)
    await ear.close(TrackEnd.CLOSED)
    [told] = bench.listeners.all
    bench.listeners.assert_contract()
    assert told.spoken == []
    assert np.abs(told.pcm()).max() > 500, "the session is given what was on the track"


async def test_a_person_over_an_agents_echo_is_a_turn(voice: OwnVoice | FellowVoice) -> None:
    """From where the person began, give or take what it takes to be sure."""
    bench = EchoBench(voice)
    ear = bench.ear()
    await bench.speak(3000)
    await bench.speak(1000, over=True)
    await bench.speak(1500)
    await ear.close(TrackEnd.CLOSED)
    [told] = bench.listeners.all
    bench.listeners.assert_contract()
    [(onset, end)] = told.spoken
    assert onset == pytest.approx(3000 * MS, abs=250 * MS)
    assert end == pytest.approx(4000 * MS, abs=450 * MS)


async def test_speech_while_the_agent_speaks_is_held_only_until_it_is_known_for_no_echo(
    voice: OwnVoice | FellowVoice,
) -> None:
    """It begins where it began."""
    bench = EchoBench(voice)
    ear = bench.ear()
    await bench.speak(1000, echo=False)
    await bench.speak(1000, over=True, echo=False)
    assert [one.onset for one in bench.listeners.all] == [1000 * MS]
    await bench.speak(1000, echo=False)
    await ear.close(TrackEnd.CLOSED)
    bench.listeners.assert_contract()
    assert bench.listeners.all[0].spoken == [(1000 * MS, 2000 * MS)]


async def test_a_short_sound_that_was_never_known_is_told_at_its_end(
    voice: OwnVoice | FellowVoice,
) -> None:
    bench = EchoBench(voice)
    ear = bench.ear()
    await bench.speak(1000, echo=False)
    await bench.speak(100, over=True, echo=False)
    await bench.speak(1000, echo=False)
    await ear.close(TrackEnd.CLOSED)
    bench.listeners.assert_contract()
    assert bench.listeners.all[0].spoken == [(1000 * MS, 1100 * MS)]
