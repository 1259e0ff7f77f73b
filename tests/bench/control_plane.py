"""The control plane as a process of its own, with a fake in the place of livekit-server.

    python -m tests.bench.control_plane --redis URL --grpc-port N

Everything else is what ships. It runs until SIGTERM; then it prints how often it sent for an agent.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from roomhand.control import plane
from roomhand.settings import Settings

KEY, SECRET = "devkey", "secret-that-is-long-enough-for-hs256"


@dataclass
class FakeLiveKit:
    """Every room is open, and a dispatch is only counted."""

    made: int = 0

    async def check(self) -> None:
        """As the real one."""

    async def room_exists(self, room: str) -> bool:
        """As the real one."""
        return True

    async def dispatch(self, room: str, agent: str, generation: int) -> str:
        """As the real one, but that no worker hears of it."""
        self.made += 1
        return "AD_1"

    async def remove_dispatches(self, room: str, agent: str) -> None:
        """As the real one."""


def settings(redis_url: str, grpc_port: int = 0) -> Settings:
    """Of the control plane; its livekit-server is nowhere."""
    return Settings(
        livekit_url="ws://127.0.0.1:9",
        livekit_api_key=KEY,
        livekit_api_secret=SECRET,  # type: ignore[arg-type]
        redis_url=redis_url,  # type: ignore[arg-type]
        control_grpc_port=grpc_port,
        control_http_port=0,
    )


def main() -> None:
    """Run until told to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redis", required=True)
    parser.add_argument("--grpc-port", type=int, required=True)
    given = parser.parse_args()
    fake = FakeLiveKit()

    @asynccontextmanager
    async def admin(_: Settings) -> AsyncIterator[FakeLiveKit]:
        yield fake

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plane, "livekit_admin", admin)
        asyncio.run(plane.ControlPlane(settings(given.redis, given.grpc_port)).run())
    print(json.dumps({"dispatches": fake.made}), flush=True)


if __name__ == "__main__":
    main()
