"""One agent of the floor gate, in a process of its own.

Lease, floor, publish gate and mouth are the real ones; only its model hums instead of speaking.
Every frame that its gate admits is written to a file at once, so that the record outlives a kill:
``GRANT_NUMBER STEADY_SECONDS`` a line. Says ``ready`` when it is in the room, ends with its input.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from roomhand.turns.gate import PublishGate
from roomhand_plugins.scripted import ScriptedPlugin
from roomhand_plugins.scripted.voice import hum
from tests.sim import servers
from tests.system.stage import Venue, profile, sitting

MS_PER_WORD = 120


def speak(text: str) -> bytes:
    """A hum as long as the words."""
    return hum(MS_PER_WORD * len(text.split()))


def log_admitted(path: str) -> None:
    """From now on, write down every frame that a gate of this process admits."""
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    admits = PublishGate.admits

    def logged(gate: PublishGate, grant_number: int, now_s: float) -> bool:
        admitted = admits(gate, grant_number, now_s)
        if admitted:
            os.write(log, f"{grant_number} {now_s:.4f}\n".encode())
        return admitted

    PublishGate.admits = logged  # type: ignore[method-assign,assignment]


async def run(options: argparse.Namespace) -> None:
    """Be the agent until standard input ends."""
    livekit = servers.LiveKit(options.livekit, servers.API_KEY, servers.API_SECRET)
    venue = Venue(livekit, servers.Redis(options.redis), options.room)
    plugin = ScriptedPlugin({"capabilities": {"verbatim": True}}, speak=speak)
    async with sitting(venue, plugin, profile(options.name)):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.buffer.read)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--livekit", "--redis", "--room", "--name", "--log"):
        parser.add_argument(name, required=True)
    options = parser.parse_args()
    log_admitted(options.log)
    asyncio.run(run(options))


if __name__ == "__main__":
    main()
