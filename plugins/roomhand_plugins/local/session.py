"""One local session: one person's turns in, answers out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from roomhand_plugins.base import (
    Closed,
    Event,
    Heard,
    PluginError,
    ReplyRequest,
    SessionClosedError,
    SessionSetup,
    TextTurn,
    Tool,
    Transcript,
    TurnCommitted,
    TurnFailed,
    TurnId,
)
from roomhand_plugins.event_stream import EventStream
from roomhand_plugins.local.memory import Memory
from roomhand_plugins.local.process import Recognised, RecogniserError
from roomhand_plugins.local.recognition import Hearing
from roomhand_plugins.local.replies import Context, Replies, Workshop

EVENT_LIMIT = 256
DISCARD_S = 0.3
"""A recogniser that does not let go of a turn in this time is ended with the session."""
MAX_PENDING_TURNS = 64


@dataclass(slots=True)
class _Turn:
    id: TurnId
    first: int
    hearing: Hearing
    last: int = 0
    discarded: bool = False
    failed: bool = False


class LocalSession:
    """See ``base.Session``. ``on_end`` is called once, when it is over."""

    def __init__(
        self, setup: SessionSetup, workshop: Workshop, on_end: Callable[[LocalSession], None]
    ) -> None:
        self._setup = setup
        self._workshop = workshop
        self._on_end = on_end
        self._events = EventStream(EVENT_LIMIT)
        self._context = Context(
            memory=Memory(workshop.options.memory_turns, setup.history),
            instructions=setup.instructions,
            speaker=setup.speaker,
            names=tuple(setup.names),
        )
        voice = workshop.options.voice(setup.voice)
        self._replies = Replies(self._context, workshop, voice, self._events)
        self._turn: _Turn | None = None
        self._hearings: dict[TurnId, tuple[_Turn, asyncio.Task[None]]] = {}
        self._sent = 0
        self._voice_state = ""
        self._closing = asyncio.Lock()

    async def send_audio(self, pcm: bytes) -> None:
        """Audio outside a turn is counted and forgotten."""
        self._check_open()
        if len(pcm) % 2:
            raise PluginError("audio must be whole 16-bit samples")
        self._sent += len(pcm) // 2
        if self._turn is not None:
            await self._turn.hearing.feed(pcm)
            self._check_open()

    async def begin_turn(self, turn_id: TurnId) -> None:
        """Raises PluginError while another turn is open or too many wait for their words."""
        self._check_open()
        if self._turn is not None:
            raise PluginError(f"turn {self._turn.id} is still open: end or discard it first")
        if len(self._hearings) >= MAX_PENDING_TURNS:
            raise PluginError(f"{MAX_PENDING_TURNS} turns wait to be recognised")
        hearing = Hearing(self._workshop.pool, self._setup.names, self._workshop.waiting_bytes)
        self._turn = turn = _Turn(turn_id, self._sent, hearing)
        task = asyncio.create_task(self._hear(turn), name=f"local-turn-{turn_id}")
        self._hearings[turn_id] = (turn, task)

    async def end_turn(self, turn_id: TurnId) -> None:
        """Raises PluginError for a turn that is not open."""
        self._check_open()
        turn = self._close_turn(turn_id)
        if turn is None:
            raise PluginError(f"turn {turn_id} is not open")
        if turn.failed:
            return
        if turn.first == self._sent:
            turn.discarded = True
            turn.hearing.discard()
            await self._events.put(TurnFailed(turn_id, "the turn has no audio"))
            return
        await self._events.put(TurnCommitted(turn_id))
        turn.hearing.end()

    async def discard_turn(self, turn_id: TurnId) -> None:
        """Unknown turns are no error: there is nothing to forget."""
        self._check_open()
        self._close_turn(turn_id)
        if turn_id in self._hearings:
            turn, _ = self._hearings[turn_id]
            turn.discarded = True
            turn.hearing.discard()
        self._context.memory.forget(turn_id)

    async def add_text(self, turn: TextTurn, after: TurnId | None = None) -> None:
        """Remembered; a turn known already gets the new text."""
        self._check_open()
        self._context.memory.put(turn, after)

    async def reply(self, request: ReplyRequest) -> None:
        """Raises PluginError when too many replies wait, or it only listens."""
        self._check_open()
        if self._workshop.options.listen_only:
            raise PluginError("reply: this session only listens. Take listen_only away to speak")
        self._replies.ask(request, [task for _, task in self._hearings.values()])

    async def cancel_reply(self, reply_id: str, heard: Heard) -> None:
        """See ``base.Session``."""
        self._check_open()
        await self._replies.cancel(reply_id)
        self._context.memory.cut(reply_id, heard)

    async def answer_tool(self, call_id: str, output: str) -> None:
        """Never asked for."""
        self._check_open()
        raise PluginError("the local plugin calls no tools")

    async def update(
        self, *, instructions: str | None = None, tools: Sequence[Tool] | None = None
    ) -> None:
        """Instructions reach the chat model, if there is one."""
        self._check_open()
        if instructions is not None:
            self._context.instructions = instructions

    def events(self) -> AsyncIterator[Event]:
        """See ``base.Session``."""
        return self._events.read()

    async def close(self) -> None:
        """Open turns are given up; what is in the stream of events stays readable."""
        async with self._closing:
            if self._events.closed is not None:
                return
            self._events.finish(Closed("closed", retryable=False))
            self._turn = None
            await self._replies.close()
            await self._give_up_turns()
            self._on_end(self)

    async def _give_up_turns(self) -> None:
        tasks = [task for _, task in self._hearings.values()]
        for turn, _ in self._hearings.values():
            turn.discarded = True
            turn.hearing.discard()
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=DISCARD_S)
        for task in late:
            task.cancel()
        await asyncio.wait(tasks)
        self._hearings.clear()

    async def _hear(self, turn: _Turn) -> None:
        async def on_interim(text: str) -> None:
            if text and not turn.discarded:
                await self._events.put(Transcript(turn_id=turn.id, text=text, final=False))

        try:
            recognised = await turn.hearing.run(self._voice_state, on_interim)
        except RecogniserError as error:
            turn.failed = True
            if not turn.discarded:
                await self._events.put(TurnFailed(turn.id, str(error)))
        else:
            if recognised is not None and not turn.discarded:
                await self._heard(turn, recognised)
        finally:
            self._hearings.pop(turn.id, None)

    async def _heard(self, turn: _Turn, recognised: Recognised) -> None:
        self._voice_state = recognised.state
        if recognised.text:
            self._context.heard(turn.id, recognised.text)
        await self._events.put(
            Transcript(
                turn_id=turn.id,
                text=recognised.text,
                final=True,
                span=(turn.first, turn.last),
                language="en",
                confidence=recognised.confidence,
            )
        )

    def _close_turn(self, turn_id: TurnId) -> _Turn | None:
        turn = self._turn
        if turn is None or turn.id != turn_id:
            return None
        turn.last = self._sent
        self._turn = None
        return turn

    def _check_open(self) -> None:
        if self._events.closed is not None:
            raise SessionClosedError("the session has ended")
