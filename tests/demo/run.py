"""One run of the demo: compose the stage, the people and the watchers; perform; judge."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from tests.demo import report
from tests.demo.asking import load_asking
from tests.demo.judge import judge
from tests.demo.lines import load_lines
from tests.demo.observer import Observer
from tests.demo.people import Samples, SyntheticPerson
from tests.demo.plant import Plant, plant
from tests.demo.play import Play
from tests.demo.script import Saying, Script, draw
from tests.demo.stage import DemoError, Stage, stage
from tests.demo.view import shown
from tests.demo.watch import Watch
from tests.sim.voices import VOICES, speak

SILENT_BELOW = 200
"""Samples that are not part of a voice."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    seed: int
    keep: bool
    plain: bool
    plant: Plant | None
    report: Path | None
    folder: Path


async def run(options: Options, console: Console) -> bool:
    """A whole run; True if everything holds. Raises DemoError, RoomhandError."""
    began_s = time.monotonic()
    options.folder.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=options.folder / "demo.log", filemode="w")
    script = _script(options.seed)
    agents = [script.agent, script.other_agent]
    console.print(f"seed {script.seed}: {len(script.sayings)} sentences; starting the servers")
    voices = await asyncio.to_thread(_voices, script)
    async with stage(agents, options.folder) as made:
        room = f"demo-{script.seed}-{secrets.token_hex(2)}"
        for agent in agents:
            joined = await made.roomhand("join", room, "--agent", agent.lower(), "--create")
            console.print(joined)
        async with (
            Watch.of(room, made.settings) as watch,
            _observer(made, room) as observer,
            _people(made, room, script) as people,
        ):
            play = Play(script, people, voices, watch, observer, console.print)
            async with shown(console, script, watch, observer, plain=options.plain):
                await play.perform()
            for agent in reversed(agents):
                await made.roomhand("leave", room, "--agent", agent.lower())
            await observer.leave()
            segments = await watch.read()
            if options.plant is not None:
                segments = plant(segments, options.plant, script.seed)
                console.print(f"planted: {options.plant}", style="yellow")
            result = await judge(play, segments, time.monotonic() - began_s)
            files = report.write(options.folder, play, segments, result, options.report)
            report.show(console, result, files)
            if options.keep:
                await _keep(made, room, agents, console)
    return result.passed


def _script(seed: int) -> Script:
    try:
        return draw(seed, load_lines(), load_asking())
    except (OSError, ValueError, KeyError) as error:
        raise DemoError(f"no script: {error}. Make one with python -m tests.sim.vetting") from error


def _voices(script: Script) -> Mapping[Saying, Samples]:
    tones = {character.identity: VOICES[character.voice] for character in script.cast}
    return {s: _trimmed(speak(s.text, tones[s.who])) for s in script.prepared}


def _trimmed(samples: Samples) -> Samples:
    """Without the silence around it, so that its times are those of a voice."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > SILENT_BELOW)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples


@contextlib.asynccontextmanager
async def _observer(made: Stage, room: str) -> AsyncIterator[Observer]:
    observer = Observer()
    try:
        await observer.join(made.livekit.url, made.token(room, "observer", hidden=True))
        yield observer
    finally:
        await observer.leave()


@contextlib.asynccontextmanager
async def _people(
    made: Stage, room: str, script: Script
) -> AsyncIterator[Mapping[str, SyntheticPerson]]:
    people: dict[str, SyntheticPerson] = {}
    try:
        for who in script.cast:
            token = made.token(room, who.identity, who.name)
            people[who.identity] = await SyntheticPerson.join(made.livekit.url, token)
        yield people
    finally:
        await asyncio.gather(*(person.leave() for person in people.values()))


async def _keep(made: Stage, room: str, agents: Sequence[str], console: Console) -> None:
    """Bring the agents back and wait for Ctrl-C; the three stay, and are silent."""
    for agent in agents:
        console.print(await made.roomhand("join", room, "--agent", agent.lower()))
    url, token = made.livekit.url, made.token(room, "you", "You")
    names = ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "REDIS_URL")
    ours = [f"{name}={made.environment[name]} " for name in names if name not in os.environ]
    exports = "".join(ours)
    for line in (
        "",
        "The room stays open until Ctrl-C. Join from a browser on this machine:",
        f"  https://meet.livekit.io/custom?liveKitUrl={url}&token={token}",
        "or with any LiveKit client:",
        f"  url    {url}",
        f"  token  {token}",
        f"and say: {agents[0]}, what did we talk about?",
        "More tokens, and the transcript as it grows:",
        f"  {exports}.venv/bin/roomhand token {room} --identity NAME",
        f"  {exports}.venv/bin/roomhand transcript {room} --follow",
    ):
        console.print(line, markup=False, soft_wrap=True, highlight=False)
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
