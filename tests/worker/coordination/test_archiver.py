"""Redis lets go of what the archive has, and of nothing else; readers notice nothing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from roomhand.admin import LiveKitAdmin
from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.coordination import archiver as archiver_module
from roomhand.coordination.archive import Archive
from roomhand.coordination.archiver import Archiver, ArchiveTerms
from roomhand.coordination.entry import BEGINNING, Entry, place
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import Meeting, MeetingStore
from roomhand.coordination.part import Part
from roomhand.coordination.scribe import ScribeStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptReader, TranscriptStore, UnsureError
from roomhand.coordination.writer import TranscriptWriter
from roomhand.errors import ArchiveError, NotFoundError
from roomhand.remote import RoomControl
from tests.bench.store import meeting as meeting_taken
from tests.sim.object_store import BUCKET, ObjectStore, object_store, refused
from tests.worker.coordination.conftest import Own
from tests.worker.coordination.samples import answered, spoken

pytestmark = pytest.mark.redis

SMALL = ArchiveTerms(part=3, kept=2)


class KilledError(Exception):
    """The process dies here."""


class MortalArchiver(Archiver):
    """Dies after a part is written, before Redis lets go of it."""

    async def _let_go(self, part: Part) -> bool:
        raise KilledError


class LateArchiver(Archiver):
    """Another one was quicker, and is two parts ahead when this one's part is written."""

    other: Archiver

    async def _let_go(self, part: Part) -> bool:
        await self.other.work()
        return await super()._let_go(part)


class LateReader(TranscriptReader):
    """Whenever it reads the stream, Redis has let go of something a moment before."""

    archiver: Archiver

    async def _stream_page(self, meeting_id: str, after: str, block_ms: int | None) -> list[Entry]:
        await self.archiver.work()
        return await super()._stream_page(meeting_id, after, block_ms)


@dataclass
class Room:
    """A meeting with an archive of its own, in which sage is the scribe."""

    scripts: Scripts
    keys: RoomKeys
    url: str
    sage: Fence
    meeting: Meeting
    archived: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def archiver(self, kind: type[Archiver] = Archiver, **changes: Any) -> Archiver:
        """As a job has it, but for what is changed."""
        chosen: dict[str, Any] = {
            "scripts": self.scripts,
            "keys": self.keys,
            "fence": self.sage,
            "meeting_id": self.meeting.id,
            "archive": Archive(self.url),
            "is_scribe": lambda: True,
            "on_archived": self.archived.append,
            "on_failed": lambda: self.failures.append("failed"),
            "terms": SMALL,
        }
        return kind(**(chosen | changes))

    @property
    def store(self) -> TranscriptStore:
        """Writes, and knows the archive."""
        return TranscriptStore(self.scripts, self.keys, Archive(self.url))

    @property
    def reader(self) -> TranscriptReader:
        """A reader that has read nothing yet."""
        return TranscriptReader(self.scripts, self.keys, Archive(self.url))

    async def say(self, *numbers: int, **changes: Any) -> list[str]:
        """Write segments, new ones if not told otherwise; their tokens."""
        said = [spoken(n, **({"start_ms": 10**9 + n} | changes)) for n in numbers]
        return [await self.store.append(self.sage, self.meeting.id, one) for one in said]

    async def in_redis(self) -> int:
        """How many segments."""
        return int(await self.scripts.client.xlen(self.keys.segments(self.meeting.id)))

    async def known(self) -> int:
        """Of how many segments Redis knows that it has them."""
        found = self.scripts.client.hlen(self.keys.appended(self.meeting.id))
        assert not isinstance(found, int)
        return int(await found)

    async def read(self) -> list[str]:
        """The ids of all that a reader gets."""
        return [one.segment.id for one in await self.reader.read(self.meeting.id)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks again does so at once."""
    monkeypatch.setattr(archiver_module, "LOOK_S", 0.01)
    monkeypatch.setattr("roomhand.coordination.writer.CHECK_AGAIN_S", 0.01)


@pytest.fixture
async def room(own: Own, scripts: Scripts, keys: RoomKeys, tmp_path: Path) -> Room:
    """A folder is its archive."""
    sage = await own("sage")
    await ScribeStore(scripts, keys).claim(sage, 600)
    meeting = await MeetingStore(scripts, keys).open(sage, "RM_1")
    return Room(scripts, keys, f"file://{tmp_path}/archive", sage, meeting)


@pytest.fixture
async def s3(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ObjectStore]:
    """A store that can be made to fail."""
    async with object_store() as store:
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        yield store


async def until(true: Callable[[], bool], limit_s: float = 15.0) -> None:
    """Wait for something that comes by itself."""
    deadline_s = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < deadline_s
        await asyncio.sleep(0.01)


def ids(*numbers: int) -> list[str]:
    """Of the samples with these numbers."""
    return [f"s{number}" for number in numbers]


async def test_a_redis_that_comes_back_empty_has_lost_what_came_after_the_archive(
    room: Room, s3: ObjectStore
) -> None:
    """All of it, where there is none, or nobody knows."""
    assert await room.reader.archived_to_ms(room.meeting.id) == 0
    for number in range(12):
        await room.say(number, start_ms=number * 1000, end_ms=number * 1000 + 800)
    await room.archiver().work()
    assert await room.reader.archived_to_ms(room.meeting.id) == 8_800
    s3.fault = lambda method, key: refused(403)
    away = TranscriptReader(room.scripts, room.keys, Archive(f"s3://{BUCKET}"))
    without = TranscriptReader(room.scripts, room.keys)
    for reader in (away, without):
        assert await reader.archived_to_ms(room.meeting.id) == 0


async def test_archive_and_stream_are_read_as_one(room: Room) -> None:
    """In the order of writing, each once, and from every token on exactly the rest; Redis keeps
    what it is to keep and less than a part more."""
    tokens = await room.say(*range(12))
    await room.archiver().work()

    assert await room.in_redis() == 3
    assert await room.known() == 3
    assert room.archived == [3, 3, 3]
    everything = await room.reader.read(room.meeting.id)
    assert [one.token for one in everything] == tokens
    assert [one.segment.id for one in everything] == ids(*range(12))
    await MeetingStore(room.scripts, room.keys).end(
        room.sage, room.meeting.id, MeetingEnd.ROOM_FINISHED
    )
    for number, token in enumerate([BEGINNING, *tokens]):
        rest = [one async for one in room.reader.follow(room.meeting.id, token)]
        assert rest == everything[number:], token


async def test_less_than_a_part_stays_in_redis(room: Room) -> None:
    """Nothing is written for it."""
    await room.say(*range(4))
    await room.archiver().work()
    assert (await room.in_redis(), room.archived) == (4, [])
    assert await Archive(room.url).spans(room.keys.room, room.meeting.id) == []


async def test_a_follower_misses_nothing_while_parts_are_moved(room: Room) -> None:
    """Also one that is so slow that Redis has let go of what it reads next."""
    seen: list[Entry] = []

    async def follow(pause_s: float, into: list[Entry]) -> None:
        async for entry in room.reader.follow(room.meeting.id):
            into.append(entry)
            await asyncio.sleep(pause_s)

    slow: list[Entry] = []
    archiving = asyncio.create_task(room.archiver().run())
    try:
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(follow(0, seen))
            group.create_task(follow(0.02, slow))
            for number in range(150):
                await room.say(number)
                await asyncio.sleep(0.003)
            await MeetingStore(room.scripts, room.keys).end(
                room.sage, room.meeting.id, MeetingEnd.ROOM_FINISHED
            )
    finally:
        archiving.cancel()
    assert [one.segment.id for one in seen] == ids(*range(150))
    assert slow == seen
    assert len(room.archived) > 20


async def test_a_death_between_writing_and_letting_go_costs_nothing(room: Room) -> None:
    """The next archiver writes the same part, under the same name."""
    await room.say(*range(7))
    with pytest.raises(KilledError):
        await room.archiver(MortalArchiver).work()
    assert await room.in_redis() == 7
    assert await room.read() == ids(*range(7))

    await room.archiver().work()

    assert await room.in_redis() == 4
    assert await room.read() == ids(*range(7))
    assert len(await Archive(room.url).spans(room.keys.room, room.meeting.id)) == 1


async def test_parts_of_another_size_overlap_and_nothing_doubles(room: Room) -> None:
    """As when a new version archives more at a time, and its predecessor died in the middle."""
    await room.say(*range(12))
    with pytest.raises(KilledError):
        await room.archiver(MortalArchiver, terms=ArchiveTerms(part=5, kept=2)).work()
    await room.archiver().work()
    assert await room.read() == ids(*range(12))


async def test_only_the_owner_who_is_the_scribe_makes_redis_let_go(room: Room, own: Own) -> None:
    """A zombie can write a part that is right, and no more."""
    await room.say(*range(12))
    echo = await own("echo")
    await room.archiver(fence=echo).work()
    assert await room.in_redis() == 12
    zombie = room.archiver()
    await own("sage")

    await zombie.work()

    assert (await room.in_redis(), room.archived, room.failures) == (12, [], [])
    assert await room.read() == ids(*range(12))


async def test_two_archivers_at_once_are_as_good_as_one(room: Room) -> None:
    """As after a takeover that nobody has told the first of yet."""
    await room.say(*range(30))
    await asyncio.gather(*(room.archiver().work() for _ in range(3)))
    assert sum(room.archived) == 27
    assert await room.read() == ids(*range(30))


async def test_a_late_archiver_does_not_take_back_what_another_has_done(room: Room) -> None:
    """Redis would not know any more of what it has let go."""
    tokens = await room.say(*range(12))
    late = room.archiver(LateArchiver)
    assert isinstance(late, LateArchiver)
    late.other = room.archiver()
    await late.work()
    assert await MeetingStore(room.scripts, room.keys).archived_to(room.meeting.id) == tokens[8]
    assert await room.read() == ids(*range(12))


async def test_a_reader_that_is_late_reads_on_in_the_archive(room: Room) -> None:
    """What was let go of in the moment of its asking is no gap."""
    reader = LateReader(room.scripts, room.keys, Archive(room.url))
    reader.archiver = room.archiver()
    seen, after = [], BEGINNING
    for number in range(0, 60, 6):
        await room.say(*range(number, number + 6))
        for entry in await reader.page(room.meeting.id, after):
            seen.append(entry.segment.id)
            after = entry.token
    while page := await reader.page(room.meeting.id, after):
        seen += [entry.segment.id for entry in page]
        after = page[-1].token
    assert seen == ids(*range(60))


@pytest.mark.parametrize("fault", ["refuses", "keeps something else"])
async def test_while_the_archive_is_away_redis_keeps_everything(
    room: Room, s3: ObjectStore, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once and counted each time; when the archive is back, all is moved."""

    def broken(method: str, key: str) -> Any:
        if fault == "refuses":
            return refused(403)
        s3.objects.update({key: b"{}\n"} if method == "GET" and key else {})
        return None

    room.url = f"s3://{BUCKET}"
    s3.fault = broken
    await room.say(*range(12))
    with caplog.at_level(logging.INFO, "roomhand.coordination.archiver"):
        running = asyncio.create_task(room.archiver().run())
        await until(lambda: len(room.failures) >= 3)
        assert (await room.in_redis(), room.archived) == (12, [])
        s3.fault = lambda method, key: None
        await until(lambda: sum(room.archived) == 9)
        running.cancel()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert await room.read() == ids(*range(12))


async def test_at_the_end_everything_is_moved(room: Room) -> None:
    """Also what is less than a part; where that is not possible, it is told. Who is not the scribe
    waits until it is."""
    await room.say(*range(8))
    assert not await room.archiver(is_scribe=lambda: False).finish(0.3)
    assert await room.in_redis() == 8
    duty = iter([False, False, True])
    assert await room.archiver(is_scribe=lambda: next(duty)).finish(5)
    assert (await room.in_redis(), await room.known()) == (0, 0)
    assert await room.read() == ids(*range(8))


async def test_a_meeting_that_redis_has_forgotten_is_in_the_archive(room: Room) -> None:
    """With what it lacks: a transcript with holes is never taken for a whole one."""
    await room.say(*range(8))
    meetings = MeetingStore(room.scripts, room.keys)
    track = TrackRef("TR_1", Source.MICROPHONE, Speaker("ann", "Ann"))
    ledger = TrackLedger(received=48_000, sent=24_000)
    ledger.drop(24_000, "overwritten")
    await meetings.write_ledger(room.sage, room.meeting.id, track, ledger)
    await meetings.end(room.sage, room.meeting.id, MeetingEnd.ROOM_CLOSED)
    assert await room.archiver().finish(5)
    keys, control = room.keys, RoomControl(cast(LiveKitAdmin, None), room.scripts)
    archived = RoomControl(cast(LiveKitAdmin, None), room.scripts, Archive(room.url))
    before = await archived.transcript(keys.room, room.meeting.id)

    names = (keys.meeting, keys.segments, keys.appended, keys.ledger)
    await room.scripts.client.delete(*(name(room.meeting.id) for name in names))

    assert await archived.transcript(keys.room, room.meeting.id) == before
    assert (before[1].ended, [one.reason for one in before[1].holes]) == (True, ["overwritten"])
    followed = [one async for one in archived.follow(keys.room, room.meeting.id, BEGINNING)]
    assert [one.segment.id for one in followed] == ids(*range(8))
    for reader, meeting in ((control, room.meeting.id), (archived, "another")):
        with pytest.raises(NotFoundError):
            await reader.transcript(keys.room, meeting)


async def test_what_redis_has_let_go_of_is_not_written_again(room: Room) -> None:
    """A writer whose answer was lost is sent to the archive, and there gets the same token."""
    tokens = await room.say(*range(12), start_ms=0)
    await room.archiver().work()
    for number in (1, 8):
        segment = spoken(number, start_ms=0)
        with pytest.raises(UnsureError):
            await room.store.append(room.sage, room.meeting.id, segment)
        again = await room.store.append_checked(room.sage, room.meeting.id, segment)
        assert again == tokens[number]
    assert await room.read() == ids(*range(12))


async def test_late_words_and_corrections_of_archived_ones_are_written(room: Room) -> None:
    """Once, behind everything; by onset they stand where they belong."""
    await room.say(*range(12), start_ms=0)
    await room.archiver().work()
    late = [spoken(90, start_ms=0), spoken(1, start_ms=0, revision=2, text="better")]
    for segment in late * 2:
        await room.store.append_checked(room.sage, room.meeting.id, segment)
    written = await room.reader.read(room.meeting.id)
    assert [(one.segment.id, one.segment.revision) for one in written[12:]] == [
        ("s90", 1),
        ("s1", 2),
    ]


async def test_new_words_never_ask_the_archive(room: Room, s3: ObjectStore) -> None:
    """What began after the last segment that Redis has let go of is new."""
    room.url = f"s3://{BUCKET}"
    await room.say(*range(12))
    await room.archiver().work()
    s3.requests.clear()
    now_ms = round((await now_s(room) - room.meeting.start_s) * 1000)
    await room.say(50, start_ms=now_ms + 11_000)
    assert s3.requests == []


async def now_s(room: Room) -> float:
    """Redis time."""
    seconds, microseconds = await room.scripts.client.time()
    return float(seconds) + float(microseconds) / 1e6


async def test_old_segments_hold_up_nobody(room: Room, s3: ObjectStore) -> None:
    """While the archive is away they wait, and those of now are written; then each is written once,
    also the one that was written before."""
    room.url = f"s3://{BUCKET}"
    await room.say(*range(12), start_ms=0)
    await room.archiver().work()
    s3.fault = lambda method, key: refused(403)
    writer = TranscriptWriter(room.store, room.sage, room.meeting.id, 10)
    writer.start()
    writer.add(spoken(1, start_ms=0))
    writer.add(spoken(60, start_ms=0))
    writer.add(answered(61, start_ms=10**9))
    await until(lambda: writer.written == 1)
    assert writer.pending == 2
    assert not await writer.flush(0.05)

    s3.fault = lambda method, key: None

    assert await writer.flush(10)
    assert await writer.close(1) == 0
    assert await room.read() == [*ids(*range(12)), "a61", "s60"]


async def test_a_reader_without_the_archive_is_told(room: Room) -> None:
    """A transcript that begins in the middle is never taken for a whole one."""
    tokens = await room.say(*range(12))
    await room.archiver().work()
    blind = TranscriptReader(room.scripts, room.keys)
    with pytest.raises(ArchiveError, match="ROOMHAND_ARCHIVE_URL"):
        await blind.read(room.meeting.id)
    assert [one.token for one in await blind.page(room.meeting.id, tokens[9])] == tokens[10:]
    assert await blind.past_archive(room.meeting.id, BEGINNING) == tokens[8]
    assert await blind.past_archive(room.meeting.id, tokens[9]) == tokens[9]


async def test_a_part_that_is_gone_is_told(room: Room, tmp_path: Path) -> None:
    """After which token, and whatever parts come behind it."""
    tokens = await room.say(*range(12))
    await room.archiver().work()
    gone = sorted((tmp_path / "archive").rglob("*.jsonl"))[1]
    gone.unlink()
    with pytest.raises(ArchiveError, match=f"after {tokens[2]}"):
        await room.reader.read(room.meeting.id)


async def test_a_redis_that_lost_its_data_leaves_the_archive(room: Room) -> None:
    """A reader gets what is in it, and what was written since."""
    await room.say(*range(12))
    await room.archiver().finish(5)
    client, keys = room.scripts.client, room.keys
    await client.delete(*(k(room.meeting.id) for k in (keys.meeting, keys.segments, keys.appended)))
    await client.delete(keys.current)
    meetings = MeetingStore(room.scripts, room.keys)
    await meetings.open(room.sage, "RM_1", known=room.meeting)
    await room.say(*range(20, 27))

    await room.archiver().work()

    assert await room.read() == ids(*range(12), *range(20, 27))


async def test_nothing_is_let_go_of_a_meeting_that_redis_does_not_know(room: Room) -> None:
    """It lost its data a moment ago; the meeting is made again first."""
    await room.say(*range(12))
    await room.scripts.client.delete(room.keys.meeting(room.meeting.id))
    await room.archiver().work()
    assert (await room.in_redis(), room.archived) == (12, [])
    assert not await room.scripts.client.exists(room.keys.meeting(room.meeting.id))


async def test_tokens_never_go_back(room: Room) -> None:
    """Also where Redis has let go of everything: a reader's token stays good."""
    before = await room.say(*range(3))
    await room.archiver().finish(5)
    after = await room.say(4)
    assert place(after[0]) > place(before[-1])


@pytest.mark.timeout(300)
async def test_three_hours_of_sixteen_people_stay_small_in_redis_and_in_the_worker(
    scripts: Scripts, room_name: str, tmp_path: Path
) -> None:
    """With an archive there is a most, whatever is said; without one it is passed (so the bound
    means something). Both are read whole."""
    most_bytes, most_heap = 1_200_000, 200_000
    url = f"file://{tmp_path}/archive"
    kept = await meeting_taken(scripts.client, f"{room_name}-1", 1.4, None, traced=False)
    moved = await meeting_taken(scripts.client, f"{room_name}-2", 1.4, url)
    assert moved.segments == kept.segments > 2000
    assert moved.redis_bytes_most < most_bytes < kept.redis_bytes_most
    assert moved.heap_growth_bytes is not None
    assert moved.heap_growth_bytes < most_heap


@pytest.mark.parametrize("terms", [(0, 1), (1, -1)])
def test_terms_that_can_not_be_are_refused(terms: tuple[int, int]) -> None:
    """No part, or less than nothing."""
    with pytest.raises(ValueError, match="at least one segment"):
        ArchiveTerms(*terms)
