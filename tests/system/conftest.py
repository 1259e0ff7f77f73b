"""What every system test stands on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sim import servers
from tests.system.stage import Tap, Venue


@pytest.fixture
def venue(livekit_server: servers.LiveKit, redis_server: servers.Redis, room_name: str) -> Venue:
    """A room that no other test uses, on real servers."""
    return Venue(livekit_server, redis_server, room_name)


@pytest.fixture
def tap() -> Iterator[Tap]:
    """What came out of the SFU, of every track in this process."""
    with Tap().open() as opened:
        yield opened
