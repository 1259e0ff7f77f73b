"""Two clients for tests of the server: the unmodified ``openai`` one, and one that may be wrong."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai.types.realtime.realtime_server_event import RealtimeServerEvent
from websockets.asyncio.client import ClientConnection, connect

from tests.sim.realtime.server import RealtimeServer
from tests.sim.tones import decode, encode

MODEL = "gpt-realtime-2.1"
TIMEOUT_S = 10.0


def base64_of(words: Sequence[str], gap_s: float = 0.08) -> str:
    """Tone words as the ``audio`` of an append."""
    return base64.b64encode(encode(words, gap_s=gap_s).tobytes()).decode()


def silence(duration_ms: int) -> str:
    """Silence as the ``audio`` of an append."""
    return base64.b64encode(bytes(duration_ms * 48)).decode()


@asynccontextmanager
async def openai_client(
    server: RealtimeServer, *, key: str = "sk-test", headers: Mapping[str, str] | None = None
) -> AsyncIterator[AsyncRealtimeConnection]:
    """The real client, retargeted; its first event is still to be received."""
    async with (
        AsyncOpenAI(api_key=key, websocket_base_url=server.url, max_retries=0) as client,
        client.realtime.connect(model=MODEL, extra_headers=headers or {}) as connection,
    ):
        yield connection


async def received_until(
    connection: AsyncRealtimeConnection, type_: str, times: int = 1
) -> list[RealtimeServerEvent]:
    """Events up to the ``times``-th of a type. Raises TimeoutError."""
    events: list[RealtimeServerEvent] = []
    async with asyncio.timeout(TIMEOUT_S):
        while sum(event.type == type_ for event in events) < times:
            events.append(await connection.recv())
    return events


def audio_in(events: Sequence[RealtimeServerEvent]) -> bytes:
    """All answer audio of these events."""
    return b"".join(
        base64.b64decode(event.delta)
        for event in events
        if event.type == "response.output_audio.delta"
    )


def words_in(pcm: bytes) -> list[str]:
    """The tone words of 24 kHz audio."""
    return [word.word for word in decode(np.frombuffer(pcm, dtype="<i2"))]


class Talker:
    """A client that sends what it is told, right or wrong."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []

    async def send(self, type_: str, **fields: Any) -> None:
        """Send one event."""
        await self.socket.send(json.dumps({"type": type_, **fields}))

    async def until(self, type_: str) -> dict[str, Any]:
        """The next event of this type; all are kept in ``events``. Raises TimeoutError."""
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                event: dict[str, Any] = json.loads(await self.socket.recv())
                self.events.append(event)
                if event["type"] == type_:
                    return event

    async def error_of(self, type_: str, **fields: Any) -> dict[str, Any]:
        """Send an event that must be refused; the body of the refusal, which names that event."""
        await self.send(type_, event_id="mine", **fields)
        error: dict[str, Any] = (await self.until("error"))["error"]
        assert error["event_id"] == "mine"
        return error

    async def update(self, **session: Any) -> dict[str, Any]:
        """Change a conversation session; the whole session after it."""
        await self.send("session.update", session={"type": "realtime", **session})
        updated: dict[str, Any] = (await self.until("session.updated"))["session"]
        return updated

    async def manual_turns(self, **hearing: Any) -> None:
        """Switch the server's speech detection off; transcribe."""
        transcription = {"model": "gpt-live-transcribe"}
        first = {"turn_detection": None, "transcription": transcription}
        await self.update(audio={"input": first | hearing})

    async def say(self, words: Sequence[str]) -> str:
        """Append and commit; the id of the item."""
        await self.send("input_audio_buffer.append", audio=base64_of(words))
        await self.send("input_audio_buffer.commit")
        return str((await self.until("input_audio_buffer.committed"))["item_id"])

    def types(self) -> list[str]:
        """The types of all events so far."""
        return [event["type"] for event in self.events]


@asynccontextmanager
async def talker(
    server: RealtimeServer,
    query: str = f"?model={MODEL}",
    *,
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[Talker]:
    """A raw connection that has received ``session.created``."""
    sent = {"Authorization": "Bearer sk-test", **(headers or {})}
    async with connect(f"{server.url}/realtime{query}", additional_headers=sent) as socket:
        client = Talker(socket)
        if not headers:
            await client.until("session.created")
        yield client
