"""The keeper renews lease and scribe in one round trip, and judges each by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio
from redis.asyncio.connection import AbstractConnection

from roomhand.coordination.fencing import Fence
from roomhand.coordination.keeper import LeaseKeeper
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.ownership import LeaseTerms, State
from roomhand.coordination.scribe import ScribeDuty, ScribeStore
from roomhand.coordination.scripts import Scripts
from roomhand.errors import StaleEpochError

pytestmark = pytest.mark.redis

TERMS = LeaseTerms(ttl_s=600, renew_s=10, margin_s=1)


@pytest.fixture
async def keeper(
    leases: LeaseStore, scripts: Scripts, keys: RoomKeys
) -> AsyncIterator[LeaseKeeper]:
    """Of an agent that owns itself and is the scribe."""
    fence = Fence("sage", await leases.reserve("sage"))
    duty = ScribeDuty(ScribeStore(scripts, keys), fence, TERMS.ttl_s)
    kept = LeaseKeeper(leases, fence, "me", TERMS, scribe=duty)
    await kept.acquire()
    await kept.renew()
    assert duty.is_scribe
    yield kept
    await kept.close()


def is_scribe(keeper: LeaseKeeper) -> bool:
    """As far as it knows."""
    return keeper.scribe is not None and keeper.scribe.is_scribe


async def deadlines(client: redis.asyncio.Redis, keys: RoomKeys) -> tuple[int, int]:
    """Of the lease and of the scribe, in microseconds of Redis time."""
    record, scribe = (
        await client.hget(keys.agents, "sage"),
        await client.hget(keys.scribe, "deadline_us"),
    )
    assert record is not None
    return int(record.split()[2]), int(scribe or 0)


async def test_both_are_renewed_in_one_request(
    keeper: LeaseKeeper,
    redis_client: redis.asyncio.Redis,
    keys: RoomKeys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, requests = await deadlines(redis_client, keys), []
    send = AbstractConnection.send_packed_command

    async def counted(connection: AbstractConnection, *given: Any, **more: Any) -> None:
        requests.append(given)
        await send(connection, *given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(AbstractConnection, "send_packed_command", counted)
        await keeper.renew()
    assert len(requests) == 1
    after = await deadlines(redis_client, keys)
    assert min(new - old for new, old in zip(after, before, strict=True)) > 0


async def test_a_scribe_that_cannot_be_renewed_does_not_silence_the_agent(
    keeper: LeaseKeeper, redis_client: redis.asyncio.Redis, keys: RoomKeys
) -> None:
    """The lease is proven all the same, and nobody has said that the duty is another's."""
    before, _ = await deadlines(redis_client, keys)
    await redis_client.delete(keys.scribe)
    await redis_client.set(keys.scribe, "no hash")
    await keeper.renew()
    assert keeper.is_valid()
    assert is_scribe(keeper)
    record = await redis_client.hget(keys.agents, "sage")
    assert record is not None
    assert int(record.split()[2]) > before
    await redis_client.delete(keys.scribe)
    await keeper.renew()
    assert (await deadlines(redis_client, keys))[1] > 0


async def test_a_duty_that_is_anothers_leaves_the_lease_as_it_is(
    keeper: LeaseKeeper, redis_client: redis.asyncio.Redis, keys: RoomKeys, scripts: Scripts
) -> None:
    leases, scribes = LeaseStore(scripts, keys), ScribeStore(scripts, keys)
    nova = Fence("nova", await leases.reserve("nova"))
    await leases.acquire("nova", nova.epoch, "another", 600)
    await redis_client.delete(keys.scribe)
    await scribes.claim(nova, 600)
    await keeper.renew()
    assert keeper.is_valid()
    assert not is_scribe(keeper)


async def test_where_the_record_is_gone_both_are_had_again_at_once(
    keeper: LeaseKeeper, redis_client: redis.asyncio.Redis, keys: RoomKeys
) -> None:
    """Redis came back without its data: the claim beside the renewal was refused."""
    await redis_client.delete(keys.agents, keys.scribe)
    await keeper.renew()
    assert (keeper.restored, keeper.is_valid(), is_scribe(keeper)) == (1, True, True)
    assert min(await deadlines(redis_client, keys)) > 0


async def test_who_has_lost_the_agent_does_not_claim_the_duty_on_the_way(
    keeper: LeaseKeeper, redis_client: redis.asyncio.Redis, keys: RoomKeys, leases: LeaseStore
) -> None:
    """Past its deadline, with a successor let in: another agent of the room can have it."""
    await leases.renew("sage", keeper.epoch, "me", 0)
    await leases.reserve("sage")
    _, before = await deadlines(redis_client, keys)
    await keeper.renew()
    assert keeper.state is State.LOST
    assert (await deadlines(redis_client, keys))[1] == before


async def test_a_claim_of_who_has_lost_the_agent_is_refused(
    keeper: LeaseKeeper, scripts: Scripts, keys: RoomKeys, leases: LeaseStore
) -> None:
    """By itself, too: nobody has taken the agent yet."""
    await leases.renew("sage", keeper.epoch, "me", 0)
    await leases.reserve("sage")
    with pytest.raises(StaleEpochError):
        await ScribeStore(scripts, keys).claim(keeper.fence, 600)
