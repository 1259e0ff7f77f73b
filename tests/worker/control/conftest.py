"""The API, served for a test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from roomhand.coordination.floor import FloorStore
from roomhand.coordination.keys import RoomKeys
from tests.worker.control.served import Served, serving


@pytest.fixture
async def served(redis_client: redis.asyncio.Redis, room_name: str) -> AsyncIterator[Served]:
    """A room that is open, and whose floor has a past: a stream has something to tell at once."""
    async with serving(redis_client, room_name) as there:
        floor = FloorStore(there.scripts, RoomKeys(room_name))
        await floor.hold("ann")
        await floor.resume("ann")
        yield there
