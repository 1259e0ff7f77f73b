"""The reconciler on a real Redis, with a LiveKit that does what a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest
import redis.asyncio

from roomhand.admin import LiveKitAdmin
from roomhand.attribution.ends import MeetingEnd
from roomhand.control.reconciler import GONE_AFTER, Reconciler, Rhythm
from roomhand.coordination.background import Background
from roomhand.coordination.hints import shard_of
from roomhand.coordination.keys import SHARDS, control_shard, leases_hint
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.wanted import Admitted
from roomhand.errors import RedisError
from roomhand.settings import Settings
from tests.system.office import eventually_true
from tests.worker.control.deployment import AT_ONCE, PATIENT, Deployment, deployed
from tests.worker.room.strict_listener import eventually

pytestmark = pytest.mark.redis


@pytest.fixture
async def deployment(
    redis_client: redis.asyncio.Redis, room_name: str
) -> AsyncIterator[Deployment]:
    async with deployed(redis_client, room_name) as made:
        yield made


async def test_an_agent_that_is_wanted_is_sent_for_once(deployment: Deployment) -> None:
    await deployment.want()
    reconciler = await deployment.instance()
    for _ in range(5):
        await reconciler.look()
    assert deployment.livekit.made == 1


async def test_two_instances_that_watch_at_once_send_once(deployment: Deployment) -> None:
    """One was frozen for longer than its shards are its own."""
    await deployment.want()
    frozen = await deployment.instance("one")
    await deployment.client.delete(*map(control_shard, range(SHARDS)))
    other = await deployment.instance("two")
    await asyncio.gather(frozen.look(), other.look(), frozen.look(), other.look())
    assert deployment.livekit.made == 1


async def test_each_shard_is_watched_by_one(deployment: Deployment) -> None:
    one, two = await deployment.instance("one"), await deployment.instance("two")
    assert (one.shards, two.shards) == (SHARDS, 0)
    await one.close()
    await two.claim()
    assert (one.shards, two.shards) == (0, SHARDS)


async def test_an_agent_whose_owner_is_gone_is_sent_for_again(deployment: Deployment) -> None:
    """And the dispatch before is withdrawn: the agent must not come twice."""
    await deployment.want()
    reconciler = await deployment.instance(terms=AT_ONCE)
    await reconciler.look()
    [first] = deployment.livekit.dispatches[deployment.room]
    admitted = await deployment.wanted.admit("sage", first)
    assert isinstance(admitted, Admitted)
    await deployment.leases.acquire("sage", admitted.epoch, "job", 600)

    await deployment.hints.due_at(deployment.place, 0)
    await reconciler.look()
    assert deployment.livekit.made == 1
    assert not await deployment.is_due()

    await deployment.leases.release("sage", admitted.epoch, "job")
    await deployment.hints.due_at(deployment.place, 0)
    await reconciler.look()
    assert deployment.livekit.dispatches[deployment.room] == [first + 1]


async def test_an_owner_that_dies_without_a_word_is_noticed_at_its_deadline(
    deployment: Deployment,
) -> None:
    """The machine is gone, and nobody gives a hint."""
    await deployment.want()
    reconciler = await deployment.instance(terms=AT_ONCE)
    await reconciler.look()
    admitted = await deployment.wanted.admit(
        "sage", deployment.livekit.dispatches[deployment.room][0]
    )
    assert isinstance(admitted, Admitted)
    await deployment.leases.acquire("sage", admitted.epoch, "job", 0.3)
    await deployment.hints.due_at(deployment.place, 0)
    await reconciler.look()
    assert not await deployment.is_due()

    await eventually_true(deployment.is_due)
    await reconciler.look()
    assert deployment.livekit.made == 2


async def test_an_agent_that_runs_and_is_wanted_no_more_gets_no_successor(
    deployment: Deployment,
) -> None:
    """Neither while it still leaves nor after; also where a hint was left."""
    await deployment.want()
    reconciler = await deployment.instance(terms=AT_ONCE)
    epoch = await deployment.leases.reserve("sage")
    await deployment.leases.acquire("sage", epoch, "job", 600)
    await deployment.wanted.stop("sage")
    for _ in range(2):
        await deployment.hints.due_at(deployment.place, 0)
        await reconciler.sweep()
        await reconciler.look()
        assert not await deployment.is_due()
        await deployment.leases.release("sage", epoch, "job")
    assert deployment.livekit.made == 0


async def test_a_room_that_is_closed_is_not_opened_for_its_agent(deployment: Deployment) -> None:
    """After so many attempts nobody wants one there, and the meeting that it died in is over."""
    meeting = await deployment.meet(lease_s=0)
    deployment.livekit.rooms.clear()
    await deployment.want()
    reconciler = await deployment.instance(terms=AT_ONCE)
    for _ in range(GONE_AFTER):
        assert await deployment.wanted.all()
        await deployment.hints.due_at(deployment.place, 0)
        await reconciler.look()
    assert deployment.livekit.made == 0
    assert not await deployment.wanted.all()
    assert (await deployment.record_of(meeting)).reason is MeetingEnd.ROOM_FINISHED


async def test_a_meeting_that_could_not_be_ended_is_ended_later(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its agent is wanted until then: nobody looks at one that is not."""
    meeting = await deployment.meet(lease_s=0)
    deployment.livekit.rooms.clear()
    await deployment.want()
    reconciler = await deployment.instance(terms=AT_ONCE)

    async def away(_: MeetingStore, __: MeetingEnd) -> bool:
        raise RedisError("no answer")

    monkeypatch.setattr(MeetingStore, "close", away)
    for _ in range(GONE_AFTER):
        await deployment.hints.due_at(deployment.place, 0)
        await reconciler.look()
    assert await deployment.wanted.all()
    monkeypatch.undo()
    await deployment.hints.due_at(deployment.place, 0)
    await reconciler.look()
    assert not await deployment.wanted.all()
    assert (await deployment.record_of(meeting)).reason is MeetingEnd.ROOM_FINISHED


async def test_what_went_wrong_is_tried_again(deployment: Deployment) -> None:
    """livekit-server was away in the moment of the dispatch."""
    await deployment.want()
    reconciler = await deployment.instance(terms=AT_ONCE)
    deployment.livekit.away = True
    await reconciler.look()
    deployment.livekit.away = False
    await deployment.hints.due_at(deployment.place, 0)
    await reconciler.look()
    assert deployment.livekit.made == 1


async def test_after_an_outage_owners_are_given_time_to_renew(deployment: Deployment) -> None:
    """All leases have run out, and nobody is dead."""
    await deployment.want()
    own_s = 100.0
    admin = cast(LiveKitAdmin, deployment.livekit)
    rhythm = Rhythm(watch_s=600, again_s=1, grace_s=3)
    reconciler = Reconciler(
        deployment.client, admin, "one", terms=PATIENT, rhythm=rhythm, now=lambda: own_s
    )
    await reconciler.claim()
    reconciler.wait()
    own_s += 3.9
    await reconciler.look()
    assert deployment.livekit.made == 0
    own_s += 0.2
    await reconciler.look()
    assert deployment.livekit.made == 1


async def test_who_begins_just_as_redis_is_back_gives_owners_time_to_renew(
    deployment: Deployment,
) -> None:
    """It saw no outage, and all leases have run out in it."""
    await deployment.want()
    own_s = 100.0
    admin = cast(LiveKitAdmin, deployment.livekit)
    rhythm = Rhythm(watch_s=600, look_s=0.01, claim_s=0.01, grace_s=3)
    reconciler = Reconciler(
        deployment.client, admin, "one", terms=PATIENT, rhythm=rhythm, now=lambda: own_s
    )
    running = Background(reconciler.run(), "reconciler")
    try:
        await eventually(lambda: reconciler.shards == SHARDS)
        own_s += 2.9
        await asyncio.sleep(0.2)
        assert deployment.livekit.made == 0
        own_s += 0.2
        await eventually(lambda: deployment.livekit.made == 1)
    finally:
        await running.end()


@pytest.mark.parametrize(("renew_s", "grace_s"), [(1, 3), (15, 17)])
def test_owners_that_renew_seldom_are_given_longer(renew_s: float, grace_s: float) -> None:
    """Who was not answered asks again only then."""
    settings = Settings(
        livekit_url="ws://127.0.0.1:9",
        livekit_api_key="key",
        livekit_api_secret="secret",  # type: ignore[arg-type]
        lease_ttl_s=60,
        lease_renew_s=renew_s,
    )
    assert Rhythm.of(settings).grace_s == grace_s


async def test_an_agent_without_a_hint_is_found_by_the_sweep(deployment: Deployment) -> None:
    """Redis failed over, and the hint of another slot was lost."""
    await deployment.want()
    await deployment.client.delete(leases_hint(shard_of(deployment.room)))
    reconciler = await deployment.instance()
    await reconciler.look()
    assert deployment.livekit.made == 0
    await reconciler.sweep()
    await reconciler.look()
    assert deployment.livekit.made == 1


async def test_the_sweep_forgets_rooms_that_want_nothing(deployment: Deployment) -> None:
    """And looks at nobody there."""
    await deployment.want()
    await deployment.wanted.stop("sage")
    reconciler = await deployment.instance()
    await reconciler.sweep()
    await reconciler.look()
    assert [room async for room in deployment.hints.rooms(shard_of(deployment.room))] == []
    assert not await deployment.is_due()
