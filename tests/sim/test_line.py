"""The line does what it says: what comes through, and what does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.sim.line import Line

pytestmark = pytest.mark.unit


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """Port of a server that says everything again."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def test_it_carries_both_ways_until_it_is_cut(echo: int) -> None:
    """A connection that was cut is over for good; after ``heal`` there are new ones."""
    async with Line(echo).open() as line:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        writer.write(b"one")
        assert await reader.readexactly(3) == b"one"
        line.cut()
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        refused, _ = await asyncio.open_connection("127.0.0.1", line.port)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await refused.readexactly(1)
        line.heal()
        again, out = await asyncio.open_connection("127.0.0.1", line.port)
        out.write(b"two")
        assert await again.readexactly(3) == b"two"
        out.close()


async def test_what_it_swallows_comes_through_when_it_heals(echo: int) -> None:
    """As on a network that was away for less time than TCP takes to give up."""
    async with Line(echo).open() as line:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        line.swallow()
        writer.write(b"one")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(3), 0.1)
        line.heal()
        assert await asyncio.wait_for(reader.readexactly(3), 5) == b"one"
        writer.close()
