"""What Roomhand itself adds to the way of a word to a caption.

    python -m tests.bench.latency --length 60 --report FILE

16 participants on a real livekit-server, four of whom talk at the same time, in one process, one
who reads the captions in another, and the strict mock provider in a third. Time runs from the
moment the frame with the last sample of a turn came out of the SDK to the moment the listener has
the final caption, less the silence that ends a turn by setting, and less the time the provider took
from the commit to its final. All of it shares the machine, so the figures are an upper bound. The
agent's process has done before what a job process does before its job.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import numpy as np
import psutil

from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.bridge.circuit import Circuit, CircuitLimits
from roomhand.room import router
from roomhand.room.provision import Provider, Provision
from roomhand.room.rehearsal import rehearse
from roomhand.room.session_listener import SessionListener
from roomhand_plugins.openai import OpenAIPlugin
from tests.sim import servers
from tests.sim.drawing import LEAD_S, NAMES, cast_of
from tests.sim.meeting import Attendant, Score, score
from tests.sim.script import Script, Turn
from tests.sim.tones import speaker_words
from tests.system.gathering import owes_words, settle
from tests.system.stage import Tap, Venue, sitting

PEOPLE, TALKERS = 16, 4
"""If not told otherwise."""
WORDS = 2
EVERY_S = 2.4
"""From the onset of one turn of a person to the next."""
SHIFT_S = 0.35
"""From one talker's onset to the next one's."""
DELAY_S = 0.2
"""Of the provider."""
SILENCE_MS = 500
TARGET_P95_MS = 50.0
UP_S = 30.0
CAPTIONS_S = 1.0
"""For the last captions to come."""
KEY, SECRET = "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"
"""Of the environment of a child process."""


class Arrivals(deque[Any]):
    """The router's frames on their way from the SDK's thread to the event loop, where they wait up
    to 10 ms for each other. ``came_s``: when that which was taken last came from the SDK."""

    came_s = math.nan

    def __init__(self) -> None:
        super().__init__()
        self._came_s: deque[float] = deque()

    def append(self, frame: Any) -> None:
        self._came_s.append(time.monotonic())
        super().append(frame)

    def popleft(self) -> Any:
        Arrivals.came_s = self._came_s.popleft()
        return super().popleft()


@dataclass
class Stopwatch:
    """When the last sample of each turn came out of the SDK, by track and end in meeting time."""

    ends_s: dict[tuple[str, int], float] = field(default_factory=dict)
    _arrivals: dict[int, list[tuple[int, float]]] = field(default_factory=dict)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Watch every listener of this process."""
        take, end = SessionListener.on_audio, SessionListener.on_speech_end

        def on_audio(listener: SessionListener, start: int, pcm: bytes) -> None:
            upto = start + len(pcm) // 2
            self._arrivals.setdefault(id(listener), []).append((upto, Arrivals.came_s))
            take(listener, start, pcm)

        def on_speech_end(listener: SessionListener, at: int, voiced: int) -> None:
            arrivals = self._arrivals[id(listener)]
            run = listener._run
            self.ends_s[run.track.sid, run.anchor.ms(at)] = next(
                at_s for upto, at_s in arrivals if upto >= at
            )
            arrivals.clear()
            end(listener, at, voiced)

        watched: dict[str, Any] = {"on_audio": on_audio, "on_speech_end": on_speech_end}
        with patch.multiple(SessionListener, **watched), patch.object(router, "deque", Arrivals):
            yield


@dataclass(frozen=True, slots=True)
class Share:
    """Of one turn, in milliseconds. ``there``: to the provider's commit; ``back``: from its final
    to the caption."""

    there: float
    back: float

    @property
    def all(self) -> float:
        return self.there + self.back


def script_of(length_s: float, people: int = PEOPLE, talkers: int = TALKERS) -> Script:
    """Some people talk all the time, each in turns that silence ends; the others only listen."""
    turns = []
    for person in range(talkers):
        count = int((length_s - LEAD_S) / EVERY_S)
        stock = iter(speaker_words(person, count * WORDS))
        for number in range(count):
            words = tuple(next(stock) for _ in range(WORDS))
            turns.append(Turn(person, LEAD_S + number * EVERY_S + person * SHIFT_S, words))
    return Script(cast_of(NAMES[:people]), tuple(sorted(turns, key=lambda turn: turn.start_s)))


def shares(
    segments: Sequence[Segment],
    ends_s: Mapping[tuple[str, int], float],
    captions_s: Mapping[str, float],
    provider_s: Mapping[str, tuple[float, float]],
) -> list[Share]:
    """One for each turn of which every moment is known."""
    found = []
    for one in segments:
        end_s, caption_s = ends_s.get((one.track, one.end_ms)), captions_s.get(one.id)
        if end_s is not None and caption_s is not None and one.text in provider_s:
            commit_s, final_s = provider_s[one.text]
            there = (commit_s - end_s) * 1000 - SILENCE_MS
            found.append(Share(there, (caption_s - final_s) * 1000))
    return found


@asynccontextmanager
async def child(*arguments: str, **environ: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A module of this package in a process of its own, which ends with the block."""
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=pipe, stdout=pipe, limit=2**24, env=os.environ | environ
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line_of(process: asyncio.subprocess.Process, limit_s: float = UP_S) -> str:
    """The next line that it prints."""
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), limit_s)).decode().strip()


async def last_word_of(process: asyncio.subprocess.Process) -> Any:
    """What it tells, as JSON, once its input is closed."""
    told, _ = await asyncio.wait_for(process.communicate(b""), UP_S)
    return json.loads(told)


@dataclass(frozen=True, slots=True)
class Measured:
    """One meeting: the share of each turn that could be followed, and the record's faults."""

    found: list[Share]
    score: Score


async def measure(venue: Venue, length_s: float, people: int, talkers: int) -> Measured:
    """One meeting."""
    watch, script = Stopwatch(), script_of(length_s, people, talkers)
    keys = {KEY: venue.livekit.api_key, SECRET: venue.livekit.api_secret}
    where = ("--livekit", venue.livekit.url, "--room", venue.room)
    reader = ("tests.bench.latency_listener", *where)
    crowd = (
        *("tests.bench.latency_people", *where, "--redis", venue.redis.url),
        *("--length", str(length_s), "--people", str(people), "--talkers", str(talkers)),
    )
    async with child("tests.bench.latency_provider", "--delay-s", str(DELAY_S)) as model:
        settings = {"base_url": await line_of(model), "api_key": "bench"}
        provider = Provider(
            "openai", OpenAIPlugin(settings, environ={}), Circuit(CircuitLimits(), "bench")
        )
        plugin = Provision([provider])
        with Tap().open() as tap, watch.running():
            async with (
                sitting(venue, plugin, vad_silence_ms=SILENCE_MS) as held,
                child(*crowd, **keys) as present,
                child(*reader, **keys) as listening,
            ):
                await line_of(listening)
                attendants = [Attendant(**one) for one in json.loads(await line_of(present))]
                for one in attendants:
                    await held.seat.hears(one.track)
                assert present.stdin is not None
                present.stdin.write(b"\n")
                await line_of(present, script.length_s + UP_S)
                await settle(lambda: not owes_words(held.seat), UP_S)
                await asyncio.sleep(CAPTIONS_S)
                captions_s = await last_word_of(listening)
        moments = await last_word_of(model)
    speech = held.minutes.of(SegmentKind.SPEECH)

    def arrived(person: int, word: str) -> bool:
        return tap.arrived(attendants[person].track, word)

    return Measured(
        shares(speech, watch.ends_s, captions_s, moments),
        score(script, attendants, held.minutes.speech, arrived),
    )


def figures_of(values: Sequence[float]) -> dict[str, float]:
    """In milliseconds."""
    p50, p95 = (round(float(np.percentile(values, at)), 1) for at in (50, 95))
    return {"p50": p50, "p95": p95, "max": round(max(values), 1)}


def missed(platform_ms: Mapping[str, float], lost: int) -> list[str]:
    """The targets that are missed. Who writes fewer words is no sooner with them."""
    late = ["platform_ms p95"] if platform_ms["p95"] > TARGET_P95_MS else []
    return late + ([f"{lost} words lost"] if lost else [])


def told(measured: Measured, busy: float) -> dict[str, Any]:
    """What was measured, printed too. ``missed`` names the targets."""
    found, lost, damaged = measured.found, measured.score.lost, measured.score.damaged
    parts = {
        "platform_ms": figures_of([one.all for one in found]),
        "to_commit_ms": figures_of([one.there for one in found]),
        "to_caption_ms": figures_of([one.back for one in found]),
    }
    for name, part in parts.items():
        print(f"{name}: p50 {part['p50']}, p95 {part['p95']}, max {part['max']}")
    wrong = missed(parts["platform_ms"], lost)
    verdict = f"MISSED: {', '.join(wrong)}" if wrong else "ok"
    print(
        f"n {len(found)}, target p95 {TARGET_P95_MS:.0f} ms and no word lost: {verdict}; "
        f"machine {busy:.0f} % busy; lost {lost}, damaged {damaged}"
    )
    counts = {"n": len(found), "machine_busy_percent": busy, "lost": lost, "damaged": damaged}
    return {**counts, **parts, "missed": wrong}


def main() -> int:
    """Run and report; 1 where a target is missed, or too little came out to say anything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--length", type=float, default=60.0, help="seconds")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--talkers", type=int, default=TALKERS)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    meeting = (options.length, options.people, options.talkers)
    rehearse(["openai"])
    with servers.livekit_server() as livekit, servers.redis_server() as redis:
        psutil.cpu_percent()
        venue = Venue(livekit, redis, f"bench-{uuid4().hex[:8]}")
        measured = asyncio.run(measure(venue, *meeting))
    busy, found, turns = psutil.cpu_percent(), measured.found, len(script_of(*meeting).turns)
    if 2 * len(found) < turns:
        print(f"only {len(found)} of {turns} turns could be followed")
        return 1
    report = told(measured, busy)
    if options.report:
        whole = {"people": options.people, **report}
        options.report.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    return 1 if report["missed"] else 0


if __name__ == "__main__":
    sys.exit(main())
