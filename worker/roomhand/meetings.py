"""The meetings of a room from outside it: what is known of them, and how one is erased."""

from __future__ import annotations

from roomhand.admin import LiveKitAdmin
from roomhand.attribution.ends import MeetingEnd
from roomhand.coordination.archive import Archive, missing
from roomhand.coordination.entry import BEGINNING
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import Erasing, MeetingRecord, MeetingStore
from roomhand.coordination.memory import MemoryStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptReader
from roomhand.errors import ArchiveError, MeetingNotFoundError, MeetingOpenError


class RoomMeetings:
    """Every method raises RedisError and ArchiveError."""

    def __init__(
        self, admin: LiveKitAdmin, scripts: Scripts, archive: Archive | None, room: str
    ) -> None:
        self._admin = admin
        self._room = room
        self._archive = archive
        self._store = MeetingStore(scripts, RoomKeys(room))
        self._reader = TranscriptReader(scripts, RoomKeys(room), archive)
        self._leases = LeaseStore(scripts, RoomKeys(room))
        self._memories = MemoryStore(scripts, RoomKeys(room))

    async def get(self, meeting: str | None) -> MeetingRecord:
        """One meeting, or the newest (None). Raises MeetingNotFoundError."""
        found = await self._reader.known(meeting)
        record = await self._store.read(found)
        if record is None and self._archive is not None:  # Redis has forgotten it
            closed = await self._archive.closed(self._room, found)
            record = closed.record if closed else None
        if record is None:
            raise MeetingNotFoundError(f"the meeting {found} of {self._room} was just erased")
        return record

    async def all(self) -> list[MeetingRecord]:
        """Those that Redis or the archive has, the newest first."""
        latest = await self._store.latest()  # from before meetings were listed
        ids = dict.fromkeys([*await self._store.known(), *([latest] if latest else [])])
        records = {one: record for one in ids if (record := await self._store.read(one))}
        for closed in await self._archive.meetings(self._room) if self._archive else []:
            known = closed.record.id
            if known not in records and not await self._store.erased(known):
                records[known] = closed.record
        return sorted(records.values(), key=lambda one: (-one.start_s, one.id))

    async def erase(self, meeting: str) -> None:
        """Erase all that there is of a meeting, for good; one that was erased is none again.

        Where it raises, part of it may be left, which is out of reach for readers: erase it again.
        Raises MeetingOpenError where it runs, MeetingNotFoundError where it is not known.
        """
        await self._end_if_room_is_gone(meeting)
        archived = self._archive is not None and await self._archive.has(self._room, meeting)
        if self._archive is None and await self._store.archived_to(meeting) != BEGINNING:
            raise ArchiveError(missing(self._room, BEGINNING))
        match await self._store.erase(meeting, archived=archived):
            case Erasing.OPEN:
                raise MeetingOpenError(
                    f"the meeting {meeting} of {self._room} goes on. Close the room first"
                )
            case Erasing.UNKNOWN:
                raise MeetingNotFoundError(f"room {self._room} has no meeting {meeting}")
        for agent in await self._leases.agents():
            await self._memories.forget(agent, meeting)
        if self._archive is not None:
            await self._archive.erase(self._room, meeting)

    async def _end_if_room_is_gone(self, meeting: str) -> None:
        """Nobody may have been left to end it."""
        if await self._store.current() == meeting and not await self._admin.room_exists(self._room):
            await self._store.close(MeetingEnd.ROOM_FINISHED)
