"""A TCP line to a server on loopback that can be cut, or swallow everything."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field

from tests.sim.proxy import CHUNK, Proxy


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Line(Proxy):
    """``port`` leads to ``target`` while the line is up."""

    _up: asyncio.Event = field(default_factory=_set)
    _is_cut: bool = False
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Every connection is reset, and every new one, until ``heal``."""
        self._is_cut = True
        for writer in list(self._writers):
            _reset(writer)

    def swallow(self) -> None:
        """Connections stay, and nothing comes through, until ``heal``: then all of it does."""
        self._up.clear()

    def heal(self) -> None:
        """As good as new."""
        self._is_cut = False
        self._up.set()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            _reset(writer)
            return
        self._writers.add(writer)
        try:
            await self._carry(reader, writer)
        finally:
            self._writers.discard(writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await asyncio.open_connection("127.0.0.1", self.target)
        self._writers.add(onward)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, onward))
                group.create_task(self._pump(there, writer))
        except* ConnectionError:
            pass
        finally:
            self._writers.discard(onward)
            onward.close()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(CHUNK):
            await self._up.wait()
            sink.write(data)
            await sink.drain()
        sink.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Not a polite end: the peer sees a connection reset."""
    found = writer.get_extra_info("socket")
    if found is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    writer.transport.abort()
