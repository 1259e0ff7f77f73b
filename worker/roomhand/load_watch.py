"""Measures what a worker's load is made of: its processes, its jobs' tracks, its own loop.

How much there is of everything comes from the settings, or from what the process may use.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from roomhand import metrics
from roomhand.clock import own_now_s
from roomhand.coordination.background import Background
from roomhand.job_metrics import UNREADABLE, JobMetrics
from roomhand.load import CoresUsed, LoadTerms, Measured, Part, WorkerLoad
from roomhand.room.watch import PROBE_S, LoopLag
from roomhand.settings import Settings

logger = logging.getLogger(__name__)

LOOK_S = 0.5
MEASURE_S = 2.0
"""The processor time of all processes and the tracks of all jobs: files are read."""
LAG_OVER_S = 10.0
LAG_PERCENT = 90.0
"""A single late wake-up is nobody's trouble."""
ROOMS_PER_CORE = 8
CPU_LIMIT = Path("/sys/fs/cgroup/cpu.max")


def terms_of(settings: Settings, cores: float | None = None) -> LoadTerms:
    """What a worker with these settings carries, on as many cores as this process may use."""
    own = settings.cores or cores or usable_cores()
    return LoadTerms(
        jobs=settings.max_jobs or max(1, round(ROOMS_PER_CORE * own)),
        tracks=settings.tracks_per_core * own,
        cores=own,
        expected_tracks=settings.expected_tracks,
    )


def usable_cores(limit: Path = CPU_LIMIT) -> float:
    """Cores that this process may run on, or what its control group is limited to if less."""
    allowed = float(_allowed_cores())
    with contextlib.suppress(OSError, ValueError):  # none, or the limit is "max"
        quota, period = map(int, limit.read_text().split())
        return min(allowed, quota / period)
    return allowed


def _allowed_cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class LoadWatch:
    """``running`` tells the ids of the jobs that run now."""

    def __init__(
        self, terms: LoadTerms, jobs: JobMetrics, running: Callable[[], Collection[str]]
    ) -> None:
        self.terms = terms
        self._jobs = jobs
        self._running = running
        self._load = WorkerLoad(terms)
        self._lag = LoopLag(metrics.WORKER_LOOP_LAG_S.observe, kept=round(LAG_OVER_S / PROBE_S))
        self._cores_used = CoresUsed()
        self._tracks: Collection[int] = ()

    @property
    def value(self) -> float:
        """From 0 to 1, which is full. May be read from any thread."""
        return self._load.value

    @property
    def parts(self) -> Mapping[Part, float]:
        """Each from 0 to 1."""
        return self._load.parts

    async def run(self) -> None:
        """Measure until cancelled."""
        lag = Background(self._lag.run(), "worker-lag")
        measuring = Background(self._measure_again(), "worker-measure")
        try:
            while True:
                self.look()
                await asyncio.sleep(LOOK_S)
        finally:
            await lag.end()
            await measuring.end()

    def look(self) -> None:
        """With the jobs as they are now, and what was measured last."""
        measured = Measured(
            [*self._tracks], self._cores_used.value, self._lag.percentile_s(LAG_PERCENT)
        )
        self._load.look(own_now_s(), self._running(), measured)
        metrics.LOAD.set(self._load.value)
        for part, value in self._load.parts.items():
            metrics.LOAD_PART.labels(part).set(value)

    def refusal(self) -> Part | None:
        """Why no job can be taken now; None where one can."""
        self.look()
        return self._load.refusal()

    @contextmanager
    def coming(self) -> Iterator[None]:
        """A job is being accepted while the block runs."""
        with self._load.coming():
            yield

    async def _measure_again(self) -> None:
        while True:
            try:
                await self._measure()
            except UNREADABLE as error:
                logger.warning("load not measured: %s", error)
            await asyncio.sleep(MEASURE_S)

    async def _measure(self) -> None:
        used_s = await asyncio.to_thread(processor_seconds)
        self._cores_used.note(own_now_s(), used_s)
        self._tracks = await asyncio.to_thread(self._jobs.tracks, used_s.keys())


def processor_seconds() -> dict[int, float]:
    """Of this process and each that comes from it and lives, by its number."""
    own = psutil.Process()
    found: dict[int, float] = {}
    for process in [own, *own.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended while it was asked
            times = process.cpu_times()
            found[process.pid] = times.user + times.system
    return found
