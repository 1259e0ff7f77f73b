"""The transcripts service: pages without gap or double, streams that are resumed, and files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
import redis.asyncio

from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.control import paging, transcripts
from roomhand.control.calls import Streams
from roomhand.control.segments_shown import segment_told
from roomhand.control.v1 import transcripts_service_pb2 as pb
from roomhand.control.v1.transcripts_service_pb2_grpc import TranscriptsServiceStub
from roomhand.coordination.archiver import ArchiveTerms
from tests.worker.control.api_stage import ApiStage, api_stage, refused
from tests.worker.control.served import reason_of, token
from tests.worker.coordination.samples import answered, spoken

pytestmark = pytest.mark.redis

FORMATS = [one for one in pb.ExportTranscriptRequest.Format.values() if one]


@pytest.fixture
async def stage(
    redis_client: redis.asyncio.Redis, room_name: str, tmp_path: Path
) -> AsyncIterator[ApiStage]:
    """A room that is open."""
    async with api_stage(redis_client, room_name, tmp_path) as made:
        yield made


def calls(stage: ApiStage) -> TranscriptsServiceStub:
    """The service as a client has it."""
    return TranscriptsServiceStub(stage.channel)


async def listed(stage: ApiStage, **fields: Any) -> pb.ListSegmentsResponse:
    """One page."""
    request = pb.ListSegmentsRequest(room=stage.room, **fields)
    return await calls(stage).ListSegments(request, metadata=stage.metadata(), timeout=20)


async def list_refused(stage: ApiStage, **fields: Any) -> tuple[str, str]:
    """Status and reason of what a page ends in."""
    request = pb.ListSegmentsRequest(**({"room": stage.room} | fields))
    return await refused(calls(stage).ListSegments(request, metadata=stage.metadata(), timeout=20))


async def all_pages(stage: ApiStage, **fields: Any) -> list[list[str]]:
    """Ids of each page, up to the last."""
    pages, page_token = [], ""
    while True:
        page = await listed(stage, page_token=page_token, **fields)
        pages.append([one.id for one in page.segments])
        page_token = page.next_page_token
        if not page_token:
            return pages


def followed(
    stage: ApiStage, **fields: Any
) -> grpc.aio.UnaryStreamCall[pb.StreamSegmentsRequest, pb.StreamSegmentsResponse]:
    """A stream of the room."""
    request = pb.StreamSegmentsRequest(room=stage.room, **fields)
    return calls(stage).StreamSegments(request, metadata=stage.metadata(), timeout=60)


def exported(
    stage: ApiStage, as_format: Any = pb.ExportTranscriptRequest.FORMAT_JSON
) -> grpc.aio.UnaryStreamCall[pb.ExportTranscriptRequest, pb.ExportTranscriptResponse]:
    """An export under way."""
    request = pb.ExportTranscriptRequest(room=stage.room, format=as_format)
    return calls(stage).ExportTranscript(request, metadata=stage.metadata(), timeout=20)


async def file_of(stage: ApiStage, as_format: Any) -> list[pb.ExportTranscriptResponse]:
    """The pieces of an export."""
    return [piece async for piece in exported(stage, as_format)]


async def test_segments_are_told_whole_and_by_onset(stage: ApiStage) -> None:
    """Whatever was written first, each in its newest revision."""
    meeting = await stage.meet(
        spoken(2, confidence=0.5, language="de"),
        answered(3, interrupted=True),
        spoken(1),
        spoken(2, revision=2, text="better", confidence=0.5, language="de"),
    )
    page = await listed(stage)
    assert page.meeting == meeting.id
    assert [(one.id, one.revision) for one in page.segments] == [("s1", 1), ("s2", 2), ("a3", 1)]
    first, second, third = page.segments
    assert (first.kind, first.speaker, first.name) == (pb.Segment.KIND_SPEECH, "ann", "Ann")
    assert (first.start_ms, first.end_ms) == (1000, 1800)
    assert (first.track, first.source) == ("TR_1", "microphone")
    assert not first.HasField("confidence")
    assert (second.text, second.confidence, second.language) == ("better", 0.5, "de")
    assert (third.kind, third.interrupted) == (pb.Segment.KIND_AGENT, True)
    assert third.speaker_kind == pb.Segment.SPEAKER_KIND_AGENT
    revisions = (await listed(stage, revisions=True)).segments
    assert [(one.id, one.revision) for one in revisions][1:3] == [("s2", 1), ("s2", 2)]


async def test_only_what_a_page_holds_is_made_ready(
    stage: ApiStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long meeting would hold up all other calls."""
    await stage.meet(*(spoken(number) for number in range(1, 30)))
    made = list[str]()

    def told(one: Segment) -> pb.Segment:
        made.append(one.id)
        return segment_told(one)

    monkeypatch.setattr(transcripts, "segment_told", told)
    page = await listed(stage, page_size=3)
    assert made == [one.id for one in page.segments] == ["s1", "s2", "s3"]


def test_every_format_of_the_protocol_is_made() -> None:
    assert set(transcripts._FORMS) == set(FORMATS)


async def test_pages_together_are_the_whole_once(stage: ApiStage) -> None:
    """Also where every page is as small as can be, and one falls between two revisions."""
    said = [spoken(number) for number in range(7)]
    await stage.meet(*said, spoken(3, revision=2))
    ids = [one.id for one in said]
    assert await all_pages(stage, page_size=3) == [ids[:3], ids[3:6], ids[6:]]
    assert await all_pages(stage, page_size=1) == [[one] for one in ids]
    assert await all_pages(stage, page_size=7) == [ids]
    revised = [*ids[:4], "s3", *ids[4:]]
    assert await all_pages(stage, page_size=1, revisions=True) == [[one] for one in revised]


async def test_a_page_goes_on_where_it_ended_while_the_meeting_grows(stage: ApiStage) -> None:
    """What is written behind its end comes; what was told does not come again, revised or not."""
    meeting = await stage.meet(spoken(1), spoken(3), spoken(5))
    first = await listed(stage, page_size=2)
    for late in (spoken(2), spoken(3, revision=2), spoken(4)):
        await stage.store.append(stage.sage, meeting.id, late)
    second = await listed(stage, page_size=2, page_token=first.next_page_token)
    assert [one.id for one in second.segments] == ["s4", "s5"]


async def test_a_page_goes_on_in_the_meeting_of_the_one_before(stage: ApiStage) -> None:
    """Though the newest of the room is another by now."""
    meeting = await stage.meet(spoken(1), spoken(2), spoken(3))
    first = await listed(stage, page_size=2)
    await stage.end(meeting)
    newer = await stage.meet(spoken(7), spoken(8), sid="RM_2")
    assert newer.id != meeting.id
    second = await listed(stage, page_size=2, page_token=first.next_page_token)
    assert (second.meeting, [one.id for one in second.segments]) == (meeting.id, ["s3"])
    assert (await listed(stage)).meeting == newer.id


async def test_a_page_ends_before_it_is_too_large_for_a_client(
    stage: ApiStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But never without a segment."""
    monkeypatch.setattr(paging, "MAX_BYTES", 1000)
    await stage.meet(spoken(1, text="x" * 2000), spoken(2), spoken(3), spoken(4, text="x" * 950))
    assert await all_pages(stage) == [["s1"], ["s2", "s3"], ["s4"]]


@pytest.mark.parametrize(
    ("fields", "ids"),
    [
        ({"from_ms": 2000}, ["s2", "s3", "a4"]),
        ({"to_ms": 2000}, ["s1", "s2"]),
        ({"from_ms": 1900, "to_ms": 2900}, ["s2"]),
        ({"speakers": ["BEN"]}, ["s3"]),
        ({"speakers": ["ben", "Sage"]}, ["s3", "a4"]),
        ({"speakers": ["nobody"]}, []),
    ],
)
async def test_a_part_is_read_by_time_and_speaker(
    stage: ApiStage, fields: dict[str, Any], ids: list[str]
) -> None:
    await stage.meet(spoken(1), spoken(2), spoken(3, speaker="p3", name="Ben"), answered(4))
    page = await listed(stage, **fields)
    assert [one.id for one in page.segments] == ids


async def test_what_is_missing_is_told_with_every_page(stage: ApiStage) -> None:
    gap = spoken(2, kind=SegmentKind.GAP, text="provider down")
    meeting = await stage.meet(spoken(1), gap)
    told = (await listed(stage, to_ms=1)).completeness
    assert (told.complete, told.ended) == (False, False)
    (hole,) = told.holes
    assert (hole.speaker, hole.reason) == ("ann", "provider down")
    assert (hole.start_ms, hole.length_ms) == (2000, 800)
    await stage.end(meeting)
    assert (await listed(stage)).completeness.ended


async def test_a_page_token_goes_with_its_request_alone(stage: ApiStage) -> None:
    """Of another request it would leave something out, and nobody would know."""
    await stage.meet(*(spoken(number) for number in range(5)))
    page_token = (await listed(stage, page_size=2)).next_page_token
    assert (await listed(stage, page_size=3, page_token=page_token)).segments[0].id == "s2"
    invalid = ("INVALID_ARGUMENT", "FIELD_INVALID")
    assert await list_refused(stage, page_token=page_token, speakers=["ann"]) == invalid
    assert await list_refused(stage, page_token=page_token, revisions=True) == invalid
    of = paging.digest(pb.ListSegmentsRequest(room=stage.room))
    keys = ((), ("m", 1, 2, 3, 4), ("m", "a", 1, "b", 0), ("m", 1, 1, "a"), (1, 1, 1, "a", 0))
    forged = [paging.token_of(key, of) for key in keys]
    for bad in ("x", "ü", "W10=", "bnVsbA==", "W" * 5000, *forged):
        assert await list_refused(stage, page_token=bad) == invalid, bad


@pytest.mark.parametrize(
    "fields",
    [
        {"page_size": -1},
        {"from_ms": -1},
        {"to_ms": -1},
        {"meeting": "m" * 65},
        {"room": " "},
        {"room": "r" * 257},
    ],
)
async def test_a_field_that_cannot_be_used_is_refused(
    stage: ApiStage, fields: dict[str, Any]
) -> None:
    assert await list_refused(stage, **fields) == ("INVALID_ARGUMENT", "FIELD_INVALID")


async def test_a_meeting_that_never_was_is_not_found(stage: ApiStage) -> None:
    """Neither in a room without one, nor beside one."""
    unknown = ("NOT_FOUND", "MEETING_NOT_FOUND")
    assert await list_refused(stage) == unknown
    await stage.meet()
    assert await list_refused(stage, meeting="m404") == unknown
    assert await refused(followed(stage, meeting="m404")) == unknown


async def test_a_stream_has_all_from_the_beginning_and_ends_with_the_meeting(
    stage: ApiStage,
) -> None:
    meeting = await stage.meet(spoken(1))
    stream = followed(stage)
    answers = aiter(stream)
    seen = [await anext(answers)]
    await stage.store.append(stage.sage, meeting.id, spoken(2))
    seen.append(await anext(answers))
    await stage.store.append(stage.sage, meeting.id, spoken(1, revision=2))
    await stage.end(meeting)
    seen += [one async for one in answers]
    told = [(one.segment.id, one.segment.revision) for one in seen]
    assert told == [("s1", 1), ("s2", 1), ("s1", 2)]
    assert {one.meeting for one in seen} == {meeting.id}
    assert await stream.code() is grpc.StatusCode.OK


async def test_a_stream_goes_on_after_each_of_its_tokens(stage: ApiStage) -> None:
    """Nothing is left out and nothing comes twice, part of it archived by then."""
    meeting = await stage.meet(*(spoken(number) for number in range(6)))
    await stage.end(meeting)
    archiver = stage.archiver(meeting)
    archiver._terms = ArchiveTerms(part=3, kept=2)
    await archiver.work()
    assert await stage.scripts.client.xlen(stage.keys.segments(meeting.id)) == 3
    whole = [one async for one in followed(stage)]
    assert [one.segment.id for one in whole] == [f"s{number}" for number in range(6)]
    for number, one in enumerate(whole, start=1):
        rest = [late async for late in followed(stage, meeting=meeting.id, after=one.token)]
        assert rest == whole[number:]


@pytest.mark.parametrize("after", ["x", "1", "1-", "1-2-3", "٣-1", f"{1 << 64}-0", "-1-0"])
async def test_a_resume_token_that_is_none_is_refused(stage: ApiStage, after: str) -> None:
    meeting = await stage.meet()
    told = await refused(followed(stage, meeting=meeting.id, after=after))
    assert told == ("INVALID_ARGUMENT", "FIELD_INVALID")


async def test_a_resume_token_needs_its_meeting(stage: ApiStage) -> None:
    """The newest may be another by now, in which the token means nothing."""
    await stage.meet()
    assert await refused(followed(stage, after="1-1")) == ("INVALID_ARGUMENT", "FIELD_INVALID")


async def test_streams_are_bounded_and_a_client_that_goes_makes_room(
    redis_client: redis.asyncio.Redis, room_name: str, tmp_path: Path
) -> None:
    """Of all services together."""
    async with api_stage(redis_client, room_name, tmp_path, Streams(limit=1)) as stage:
        await stage.meet(spoken(1))
        one = followed(stage)
        await anext(aiter(one))
        full = ("RESOURCE_EXHAUSTED", "TOO_MANY_STREAMS")
        assert await refused(followed(stage)) == full
        assert await refused(exported(stage)) == full
        assert await stage.served.refused("FloorService.WatchFloor", resume_token="0-0") == full
        one.cancel()
        async with asyncio.timeout(10):
            while (told := await first_of(stage)) != "s1":
                assert told == "TOO_MANY_STREAMS"


async def test_a_stream_is_not_over_before_its_meeting(
    redis_client: redis.asyncio.Redis, room_name: str, tmp_path: Path
) -> None:
    """However long it is: OK would tell a client that nothing more comes."""
    streams = Streams(longest_s=0)
    async with api_stage(redis_client, room_name, tmp_path, streams) as stage:
        meeting = await stage.meet(spoken(1))
        answers = aiter(followed(stage))
        assert (await anext(answers)).segment.id == "s1"
        await stage.end(meeting)
        assert [one async for one in answers] == []


async def first_of(stage: ApiStage) -> str:
    """The segment with which a stream begins, or the reason for which there is none."""
    stream = followed(stage)
    try:
        return (await anext(aiter(stream))).segment.id
    except grpc.aio.AioRpcError as error:
        return reason_of(error)[1]
    finally:
        stream.cancel()


@pytest.mark.parametrize("as_format", FORMATS)
async def test_every_format_is_a_file(stage: ApiStage, as_format: Any) -> None:
    """With a name and a media type, and what was said in it."""
    meeting = await stage.meet(spoken(1, text="hello there"))
    (piece,) = await file_of(stage, as_format)
    assert piece.file_name.startswith(f"{meeting.id}.")
    if as_format == pb.ExportTranscriptRequest.FORMAT_DOCX:
        assert piece.content.startswith(b"PK")
        assert piece.media_type.endswith("wordprocessingml.document")
    else:
        assert b"hello there" in piece.content
        assert piece.media_type.partition(";")[0].partition("/")[0] in ("text", "application")


async def test_a_long_file_comes_in_pieces(
    stage: ApiStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a client takes which takes no larger message, and that are whole together."""
    monkeypatch.setattr(transcripts, "PIECE", 100)
    await stage.meet(*(spoken(number) for number in range(5)))
    pieces = await file_of(stage, pb.ExportTranscriptRequest.FORMAT_JSON)
    assert len(pieces) > 5
    assert max(len(piece.content) for piece in pieces) == 100
    made = json.loads(b"".join(piece.content for piece in pieces))
    assert [one["id"] for one in made["segments"]] == [f"s{number}" for number in range(5)]


async def test_a_file_of_no_format_is_refused(stage: ApiStage) -> None:
    await stage.meet()
    for given in (0, 99):
        request = pb.ExportTranscriptRequest(room=stage.room, format=given)  # type: ignore[arg-type]
        call = calls(stage).ExportTranscript(request, metadata=stage.metadata(), timeout=20)
        assert await refused(call) == ("INVALID_ARGUMENT", "FIELD_INVALID")


async def test_a_scope_for_transcripts_is_enough_to_read(stage: ApiStage) -> None:
    await stage.meet(spoken(1))
    request = pb.ListSegmentsRequest(room=stage.room)
    reader = token(scopes="transcript", room=stage.room)
    told = await calls(stage).ListSegments(request, metadata=stage.metadata(reader), timeout=20)
    assert [one.id for one in told.segments] == ["s1"]
