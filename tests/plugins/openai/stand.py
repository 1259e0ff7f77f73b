"""A test stand: the strict server and a relay before it, on a thread and a loop of their own.

The relay is where the network goes wrong: connections break, age, stall, and bring events that
nobody knows. On another loop, neither counts among the tasks of the test.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.sim.realtime_server import Behaviour, RealtimeServer

_WAIT_S = 5.0
_ResultT = TypeVar("_ResultT")


@dataclass(eq=False)
class _Line:
    """One relayed connection."""

    client: ServerConnection
    held: list[str] = field(default_factory=list)


class Stand:
    """``url`` goes through the relay. Use as a context manager."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="stand", daemon=True)
        self._lines: set[_Line] = set()
        self._reads = asyncio.Event()
        self._holds = False
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self.url = ""
        self.direct_url = ""

    def __enter__(self) -> Stand:
        self._thread.start()
        self._running = asyncio.run_coroutine_threadsafe(self._run(), self._loop)
        assert self._ready.wait(_WAIT_S), "the stand did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._running.result(_WAIT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_WAIT_S)
        self._loop.close()

    def reset(self) -> None:
        """A faultless network again."""
        self._do(self._reset())

    def lose(self) -> None:
        """Break every connection."""
        self._do(self._lose())

    def expire(self) -> None:
        """Every connection reaches its maximum age."""
        message = "Your session hit the maximum duration of 60 minutes."
        error = {"type": "invalid_request_error", "code": "session_expired", "message": message}
        self.inject({"type": "error", "event_id": "event_x", "error": error})
        self._do(self._close(1001, message))

    def inject(self, event: dict[str, Any]) -> None:
        """Send every client an event."""
        self._do(self._send(json.dumps(event)))

    def stall(self) -> None:
        """Read no more from any client."""
        self._loop.call_soon_threadsafe(self._reads.clear)

    def unstall(self) -> None:
        """Read again."""
        self._loop.call_soon_threadsafe(self._reads.set)

    def hold_transcripts(self) -> None:
        """Keep transcripts back."""
        self._holds = True

    def release_transcripts(self) -> None:
        """Let them go."""
        self._holds = False
        self._do(self._release())

    def _do(self, work: Coroutine[Any, Any, _ResultT]) -> _ResultT:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_WAIT_S)

    async def _run(self) -> None:
        self._reads.set()
        async with (
            RealtimeServer(self._behaviour) as server,
            serve(self._relay, "127.0.0.1", 0, close_timeout=0.2, max_size=None) as relay,
        ):
            port = next(iter(relay.sockets)).getsockname()[1]
            self.direct_url, self.url = server.url, f"ws://127.0.0.1:{port}/v1"
            self._ready.set()
            await self._stop.wait()

    async def _relay(self, client: ServerConnection) -> None:
        assert client.request is not None
        key = client.request.headers["Authorization"]
        target = self.direct_url.removesuffix("/v1") + client.request.path
        line = _Line(client)
        self._lines.add(line)
        try:
            async with (
                connect(target, additional_headers={"Authorization": key}, max_size=None) as server,
                asyncio.TaskGroup() as pumps,
            ):
                pumps.create_task(self._down(line, server))
                await self._up(line, server)
                raise ConnectionClosed(None, None)
        except* ConnectionClosed:
            client.transport.abort()
        finally:
            self._lines.discard(line)

    async def _up(self, line: _Line, server: Any) -> None:
        while True:
            await self._reads.wait()
            await server.send(await line.client.recv())

    async def _down(self, line: _Line, server: Any) -> None:
        async for message in server:
            if self._holds and "input_audio_transcription" in str(message):
                line.held.append(str(message))
            else:
                await line.client.send(message)

    async def _lose(self) -> None:
        for line in self._lines:
            line.client.transport.abort()

    async def _close(self, code: int, reason: str) -> None:
        for line in tuple(self._lines):
            await line.client.close(code, reason)

    async def _send(self, message: str) -> None:
        for line in tuple(self._lines):
            await line.client.send(message)

    async def _release(self) -> None:
        for line in tuple(self._lines):
            for message in line.held:
                await line.client.send(message)
            line.held.clear()

    async def _reset(self) -> None:
        self._reads.set()
        self._holds = False
