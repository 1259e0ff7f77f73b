"""Answers: one at a time for the conversation, any number beside it."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.sim.realtime.behaviour import Answer, Behaviour, FunctionCall, Prompt, Turn
from tests.sim.realtime.conversation import BYTES_PER_MS, Conversation, Item, Spoken
from tests.sim.realtime.link import Link
from tests.sim.realtime.record import Responded, SessionRecord
from tests.sim.realtime.wire import JSON, ClientError
from tests.sim.tones import encode_text


@dataclass(slots=True)
class _Response:
    """One response on its way."""

    id: str
    params: JSON
    record: Responded
    item: Item | None = None
    output: list[JSON] = field(default_factory=list)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    stop_reason: str = ""

    @property
    def is_default(self) -> bool:
        """Whether it belongs to the conversation."""
        return bool(self.params.get("conversation") != "none")

    def stop(self, reason: str) -> None:
        """End it before the next delta."""
        self.stop_reason = reason
        self.stopped.set()


class Responses:
    """Makes the answers of one session."""

    def __init__(
        self,
        link: Link,
        behaviour: Behaviour,
        conversation: Conversation,
        record: SessionRecord,
        spawn: Callable[[Any], None],
    ) -> None:
        self._link = link
        self._behaviour = behaviour
        self._conversation = conversation
        self._record = record
        self._spawn = spawn
        self._numbers = itertools.count(1)
        self._running: dict[str, _Response] = {}
        self._requests_left = behaviour.requests_left
        self.has_spoken = False

    @property
    def active(self) -> str | None:
        """The id of the conversation's running response."""
        return next((run.id for run in self._running.values() if run.is_default), None)

    def create(self, params: JSON, config: JSON) -> None:
        """Begin a response. Raises ClientError if the conversation has one."""
        if params.get("conversation", "auto") != "none" and self.active:
            raise ClientError(
                "conversation_already_has_active_response",
                f"Conversation already has an active response in progress: {self.active}. "
                "Wait until the response is finished before creating a new one.",
            )
        context = [self._conversation.new(item) for item in params.get("input") or ()]
        turns = tuple(Turn(item.role, item.text, item.id) for item in context)
        response_id = f"resp_{self._record.index:03}{next(self._numbers):06}"
        record = Responded(response_id, params.get("metadata") or {})
        self._record.responses.append(record)
        run = _Response(response_id, params, record)
        self._running[response_id] = run
        prompt = Prompt(
            instructions=config.get("instructions", ""),
            turns=turns if params.get("input") is not None else self._conversation.turns,
            response=params,
            tools=tuple(tool["name"] for tool in params.get("tools") or config["tools"]),
            session_index=self._record.index,
        )
        self._spawn(self._run(run, prompt, config))

    def cancel(self, response_id: str | None, reason: str = "client_cancelled") -> None:
        """Stop a response (None: the conversation's). Raises ClientError if it does not run."""
        run = self._running.get(response_id or self.active or "")
        if run is None or run.stopped.is_set():
            raise ClientError(
                "response_cancel_not_active", "Cancellation failed: no active response found"
            )
        run.stop(reason)

    async def _run(self, run: _Response, prompt: Prompt, config: JSON) -> None:
        modalities = run.params.get("output_modalities") or config["output_modalities"]
        await self._link.emit("response.created", response=self._shown(run, "in_progress"))
        answer = await self._think(run, prompt)
        if answer.status != "failed" and not run.stopped.is_set():
            if answer.text:
                await self._say(run, answer.text, speaks=modalities == ["audio"])
            for place, call in enumerate(answer.calls):
                await self._call(run, place, call)
        status = "cancelled" if run.stopped.is_set() else answer.status
        del self._running[run.id]
        run.record.status = status
        done = self._shown(run, status, answer) | {"usage": self._usage(run)}
        await self._link.emit("response.done", response=done)
        if self._requests_left is not None:
            await self._link.emit("rate_limits.updated", rate_limits=[self._limit()])

    async def _think(self, run: _Response, prompt: Prompt) -> Answer:
        if self._requests_left is not None:
            if self._requests_left == 0:
                return Answer(status="failed", error_code="rate_limit_exceeded")
            self._requests_left -= 1
        answer = self._behaviour.answer(prompt)
        if isinstance(answer, str):
            answer = Answer(text=answer)
        await self._pause(run, answer.think_s)
        return answer

    async def _say(self, run: _Response, text: str, *, speaks: bool) -> None:
        kind = "output_audio" if speaks else "output_text"
        item = Item(wire=self._message(status="in_progress"))
        run.item = item
        place = {"response_id": run.id, "output_index": 0}
        await self._open(run, item, place)
        part = {"type": "audio", "transcript": ""} if speaks else {"type": "text", "text": ""}
        inside = place | {"item_id": item.id, "content_index": 0}
        await self._link.emit("response.content_part.added", **inside, part=part)
        item.wire["content"] = [{"type": kind, "transcript" if speaks else "text": ""}]
        said = await (self._speak if speaks else self._write)(run, item, inside, text)
        run.record.text = said
        if speaks:
            await self._link.emit("response.output_audio.done", **inside)
            await self._link.emit(
                "response.output_audio_transcript.done", **inside, transcript=said
            )
            item.wire["content"] = [{"type": kind, "transcript": said}]
            part = {"type": "audio", "transcript": said}
        else:
            await self._link.emit("response.output_text.done", **inside, text=said)
            item.wire["content"] = [{"type": kind, "text": said}]
            part = {"type": "text", "text": said}
        await self._link.emit("response.content_part.done", **inside, part=part)
        item.wire["status"] = "incomplete" if run.stopped.is_set() else "completed"
        await self._close(run, item, place)

    async def _speak(self, run: _Response, item: Item, inside: JSON, text: str) -> str:
        """Words and their audio, until the end or a cancel; the words that went out."""
        said: list[str] = []
        step = self._behaviour.delta_ms * BYTES_PER_MS
        for token in text.split():
            if run.stopped.is_set():
                break
            said.append(token)
            delta = token if len(said) == 1 else f" {token}"
            await self._link.emit("response.output_audio_transcript.delta", **inside, delta=delta)
            pcm = encode_text(token).tobytes()
            for begin in range(0, len(pcm), step):
                if run.stopped.is_set():
                    break
                await self._send_audio(run, item, inside, pcm[begin : begin + step])
            else:
                item.spoken.append(Spoken(token, item.audio_ms))
        return " ".join(said)

    async def _send_audio(self, run: _Response, item: Item, inside: JSON, pcm: bytes) -> None:
        self.has_spoken = True
        item.audio += pcm
        delta = base64.b64encode(pcm).decode()
        await self._link.emit("response.output_audio.delta", **inside, delta=delta)
        run.record.sent_ms = round(item.audio_ms)
        self._record.changed()
        await self._pause(run, len(pcm) / BYTES_PER_MS / 1000 / self._behaviour.rate)

    async def _write(self, run: _Response, item: Item, inside: JSON, text: str) -> str:
        said: list[str] = []
        for token in text.split():
            if run.stopped.is_set():
                break
            said.append(token)
            delta = token if len(said) == 1 else f" {token}"
            await self._link.emit("response.output_text.delta", **inside, delta=delta)
        return " ".join(said)

    async def _call(self, run: _Response, number: int, call: FunctionCall) -> None:
        if run.stopped.is_set():
            return
        item_id = self._conversation.mint()
        call_id = call.call_id or f"call_{item_id.removeprefix('item_')}"
        head = {"type": "function_call", "object": "realtime.item", "id": item_id}
        body = {"call_id": call_id, "name": call.name, "arguments": ""}
        item = Item(wire=head | body | {"status": "in_progress"})
        place = {"response_id": run.id, "output_index": len(run.output)}
        await self._open(run, item, place)
        inside = place | {"item_id": item_id, "call_id": call_id}
        text = call.arguments
        for piece in (text[: len(text) // 2], text[len(text) // 2 :]):
            await self._link.emit("response.function_call_arguments.delta", **inside, delta=piece)
        await self._link.emit(
            "response.function_call_arguments.done", **inside, name=call.name, arguments=text
        )
        item.wire |= {"arguments": text, "status": "completed"}
        await self._close(run, item, place)

    async def _open(self, run: _Response, item: Item, place: JSON) -> None:
        await self._link.emit("response.output_item.added", **place, item=item.wire)
        if run.is_default:
            before = self._conversation.append(item)
            added = {"item": item.wire, "previous_item_id": before}
            await self._link.emit("conversation.item.added", **added)

    async def _close(self, run: _Response, item: Item, place: JSON) -> None:
        run.output.append(item.wire)
        if run.is_default:
            await self._link.emit("conversation.item.done", item=item.wire)
        await self._link.emit("response.output_item.done", **place, item=item.wire)

    async def _pause(self, run: _Response, seconds: float) -> None:
        """Wait, but no longer than until the response is stopped."""
        if seconds > 0:
            try:
                await asyncio.wait_for(run.stopped.wait(), seconds)
            except TimeoutError:
                return

    def _message(self, status: str) -> JSON:
        head = {"type": "message", "object": "realtime.item", "id": self._conversation.mint()}
        return head | {"role": "assistant", "status": status, "content": []}

    def _shown(self, run: _Response, status: str, answer: Answer | None = None) -> JSON:
        shown: JSON = {
            "object": "realtime.response",
            "id": run.id,
            "status": status,
            "status_details": _details(run, status, answer),
            "output": json.loads(json.dumps(run.output)),
            "metadata": run.params.get("metadata"),
        }
        if run.is_default:
            shown["conversation_id"] = f"conv_{self._record.index:03}"
        return shown

    def _limit(self) -> JSON:
        total = self._behaviour.requests_left
        return {
            "name": "requests",
            "limit": total,
            "remaining": self._requests_left,
            "reset_seconds": 60.0,
        }

    def _usage(self, run: _Response) -> JSON:
        """10 tokens a second of people's audio, 20 of the model's, one a word of text."""
        held = self._conversation.audio_ms
        made = round(run.record.sent_ms / 50)
        heard = round(held["user"] / 100) + round(held["assistant"] / 50) - made
        text = sum(len(turn.text.split()) for turn in self._conversation.turns)
        words = len(run.record.text.split())
        return {
            "input_tokens": heard + text,
            "output_tokens": made + words,
            "total_tokens": heard + text + made + words,
            "input_token_details": {
                "text_tokens": text,
                "audio_tokens": heard,
                "cached_tokens": 0,
            },
            "output_token_details": {"text_tokens": words, "audio_tokens": made},
        }


def _details(run: _Response, status: str, answer: Answer | None) -> JSON | None:
    if status == "in_progress" or answer is None:
        return None
    if status == "cancelled":
        return {"type": "cancelled", "reason": run.stop_reason}
    if status == "incomplete":
        return {"type": "incomplete", "reason": answer.reason}
    if status == "failed":
        code = answer.error_code
        return {"type": "failed", "error": {"type": code, "code": code}}
    return {"type": "completed"}
