"""The meetings service: which there are, and one that is erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio

from roomhand.control.v1 import meetings_service_pb2 as pb
from roomhand.control.v1 import transcripts_service_pb2
from roomhand.control.v1.meetings_service_pb2_grpc import MeetingsServiceStub
from roomhand.control.v1.transcripts_service_pb2_grpc import TranscriptsServiceStub
from tests.worker.control.api_stage import ApiStage, api_stage, refused
from tests.worker.control.served import token
from tests.worker.coordination.samples import spoken

pytestmark = pytest.mark.redis

UNKNOWN = ("NOT_FOUND", "MEETING_NOT_FOUND")
INVALID = ("INVALID_ARGUMENT", "FIELD_INVALID")


@pytest.fixture
async def stage(
    redis_client: redis.asyncio.Redis, room_name: str, tmp_path: Path
) -> AsyncIterator[ApiStage]:
    """A room that is open."""
    async with api_stage(redis_client, room_name, tmp_path) as made:
        yield made


def called(stage: ApiStage, method: str, token: str | None = None, **fields: Any) -> Any:
    """A call, to be awaited."""
    request = getattr(pb, f"{method}Request")(**({"room": stage.room} | fields))
    stub = MeetingsServiceStub(stage.channel)
    return getattr(stub, method)(request, metadata=stage.metadata(token), timeout=20)


async def test_a_meeting_from_its_beginning_to_its_end(stage: ApiStage) -> None:
    """Also when only the archive knows it."""
    assert await refused(called(stage, "GetMeeting")) == UNKNOWN
    meeting = await stage.meet(spoken(1))
    told = (await called(stage, "GetMeeting")).meeting
    assert (told.room, told.meeting, told.room_sid) == (stage.room, meeting.id, "RM_1")
    assert (told.state, told.end_reason) == (pb.Meeting.STATE_OPEN, "")
    assert told.start_time.ToMicroseconds() == round(meeting.start_s * 1_000_000)
    assert not told.HasField("end_time")
    await stage.end(meeting)
    ended = (await called(stage, "GetMeeting", meeting=meeting.id)).meeting
    assert (ended.state, ended.end_reason) == (pb.Meeting.STATE_ENDED, "room_finished")
    assert ended.end_time.ToMicroseconds() > ended.start_time.ToMicroseconds()
    assert await stage.archiver(meeting).finish(10)
    await stage.forget(meeting)
    assert (await called(stage, "GetMeeting", meeting=meeting.id)).meeting == ended
    assert await refused(called(stage, "GetMeeting", meeting="m404")) == UNKNOWN


async def test_meetings_come_newest_first_and_in_pages(stage: ApiStage) -> None:
    """One that begins meanwhile moves nothing."""
    assert list((await called(stage, "ListMeetings")).meetings) == []
    begun = [(await stage.meet(sid=f"RM_{number}")).id for number in range(5)]
    first = await called(stage, "ListMeetings", page_size=2)
    assert [one.meeting for one in first.meetings] == begun[:2:-1]
    await stage.meet(sid="RM_9")
    token = first.next_page_token
    rest = await called(stage, "ListMeetings", page_size=9, page_token=token)
    assert [one.meeting for one in rest.meetings] == begun[2::-1]
    assert rest.next_page_token == ""
    assert {one.state for one in rest.meetings} == {pb.Meeting.STATE_ENDED}
    assert await refused(called(stage, "ListMeetings", page_token="x")) == INVALID
    assert await refused(called(stage, "ListMeetings", page_size=-1)) == INVALID


async def test_an_erased_meeting_is_found_by_no_call(stage: ApiStage) -> None:
    """Nor followed, nor exported; and it may be erased again."""
    meeting = await stage.meet(spoken(1))
    assert await refused(called(stage, "EraseMeeting", meeting=meeting.id)) == (
        "FAILED_PRECONDITION",
        "MEETING_OPEN",
    )
    await stage.end(meeting)
    assert await stage.archiver(meeting).finish(10)
    for _ in range(2):
        await called(stage, "EraseMeeting", meeting=meeting.id)
        assert await refused(called(stage, "GetMeeting", meeting=meeting.id)) == UNKNOWN
        assert list((await called(stage, "ListMeetings")).meetings) == []
        transcripts = TranscriptsServiceStub(stage.channel)
        for method in ("ListSegments", "StreamSegments", "ExportTranscript"):
            kind = getattr(transcripts_service_pb2, f"{method}Request")
            fields = {"format": 1} if method == "ExportTranscript" else {}
            request = kind(room=stage.room, meeting=meeting.id, **fields)
            call = getattr(transcripts, method)(request, metadata=stage.metadata(), timeout=20)
            assert await refused(call) == UNKNOWN


async def test_a_meeting_to_erase_has_to_be_named(stage: ApiStage) -> None:
    """Nobody erases the newest by leaving a field out."""
    meeting = await stage.meet()
    await stage.end(meeting)
    assert await refused(called(stage, "EraseMeeting")) == INVALID
    assert await refused(called(stage, "EraseMeeting", meeting="m404")) == UNKNOWN
    assert (await called(stage, "GetMeeting")).meeting.meeting == meeting.id


async def test_who_may_read_may_not_erase(stage: ApiStage) -> None:
    meeting = await stage.meet()
    await stage.end(meeting)
    reader = token(scopes="transcript", room=stage.room)
    await called(stage, "GetMeeting", reader)
    told = await refused(called(stage, "EraseMeeting", reader, meeting=meeting.id))
    assert told == ("PERMISSION_DENIED", "GRANT_MISSING")
    assert (await called(stage, "GetMeeting")).meeting.meeting == meeting.id
