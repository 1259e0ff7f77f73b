"""The listening socket: who is let in, and one session for each connection."""

from __future__ import annotations

import asyncio
import http
import json
import math
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TypeAlias
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.sim.realtime.behaviour import Behaviour, Refusal
from tests.sim.realtime.link import Link
from tests.sim.realtime.record import SessionRecord
from tests.sim.realtime.session import RealtimeSession
from tests.sim.realtime.wire import ClientError

Behaviours: TypeAlias = Behaviour | Sequence[Behaviour] | Callable[[int], Behaviour]

_MAX_MESSAGE_BYTES = 32 * 1024 * 1024


class RealtimeServer:
    """A Realtime service on loopback. Use as ``async with``; leaving raises the server's own
    faults, so that a mock that broke cannot pass for a service that was silent.

    ``behaviours``: one for all sessions, a list (session n takes the n-th, later ones the last), or
    a function of the session's number from 0.
    """

    def __init__(self, behaviours: Behaviours | None = None, *, port: int = 0) -> None:
        self._behaviours = behaviours if behaviours is not None else Behaviour()
        self._port = port
        self._server: Server | None = None
        self._attempts = 0
        self._failures: list[Exception] = []
        self.sessions: list[SessionRecord] = []
        self._opened = asyncio.Event()

    @property
    def url(self) -> str:
        """``websocket_base_url`` of a client, without ``/realtime``."""
        return f"ws://127.0.0.1:{self._port}/v1"

    async def __aenter__(self) -> RealtimeServer:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            self._port,
            process_request=self._admit,
            open_timeout=None,
            ping_interval=None,
            close_timeout=1,
            max_size=_MAX_MESSAGE_BYTES,
            compression=None,
        )
        self._port = next(iter(self._server.sockets)).getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        connections = list(self._server.connections)
        self._server.close()
        async with asyncio.TaskGroup() as closing:
            for connection in connections:
                closing.create_task(_end(connection))
        await self._server.wait_closed()
        if self._failures and error is None:
            raise ExceptionGroup("the mock server failed", self._failures)

    async def session(self, index: int, timeout_s: float = 10.0) -> SessionRecord:
        """The record of session ``index``, waiting until it is opened. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while len(self.sessions) <= index:
                self._opened.clear()
                await self._opened.wait()
        return self.sessions[index]

    def _behaviour(self, index: int) -> Behaviour:
        if isinstance(self._behaviours, Behaviour):
            return self._behaviours
        if callable(self._behaviours):
            return self._behaviours(index)
        return self._behaviours[min(index, len(self._behaviours) - 1)]

    async def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """Before the upgrade. None lets the client in."""
        connection.index = self._attempts  # type: ignore[attr-defined]
        behaviour = self._behaviour(self._attempts)
        self._attempts += 1
        await asyncio.sleep(behaviour.handshake_delay_s)
        if urlsplit(request.path).path != "/v1/realtime":
            return _http(connection, Refusal(404, "not_found", "No such path."))
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        known = behaviour.api_keys is None or key in behaviour.api_keys
        if scheme != "Bearer" or not key or not known:
            return _http(connection, Refusal())
        refusal = behaviour.refusal
        return _http(connection, refusal) if refusal and not refusal.after_upgrade else None

    async def _serve(self, connection: ServerConnection) -> None:
        """After the upgrade."""
        request = connection.request
        assert request is not None
        query = parse_qs(urlsplit(request.path).query)
        behaviour = self._behaviour(connection.index)  # type: ignore[attr-defined]
        record = SessionRecord(
            index=len(self.sessions),
            path=request.path,
            model=query.get("model", [None])[0],
            authorization=request.headers.get("Authorization"),
        )
        self.sessions.append(record)
        self._opened.set()
        link = Link(connection, behaviour.faults, record)
        try:
            if "realtime=v1" in request.headers.get("OpenAI-Beta", ""):
                await _turn_away(link, _BETA, 4000)
            elif record.model is None and query.get("intent") != ["transcription"]:
                await _turn_away(link, _NO_MODEL, 4000)
            elif behaviour.refusal:
                wrong = ClientError(behaviour.refusal.code, behaviour.refusal.message)
                await _turn_away(link, wrong, 3000)
            else:
                await self._converse(connection, behaviour, record)
        finally:
            record.ended = True
            record.changed()

    async def _converse(
        self, connection: ServerConnection, behaviour: Behaviour, record: SessionRecord
    ) -> None:
        session = RealtimeSession(connection, behaviour, record)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(session.run(tasks))
                tasks.create_task(_stop_when_over(connection))
        except ExceptionGroup as group:
            _, failures = group.split((ConnectionClosed, _OverError))
            if failures:
                self._failures.extend(failures.exceptions)
                await connection.close(1011, "the mock server failed")


class _OverError(Exception):
    """The socket is closed: every task of the session ends."""


async def _stop_when_over(connection: ServerConnection) -> None:
    await connection.wait_closed()
    raise _OverError


async def _end(connection: ServerConnection) -> None:
    """Close politely, and at once if the other side does not answer."""
    try:
        async with asyncio.timeout(1):
            await connection.close(1001)
    except TimeoutError:
        connection.transport.abort()


async def _turn_away(link: Link, error: ClientError, close_code: int) -> None:
    await link.refuse(error, None)
    await link.close(close_code, f"invalid_request_error.{error.code}")


_BETA = ClientError(
    "beta_api_shape_disabled",
    "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.",
)
_NO_MODEL = ClientError("missing_model", "You must provide a model parameter.")


def _http(connection: ServerConnection, refusal: Refusal) -> Response:
    error = {
        "message": refusal.message,
        "type": "invalid_request_error",
        "param": None,
        "code": refusal.code,
    }
    status = http.HTTPStatus(refusal.status)
    response = connection.respond(status, json.dumps({"error": error}))
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = "application/json"
    if refusal.retry_after_s is not None:
        response.headers["Retry-After"] = str(math.ceil(refusal.retry_after_s))
    return response
