"""The durable transcript: final segments in a Redis stream, written under an epoch, read by anyone.

The order of the stream is the order of writing. The order of the meeting is that of ``start_ms``:
a transcript may arrive late, and who shows a transcript sorts by onset. A segment that was revised
is in the stream once for each revision; the highest counts.

Where there is an archive, Redis lets go of the oldest segments once they are in it (``archiver``).
Readers notice nothing: they read what Redis has no more from the archive, by the same tokens.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from enum import StrEnum

from roomhand.attribution.identity import Kind
from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.clock import own_now_s
from roomhand.coordination.archive import Archive, ArchivedTranscript, missing
from roomhand.coordination.connection import reported
from roomhand.coordination.entry import BEGINNING, Entry, entries_of, entry_of, place
from roomhand.coordination.fencing import Fence, accepted
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scripts import Answer, Scripts
from roomhand.errors import ArchiveError, MeetingNotFoundError

logger = logging.getLogger(__name__)

_PAGE = 500
_BLOCK_MS = 500
MADE_AGAIN_S = 30.0
"""So long a follower waits for a meeting that Redis has lost. Its agents look every second; where
none is left, the next makes another meeting."""
_ATTEMPTS = 5


class Role(StrEnum):
    """As what an agent writes."""

    SCRIBE = "scribe"
    AGENT = "agent"


class NotScribeError(Exception):
    """Another agent is the scribe: it transcribes the people now, so this segment is not ours."""


class NoScribeError(Exception):
    """Nobody is the scribe; the keeper claims it at its next renewal. Try again then."""


class ErasedError(Exception):
    """The meeting was erased: nothing is written to it any more."""


class UnsureError(Exception):
    """Redis has let go of what was written since the segment began, maybe of this one: only the
    archive knows whether it is written. Ask ``append_checked``."""


def role_of(segment: Segment) -> Role:
    """What people said, or did not, is the scribe's to write; all else any agent's."""
    if segment.kind in (SegmentKind.SPEECH, SegmentKind.DOUBTED):
        return Role.SCRIBE
    if segment.kind is SegmentKind.GAP and segment.speaker_kind is not Kind.AGENT:
        return Role.SCRIBE
    return Role.AGENT


class TranscriptStore:
    """Appends to the transcripts of one room. All who append name the same ``archive``, or none.

    Every method raises RedisError without an answer (append it again: nothing doubles),
    StaleEpochError or LeaseUnknownError as ``fencing.accepted``, NotScribeError, NoScribeError,
    ErasedError, and ValueError for a segment that is not final.
    """

    def __init__(self, scripts: Scripts, keys: RoomKeys, archive: Archive | None = None) -> None:
        self._scripts = scripts
        self._keys = keys
        self._archive = archive

    async def append(self, fence: Fence, meeting_id: str, segment: Segment) -> str:
        """Append a final segment and return its token; the same id and revision twice is one entry.

        Raises UnsureError for an old one, where the archive has to be asked.
        """
        answer = await self._ask(fence, meeting_id, segment, checked="")
        if answer.word == "unsure":
            raise UnsureError(f"{segment.id} may be in the archive")
        return answer["entry"]

    async def append_checked(self, fence: Fence, meeting_id: str, segment: Segment) -> str:
        """The same for any segment, however old. Raises ArchiveError where the archive cannot tell
        whether it has the segment."""
        checked = ""
        for _ in range(_ATTEMPTS):
            answer = await self._ask(fence, meeting_id, segment, checked)
            if answer.word != "unsure":
                return answer["entry"]
            checked = answer["archived_to"]
            known = await self._archived(meeting_id).latest(segment.id, checked)
            if known is not None and known.segment.revision >= segment.revision:
                return known.token
        raise ArchiveError("the archive grows faster than it can be read")

    def _archived(self, meeting_id: str) -> ArchivedTranscript:
        if self._archive is None:
            raise ArchiveError(missing(self._keys.room, BEGINNING))
        return ArchivedTranscript(self._archive, self._keys.room, meeting_id)

    async def _ask(self, fence: Fence, meeting_id: str, segment: Segment, checked: str) -> Answer:
        if not segment.final:
            raise ValueError("only final segments are durable; interim text is published")
        answer = await self._scripts.run(
            "segment_append",
            {
                "agents": self._keys.agents,
                "scribe": self._keys.scribe,
                "meeting": self._keys.meeting(meeting_id),
                "segments": self._keys.segments(meeting_id),
                "appended": self._keys.appended(meeting_id),
            },
            {
                "agent": fence.agent,
                "epoch": fence.epoch,
                "role": role_of(segment),
                "id": segment.id,
                "revision": segment.revision,
                "start_ms": segment.start_ms,
                "checked": checked,
                "body": replace(segment, meeting=meeting_id, epoch=fence.epoch).to_json(),
            },
        )
        if accepted(answer, fence).word == "not_scribe":
            raise NotScribeError(f"{answer['agent']} is the scribe, not {fence.agent}")
        if answer.word == "no_scribe":
            raise NoScribeError(f"nobody is the scribe, nor is {fence.agent}")
        if answer.word == "erased":
            raise ErasedError(f"the meeting {meeting_id} was erased")
        return answer


class TranscriptReader:
    """Reads the transcripts of one room, archive and stream as one.

    Every method raises RedisError without an answer, and ArchiveError where Redis has let go of
    what is to be read and the archive cannot be read.
    """

    def __init__(self, scripts: Scripts, keys: RoomKeys, archive: Archive | None = None) -> None:
        self._client = scripts.client
        self._keys = keys
        self._meetings = MeetingStore(scripts, keys)
        self._archive = archive
        self._archived: dict[str, ArchivedTranscript] = {}
        self._searched: set[str] = set()
        """Meetings whose archive was read to its end once, whatever Redis knows of it."""

    async def read(self, meeting_id: str | None = None) -> list[Entry]:
        """Everything that a meeting (the newest, if None) has so far, as written.

        Raises MeetingNotFoundError where there is no such meeting.
        """
        meeting_id = await self.known(meeting_id)
        entries: list[Entry] = []
        after = BEGINNING
        while page := await self.page(meeting_id, after, block_ms=None):
            entries += page
            after = page[-1].token
        return entries

    async def follow(
        self, meeting_id: str | None = None, after: str = BEGINNING
    ) -> AsyncIterator[Entry]:
        """Everything after a token, then what comes, until the meeting has ended.

        Each segment comes once, also to who begins or resumes late. A meeting that Redis has lost
        is waited for: its agents make it again. Raises MeetingNotFoundError where there is no such
        meeting, and where nobody made it again in time.
        """
        meeting_id = await self.known(meeting_id)
        seen_s = own_now_s()
        while True:
            record = await self._meetings.read(meeting_id)
            ended = record.ended if record else await self._is_gone(meeting_id)
            if record:
                seen_s = own_now_s()
            elif not ended and own_now_s() > seen_s + MADE_AGAIN_S:
                raise MeetingNotFoundError(f"Redis has lost the meeting {meeting_id}")
            page = await self.page(meeting_id, after, block_ms=None if ended else _BLOCK_MS)
            for entry in page:
                yield entry
                after = entry.token
            if ended and not page:
                return

    async def known(self, meeting_id: str | None) -> str:
        """This meeting's id, or the newest one's. Raises MeetingNotFoundError where there is
        none."""
        found = meeting_id or await self._meetings.latest()
        if not found:
            raise MeetingNotFoundError(
                f"no meeting is known in room {self._keys.room}. "
                "One begins when the first agent joins"
            )
        if await self._meetings.read(found) is None and (
            await self._meetings.erased(found) or not await self._is_closed(found)
        ):
            raise MeetingNotFoundError(f"room {self._keys.room} has no meeting {found}")
        return found

    async def page(self, meeting_id: str, after: str, block_ms: int | None = None) -> list[Entry]:
        """The next entries after a token, none if there are none within ``block_ms``."""
        if self._archive is not None and meeting_id not in self._searched:
            # Once without being asked: Redis may have lost its data, and know of no archive.
            if archived := await self._archived_page(meeting_id, after):
                return archived
            self._searched.add(meeting_id)
        written = await self._stream_page(meeting_id, after, block_ms)
        # Asked after the stream was read, so that what was let go of meanwhile is noticed.
        archived_to = await self._meetings.archived_to(meeting_id)
        if place(archived_to) <= place(after):
            return written
        if archived := await self._archived_page(meeting_id, after):
            return archived
        raise ArchiveError(missing(self._keys.room, after))

    async def archived_to_ms(self, meeting_id: str) -> int:
        """Meeting time of the end of what was archived last; 0 without an archive, or where that
        cannot tell."""
        if self._archive is None:
            return 0
        try:
            archived = ArchivedTranscript(self._archive, self._keys.room, meeting_id)
            last = await archived.last()
        except ArchiveError as error:
            logger.warning("what is archived is not known", extra={"error": str(error)})
            return 0
        return 0 if last is None else last.segment.end_ms

    async def past_archive(self, meeting_id: str, after: str) -> str:
        """The token from which Redis alone has all: for who can do without what is before it."""
        self._searched.add(meeting_id)
        return max(after, await self._meetings.archived_to(meeting_id), key=place)

    async def _is_gone(self, meeting_id: str) -> bool:
        """Whether a meeting of which Redis has nothing is over, rather than lost."""
        return await self._meetings.erased(meeting_id) or await self._is_closed(meeting_id)

    async def _is_closed(self, meeting_id: str) -> bool:
        """Whether the archive has a meeting that Redis has forgotten."""
        if self._archive is None:
            return False
        return await self._archive.closed(self._keys.room, meeting_id) is not None

    async def _stream_page(self, meeting_id: str, after: str, block_ms: int | None) -> list[Entry]:
        with reported():
            reply = await self._client.xread(
                {self._keys.segments(meeting_id): after}, count=_PAGE, block=block_ms
            )
        return [entry_of(raw) for raw in entries_of(reply)]

    async def _archived_page(self, meeting_id: str, after: str) -> list[Entry]:
        if self._archive is None:
            return []
        archived = self._archived.setdefault(
            meeting_id, ArchivedTranscript(self._archive, self._keys.room, meeting_id)
        )
        return await archived.page(after)
