"""Replies that a session's model makes by itself: held, then taken as the answer or undone."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from roomhand.bridge.unasked import Act, Input, State, Unasked
from roomhand.room.session_contract import ReplyEvent, SessionContext
from roomhand_plugins.base import (
    Heard,
    PluginError,
    ReplyStarted,
    Role,
    Session,
    TextTurn,
    TurnTaking,
)

logger = logging.getLogger(__name__)

START_S = 3.0
"""A model that has not begun by itself so long after it was wanted is asked."""
HELD_S = 25.0
"""Longer than any question is worth an answer."""
MOST_EVENTS = 6_000
"""Held of one reply: minutes of it. What is longer is undone."""
MOST_NAMES = 64
UNHEARD = Heard(audio_ms=0, text="")


@dataclass(slots=True)
class _Held:
    reply_id: str
    events: deque[ReplyEvent] = field(default_factory=deque)
    timer: asyncio.TimerHandle | None = None


class SessionUnasked:
    """One per session; it does nothing where the model replies only when asked."""

    def __init__(self, context: SessionContext, session: Session) -> None:
        self._context = context
        self._session = session
        self._table = Unasked()
        self._held: _Held | None = None
        self._taken: OrderedDict[str, str] = OrderedDict()
        """The model's own id of a reply -> the id under which it is the answer."""
        self._undoing: set[asyncio.Task[None]] = set()

    @property
    def replies_by_itself(self) -> bool:
        """Whether this is such a model."""
        return self._context.plugin.capabilities.turn_taking is TurnTaking.AUTO

    def named(self, event: ReplyEvent) -> ReplyEvent:
        """The event under the id by which its reply was asked for."""
        asked_as = self._taken.get(event.reply_id)
        return event if asked_as is None else replace(event, reply_id=asked_as)

    def own_id(self, reply_id: str) -> str:
        """The model's own id of a reply."""
        return next((own for own, asked in self._taken.items() if asked == reply_id), reply_id)

    def committed(self) -> None:
        """The model has a whole turn."""
        if self.replies_by_itself:
            self._table.apply(Input.TURN)

    def dismiss(self) -> None:
        """What was said last was not for this agent, or will not be answered."""
        if self._table.apply(Input.DISMISSED) is Act.DISCARD:
            self._discard_held()

    def take(self, event: ReplyEvent) -> None:
        """An event of a reply that nobody asked for."""
        if isinstance(event, ReplyStarted):
            self._start(event)
        elif self._held is not None and self._held.reply_id == event.reply_id:
            self._held.events.append(event)
            if len(self._held.events) > MOST_EVENTS:
                self.dismiss()

    async def comes(self, wanted: Callable[[], bool]) -> bool:
        """Wait for the reply that the model makes by itself, or has made, as long as it is wanted.
        True: ``adopt`` it. False: none comes, so it has to be asked."""
        self._table.apply(Input.ASKED)
        given = Input.CANCELLED
        try:
            async with asyncio.timeout(START_S):
                while self._table.state is State.AWAITED and wanted():
                    await self._context.changed.next()
        except TimeoutError:
            given = Input.OVERDUE
        finally:
            if self._table.state is State.AWAITED:
                self._table.apply(given)
        return self._held is not None and self._table.state is State.QUIET

    def adopt(self, reply_id: str) -> Iterable[ReplyEvent]:
        """What is held is the answer that was asked for under this id: its events so far."""
        held = self._drop_held()
        if held is None:
            raise AssertionError("no reply is held")
        self._taken[held.reply_id] = reply_id
        if len(self._taken) > MOST_NAMES:
            self._taken.popitem(last=False)
        return held.events

    def forget(self) -> None:
        """The session is gone, and what it has said with it."""
        self._drop_held()
        self._table = Unasked()
        self._taken.clear()

    async def aclose(self) -> None:
        """Wait until what is being undone is undone."""
        if self._undoing:
            await asyncio.wait(self._undoing)

    def _start(self, event: ReplyStarted) -> None:
        act = self._table.apply(Input.STARTED)
        self._discard_held()
        held = _Held(event.reply_id, deque([event]))
        if act is Act.DISCARD:
            self._undo(held)
            return
        loop = asyncio.get_running_loop()
        held.timer = loop.call_later(HELD_S, self._overdue, held)
        self._held = held
        self._context.changed.beat()

    def _overdue(self, held: _Held) -> None:
        if held is self._held and self._table.state is State.HELD:
            self._table.apply(Input.OVERDUE)
            self._discard_held()

    def _discard_held(self) -> None:
        if held := self._drop_held():
            self._undo(held)

    def _drop_held(self) -> _Held | None:
        held, self._held = self._held, None
        if held and held.timer:
            held.timer.cancel()
        return held

    def _undo(self, held: _Held) -> None:
        task = asyncio.create_task(self._tell_unheard(held), name="reply-undone")
        self._undoing.add(task)
        task.add_done_callback(self._undoing.discard)

    async def _tell_unheard(self, held: _Held) -> None:
        """The model must not believe that people heard this."""
        can = self._context.plugin.capabilities
        try:
            async with asyncio.timeout(self._context.options.stall_s):
                if can.cancel or can.truncation:
                    await self._session.cancel_reply(held.reply_id, UNHEARD)
                elif can.text_injection:
                    await self._session.add_text(_notice(held.reply_id))
        except (PluginError, TimeoutError) as error:
            logger.warning("a reply that nobody heard is not undone: %s", error)
        except Exception:
            logger.exception("the plugin failed to undo a reply")


def _notice(reply_id: str) -> TextTurn:
    return TextTurn(
        turn_id=f"{reply_id}.unheard",
        role=Role.NOTICE,
        speaker="",
        text="Nobody heard your last reply: it was not your turn to speak",
    )
