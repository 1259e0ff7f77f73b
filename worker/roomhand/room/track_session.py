"""One lane at work: its uplink's steps are done on the provider's session, one after the other.

One task pumps, while there is something to pump; one task reads the events of the open session.
A silent person costs neither. All decisions are the uplink's.
"""

from __future__ import annotations

import asyncio
import logging

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.bridge import steps
from roomhand.bridge.hearing import Speech
from roomhand.bridge.link import SessionState
from roomhand.bridge.uplink import Uplink
from roomhand.room.briefing import Briefing
from roomhand.room.listening import TrackListener
from roomhand.room.session_contract import SessionContext
from roomhand.room.session_end import end_session
from roomhand.room.session_listener import SessionListener
from roomhand.room.session_replies import SessionReplies
from roomhand.room.session_report import entry_of, tell_fact
from roomhand_plugins.base import (
    Closed,
    ClosingSoon,
    Event,
    ReplyAudio,
    ReplyDone,
    ReplyStarted,
    ReplyText,
    Session,
    SessionClosedError,
    SessionRefusedError,
    ToolCall,
    Transcript,
    TurnCommitted,
    TurnFailed,
    Usage,
)

logger = logging.getLogger(__name__)

SHORTEST_WAIT_S = 0.001


class TrackSession:
    """One (participant, source), or the shared mouth, through all its subscriptions."""

    def __init__(self, context: SessionContext, uplink: Uplink) -> None:
        self.uplink = uplink
        self.session: Session | None = None
        """Open and ready; None while there is none."""
        self.briefing: Briefing | None = None
        self.closing = False
        self.detail = ""
        """Why the session is not there."""
        self.replies = SessionReplies(context, self)
        self._context = context
        self._state = SessionState.IDLE
        self._wake = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._reader: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._commits = False

    @property
    def track(self) -> TrackRef | None:
        """The subscription heard now or last; None: the shared mouth."""
        return self.uplink.hearing.track

    @property
    def vacant(self) -> bool:
        """Nobody is heard, nothing is under way, and nobody else's words are waited for."""
        idle = self._pump is None and self.session is None
        return idle and not self.subscribed and all(turn.recorded for turn in self.uplink.turns)

    @property
    def subscribed(self) -> bool:
        """Whether a subscription runs."""
        return self.uplink.hearing.speech is not Speech.ABSENT

    @property
    def caught_up(self) -> bool:
        """Whether the session was given, and told the end of, every turn that is over."""
        return self.session is not None and self.uplink.caught_up and not self._commits

    @property
    def _owes_words(self) -> bool:
        told = self._context.withheld.hears and self.uplink.state is not SessionState.REFUSED
        return told and self.uplink.turns.wanted

    def listen(self, track: TrackRef, anchor: Anchor, ledger: TrackLedger) -> TrackListener:
        """A subscription of this lane begins; the last one has ended."""
        return SessionListener(self, self.uplink.subscribe(track, anchor, ledger))

    def kick(self) -> None:
        """Look for something to do."""
        if self._pump:
            self._wake.set()
        elif self.uplink.wanted and self.uplink.state is not SessionState.REFUSED:
            self._pump = asyncio.create_task(self._run(), name="session-pump")
            self._pump.add_done_callback(_log_fault)

    def report(self) -> None:
        """Tell the sink and the memory what has happened."""
        for fact in self.uplink.facts():
            tell_fact(self._context, fact)
            self._context.changed.beat()
        if self._state is not self.uplink.state:
            self._state = self.uplink.state
            self._context.sink.provider_state(self.track, self._state, self.detail)
            self._context.changed.beat()

    def lose(self, session: Session, closed: Closed) -> None:
        """The session is no good any more. Saying so twice does nothing."""
        if session is not self.session:
            return
        self._leave(session)
        self.replies.fail(closed.reason)
        self._not_open(closed)

    async def until_closed(self, session: Session) -> None:
        """A call found the session ended: its last event says why, and comes soon."""
        if self._reader:
            await asyncio.wait({self._reader}, timeout=self._context.options.close_s)
        self.lose(session, Closed("lost", True, "ended without a reason"))

    async def aclose(self) -> None:
        """Wait a bounded time for outstanding words, then close; what is left is a hole."""
        if self.subscribed:
            self.uplink.ended()
            self.report()
            self.kick()
        self.closing = True
        self._context.changed.beat()
        try:
            async with asyncio.timeout(self._context.options.flush_s):
                while self._owes_words:
                    await self._context.changed.next()
        except TimeoutError:
            logger.warning("words were outstanding at close")
        if self._pump:
            self._pump.cancel()
            await asyncio.wait({self._pump})
        self.uplink.finish("closing")
        self.report()
        if self.session:
            self._leave(self.session)
        self.replies.fail("closing")
        await self.replies.unasked.aclose()
        if self._ending:
            await asyncio.wait(self._ending)

    # The pump.

    async def _run(self) -> None:
        try:
            while True:
                self._wake.clear()
                step = self.uplink.next(self._context.now())
                self.report()
                if not isinstance(step, steps.Wait):
                    await self._do(step)
                elif step.until_s is None and self.session is None:
                    return
                else:
                    await self._sleep(step.until_s)
        finally:
            self._pump = None

    async def _sleep(self, until_s: float | None) -> None:
        wait_s = None
        if until_s is not None:
            wait_s = max(SHORTEST_WAIT_S, until_s - self._context.now())
        try:
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _do(self, step: steps.Step) -> None:
        if isinstance(step, steps.Open):
            await self._open()
            return
        session = self.session
        if session is None:
            raise AssertionError(f"{step} without a session")
        match step:
            case steps.Close(reason):
                self.detail = reason
                self._leave(session)
            case steps.Abandon(reason):
                self.lose(session, Closed("lost", True, reason))
            case _:
                await self._call(session, step)

    async def _open(self) -> None:
        context = self._context
        own = [entry_of(spoken) for spoken in self.uplink.turns if spoken.wanted]
        try:
            setup = context.setup(self.track)
            briefing = Briefing(context.memory, setup, context.options.history, own)
            async with asyncio.timeout(context.options.open_s):
                session = await context.plugin.open(briefing.setup)
        except SessionRefusedError as error:
            reason = "unavailable" if error.retryable else "refused"
            self._not_open(Closed(reason, error.retryable, str(error), error.retry_after_s))
        except TimeoutError:
            self._not_open(Closed("lost", True, "the handshake took too long"))
        except Exception as error:
            logger.exception("the plugin failed to open a session")
            self._not_open(Closed("server_error", True, type(error).__name__))
        else:
            self.session, self.briefing, self.detail = session, briefing, ""
            context.spent.open()
            self.uplink.opened(context.now())
            self._reader = asyncio.create_task(self._read(session), name="session-reader")
            self._reader.add_done_callback(_log_fault)
            self.report()

    async def _call(self, session: Session, step: steps.Step) -> None:
        self._commits = isinstance(step, steps.End)
        try:
            async with asyncio.timeout(self._context.options.stall_s):
                await self._perform(session, step)
        except SessionClosedError:
            await self.until_closed(session)
        except TimeoutError:
            self.lose(session, Closed("lost", True, "it takes no more audio"))
        except Exception as error:
            logger.exception("the plugin failed on a turn")
            self.lose(session, Closed("server_error", True, type(error).__name__))
        finally:
            if self._commits:
                self._commits = False
                self._context.changed.beat()

    async def _perform(self, session: Session, step: steps.Step) -> None:
        match step:
            case steps.Begin(turn):
                spoken = self.uplink.turns.find(turn.id)
                if spoken and self.briefing:
                    self.briefing.add_own(entry_of(spoken))
                await session.begin_turn(turn.id)
            case steps.Send(start, stop):
                await session.send_audio(self.uplink.hearing.ring.read(start, stop))
                self._context.spent.send(stop - start)
            case steps.End(turn):
                await self.replies.before_end(session)
                await session.end_turn(turn.id)
            case steps.Discard(turn):
                await session.discard_turn(turn.id)

    def _not_open(self, closed: Closed) -> None:
        self.detail = f"{closed.reason}: {closed.detail}".rstrip(": ")
        if closed.retryable:
            self.uplink.lost(self._context.now(), closed.retry_after_s)
        else:
            self.uplink.refused()
        self.report()
        self._wake.set()

    def _leave(self, session: Session) -> None:
        """From here on the session is nobody's; it closes on its own."""
        reader, self._reader, self.session, self.briefing = self._reader, None, None, None
        ending = end_session(session, reader, self._context.options.close_s)
        task = asyncio.create_task(ending, name="session-end")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    # The events.

    async def _read(self, session: Session) -> None:
        closed = Closed("protocol", True, "the events ended without a Closed")
        try:
            async for event in session.events():
                if isinstance(event, Closed):
                    closed = event
                elif session is self.session:
                    self._take(event)
                elif isinstance(event, Usage):
                    self._take_usage(event)
        except Exception as error:
            logger.exception("the events of a session failed")
            closed = Closed("server_error", True, type(error).__name__)
        self.lose(session, closed)

    def _take(self, event: Event) -> None:
        match event:
            case TurnCommitted(turn_id):
                self.uplink.proved()
                if not self._context.plugin.capabilities.transcripts:
                    self.uplink.answer(turn_id, TurnFailed(turn_id, "no transcripts"))
            case TurnFailed(turn_id):
                self.uplink.answer(turn_id, event)
            case Transcript():
                self.uplink.proved()
                self._take_words(event)
            case ReplyStarted() | ReplyAudio() | ReplyText() | ReplyDone() | ToolCall():
                self.uplink.proved()
                self.replies.take(event)
            case Usage():
                self._take_usage(event)
            case ClosingSoon():
                self.uplink.closing_soon(self._context.now())
            case _:
                return
        self.report()
        self._wake.set()

    def _take_usage(self, usage: Usage) -> None:
        self._context.spent.bill(usage.audio_seconds)
        self._context.sink.usage(self.track, usage)

    def _take_words(self, words: Transcript) -> None:
        if words.turn_id is None:
            self._context.sink.stray_words(self.track, words)
        elif words.final:
            if not self.uplink.answer(words.turn_id, words):
                logger.warning("final words came for a turn that waits for none")
        elif not self._context.withheld.hears:
            return
        elif spoken := self.uplink.turns.find(words.turn_id):
            self._context.sink.words(spoken.run.track, spoken.turn, spoken.end_ms, words)


def _log_fault(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception():
        logger.error("a session task failed", exc_info=task.exception())
