"""The store gate: Redis, the reader and the archiver are killed (-9) while people talk.

Two agents write what is said through the real writer; ``roomhand transcript --follow`` is the
reader, and goes on after the last token that it printed. What was acknowledged must come out of it
once, under the right name, and be in the transcript at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import redis.asyncio

from roomhand.attribution.completeness import completeness
from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.segments import Segment
from roomhand.coordination.archive import Archive
from roomhand.coordination.connection import open_client
from roomhand.coordination.entry import BEGINNING
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scribe import ScribeStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptReader, TranscriptStore
from roomhand.coordination.writer import TranscriptWriter
from roomhand.errors import RedisError
from tests.sim import servers
from tests.soak.tally import Tally
from tests.worker.coordination.samples import answered, spoken

ROOM = "soak/store"
TALK_S = 8.0
PAUSE_S = 0.02
"""Between two segments, on average."""
AHEAD_MS = 30_000
"""By so much an ordinary segment is made younger, because the stream here is so short that it would
be taken for an old one, of which the archive has to be asked."""
KILLS = {"redis": 2, "reader": 2, "archiver": 3}
AGAIN_S = 0.1
END_S = 90.0
LIMIT_S = TALK_S + 3 * END_S


@dataclass
class Child:
    """A process that is begun again whenever it ends or is killed."""

    process: asyncio.subprocess.Process | None = None

    def kill(self) -> bool:
        """With -9. Whether there was anything to kill."""
        if self.process is None or self.process.returncode is not None:
            return False
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
            return True
        return False


@dataclass
class Follower(Child):
    """``roomhand transcript --follow --format json``, resumed by its token."""

    after: str = BEGINNING
    lines: list[Segment] = field(default_factory=list)
    _begun: int = 0

    @property
    def reads(self) -> bool:
        """The process that runs now has printed something."""
        return len(self.lines) > self._begun and not self.done

    @property
    def done(self) -> bool:
        """It saw the end of the meeting."""
        return self.process is not None and self.process.returncode == 0

    async def run(self, environment: Mapping[str, str], meeting: str) -> None:
        """Until the meeting has ended."""
        while not self.done:
            self._begun = len(self.lines)
            command = ["transcript", ROOM, "--follow", "--format", "json", "--meeting", meeting]
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "roomhand", *command, "--after", self.after),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=environment,
            )
            assert self.process.stdout is not None
            async for line in self.process.stdout:
                if line.endswith(b"\n"):  # what was cut short was not read
                    self._read(line)
            await self.process.wait()
            await asyncio.sleep(AGAIN_S)

    def _read(self, line: bytes) -> None:
        self.after = json.loads(line)["token"]
        self.lines.append(Segment.from_json(line))


class CountingStore(TranscriptStore):
    """Knows what was acknowledged."""

    def __init__(self, scripts: Scripts, keys: RoomKeys, archive: Archive) -> None:
        super().__init__(scripts, keys, archive)
        self.acknowledged: list[Segment] = []

    async def append(self, fence: Fence, meeting_id: str, segment: Segment) -> str:
        token = await super().append(fence, meeting_id, segment)
        self.acknowledged.append(segment)
        return token

    async def append_checked(self, fence: Fence, meeting_id: str, segment: Segment) -> str:
        token = await super().append_checked(fence, meeting_id, segment)
        self.acknowledged.append(segment)
        return token


@dataclass
class Round:
    """One meeting. ``forgets``: so many bytes of its file Redis loses when it is killed; with any
    the gate must be red."""

    seed: int
    folder: Path
    forgets: int = 0
    port: int = field(default_factory=servers.free_port)
    tally: Tally = field(default_factory=Tally)
    server: servers.Redis | None = None
    follower: Follower = field(default_factory=Follower)
    archiver: Child = field(default_factory=Child)

    @property
    def url(self) -> str:
        """Of the archive."""
        return f"file://{self.folder}/archive"

    @property
    def environment(self) -> dict[str, str]:
        """Of the reader."""
        return os.environ | {
            "LIVEKIT_URL": "ws://127.0.0.1:9",
            "LIVEKIT_API_KEY": "nobody",
            "LIVEKIT_API_SECRET": "asks",
            "REDIS_URL": f"redis://127.0.0.1:{self.port}/0",
            "ROOMHAND_ARCHIVE_URL": self.url,
        }

    async def play(self) -> Tally:
        """Talk, kill, and judge."""
        serving = asyncio.create_task(self._serve())
        client = open_client(f"redis://127.0.0.1:{self.port}/0")
        try:
            async with asyncio.timeout(LIMIT_S):
                await self._meeting(client)
        except (TimeoutError, RedisError) as error:
            self.tally.add(failures=1)
            why = str(error) or f"no end after {LIMIT_S:g} s"
            print(f"round {self.seed}: {why}", flush=True)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            await client.aclose()
        return self.tally

    async def _serve(self) -> None:
        """A Redis that comes back when it is killed, on the same port with the same file."""
        while True:
            for file in self.folder.glob("appendonlydir/*.incr.aof"):
                os.truncate(file, max(0, file.stat().st_size - self.forgets))
            with servers.redis_server(
                data=self.folder, append_only=True, fsync="always", port=self.port
            ) as self.server:
                assert self.server.process is not None
                await asyncio.to_thread(self.server.process.wait)

    async def _meeting(self, client: redis.asyncio.Redis) -> None:
        await until(lambda: self.server is not None, "Redis did not start")
        scripts, keys = Scripts(client), RoomKeys(ROOM)
        sage, echo = await owned(scripts, keys, "sage"), await owned(scripts, keys, "echo")
        await ScribeStore(scripts, keys).claim(sage, 600)
        meetings = MeetingStore(scripts, keys)
        meeting = await meetings.open(sage, "RM_1")
        store = CountingStore(scripts, keys, Archive(self.url))
        writers = {
            fence.agent: TranscriptWriter(store, fence, meeting.id, 5000) for fence in (sage, echo)
        }
        async with self._children(sage, meeting.id):
            try:
                await asyncio.gather(self._talk(writers), self._faults())
                for writer in writers.values():
                    await writer.flush(END_S)
            finally:
                unwritten = sum([await writer.close(0) for writer in writers.values()])
            for fence in (sage, echo):
                await end(meetings, fence, meeting.id)
            await until(lambda: self.follower.done, "the reader did not see the end")
        reader = TranscriptReader(scripts, keys, Archive(self.url))
        written = [entry.segment for entry in await reader.read(meeting.id)]
        holes = completeness(written, [], ended=True).holes
        in_redis = int(await client.xlen(keys.segments(meeting.id)))
        moved = len(written) - in_redis
        self._judge(store.acknowledged, written, unwritten)
        self.tally.add(holes_listed=len(holes), segments_moved=moved, failures=moved < 1)

    @contextlib.asynccontextmanager
    async def _children(self, fence: Fence, meeting: str) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(self.follower.run(self.environment, meeting)),
            asyncio.create_task(self._archive(fence, meeting)),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            self.follower.kill()
            self.archiver.kill()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _archive(self, fence: Fence, meeting: str) -> None:
        names = (self.environment["REDIS_URL"], self.url, ROOM, meeting, fence.agent)
        while True:
            self.archiver.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.soak.store_archiver", *names, str(fence.epoch)),
                stderr=asyncio.subprocess.DEVNULL,
            )
            await self.archiver.process.wait()

    async def _talk(self, writers: Mapping[str, TranscriptWriter]) -> None:
        """Every tenth segment is an old one, every tenth is corrected later."""
        drawn = random.Random(self.seed)
        loop = asyncio.get_running_loop()
        for writer in writers.values():
            writer.start()
        began_s, number = loop.time(), 0
        while (now_s := loop.time() - began_s) < TALK_S:
            number += 1
            fresh = number % 10 != 3
            start_ms = round(now_s * 1000) + (AHEAD_MS if fresh else 0)
            for agent, segment in said(self.seed, number, start_ms):
                writers[agent].add(segment)
                if number % 10 == 7:
                    writers[agent].add(replace(segment, revision=2, text=f"{segment.text} indeed"))
            await asyncio.sleep(drawn.expovariate(1 / PAUSE_S))

    async def _faults(self) -> None:
        drawn = random.Random(self.seed + 1)
        kills = [name for name, count in KILLS.items() for _ in range(count)]
        drawn.shuffle(kills)
        for name in kills:
            await asyncio.sleep(drawn.uniform(0.5, 1.5) * TALK_S / (len(kills) + 1))
            if name == "redis":
                assert self.server is not None
                assert self.server.process is not None
                self.server.process.kill()
                self.tally.add(faults_injected=1)
            elif name == "reader":
                await until(lambda: self.follower.reads, "the reader printed nothing")
                self.tally.add(faults_injected=self.follower.kill())
            else:
                self.tally.add(faults_injected=self.archiver.kill())

    def _judge(self, said: Sequence[Segment], written: Sequence[Segment], unwritten: int) -> None:
        found = Counter(lost=0, doubled=0, misattributed=0)
        found["words_said"] = sum(len(one.text.split()) for one in said)
        for name, read in (("the reader", self.follower.lines), ("the transcript", written)):
            faults = judged(said, read)
            found.update(faults)
            if faults.total():
                print(f"round {self.seed}: {name}: {dict(faults)}", flush=True)
        found["lost"] += unwritten
        found["failures"] = bool(found["lost"] + found["doubled"] + found["misattributed"])
        self.tally.add(**found)


def said(seed: int, number: int, start_ms: int) -> Iterable[tuple[str, Segment]]:
    """What is said next, and which agent writes it: a person's words, and now and then its own."""
    words = f"w{seed}x{number}a w{seed}x{number}b w{seed}x{number}c"
    who = f"person-{number % 5}"
    yield "sage", spoken(number, text=words, start_ms=start_ms, speaker=who, track=f"TR_{who}")
    if number % 4 == 0:
        yield "echo", answered(number, text=words.replace("w", "e"), start_ms=start_ms)


def judged(said: Iterable[Segment], read: Iterable[Segment]) -> Counter[str]:
    """Words that are lost, doubled, or under another name."""
    expected = {(one.id, one.revision): one for one in said}
    times = Counter((one.id, one.revision) for one in read)
    found: Counter[str] = Counter()
    for key, one in expected.items():
        words = len(one.text.split())
        found["lost"] += words if not times[key] else 0
        found["doubled"] += words * max(0, times[key] - 1)
    for one in read:
        known = expected.get((one.id, one.revision))
        if known is None or (known.speaker, known.text) != (one.speaker, one.text):
            found["misattributed"] += len(one.text.split())
    return +found


async def until(true: Callable[[], bool], what: str, limit_s: float = END_S) -> None:
    """Wait for something that comes by itself. Raises TimeoutError that says what did not."""
    deadline_s = asyncio.get_running_loop().time() + limit_s
    while not true():
        if asyncio.get_running_loop().time() > deadline_s:
            raise TimeoutError(what)
        await asyncio.sleep(0.02)


async def end(meetings: MeetingStore, fence: Fence, meeting: str) -> None:
    """This agent has nothing more to write, as soon as Redis answers. Raises RedisError if it does
    not."""
    for attempts_left in reversed(range(20)):
        try:
            await meetings.end(fence, meeting, MeetingEnd.ROOM_FINISHED)
            return
        except RedisError:
            if not attempts_left:
                raise
            await asyncio.sleep(AGAIN_S)


async def owned(scripts: Scripts, keys: RoomKeys, agent: str) -> Fence:
    """An agent for the length of a round."""
    leases = LeaseStore(scripts, keys)
    fence = Fence(agent, await leases.reserve(agent))
    await leases.acquire(agent, fence.epoch, "soak", 600)
    return fence


async def store(seeds: Iterable[int]) -> Tally:
    """A round for each number."""
    tally = Tally()
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            tally.merge(await Round(seed, Path(folder)).play())
    return tally
