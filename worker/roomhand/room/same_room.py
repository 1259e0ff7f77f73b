"""Whether the room is still the one that was joined.

A livekit-server that restarts knows nothing of its rooms, and the SDK comes back by itself: to
another room of the same name, with another sid, which is another meeting. Of that it tells nothing
but the new sid, some seconds after the next person has come (measured with livekit 1.1 and
livekit-server 1.13: up to 5 s).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from livekit import rtc

logger = logging.getLogger(__name__)


async def end_with_room(room: rtc.Room, sid: str, end: Callable[[str], None]) -> None:
    """Call ``end`` with a reason as soon as the room has another ``sid``, and return."""
    updated = asyncio.Event()

    def on_updated() -> None:
        updated.set()

    room.on("room_updated", on_updated)
    try:
        while (now := await room.sid) == sid:
            await updated.wait()
            updated.clear()
    finally:
        room.off("room_updated", on_updated)
    logger.warning("the room was opened anew", extra={"was": sid, "is": now})
    end("the room was opened anew")
