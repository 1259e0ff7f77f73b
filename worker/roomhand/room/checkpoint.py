"""Keeps how the agent is minded and what it owes in Redis: whoever takes it over goes on with it.

Only the newest counts: ``note`` returns at once, and one task writes what has changed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from roomhand.coordination.fencing import Fence
from roomhand.coordination.memory import MemoryStore
from roomhand.errors import RoomhandError
from roomhand.turns.mind import Mind

logger = logging.getLogger(__name__)

AGAIN_S = 0.5


class Checkpoint:
    """One for an agent."""

    def __init__(
        self, store: MemoryStore, fence: Fence, meeting: str, ahead_s: Callable[[], float]
    ) -> None:
        """``ahead_s``: how much more than own seconds the seconds of the meeting are."""
        self._store = store
        self._fence = fence
        self.meeting = meeting
        self._ahead_s = ahead_s
        self._newest = ""
        self._written = ""
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()

    async def read(self) -> Mind | None:
        """What the owner before has left; None: the profile says how to begin. Raises RedisError
        without an answer."""
        self._written = await self._store.read(self._fence.agent)
        mind = Mind.of_json(self._written, self.meeting)
        return mind and mind.shifted(-self._ahead_s())

    def note(self, mind: Mind) -> None:
        """It is like this now."""
        newest = mind.shifted(self._ahead_s()).to_json()
        if newest != self._newest:
            self._newest = newest
            self._wake.set()

    async def run(self) -> None:
        """Write what changes, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if not await self.flush():
                await asyncio.sleep(AGAIN_S)
                self._wake.set()

    async def flush(self) -> bool:
        """Write the newest if it is not written. False where it cannot be."""
        async with self._writing:
            newest = self._newest
            if newest == self._written:
                return True
            try:
                await self._store.write(self._fence, newest)
            except RoomhandError as error:
                logger.warning("how it is minded is not kept", extra={"error": str(error)})
                return False
            self._written = newest
            return True

    async def forget(self) -> None:
        """Nobody is to take the agent over."""
        self._newest = ""
        await self.flush()
