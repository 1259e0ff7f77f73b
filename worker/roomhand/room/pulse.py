"""A pulse: wakes everybody who waits for a change, none of whom needs to be known."""

from __future__ import annotations

import asyncio


class Pulse:
    """``beat`` after a change; ``next`` returns at the first beat after it was called."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def beat(self) -> None:
        """Something changed."""
        self._event.set()
        self._event = asyncio.Event()

    async def next(self) -> None:
        """Wait for the next beat: look first, then wait, then look again."""
        await self._event.wait()
