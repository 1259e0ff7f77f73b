"""What a second and a third agent cost: sessions opened and audio sent, in the same meeting.

    python -m tests.bench.agents --length 40 --report FILE

A real livekit-server and Redis, the strict mock provider, four people who hold the same scripted
meeting of tone words twice: with one agent, and with three. Each agent is called once by name. The
record of both meetings is held against the script, so that nothing is saved by losing words.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

import numpy as np
import psutil

from roomhand.attribution.segments import SegmentKind
from roomhand.room.spent import Spent
from tests.sim import servers, tones
from tests.sim.drawing import draw
from tests.sim.meeting import as_figures, score
from tests.sim.script import Script
from tests.system.company import AGENTS, Assembly, assembly
from tests.system.stage import RATE, Tap, Venue
from tests.worker.room.speaking_person import hush

NAMES = ("Anna", "Ben", "Cleo", "Dan")
TARGET_SESSIONS = len(NAMES) + len(AGENTS)
"""With three agents: one for each person, and one for each agent that was called."""


async def hold(room: Assembly, script: Script) -> None:
    """The people say their parts; then each agent is asked one question by another person."""
    persons = [person for person, _ in room.present]
    parts = [person.say(script.audio_of(at), step_ms=50) for at, person in enumerate(persons)]
    await asyncio.gather(*parts)
    for number, agent in enumerate(room.members):
        question = tones.encode(tones.as_words(f"{agent} what did we decide"))
        await persons[number].say(np.concatenate([question, hush(700, rate=RATE)]), step_ms=50)
        await room.until(number + 1)


async def measure(venue: Venue, agents: Sequence[str], length_s: float) -> dict[str, object]:
    """The figures of one meeting."""
    script = draw(len(NAMES), length_s)
    with Tap().open() as tap:
        async with assembly(venue, agents, NAMES) as room:
            await hold(room, script)
            spent = {name: one.seat.agent._sessions.spent for name, one in room.members.items()}
            present = [known for _, known in room.present]
        minutes = next(iter(room.members.values())).sitting.minutes

        def arrived(person: int, word: str) -> bool:
            return tap.arrived(present[person].track, word)

        said = {word for turn in script.turns for word in turn.words}
        speech = [one for one in minutes.speech if said & set(one.text.split())]
        outcome = score(script, present, speech, arrived)
    return {
        "agents": len(agents),
        "answered": len(minutes.of(SegmentKind.AGENT)),
        "sessions_opened": sum(one.opened for one in spent.values()),
        "audio_sent_s": round(sum(one.sent_s for one in spent.values()), 1),
        "by_agent": {name: _figures(one) for name, one in spent.items()},
        "words": as_figures(outcome),
        "faultless": outcome.faultless,
    }


def _figures(spent: Spent) -> dict[str, float]:
    return {key: round(value, 1) for key, value in asdict(spent).items()}


def main() -> int:
    """Run and report. Returns 1 where words were lost or more sessions were opened than needed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--length", type=float, default=40, help="seconds of meeting")
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    psutil.cpu_percent()
    with servers.livekit_server() as livekit, servers.redis_server() as redis:
        found = [
            asyncio.run(
                measure(Venue(livekit, redis, f"bench-{uuid4().hex[:8]}"), agents, options.length)
            )
            for agents in (AGENTS[:1], AGENTS)
        ]
    busy = psutil.cpu_percent()
    for figures in found:
        print(json.dumps(figures))
    opened = [int(str(figures["sessions_opened"])) for figures in found]
    well = opened[1] <= TARGET_SESSIONS and all(figures["faultless"] for figures in found)
    print(f"sessions with 1 and 3 agents, {len(NAMES)} people: {opened}; target at most", end=" ")
    print(f"{TARGET_SESSIONS} {'ok' if well else 'MISSED'}; machine {busy:.0f} % busy")
    if options.report:
        whole = {"machine_busy_percent": busy, "target_sessions": TARGET_SESSIONS, "runs": found}
        options.report.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main())
