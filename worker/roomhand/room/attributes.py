"""Writing attributes of the own participant, which may fail in any way and is then done again.

To write one usually takes milliseconds, but now and then seconds, or for ever.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from livekit import rtc

from roomhand.coordination.background import Background

logger = logging.getLogger(__name__)

WRITE_LIMIT_S = 1.0
"""For one writing."""
AGAIN_S = 0.5
"""Between a failed writing and the next."""


async def write(room: rtc.Room, attributes: Mapping[str, str], limit_s: float) -> bool:
    """Write them; False where the room has not confirmed it in time."""
    try:
        async with asyncio.timeout(limit_s):
            await room.local_participant.set_attributes(dict(attributes))
    except Exception as error:  # noqa: BLE001  the SDK raises many kinds, and none is worth an end
        logger.warning("attributes not written: %r", error)
        return False
    return True


@asynccontextmanager
async def kept(room: rtc.Room, attributes: Mapping[str, str]) -> AsyncIterator[None]:
    """While the block runs they are written until the room has confirmed it, and anew on each new
    connection, which begins with the attributes of its token."""
    anew = asyncio.Event()
    anew.set()
    room.on("reconnected", anew.set)
    writing = Background(_write_whenever(anew, room, attributes), "attributes")
    try:
        yield
    finally:
        room.off("reconnected", anew.set)
        await writing.end()


async def _write_whenever(
    anew: asyncio.Event, room: rtc.Room, attributes: Mapping[str, str]
) -> None:
    while True:
        await anew.wait()
        anew.clear()
        if not await write(room, attributes, WRITE_LIMIT_S):
            await asyncio.sleep(AGAIN_S)
            anew.set()
