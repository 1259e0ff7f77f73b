"""Meetings follow the room's sid."""

from __future__ import annotations

import asyncio

import pytest
import redis.asyncio

from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import Account, TrackLedger
from roomhand.coordination.fencing import Fence
from roomhand.coordination.floor import FloorStore, Gone, Grant, Queued
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import Erasing, MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.errors import StaleEpochError
from roomhand.turns.floor_request import FloorRequest, Obstacle
from roomhand.turns.questions import Reason
from tests.worker.coordination.conftest import Own

pytestmark = pytest.mark.redis


@pytest.fixture
def meetings(scripts: Scripts, keys: RoomKeys) -> MeetingStore:
    """Meetings of the test's room."""
    return MeetingStore(scripts, keys)


async def test_agents_of_one_room_are_in_one_meeting(meetings: MeetingStore, own: Own) -> None:
    """However many open it at once, it begins once, at one time."""
    fences = [await own(f"agent-{number}") for number in range(8)]
    opened = await asyncio.gather(*(meetings.open(fence, "RM_1") for fence in fences))
    assert len(set(opened)) == 1
    assert await meetings.current() == opened[0].id


async def test_who_looked_before_another_began_joins_him(
    meetings: MeetingStore, own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read outside the script is compared in it."""
    sage, echo = await own("sage"), await own("echo")
    meeting = await meetings.open(sage, "RM_1")
    read = meetings.current
    looks: list[str | None] = [None]

    async def too_early() -> str | None:
        return looks.pop() if looks else await read()

    monkeypatch.setattr(meetings, "current", too_early)
    assert await meetings.open(echo, "RM_1") == meeting


async def test_meeting_time_begins_at_redis_time(
    meetings: MeetingStore, own: Own, redis_client: redis.asyncio.Redis
) -> None:
    """The start is between two looks at the server's clock."""
    before_s = (await redis_client.time())[0]
    meeting = await meetings.open(await own(), "RM_1")
    assert before_s <= meeting.start_s <= (await redis_client.time())[0] + 1


async def test_a_room_that_began_anew_is_another_meeting(meetings: MeetingStore, own: Own) -> None:
    """The old one is closed in the same step."""
    sage = await own()
    first = await meetings.open(sage, "RM_1")
    second = await meetings.open(sage, "RM_2")

    assert second.id != first.id
    record = await meetings.read(first.id)
    assert record is not None
    assert record.ended
    assert record.reason is MeetingEnd.ROOM_RESTARTED
    running = await meetings.read(second.id)
    assert running is not None
    assert not running.ended


async def test_a_meeting_ends_once(meetings: MeetingStore, own: Own) -> None:
    """Ending what does not run changes nothing; the room can have another meeting."""
    sage = await own()
    meeting = await meetings.open(sage, "RM_1")
    assert await meetings.end(sage, meeting.id, MeetingEnd.ROOM_FINISHED)
    assert not await meetings.end(sage, meeting.id, MeetingEnd.ROOM_CLOSED)

    record = await meetings.read(meeting.id)
    assert record is not None
    assert record.reason is MeetingEnd.ROOM_FINISHED
    assert record.end_s is not None
    assert record.end_s >= record.start_s
    assert await meetings.current() is None
    assert await meetings.latest() == meeting.id
    second = await meetings.open(sage, "RM_1")
    assert second.id != meeting.id
    assert await meetings.latest() == second.id


async def test_the_last_agent_ends_the_meeting(meetings: MeetingStore, own: Own) -> None:
    """Another may have words to write, until it says that it has none, or is gone."""
    sage, nova = await own("sage"), await own("nova")
    meeting = await meetings.open(sage, "RM_1")
    await own("max", ttl_s=0.3)
    for _ in range(2):
        assert not await meetings.end(sage, meeting.id, MeetingEnd.ROOM_CLOSED)
    assert not await meetings.end(nova, meeting.id, MeetingEnd.ROOM_CLOSED), "max is alive"
    assert await meetings.current() == meeting.id
    await asyncio.sleep(0.35)
    assert await meetings.end(nova, meeting.id, MeetingEnd.ROOM_CLOSED)
    record = await meetings.read(meeting.id)
    assert record is not None
    assert record.ended


async def test_who_comes_again_may_have_words_again(meetings: MeetingStore, own: Own) -> None:
    """That its process before had none says nothing of it."""
    sage, nova = await own("sage"), await own("nova")
    meeting = await meetings.open(sage, "RM_1")
    assert not await meetings.end(nova, meeting.id, MeetingEnd.ROOM_CLOSED)
    again = await own("nova")
    assert not await meetings.end(sage, meeting.id, MeetingEnd.ROOM_CLOSED)
    assert await meetings.end(again, meeting.id, MeetingEnd.ROOM_CLOSED)


@pytest.mark.parametrize("restarted", [False, True], ids=["ended", "restarted"])
async def test_a_hold_ends_with_its_meeting(
    meetings: MeetingStore, own: Own, scripts: Scripts, keys: RoomKeys, restarted: bool
) -> None:
    """And so does what was given, and the count of the agents' turns. The holder of then may still
    be heard: it keeps the floor until it leaves it, and numbers go on growing."""
    floors, sage, echo = FloorStore(scripts, keys), await own("sage"), await own("echo")
    meeting = await meetings.open(sage, "RM_1")
    before = await floors.request(sage, FloorRequest(id="1", reason=Reason.ADDRESS))
    assert isinstance(before, Grant)
    await floors.hold("ann")
    await floors.give("nova", "ann")
    again = FloorRequest(id="2", reason=Reason.AGENT, turns_limit=1)
    assert isinstance(await floors.request(echo, again), Gone), "beyond the limit"

    if restarted:
        await meetings.open(sage, "RM_2")
    else:
        assert not await meetings.end(sage, meeting.id, MeetingEnd.ROOM_FINISHED)
        assert await meetings.end(echo, meeting.id, MeetingEnd.ROOM_FINISHED)

    view = await floors.view()
    assert (view.held_by, view.given, view.agent_turns) == ("", "", 0)
    assert view.holder is not None
    assert view.holder.number == before.number
    anew = FloorRequest(id="3", reason=Reason.AGENT, turns_limit=1)
    assert await floors.request(echo, anew) == Queued(1, Obstacle.BUSY, "sage")
    await floors.release(sage, "1")
    after = await floors.request(echo, anew)
    assert isinstance(after, Grant)
    assert after.number > before.number


async def test_a_hold_before_the_first_meeting_is_kept(
    meetings: MeetingStore, own: Own, scripts: Scripts, keys: RoomKeys
) -> None:
    """A moderator may prepare a room; and who joins a meeting ends nothing."""
    floors = FloorStore(scripts, keys)
    await floors.hold("ann")
    await meetings.open(await own("sage"), "RM_1")
    await meetings.open(await own("echo"), "RM_1")
    assert (await floors.view()).held_by == "ann"


async def test_a_meeting_that_redis_lost_goes_on(
    meetings: MeetingStore, own: Own, keys: RoomKeys, redis_client: redis.asyncio.Redis
) -> None:
    """Who was in it makes it again under its id and start; the next joins that."""
    sage, echo = await own("sage"), await own("echo")
    meeting = await meetings.open(sage, "RM_1")
    await redis_client.delete(keys.current, keys.meeting(meeting.id))

    again = await meetings.open(sage, "RM_1", known=meeting)

    assert again.id == meeting.id
    assert again.start_s == pytest.approx(meeting.start_s, abs=1e-5)
    assert await meetings.open(echo, "RM_1") == again


async def test_an_owner_of_the_past_opens_and_ends_nothing(
    meetings: MeetingStore, own: Own
) -> None:
    """A zombie of an older run of the room cannot close the meeting that runs."""
    zombie = await own()
    sage = await own()
    meeting = await meetings.open(sage, "RM_2")
    with pytest.raises(StaleEpochError):
        await meetings.open(zombie, "RM_1")
    with pytest.raises(StaleEpochError):
        await meetings.end(zombie, meeting.id, MeetingEnd.ROOM_FINISHED)
    assert await meetings.current() == meeting.id


async def test_what_a_meeting_leaves_behind_has_an_end(
    meetings: MeetingStore, own: Own, keys: RoomKeys, redis_client: redis.asyncio.Redis
) -> None:
    """No key of a room is for ever."""
    sage = await own()
    meeting = await meetings.open(sage, "RM_1")
    await meetings.end(sage, meeting.id, MeetingEnd.ROOM_FINISHED)
    async for key in redis_client.scan_iter(match=f"{keys.agents.rpartition(':')[0]}:*"):
        assert await redis_client.pttl(key) > 0, key


async def test_ledgers_come_back_as_written(meetings: MeetingStore, own: Own) -> None:
    """One field a subscription, in which the last write counts. A new owner of the agent begins to
    count anew, and leaves what the old one counted alone."""
    sage = await own()
    meeting = await meetings.open(sage, "RM_1")
    track = TrackRef("TR_1", Source.MICROPHONE, Speaker("änn", "Änn"), subscription=2)
    ledger = TrackLedger()
    ledger.receive(480)
    await meetings.write_ledger(sage, meeting.id, track, ledger)
    ledger.drop(480, "ring full")
    await meetings.write_ledger(sage, meeting.id, track, ledger)

    written = await meetings.accounts(meeting.id)

    assert written == [Account("sage", "änn", "TR_1", "microphone", 2, ledger, sage.epoch)]
    successor = await own()
    await meetings.write_ledger(successor, meeting.id, track, TrackLedger(received=7))
    received = {one.epoch: one.ledger.received for one in await meetings.accounts(meeting.id)}
    assert received == {sage.epoch: 480, successor.epoch: 7}


async def test_a_meeting_without_agents_is_closed_from_outside(
    scripts: Scripts, keys: RoomKeys, leases: LeaseStore
) -> None:
    """While one is left, that is its own to do."""
    epoch = await leases.reserve("sage")
    await leases.acquire("sage", epoch, "one", 600)
    meetings = MeetingStore(scripts, keys)
    meeting = await meetings.open(Fence("sage", epoch), "RM_1")
    assert not await meetings.close(MeetingEnd.ROOM_FINISHED)
    await leases.release("sage", epoch, "one")
    assert await meetings.close(MeetingEnd.ROOM_FINISHED)
    record = await meetings.read(meeting.id)
    assert record is not None
    assert (record.ended, record.reason) == (True, MeetingEnd.ROOM_FINISHED)
    assert not await meetings.close(MeetingEnd.ROOM_FINISHED)


async def test_meetings_are_listed_the_newest_first_and_not_without_bound(
    meetings: MeetingStore, own: Own, scripts: Scripts, keys: RoomKeys
) -> None:
    """One that was begun before meetings were listed is, as soon as somebody joins it."""
    sage = await own("sage")
    opened = [(await meetings.open(sage, f"RM_{number}")).id for number in range(3)]
    assert await meetings.known() == opened[::-1]
    await scripts.client.delete(keys.meetings)
    await meetings.open(sage, "RM_2")
    assert await meetings.known() == opened[:1:-1]
    await scripts.client.zadd(keys.meetings, {f"old-{number}": number for number in range(1000)})
    newest = (await meetings.open(sage, "RM_4")).id
    listed = await meetings.known()
    assert (listed[0], len(listed), listed[-1]) == (newest, 1000, "old-2")
    assert await scripts.client.ttl(keys.meetings) > 0


async def test_a_meeting_that_was_erased_is_not_made_again(
    meetings: MeetingStore, own: Own
) -> None:
    """By an owner that believes that Redis has lost it."""
    sage = await own("sage")
    meeting = await meetings.open(sage, "RM_1")
    await meetings.end(sage, meeting.id, MeetingEnd.ROOM_CLOSED)
    assert await meetings.erase(meeting.id, archived=False) is Erasing.ERASED
    assert await meetings.open(sage, "RM_1", known=meeting) == meeting
    assert (await meetings.read(meeting.id), await meetings.current()) == (None, None)
    assert await meetings.known() == []
