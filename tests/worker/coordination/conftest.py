"""The room of a test: scripts, keys, and agents that are owned."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
import redis.asyncio

from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import Granted, LeaseStore
from roomhand.coordination.scripts import Scripts

Own = Callable[..., Awaitable[Fence]]


@pytest.fixture
def scripts(redis_client: redis.asyncio.Redis) -> Scripts:
    """Scripts on the real server."""
    return Scripts(redis_client)


@pytest.fixture
def keys(room_name: str) -> RoomKeys:
    """Keys of a room of this test alone."""
    return RoomKeys(room_name)


@pytest.fixture
def leases(scripts: Scripts, keys: RoomKeys) -> LeaseStore:
    """Leases of the test's room."""
    return LeaseStore(scripts, keys)


@pytest.fixture
def own(leases: LeaseStore) -> Own:
    """Makes somebody the owner of an agent, also over an owner whose lease is not past."""

    async def owned(agent: str = "sage", ttl_s: float = 600) -> Fence:
        before = await leases.read(agent)
        fence = Fence(agent, await leases.reserve(agent))
        owner = f"owner-{fence.epoch}"
        if before and before.owner:
            answer = await leases.transfer(agent, before.epoch, fence.epoch, owner, ttl_s)
            assert isinstance(answer, Granted)
        else:
            assert isinstance(await leases.acquire(agent, fence.epoch, owner, ttl_s), Granted)
        return fence

    return owned
