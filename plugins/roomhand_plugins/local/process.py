"""The plugin's side of one recogniser process."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from roomhand_plugins.base import PluginError
from roomhand_plugins.local.wire import HEADER, Kind, pack, pack_json, unpack_header

START_S = 20.0
"""Longest time for a process to load its models."""
ANSWER_S = 20.0
"""Longest wait for a process to take audio or to finish a turn."""
SOCKET_BYTES = 1 << 17

OnInterim: TypeAlias = Callable[[str], Awaitable[None]]


class RecogniserError(PluginError):
    """A recogniser process died or does not answer; the turn it was hearing is lost to it."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The words of one turn. ``state`` is what the recogniser learned about this voice and its
    room, for the next turn of the same track."""

    text: str
    confidence: float | None
    state: str


class RecogniserProcess:
    """One process. Hears one turn at a time; every wait is bounded and ends in RecogniserError."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process = process
        self._writer = writer
        self._answers: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(maxsize=4)
        self._on_interim: OnInterim | None = None
        self._reading = asyncio.create_task(self._read(reader), name="local-recogniser")

    @classmethod
    async def start(cls, max_turn_samples: int) -> RecogniserProcess:
        """A process that has loaded its models."""
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BYTES)
        reader, writer = await asyncio.open_connection(sock=ours)
        writer.transport.set_write_buffer_limits(high=SOCKET_BYTES)
        with theirs:
            started = cls(_spawn(theirs, max_turn_samples), reader, writer)
        try:
            await started._answer(START_S)
        except BaseException:
            started.kill()
            await started.reap()
            raise
        return started

    @property
    def alive(self) -> bool:
        """False once the process has gone away."""
        return not self._reading.done()

    async def begin(self, names: Sequence[str], state: str, on_interim: OnInterim) -> None:
        """A turn begins. ``state`` may be empty."""
        self._on_interim = on_interim
        await self._send(pack_json(Kind.BEGIN, {"names": list(names), "state": state}))

    async def hear(self, pcm: bytes) -> None:
        """Audio of the turn; waits while the process has enough to do."""
        await self._send(pack(Kind.AUDIO, pcm))

    async def end(self) -> Recognised:
        """The turn is over: its words."""
        await self._send(pack(Kind.END))
        fields = await self._answer(ANSWER_S)
        return Recognised(fields["text"], fields["confidence"], fields["state"])

    async def discard(self) -> None:
        """Forget the turn."""
        self._on_interim = None
        await self._send(pack(Kind.DISCARD))
        await self._answer(ANSWER_S)

    def kill(self) -> None:
        """End the process at once; ``reap`` must follow some time."""
        self._process.kill()
        self._reading.cancel()
        self._writer.transport.abort()

    async def reap(self) -> None:
        """Wait until a killed process is gone."""
        await asyncio.wait({self._reading})
        await asyncio.to_thread(self._process.wait)

    async def _send(self, message: bytes) -> None:
        try:
            async with asyncio.timeout(ANSWER_S):
                self._writer.write(message)
                await self._writer.drain()
        except (OSError, TimeoutError):
            raise RecogniserError("the recogniser process is gone or stuck") from None

    async def _answer(self, timeout_s: float) -> dict[str, Any]:
        try:
            async with asyncio.timeout(timeout_s):
                fields = await self._answers.get()
        except TimeoutError:
            raise RecogniserError("the recogniser process does not answer") from None
        if fields is None:
            raise RecogniserError("the recogniser process ended")
        return fields

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                kind, length = unpack_header(await reader.readexactly(HEADER.size))
                fields = json.loads(await reader.readexactly(length))
                if kind is not Kind.INTERIM:
                    await self._answers.put(fields)
                elif self._on_interim is not None:
                    await self._on_interim(fields["text"])
        except (OSError, asyncio.IncompleteReadError):
            await self._answers.put(None)


def _spawn(theirs: socket.socket, max_turn_samples: int) -> subprocess.Popen[bytes]:
    module = "roomhand_plugins.local.recogniser"
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module, str(theirs.fileno()), str(max_turn_samples)],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        process_group=0,  # the terminal's Ctrl-C is for us; the process ends when its socket does
    )
