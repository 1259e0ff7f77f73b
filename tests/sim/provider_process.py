"""The mock provider in a process of its own, so that its ears cost nobody else anything."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

UP_S = 30.0


@dataclass(frozen=True, slots=True)
class ProviderProcess:
    """One that serves."""

    url: str


@asynccontextmanager
async def provider_process(*arguments: str) -> AsyncIterator[ProviderProcess]:
    """Serve for as long as the block runs. ``arguments``: of ``tests.sim.realtime_server``."""
    command = [sys.executable, "-m", "tests.sim.realtime_server", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, env=dict(os.environ)
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), UP_S)
        assert line, "the mock provider ended"
        yield ProviderProcess(line.decode().strip())
    finally:
        process.terminate()
        await process.wait()
