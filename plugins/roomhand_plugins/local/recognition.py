"""Speech to text, off the event loop: a small pool of recogniser processes, and the way of one
turn through it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from roomhand_plugins.base import SAMPLE_RATE
from roomhand_plugins.local.process import (
    OnInterim,
    Recognised,
    RecogniserError,
    RecogniserProcess,
)

SLICE_BYTES = SAMPLE_RATE // 5 * 2


class RecogniserPool:
    """At most ``limit`` processes, started when first needed, each lent to one turn at a time."""

    def __init__(self, limit: int, max_turn_samples: int) -> None:
        self._limit = limit
        self._max_turn_samples = max_turn_samples
        self._idle: list[RecogniserProcess] = []
        self._lent: set[RecogniserProcess] = set()
        self._killed: list[RecogniserProcess] = []
        self._starting = 0
        self._changed = asyncio.Condition()
        self._closed = False

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[RecogniserProcess]:
        """A process, waiting for a free one. It comes back unless the block raised: then its
        state is unknown, and it is killed."""
        process = await self._take()
        try:
            yield process
        except BaseException:
            self._kill(process)
            raise
        else:
            self._idle.append(process)
        finally:
            self._lent.discard(process)
            await self._tell_waiting()

    async def close(self) -> None:
        """Kill every process and wait until it is gone."""
        self._closed = True
        for process in [*self._idle, *self._lent]:
            self._kill(process)
        self._idle.clear()
        await self._tell_waiting()
        await self._reap()

    async def _take(self) -> RecogniserProcess:
        async with self._changed:
            await self._changed.wait_for(self._can_lend)
            if self._closed:
                raise RecogniserError("the plugin is closed")
            self._drop_dead()
            if self._idle:
                process = self._idle.pop()
                self._lent.add(process)
                return process
            self._starting += 1
        try:
            process = await RecogniserProcess.start(self._max_turn_samples)
            self._lent.add(process)
        finally:
            self._starting -= 1
            await self._tell_waiting()
        await self._reap()
        return process

    def _can_lend(self) -> bool:
        in_use = len(self._lent) + self._starting
        return self._closed or bool(self._idle) or in_use < self._limit

    async def _tell_waiting(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _drop_dead(self) -> None:
        for process in self._idle:
            if not process.alive:
                self._kill(process)
        self._idle = [process for process in self._idle if process.alive]

    def _kill(self, process: RecogniserProcess) -> None:
        process.kill()
        self._killed.append(process)

    async def _reap(self) -> None:
        while self._killed:
            await self._killed.pop().reap()


class Hearing:
    """One turn's audio on its way to a recogniser.

    ``feed`` takes audio while at most ``limit_bytes`` wait, and waits otherwise. ``run`` does the
    work; it ends after ``end`` or ``discard``.
    """

    def __init__(self, pool: RecogniserPool, names: Sequence[str], limit_bytes: int) -> None:
        self._pool = pool
        self._names = names
        self._limit_bytes = limit_bytes
        self._slices: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._over = False
        self._discarded = False
        self._moved = asyncio.Event()

    async def feed(self, pcm: bytes) -> None:
        """More audio of the turn."""
        for start in range(0, len(pcm), SLICE_BYTES):
            while self._waiting_bytes >= self._limit_bytes and not self._over:
                await self._wait()
            if self._over:
                return
            piece = pcm[start : start + SLICE_BYTES]
            self._slices.append(piece)
            self._waiting_bytes += len(piece)
            self._wake()

    def end(self) -> None:
        """All audio was given."""
        self._over = True
        self._wake()

    def discard(self) -> None:
        """It was no speech."""
        self._discarded = True
        self._slices.clear()
        self.end()

    async def run(self, state: str, on_interim: OnInterim) -> Recognised | None:
        """The words, or None if discarded. Raises RecogniserError; the turn is lost then, and
        ``feed`` takes audio without keeping it."""
        try:
            async with self._pool.lent() as process:
                await process.begin(self._names, state, on_interim)
                async for piece in self._audio():
                    await process.hear(piece)
                if not self._discarded:
                    return await process.end()
                await process.discard()
                return None
        finally:
            self.discard()

    async def _audio(self) -> AsyncIterator[bytes]:
        while True:
            while not self._slices and not self._over:
                await self._wait()
            if not self._slices:
                return
            piece = self._slices.popleft()
            self._waiting_bytes -= len(piece)
            self._wake()
            yield piece

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    async def _wait(self) -> None:
        await self._moved.wait()
