"""Messages on their way to the service: in order, and bounded by whoever waits for ``room``.

Deciding and queueing are one step without a pause, so a caller that is cancelled, or an answer that
arrives meanwhile, never finds a request that was noted but not sent.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable

from roomhand_plugins.openai.effects import Send

_HIGH_WATER_BYTES = 64 * 1024


class Outbox:
    """``write`` sends one text message and waits until the socket can take more."""

    def __init__(self, write: Callable[[str], Awaitable[None]]) -> None:
        self._write = write
        self._kept: deque[str] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self._space = asyncio.Event()
        self._space.set()

    def push(self, send: Send) -> None:
        """Queue a message."""
        text = json.dumps(send.message)
        self._kept.append(text)
        self._bytes += len(text)
        if self._bytes >= _HIGH_WATER_BYTES:
            self._space.clear()
        self._news.set()

    async def room(self) -> None:
        """Wait until less than the high-water mark is queued; returns at once after ``abandon``."""
        await self._space.wait()

    def abandon(self) -> None:
        """The session is over: nobody waits any more."""
        self._kept.clear()
        self._bytes = 0
        self._space.set()

    async def run(self) -> None:
        """Write until cancelled. Errors of ``write`` end it."""
        while True:
            while self._kept:
                text = self._kept.popleft()
                await self._write(text)
                self._bytes = max(0, self._bytes - len(text))
                if self._bytes < _HIGH_WATER_BYTES:
                    self._space.set()
            self._news.clear()
            await self._news.wait()
