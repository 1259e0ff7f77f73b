"""What somebody did who was not the owner of the agent any more. Pure, but for its reading.

An epoch is the microsecond of Redis time in which it was minted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from roomhand.coordination.connection import open_client
from roomhand.coordination.entry import Entry
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptReader
from roomhand.turns.floor_event import Event
from roomhand.turns.floor_request import Status
from tests.system.stage import Venue


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the floor, and the epoch under which was asked; 0: by no agent."""

    event: Event
    epoch: int


async def entries(venue: Venue, meeting: str | None = None) -> list[Entry]:
    """The transcript of a meeting, the newest if not told otherwise, in the order of its writing.
    Raises MeetingNotFoundError, RedisError."""
    client = open_client(venue.redis.url)
    try:
        return await TranscriptReader(Scripts(client), RoomKeys(venue.room)).read(meeting)
    finally:
        await client.aclose()


async def floor_log(redis_url: str, room: str) -> list[Told]:
    """All that the log of the room's floor keeps, the oldest first."""
    client = open_client(redis_url)
    try:
        found: list[Any] = await client.xrange(RoomKeys(room).floor_log) or []
    finally:
        await client.aclose()
    return [Told(Event.from_json(one[b"event"]), int(one[b"epoch"])) for _, one in found]


def late_segments(written: Sequence[Entry]) -> int:
    """Segments that an older owner wrote after a newer one."""
    epochs = [entry.segment.epoch for entry in written]
    newest = accumulate(epochs, max)
    return sum(epoch < so_far for epoch, so_far in zip(epochs, newest, strict=True))


def late_grants(told: Iterable[Told], epoch: int) -> int:
    """How often an older owner was granted the floor after this epoch was minted."""
    grants = [one for one in told if one.event.event == Status.GRANTED]
    return sum(0 < one.epoch < epoch < one.event.at_us for one in grants)
