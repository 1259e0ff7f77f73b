"""What a successor says of itself reaches the room, however the first writings end."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest
from livekit import rtc

from roomhand.room.attributes import AGAIN_S, WRITE_LIMIT_S, kept
from roomhand.room.succession import SUCCESSOR_ATTRIBUTE
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

READY = {SUCCESSOR_ATTRIBUTE: "worker/job"}


class BadRoom(rtc.EventEmitter[str]):
    """Its first writing hangs, the second breaks, and the third is the first that it confirms."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.confirmed: list[dict[str, str]] = []
        self.local_participant = SimpleNamespace(set_attributes=self._set)

    async def _set(self, attributes: dict[str, str]) -> None:
        self.asked += 1
        if self.asked == 1:
            await asyncio.sleep(3600)
        if self.asked == 2:
            raise RuntimeError("engine: closed")
        self.confirmed.append(attributes)


@in_virtual_time
async def test_attributes_are_written_until_the_room_has_confirmed_them() -> None:
    """Soon, for an owner waits for a successor some seconds; and then no more."""
    room = BadRoom()
    async with kept(cast(rtc.Room, room), READY):
        await asyncio.sleep(WRITE_LIMIT_S + 2 * AGAIN_S + 0.1)
        assert room.confirmed == [READY]
        await asyncio.sleep(60)
        assert room.asked == 3
        room.emit("reconnected")
        await asyncio.sleep(0.1)
        assert room.confirmed == [READY, READY], "a new connection knows what its token says"


@in_virtual_time
async def test_nothing_is_written_after_the_end_whatever_ends_it() -> None:
    """Nor does anything of it run on, also where a writing hangs."""
    room = BadRoom()

    async def fail() -> None:
        async with kept(cast(rtc.Room, room), READY):
            await asyncio.sleep(0.1)
            raise ValueError("planted")

    with pytest.raises(ValueError, match="planted"):
        await fail()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    room.emit("reconnected")
    await asyncio.sleep(60)
    assert room.asked == 1
