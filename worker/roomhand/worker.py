"""The worker process: takes dispatches from livekit-server and runs one job process per room.

The worker reserves the epoch when it accepts a dispatch, because the job's LiveKit identity carries
it; the job process acquires the lease under that epoch and composes everything else.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import redis.asyncio
from livekit.agents import AgentServer, JobExecutorType, JobRequest
from livekit.agents.job import RunningJobInfo

from roomhand import __version__, metrics
from roomhand.admin import agent_of, generation_of, livekit_admin, worker_of
from roomhand.announcing import Announcing
from roomhand.attribution.identity import (
    AGENT_ATTRIBUTE,
    EPOCH_ATTRIBUTE,
    agent_identity,
    parse_agent_identity,
)
from roomhand.coordination.background import Background, end_all
from roomhand.coordination.connection import connect, faults_of
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.wanted import Turned, WantedStore
from roomhand.coordination.workers import Usage, WorkerBoard, WorkerJob, WorkerRecord
from roomhand.ended_jobs import EndedJobs
from roomhand.errors import LiveKitError, RoomhandError
from roomhand.handing_over import HandingOver
from roomhand.health import HealthServer
from roomhand.job_metrics import JobMetrics, exposition
from roomhand.load_watch import LoadWatch, terms_of
from roomhand.profiles import Profile
from roomhand.room import job
from roomhand.room.presence import STATE_ATTRIBUTE
from roomhand.settings import Settings, set_livekit_defaults
from roomhand.turns.visible import AgentState

logger = logging.getLogger(__name__)

BEGINS_S = 60.0
"""A job process has so long to begin. Many that begin at once on few cores take longer than
LiveKit's 10 s, and one that is killed then makes those after it slower still."""
PRELOAD = "roomhand.room.preload"
"""Not imported here: it is for the process that jobs are forked from."""
LIVEKIT_FULL = 0.7
"""What livekit-server takes for full (``agents.target_load``): it brings no job to a worker that
says more, unless another beside it says less."""


class Worker:
    """Runs until ``drain`` has finished, or the connection to livekit-server is given up."""

    def __init__(self, settings: Settings, profiles: Mapping[str, Profile]) -> None:
        self._settings = settings
        self._profiles = profiles
        self._metrics_folder = tempfile.TemporaryDirectory(prefix="roomhand-metrics-")
        self._job_metrics = JobMetrics(Path(self._metrics_folder.name))
        self._health = HealthServer(
            setting="ROOMHAND_HTTP_PORT", checks=self._faults, exposition=self._exposition
        )
        self._redis: redis.asyncio.Redis | None = None
        self._registered = False
        self._draining: asyncio.Task[None] | None = None
        self._signalled = False
        self.instance = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
        self._load = LoadWatch(terms_of(settings), self._job_metrics, self._job_ids)
        self._server = self._agent_server()
        metrics.SLOTS.set(self._load.terms.jobs)
        metrics.ROOMS.set_function(self._rooms)

    def _agent_server(self) -> AgentServer:
        settings = self._settings
        set_livekit_defaults()
        server = AgentServer(
            job_executor_type=JobExecutorType.PROCESS,
            ws_url=settings.livekit_url,
            api_key=settings.livekit_api_key,
            api_secret=settings.livekit_api_secret.get_secret_value(),
            num_idle_processes=settings.idle_processes,
            drain_timeout=settings.drain_timeout_s,
            initialize_process_timeout=BEGINS_S,
            load_fnc=lambda: self._load.value * LIVEKIT_FULL,
            load_threshold=LIVEKIT_FULL * 0.999,
            host="127.0.0.1",
            port=0,
            prometheus_multiproc_dir=self._metrics_folder.name,
            preload_modules=[PRELOAD],
            setup_fnc=job.warm,
            log_level=settings.log_level,
        )
        server.rtc_session(
            job.entrypoint,
            agent_name=settings.worker_name,
            on_request=self._on_request,
            on_session_end=job.ended,
        )
        server.on("worker_registered", self._on_registered)
        return server

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT has drained the worker.

        Raises LiveKitError, RedisError, and ConfigError where the HTTP port cannot be had.
        """
        settings = self._settings
        async with AsyncExitStack() as stack:
            stack.enter_context(self._metrics_folder)
            async with livekit_admin(settings) as admin:
                await admin.check()
            self._redis, _ = await connect(settings.redis_url.get_secret_value())
            stack.push_async_callback(self._redis.aclose)
            await self._health.start(settings.http_host, settings.http_port)
            stack.push_async_callback(self._health.close)
            logger.info("health and metrics", extra={"port": self._health.port})
            await self._serve()

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_signal, stop)
        serving = asyncio.create_task(self._server.run(), name="agent-server")
        stopping = asyncio.create_task(stop.wait(), name="stop-signal")
        assert self._redis is not None
        scripts = Scripts(self._redis)
        ended = EndedJobs(scripts, self._jobs)
        watching = Background(ended.run(), "ended-jobs")
        announcing = Announcing(
            WorkerBoard(scripts), self._record, self._job_metrics.usage, stop.set
        )
        telling = Background(announcing.run(), "announcing")
        measuring = Background(self._load.run(), "load")
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                await self._drain()
            await self._server.aclose()
            await self._finish(serving)
        finally:
            await end_all([stopping])
            for one in (watching, telling, measuring):
                await one.end()
            await announcing.leave()

    async def _finish(self, serving: asyncio.Task[None]) -> None:
        try:
            await serving
        except RuntimeError as error:  # how AgentServer says that it has tried often enough
            raise LiveKitError(
                f"lost livekit-server at {self._settings.livekit_url} for good: {error}"
            ) from error

    def _on_signal(self, stop: asyncio.Event) -> None:
        if self._draining is not None and self._signalled:
            logger.warning("second signal: jobs are ended now")
            self._draining.cancel()
        self._signalled = True
        stop.set()

    async def _drain(self) -> None:
        """Take no more jobs and wait for those that run, at most ``drain_timeout_s``."""
        metrics.DRAINING.set(1)
        logger.info("draining", extra={"jobs": len(self._server.active_jobs)})
        self._draining = asyncio.create_task(self._server.drain(), name="drain")
        assert self._redis is not None
        handing = HandingOver(Scripts(self._redis), self._jobs)
        asking = Background(handing.run(), "hand-over")
        await asyncio.wait({self._draining})
        await asking.end()
        if not self._draining.cancelled() and self._draining.exception() is not None:
            logger.warning("jobs still running after the drain time-out are ended")

    def _exposition(self) -> bytes:
        return exposition(self._job_metrics)

    def _on_registered(self, *_: object) -> None:
        self._registered = True

    def _jobs(self) -> list[RunningJobInfo]:
        return self._server.active_jobs if self._registered else []

    def _record(self, started_s: float, usage: Usage) -> WorkerRecord:
        """As operators see it."""
        settings = self._settings
        return WorkerRecord(
            id=self.instance,
            host=socket.gethostname(),
            livekit_id=self._server.id if self._registered else "",
            name=settings.worker_name,
            version=__version__,
            started_s=started_s,
            slots=self._load.terms.jobs,
            load=self._load.value,
            load_parts={part: round(value, 3) for part, value in self._load.parts.items()},
            draining=self._draining is not None,
            jobs=tuple(map(_told, self._jobs())),
            usage=usage,
        )

    def _job_ids(self) -> list[str]:
        return [info.job.id for info in self._jobs()]

    def _rooms(self) -> int:
        return len(self._jobs())

    async def _faults(self) -> Mapping[str, str]:
        faults = dict[str, str]()
        if not self._registered:
            faults["livekit"] = "not registered yet"
        if self._server.draining:
            faults["worker"] = "draining"
        assert self._redis is not None
        return faults | await faults_of(self._redis)

    async def _on_request(self, request: JobRequest) -> None:
        """Accept a dispatch for a known agent under a fresh epoch; well below LiveKit's 3 s."""
        name = agent_of(request.job.metadata)
        if worker_of(request.job.metadata) not in ("", self.instance):
            logger.info("a dispatch for another worker", extra={"job": request.id, "agent": name})
            await request.reject(terminate=False)
            return
        profile = self._profiles.get(name) if name else None
        if name is None or profile is None:
            await self._refuse(request, "unknown_agent", agent=name)
            return
        if (part := self._load.refusal()) is not None:
            await self._refuse(request, "full", terminate=False, agent=name, part=part)
            return
        with self._load.coming():
            await self._admit(request, name, profile)

    async def _admit(self, request: JobRequest, name: str, profile: Profile) -> None:
        """Returns when the job runs."""
        try:
            assert self._redis is not None
            wanted = WantedStore(Scripts(self._redis), RoomKeys(request.room.name))
            answer = await wanted.admit(name, generation_of(request.job.metadata))
        except RoomhandError as error:
            await self._refuse(request, "redis", terminate=False, agent=name, error=str(error))
            return
        if isinstance(answer, Turned):
            await self._refuse(request, answer.why, agent=name)
            return
        await request.accept(
            name=profile.shown_as,
            identity=agent_identity(name, answer.epoch),
            attributes={
                AGENT_ATTRIBUTE: name,
                STATE_ATTRIBUTE: AgentState.INITIALIZING,
                EPOCH_ATTRIBUTE: str(answer.epoch),
            },
        )

    async def _refuse(
        self, request: JobRequest, reason: str, *, terminate: bool = True, **fields: object
    ) -> None:
        metrics.JOBS_REFUSED.labels(reason).inc()
        logger.warning("dispatch refused", extra={"reason": reason, "job": request.id, **fields})
        await request.reject(terminate=terminate)


def _told(info: RunningJobInfo) -> WorkerJob:
    parsed = parse_agent_identity(info.accept_arguments.identity)
    return WorkerJob(room=info.job.room.name, agent=parsed[0] if parsed else "")
