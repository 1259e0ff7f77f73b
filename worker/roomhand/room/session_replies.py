"""The replies of one lane: asked when the session is up to date, each done exactly once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

from roomhand.attribution.conversation import Entry
from roomhand.bridge.link import SessionState
from roomhand.errors import ProviderError
from roomhand.room.open_session import OpenSession
from roomhand.room.session_contract import ReplyEvent, SessionContext
from roomhand.room.session_report import entry_of
from roomhand_plugins.base import (
    Closed,
    Heard,
    PluginError,
    ReplyDone,
    ReplyRequest,
    ReplyStatus,
    Role,
    SessionClosedError,
    ToolCall,
)

if TYPE_CHECKING:
    from roomhand.room.track_session import TrackSession

MOST_CALLS = 64


class SessionReplies:
    """One at a time is prepared; what a session was asked for is ended by it, or by its loss."""

    def __init__(self, context: SessionContext, lane: TrackSession) -> None:
        self._context = context
        self._lane = lane
        self._preparing: set[str] = set()
        self._asked: dict[str, OpenSession] = {}
        self._calls: OrderedDict[str, OpenSession] = OrderedDict()
        self._one = asyncio.Lock()

    def knows(self, reply_id: str) -> bool:
        """Whether ``cancel`` means anything for it: also after its end, as long as the session."""
        return reply_id in self._preparing or self._session_of(reply_id) is not None

    def called(self, call_id: str) -> bool:
        """Whether an open session asked for this tool call."""
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
        opened, can = self._session_of(reply_id), self._context.plugin.capabilities
        if opened is None or not (can.cancel or can.truncation):
            return
        try:
            async with asyncio.timeout(self._context.options.stall_s):
                await opened.session.cancel_reply(opened.unasked.own_id(reply_id), heard)
        except SessionClosedError:
            await self._lane.until_closed(opened)
        except TimeoutError:
            self._lane.lose(opened, Closed("lost", True, "it does not take a cancel"))

    async def before_end(self, opened: OpenSession) -> None:
        """A model that answers by itself does so at the end of the turn: it must be up to date.

        Raises SessionClosedError.
        """
        can = self._context.plugin.capabilities
        opened.unasked.committed()
        told = can.text_injection or can.mutable_instructions
        if told and opened.unasked.replies_by_itself:
            request = ReplyRequest(reply_id="")
            await opened.briefing.bring_up_to_date(opened.session, can, request, ())

    async def answer_tool(self, call_id: str, output: str) -> None:
        """As ``Sessions.answer_tool``."""
        opened = self._calls.pop(call_id, None)
        if opened is None:
            raise ProviderError("the session that called the tool has ended")
        try:
            async with asyncio.timeout(self._context.options.stall_s):
                await opened.session.answer_tool(call_id, output)
        except TimeoutError:
            self._lane.lose(opened, Closed("lost", True, "it does not take a tool's answer"))
            raise ProviderError("the session does not take the tool's answer") from None
        finally:
            self._lane.uplink.call_answered(call_id)
            self._lane.kick()

    def take(self, event: ReplyEvent, opened: OpenSession) -> None:
        """An event of that session; what comes after the end of a reply is left out."""
        event = opened.unasked.named(event)
        if self._asked.get(event.reply_id) is not opened:
            if not opened.briefing.answered(event.reply_id):
                opened.unasked.take(event)
            return
        if isinstance(event, ReplyDone):
            del self._asked[event.reply_id]
            self._release(event.reply_id)
        elif isinstance(event, ToolCall):
            self._take_call(event, opened)
        self._context.sink.reply_event(event)

    def fail(self, opened: OpenSession, reason: str) -> None:
        """That session is gone: what it was asked for will not be done."""
        failed = sorted(name for name, session in self._asked.items() if session is opened)
        for call_id in [name for name, session in self._calls.items() if session is opened]:
            del self._calls[call_id]
        opened.unasked.forget()
        for reply_id in failed:
            del self._asked[reply_id]
            self._release(reply_id)
            self._context.sink.reply_event(ReplyDone(reply_id, ReplyStatus.FAILED, reason))

    def _take_call(self, event: ToolCall, opened: OpenSession) -> None:
        self._calls[event.call_id] = opened
        former = opened is self._lane.former
        self._lane.uplink.called(event.call_id, self._context.now(), former=former)
        if len(self._calls) > MOST_CALLS:
            oldest, _ = self._calls.popitem(last=False)
            self._lane.uplink.call_answered(oldest)

    def _session_of(self, reply_id: str) -> OpenSession | None:
        """The open session that was asked for it."""
        return next((one for one in self._lane.open if one.briefing.answered(reply_id)), None)

    async def _ask(self, request: ReplyRequest) -> None:
        reply_id = request.reply_id
        while (opened := await self._ready(reply_id)) is not None:
            if await self._adopt(opened, request):
                return
            pending = await self._pending(request)
            if opened is not self._lane.serving or reply_id not in self._preparing:
                continue
            try:
                await self._ask_of(opened, request, pending)
                return
            except SessionClosedError:
                if reply_id not in self._preparing:
                    return
                await self._lane.until_closed(opened)
        cancelled = ReplyDone(reply_id, ReplyStatus.CANCELLED, "cancelled before it was asked")
        self._context.sink.reply_event(cancelled)

    async def _adopt(self, opened: OpenSession, request: ReplyRequest) -> bool:
        """Take the model's own reply, if it is one that answers by itself. False: ask for one."""
        reply_id = request.reply_id
        if request.verbatim is not None or not opened.unasked.replies_by_itself:
            return False
        comes = await opened.unasked.comes(lambda: reply_id in self._preparing)
        wanted = opened is self._lane.serving and reply_id in self._preparing
        if not comes or not wanted:
            return False
        self._bind(reply_id, opened)
        for event in opened.unasked.adopt(reply_id):
            self.take(event, opened)
        return True

    async def _ask_of(
        self, opened: OpenSession, request: ReplyRequest, pending: list[Entry]
    ) -> None:
        """Raises SessionClosedError; if the reply was already failed, it is not preparing then."""
        reply_id = request.reply_id
        if request.verbatim is None:
            can, session = self._context.plugin.capabilities, opened.session
            request = await opened.briefing.bring_up_to_date(session, can, request, pending)
        if opened is not self._lane.serving:
            raise SessionClosedError("the session ended, or another serves")
        self._bind(reply_id, opened)
        try:
            await opened.session.reply(request)
        except BaseException:
            if reply_id in self._asked:
                del self._asked[reply_id]
                self._lane.uplink.not_asked(reply_id)
            else:
                self._preparing.discard(reply_id)
            raise

    def _bind(self, reply_id: str, opened: OpenSession) -> None:
        opened.briefing.add_own(self._entry(reply_id))
        self._asked[reply_id] = opened
        self._lane.uplink.asked(reply_id)

    async def _ready(self, reply_id: str) -> OpenSession | None:
        """The session, when it has all of every turn that is over; None: cancelled meanwhile."""
        lane = self._lane
        while reply_id in self._preparing:
            if lane.closing:
                raise ProviderError("the sessions are closing")
            if lane.uplink.state is SessionState.REFUSED:
                raise ProviderError(f"the provider refused the session ({lane.detail})")
            if lane.caught_up:
                return lane.serving
            await self._context.changed.next()
        return None

    async def _pending(self, request: ReplyRequest) -> list[Entry]:
        """Whose words are missing though they spoke before the question, after a bounded wait."""
        if request.verbatim is not None:
            return []
        uplink, track = self._lane.uplink, self._lane.track
        before_ms = uplink.last.turn.start_ms if uplink.last else None
        identity = track.speaker.identity if track else None

        def missing() -> list[Entry]:
            spoke = self._context.memory.pending(before_ms)
            others = [entry for entry in spoke if entry.identity != identity]
            return others + [entry_of(turn) for turn in uplink.turns if turn.former]

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
