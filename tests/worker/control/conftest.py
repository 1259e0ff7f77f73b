"""The API, served for a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import grpc.aio
import pytest
import redis.asyncio

from roomhand.admin import LiveKitAdmin
from roomhand.control.api import Api
from roomhand.coordination.scripts import Scripts
from roomhand.remote import RoomControl
from roomhand.settings import Settings
from tests.worker.control.served import KEY, SECRET, FakeLiveKit, Served


@pytest.fixture
async def served(redis_client: redis.asyncio.Redis, room_name: str) -> AsyncIterator[Served]:
    """A room that is open."""
    configured = Settings(
        livekit_url="ws://127.0.0.1:9",
        livekit_api_key=KEY,
        livekit_api_secret=SECRET,  # type: ignore[arg-type]
        control_grpc_port=0,
    )
    fake, scripts = FakeLiveKit({room_name}), Scripts(redis_client)
    api = Api(RoomControl(cast(LiveKitAdmin, fake), scripts), configured)
    await api.start()
    address = f"127.0.0.1:{api.port}"
    async with grpc.aio.insecure_channel(address) as channel:
        there = Served(room_name, address, channel, fake, scripts)
        yield there
        await there.close()
    await api.close()
