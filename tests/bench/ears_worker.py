"""One measured process of the ears bench: joins the room, hears N tracks, reports its own cost.

Variants, all with the bundled network as VAD and the same frame size:
- ``raw``: one ``rtc.AudioStream`` and one task per track; the same shared VAD as ours.
- ``session``: one ``AgentSession`` per participant with a recogniser that does nothing and the
  framework's own VAD: LiveKit's published way to hear several people.
- ``ears``: Roomhand's ears.
- ``loopback``: our router and VAD on local tracks of this process, without SFU and network.

Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from typing import Any

import psutil
from livekit import rtc

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.room.detectors import make_detector
from roomhand.room.ear import Ear, Hearing, Past
from roomhand.room.ears import Ears, EarsOptions
from roomhand.room.router import open_router
from roomhand.room.vad import Lane, VadPool
from roomhand.settings import VadKind
from roomhand.turns.speech import SpeechEdges
from tests.bench.ears_driver import LoopedSpeech

RATE = 24_000
PROBE_S = 0.02
JOIN_LIMIT_S = 60.0


@dataclass
class Tally:
    """Samples received, by participant."""

    samples: dict[str, int] = field(default_factory=dict)

    def add(self, who: str, samples: int) -> None:
        self.samples[who] = self.samples.get(who, 0) + samples


class CountingListener:
    """A fake listener: counts audio and lets it go."""

    def __init__(self, who: str, tally: Tally) -> None:
        self.who, self.tally = who, tally

    def on_audio(self, start: int, pcm: bytes) -> None:
        self.tally.add(self.who, len(pcm) // 2)

    def on_speech_start(self, onset: int) -> None: ...

    def on_speech_end(self, end: int, voiced: int) -> None: ...

    def on_judged(self, upto: int) -> None: ...

    def on_renamed(self, track: TrackRef) -> None: ...

    def on_ended(self, reason: str) -> None: ...


def clock_ms() -> int:
    return round(time.monotonic() * 1000)


def no_notice(kind: str, ref: TrackRef, why: str) -> None:
    print(f"{kind}: {ref.speaker.identity}: {why}", file=sys.stderr)


def no_report(ref: TrackRef, voiced_ms: float) -> None: ...


async def hear_with_ears(room: rtc.Room, frame_ms: int, tally: Tally) -> list[object]:
    """Ours."""

    def listener(ref: TrackRef, _: Anchor, ledger: TrackLedger) -> CountingListener:
        return CountingListener(ref.speaker.identity, tally)

    ears = Ears(
        room,
        options=EarsOptions(frame_ms=frame_ms),
        clock_ms=clock_ms,
        listener=listener,
        notice=no_notice,
    )
    ears.start()
    return [ears]


async def hear_raw(room: rtc.Room, frame_ms: int, tally: Tally) -> list[object]:
    """The SDK's streams, a task each, and the shared VAD."""
    pool = VadPool(lambda: make_detector(VadKind.NEURAL))
    limits = EarsOptions().limits
    kept: list[object] = [pool]

    def lane() -> Lane:
        edges = SpeechEdges(limits)

        def judge(probabilities: Any, ended: bool) -> None:
            for probability in probabilities:
                edges.judge(probability, 768)

        return pool.open(judge)

    async def read(track: rtc.Track, who: str) -> None:
        to_vad = lane()
        async for event in rtc.AudioStream(
            track, sample_rate=RATE, num_channels=1, frame_size_ms=frame_ms
        ):
            tally.add(who, event.frame.samples_per_channel)
            to_vad.hear(bytes(event.frame.data))

    def on_track(track: rtc.Track, _: object, who: rtc.RemoteParticipant) -> None:
        kept.append(asyncio.create_task(read(track, who.identity)))

    room.on("track_subscribed", on_track)
    for participant in room.remote_participants.values():
        for publication in participant.track_publications.values():
            publication.set_subscribed(True)
    return kept


async def hear_with_sessions(room: rtc.Room, frame_ms: int, tally: Tally) -> list[object]:
    """LiveKit's published way: a session and a room input per participant."""
    from livekit.agents import Agent, AgentSession, ModelSettings, inference, stt
    from livekit.agents.voice import room_io

    class NoRecogniser(stt.STT[Any]):
        def __init__(self) -> None:
            super().__init__(
                capabilities=stt.STTCapabilities(streaming=True, interim_results=False)
            )

        async def _recognize_impl(self, *_: Any, **__: Any) -> Any:
            raise AssertionError("nothing is recognised")

    class Transcriber(Agent):
        def __init__(self, who: str) -> None:
            super().__init__(instructions="", stt=NoRecogniser())
            self._who = who

        async def stt_node(self, audio: AsyncIterable[rtc.AudioFrame], _: ModelSettings) -> Any:
            async for frame in audio:
                tally.add(self._who, frame.samples_per_channel)
            return
            yield

    vad = inference.VAD()
    kept: list[object] = [vad]
    for participant in list(room.remote_participants.values()):
        session: Any = AgentSession(vad=vad, turn_handling={"turn_detection": "vad"})
        options = room_io.RoomOptions(
            text_input=False,
            text_output=False,
            audio_output=False,
            audio_input=room_io.AudioInputOptions(
                sample_rate=RATE, frame_size_ms=frame_ms, pre_connect_audio=False
            ),
            participant_identity=participant.identity,
        )
        await session.start(
            Transcriber(participant.identity),
            room=room,
            room_options=options,
            record=False,
            session_host=False,
        )
        kept.append(session)
    return kept


async def hear_loopback(tracks: int, frame_ms: int, tally: Tally, wav: str) -> list[object]:
    """Local tracks straight into our router."""
    speech = LoopedSpeech(wav)
    router = open_router()
    hearing = Hearing(
        router,
        VadPool(lambda: make_detector(VadKind.NEURAL)),
        EarsOptions().limits,
        frame_ms,
        clock_ms,
        lambda ref, _anchor, _ledger: CountingListener(ref.speaker.identity, tally),
        no_report,
    )
    kept: list[object] = [speech, router]
    for number in range(tracks):
        track = rtc.LocalAudioTrack.create_audio_track(f"t{number}", speech.source)
        ref = TrackRef(f"TR_{number}", Source.MICROPHONE, Speaker(f"p{number}", f"P{number}"))
        ear = Ear(ref, track, hearing, muted=False, past=Past(), on_finished=lambda _: None)
        kept.append((track, ear))
    kept.append(asyncio.create_task(speech.play()))
    return kept


async def measure(tally: Tally, tracks: int, warm_s: float, window_s: float) -> dict[str, object]:
    """CPU of this process, loop lag and received against real time, over the window."""
    deadline_s = time.monotonic() + JOIN_LIMIT_S
    while len(tally.samples) < tracks:
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"only {len(tally.samples)} of {tracks} tracks arrived")
        await asyncio.sleep(0.1)
    await asyncio.sleep(warm_s)
    began_s, cpu_s, before = time.monotonic(), time.process_time(), dict(tally.samples)
    lags_s: list[float] = []
    while time.monotonic() - began_s < window_s:
        due_s = time.monotonic() + PROBE_S
        await asyncio.sleep(PROBE_S)
        lags_s.append(time.monotonic() - due_s)
    passed_s = time.monotonic() - began_s
    cpu_percent = 100 * (time.process_time() - cpu_s) / passed_s
    ratios = [(tally.samples[who] - n) / RATE / passed_s for who, n in before.items()]
    memory = psutil.Process().memory_full_info()
    return {
        "cpu_percent": cpu_percent,
        "lag_p99_ms": 1000 * sorted(lags_s)[int(len(lags_s) * 0.99)],
        "lag_max_ms": 1000 * max(lags_s),
        "ratio_min": min(ratios),
        "rss_mb": memory.rss / 2**20,
        "uss_mb": memory.uss / 2**20,
        "threads": psutil.Process().num_threads(),
    }


HOW = {"raw": hear_raw, "session": hear_with_sessions, "ears": hear_with_ears}


async def run(options: argparse.Namespace) -> dict[str, object]:
    tally = Tally()
    if options.variant == "loopback":
        kept = await hear_loopback(options.tracks, options.frame_ms, tally, options.wav)
    else:
        room = rtc.Room()
        everything = options.variant == "session"
        await room.connect(options.url, options.token, rtc.RoomOptions(auto_subscribe=everything))
        kept = [room, *await HOW[options.variant](room, options.frame_ms, tally)]
    found = await measure(tally, options.tracks, options.warm_s, options.window_s)
    assert kept
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variant", choices=[*HOW, "loopback"], required=True)
    parser.add_argument("--url")
    parser.add_argument("--token")
    parser.add_argument("--wav")
    parser.add_argument("--tracks", type=int, required=True)
    parser.add_argument("--frame-ms", type=int, required=True)
    parser.add_argument("--warm-s", type=float, required=True)
    parser.add_argument("--window-s", type=float, required=True)
    print(json.dumps(asyncio.run(run(parser.parse_args()))), flush=True)
    os._exit(0)  # an orderly leave is not measured, and 24 sessions take their time over it


if __name__ == "__main__":
    main()
