"""The transcripts service: what was said, read as the command line reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable

from roomhand.attribution.segments import Segment, in_order
from roomhand.attribution.selection import Selection
from roomhand.control.calls import Context, Streams, answered, streamed
from roomhand.control.grants import Grants
from roomhand.control.paging import Key, PageTerms, digest, key_of, page_of
from roomhand.control.refusals import field_invalid
from roomhand.control.segments_shown import lacks_told, segment_told
from roomhand.control.v1 import transcripts_service_pb2 as pb
from roomhand.control.v1.transcripts_service_pb2_grpc import TranscriptsServiceServicer
from roomhand.coordination.entry import BEGINNING
from roomhand.minutes import Form, minutes
from roomhand.remote import RoomControl

PAGES = PageTerms(usual=100, most=500)
PIECE = 1 << 20
"""Bytes of a file in one message."""
_FORMS: dict[int, tuple[Form, str]] = {
    pb.ExportTranscriptRequest.FORMAT_MARKDOWN: ("md", "text/markdown; charset=utf-8"),
    pb.ExportTranscriptRequest.FORMAT_JSON: ("json", "application/json"),
    pb.ExportTranscriptRequest.FORMAT_SRT: ("srt", "application/x-subrip; charset=utf-8"),
    pb.ExportTranscriptRequest.FORMAT_VTT: ("vtt", "text/vtt; charset=utf-8"),
    pb.ExportTranscriptRequest.FORMAT_DOCX: (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
}


class TranscriptsService(TranscriptsServiceServicer):
    """Every method is documented in proto/roomhand/control/v1/transcripts_service.proto."""

    def __init__(self, control: RoomControl, grants: Grants, streams: Streams) -> None:
        self._control = control
        self._grants = grants
        self._streams = streams

    async def ListSegments(  # noqa: N802
        self,
        request: pb.ListSegmentsRequest,
        context: Context,
    ) -> pb.ListSegmentsResponse:
        async def list_() -> pb.ListSegmentsResponse:
            named = self._admitted(context, request.room, request.meeting)
            size = PAGES.size(request.page_size)
            of, selection = digest(request), _selection(request)
            shape: Key = ("", 0, 0, "", 0)
            after = key_of(request.page_token, of, shape)
            meant = named if after is None else str(after[0])
            meeting = await self._control.meeting_id(request.room, meant)
            every, found = await self._control.transcript(request.room, meeting)
            keyed = _keyed(every, meeting, revisions=request.revisions)
            kept = [(key, one) for key, one in keyed if selection.holds(one)]
            told = dict[int, pb.Segment]()

            def weigh(index: int) -> int:
                told[index] = segment_told(kept[index][1])
                return told[index].ByteSize()

            page = page_of([key for key, _ in kept], after, size, of, weigh)
            return pb.ListSegmentsResponse(
                meeting=meeting,
                segments=[told[index] for index in page.items],
                completeness=lacks_told(found),
                next_page_token=page.next_token,
            )

        return await answered(context, list_)

    async def StreamSegments(  # noqa: N802
        self,
        request: pb.StreamSegmentsRequest,
        context: Context,
    ) -> AsyncIterator[pb.StreamSegmentsResponse]:
        async def stream() -> AsyncGenerator[pb.StreamSegmentsResponse, None]:
            named = self._admitted(context, request.room, request.meeting)
            after = _resume_token(request)
            caller = self._grants.caller(context.invocation_metadata())
            followed = self._followed(request.room, named, after)
            async for one in self._streams.counted(caller, followed):
                yield one

        async for one in streamed(context, stream):
            yield one

    async def ExportTranscript(  # noqa: N802
        self,
        request: pb.ExportTranscriptRequest,
        context: Context,
    ) -> AsyncIterator[pb.ExportTranscriptResponse]:
        async def pieces() -> AsyncGenerator[pb.ExportTranscriptResponse, None]:
            named = self._admitted(context, request.room, request.meeting)
            caller = self._grants.caller(context.invocation_metadata())
            async for one in self._streams.counted(caller, self._exported(request, named)):
                yield one

        async for one in streamed(context, pieces):
            yield one

    async def _exported(
        self, request: pb.ExportTranscriptRequest, named: str | None
    ) -> AsyncGenerator[pb.ExportTranscriptResponse, None]:
        form, media_type = _FORMS[request.format]
        meeting = await self._control.meeting_id(request.room, named)
        every, found = await self._control.transcript(request.room, meeting)
        made = await asyncio.to_thread(minutes, in_order(every), form, request.room, found)
        for start in range(0, len(made), PIECE):
            yield pb.ExportTranscriptResponse(
                media_type=media_type,
                file_name=f"{meeting}.{form}",
                content=made[start : start + PIECE],
            )

    async def _followed(
        self, room: str, named: str | None, after: str
    ) -> AsyncGenerator[pb.StreamSegmentsResponse, None]:
        meeting = await self._control.meeting_id(room, named)
        async for entry in self._control.follow(room, meeting, after):
            yield pb.StreamSegmentsResponse(
                meeting=meeting, token=entry.token, segment=segment_told(entry.segment)
            )

    def _admitted(self, context: Context, room: str, meeting: str) -> str | None:
        """The meeting that is named, of a room that the caller may read."""
        self._grants.scope(context.invocation_metadata(), room, "transcript")
        return meeting or None


def _selection(request: pb.ListSegmentsRequest) -> Selection:
    return Selection(tuple(request.speakers), request.from_ms or None, request.to_ms or None)


def _resume_token(request: pb.StreamSegmentsRequest) -> str:
    if not request.after:
        return BEGINNING
    if any(int(part) >= 1 << 64 for part in request.after.split("-")):
        raise field_invalid("after", "write the token of a message, or nothing")
    if not request.meeting:
        raise field_invalid("meeting", "name the meeting that the token is of")
    return request.after


def _keyed(every: Iterable[Segment], meeting: str, *, revisions: bool) -> list[tuple[Key, Segment]]:
    """By the onset of the newest revision, and of this meeting: the newest of the room may be
    another when the next page is read. The newest alone has no number in its key, so that a
    page does not end before a segment that is revised meanwhile and begin with it again."""
    every = list(every)
    newest = in_order(every)
    if not revisions:
        return [((meeting, one.start_ms, one.end_ms, one.id, 0), one) for one in newest]
    places = {one.id: (meeting, one.start_ms, one.end_ms, one.id) for one in newest}
    return sorted(
        (((*places[one.id], one.revision), one) for one in every), key=lambda keyed: keyed[0]
    )
