"""The replies of one session: a bounded queue, one at a time, cancelled at any point."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterator

from roomhand_plugins.base import (
    SAMPLE_RATE,
    Heard,
    PluginError,
    ReplyAudio,
    ReplyDone,
    ReplyRequest,
    ReplyStarted,
    ReplyStatus,
    ReplyText,
    Role,
    TextTurn,
    ToolCall,
)
from roomhand_plugins.scripted.director import Director
from roomhand_plugins.scripted.memory import Memory
from roomhand_plugins.scripted.script import Reply, ToolUse
from roomhand_plugins.scripted.voice import hum
from roomhand_plugins.scripted.wire import BYTES_PER_MS, Wire

MAX_WAITING = 64
CHUNK_BYTES = SAMPLE_RATE // 50 * 2
"""20 ms of audio."""
MS_PER_CHARACTER = 60


class _StoppedError(Exception):
    """The running reply was cancelled."""


class Speaking:
    """Runs replies in the order asked."""

    def __init__(self, wire: Wire, director: Director, memory: Memory) -> None:
        self._wire = wire
        self._director = director
        self._memory = memory
        self._waiting: deque[ReplyRequest] = deque()
        self._busy = False
        self._running: str | None = None
        self._stopped = asyncio.Event()
        self._open_calls: dict[str, asyncio.Event] = {}

    def ask(self, request: ReplyRequest) -> None:
        """Queue a reply. Raises PluginError when too many wait."""
        if len(self._waiting) >= MAX_WAITING:
            raise PluginError(f"{MAX_WAITING} replies wait already")
        self._waiting.append(request)
        if not self._busy:
            self._busy = True
            self._wire.start(self._work_off(), "replies")

    async def cancel(self, reply_id: str, heard: Heard) -> None:
        """Stop a reply, or take it from the queue, and cut the memory of it."""
        if self._running == reply_id:
            self._stopped.set()
            self._open_calls.pop(_call_id(reply_id), None)
        for request in self._waiting:
            if request.reply_id == reply_id:
                self._waiting.remove(request)
                await self._wire.emit(ReplyDone(reply_id, ReplyStatus.CANCELLED))
                return
        self._memory.cut(reply_id, heard)

    def answer(self, call_id: str, output: str) -> None:
        """The outcome of a tool call; raises PluginError where nobody waits for it."""
        answered = self._open_calls.pop(call_id, None)
        if answered is None:
            raise PluginError(f"no tool call {call_id} waits for an answer")
        turn = TextTurn(turn_id=call_id, role=Role.NOTICE, speaker="", text=output)
        self._memory.tell(turn, None)
        answered.set()

    async def _work_off(self) -> None:
        while self._waiting:
            request = self._waiting.popleft()
            self._running = request.reply_id
            self._stopped.clear()
            reply = self._director.next_reply(request, self._memory)
            try:
                await self._perform(request.reply_id, reply)
                status = reply.status
            except _StoppedError:
                status = ReplyStatus.CANCELLED
            self._running = None
            await self._wire.emit(ReplyDone(request.reply_id, status))
        self._busy = False

    async def _perform(self, reply_id: str, reply: Reply) -> None:
        await self._pause(reply.first_audio_ms)
        await self._wire.emit(ReplyStarted(reply_id))
        if reply.tool is not None:
            await self._use(reply_id, reply.tool)
            if not self._director.capabilities.replies_after_tools:
                return
        audio_ms = 0.0
        for word, audio in self._words(reply):
            audio_ms += len(audio) / BYTES_PER_MS
            self._memory.grow(reply_id, word, round(audio_ms))
            await self._wire.emit(ReplyText(reply_id, word, round(audio_ms)))
            for start in range(0, len(audio), CHUNK_BYTES):
                chunk = audio[start : start + CHUNK_BYTES]
                await self._wire.emit(ReplyAudio(reply_id, chunk))
                await self._pause(len(chunk) / BYTES_PER_MS / reply.speed)

    async def _use(self, reply_id: str, tool: ToolUse) -> None:
        call_id = _call_id(reply_id)
        if len(self._open_calls) >= MAX_WAITING:
            self._open_calls.pop(next(iter(self._open_calls)))
        answered = self._open_calls[call_id] = asyncio.Event()
        await self._wire.emit(ToolCall(reply_id, call_id, tool.name, json.dumps(tool.arguments)))
        if self._director.capabilities.replies_after_tools:
            await self._until(answered)

    def _words(self, reply: Reply) -> Iterator[tuple[str, bytes]]:
        """Each word with its share of the audio, by its length in characters."""
        pieces = reply.text.split()
        pieces = [*pieces[:1], *(f" {piece}" for piece in pieces[1:])]
        audio = self._audio(reply)
        characters = sum(map(len, pieces)) or 1
        said = 0
        for piece in pieces:
            start = len(audio) // 2 * said // characters * 2
            said += len(piece)
            yield piece, audio[start : len(audio) // 2 * said // characters * 2]

    def _audio(self, reply: Reply) -> bytes:
        if self._director.speak is not None:
            return self._director.speak(reply.text)
        usual_ms = len(reply.text) * MS_PER_CHARACTER
        return hum(usual_ms if reply.audio_ms is None else reply.audio_ms)

    async def _pause(self, duration_ms: float) -> None:
        """Wait, unless the reply is cancelled meanwhile."""
        try:
            async with asyncio.timeout(duration_ms / 1000):
                await self._stopped.wait()
        except TimeoutError:
            return
        raise _StoppedError

    async def _until(self, event: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(e.wait()) for e in (event, self._stopped)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if self._stopped.is_set():
            raise _StoppedError


def _call_id(reply_id: str) -> str:
    return f"call-{reply_id}"
