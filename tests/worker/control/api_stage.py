"""The API on a port of its own, and behind it a room with a meeting and an archive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc.aio
import redis.asyncio
from google.protobuf.message import Message

from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.segments import Segment
from roomhand.control.calls import Streams
from roomhand.coordination.archive import Archive
from roomhand.coordination.archiver import Archiver
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import Meeting, MeetingStore
from roomhand.coordination.scribe import ScribeStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptStore
from tests.worker.control.served import FakeLiveKit, Served, reason_of, serving, token


@dataclass
class ApiStage:
    """A room, who runs its agent, and the way to the API."""

    served: Served
    archive: Archive
    sage: Fence = field(init=False)

    @property
    def room(self) -> str:
        """Its name."""
        return self.served.room

    @property
    def channel(self) -> grpc.aio.Channel:
        """To the API."""
        return self.served.channel

    @property
    def livekit(self) -> FakeLiveKit:
        """Behind the API."""
        return self.served.livekit

    @property
    def scripts(self) -> Scripts:
        """Behind the API."""
        return self.served.scripts

    @property
    def keys(self) -> RoomKeys:
        """Of the room."""
        return RoomKeys(self.room)

    @property
    def meetings(self) -> MeetingStore:
        """Of the room."""
        return MeetingStore(self.scripts, self.keys)

    @property
    def store(self) -> TranscriptStore:
        """Appends to the room's transcripts."""
        return TranscriptStore(self.scripts, self.keys, self.archive)

    async def come(self) -> None:
        """Sage is run by somebody, and transcribes."""
        leases = LeaseStore(self.scripts, self.keys)
        self.sage = Fence("sage", await leases.reserve("sage"))
        await leases.acquire("sage", self.sage.epoch, "AW_1/AJ_1", 600)
        await ScribeStore(self.scripts, self.keys).claim(self.sage, 600)

    async def go(self) -> None:
        """Nobody runs sage any more."""
        assert await LeaseStore(self.scripts, self.keys).release(
            "sage", self.sage.epoch, "AW_1/AJ_1"
        )

    async def meet(self, *said: Segment, sid: str = "RM_1") -> Meeting:
        """A meeting that runs, in which this was said."""
        meeting = await self.meetings.open(self.sage, sid)
        for one in said:
            await self.store.append(self.sage, meeting.id, one)
        return meeting

    async def end(self, meeting: Meeting) -> None:
        """It is over."""
        assert await self.meetings.end(self.sage, meeting.id, MeetingEnd.ROOM_FINISHED)

    def archiver(self, meeting: Meeting) -> Archiver:
        """Of sage's process."""
        return Archiver(
            scripts=self.scripts,
            keys=self.keys,
            fence=self.sage,
            meeting_id=meeting.id,
            archive=self.archive,
            is_scribe=lambda: True,
        )

    async def forget(self, meeting: Meeting) -> None:
        """Redis' thirty days are over."""
        keys, meeting_id = self.keys, meeting.id
        await self.scripts.client.delete(
            keys.meeting(meeting_id),
            keys.segments(meeting_id),
            keys.appended(meeting_id),
            keys.ledger(meeting_id),
            keys.latest,
            keys.meetings,
        )

    def metadata(self, auth: str | None = None) -> tuple[tuple[str, str], ...]:
        """With a token for everything in the room, if no other is given."""
        given = token(room_admin=True, room=self.room) if auth is None else auth
        return (("authorization", f"Bearer {given}"),) if given else ()


async def refused(call: Any) -> tuple[str, str]:
    """Status and reason of the error that a call or stream ends in."""
    try:
        if hasattr(call, "__aiter__"):
            answers: list[Message] = [one async for one in call]
        else:
            answers = [await call]
    except grpc.aio.AioRpcError as error:
        return reason_of(error)
    raise AssertionError(f"it was answered: {answers}")


@asynccontextmanager
async def api_stage(
    client: redis.asyncio.Redis,
    room: str,
    folder: Path,
    streams: Streams | None = None,
    **settings: Any,
) -> AsyncIterator[ApiStage]:
    """For as long as the block runs; the room is open, and sage runs there."""
    archive = Archive(folder.as_uri())
    async with serving(client, room, streams, archive, **settings) as served:
        stage = ApiStage(served, archive)
        await stage.come()
        yield stage
