"""How soon a turn is committed after its last speech: ears, bridge and the openai plugin.

    python -m tests.bench.commit --turns 100 --report FILE

A real livekit-server and the strict mock provider on loopback. A person says one tone word, waits,
says the next. Time runs from the moment the frame with the last sample of speech came out of the
SDK to the moment the provider has the commit, less the silence that ends a turn by setting.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from uuid import uuid4

import numpy as np
import psutil
from livekit import rtc

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.conversation import Conversation
from roomhand.attribution.ends import TrackEnd
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.attribution.segments import Turn
from roomhand.room.ears import Ears, EarsOptions
from roomhand.room.listening import TrackListener
from roomhand.room.sessions import ReplyEvent, SessionOptions, Sessions, SessionState
from roomhand.settings import VadKind
from roomhand_plugins.base import SessionSetup, Transcript, Usage
from roomhand_plugins.openai import OpenAIPlugin
from tests.sim import servers
from tests.sim.realtime_server import RealtimeServer, SessionRecord
from tests.sim.tones import encode, speaker_words
from tests.worker.room.listening_person import RATE, join

SILENCE_MS = 500
WINDOW_MS = 50
"""What the detector needs at once: with `energy`, one frame."""
TARGET_P95_MS = WINDOW_MS + 20.0


class SilentSink:
    """Takes what sessions report and does nothing with it."""

    def speech_started(self, track: TrackRef, turn: Turn) -> None: ...

    def speech_ended(self, track: TrackRef, turn: Turn, end_ms: int) -> None: ...

    def words(self, track: TrackRef, turn: Turn, end_ms: int | None, words: Transcript) -> None: ...

    def words_doubted(
        self, track: TrackRef, turn: Turn, end_ms: int, words: Transcript
    ) -> None: ...

    def turn_lost(self, track: TrackRef, turn: Turn, end_ms: int, reason: str) -> None: ...

    def stray_words(self, track: TrackRef | None, words: Transcript) -> None: ...

    def reply_event(self, event: ReplyEvent) -> None: ...

    def usage(self, track: TrackRef | None, usage: Usage) -> None: ...

    def provider_state(self, track: TrackRef | None, state: SessionState, detail: str) -> None: ...


class Stopwatch:
    """Stands between ears and sessions, and notes when each sample arrived."""

    def __init__(self, listener: TrackListener) -> None:
        self._listener = listener
        self._arrivals: list[tuple[int, float]] = []
        self.ends_s: list[float] = []
        """When the last sample of each speech had arrived."""

    def on_audio(self, start: int, pcm: bytes) -> None:
        self._arrivals.append((start + len(pcm) // 2, time.monotonic()))
        self._listener.on_audio(start, pcm)

    def on_speech_start(self, onset: int) -> None:
        self._listener.on_speech_start(onset)

    def on_speech_end(self, end: int, voiced: int) -> None:
        self.ends_s.append(next(at_s for upto, at_s in self._arrivals if upto >= end))
        self._arrivals.clear()
        self._listener.on_speech_end(end, voiced)

    def on_judged(self, upto: int) -> None:
        self._listener.on_judged(upto)

    def on_renamed(self, track: TrackRef) -> None:
        self._listener.on_renamed(track)

    def on_ended(self, reason: TrackEnd) -> None:
        self._listener.on_ended(reason)


async def measure(server: servers.LiveKit, turns: int) -> list[float]:
    """Milliseconds from last speech sample to commit, less the silence by setting."""
    room_name = f"bench-commit-{uuid4().hex[:8]}"
    async with RealtimeServer() as provider:
        plugin = OpenAIPlugin({"base_url": provider.url, "api_key": "bench"})
        agent = await join(server, room_name, "sage~1", kind="agent", auto_subscribe=False)
        person = await join(server, room_name, "ann", auto_subscribe=False)
        sessions = Sessions(
            plugin=plugin,
            setup=lambda track: SessionSetup(instructions=""),
            options=SessionOptions(),
            meeting_id="bench",
            memory=Conversation(),
            sink=SilentSink(),
        )
        watches: list[Stopwatch] = []

        def listen(track: TrackRef, anchor: Anchor, ledger: TrackLedger) -> TrackListener:
            watches.append(Stopwatch(sessions.listen(track, anchor, ledger)))
            return watches[-1]

        ears = Ears(
            agent,
            options=EarsOptions(vad=VadKind.ENERGY, silence_ms=SILENCE_MS),
            clock_ms=lambda: int(time.monotonic() * 1000),
            listener=listen,
            notice=lambda kind, ref, what: None,
        )
        ears.start()
        await speak(person, turns)
        record = await provider.session(0)
        await record.until(lambda seen: len(seen.committed) >= turns, 10)
        await ears.aclose()
        await sessions.aclose()
        await plugin.close()
        await asyncio.gather(agent.disconnect(), person.disconnect())
        return latencies_ms(watches[0], record)


async def speak(person: rtc.Room, turns: int) -> None:
    """One word after the other, with a pause that ends the turn each time."""
    source = rtc.AudioSource(RATE, 1, queue_size_ms=1000)
    track = rtc.LocalAudioTrack.create_audio_track("mic", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    await person.local_participant.publish_track(track, options)
    pause = np.zeros(RATE * (SILENCE_MS + 350) // 1000, np.int16)
    words = speaker_words(0, 50)
    for number in range(-1, turns):
        word = encode([words[number % len(words)]]) if number >= 0 else pause
        pcm = np.concatenate([word, pause])
        await source.capture_frame(rtc.AudioFrame(pcm.tobytes(), RATE, 1, len(pcm)))
    await source.wait_for_playout()


def latencies_ms(watch: Stopwatch, record: SessionRecord) -> list[float]:
    """One figure a turn."""
    commits_s = [seen.at_s for seen in record.received if seen.type == "input_audio_buffer.commit"]
    pairs = zip(watch.ends_s, commits_s, strict=False)
    return [(commit_s - end_s) * 1000 - SILENCE_MS for end_s, commit_s in pairs]


def main() -> int:
    """Run and report. Returns an exit code: 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    psutil.cpu_percent()
    with servers.livekit_server() as server:
        found = asyncio.run(measure(server, options.turns))
    busy = psutil.cpu_percent()
    p50, p95 = (round(float(np.percentile(found, at)), 1) for at in (50, 95))
    met = p95 <= TARGET_P95_MS
    print(f"last speech sample to commit, less {SILENCE_MS} ms of silence: n {len(found)}")
    print(
        f"p50 {p50} ms, p95 {p95} ms, max {max(found):.1f} ms; target p95 {TARGET_P95_MS:.0f}",
        end="",
    )
    print(f" {'ok' if met else 'MISSED'}; machine {busy:.0f} % busy")
    if options.report:
        figures = {"n": len(found), "p50": p50, "p95": p95, "max": round(max(found), 1)}
        whole = {"machine_busy_percent": busy, "target_p95_ms": TARGET_P95_MS, "commit_ms": figures}
        options.report.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
