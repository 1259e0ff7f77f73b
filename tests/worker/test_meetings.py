"""The meetings of a room from outside: found in Redis and archive, and erased for good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest
import redis.asyncio

from roomhand.admin import LiveKitAdmin
from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.coordination.archive import Archive
from roomhand.coordination.archiver import Archiver, ArchiveTerms
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import Meeting, MeetingStore
from roomhand.coordination.memory import MemoryStore
from roomhand.coordination.part import Part
from roomhand.coordination.scribe import ScribeStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import ErasedError, TranscriptReader, TranscriptStore
from roomhand.errors import ArchiveError, MeetingNotFoundError, MeetingOpenError
from roomhand.meetings import RoomMeetings
from roomhand.profiles import Policy
from roomhand.turns.mind import Mind
from roomhand.turns.policy import State
from tests.worker.coordination.samples import spoken

pytestmark = pytest.mark.redis

SECRET = "nobody is to read this"
TRACK = TrackRef("TR_1", Source.MICROPHONE, Speaker("ann", "Ann"))


@dataclass
class FakeLiveKit:
    """Whether the room is open."""

    open: bool = True

    async def room_exists(self, room: str) -> bool:
        """As the real one."""
        return self.open


@dataclass
class House:
    """A room, its agent, and an archive."""

    scripts: Scripts
    keys: RoomKeys
    folder: Path
    sage: Fence
    livekit: FakeLiveKit

    @property
    def archive(self) -> Archive:
        """In a folder."""
        return Archive(self.folder.as_uri())

    @property
    def store(self) -> MeetingStore:
        """What agents use."""
        return MeetingStore(self.scripts, self.keys)

    @property
    def transcripts(self) -> TranscriptStore:
        """What agents write with."""
        return TranscriptStore(self.scripts, self.keys, self.archive)

    @property
    def reader(self) -> TranscriptReader:
        """One that has read nothing yet."""
        return TranscriptReader(self.scripts, self.keys, self.archive)

    def meetings(self, archive: Archive | None = None, *, without: bool = False) -> RoomMeetings:
        """As the control plane has them."""
        chosen = None if without else archive or self.archive
        return RoomMeetings(cast(LiveKitAdmin, self.livekit), self.scripts, chosen, self.keys.room)

    def archiver(self, meeting: Meeting, kind: type[Archiver] = Archiver) -> Archiver:
        """As sage has it."""
        return kind(
            scripts=self.scripts,
            keys=self.keys,
            fence=self.sage,
            meeting_id=meeting.id,
            archive=self.archive,
            is_scribe=lambda: True,
            terms=ArchiveTerms(part=2, kept=0),
        )

    async def met(self, sid: str = "RM_1", said: int = 5) -> Meeting:
        """A meeting that is over, of which Redis and the archive have a part each."""
        meeting = await self.store.open(self.sage, sid)
        for number in range(said):
            one = spoken(number, text=SECRET, start_ms=10**9 + number)
            await self.transcripts.append(self.sage, meeting.id, one)
        await self.store.write_ledger(self.sage, meeting.id, TRACK, TrackLedger())
        await self.archiver(meeting).work()
        await self.store.end(self.sage, meeting.id, MeetingEnd.ROOM_FINISHED)
        return meeting

    async def kept_in_redis(self, meeting: Meeting) -> dict[str, object]:
        """Keys of the meeting."""
        client, found = self.scripts.client, {}
        async for key in client.scan_iter(match=f"{self.keys.meeting(meeting.id)}*"):
            found[key.decode()] = await client.hgetall(key) if await is_hash(client, key) else key
        return found

    async def forget_all(self) -> None:
        """Redis has lost its data."""
        client = self.scripts.client
        keys = [key async for key in client.scan_iter(match=f"{self.keys.agents[:-7]}:*")]
        await client.delete(*keys)

    def kept_in_archive(self, meeting: Meeting) -> list[str]:
        """Names of objects with something in them."""
        return sorted(
            path.name
            for path in self.folder.rglob("*")
            if path.is_file() and path.parent.name == meeting.id and path.stat().st_size
        )


async def is_hash(client: redis.asyncio.Redis, key: bytes) -> bool:
    """Whether it is one."""
    return bool(await client.type(key) == b"hash")


@pytest.fixture
async def house(redis_client: redis.asyncio.Redis, room_name: str, tmp_path: Path) -> House:
    """Sage runs in it, and transcribes."""
    scripts, keys = Scripts(redis_client), RoomKeys(room_name)
    leases = LeaseStore(scripts, keys)
    sage = Fence("sage", await leases.reserve("sage"))
    await leases.acquire("sage", sage.epoch, "AW_1/AJ_1", 600)
    await ScribeStore(scripts, keys).claim(sage, 600)
    return House(scripts, keys, tmp_path, sage, FakeLiveKit())


async def gone(house: House, meeting: Meeting) -> bool:
    """Nobody finds anything of it, nor is there anything but a sign."""
    with pytest.raises(MeetingNotFoundError):
        await house.reader.read(meeting.id)
    with pytest.raises(MeetingNotFoundError):
        await house.meetings().get(meeting.id)
    assert meeting.id not in [one.id for one in await house.meetings().all()]
    sign = {house.keys.meeting(meeting.id): {b"state": b"erased"}}
    assert await house.kept_in_redis(meeting) == sign
    return house.kept_in_archive(meeting) == []


async def test_an_erased_meeting_is_nowhere_any_more(house: House) -> None:
    """Of the room's others everything stays; to erase it again is no error."""
    first, second = await house.met("RM_1"), await house.met("RM_2")
    assert len(house.kept_in_archive(first)) == 2
    for _ in range(2):
        await house.meetings().erase(second.id)
        assert await gone(house, second)
    assert (await house.meetings().get(None)).id == first.id
    assert len(await house.reader.read(first.id)) == 5
    await house.meetings().erase(first.id)
    with pytest.raises(MeetingNotFoundError, match="no meeting is known"):
        await house.meetings().get(None)


async def test_what_comes_late_is_refused(house: House) -> None:
    """Words, ledgers, and a part that its agent is about to archive."""
    meeting = await house.met()
    await house.meetings().erase(meeting.id)
    for late in (spoken(1, revision=2), spoken(9, start_ms=10**9)):
        with pytest.raises(ErasedError):
            await house.transcripts.append(house.sage, meeting.id, late)
        with pytest.raises(ErasedError):
            await house.transcripts.append_checked(house.sage, meeting.id, late)
    await house.store.write_ledger(house.sage, meeting.id, TRACK, TrackLedger())
    assert await house.archiver(meeting).finish(10)
    assert await gone(house, meeting)


class BetweenArchiver(Archiver):
    """Something happens after a part was written, before Redis lets go of it."""

    happens: House

    async def _let_go(self, part: Part) -> bool:
        await self.happens.meetings().erase(self._meeting_id)
        return await super()._let_go(part)


async def test_a_part_that_is_on_its_way_to_the_archive_does_not_arrive(house: House) -> None:
    """It was read before, and written after the meeting was erased."""
    meeting = await house.met()
    archiver = house.archiver(meeting, BetweenArchiver)
    assert isinstance(archiver, BetweenArchiver)
    archiver.happens = house
    part = Part.after("0-0", [(b"9999999999999-0", fields()), (b"9999999999999-1", fields())])
    erased_first = house.archiver(meeting)
    await house.meetings().erase(meeting.id)
    await house.archive.keep(house.keys.room, meeting.id, part)
    assert house.kept_in_archive(meeting) != []
    assert not await erased_first._let_go(part)
    assert await gone(house, meeting)

    other = await house.met("RM_2", said=3)
    between = house.archiver(other, BetweenArchiver)
    assert isinstance(between, BetweenArchiver)
    between.happens = house
    assert await between.finish(10)
    assert await gone(house, other)


def fields() -> dict[bytes | str, bytes | str]:
    """Of an entry of the stream."""
    return {"segment": spoken(1, text=SECRET).to_json(), "agent": "sage", "epoch": "1"}


async def test_the_end_of_a_meeting_that_is_on_its_way_to_the_archive_does_not_arrive(
    house: House,
) -> None:
    meeting = await house.met(said=0)

    class Between(Archive):
        """The meeting is erased a moment before its end is written."""

        async def close(self, room: str, meeting: str, closed: object) -> None:
            await house.meetings().erase(meeting)
            await super().close(room, meeting, closed)  # type: ignore[arg-type]

    archiver = house.archiver(meeting)
    archiver._archive = Between(house.folder.as_uri())
    await archiver.finish(10)
    assert await gone(house, meeting)


async def test_what_an_agent_remembers_of_it_goes_with_it(house: House) -> None:
    """Not what it remembers of the meeting that runs."""
    memories = MemoryStore(house.scripts, house.keys)
    meeting, other = await house.met("RM_1"), await house.met("RM_2")
    mind = Mind(other.id, Policy.OPEN, State.MUTED)
    await memories.write(house.sage, mind.to_json())
    await house.meetings().erase(meeting.id)
    assert await memories.read("sage") == mind.to_json()
    await house.meetings().erase(other.id)
    assert await memories.read("sage") == ""


async def test_a_meeting_that_runs_is_left_as_it_is(house: House) -> None:
    """While the room is open, or an agent is left that ends it."""
    meeting = await house.store.open(house.sage, "RM_1")
    await house.transcripts.append(house.sage, meeting.id, spoken(1))
    for house.livekit.open in (True, False):
        with pytest.raises(MeetingOpenError):
            await house.meetings().erase(meeting.id)
    assert [one.segment.id for one in await house.reader.read()] == ["s1"]


async def test_a_meeting_that_nobody_was_left_to_end_can_be_erased(house: House) -> None:
    meeting = await house.store.open(house.sage, "RM_1")
    leases = LeaseStore(house.scripts, house.keys)
    assert await leases.release("sage", house.sage.epoch, "AW_1/AJ_1")
    with pytest.raises(MeetingOpenError):
        await house.meetings().erase(meeting.id)
    house.livekit.open = False
    await house.meetings().erase(meeting.id)
    assert await gone(house, meeting)


async def test_a_meeting_that_only_the_archive_knows_is_found_and_erased(house: House) -> None:
    """And stays erased when Redis has forgotten that, too."""
    meeting = await house.met()
    assert await house.archiver(meeting).finish(10)
    await house.forget_all()
    assert (await house.meetings().get(meeting.id)).sid == "RM_1"
    assert [one.id for one in await house.meetings().all()] == [meeting.id]
    await house.meetings().erase(meeting.id)
    assert await gone(house, meeting)
    await house.forget_all()
    with pytest.raises(MeetingNotFoundError):
        await house.reader.read(meeting.id)
    assert await house.meetings().all() == []
    await house.meetings().erase(meeting.id)


async def test_a_meeting_that_never_was_is_not_erased(house: House) -> None:
    """A wrong id is told, not taken for a meeting that is gone."""
    await house.met()
    for meetings in (house.meetings(), house.meetings(without=True)):
        with pytest.raises(MeetingNotFoundError):
            await meetings.erase("m404")


async def test_while_the_archive_is_away_nobody_reads_what_is_left_in_it(
    house: House, tmp_path: Path
) -> None:
    """The caller is told, and erases it again."""
    meeting = await house.met()
    assert await house.archiver(meeting).finish(10)

    class Away(Archive):
        """It fails where it is to delete."""

        async def erase(self, room: str, meeting: str) -> None:
            raise ArchiveError("away")

    with pytest.raises(ArchiveError):
        await house.meetings(Away(house.folder.as_uri())).erase(meeting.id)
    assert house.kept_in_archive(meeting) != []
    with pytest.raises(MeetingNotFoundError):
        await house.reader.read(meeting.id)
    assert await house.meetings().all() == []
    await house.meetings().erase(meeting.id)
    assert await gone(house, meeting)


async def test_who_does_not_know_the_archive_does_not_erase_half(house: House) -> None:
    meeting = await house.met()
    with pytest.raises(ArchiveError, match="ROOMHAND_ARCHIVE_URL"):
        await house.meetings(without=True).erase(meeting.id)
    assert len(await house.reader.read(meeting.id)) == 5


@pytest.mark.parametrize(
    "forget", [lambda keys: keys.meetings, lambda keys: "nothing"], ids=["unlisted", "listed"]
)
async def test_meetings_are_found_wherever_they_are(
    house: House, forget: Callable[[RoomKeys], str]
) -> None:
    """Newest first, each once; one that was begun before meetings were listed, too."""
    archived = await house.met("RM_1")
    assert await house.archiver(archived).finish(10)
    running = await house.store.open(house.sage, "RM_2")
    await house.scripts.client.delete(forget(house.keys))
    found = await house.meetings().all()
    assert [(one.id, one.ended) for one in found] == [(running.id, False), (archived.id, True)]
    assert found[1].reason == MeetingEnd.ROOM_FINISHED
    assert found[0] == replace(found[0], sid="RM_2", end_s=None, reason=None)
