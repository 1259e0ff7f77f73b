"""Whether what comes of a track is sound of it yet.

From its subscription on the SDK plays silence, also while no packet has come (livekit 1.1: 4 s of
it for 4 s of a publisher that was stopped). Taken for audio it would hide that somebody was not
heard.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from livekit import rtc

from roomhand.coordination.background import Background

logger = logging.getLogger(__name__)

ASKS_EVERY_S = 0.1
ANSWERS_S = 2.0
"""For the SDK to tell."""

PacketsCame: TypeAlias = Callable[[rtc.Track], Awaitable[bool]]


async def packets_came(track: rtc.Track) -> bool:
    """By the receiver's own count (W3C webrtc-stats, ``packetsReceived``)."""
    found = await track.get_stats()
    return any(one.inbound_rtp.received.packets_received for one in found)


class FirstPacket:
    """Of one subscription. Sound proves it; whether silence is the track's has to be asked."""

    def __init__(self, track: rtc.Track, asks: PacketsCame) -> None:
        self._track = track
        self._asks = asks
        self._came = False
        self._asking: Background | None = None

    def believe(self) -> None:
        """What comes now is the track's, which is muted, or over: nobody need ask any more."""
        self._came = True

    def is_of_track(self, pcm: bytes) -> bool:
        """Whether this next audio is the track's."""
        if not self._came and pcm.count(0) < len(pcm):
            self._came = True
        if not self._came and self._asking is None:
            self._asking = Background(self._ask(), "first-packet")
        return self._came

    async def close(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            await self._asking.end()

    async def _ask(self) -> None:
        while not self._came:
            try:
                came = await asyncio.wait_for(self._asks(self._track), ANSWERS_S)
            except TimeoutError:
                logger.warning("the SDK does not tell whether a track has packets")
                continue
            except Exception as error:  # noqa: BLE001  what cannot be asked is believed
                logger.warning("a track's packets are not counted", extra={"error": str(error)})
                came = True
            if came:
                self._came = True
            await asyncio.sleep(ASKS_EVERY_S)
