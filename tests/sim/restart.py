"""Servers that die and come back at their address."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Generic, TypeVar

from tests.sim import servers

Server = TypeVar("Server", servers.LiveKit, servers.Redis)


class Restart(Generic[Server]):
    """One server. ``begin`` runs it, at the same address every time. Every method blocks."""

    def __init__(self, begin: Callable[[], AbstractContextManager[Server]]) -> None:
        self._begin: Callable[[], AbstractContextManager[Server]] = begin
        self._stack = ExitStack()
        self._server: Server | None = None

    @property
    def server(self) -> Server:
        """As it runs, or ran. Raises AssertionError before the first start."""
        assert self._server is not None, "it was never started"
        return self._server

    def start(self) -> None:
        """Returns when it answers."""
        self._server = self._stack.enter_context(self._begin())

    def kill(self) -> None:
        """With -9."""
        process = self.server.process
        assert process is not None, "the server is not ours"
        process.kill()
        self._stack.close()

    def close(self) -> None:
        """End it, if it runs."""
        self._stack.close()


def livekit(webhook: str = "") -> Restart[servers.LiveKit]:
    """It forgets its rooms. It tells of them at ``webhook``, if that is given."""
    port = servers.free_port()
    return Restart(lambda: servers.livekit_server(port=port, webhook=webhook))


def redis(data: Path) -> Restart[servers.Redis]:
    """It keeps what it has in an append-only file in that folder."""
    port = servers.free_port()
    return Restart(lambda: servers.redis_server(data=data, append_only=True, port=port))
