"""A way to Redis on which messages of subscriptions can be late."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

CHUNK = 65_536


@dataclass
class SlowPublications:
    """A TCP proxy. ``late_s`` holds back what Redis sends to whoever has subscribed."""

    target: int
    """Port of the real server on loopback."""
    port: int = 0
    late_s: float = 0.0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[SlowPublications]:
        """Accept connections for as long as the block runs."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError):
                await self._join(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self.target)
        subscribed = asyncio.Event()

        async def up() -> None:
            while data := await reader.read(CHUNK):
                if b"SUBSCRIBE" in data.upper():
                    subscribed.set()
                to_server.write(data)
                await to_server.drain()

        async def down() -> None:
            while data := await from_server.read(CHUNK):
                if subscribed.is_set() and self.late_s:
                    await asyncio.sleep(self.late_s)
                writer.write(data)
                await writer.drain()

        ways = {asyncio.create_task(up()), asyncio.create_task(down())}
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            to_server.close()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
