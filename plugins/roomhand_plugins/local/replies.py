"""The replies of one session: asked in any number, given one after the other."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from roomhand_plugins.base import (
    PluginError,
    ReplyDone,
    ReplyRequest,
    ReplyStarted,
    ReplyStatus,
    Role,
    TextTurn,
)
from roomhand_plugins.event_stream import EventStream
from roomhand_plugins.local.brain import Question, answer
from roomhand_plugins.local.chat import Chat
from roomhand_plugins.local.memory import Memory
from roomhand_plugins.local.options import LocalOptions, VoiceSettings
from roomhand_plugins.local.recognition import RecogniserPool
from roomhand_plugins.local.speech import SpokenReply, VoiceThread

log = logging.getLogger(__name__)

MAX_WAITING = 32
TRANSCRIPT_WAIT_S = 10.0
"""A reply without a question waits this long for the words of the turns before it."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the sessions of a plugin share."""

    options: LocalOptions
    pool: RecogniserPool
    thread: VoiceThread
    chat: Chat | None
    waiting_bytes: int
    """Audio of one turn that may wait for a recogniser."""


@dataclass(slots=True)
class Context:
    """What a session knows. ``question`` is what its own person said last."""

    memory: Memory
    instructions: str
    speaker: str
    names: tuple[str, ...]
    question: str = ""

    def heard(self, turn_id: str, text: str) -> None:
        """The session's own person said something."""
        self.question = text
        turn = TextTurn(turn_id=turn_id, role=Role.PERSON, speaker=self.speaker, text=text)
        self.memory.put(turn)


@dataclass(frozen=True, slots=True)
class _Asked:
    request: ReplyRequest
    after: Sequence[asyncio.Task[None]]
    """The turns whose words may be the question."""


class Replies:
    """Asks, runs and cancels. One task runs while there is anything to say."""

    def __init__(
        self, context: Context, workshop: Workshop, voice: VoiceSettings, events: EventStream
    ) -> None:
        self._context = context
        self._workshop = workshop
        self._voice = voice
        self._events = events
        self._waiting: deque[_Asked] = deque()
        self._running: tuple[str, asyncio.Task[None]] | None = None
        self._loop: asyncio.Task[None] | None = None

    def ask(self, request: ReplyRequest, after: Sequence[asyncio.Task[None]]) -> None:
        """Put a request in the queue. Raises PluginError when that is full."""
        if len(self._waiting) >= MAX_WAITING:
            raise PluginError(f"{MAX_WAITING} replies are waiting already")
        self._waiting.append(_Asked(request, after))
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._run_all(), name="local-replies")

    async def cancel(self, reply_id: str) -> None:
        """Stop a reply that waits or runs; when this returns its last audio is out."""
        for asked in self._waiting:
            if asked.request.reply_id == reply_id:
                self._waiting.remove(asked)
                await self._events.put(ReplyDone(reply_id, ReplyStatus.CANCELLED))
                return
        if self._running is not None and self._running[0] == reply_id:
            task = self._running[1]
            task.cancel()
            await asyncio.wait({task})

    async def close(self) -> None:
        """Stop everything; nothing runs when this returns."""
        self._waiting.clear()
        tasks = [self._loop] if self._loop is not None else []
        if self._running is not None:
            tasks.append(self._running[1])
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _run_all(self) -> None:
        while self._waiting:
            asked = self._waiting.popleft()
            reply_id = asked.request.reply_id
            task = asyncio.create_task(self._run(asked), name=f"local-reply-{reply_id}")
            self._running = (reply_id, task)
            await asyncio.wait({task})
            self._running = None
            await self._events.put(_done(reply_id, task))

    async def _run(self, asked: _Asked) -> None:
        request = asked.request
        await self._events.put(ReplyStarted(request.reply_id))
        spoken = SpokenReply(request.reply_id, self._workshop.thread, self._voice)
        try:
            async for text in self._texts(asked):
                async for event in spoken.say(text):
                    await self._events.put(event)
        finally:
            self._remember(request.reply_id, spoken.text)

    async def _texts(self, asked: _Asked) -> AsyncIterator[str]:
        request = asked.request
        if request.verbatim is not None:
            yield request.verbatim
            return
        if not request.question and asked.after:
            await asyncio.wait(asked.after, timeout=TRANSCRIPT_WAIT_S)
        question = Question(
            text=request.question or self._context.question,
            asked_by=request.asked_by or self._context.speaker,
            turns=tuple(self._context.memory),
            names=self._context.names,
        )
        if self._workshop.chat is None:
            yield (await self._workshop.thread.run(answer, question)).text
            return
        instructions = "\n\n".join(filter(None, [self._context.instructions, request.instructions]))
        async for sentence in self._workshop.chat.sentences(question, instructions):
            yield sentence

    def _remember(self, reply_id: str, text: str) -> None:
        if text:
            turn = TextTurn(turn_id=reply_id, role=Role.AGENT, speaker="", text=text)
            self._context.memory.put(turn)


def _done(reply_id: str, task: asyncio.Task[None]) -> ReplyDone:
    if task.cancelled():
        return ReplyDone(reply_id, ReplyStatus.CANCELLED)
    fault = task.exception()
    if fault is None:
        return ReplyDone(reply_id, ReplyStatus.COMPLETED)
    if not isinstance(fault, PluginError):
        log.error("a local reply failed", exc_info=fault)
    return ReplyDone(reply_id, ReplyStatus.FAILED, f"{type(fault).__name__}: {fault}")
