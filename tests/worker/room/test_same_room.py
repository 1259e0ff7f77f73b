"""An agent does not go on in another room of the same name."""

from __future__ import annotations

import asyncio

import pytest

from roomhand.room.same_room import end_with_room
from tests.sim import restart
from tests.worker.room.listening_person import join

pytestmark = pytest.mark.livekit


async def test_who_comes_back_to_a_livekit_server_that_restarted_is_told_to_end(
    room_name: str,
) -> None:
    """The SDK reconnects as if nothing had happened; the sid is told with the next person."""
    server = restart.livekit()
    server.start()
    try:
        room = await join(server.server, room_name, "sage~1", kind="agent")
        sid, told = await room.sid, asyncio.Event()
        watching = asyncio.create_task(end_with_room(room, sid, lambda reason: told.set()))
        await asyncio.sleep(0)
        assert not told.is_set()
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
        ben = await join(server.server, room_name, "ben")
        await asyncio.wait_for(told.wait(), 30)
        await watching
        assert await room.sid != sid
        assert room.isconnected()
        await asyncio.gather(room.disconnect(), ben.disconnect())
    finally:
        server.close()
