"""A way to Redis on which messages of subscriptions can be late."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from tests.sim.proxy import CHUNK, Proxy


@dataclass
class SlowPublications(Proxy):
    """``late_s`` holds back what Redis sends to whoever has subscribed."""

    late_s: float = 0.0

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
