"""Real servers, started once per test run and shared."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import hypothesis
import pytest
import redis.asyncio

from tests.sim import servers

# The same histories in every run; pytest's own --hypothesis-profile=default looks for others.
hypothesis.settings.register_profile("fixed", derandomize=True)
hypothesis.settings.load_profile("fixed")


@pytest.fixture(scope="session")
def livekit_server() -> Iterator[servers.LiveKit]:
    """A real livekit-server on loopback."""
    with servers.livekit_server() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[servers.Redis]:
    """A real Redis or Valkey on loopback."""
    with servers.redis_server() as server:
        yield server


@pytest.fixture
async def redis_client(redis_server: servers.Redis) -> AsyncIterator[redis.asyncio.Redis]:
    """A client of the real server; the keys of each test are its own through ``room_name``."""
    client = redis.asyncio.Redis.from_url(redis_server.url)
    yield client
    await client.aclose()


@pytest.fixture
def room_name() -> str:
    """A room that no other test uses."""
    return f"test-{uuid4().hex[:12]}"
