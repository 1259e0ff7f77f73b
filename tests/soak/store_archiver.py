"""The archiver of the store gate, as a process of its own, so that it can be killed anywhere.

    python -m tests.soak.store_archiver REDIS_URL ARCHIVE_URL ROOM MEETING AGENT EPOCH

Works without a pause, in small parts, until it is killed, at the latest after ``LIFE_S``.
"""

from __future__ import annotations

import asyncio
import sys

from roomhand.coordination import archiver as archiver_module
from roomhand.coordination.archive import Archive
from roomhand.coordination.archiver import Archiver, ArchiveTerms
from roomhand.coordination.connection import open_client
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Scripts

TERMS = ArchiveTerms(part=7, kept=10)
LIFE_S = 300.0


async def work(redis_url: str, url: str, room: str, meeting: str, fence: Fence) -> None:
    """What a job does beside its other work."""
    archiver_module.LOOK_S = 0.01
    archiver_module.LONGEST_WAIT_S = 0.2
    client = open_client(redis_url)
    archiver = Archiver(
        scripts=Scripts(client),
        keys=RoomKeys(room),
        fence=fence,
        meeting_id=meeting,
        archive=Archive(url),
        is_scribe=lambda: True,
        terms=TERMS,
    )
    async with asyncio.timeout(LIFE_S):
        await archiver.run()


if __name__ == "__main__":
    redis_at, archive_at, in_room, of_meeting, agent, epoch = sys.argv[1:]
    asyncio.run(work(redis_at, archive_at, in_room, of_meeting, Fence(agent, int(epoch))))
