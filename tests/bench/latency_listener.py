"""Who reads the captions in ``tests.bench.latency``, in a process of their own.

Prints a line when the room has let them in. When their standard input ends they print when each
final caption was there, by segment, in seconds of ``time.monotonic``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys

from tests.bench.latency import KEY, SECRET
from tests.sim import servers
from tests.system.gathering import read_captions
from tests.worker.room.speaking_person import Person


async def read(livekit: servers.LiveKit, room: str) -> None:
    """Until standard input ends."""
    captions_s: dict[str, float] = {}
    listener = await Person.join(livekit, room, "listener")
    read_captions(listener.room, {}, captions_s)
    print(flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps(captions_s), flush=True)
    await listener.leave()


def main() -> None:
    """Read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--livekit", required=True, help="URL")
    parser.add_argument("--room", required=True)
    options = parser.parse_args()
    livekit = servers.LiveKit(options.livekit, os.environ[KEY], os.environ[SECRET])
    asyncio.run(read(livekit, options.room))


if __name__ == "__main__":
    main()
