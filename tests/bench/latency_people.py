"""The people of ``tests.bench.latency``, in a process of their own.

Prints who is there, as JSON, once everybody has published; talks when it is told to by a line on
its standard input; prints a line when all is said, and is gone when its input ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from dataclasses import asdict

from tests.bench.latency import KEY, SECRET, script_of
from tests.sim import servers
from tests.sim.meeting import Attendant
from tests.sim.script import Role
from tests.system.player import STEP_MS, Player
from tests.system.stage import RATE, Venue
from tests.worker.room.speaking_person import Person, hush


async def _is_there(_: str) -> None:
    """Whether the agent hears a track is for the measuring process to see."""


def _keep(identity: str, sid: str, lost: bool) -> None:
    raise AssertionError(f"no script of this bench takes {sid} of {identity} away")


async def _silent(venue: Venue, role: Role, like: Person | None) -> tuple[Person, Attendant]:
    person = await venue.person(role.identity, name=role.name)
    track = await person.publish(sound_of=like)
    return person, Attendant(role.identity, role.name, track)


async def attend(venue: Venue, length_s: float, people: int, talkers: int) -> None:
    """The whole meeting. Those who only listen share the sound of one silent microphone: what the
    room gets is the same, and making it costs little."""
    script = script_of(length_s, people, talkers)
    players = [Player(venue, script, at, _is_there, _keep) for at in range(talkers)]
    for player in players:
        await player.arrive()
    silent: list[tuple[Person, Attendant]] = []
    for role in script.cast[talkers:]:
        silent.append(await _silent(venue, role, silent[0][0] if silent else None))
    there = [*(player.attendant for player in players), *(attendant for _, attendant in silent)]
    print(json.dumps([asdict(one) for one in there]), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    began_s = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as playing:
        for player in players:
            playing.create_task(player.play(began_s))
        if silent:
            nothing = hush(round(script.length_s * 1000), rate=RATE)
            playing.create_task(silent[0][0].say(nothing, step_ms=STEP_MS))
    print(flush=True)
    await asyncio.to_thread(sys.stdin.read)
    os._exit(0)


def main() -> None:
    """Attend."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--livekit", required=True, help="URL")
    parser.add_argument("--redis", required=True, help="URL")
    parser.add_argument("--room", required=True)
    parser.add_argument("--length", type=float, required=True, help="seconds")
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--talkers", type=int, required=True)
    options = parser.parse_args()
    livekit = servers.LiveKit(options.livekit, os.environ[KEY], os.environ[SECRET])
    venue = Venue(livekit, servers.Redis(options.redis), options.room)
    asyncio.run(attend(venue, options.length, options.people, options.talkers))


if __name__ == "__main__":
    main()
