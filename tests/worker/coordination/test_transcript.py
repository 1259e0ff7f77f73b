"""The durable transcript: once, in order, under the epoch, for every reader."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.identity import Kind
from roomhand.attribution.segments import SegmentKind
from roomhand.coordination.entry import Entry
from roomhand.coordination.fencing import Fence
from roomhand.coordination.interim import InterimChannel
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scribe import ScribeStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import (
    NoScribeError,
    NotScribeError,
    TranscriptReader,
    TranscriptStore,
)
from roomhand.errors import LeaseUnknownError, NotFoundError, StaleEpochError
from tests.worker.coordination.conftest import Own
from tests.worker.coordination.samples import answered, spoken

pytestmark = pytest.mark.redis


@pytest.fixture
def store(scripts: Scripts, keys: RoomKeys) -> TranscriptStore:
    """Transcripts of the test's room."""
    return TranscriptStore(scripts, keys)


@pytest.fixture
def reader(scripts: Scripts, keys: RoomKeys) -> TranscriptReader:
    """Reads the test's room."""
    return TranscriptReader(scripts, keys)


@pytest.fixture
def meetings(scripts: Scripts, keys: RoomKeys) -> MeetingStore:
    """Meetings of the test's room."""
    return MeetingStore(scripts, keys)


@pytest.fixture
async def sage(own: Own, scripts: Scripts, keys: RoomKeys) -> Fence:
    """An agent that is the scribe."""
    fence = await own("sage")
    await ScribeStore(scripts, keys).claim(fence, 600)
    return fence


async def test_segments_are_read_as_written(
    store: TranscriptStore, reader: TranscriptReader, meetings: MeetingStore, sage: Fence
) -> None:
    """Every field survives, in the order of writing, without naming the meeting that runs; each
    knows its meeting and the epoch under which it was written."""
    meeting = await meetings.open(sage, "RM_1")
    segments = [spoken(2, text="\u202e \n -->"), answered(1), spoken(0, confidence=0.5)]
    tokens = [await store.append(sage, meeting.id, segment) for segment in segments]

    entries = await reader.read()

    durable = [replace(one, meeting=meeting.id, epoch=sage.epoch) for one in segments]
    assert entries == [Entry(*pair) for pair in zip(tokens, durable, strict=True)]
    assert await reader.read(meeting.id) == entries


async def test_the_same_segment_is_appended_once(
    store: TranscriptStore, reader: TranscriptReader, meetings: MeetingStore, sage: Fence
) -> None:
    """Also by calls at once, as when an answer was lost, and never an older revision."""
    meeting = await meetings.open(sage, "RM_1")
    tokens = await asyncio.gather(
        *(store.append(sage, meeting.id, spoken(1, revision=2)) for _ in range(10))
    )
    assert len(set(tokens)) == 1
    assert await store.append(sage, meeting.id, spoken(1, revision=1)) == tokens[0]
    assert len(await reader.read()) == 1

    await store.append(sage, meeting.id, spoken(1, revision=3))

    assert [entry.segment.revision for entry in await reader.read()] == [2, 3]


async def test_an_owner_of_the_past_appends_nothing(
    store: TranscriptStore,
    reader: TranscriptReader,
    meetings: MeetingStore,
    sage: Fence,
    own: Own,
) -> None:
    """Neither people's words nor its own."""
    meeting = await meetings.open(sage, "RM_1")
    await own("sage")
    for segment in (spoken(1), answered(1)):
        with pytest.raises(StaleEpochError):
            await store.append(sage, meeting.id, segment)
    assert await reader.read(meeting.id) == []


async def test_only_the_scribe_writes_peoples_words(
    store: TranscriptStore, meetings: MeetingStore, sage: Fence, own: Own
) -> None:
    """Another agent writes its own, and notices."""
    echo = await own("echo")
    meeting = await meetings.open(sage, "RM_1")
    with pytest.raises(NotScribeError, match="sage"):
        await store.append(echo, meeting.id, spoken(1))
    with pytest.raises(NotScribeError):
        await store.append(echo, meeting.id, spoken(2, kind=SegmentKind.GAP))
    with pytest.raises(NotScribeError):
        await store.append(echo, meeting.id, spoken(3, speaker_kind=Kind.AGENT))
    await store.append(echo, meeting.id, answered(4))
    await store.append(echo, meeting.id, answered(5, kind=SegmentKind.GAP))
    await store.append(echo, meeting.id, spoken(6, kind=SegmentKind.NOTICE))


async def test_without_records_a_segment_waits(
    store: TranscriptStore, own: Own, sage: Fence, scripts: Scripts, keys: RoomKeys
) -> None:
    """What Redis lost is no proof that the agent or the duty is another's."""
    await scripts.client.delete(keys.scribe)
    with pytest.raises(NoScribeError):
        await store.append(sage, "m1", spoken(1))
    await scripts.client.delete(keys.agents)
    with pytest.raises(LeaseUnknownError):
        await store.append(sage, "m1", spoken(1))


async def test_interim_text_is_never_durable(store: TranscriptStore, sage: Fence) -> None:
    """It is refused before Redis is asked."""
    with pytest.raises(ValueError, match="final"):
        await store.append(sage, "m1", spoken(1, final=False))


async def test_a_follower_sees_all_from_the_start_until_the_end(
    store: TranscriptStore, reader: TranscriptReader, meetings: MeetingStore, sage: Fence
) -> None:
    """What was there, what comes, and then it ends with the meeting."""
    meeting = await meetings.open(sage, "RM_1")
    await store.append(sage, meeting.id, spoken(0))
    seen: list[Entry] = []
    two_seen = asyncio.Event()

    async def follow() -> None:
        async for entry in reader.follow():
            seen.append(entry)
            if len(seen) == 2:
                two_seen.set()

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(follow())
        await store.append(sage, meeting.id, spoken(1))
        await two_seen.wait()
        await store.append(sage, meeting.id, answered(2))
        await meetings.end(sage, meeting.id, MeetingEnd.ROOM_FINISHED)

    assert [entry.segment.id for entry in seen] == ["s0", "s1", "a2"]


async def test_a_follower_waits_for_a_meeting_that_redis_has_lost(
    store: TranscriptStore,
    reader: TranscriptReader,
    meetings: MeetingStore,
    own: Own,
    scripts: Scripts,
    keys: RoomKeys,
) -> None:
    """It is made again, and what is said then comes, too, until it ends."""
    sage = await own("sage")
    await ScribeStore(scripts, keys).claim(sage, 600)
    meeting = await meetings.open(sage, "RM_1")
    await store.append(sage, meeting.id, spoken(0))
    following = reader.follow()
    assert (await anext(following)).segment.id == "s0"
    await lose(scripts, keys)
    waits = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0.7)
    assert not waits.done()
    sage = await own("sage")
    await ScribeStore(scripts, keys).claim(sage, 600)
    await meetings.open(sage, "RM_1", known=meeting)
    await store.append(sage, meeting.id, spoken(1))
    assert (await waits).segment.id == "s1"
    await meetings.end(sage, meeting.id, MeetingEnd.ROOM_CLOSED)
    assert [entry async for entry in following] == []


async def test_a_follower_is_told_of_a_meeting_that_nobody_makes_again(
    reader: TranscriptReader,
    meetings: MeetingStore,
    sage: Fence,
    scripts: Scripts,
    keys: RoomKeys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It did not end, as far as anybody knows. One that was erased has ended."""
    monkeypatch.setattr("roomhand.coordination.transcript.MADE_AGAIN_S", 0.6)
    monkeypatch.setattr("roomhand.coordination.transcript._BLOCK_MS", 100)
    meeting = await meetings.open(sage, "RM_1")
    following = asyncio.ensure_future(anext(reader.follow()))
    await asyncio.sleep(0.2)
    await lose(scripts, keys)
    with pytest.raises(NotFoundError, match=f"lost the meeting {meeting.id}"):
        await following


async def test_a_follower_of_a_meeting_that_is_erased_is_at_its_end(
    reader: TranscriptReader, meetings: MeetingStore, sage: Fence
) -> None:
    """It is not waited for."""
    meeting = await meetings.open(sage, "RM_1")
    following = asyncio.ensure_future(anext(reader.follow(), None))
    await asyncio.sleep(0.2)
    await meetings.end(sage, meeting.id, MeetingEnd.ROOM_CLOSED)
    await meetings.erase(meeting.id, archived=False)
    async with asyncio.timeout(5):
        assert await following is None


async def lose(scripts: Scripts, keys: RoomKeys) -> None:
    """All that Redis has of the room."""
    match = f"rh:{{{keys.room}}}:*"
    await scripts.client.delete(*[key async for key in scripts.client.scan_iter(match=match)])


async def test_a_follower_resumes_after_its_token(
    store: TranscriptStore, reader: TranscriptReader, meetings: MeetingStore, sage: Fence
) -> None:
    """Nothing is seen twice, nothing left out."""
    meeting = await meetings.open(sage, "RM_1")
    tokens = [await store.append(sage, meeting.id, spoken(number)) for number in range(4)]
    await meetings.end(sage, meeting.id, MeetingEnd.ROOM_FINISHED)

    rest = [entry async for entry in reader.follow(meeting.id, after=tokens[1])]

    assert [entry.token for entry in rest] == tokens[2:]


async def test_more_than_a_page_is_read_whole(
    store: TranscriptStore, reader: TranscriptReader, meetings: MeetingStore, sage: Fence
) -> None:
    """A long meeting comes in pages."""
    meeting = await meetings.open(sage, "RM_1")
    for number in range(1100):
        await store.append(sage, meeting.id, spoken(number))
    assert [one.segment.id for one in await reader.read()] == [f"s{n}" for n in range(1100)]


async def test_the_newest_meeting_can_be_read_after_its_end(
    store: TranscriptStore, reader: TranscriptReader, meetings: MeetingStore, sage: Fence
) -> None:
    """Who asks by the room alone gets it, until the next one begins."""
    meeting = await meetings.open(sage, "RM_1")
    await store.append(sage, meeting.id, spoken(1))
    await meetings.end(sage, meeting.id, MeetingEnd.ROOM_FINISHED)

    assert [entry.segment.id for entry in await reader.read()] == ["s1"]
    assert [entry.segment.id async for entry in reader.follow()] == ["s1"]

    await meetings.open(sage, "RM_1")
    assert await reader.read() == []


async def test_a_meeting_that_is_not_there_is_named(reader: TranscriptReader) -> None:
    """A wrong room or id is an error for a person, not an empty transcript."""
    with pytest.raises(NotFoundError, match="no meeting is known"):
        await reader.read()
    with pytest.raises(NotFoundError, match="m404"):
        await anext(reader.follow("m404"))


async def test_interim_text_reaches_who_listens(scripts: Scripts, keys: RoomKeys) -> None:
    """And nobody else; nothing is kept."""
    channel = InterimChannel(scripts, keys)
    growing = spoken(1, final=False)
    assert await channel.publish(growing) == 0
    async with asyncio.timeout(10), channel.listen() as segments:
        assert await channel.publish(growing) == 1
        assert await channel.publish(replace(growing, revision=2)) == 1
        assert [(await anext(segments)).revision, (await anext(segments)).revision] == [1, 2]
    assert not await scripts.client.exists(keys.interim)
