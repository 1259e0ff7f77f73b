"""What becomes of a meeting when its room ends."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis.asyncio
from livekit import api

from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.segments import SegmentKind
from roomhand.coordination.archive import Archive
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingRecord, MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand_plugins.scripted import ScriptedPlugin
from tests.system.stage import Sitting, Venue, sitting
from tests.worker.room.strict_listener import eventually

pytestmark = [pytest.mark.livekit, pytest.mark.redis]


async def record_of(venue: Venue, held: Sitting) -> MeetingRecord:
    """What Redis holds of the meeting."""
    client = redis.asyncio.Redis.from_url(venue.redis.url)
    store = MeetingStore(Scripts(client), RoomKeys(venue.room))
    record = await store.read(held.seat.holding.meeting.id)
    await client.aclose()
    assert record is not None
    return record


async def test_a_meeting_ends_with_its_room(venue: Venue) -> None:
    """Whoever follows the transcript is told that no more will come."""
    async with sitting(venue, ScriptedPlugin({})) as held:
        await close_room(venue, held)
    record = await record_of(venue, held)
    assert (record.ended, record.reason) == (True, MeetingEnd.ROOM_CLOSED)


async def close_room(venue: Venue, held: Sitting) -> None:
    """As its owner does."""
    server = venue.livekit
    async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as client:
        await client.room.delete_room(api.DeleteRoomRequest(room=venue.room))
    await eventually(lambda: not held.seat.room.isconnected())


async def test_a_transcript_is_in_the_archive_when_its_room_is_over(
    venue: Venue, tmp_path: Path, redis_client: redis.asyncio.Redis
) -> None:
    """All of it, to the last notice, and it can be read; Redis has let go of it."""
    url = f"file://{tmp_path}/archive"
    async with sitting(venue, ScriptedPlugin({}), archive_url=url) as held:
        held.seat.agent.provider_changed("another", "")
        held.seat.agent.provider_changed("the first", "it is back")
        await close_room(venue, held)
    assert [one.text for one in held.minutes.of(SegmentKind.NOTICE)] == [
        "The model provider is now another",
        "The model provider is now the first (it is back)",
    ]
    meeting = held.seat.holding.meeting.id
    assert await redis_client.xlen(RoomKeys(venue.room).segments(meeting)) == 0
    assert len(await Archive(url).spans(venue.room, meeting)) == 1


async def test_a_meeting_goes_on_when_its_agent_leaves(venue: Venue) -> None:
    """The agent may come back to it, as may another."""
    async with sitting(venue, ScriptedPlugin({})) as held:
        pass
    assert not (await record_of(venue, held)).ended
