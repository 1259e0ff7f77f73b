"""What the demo sees of the meeting while it runs: transcript, interim words, floor."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable

from redis.asyncio import Redis

from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.coordination.connection import connect
from roomhand.coordination.floor import FloorStore
from roomhand.coordination.floor_channel import FloorChannel
from roomhand.coordination.floor_view import FloorHolder, FloorView
from roomhand.coordination.interim import InterimChannel
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import Meeting, MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.timebase import RedisOffset
from roomhand.coordination.transcript import TranscriptReader
from roomhand.settings import Settings
from tests.demo.stage import DemoError

MEETING_S = 20.0
PROBES = 5


class Watch:
    """Follows one room. ``segments`` grows as the transcript does."""

    def __init__(self, client: Redis, room: str, settings: Settings) -> None:
        self._client = client
        scripts, keys = Scripts(client), RoomKeys(room)
        self._meetings = MeetingStore(scripts, keys)
        self._reader = TranscriptReader(scripts, keys)
        self._interim = InterimChannel(scripts, keys)
        self._floor = FloorStore(scripts, keys, settings.grant_ttl_s)
        self._floor_channel = FloorChannel(scripts, keys)
        self._offset = RedisOffset()
        self._tasks: list[asyncio.Task[None]] = []
        self._written: set[str] = set()
        self.meeting = Meeting("", "", 0.0)
        self.segments: list[Segment] = []
        self.interims: dict[str, tuple[Segment, float]] = {}
        """By speaker: the newest, and when it came."""
        self.floor: FloorView | None = None
        self.on_segment: Callable[[Segment], None] = lambda _: None
        self.on_floor: Callable[[FloorView], None] = lambda _: None

    @staticmethod
    @contextlib.asynccontextmanager
    async def of(room: str, settings: Settings) -> AsyncIterator[Watch]:
        """A watch of the meeting that an agent has begun in a room."""
        client, _ = await connect(settings.redis_url.get_secret_value())
        watch = Watch(client, room, settings)
        try:
            await watch._begin()
            yield watch
        finally:
            for task in watch._tasks:
                task.cancel()
            await asyncio.gather(*watch._tasks, return_exceptions=True)
            await client.aclose()

    def meeting_ms(self, own_s: float) -> int:
        """Meeting time of a moment of ``time.monotonic``."""
        return round((own_s + (self._offset.offset_s or 0.0) - self.meeting.start_s) * 1000)

    def own_s(self, meeting_ms: float) -> float:
        """The inverse of ``meeting_ms``."""
        return meeting_ms / 1000 + self.meeting.start_s - (self._offset.offset_s or 0.0)

    def check(self) -> None:
        """Raises what ended the watch, if anything did."""
        for task in self._tasks:
            if task.done() and not task.cancelled() and (fault := task.exception()):
                raise DemoError(f"the meeting cannot be watched: {fault}") from fault

    @property
    def holder(self) -> FloorHolder | None:
        """Which agent has the floor."""
        return self.floor.holder if self.floor else None

    def agent_segments(self, agent: str) -> list[Segment]:
        """What an agent has said so far."""
        said = (segment for segment in self.segments if segment.kind is SegmentKind.AGENT)
        return [segment for segment in said if segment.speaker == agent]

    async def read(self) -> list[Segment]:
        """The whole transcript of the meeting as it is now."""
        return [entry.segment for entry in await self._reader.read(self.meeting.id)]

    async def unaccounted(self) -> Counter[tuple[str, str]]:
        """By track and identity: how many samples nobody counted, in all ledgers of all agents."""
        found: Counter[tuple[str, str]] = Counter()
        for one in await self._meetings.accounts(self.meeting.id):
            found[one.track, one.identity] += abs(one.ledger.unaccounted())
        return found

    async def _begin(self) -> None:
        for _ in range(PROBES):
            asked_s = time.monotonic()
            seconds, microseconds = await self._client.time()
            self._offset.measure(asked_s, seconds + microseconds / 1e6, time.monotonic())
        deadline_s = time.monotonic() + MEETING_S
        while (meeting_id := await self._meetings.current()) is None:
            if time.monotonic() > deadline_s:
                raise DemoError(f"no meeting began within {MEETING_S:g} s; see worker.log")
            await asyncio.sleep(0.1)
        record = await self._meetings.read(meeting_id)
        if record is None:
            raise DemoError("the meeting was over before it began; see worker.log")
        self.meeting = Meeting(record.id, record.sid, record.start_s)
        works = (self._follow(), self._follow_interim(), self._follow_floor())
        self._tasks = [asyncio.create_task(work) for work in works]

    async def _follow(self) -> None:
        async for entry in self._reader.follow(self.meeting.id):
            segment = entry.segment
            self._written.add(segment.id)
            if self.interims.get(segment.speaker, (segment, 0.0))[0].id == segment.id:
                self.interims.pop(segment.speaker, None)
            self.segments.append(segment)
            self.on_segment(segment)

    async def _follow_interim(self) -> None:
        async with self._interim.listen() as segments:
            async for segment in segments:
                if segment.id not in self._written:
                    self.interims[segment.speaker] = (segment, time.monotonic())

    async def _follow_floor(self) -> None:
        async with self._floor_channel.watch(self._floor) as views:
            async for view in views:
                self.floor = view
                self.on_floor(view)
