"""A real worker process, the pages it serves and the commands that are run beside it."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import urlsplit

import psutil
import yaml

from tests.sim import servers
from tests.sim.realtime_server import RealtimeServer
from tests.system import priority
from tests.system.stage import Venue

ROOMHAND = (sys.executable, "-m", "roomhand")
READY_S = 120.0
"""Until a process of ours is, beside others that leave it little of two cores."""


@dataclass
class Office:
    """A process of ours that is ready, and the environment in which commands run beside it."""

    venue: Venue
    process: asyncio.subprocess.Process
    environment: dict[str, str]
    port: int

    async def run(self, *arguments: str) -> str:
        """A command's standard output; it must succeed."""
        command = await asyncio.create_subprocess_exec(
            *ROOMHAND,
            *arguments,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        priority.yield_to_others(command.pid)
        out, err = await asyncio.wait_for(command.communicate(), READY_S)
        assert command.returncode == 0, err.decode()
        return out.decode()

    async def page(self, name: str) -> tuple[int, str]:
        """Status and text of a page of the worker; 0 where nobody answers."""
        return await asyncio.to_thread(fetch, f"http://127.0.0.1:{self.port}/{name}")

    async def until_metric(self, name: str, value: float) -> None:
        """Wait until /metrics says so. Raises AssertionError."""

        async def holds() -> bool:
            _, text = await self.page("metrics")
            found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
            return found is not None and float(found[1]) == value

        await eventually_true(holds, 10)

    async def until_page(self, name: str, status: int, limit_s: float = 30) -> str:
        """The page, once it has this status. Raises AssertionError."""
        found = (0, "")

        async def answers() -> bool:
            nonlocal found
            assert self.process.returncode is None, "the worker has ended"
            found = await self.page(name)
            return found[0] == status

        await eventually_true(answers, limit_s)
        return found[1]


def fetch(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


class Provider(Protocol):
    """Where the model of the agents is."""

    @property
    def url(self) -> str: ...


@asynccontextmanager
async def office(
    venue: Venue,
    server: Provider,
    folder: Path,
    *,
    policy: str = "silent",
    max_jobs: int = 16,
    variables: Mapping[str, str] = MappingProxyType({}),
    **profile: Any,
) -> AsyncIterator[Office]:
    """A worker for the agent sage, whose model is the mock server."""
    agent = {
        "name": "sage",
        "plugin": "openai",
        "options": {"base_url": server.url, "api_key": "sk-test"},
        "address": {"policy": policy},
        **profile,
    }
    (folder / "agents.yaml").write_text(yaml.safe_dump({"agents": [agent]}))
    more = {"ROOMHAND_MAX_JOBS": str(max_jobs), **variables}
    async with _serving(venue, folder, "worker", "ROOMHAND_HTTP_PORT", more) as there:
        yield there


@asynccontextmanager
async def control_plane(venue: Venue, folder: Path, port: int = 0) -> AsyncIterator[Office]:
    """A control plane beside the workers of ``office``; webhooks on any port that is free, or on
    this."""
    variable, more = (
        "ROOMHAND_CONTROL_HTTP_PORT",
        {"ROOMHAND_CONTROL_GRPC_PORT": str(servers.free_port())},
    )
    async with _serving(venue, folder, "control", variable, more, port) as there:
        yield there


@asynccontextmanager
async def _serving(
    venue: Venue,
    folder: Path,
    command: str,
    port_variable: str,
    more: Mapping[str, str],
    port: int = 0,
) -> AsyncIterator[Office]:
    """A process of ours, from ready on until it is killed."""
    port = port or servers.free_port()
    environment = os.environ | {
        "LIVEKIT_URL": venue.livekit.url,
        "LIVEKIT_API_KEY": venue.livekit.api_key,
        "LIVEKIT_API_SECRET": venue.livekit.api_secret,
        "REDIS_URL": venue.redis.url,
        "ROOMHAND_PROFILES": str(folder / "agents.yaml"),
        port_variable: str(port),
        "ROOMHAND_VAD": "energy",
        "ROOMHAND_WORKER_NAME": venue.room,
        "PYTHONPATH": "",
        **more,
    }
    with (folder / f"{command}.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *ROOMHAND, command, env=environment, stdout=log, stderr=log
        )
        try:
            there = Office(venue, process, environment, port)
            priority.yield_to_others(process.pid)
            await there.until_page("readyz", 200, READY_S)
            priority.yield_no_more(process.pid)
            yield there
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def job_process(worker_pid: int, provider_url: str) -> psutil.Process:
    """The process of the worker that holds the sessions. Raises LookupError."""
    port = urlsplit(provider_url).port
    for process in psutil.Process(worker_pid).children(recursive=True):
        if port in {getattr(one.raddr, "port", None) for one in process.net_connections()}:
            return process
    raise LookupError("no process of the worker has a session")


async def eventually_true(
    holds: Callable[[], Awaitable[bool]], limit_s: float = 30, every_s: float = 0.1
) -> None:
    """Wait for something that another process does. Raises AssertionError."""
    deadline_s = time.monotonic() + limit_s
    while not await holds():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        await asyncio.sleep(every_s)


@asynccontextmanager
async def two_workers(venue: Venue, folder: Path) -> AsyncIterator[Office]:
    """Either may take the agent."""
    other = folder / "other"
    other.mkdir()
    async with (
        RealtimeServer() as server,
        office(venue, server, folder) as worker,
        office(venue, server, other),
    ):
        yield worker
