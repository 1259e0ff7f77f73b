"""One scripted session."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

from roomhand_plugins.base import (
    Closed,
    Event,
    Heard,
    PluginError,
    ReplyRequest,
    SessionSetup,
    TextTurn,
    Tool,
    TurnId,
    TurnTaking,
)
from roomhand_plugins.scripted.director import Director
from roomhand_plugins.scripted.hearing import Hearing
from roomhand_plugins.scripted.memory import Memory
from roomhand_plugins.scripted.script import Moment
from roomhand_plugins.scripted.speaking import Speaking
from roomhand_plugins.scripted.wire import Wire


class ScriptedSession:
    """See ``Session``. Stricter than a provider: a call out of order raises ``PluginError``.

    ``setup`` and ``memory`` are what the model knows, for tests to look at.
    """

    def __init__(
        self,
        director: Director,
        number: int,
        setup: SessionSetup,
        on_end: Callable[[ScriptedSession], None],
    ) -> None:
        self.setup = setup
        self.memory = Memory(setup)
        self.wire = Wire(director, number, lambda: on_end(self))
        self._director = director
        self._hearing = Hearing(self.wire, director, self.memory, setup.speaker)
        self._speaking = Speaking(self.wire, director, self.memory)

    async def begin_turn(self, turn_id: TurnId) -> None:
        """One turn at a time."""
        self.wire.call(Moment.BEGIN_TURN, turn_id)
        self._hearing.begin(turn_id)

    async def send_audio(self, pcm: bytes) -> None:
        """Waits while a stalled peer has not read what was sent before."""
        self.wire.call(Moment.AUDIO, str(len(pcm) // 2))
        await self._hearing.hear(pcm)

    async def end_turn(self, turn_id: TurnId) -> None:
        """Its commit and transcript follow as the script says."""
        self.wire.call(Moment.END_TURN, turn_id)
        self._hearing.end(turn_id)
        own = self._director.capabilities.turn_taking is TurnTaking.AUTO
        if own and self._director.script.automatic:
            self._speaking.ask(ReplyRequest(reply_id=f"auto-{turn_id}"))

    async def discard_turn(self, turn_id: TurnId) -> None:
        """Forget its audio."""
        self.wire.call(Moment.DISCARD_TURN, turn_id)
        self._hearing.discard(turn_id)

    async def add_text(self, turn: TextTurn, after: TurnId | None = None) -> None:
        """Into the memory."""
        self.wire.call(Moment.ADD_TEXT, turn.turn_id)
        self.memory.tell(turn, after)

    async def reply(self, request: ReplyRequest) -> None:
        """Queue an answer."""
        self.wire.call(Moment.REPLY, request.reply_id)
        if self._director.capabilities.turn_taking is TurnTaking.LISTEN:
            raise PluginError("this plugin only listens; it cannot reply")
        if self._director.script.automatic:
            self._speaking.ask(request)

    async def cancel_reply(self, reply_id: str, heard: Heard) -> None:
        """Stop it where it is, and cut the memory of it."""
        self.wire.call(Moment.CANCEL_REPLY, reply_id)
        await self._speaking.cancel(reply_id, heard)

    async def answer_tool(self, call_id: str, output: str) -> None:
        """Lets the reply that called go on."""
        self.wire.call(Moment.ANSWER_TOOL, call_id)
        self._speaking.answer(call_id, output)

    async def update(
        self, *, instructions: str | None = None, tools: Sequence[Tool] | None = None
    ) -> None:
        """The new setup shows in ``setup``."""
        self.wire.call(Moment.UPDATE, "")
        if instructions is not None:
            self.setup = replace(self.setup, instructions=instructions)
        if tools is not None:
            self.setup = replace(self.setup, tools=tools)

    def events(self) -> AsyncIterator[Event]:
        """All events, for one reader."""
        return self.wire.stream.read()

    async def close(self) -> None:
        """End, and wait until all work is over."""
        self.wire.end(Closed("closed", True))
        await self.wire.settle()
