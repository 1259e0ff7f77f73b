"""From nothing to a session that knows its setup, or one clear refusal."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import time
from typing import Any, cast

from openai import AsyncOpenAI, Omit, omit
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai.types.realtime.realtime_session_create_request_param import (
    RealtimeSessionCreateRequestParam,
)
from openai.types.realtime.realtime_transcription_session_create_request_param import (
    RealtimeTranscriptionSessionCreateRequestParam,
)
from openai.types.realtime.session_update_event_param import SessionUpdateEventParam
from openai.types.websocket_connection_options import WebSocketConnectionOptions
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
    SecurityError,
)

from roomhand_plugins.base import SessionRefusedError
from roomhand_plugins.openai.faults import closed_by_peer, refused_by_error, refused_by_status
from roomhand_plugins.openai.options import Options
from roomhand_plugins.openai.wire import MalformedEventError, UnknownEventError, decode

CLOSE_LIMIT_S = 1.0
"""Longest wait for the other end when a socket is closed."""
_MESSAGE_LIMIT_BYTES = 16 * 1024 * 1024
_SOCKET_LOG = logging.getLogger("roomhand_plugins.openai.socket")
# At DEBUG the socket writes every header to its log, and one of them is the key.
_SOCKET_LOG.setLevel(logging.INFO)


def tls_for(options: Options) -> ssl.SSLContext | None:
    """What all sockets share: loading the certificates for each would hold up every voice."""
    secure = options.base_url.startswith(("wss://", "https://"))
    return ssl.create_default_context() if secure else None


async def connect(
    client: AsyncOpenAI, options: Options, tls: ssl.SSLContext | None
) -> AsyncRealtimeConnection:
    """A socket to the service. Raises SessionRefusedError.

    The client's own reconnecting stays off: it would reopen an empty session.
    """
    headers = {name: value.get_secret_value() for name, value in options.headers.items()}
    try:
        return await client.realtime.connect(
            model=_model(options),
            extra_query=_query(options),
            extra_headers=headers,
            websocket_connection_options=_socket_options(options, tls),
        ).enter()
    except InvalidStatus as error:
        answer = error.response
        raise refused_by_status(
            answer.status_code, answer.body or b"", answer.headers.get("Retry-After")
        ) from None
    except (InvalidURI, SecurityError, ssl.SSLCertVerificationError) as error:
        raise SessionRefusedError(f"{error}. Check base_url", retryable=False) from None
    except (OSError, EOFError, InvalidHandshake, ConnectionClosed) as error:
        text = str(error) or type(error).__name__
        raise SessionRefusedError(f"cannot connect: {text}", retryable=True) from None


async def configure(
    connection: AsyncRealtimeConnection,
    session: RealtimeSessionCreateRequestParam | RealtimeTranscriptionSessionCreateRequestParam,
) -> float | None:
    """Send the setup and wait until the service has taken it.

    Returns how many seconds the session may live, if the service says so. Raises
    SessionRefusedError.
    """
    update: SessionUpdateEventParam = {
        "type": "session.update",
        "event_id": "session_0",
        "session": session,
    }
    lives_s: float | None = None
    try:
        await connection.send_raw(json.dumps(update))
        while True:
            try:
                event: Any = decode(await connection.recv_bytes())
            except (UnknownEventError, MalformedEventError):
                continue
            if event.type == "error":
                error = event.error
                raise refused_by_error(
                    getattr(error, "code", None),
                    getattr(error, "type", None),
                    str(getattr(error, "message", "")),
                )
            if event.type in {"session.created", "session.updated"}:
                expires_at = getattr(event.session, "expires_at", None)
                if isinstance(expires_at, int | float):
                    lives_s = expires_at - time.time()
            if event.type == "session.updated":
                return lives_s
    except ConnectionClosed as error:
        frame = error.rcvd
        closed = closed_by_peer(frame.code if frame else None, frame.reason if frame else "")
        raise SessionRefusedError(closed.detail, retryable=closed.retryable) from None


def _model(options: Options) -> str | Omit:
    """OpenAI makes a conversation of a session whose address names a model; some servers want one
    there even so, and the profile says it."""
    named = not options.listen_only or "model" in options.model_fields_set
    return options.model if named else omit


def _query(options: Options) -> dict[str, object]:
    intent = {"intent": "transcription"} if options.listen_only else {}
    return {**intent, **options.query}


async def hang_up(connection: AsyncRealtimeConnection) -> None:
    """Close politely; a peer that does not read is left without a word. Never hangs."""
    try:
        async with asyncio.timeout(CLOSE_LIMIT_S):
            await connection.close()
    except TimeoutError:
        # The package offers no way to drop a socket whose closing frame cannot be written.
        connection._connection.transport.abort()


def _socket_options(options: Options, tls: ssl.SSLContext | None) -> WebSocketConnectionOptions:
    """Limits of the socket. The package passes them on to websockets but types only some."""
    given: dict[str, Any] = {
        "max_size": _MESSAGE_LIMIT_BYTES,
        "compression": None,
        "open_timeout": None,
        "close_timeout": CLOSE_LIMIT_S,
        "ping_interval": options.ping_interval_s,
        "ping_timeout": options.ping_timeout_s,
        "logger": _SOCKET_LOG,
    }
    if tls is not None:
        given["ssl"] = tls
    return cast(WebSocketConnectionOptions, given)
