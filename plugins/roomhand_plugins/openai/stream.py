"""The events of a session on their way to the one who reads them: in order, and bounded."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from roomhand_plugins.base import Event, PluginError, ReplyAudio

_LIMIT_BYTES = 8 * 1024 * 1024
_EVENT_BYTES = 512


class EventStream:
    """Whoever reads the socket waits for ``room`` before the next message, so what is kept is at
    most the limit plus what one message says, and what we report about our own calls."""

    def __init__(self, limit_bytes: int = _LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._kept: deque[Event] = deque()
        self._bytes = 0
        self._finished = False
        self._taken = False
        self._news = asyncio.Event()
        self._space = asyncio.Event()
        self._space.set()

    def push(self, event: Event) -> None:
        """Add the next event; nothing is added after ``finish``."""
        if self._finished:
            return
        self._kept.append(event)
        self._bytes += _cost(event)
        if self._bytes >= self._limit_bytes:
            self._space.clear()
        self._news.set()

    def finish(self, last: Event) -> None:
        """Add the last event."""
        self.push(last)
        self._finished = True

    async def room(self) -> None:
        """Wait until the reader has caught up."""
        await self._space.wait()

    def events(self) -> AsyncIterator[Event]:
        """Everything, until after the last event. Raises PluginError the second time."""
        if self._taken:
            raise PluginError("the events of a session can be iterated once")
        self._taken = True
        return self._iterate()

    async def _iterate(self) -> AsyncIterator[Event]:
        while True:
            while self._kept:
                event = self._kept.popleft()
                self._bytes -= _cost(event)
                if self._bytes < self._limit_bytes:
                    self._space.set()
                yield event
            if self._finished:
                return
            self._news.clear()
            await self._news.wait()


def _cost(event: Event) -> int:
    return _EVENT_BYTES + (len(event.pcm) if isinstance(event, ReplyAudio) else 0)
