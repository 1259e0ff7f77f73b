"""Workers that are killed and replaced."""

from __future__ import annotations

import asyncio
import json
import math
import signal
import time
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import psutil

from tests.sim.realtime_server import RealtimeServer
from tests.system.office import Office, job_process, office
from tests.system.stage import Venue

DRAIN_S = 60.0


class Fleet:
    """Two workers, of which one or the other has the agent; one that died is replaced."""

    def __init__(self, venue: Venue, server: RealtimeServer, folder: Path) -> None:
        self._venue = venue
        self._server = server
        self._folder = folder
        self._stack = AsyncExitStack()
        self.workers: list[Office] = []

    async def add(self) -> None:
        """One more worker."""
        folder = self._folder / f"worker-{len(list(self._folder.iterdir()))}"
        folder.mkdir()
        self.workers.append(
            await self._stack.enter_async_context(office(self._venue, self._server, folder))
        )

    async def close(self) -> None:
        """End them all."""
        await self._stack.aclose()

    def serving(self) -> tuple[Office, psutil.Process]:
        """The worker that has the agent, and the process that is it. Raises LookupError."""
        for worker in self.workers:
            try:
                return worker, job_process(worker.process.pid, self._server.url)
            except (LookupError, psutil.Error):
                continue
        raise LookupError("no worker has the agent")

    async def drain(self) -> float:
        """Tell the worker to end that has the agent; how long nobody could speak, in seconds."""
        worker, _ = self.serving()
        worker.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(DRAIN_S):
            await worker.process.wait()
        self.workers.remove(worker)
        await self.add()
        return self._last("able to speak") - self._last("retired")

    def _last(self, message: str) -> float:
        """Wall clock of the newest such line in the log of any worker."""
        lines = (
            json.loads(line)
            for log in self._folder.glob("worker-*/worker.log")
            for line in log.read_text().splitlines()
            if f'"{message}"' in line
        )
        times = (datetime.fromisoformat(line["time"]).timestamp() for line in lines)
        return max(times, default=math.nan)

    async def kill(self, kind: str) -> float:
        """When it was killed, by the wall clock."""
        worker, job = self.serving()
        doomed = [job] if kind == "job" else [psutil.Process(worker.process.pid)]
        if kind == "machine":
            doomed += doomed[0].children(recursive=True)
        for process in doomed:
            process.send_signal(signal.SIGKILL)
        killed_s = time.time()
        if kind != "job":
            self.workers.remove(worker)
            await worker.process.wait()
            await self.add()
        return killed_s
