"""How fast an agent yields, as the person who interrupts it hears it.

    python -m tests.bench.barge_in --onsets 100 --vad energy --report FILE

A real livekit-server on loopback; the agent speaks a tone, a person begins to speak at a random
moment. The real ears find the voice, the real table decides, the real mouth ducks and stops. Times
are of one clock, from the first voiced sample given to the person's track. Add the network's round
trip for the real world.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
from livekit import rtc

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.room.ears import Ears, EarsOptions
from roomhand.room.listening import TrackListener
from roomhand.room.mouth import Mouth
from roomhand.settings import VadKind
from roomhand.turns.barge_in import Action, BargeIn
from roomhand.turns.gate import PublishGate
from tests.sim import servers
from tests.worker.room.listening_person import RATE, Listener, Recording, join, tone

YIELD_AFTER_MS = 240
SENTENCES = (
    "No, wait a moment please, that is not what I meant at all.",
    "Excuse me, could we go back to the budget for a second?",
    "Actually, Anna said the opposite about the delivery date.",
)
TARGETS_MS = {"onset to ducked": 250.0, "first audio to published": 15.0}


def now_s() -> float:
    """The clock that the listener's recording uses too."""
    return time.monotonic()


class Interrupter(TrackListener):
    """Brings what the ears find on one track to the table, and the table's word to the mouth."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def on_audio(self, start: int, pcm: bytes) -> None:
        pass

    def on_speech_start(self, onset: int) -> None:
        pass

    def on_speech_end(self, end: int) -> None:
        self._trial.act(self._trial.table.quiet("bob", now_s()))

    def on_judged(self, upto: int) -> None:
        pass

    def on_ended(self, reason: str) -> None:
        pass


@dataclass
class Trial:
    """The agent of all trials, and the times of the running one."""

    gate: PublishGate
    table: BargeIn = field(default_factory=lambda: BargeIn(YIELD_AFTER_MS))
    mouth: Mouth = field(init=False)
    number: int = 0
    started_s: float = 0.0
    ducked_s: float = 0.0
    stopped_s: float = 0.0

    def act(self, action: Action | None) -> None:
        """Do what the table says, and note when."""
        if action is Action.DUCK:
            self.ducked_s = now_s()
            self.mouth.duck()
        elif action is Action.RESTORE:
            self.mouth.restore()
        elif action is Action.STOP:
            self.stopped_s = now_s()
            self.mouth.stop(str(self.number))

    def voice(self, track: TrackRef, voiced_ms: float) -> None:
        """The ears' report of a voice; 0: it was none."""
        now = now_s()
        self.act(
            self.table.voice("bob", voiced_ms, now) if voiced_ms else self.table.quiet("bob", now)
        )

    def begin(self) -> float:
        """Start a reply of six seconds; returns when its audio was received."""
        self.number += 1
        self.started_s = self.ducked_s = self.stopped_s = 0.0
        self.gate.open(self.number, 1e12)
        self.mouth.begin(str(self.number), self.number)
        self.act(self.table.begin(now_s()))
        received_s = now_s()
        self.mouth.push(str(self.number), tone(1000, 6000))
        self.mouth.finish(str(self.number))
        return received_s

    def note_start(self, reply_id: str) -> None:
        """The first audio went to LiveKit."""
        self.started_s = now_s()


class Person:
    """Publishes a microphone; silent until told."""

    def __init__(self, room: rtc.Room, vad: VadKind) -> None:
        self.room = room
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=10_000)
        self._voices = _voices(vad)

    async def publish(self) -> None:
        """Be in the room with a microphone."""
        track = rtc.LocalAudioTrack.create_audio_track("mic", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self.room.local_participant.publish_track(track, options)

    async def interrupt(self) -> float:
        """Begin to speak; returns when."""
        pcm = random.choice(self._voices)
        began_s = now_s()
        await self._source.capture_frame(rtc.AudioFrame(pcm, RATE, 1, len(pcm) // 2))
        return began_s


def _voices(vad: VadKind) -> list[bytes]:
    if vad is VadKind.ENERGY:
        return [tone(hertz, 900, 0.2) for hertz in (300, 500, 700)]
    from roomhand_plugins.local.options import VoiceSettings
    from roomhand_plugins.local.synthesis import speak

    spoken = [speak(sentence, VoiceSettings()).samples for sentence in SENTENCES]
    voices = [samples[np.argmax(np.abs(samples) > 1000) :][: RATE * 3 // 2] for samples in spoken]
    return [voice[: len(voice) // 240 * 240].tobytes() for voice in voices]


Times = dict[str, list[float]]


async def interrupt_once(trial: Trial, person: Person, listener: Listener, times: Times) -> None:
    """One reply, one interruption, what it took."""
    received_s = trial.begin()
    before = await listener.listen(random.randrange(500, 900, 10))
    await asyncio.sleep(random.random() * 0.05)
    onset_s = await person.interrupt()
    after = await listener.listen(1200)
    if not trial.stopped_s:
        trial.mouth.stop(str(trial.number))
        times["missed"].append(0.0)
        return
    full_db = float(np.median([level for _, level in before.levels_db()[-20:]]))
    note = {
        "first audio to published": trial.started_s - received_s,
        "first audio to heard": before.audible()[0] - received_s,
        "onset to duck call": trial.ducked_s - onset_s,
        "onset to ducked": _last(after, full_db - 20) - onset_s,
        "onset to stop call": trial.stopped_s - onset_s,
        "onset to stopped": _last(after, -60) - onset_s,
        "stop call to last sample": _last(after, -60) - trial.stopped_s,
    }
    for name, seconds in note.items():
        times.setdefault(name, []).append(seconds * 1000)
    trial.table.end()
    # The next onset needs a detector that has seen this one end.
    await listener.listen(1200)


def _last(recording: Recording, above_db: float) -> float:
    return max(recording.audible(above_db=above_db), default=recording.at_s[0])


async def measure(server: servers.LiveKit, onsets: int, vad: VadKind) -> Times:
    """All trials in one room."""
    agent = await join(server, "bench-barge-in", "sage~1", kind="agent", auto_subscribe=False)
    person = Person(await join(server, "bench-barge-in", "bob"), vad)
    listener = Listener(person.room)
    trial = Trial(PublishGate(lambda: 1e12))
    trial.mouth = Mouth(agent, trial.gate, on_started=trial.note_start)

    def listen_to(ref: TrackRef, anchor: Anchor, ledger: TrackLedger) -> TrackListener:
        return Interrupter(trial)

    ears = Ears(
        agent,
        options=EarsOptions(vad=vad),
        clock_ms=lambda: int(now_s() * 1000),
        listener=listen_to,
        notice=lambda kind, ref, what: None,
        voice=trial.voice,
    )
    ears.start()
    await trial.mouth.open()
    await person.publish()
    await listener.listen(1500)
    times: Times = {"missed": []}
    for _ in range(onsets):
        await interrupt_once(trial, person, listener, times)
    await ears.aclose()
    await trial.mouth.close()
    await listener.close()
    await asyncio.wait_for(agent.disconnect(), 10)
    return times


def summary(times: Times) -> dict[str, dict[str, float]]:
    """Percentiles in milliseconds."""
    return {
        name: {
            "n": len(values),
            "p50": round(float(np.percentile(values, 50)), 1),
            "p95": round(float(np.percentile(values, 95)), 1),
            "max": round(max(values), 1),
        }
        for name, values in times.items()
        if name != "missed"
    }


def show(report: dict[str, dict[str, float]], missed: int, busy: float) -> None:
    """The table for people."""
    print(f"{'milliseconds':26} {'n':>4} {'p50':>7} {'p95':>7} {'max':>7}  target p95")
    for name, row in report.items():
        target = TARGETS_MS.get(name)
        mark = (
            "" if target is None else f"  {target:.0f} {'ok' if row['p95'] <= target else 'MISSED'}"
        )
        print(f"{name:26} {row['n']:4} {row['p50']:7} {row['p95']:7} {row['max']:7}{mark}")
    print(f"interruptions not noticed: {missed}; machine {busy:.0f} % busy", end="")
    print(" (above 85 %: not a fair run)" if busy > 85 else "")


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--onsets", type=int, default=100)
    parser.add_argument("--vad", type=VadKind, choices=list(VadKind), default=VadKind.ENERGY)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    psutil.cpu_percent()
    with servers.livekit_server() as server:
        times = asyncio.run(measure(server, options.onsets, options.vad))
    busy = psutil.cpu_percent()
    report = summary(times)
    show(report, len(times["missed"]), busy)
    if options.report:
        whole = {
            "vad": options.vad.value,
            "yield_after_ms": YIELD_AFTER_MS,
            "missed": len(times["missed"]),
            "machine_busy_percent": busy,
            "milliseconds": report,
        }
        options.report.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
