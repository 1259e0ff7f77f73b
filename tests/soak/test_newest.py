"""What a gate takes for something that was said after a fault."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scribe import ScribeStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptReader, TranscriptStore
from tests.soak.newest import Heard, Newest
from tests.soak.samples import gap, speech
from tests.soak.store import owned

pytestmark = pytest.mark.redis


async def test_what_people_say_is_told_once(redis_client: Redis, room_name: str) -> None:
    """With its meeting, owner and time; nothing else is told, nor more of the meeting before."""
    scripts, keys = Scripts(redis_client), RoomKeys(room_name)
    meetings, store = MeetingStore(scripts, keys), TranscriptStore(scripts, keys)
    newest = Newest(meetings, TranscriptReader(scripts, keys))
    assert await newest.speech() == []

    fence = await owned(scripts, keys, "sage")
    await ScribeStore(scripts, keys).claim(fence, 600)
    first = await meetings.open(fence, "RM_1")
    assert await newest.speech() == []
    for segment in (speech("one", 4_000), gap(6_000, 7_000), speech("two", 8_000)):
        await store.append(fence, first.id, segment)
    told = [Heard(first.id, fence.epoch, first.start_s + at_s) for at_s in (4, 8)]
    assert (await newest.speech(), await newest.speech()) == (told, [])

    second = await meetings.open(fence, "RM_2")
    assert await newest.speech() == []
    await store.append(fence, second.id, speech("three", 20_000))
    assert await newest.speech() == [Heard(second.id, fence.epoch, second.start_s + 20)]
