"""What a three-hour meeting of sixteen people takes of Redis, with an archive and without.

    python -m tests.bench.store --report FILE

Its segments are written as fast as a real Redis takes them, through the real store; the archiver
looks after every hundred, at the worst rate of speech every 40 seconds. Bytes are what Redis
itself tells of the keys of the meeting (MEMORY USAGE).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import tempfile
import time
import tracemalloc
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import redis.asyncio

from roomhand.attribution.segments import Segment
from roomhand.coordination.archive import Archive
from roomhand.coordination.archiver import Archiver
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scribe import ScribeStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptReader, TranscriptStore
from tests.sim import servers
from tests.sim.long_meeting import long_meeting

HOURS = 3.0
PEOPLE = 16
AT_ONCE = {"one at a time, 40 % of it overlapped": 1.4, "all sixteen at once": 16.0}
EVERY = 100


@dataclass(frozen=True, slots=True)
class Taken:
    """Of one meeting."""

    segments: int
    redis_bytes: int
    """At the end."""
    redis_bytes_most: int
    bytes_per_segment: float
    heap_growth_bytes: int | None
    """Of the writing process, from the first third of the meeting to its end, where it is traced:
    that takes time."""
    read_s: float
    """Of the whole transcript, at the end."""


async def meeting(
    client: redis.asyncio.Redis,
    room: str,
    at_once: float,
    url: str | None,
    *,
    hours: float = HOURS,
    traced: bool = True,
) -> Taken:
    """Write it, and read it again. Raises AssertionError where a segment is missing or doubled."""
    scripts, keys = Scripts(client, timeout_s=30), RoomKeys(room)
    leases, archive = LeaseStore(scripts, keys), Archive(url) if url else None
    fence = Fence("sage", await leases.reserve("sage"))
    await leases.acquire("sage", fence.epoch, "bench", 3600)
    await ScribeStore(scripts, keys).claim(fence, 3600)
    meeting_id = (await MeetingStore(scripts, keys).open(fence, "RM_1")).id
    store = TranscriptStore(scripts, keys, archive)
    archiver = archive and Archiver(
        scripts=scripts,
        keys=keys,
        fence=fence,
        meeting_id=meeting_id,
        archive=archive,
        is_scribe=lambda: True,
    )
    said = long_meeting(meeting_id, hours=hours, people=PEOPLE, at_once=at_once)
    count = most = early = 0
    if traced:
        tracemalloc.start()
    for segment in said:
        await store.append(fence, meeting_id, segment)
        count += 1
        if archiver and count % EVERY == 0:  # without one nothing ever becomes less
            most = max(most, await bytes_of(client, keys, meeting_id))
            await archiver.work()
        if traced and not early and segment.start_ms > hours * 1_200_000:
            early = _living()
    growth = _living() - early if traced else None
    tracemalloc.stop()
    held = await bytes_of(client, keys, meeting_id)
    began_s = time.perf_counter()
    read = await TranscriptReader(scripts, keys, archive).read(meeting_id)
    read_s = time.perf_counter() - began_s
    expected = long_meeting(meeting_id, hours=hours, people=PEOPLE, at_once=at_once)
    assert same(expected, (one.segment for one in read)), "the transcript is not what was said"
    return Taken(
        segments=count,
        redis_bytes=held,
        redis_bytes_most=max(most, held),
        bytes_per_segment=round(held / count, 1),
        heap_growth_bytes=growth,
        read_s=round(read_s, 2),
    )


def _living() -> int:
    """Bytes that Python holds, without the garbage of whatever ran before in this process."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def same(said: Iterable[Segment], read: Iterable[Segment]) -> bool:
    """Each once, in order, with its words."""
    return [(one.id, one.text) for one in said] == [(one.id, one.text) for one in read]


async def bytes_of(client: redis.asyncio.Redis, keys: RoomKeys, meeting_id: str) -> int:
    """What the meeting takes."""
    names = (keys.meeting(meeting_id), keys.segments(meeting_id), keys.appended(meeting_id))
    return sum([int(await client.memory_usage(name, samples=0) or 0) for name in names])


async def measure(hours: float) -> dict[str, dict[str, dict[str, float]]]:
    """Each kind of meeting, without an archive and with one."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    with servers.redis_server() as server, tempfile.TemporaryDirectory() as folder:
        async with redis.asyncio.Redis.from_url(server.url) as client:
            for number, (kind, at_once) in enumerate(AT_ONCE.items()):
                for name, url in (("without", None), ("with", f"file://{folder}/archive")):
                    room = f"bench-store-{number}-{name}"
                    traced = at_once < PEOPLE
                    taken = await meeting(client, room, at_once, url, hours=hours, traced=traced)
                    found.setdefault(kind, {})[f"{name} archive"] = asdict(taken)
                    print(f"{kind}, {name} archive: {taken}", flush=True)
    return found


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--hours", type=float, default=HOURS)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    found = asyncio.run(measure(options.hours))
    if options.report:
        options.report.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
