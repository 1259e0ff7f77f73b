"""One session: client events in, server events out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from websockets.asyncio.server import ServerConnection

from tests.sim.realtime import config as configs
from tests.sim.realtime.behaviour import Behaviour
from tests.sim.realtime.conversation import Conversation, Item, decoded
from tests.sim.realtime.input_buffer import InputBuffer, Turn
from tests.sim.realtime.link import Link
from tests.sim.realtime.record import Committed, SessionRecord
from tests.sim.realtime.responses import Responses
from tests.sim.realtime.transcripts import Recogniser, Transcripts
from tests.sim.realtime.wire import JSON, ClientError, event_id_of, read
from tests.sim.tones import Ear

_DEFAULT_LIMIT_S = 3600.0
_MAX_APPEND_BYTES = 15 * 1024 * 1024


class RealtimeSession:
    """Runs one connection until it ends."""

    def __init__(
        self, connection: ServerConnection, behaviour: Behaviour, record: SessionRecord
    ) -> None:
        self._connection = connection
        self._behaviour = behaviour
        self._record = record
        self._link = Link(connection, behaviour.faults, record)
        self._tasks: asyncio.TaskGroup | None = None
        self._conversation = Conversation(record.index)
        self._buffer = InputBuffer()
        self._recogniser = Recogniser(behaviour.vocabulary)
        self._transcripts = Transcripts(self._link, behaviour)
        self._responses = Responses(self._link, behaviour, self._conversation, record, self._spawn)
        self._pending_item = self._conversation.mint()
        self._live = Ear()
        self._live_words = 0
        self._config = self._first_config()

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        """Greet, then answer client events until the socket closes."""
        self._tasks = tasks
        await asyncio.sleep(self._behaviour.created_delay_s)
        if self._behaviour.session_limit_s is not None:
            self._spawn(self._expire(self._behaviour.session_limit_s))
        await self._link.emit("session.created", session=self._config)
        async for message in self._connection:
            try:
                await self._handle(message)
            except ClientError as error:
                await self._link.refuse(error, event_id_of(message))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        assert self._tasks is not None
        self._tasks.create_task(work)

    def _first_config(self) -> JSON:
        limit_s = self._behaviour.session_limit_s or _DEFAULT_LIMIT_S
        expires_at = int(time.time() + limit_s)
        session_id = f"sess_{self._record.index:03}"
        if self._record.model is None:
            return configs.transcription(session_id, expires_at)
        return configs.realtime(session_id, self._record.model, expires_at)

    async def _expire(self, limit_s: float) -> None:
        await asyncio.sleep(limit_s)
        message = "Your session hit the maximum duration of 60 minutes."
        await self._link.refuse(ClientError("session_expired", message), None)
        await self._link.close(1001, message)

    async def _handle(self, message: str | bytes) -> None:
        event, _ = read(message)
        body = event.model_dump(mode="json", exclude_unset=True, by_alias=True)
        if body["type"] == "session.update":
            self._record.updates.append(message)
        if await self._link.received(body):
            await _HANDLERS[body["type"]](self, body)

    # Session.

    async def _on_update(self, event: JSON) -> None:
        self._config = configs.updated(
            self._config, event["session"], has_spoken=self._responses.has_spoken
        )
        self._record.config = self._config
        await self._link.emit("session.updated", session=self._config)

    # Input audio.

    async def _on_append(self, event: JSON) -> None:
        pcm = decoded(event["audio"], "audio")
        if len(pcm) > _MAX_APPEND_BYTES:
            raise ClientError("invalid_value", "Audio chunk over 15 MiB.", param="audio")
        self._buffer.append(pcm)
        self._record.audio += pcm
        self._record.changed()
        if self._behaviour.live_deltas:
            await self._hear_live(pcm)
        detection = self._config["audio"]["input"]["turn_detection"]
        if detection:
            await self._detect(detection)

    async def _detect(self, detection: JSON) -> None:
        for speech in self._buffer.detect(detection):
            if speech.kind == "started":
                await self._link.emit(
                    "input_audio_buffer.speech_started",
                    audio_start_ms=speech.at_ms,
                    item_id=self._pending_item,
                )
                if detection["interrupt_response"] and self._responses.active:
                    self._responses.cancel(None, "turn_detected")
            else:
                await self._link.emit(
                    "input_audio_buffer.speech_stopped",
                    audio_end_ms=speech.at_ms,
                    item_id=self._pending_item,
                )
                await self._commit(self._buffer.take_until(speech.at_ms))
                if detection["create_response"] and self._config["type"] == "realtime":
                    self._responses.create({}, self._config)

    async def _hear_live(self, pcm: bytes) -> None:
        for word in self._live.push(memoryview(pcm).cast("h")):
            written = self._recogniser.written(word.word)
            await self._transcripts.live(
                self._pending_item, written, is_first=self._live_words == 0
            )
            self._live_words += 1

    async def _on_commit(self, event: JSON) -> None:
        await self._commit(self._buffer.commit())

    async def _commit(self, turn: Turn) -> None:
        item_id, self._pending_item = self._pending_item, self._conversation.mint()
        self._live, self._live_words = Ear(), 0
        item = Item(
            wire={
                "type": "message",
                "object": "realtime.item",
                "id": item_id,
                "role": "user",
                "status": "completed",
                "content": [{"type": "input_audio", "transcript": None}],
            },
            audio=bytearray(turn.pcm),
        )
        words = await self._recogniser.hear(turn.pcm)
        item.heard = " ".join(words)
        before = self._conversation.append(item)
        self._record.committed.append(Committed(item_id, before, turn.first, turn.end, words))
        await self._link.emit(
            "input_audio_buffer.committed", item_id=item_id, previous_item_id=before
        )
        await self._show(item, before)
        transcription = self._config["audio"]["input"]["transcription"]
        if transcription:
            number = len(self._record.committed) - 1
            self._spawn(
                self._transcripts.send(
                    number, item_id, len(turn.pcm), words, transcription["model"]
                )
            )

    async def _on_clear(self, event: JSON) -> None:
        self._buffer.clear()
        self._live, self._live_words = Ear(), 0
        await self._link.emit("input_audio_buffer.cleared")

    async def _on_output_clear(self, event: JSON) -> None:
        raise ClientError(
            "invalid_value", "output_audio_buffer.clear is only for WebRTC and SIP.", param="type"
        )

    # Items.

    async def _on_item_create(self, event: JSON) -> None:
        item, before = self._conversation.create(event["item"], event.get("previous_item_id"))
        if item.audio:
            item.heard = " ".join(await self._recogniser.hear(bytes(item.audio)))
        await self._show(item, before)

    async def _show(self, item: Item, before: str | None) -> None:
        for step in ("added", "done"):
            await self._link.emit(
                f"conversation.item.{step}", item=item.wire, previous_item_id=before
            )

    async def _on_item_retrieve(self, event: JSON) -> None:
        item = self._conversation.get(event["item_id"])
        await self._link.emit("conversation.item.retrieved", item=item.retrieved())

    async def _on_item_delete(self, event: JSON) -> None:
        self._conversation.delete(event["item_id"])
        self._record.deleted.append(event["item_id"])
        await self._link.emit("conversation.item.deleted", item_id=event["item_id"])

    async def _on_item_truncate(self, event: JSON) -> None:
        cut = {name: event[name] for name in ("item_id", "content_index", "audio_end_ms")}
        self._conversation.truncate(**cut)
        self._record.truncated.append((event["item_id"], event["audio_end_ms"]))
        await self._link.emit("conversation.item.truncated", **cut)

    # Responses.

    async def _on_response_create(self, event: JSON) -> None:
        if self._config["type"] == "transcription":
            raise ClientError("invalid_value", "A transcription session makes no responses.")
        self._responses.create(event.get("response") or {}, self._config)

    async def _on_response_cancel(self, event: JSON) -> None:
        self._responses.cancel(event.get("response_id"))


_Handler = Callable[[RealtimeSession, JSON], Awaitable[None]]

_HANDLERS: dict[str, _Handler] = {
    "session.update": RealtimeSession._on_update,
    "input_audio_buffer.append": RealtimeSession._on_append,
    "input_audio_buffer.commit": RealtimeSession._on_commit,
    "input_audio_buffer.clear": RealtimeSession._on_clear,
    "output_audio_buffer.clear": RealtimeSession._on_output_clear,
    "conversation.item.create": RealtimeSession._on_item_create,
    "conversation.item.retrieve": RealtimeSession._on_item_retrieve,
    "conversation.item.delete": RealtimeSession._on_item_delete,
    "conversation.item.truncate": RealtimeSession._on_item_truncate,
    "response.create": RealtimeSession._on_response_create,
    "response.cancel": RealtimeSession._on_response_cancel,
}
