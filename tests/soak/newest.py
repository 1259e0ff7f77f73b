"""Reads on in a room's newest transcript: what is new since the last look, and no more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from roomhand.attribution.segments import SegmentKind
from roomhand.coordination.connection import open_client
from roomhand.coordination.entry import BEGINNING
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingRecord, MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptReader
from tests.system.stage import Venue


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that a person said, written under this epoch. By the wall clock."""

    meeting: str
    epoch: int
    at_s: float


@dataclass
class Newest:
    """A whole transcript costs some 30 ms of the processor to read: who looks at nine of them
    twice a second leaves little to those who write them."""

    meetings: MeetingStore
    reader: TranscriptReader
    _meeting: MeetingRecord | None = None
    _after: str = BEGINNING

    @staticmethod
    @asynccontextmanager
    async def of(venue: Venue) -> AsyncIterator[Newest]:
        """That of the venue's room."""
        client = open_client(venue.redis.url)
        scripts, keys = Scripts(client), RoomKeys(venue.room)
        try:
            yield Newest(MeetingStore(scripts, keys), TranscriptReader(scripts, keys))
        finally:
            await client.aclose()

    async def speech(self) -> list[Heard]:
        """What people said, as far as it is new. Raises RedisError without an answer."""
        latest = await self.meetings.latest()
        if latest is None:
            return []
        if self._meeting is None or self._meeting.id != latest:
            self._meeting, self._after = await self.meetings.read(latest), BEGINNING
        if self._meeting is None:
            return []
        page = await self.reader.page(latest, self._after)
        if page:
            self._after = page[-1].token
        start_s = self._meeting.start_s
        segments = [one.segment for one in page if one.segment.kind is SegmentKind.SPEECH]
        return [Heard(latest, one.epoch, start_s + one.start_ms / 1000) for one in segments]
