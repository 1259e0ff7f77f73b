"""What grpc.health.v1 tells of the API: it serves while all is well that every call needs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from grpc_health.v1 import health, health_pb2

from roomhand.coordination.background import Background
from roomhand.health import Checks

logger = logging.getLogger(__name__)

LOOK_S = 1.0
_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def nothing_is_wrong() -> Mapping[str, str]:
    """Of an API that nobody looks after."""
    return {}


class Readiness:
    """Looks every ``LOOK_S`` and tells whoever asks or watches, until ``close``."""

    def __init__(self, services: Sequence[str], checks: Checks) -> None:
        """``services``: full names; the server as a whole has the same state, as the empty name."""
        self.servicer = health.aio.HealthServicer()
        self._names = ("", *services)
        self._checks = checks
        self._serves: bool | None = None
        self._looking: Background | None = None

    async def start(self) -> None:
        """The first look is over when this returns."""
        await self._look()
        self._looking = Background(self._look_for_ever(), "readiness")

    async def close(self) -> None:
        """It serves no more."""
        if self._looking:
            await self._looking.end()
        await self.servicer.enter_graceful_shutdown()

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            await self._look()

    async def _look(self) -> None:
        faults = await self._checks()
        serves = not faults
        if serves is self._serves:
            return
        self._serves = serves
        logger.info("api", extra={"serves": serves, "faults": dict(faults)})
        for name in self._names:
            await self.servicer.set(name, _SERVING if serves else _NOT_SERVING)
