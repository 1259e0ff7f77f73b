"""The meetings service: which there are of a room, and the erasing of one."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp

from roomhand.control.calls import Context, answered
from roomhand.control.grants import Grants
from roomhand.control.paging import Key, PageTerms, digest, key_of, page_of
from roomhand.control.v1 import meetings_service_pb2 as pb
from roomhand.control.v1.meetings_service_pb2_grpc import MeetingsServiceServicer
from roomhand.coordination.meeting import MeetingRecord
from roomhand.remote import RoomControl

PAGES = PageTerms(usual=100, most=500)


class MeetingsService(MeetingsServiceServicer):
    """Every method is documented in proto/roomhand/control/v1/meetings_service.proto."""

    def __init__(self, control: RoomControl, grants: Grants) -> None:
        self._control = control
        self._grants = grants

    async def GetMeeting(  # noqa: N802
        self,
        request: pb.GetMeetingRequest,
        context: Context,
    ) -> pb.GetMeetingResponse:
        async def get() -> pb.GetMeetingResponse:
            self._may_read(context, request.room)
            found = await self._control.meetings(request.room).get(request.meeting or None)
            return pb.GetMeetingResponse(meeting=_told(request.room, found))

        return await answered(context, get)

    async def ListMeetings(  # noqa: N802
        self,
        request: pb.ListMeetingsRequest,
        context: Context,
    ) -> pb.ListMeetingsResponse:
        async def list_() -> pb.ListMeetingsResponse:
            self._may_read(context, request.room)
            size, of, shape = PAGES.size(request.page_size), digest(request), (0, "")
            after = key_of(request.page_token, of, shape)
            found = await self._control.meetings(request.room).all()
            page = page_of([_key(one) for one in found], after, size, of)
            return pb.ListMeetingsResponse(
                meetings=[_told(request.room, found[index]) for index in page.items],
                next_page_token=page.next_token,
            )

        return await answered(context, list_)

    async def EraseMeeting(  # noqa: N802
        self,
        request: pb.EraseMeetingRequest,
        context: Context,
    ) -> pb.EraseMeetingResponse:
        async def erase() -> pb.EraseMeetingResponse:
            self._grants.room(context.invocation_metadata(), request.room)
            await self._control.meetings(request.room).erase(request.meeting)
            return pb.EraseMeetingResponse()

        return await answered(context, erase)

    def _may_read(self, context: Context, room: str) -> None:
        self._grants.scope(context.invocation_metadata(), room, "transcript")


def _key(one: MeetingRecord) -> Key:
    """Grows from the newest to the oldest."""
    return (-_microseconds(one.start_s), one.id)


def _microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _time(seconds: float) -> Timestamp:
    made = Timestamp()
    made.FromMicroseconds(_microseconds(seconds))
    return made


def _told(room: str, one: MeetingRecord) -> pb.Meeting:
    return pb.Meeting(
        room=room,
        meeting=one.id,
        room_sid=one.sid,
        state=pb.Meeting.STATE_ENDED if one.ended else pb.Meeting.STATE_OPEN,
        start_time=_time(one.start_s),
        end_time=None if one.end_s is None else _time(one.end_s),
        end_reason=one.reason or "",
    )
