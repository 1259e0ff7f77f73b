"""The replies of one lane: asked when the session is up to date, each done exactly once."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from roomhand.attribution.conversation import Entry
from roomhand.bridge.link import SessionState
from roomhand.errors import ProviderError
from roomhand.room.session_contract import ReplyEvent, SessionContext
from roomhand.room.session_unasked import SessionUnasked
from roomhand_plugins.base import (
    Closed,
    Heard,
    PluginError,
    ReplyDone,
    ReplyRequest,
    ReplyStatus,
    Role,
    Session,
    SessionClosedError,
    ToolCall,
)

if TYPE_CHECKING:
    from roomhand.room.track_session import TrackSession

MOST_CALLS = 64


class SessionReplies:
    """One at a time is prepared; what the session was asked for is ended by it, or by its loss."""

    def __init__(self, context: SessionContext, lane: TrackSession) -> None:
        self._context = context
        self._lane = lane
        self._preparing: set[str] = set()
        self._asked: set[str] = set()
        self._calls: deque[str] = deque(maxlen=MOST_CALLS)
        self._one = asyncio.Lock()
        self.unasked = SessionUnasked(context, lane)

    def knows(self, reply_id: str) -> bool:
        """Whether ``cancel`` means anything for it: also after its end, as long as the session."""
        briefing = self._lane.briefing
        return reply_id in self._preparing or bool(briefing and briefing.answered(reply_id))

    def called(self, call_id: str) -> bool:
        """Whether the open session asked for this tool call."""
        return call_id in self._calls

    async def ask(self, request: ReplyRequest) -> None:
        """As ``Sessions.reply``."""
        reply_id = request.reply_id
        self._preparing.add(reply_id)
        self._lane.uplink.hold(reply_id)
        self._lane.kick()
        try:
            async with asyncio.timeout(self._context.options.reply_wait_s), self._one:
                await self._ask(request)
        except TimeoutError:
            raise ProviderError("the session was not ready for the reply in time") from None
        except PluginError as error:
            raise ProviderError(f"the plugin did not take the reply: {error}") from error
        finally:
            self._preparing.discard(reply_id)
            if reply_id not in self._asked:
                self._release(reply_id)

    async def cancel(self, reply_id: str, heard: Heard) -> None:
        """As ``Sessions.cancel_reply``."""
        if reply_id in self._preparing and reply_id not in self._asked:
            self._preparing.discard(reply_id)
            self._context.changed.beat()
            return
        session, can = self._lane.session, self._context.plugin.capabilities
        if session is None or not (can.cancel or can.truncation):
            return
        try:
            async with asyncio.timeout(self._context.options.stall_s):
                await session.cancel_reply(self.unasked.own_id(reply_id), heard)
        except SessionClosedError:
            await self._lane.until_closed(session)
        except TimeoutError:
            self._lane.lose(session, Closed("lost", True, "it does not take a cancel"))

    async def before_end(self, session: Session) -> None:
        """A model that answers by itself does so at the end of the turn: it must be up to date.

        Raises SessionClosedError.
        """
        can, briefing = self._context.plugin.capabilities, self._lane.briefing
        self.unasked.committed()
        told = can.text_injection or can.mutable_instructions
        if briefing and told and self.unasked.replies_by_itself:
            await briefing.bring_up_to_date(session, can, ReplyRequest(reply_id=""), ())

    async def answer_tool(self, call_id: str, output: str) -> None:
        """As ``Sessions.answer_tool``."""
        session = self._lane.session
        if session is None or not self.called(call_id):
            raise ProviderError("the session that called the tool has ended")
        self._calls.remove(call_id)
        try:
            async with asyncio.timeout(self._context.options.stall_s):
                await session.answer_tool(call_id, output)
        except TimeoutError:
            self._lane.lose(session, Closed("lost", True, "it does not take a tool's answer"))
            raise ProviderError("the session does not take the tool's answer") from None

    def take(self, event: ReplyEvent) -> None:
        """An event of the open session; what comes after the end of a reply is left out."""
        event = self.unasked.named(event)
        if event.reply_id not in self._asked:
            if self._lane.briefing and not self._lane.briefing.answered(event.reply_id):
                self.unasked.take(event)
            return
        if isinstance(event, ReplyDone):
            self._asked.discard(event.reply_id)
            self._release(event.reply_id)
        elif isinstance(event, ToolCall):
            self._calls.append(event.call_id)
        self._context.sink.reply_event(event)

    def fail(self, reason: str) -> None:
        """The session is gone: what it was asked for will not be done."""
        asked, self._asked = self._asked, set()
        self._calls.clear()
        self.unasked.forget()
        for reply_id in sorted(asked):
            self._release(reply_id)
            self._context.sink.reply_event(ReplyDone(reply_id, ReplyStatus.FAILED, reason))

    async def _ask(self, request: ReplyRequest) -> None:
        reply_id = request.reply_id
        while (session := await self._ready(reply_id)) is not None:
            if await self._adopt(session, request):
                return
            pending = await self._pending(request)
            if session is not self._lane.session or reply_id not in self._preparing:
                continue
            try:
                await self._ask_of(session, request, pending)
                return
            except SessionClosedError:
                if reply_id not in self._preparing:
                    return
                await self._lane.until_closed(session)
        cancelled = ReplyDone(reply_id, ReplyStatus.CANCELLED, "cancelled before it was asked")
        self._context.sink.reply_event(cancelled)

    async def _adopt(self, session: Session, request: ReplyRequest) -> bool:
        """Take the model's own reply, if it is one that answers by itself. False: ask for one."""
        reply_id = request.reply_id
        if request.verbatim is not None or not self.unasked.replies_by_itself:
            return False
        comes = await self.unasked.comes(lambda: reply_id in self._preparing)
        briefing = self._lane.briefing
        wanted = session is self._lane.session and reply_id in self._preparing
        if not comes or briefing is None or not wanted:
            return False
        briefing.add_own(self._entry(reply_id))
        self._asked.add(reply_id)
        self.unasked.adopt(reply_id)
        return True

    async def _ask_of(self, session: Session, request: ReplyRequest, pending: list[Entry]) -> None:
        """Raises SessionClosedError; if the reply was already failed, it is not preparing then."""
        reply_id, briefing = request.reply_id, self._lane.briefing
        if briefing is None:
            raise SessionClosedError("the session ended")
        if request.verbatim is None:
            can = self._context.plugin.capabilities
            request = await briefing.bring_up_to_date(session, can, request, pending)
        if session is not self._lane.session:
            raise SessionClosedError("the session ended")
        briefing.add_own(self._entry(reply_id))
        self._asked.add(reply_id)
        try:
            await session.reply(request)
        except BaseException:
            if reply_id in self._asked:
                self._asked.discard(reply_id)
            else:
                self._preparing.discard(reply_id)
            raise

    async def _ready(self, reply_id: str) -> Session | None:
        """The session, when it has all of every turn that is over; None: cancelled meanwhile."""
        lane = self._lane
        while reply_id in self._preparing:
            if lane.closing:
                raise ProviderError("the sessions are closing")
            if lane.uplink.state is SessionState.REFUSED:
                raise ProviderError(f"the provider refused the session ({lane.detail})")
            if lane.caught_up:
                return lane.session
            await self._context.changed.next()
        return None

    async def _pending(self, request: ReplyRequest) -> list[Entry]:
        """Whose words are missing though they spoke before the question, after a bounded wait."""
        if request.verbatim is not None:
            return []
        last, track = self._lane.uplink.last, self._lane.track
        before_ms = last.turn.start_ms if last else None
        identity = track.speaker.identity if track else None

        def missing() -> list[Entry]:
            spoke = self._context.memory.pending(before_ms)
            return [entry for entry in spoke if entry.identity != identity]

        try:
            async with asyncio.timeout(self._context.options.transcript_wait_s):
                while missing() and request.reply_id in self._preparing:
                    await self._context.changed.next()
        except TimeoutError:
            return missing()
        return []

    def _entry(self, reply_id: str) -> Entry:
        """Where a reply stands among the turns: right after the question."""
        last = self._lane.uplink.last
        start_ms = (last.end_ms or last.turn.start_ms) if last else 0
        return Entry(
            turn_id=reply_id, identity="", name="", role=Role.AGENT, text="", start_ms=start_ms
        )

    def _release(self, reply_id: str) -> None:
        self._lane.uplink.release(reply_id)
        self._lane.kick()
