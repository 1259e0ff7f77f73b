"""Workers that are killed or told to end, and replaced."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import MappingProxyType

import psutil

from tests.sim.script import Window
from tests.soak.worker_log import around, newest
from tests.system.office import Office, Provider, job_process, office
from tests.system.stage import Venue

DRAIN_S = 60.0
LONG_S = 3.0
"""Nobody could speak: what was logged since so long before tells why."""


class Fleet:
    """Workers, any of which may have an agent; one that died is replaced."""

    def __init__(
        self,
        venue: Venue,
        server: Provider,
        folder: Path,
        *,
        max_jobs: int = 16,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._venue = venue
        self._server = server
        self._folder = folder
        self._max_jobs = max_jobs
        self._variables = variables
        self._stack = AsyncExitStack()
        self.workers: list[Office] = []

    @property
    def profiles(self) -> Path:
        """The folder with the agents that the workers know, for what runs beside them."""
        return self._folder / "worker-0"

    async def add(self) -> None:
        """One more worker."""
        folder = self._folder / f"worker-{len(list(self._folder.iterdir()))}"
        folder.mkdir()
        worker = office(
            self._venue,
            self._server,
            folder,
            max_jobs=self._max_jobs,
            variables=self._variables,
        )
        self.workers.append(await self._stack.enter_async_context(worker))

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

    async def drain(self) -> list[float]:
        """Tell the worker to end that has the agent; how long nobody could speak, in seconds."""
        worker, _ = self.serving()
        began_s = time.time()
        await self._end(worker)
        await self.add()
        return self.unable_to_speak_s(began_s)

    async def end_oldest(self) -> None:
        """Tell it to end; it does when it has handed its agents over."""
        await self._end(self.workers[0])

    def unable_to_speak_s(self, since_s: float) -> list[float]:
        """For how long nobody could, of every agent that was handed over since then; what was
        logged where it was long. Raises KeyError where nobody can yet."""
        able_s = newest(self._logs, "able to speak")
        retired_s = newest(self._logs, "retired")
        struck = {room: at_s for room, at_s in retired_s.items() if at_s > since_s}
        for room, at_s in struck.items():
            if able_s[room] - at_s > LONG_S:
                long = Window(at_s - LONG_S, able_s[room])
                print(*self.logged(room, long), sep="\n", flush=True)
        return [able_s[room] - at_s for room, at_s in struck.items()]

    def logged(self, room: str, window: Window) -> list[str]:
        """What workers logged of a room then."""
        return around(self._logs, room, window.from_s, window.to_s)

    @property
    def _logs(self) -> list[Path]:
        return list(self._folder.glob("worker-*/worker.log"))

    async def _end(self, worker: Office) -> None:
        worker.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(DRAIN_S):
            await worker.process.wait()
        self.workers.remove(worker)

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
