"""What the demo runs on: servers, a profile, a real worker process and the command line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from livekit import api

from roomhand.settings import Settings, load_settings
from tests.sim import servers

READY_S = 60.0
COMMAND_S = 60.0
DRAIN_S = 30.0
KEY_VARIABLE = "OPENAI_API_KEY"
BASE_URL_VARIABLE = "OPENAI_BASE_URL"
VOICE = {"noise_scale": 0.0, "noise_w": 0.0}
OFFLINE_VOICES = (
    {"semitones": -1.0, "length_scale": 1.2},
    {"semitones": -3.0, "length_scale": 1.0},
)
MODEL_VOICES = ("marin", "cedar")
INSTRUCTIONS = (
    "You take part in a meeting of several people. Answer only what you are asked, in one or two "
    "short sentences, from what was said in this meeting, and name who said it. When you are asked "
    "what was talked about, go through everything that each person said. When you are told to ask "
    "somebody else, say only that one's name, and then the last question that was put to you."
)


class DemoError(Exception):
    """The demo cannot go on; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A worker that is ready. ``environment`` is that of every process."""

    livekit: servers.LiveKit
    environment: dict[str, str]
    settings: Settings
    folder: Path

    async def roomhand(self, *arguments: str) -> str:
        """Run a command of ours to its end. Raises DemoError with its message."""
        command = [sys.executable, "-m", "roomhand", *arguments]
        process = await asyncio.create_subprocess_exec(
            *command,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(), COMMAND_S)
        except TimeoutError:
            raise DemoError(f"roomhand {arguments[0]} did not end in {COMMAND_S:g} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        text = output.decode(errors="replace").strip()
        if process.returncode:
            raise DemoError(f"roomhand {arguments[0]} failed:\n{text}")
        return text

    def token(self, room: str, identity: str, name: str = "", *, hidden: bool = False) -> str:
        """Admission to a room; who is hidden listens, and nobody sees it."""
        grants = api.VideoGrants(room_join=True, room=room, hidden=hidden, can_publish=not hidden)
        made = api.AccessToken(self.livekit.api_key, self.livekit.api_secret)
        made = made.with_identity(identity).with_name(name).with_grants(grants)
        return made.with_ttl(timedelta(hours=6)).to_jwt()


def profiles(agents: Sequence[str]) -> list[dict[str, Any]]:
    """The agents, each in a voice of its own: the real model where there is a key, else offline."""
    address = os.environ.get(BASE_URL_VARIABLE)
    if not os.environ.get(KEY_VARIABLE):
        return [
            {"name": agent.lower(), "plugin": "local", "options": {**VOICE, **own}}
            for agent, own in zip(agents, OFFLINE_VOICES, strict=True)
        ]
    return [
        {
            "name": agent.lower(),
            "plugin": "openai",
            "instructions": INSTRUCTIONS,
            "voice": voice,
            "options": {"base_url": address} if address else {},
        }
        for agent, voice in zip(agents, MODEL_VOICES, strict=True)
    ]


@contextlib.asynccontextmanager
async def stage(agents: Sequence[str], folder: Path) -> AsyncIterator[Stage]:
    """Servers, checked by the doctor, and a worker that takes jobs; all ended after the block.

    Raises DemoError.
    """
    with contextlib.ExitStack() as stack:
        try:
            livekit = stack.enter_context(servers.livekit_server(log=folder / "livekit-server.log"))
            redis = stack.enter_context(servers.redis_server())
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            raise DemoError(str(error)) from error
        environment = _environment(livekit, redis.url, agents, folder)
        made = Stage(livekit, environment, _settings(environment), folder)
        await made.roomhand("doctor")
        async with _worker(made):
            yield made


def _environment(
    livekit: servers.LiveKit, redis_url: str, agents: Sequence[str], folder: Path
) -> dict[str, str]:
    file = folder / "agents.yaml"
    file.write_text(yaml.safe_dump({"agents": profiles(agents)}), encoding="utf-8")
    return os.environ | {
        "LIVEKIT_URL": livekit.url,
        "LIVEKIT_API_KEY": livekit.api_key,
        "LIVEKIT_API_SECRET": livekit.api_secret,
        "REDIS_URL": redis_url,
        "ROOMHAND_PROFILES": str(file),
        "ROOMHAND_IDLE_PROCESSES": str(len(agents)),
        "ROOMHAND_HTTP_PORT": str(servers.free_port()),
        "ROOMHAND_LOG_JSON": "0",
        "ROOMHAND_DRAIN_TIMEOUT_S": "5",
        "ROOMHAND_WORKER_NAME": f"demo-{os.getpid()}",
        "COLUMNS": "200",
    }


def _settings(environment: dict[str, str]) -> Settings:
    names = ("livekit_url", "livekit_api_key", "livekit_api_secret", "redis_url")
    given = {name: environment[name.upper()] for name in names}
    return load_settings(given | {"worker_name": environment["ROOMHAND_WORKER_NAME"]})


@contextlib.asynccontextmanager
async def _worker(made: Stage) -> AsyncIterator[None]:
    log = made.folder / "worker.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "roomhand", "worker"],
            env=made.environment,
            stdout=out,
            stderr=asyncio.subprocess.STDOUT,
            # Ctrl-C is for us; the worker ends when we say so, and its jobs with it.
            start_new_session=True,
        )
        try:
            await _ready(made.environment["ROOMHAND_HTTP_PORT"], process, log)
            yield
        finally:
            await _end(process)


async def _ready(port: str, process: asyncio.subprocess.Process, log: Path) -> None:
    deadline_s = time.monotonic() + READY_S
    timeout = aiohttp.ClientTimeout(total=2)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while process.returncode is None and time.monotonic() < deadline_s:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.2)
    ended = f"ended with code {process.returncode}" if process.returncode else "is not ready"
    raise DemoError(f"roomhand worker {ended}. The end of {log}:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), DRAIN_S)
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
