"""The HTTP port of a process of ours: /livez, /readyz, /metrics, and what else it is given.

Liveness never depends on Redis or LiveKit: killing a worker because they are away would kill live
rooms. Readiness does.
"""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import web

from roomhand.errors import ConfigError, Fault

Checks = Callable[[], Awaitable[Mapping[str, str]]]
"""What is not ready, by name; empty when all is well."""

MAX_BODY = 256 * 1024
"""Bytes of a request: more is answered 413."""


class HealthServer:
    """Serves the three pages, and ``more``, until ``close``; ``exposition`` makes the text of the
    metrics, and ``setting`` is what chooses the port."""

    def __init__(
        self,
        *,
        setting: str,
        checks: Checks,
        exposition: Callable[[], bytes],
        more: Sequence[web.RouteDef] = (),
    ) -> None:
        self._checks = checks
        self._exposition = exposition
        app = web.Application(client_max_size=MAX_BODY)
        app.add_routes(
            [
                web.get("/livez", self._livez),
                web.get("/readyz", self._readyz),
                web.get("/metrics", self._metrics),
                *more,
            ]
        )
        self._runner = web.AppRunner(app, access_log=None)
        self._setting = setting
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Listen; ``port`` 0 takes a free one. ``self.port`` is the one taken.

        Raises ConfigError where nobody can listen there.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise ConfigError([_unusable(self._setting, host, port, error)]) from None
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _livez(self, _: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        faults = await self._checks()
        lines = [f"{name}: {problem}" for name, problem in sorted(faults.items())] or ["ok"]
        return web.Response(text="\n".join(lines) + "\n", status=503 if faults else 200)

    async def _metrics(self, _: web.Request) -> web.Response:
        return web.Response(
            body=self._exposition(),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )


def _unusable(setting: str, host: str, port: int, error: OSError) -> Fault:
    if error.errno == errno.EADDRINUSE:
        return Fault(
            setting,
            f"port {port} of {host} is taken",
            "Choose another, 0 for any that is free, or end the process that has it",
        )
    return Fault(
        "ROOMHAND_HTTP_HOST",
        f"cannot listen on {host} port {port} ({error.strerror})",
        f"Set it to an address of this machine, 0.0.0.0 for all, and {setting} to a port that this "
        "user may open",
    )
