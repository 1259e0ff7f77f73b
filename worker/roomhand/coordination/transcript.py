"""The durable transcript: final segments in a Redis stream, written under an epoch, read by anyone.

The order of the stream is the order of writing. The order of the meeting is that of ``start_ms``:
a transcript may arrive late, and who shows a transcript sorts by onset. A segment that was revised
is in the stream once for each revision; the highest counts.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

from roomhand.attribution.identity import Kind
from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.coordination.connection import reported
from roomhand.coordination.fencing import Fence, accepted
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scripts import Scripts, text
from roomhand.errors import NotFoundError

BEGINNING = "0-0"
"""The resume token from which everything is read."""
_PAGE = 500
_BLOCK_MS = 500

_RawEntry: TypeAlias = tuple[bytes | str, dict[bytes | str, bytes | str]]


class Role(StrEnum):
    """As what an agent writes."""

    SCRIBE = "scribe"
    AGENT = "agent"


class NotScribeError(Exception):
    """Another agent is the scribe: it transcribes the people now, so this segment is not ours."""


class NoScribeError(Exception):
    """Nobody is the scribe; the keeper claims it at its next renewal. Try again then."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One segment of the stream. ``token`` resumes reading after it."""

    token: str
    segment: Segment


def role_of(segment: Segment) -> Role:
    """What people said, or did not, is the scribe's to write; all else any agent's."""
    if segment.kind in (SegmentKind.SPEECH, SegmentKind.DOUBTED):
        return Role.SCRIBE
    if segment.kind is SegmentKind.GAP and segment.speaker_kind is not Kind.AGENT:
        return Role.SCRIBE
    return Role.AGENT


class TranscriptStore:
    """Appends to the transcripts of one room."""

    def __init__(self, scripts: Scripts, keys: RoomKeys) -> None:
        self._scripts = scripts
        self._keys = keys

    async def append(self, fence: Fence, meeting_id: str, segment: Segment) -> str:
        """Append a final segment and return its token; the same id and revision twice is one entry.

        Raises RedisError without an answer (append it again: nothing doubles), StaleEpochError or
        LeaseUnknownError as ``fencing.accepted``, NotScribeError, NoScribeError, and ValueError for
        a segment that is not final.
        """
        if not segment.final:
            raise ValueError("only final segments are durable; interim text is published")
        answer = await self._scripts.run(
            "segment_append",
            {
                "agents": self._keys.agents,
                "scribe": self._keys.scribe,
                "segments": self._keys.segments(meeting_id),
                "appended": self._keys.appended(meeting_id),
            },
            {
                "agent": fence.agent,
                "epoch": fence.epoch,
                "role": role_of(segment),
                "id": segment.id,
                "revision": segment.revision,
                "body": replace(segment, meeting=meeting_id, epoch=fence.epoch).to_json(),
            },
        )
        if accepted(answer, fence).word == "not_scribe":
            raise NotScribeError(f"{answer['agent']} is the scribe, not {fence.agent}")
        if answer.word == "no_scribe":
            raise NoScribeError(f"nobody is the scribe, nor is {fence.agent}")
        return answer["entry"]


class TranscriptReader:
    """Reads the transcripts of one room. Every method raises RedisError without an answer."""

    def __init__(self, scripts: Scripts, keys: RoomKeys) -> None:
        self._client = scripts.client
        self._keys = keys
        self._meetings = MeetingStore(scripts, keys)

    async def read(self, meeting_id: str | None = None) -> list[Entry]:
        """Everything that a meeting (the newest, if None) has so far, as written.

        Raises NotFoundError where there is no such meeting.
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

        Each segment comes once, also to who begins or resumes late. Raises NotFoundError where
        there is no such meeting.
        """
        meeting_id = await self.known(meeting_id)
        while True:
            record = await self._meetings.read(meeting_id)
            ended = record is None or record.ended
            page = await self.page(meeting_id, after, block_ms=None if ended else _BLOCK_MS)
            for entry in page:
                yield entry
                after = entry.token
            if ended and not page:
                return

    async def known(self, meeting_id: str | None) -> str:
        """This meeting's id, or the newest one's. Raises NotFoundError where there is none."""
        found = meeting_id or await self._meetings.latest()
        if not found:
            raise NotFoundError(
                f"no meeting is known in room {self._keys.room}. "
                "One begins when the first agent joins"
            )
        if await self._meetings.read(found) is None:
            raise NotFoundError(f"room {self._keys.room} has no meeting {found}")
        return found

    async def page(self, meeting_id: str, after: str, block_ms: int | None = None) -> list[Entry]:
        """The next entries after a token, none if there are none within ``block_ms``."""
        with reported():
            reply = await self._client.xread(
                {self._keys.segments(meeting_id): after}, count=_PAGE, block=block_ms
            )
        return [_entry(raw) for raw in entries_of(reply)]


def entries_of(reply: Any) -> list[_RawEntry]:
    """The entries in the answer to XREAD of one stream, under either protocol of the client."""
    if not reply:
        return []
    if isinstance(reply, dict):
        (entries,) = reply.values()
        return list(entries[0]) if entries and isinstance(entries[0], list) else list(entries)
    return list(reply[0][1])


def fields_of(raw: _RawEntry) -> dict[str, str]:
    """The fields of one stream entry as text."""
    return {text(name): text(value) for name, value in raw[1].items()}


def _entry(raw: _RawEntry) -> Entry:
    return Entry(text(raw[0]), Segment.from_json(fields_of(raw)["segment"]))
