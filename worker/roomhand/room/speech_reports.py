"""Tells the floor on which tracks this agent hears people speak.

It blocks new grants for every agent of the room, and is the holder's answer to what others report.
Only the newest state counts, so a slow Redis delays a report and never queues any; the ears and the
mouth never wait for one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from roomhand.clock import own_now_s
from roomhand.coordination.floor import FloorStore
from roomhand.coordination.keeper import LeaseKeeper
from roomhand.errors import RoomhandError

logger = logging.getLogger(__name__)

REFRESH_S = 1.0
"""While speech lasts. A report holds for three seconds."""
AGAIN_S = 0.2
"""After a report that Redis did not take."""


class SpeechReports:
    """One per job; ``run`` sends beside it."""

    def __init__(
        self, store: FloorStore, lease: LeaseKeeper, now: Callable[[], float] = own_now_s
    ) -> None:
        self._store = store
        self._lease = lease
        self._now = now
        self._tracks: frozenset[str] = frozenset()
        self._changed = asyncio.Event()

    def hear(self, tracks: frozenset[str]) -> None:
        """People speak on these tracks now, and on no others. Returns at once."""
        if tracks != self._tracks:
            self._tracks = tracks
            self._changed.set()

    async def run(self) -> None:
        """Report until cancelled."""
        while True:
            await self._due(REFRESH_S if self._tracks else None)
            self._changed.clear()
            if not await self._send():
                await asyncio.sleep(AGAIN_S)
                self._changed.set()

    async def _send(self) -> bool:
        if not self._lease.is_valid(self._now()):
            return False
        try:
            await self._store.report(self._lease.fence, self._tracks)
        except RoomhandError as error:
            logger.warning("speech not reported", extra={"error": str(error)})
            return False
        return True

    async def _due(self, limit_s: float | None) -> None:
        try:
            async with asyncio.timeout(limit_s):
                await self._changed.wait()
        except TimeoutError:
            return
