"""What comes of what livekit-server told of rooms, on a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from roomhand.attribution.ends import MeetingEnd
from roomhand.control.told_rooms import AT_ONCE as ROOMS_AT_ONCE
from roomhand.coordination.hints import RoomEvent, RoomNote, shard_of
from roomhand.coordination.keys import (
    ROOMS_TOLD,
    SHARDS,
    control_shard,
    leases_hint,
    rooms_hint,
)
from roomhand.coordination.meeting import MeetingStore
from roomhand.errors import RedisError
from tests.system.office import eventually_true
from tests.worker.control.deployment import AT_ONCE, Deployment, deployed

pytestmark = pytest.mark.redis


@pytest.fixture
async def deployment(
    redis_client: redis.asyncio.Redis, room_name: str
) -> AsyncIterator[Deployment]:
    async with deployed(redis_client, room_name) as made:
        yield made


async def tell(deployment: Deployment, event: RoomEvent) -> None:
    """As the webhook does it."""
    now_s = await deployment.hints.now_s()
    await deployment.hints.tell(RoomNote(deployment.room, event, now_s))


async def left(deployment: Deployment) -> list[RoomEvent]:
    """What is to be looked at, now or later."""
    found = await deployment.hints.told(await deployment.hints.now_s() + 600)
    return [note.event for note in found]


async def test_in_a_room_that_has_closed_nothing_is_wanted_any_more(
    deployment: Deployment,
) -> None:
    """At once, and the meeting that its agent died in is over."""
    meeting = await deployment.meet(lease_s=0)
    await deployment.want()
    deployment.livekit.rooms.clear()
    await tell(deployment, RoomEvent.FINISHED)
    await (await deployment.instance()).look()
    assert await deployment.wanted.all() == []
    assert not await deployment.is_due()
    assert (await deployment.record_of(meeting)).reason is MeetingEnd.ROOM_FINISHED
    assert await left(deployment) == []


async def test_a_meeting_whose_agent_seems_to_live_is_ended_later(
    deployment: Deployment,
) -> None:
    """It ends its meeting itself, unless it was killed and its lease has not run out. What is
    wanted from then on is not forgotten."""
    meeting = await deployment.meet(lease_s=1.0)
    await deployment.want()
    deployment.livekit.rooms.clear()
    await tell(deployment, RoomEvent.FINISHED)
    reconciler = await deployment.instance()
    await reconciler.look()
    assert await deployment.wanted.all() == []
    assert not (await deployment.record_of(meeting)).ended
    await deployment.want()

    async def ended() -> bool:
        await reconciler.look()
        return (await deployment.record_of(meeting)).ended

    await eventually_true(ended, 10)
    assert [one.agent for one in await deployment.wanted.all()] == ["sage"]
    assert await left(deployment) == []


async def test_what_is_wanted_after_a_room_has_closed_is_for_its_next_time(
    deployment: Deployment,
) -> None:
    deployment.livekit.rooms.clear()
    await tell(deployment, RoomEvent.FINISHED)
    await deployment.want()
    await (await deployment.instance()).look()
    assert [one.agent for one in await deployment.wanted.all()] == ["sage"]


async def test_who_is_asked_for_again_after_a_room_has_closed_is_for_its_next_time(
    deployment: Deployment,
) -> None:
    """It was wanted all the time, for nobody has looked at the room yet."""
    await deployment.want()
    deployment.livekit.rooms.clear()
    await tell(deployment, RoomEvent.FINISHED)
    await deployment.want()
    await (await deployment.instance()).look()
    assert [one.agent for one in await deployment.wanted.all()] == ["sage"]


async def test_what_a_newer_version_tells_of_a_room_holds_up_no_other(
    deployment: Deployment,
) -> None:
    """While two versions run beside each other. It is let go of, for it would be read for ever."""
    now_s = await deployment.hints.now_s()
    for told in (f"renamed {deployment.room}", "nonsense"):
        await deployment.client.zadd(ROOMS_TOLD, {told: now_s - 1})
    await deployment.want()
    deployment.livekit.rooms.clear()
    await tell(deployment, RoomEvent.FINISHED)
    await (await deployment.instance()).look()
    assert await deployment.wanted.all() == []
    assert await deployment.client.zcard(ROOMS_TOLD) == 0


async def test_a_room_that_is_open_again_keeps_its_agents(deployment: Deployment) -> None:
    """That it closed is told late. An agent that lives is left alone."""
    meeting = await deployment.meet(lease_s=600)
    await deployment.want()
    for event in RoomEvent:
        await tell(deployment, event)
    await (await deployment.instance()).look()
    assert [one.agent for one in await deployment.wanted.all()] == ["sage"]
    assert not (await deployment.record_of(meeting)).ended
    assert deployment.livekit.made == 0
    assert await left(deployment) == []


async def test_when_a_room_opens_its_agents_are_sent_for_at_once(deployment: Deployment) -> None:
    """However long they had to wait for it by then."""
    await deployment.want()
    deployment.livekit.rooms.clear()
    hasty = await deployment.instance(terms=AT_ONCE)
    for _ in range(3):
        await deployment.hints.due_at(deployment.place, 0)
        await hasty.look()
    reconciler = await deployment.instance()
    deployment.livekit.rooms.add(deployment.room)
    await deployment.hints.due_at(deployment.place, 0)
    await reconciler.look()
    assert deployment.livekit.made == 0
    await tell(deployment, RoomEvent.STARTED)
    await reconciler.look()
    assert deployment.livekit.made == 1


async def test_a_room_that_has_finished_nobody_knows_why_keeps_what_is_wanted_there(
    deployment: Deployment,
) -> None:
    """Only its meeting is over, if it is not open again when it is looked at."""
    meeting = await deployment.meet(lease_s=0)
    await deployment.want()
    deployment.livekit.rooms.clear()
    await tell(deployment, RoomEvent.UNATTENDED)
    await (await deployment.instance()).look()
    assert [one.agent for one in await deployment.wanted.all()] == ["sage"]
    assert (await deployment.record_of(meeting)).ended
    assert await left(deployment) == []


@pytest.mark.parametrize(
    ("told", "later"),
    [
        (RoomEvent.FINISHED, RoomEvent.UNATTENDED),
        (RoomEvent.UNATTENDED, RoomEvent.UNATTENDED),
        (RoomEvent.STARTED, RoomEvent.STARTED),
    ],
)
async def test_where_livekit_server_cannot_be_asked_it_is_asked_again_later(
    deployment: Deployment, told: RoomEvent, later: RoomEvent
) -> None:
    """That it keeps nothing wanted there is not believed, and nobody else is kept waiting."""
    await deployment.want()
    deployment.livekit.away = True
    await tell(deployment, told)
    reconciler = await deployment.instance()
    for _ in range(2):
        await reconciler.look()
    now_s = await deployment.hints.now_s()
    assert [one.agent for one in await deployment.wanted.all()] == ["sage"]
    assert await deployment.hints.told(now_s) == []
    assert await left(deployment) == [later]


async def test_what_could_not_be_done_for_a_room_is_done_later(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis was away in the middle of it. What is wanted since is not forgotten for that."""
    meeting = await deployment.meet(lease_s=0)
    await deployment.want()
    deployment.livekit.rooms.clear()
    await tell(deployment, RoomEvent.FINISHED)
    reconciler = await deployment.instance()
    monkeypatch.setattr(MeetingStore, "close", away)
    with pytest.raises(RedisError):
        await reconciler.look()
    monkeypatch.undo()
    await deployment.want()
    await reconciler.look()
    assert (await deployment.record_of(meeting)).reason is MeetingEnd.ROOM_FINISHED
    assert [one.agent for one in await deployment.wanted.all()] == ["sage"]
    assert await left(deployment) == []


async def away(_: MeetingStore, __: MeetingEnd) -> bool:
    """Of ``MeetingStore.close``, without an answer."""
    raise RedisError("no answer")


async def test_two_instances_look_at_a_room_once(deployment: Deployment) -> None:
    """And instances that watch nothing leave it to those that do."""
    await tell(deployment, RoomEvent.STARTED)
    one = await deployment.instance("one")
    idle = await deployment.instance("idle")
    await idle.look()
    assert (idle.shards, deployment.livekit.asked) == (0, 0)
    await deployment.client.delete(*map(control_shard, range(SHARDS)))
    two = await deployment.instance("two")
    await asyncio.gather(one.look(), two.look(), one.look())
    assert deployment.livekit.asked == 1


async def test_many_rooms_that_close_at_once_are_looked_at_some_at_a_time(
    deployment: Deployment,
) -> None:
    """Until there is none left, the longest ago first."""
    for number in range(ROOMS_AT_ONCE + 1):
        note = RoomNote(f"{deployment.room} {number}", RoomEvent.FINISHED, 100.0 + number)
        await deployment.hints.tell(note)
    reconciler = await deployment.instance()
    await reconciler.look()
    last = await deployment.hints.told(await deployment.hints.now_s())
    assert [note.room for note in last] == [f"{deployment.room} {ROOMS_AT_ONCE}"]
    await reconciler.look()
    assert await left(deployment) == []


async def test_every_hint_ends_by_itself(deployment: Deployment) -> None:
    """Where no control plane looks; one that does has them live on."""
    await deployment.want()
    shard = shard_of(deployment.room)
    hints = rooms_hint(shard), leases_hint(shard)
    await check_ends(deployment, *hints)
    for name in hints:
        await deployment.client.expire(name, 60)
    await (await deployment.instance()).look()
    await check_ends(deployment, *hints)
    await deployment.client.delete(leases_hint(shard))
    await (await deployment.instance()).sweep()
    await check_ends(deployment, *hints)


async def check_ends(deployment: Deployment, *names: str) -> None:
    """In a month: rooms live for long."""
    for name in names:
        assert 29 * 86400 < await deployment.client.ttl(name) <= 30 * 86400, name


async def test_what_was_told_ends_by_itself(deployment: Deployment) -> None:
    """Where no control plane looks."""
    await tell(deployment, RoomEvent.FINISHED)
    assert 0 < await deployment.client.ttl(ROOMS_TOLD) <= 86400
