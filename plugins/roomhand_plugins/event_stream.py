"""The events of one session on their way to the reader, for plugins without a socket."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from roomhand_plugins.base import Closed, Event


class EventStream:
    """Bounded and in order; ends after one ``Closed``. ``limit`` is in events.

    A writer waits while the stream is full. The end never waits: it drops nothing that is already
    in the stream, and lets waiting writers go without their event.
    """

    def __init__(self, limit: int) -> None:
        self._events: deque[Event] = deque()
        self._limit = limit
        self._moved = asyncio.Event()
        self.closed: Closed | None = None

    async def put(self, event: Event) -> None:
        """Add an event; after the end it vanishes, because nothing may follow ``Closed``."""
        while len(self._events) >= self._limit and self.closed is None:
            await self._wait()
        if self.closed is None:
            self._add(event)

    def finish(self, closed: Closed) -> bool:
        """Add the last event. False if there already was one."""
        if self.closed is not None:
            return False
        self.closed = closed
        self._add(closed)
        return True

    async def read(self) -> AsyncIterator[Event]:
        """All events. For one reader."""
        while True:
            while not self._events:
                await self._wait()
            event = self._events.popleft()
            self._wake()
            yield event
            if isinstance(event, Closed):
                return

    def _add(self, event: Event) -> None:
        self._events.append(event)
        self._wake()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    async def _wait(self) -> None:
        await self._moved.wait()
