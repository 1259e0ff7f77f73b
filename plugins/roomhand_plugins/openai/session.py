"""One live session: the socket, two tasks and two clocks around the pure ``Dialogue``."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence

from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai.types.realtime.realtime_session_create_request_param import (
    RealtimeSessionCreateRequestParam,
)
from websockets.exceptions import ConnectionClosed

from roomhand_plugins.base import (
    Closed,
    ClosingSoon,
    Event,
    Heard,
    PluginError,
    ReplyRequest,
    ReplyStatus,
    SessionClosedError,
    SessionSetup,
    TextTurn,
    Tool,
    TurnId,
)
from roomhand_plugins.openai.audio import BYTES_PER_MS, Pieces
from roomhand_plugins.openai.configuration import instructions_of, response_of, tools_of
from roomhand_plugins.openai.context import answer_of
from roomhand_plugins.openai.dialogue import Dialogue
from roomhand_plugins.openai.effects import Effect, Send
from roomhand_plugins.openai.faults import closed_by_peer
from roomhand_plugins.openai.handshake import hang_up
from roomhand_plugins.openai.models import known_models
from roomhand_plugins.openai.options import Options, TurnDetection
from roomhand_plugins.openai.outbox import Outbox
from roomhand_plugins.openai.stream import EventStream

_log = logging.getLogger(__name__)
_SLICE_BYTES = 500 * BYTES_PER_MS
_LIMITS = known_models().limits
_NOTICE_SHARE = 0.25
"""Of a session that lives shorter than the notice is long."""


class OpenAISession:
    """As ``base.Session``. Made by the plugin, on a socket that has taken ``setup``.

    When the connection is lost, turns without an outcome get none: the caller still has their
    audio. Events must be read by another task than the one that sends: a reader who takes nothing
    for so long that the service's pings time out loses the session.
    """

    def __init__(
        self,
        connection: AsyncRealtimeConnection,
        options: Options,
        setup: SessionSetup,
        *,
        lives_s: float,
        finished: Callable[[OpenAISession], None],
        redact: Callable[[str], str],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._connection = connection
        self._setup = setup
        self._local = options.turn_detection is TurnDetection.LOCAL
        self._listens = options.listen_only
        self._dialogue = Dialogue(options)
        self._stream = EventStream()
        self._outbox = Outbox(connection.send_raw)
        self._pieces = Pieces(options.chunk_ms)
        self._redact = redact
        self._sent_samples = 0
        self._open_since: int | None = None
        self._closed: Closed | None = None
        self._broken = False
        self._patience: asyncio.TimerHandle | None = None
        notice_s = min(_LIMITS.closing_notice_s, lives_s * _NOTICE_SHARE)
        self._farewell = self._loop.call_later(
            lives_s - notice_s, lambda: self._stream.push(ClosingSoon(notice_s))
        )
        self._reader: asyncio.Task[None] | None = None
        self._runner = asyncio.create_task(self._run(), name="openai-session")
        self._runner.add_done_callback(_report)
        self._runner.add_done_callback(lambda _: finished(self))

    @property
    def closed(self) -> Closed | None:
        """Why the session has ended; None while it lives."""
        return self._closed

    @property
    def counts(self) -> Counter[str]:
        """What was ignored or went wrong without ending the session, by kind."""
        return self._dialogue.counts

    async def send_audio(self, pcm: bytes) -> None:
        """As ``base.Session.send_audio``; waits for the socket."""
        await self._admit()
        if len(pcm) % 2:
            raise PluginError("send_audio: half a sample. Send whole 16-bit samples")
        if self._local and self._open_since is None:
            raise PluginError("send_audio: no turn is open. Call begin_turn first")
        for start in range(0, len(pcm), _SLICE_BYTES):
            if start:
                await self._admit()
            part = pcm[start : start + _SLICE_BYTES]
            self._sent_samples += len(part) // 2
            self._apply(self._pieces.add(part))

    async def begin_turn(self, turn_id: TurnId) -> None:
        """As ``base.Session.begin_turn``."""
        await self._admit()
        self._dialogue.turns.begin(turn_id, self._sent_samples)
        self._open_since = self._sent_samples

    async def end_turn(self, turn_id: TurnId) -> None:
        """As ``base.Session.end_turn``; a turn too short for the service gets silence added."""
        await self._admit()
        effects = self._dialogue.turns.end(turn_id, self._sent_samples, self._loop.time())
        if self._local:
            self._apply(self._pieces.add(self._padding()))
        self._open_since = None
        self._apply([*self._pieces.flush(), *effects])

    async def discard_turn(self, turn_id: TurnId) -> None:
        """As ``base.Session.discard_turn``."""
        await self._admit()
        effects = self._dialogue.turns.discard(turn_id, self._sent_samples)
        self._open_since = None
        self._apply([*self._pieces.flush(), *effects])

    async def add_text(self, turn: TextTurn, after: TurnId | None = None) -> None:
        """As ``base.Session.add_text``; at the end, where the service does not know ``after``."""
        await self._admit()
        self._check_speaks("add_text")
        item_id = self._dialogue.turns.item_of(after) if after is not None else None
        self._apply([self._dialogue.context.add(turn, item_id)])

    async def reply(self, request: ReplyRequest) -> None:
        """As ``base.Session.reply``. Raises PluginError for ``verbatim``."""
        await self._admit()
        self._check_speaks("reply")
        instructions = instructions_of(self._setup, self._setup.instructions)
        response = response_of(request, self._setup.speaker, instructions)
        self._apply(self._dialogue.replies.ask(request.reply_id, response, self._loop.time()))

    async def cancel_reply(self, reply_id: str, heard: Heard) -> None:
        """As ``base.Session.cancel_reply``."""
        await self._admit()
        self._apply(self._dialogue.replies.cancel(reply_id, heard, self._loop.time()))

    async def answer_tool(self, call_id: str, output: str) -> None:
        """As ``base.Session.answer_tool``; ask for the model's words with ``reply``."""
        await self._admit()
        self._apply([answer_of(call_id, output)])

    async def update(
        self, *, instructions: str | None = None, tools: Sequence[Tool] | None = None
    ) -> None:
        """As ``base.Session.update``; holds for replies asked from now on."""
        await self._admit()
        self._check_speaks("update")
        if instructions is not None:
            self._setup = dataclasses.replace(self._setup, instructions=instructions)
            whole = instructions_of(self._setup, instructions)
            self._apply([_change({"type": "realtime", "instructions": whole})])
        if tools is not None:
            self._setup = dataclasses.replace(self._setup, tools=tuple(tools))
            self._apply([_change({"type": "realtime", "tools": tools_of(tools)})])

    def events(self) -> AsyncIterator[Event]:
        """As ``base.Session.events``."""
        return self._stream.events()

    async def close(self) -> None:
        """As ``base.Session.close``; tasks and socket are gone when it returns."""
        if self._closed is None:
            self._end(Closed("closed", retryable=True))
            if self._reader is not None:
                self._reader.cancel()
        await asyncio.wait({self._runner})
        await hang_up(self._connection)

    async def _admit(self) -> None:
        """Wait until a message may be queued. What follows without a pause is one step."""
        if not self._over:
            await self._outbox.room()
        if self._over:
            reason = self._closed.reason if self._closed else "lost"
            raise SessionClosedError(f"the session has ended: {reason}. Open a new one")

    def _check_speaks(self, call: str) -> None:
        if self._listens:
            raise PluginError(f"{call}: this session only listens. Take listen_only away to speak")

    @property
    def _over(self) -> bool:
        return self._broken or self._closed is not None

    def _padding(self) -> bytes:
        begin = self._sent_samples if self._open_since is None else self._open_since
        missing = _LIMITS.commit_min_ms * BYTES_PER_MS - 2 * (self._sent_samples - begin)
        return bytes(max(0, missing))

    def _apply(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send():
                    self._outbox.push(effect)
                case Closed():
                    self._end(effect)
                case _:
                    self._stream.push(effect)
        self._watch()

    def _watch(self) -> None:
        """Look again when the first patience ends. A later end is found when the clock rings."""
        due = self._dialogue.due
        if self._over or due is None:
            return
        if self._patience is None or due < self._patience.when():
            if self._patience is not None:
                self._patience.cancel()
            self._patience = self._loop.call_at(due, self._lose_patience)

    def _lose_patience(self) -> None:
        self._patience = None
        self._apply(self._dialogue.overdue(self._loop.time()))

    def _end(self, closed: Closed) -> None:
        """The first reason counts. Pending replies end before the session does."""
        if self._closed is not None:
            return
        self._closed = dataclasses.replace(closed, detail=self._redact(closed.detail))
        asked = closed.reason == "closed"
        status = ReplyStatus.CANCELLED if asked else ReplyStatus.FAILED
        for done in self._dialogue.replies.lost(status, f"session {closed.reason}"):
            if not isinstance(done, Send):
                self._stream.push(done)
        self._stream.finish(self._closed)
        self._outbox.abandon()
        self._farewell.cancel()
        if self._patience is not None:
            self._patience.cancel()

    async def _run(self) -> None:
        """Both tasks to their end. ``close`` cancels the reader and not this one: a cancellation
        that passes through a TaskGroup stays in a cycle with all frames on its way, and keeps the
        session until the garbage collector looks, which can be hours."""
        try:
            async with asyncio.TaskGroup() as group:
                writer = group.create_task(self._write(), name="openai-session-writer")
                self._reader = group.create_task(self._read(), name="openai-session-reader")
                self._reader.add_done_callback(lambda _: writer.cancel())
        finally:
            self._reader = None
            self._end(Closed("protocol", retryable=True, detail="the session failed"))
            await hang_up(self._connection)

    async def _read(self) -> None:
        try:
            while self._closed is None:
                await self._stream.room()
                data = await self._connection.recv_bytes()
                self._apply(self._dialogue.receive(data, self._loop.time()))
        except ConnectionClosed as error:
            frame = error.rcvd
            self._end(closed_by_peer(frame.code if frame else None, frame.reason if frame else ""))

    async def _write(self) -> None:
        try:
            await self._outbox.run()
        except ConnectionClosed:
            # The reader reports the end once it has reported all that came before it; callers
            # must not wait for that.
            self._broken = True
            self._outbox.abandon()


def _report(runner: asyncio.Task[None]) -> None:
    if not runner.cancelled() and (error := runner.exception()) is not None:
        _log.error("openai session failed", exc_info=error)


def _change(session: RealtimeSessionCreateRequestParam) -> Send:
    return Send({"type": "session.update", "event_id": "session_change", "session": session})
