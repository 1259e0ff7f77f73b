"""One lane at work: its uplink's steps are done on the provider's session, one after the other.

One task pumps, while there is something to pump; one task reads the events of each open session.
A silent person costs neither. There are two sessions while one follows the other, never three. All
decisions are the uplink's; what it asks of an open session is done by ``session_steps``, and what
the session says is taken by ``session_events``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from roomhand import metrics
from roomhand.attribution.anchor import Anchor
from roomhand.attribution.ends import SessionEnd
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.attribution.segments import Turn
from roomhand.bridge import steps
from roomhand.bridge.hearing import Speech
from roomhand.bridge.link import SessionState
from roomhand.bridge.rotation import Relay
from roomhand.bridge.spoken import Phase, SpokenTurn
from roomhand.bridge.uplink import Uplink
from roomhand.room.listening import TrackListener
from roomhand.room.open_session import OpenSession
from roomhand.room.session_contract import SessionContext
from roomhand.room.session_events import SessionEvents
from roomhand.room.session_listener import SessionListener
from roomhand.room.session_opening import open_session
from roomhand.room.session_replies import SessionReplies
from roomhand.room.session_report import tell_fact
from roomhand.room.session_steps import SessionSteps
from roomhand_plugins.base import Closed

logger = logging.getLogger(__name__)

SHORTEST_WAIT_S = 0.001
LONG_WAIT_S = 30.0
"""Between two attempts to open a successor where the provider will not have it: the session that
serves may go on until its end."""


class TrackSession:
    """One (participant, source), or the shared mouth, through all its subscriptions."""

    def __init__(self, context: SessionContext, uplink: Uplink) -> None:
        self.uplink = uplink
        self.serving: OpenSession | None = None
        """Open and ready; None while there is none."""
        self.successor: OpenSession | None = None
        """Open, and waiting to take over."""
        self.former: OpenSession | None = None
        """Relieved, and finishing what it was asked for."""
        self.closing = False
        self.detail = ""
        """Why the session is not there."""
        self.replies = SessionReplies(context, self)
        self._steps = SessionSteps(context, self)
        self._events = SessionEvents(context, self)
        self._context = context
        self._state = SessionState.IDLE
        self._left_s = 0.0
        """When the last subscription ended."""
        self._wake = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._relief: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def track(self) -> TrackRef | None:
        """The subscription heard now or last; None: the shared mouth."""
        return self.uplink.hearing.track

    @property
    def vacant(self) -> bool:
        """Nobody is heard, nothing is under way, and nobody else's words are waited for: the scribe
        tells of no turn that it took for noise, so not for longer than a ring is."""
        idle = self._pump is None and self._relief is None and not self.open
        long_ago = self._left_s + self._context.options.ring_s < self._context.now()
        waits = any(not turn.recorded and not long_ago for turn in self.uplink.turns)
        return idle and not self.subscribed and not waits

    @property
    def open(self) -> list[OpenSession]:
        """Its open sessions; what serves comes first."""
        sessions = (self.serving, self.former, self.successor)
        return [one for one in sessions if one is not None]

    @property
    def subscribed(self) -> bool:
        """Whether a subscription runs."""
        return self.uplink.hearing.speech is not Speech.ABSENT

    @property
    def caught_up(self) -> bool:
        """Whether the session was given, and told the end of, every turn that is over."""
        return self.serving is not None and self.uplink.caught_up and not self._steps.commits

    @property
    def _owes_words(self) -> bool:
        told = self._context.withheld.hears and self.uplink.state is not SessionState.REFUSED
        return told and self.uplink.turns.wanted

    def listen(self, track: TrackRef, anchor: Anchor, ledger: TrackLedger) -> TrackListener:
        """A subscription of this lane begins; the last one has ended."""
        return SessionListener(self, self.uplink.subscribe(track, anchor, ledger))

    def left(self) -> None:
        """The subscription is over."""
        self.uplink.ended()
        self._left_s = self._context.now()

    def kick(self) -> None:
        """Look for something to do."""
        if self._pump:
            self._wake.set()
        elif self.uplink.wanted and self.uplink.state is not SessionState.REFUSED:
            self._start()

    def wake(self) -> None:
        """Let the pump look again, if it runs."""
        self._wake.set()

    def dismiss(self) -> None:
        """What was said last will not be answered."""
        for opened in self.open:
            opened.unasked.dismiss()

    def report(self) -> None:
        """Tell the sink and the memory what has happened."""
        for fact in self.uplink.facts():
            tell_fact(self._context, fact)
            self._context.changed.beat()
        if self._state is not self.uplink.state:
            self._state = self.uplink.state
            self._context.sink.provider_state(self.track, self._state, self.detail)
            self._context.changed.beat()

    def lose(self, opened: OpenSession, closed: Closed) -> None:
        """The session is no good any more. Saying so twice does nothing."""
        if opened not in self.open:
            return
        serves, former = opened is self.serving, opened is self.former
        self._leave(opened, closed.reason)
        if serves:
            self._not_open(closed)
        elif former:
            self.uplink.former_lost()
        else:
            self.uplink.relief_failed(self._context.now(), closed.retry_after_s)
        self.report()
        self._wake.set()

    async def until_closed(self, opened: OpenSession) -> None:
        """A call found the session ended: its last event says why, and comes soon."""
        if opened.reader:
            await asyncio.wait({opened.reader}, timeout=self._context.options.close_s)
        self.lose(opened, Closed("lost", True, "ended without a reason"))

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
        if working := {task for task in (self._pump, self._relief) if task}:
            for task in working:
                task.cancel()
            await asyncio.wait(working)
        self.uplink.finish("closing")
        self.report()
        for opened in self.open:
            self._leave(opened, "closing")
        if self._ending:
            await asyncio.wait(self._ending)

    # The pump.

    def _start(self) -> None:
        self._wake.set()
        if self._pump is None:
            self._pump = asyncio.create_task(self._run(), name="session-pump")
            self._pump.add_done_callback(_log_fault)

    async def _run(self) -> None:
        try:
            while True:
                self._wake.clear()
                step = self.uplink.next(self._context.now())
                self.report()
                if not isinstance(step, steps.Wait):
                    await self._do(step)
                elif step.until_s is None and not self.open:
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
        opened = self.serving
        match step:
            case steps.Leave(reason) if self.former:
                self._leave(self.former, reason)
            case _ if opened is None:
                raise AssertionError(f"{step} without a session")
            case steps.Relieve():
                self._relief = asyncio.create_task(self._relieve(), name="session-relief")
                self._relief.add_done_callback(_log_fault)
            case steps.TakeOver(withdrawn):
                self._take_over(opened, withdrawn)
            case steps.Close(reason):
                self.detail = reason
                self._leave(opened, reason)
            case steps.Abandon(reason):
                self.lose(opened, Closed(reason, True))
            case _:
                await self._steps.take(opened, step)

    async def _open(self) -> None:
        """The session that serves the lane, where there is none."""
        outcome = await self._opening([turn for turn in self.uplink.turns if turn.wanted])
        if isinstance(outcome, Closed):
            self._not_open(outcome)
        else:
            self._take_in(outcome)

    async def _relieve(self) -> None:
        """The successor. What serves may be lost meanwhile: then this one serves at once."""
        try:
            unsent = (turn for turn in self.uplink.turns if turn.phase is Phase.WAITING)
            outcome = await self._opening([turn for turn in unsent if turn.wanted])
        finally:
            self._relief = None
        relieves = self.uplink.relay is Relay.OPENING
        if isinstance(outcome, OpenSession):
            if relieves or self.uplink.state is SessionState.OPENING:
                self._take_in(outcome)
            else:
                self._end(outcome, SessionEnd.UNNEEDED)
        elif relieves:
            wait_s = outcome.retry_after_s if outcome.retryable else LONG_WAIT_S
            self.uplink.relief_failed(self._context.now(), wait_s)
        elif self.uplink.state is SessionState.OPENING:
            self._not_open(outcome)
        self._start()

    async def _opening(self, own: Iterable[SpokenTurn]) -> OpenSession | Closed:
        return await open_session(self._context, self.track, own)

    def _take_in(self, opened: OpenSession) -> None:
        if self.uplink.opened(self._context.now()):
            self.serving, self.detail = opened, ""
        else:
            self.successor = opened
        opened.reader = asyncio.create_task(self._events.read(opened), name="session-reader")
        opened.reader.add_done_callback(_log_fault)
        self.report()

    def _take_over(self, serving: OpenSession, withdrawn: Turn | None) -> None:
        """From here on the successor serves; what served finishes what it was asked for."""
        self.former, self.serving, self.successor = serving, self.successor, None
        self._context.spent.rotate()
        if withdrawn:
            task = asyncio.create_task(
                self._steps.withdraw(serving, withdrawn), name="turn-withdrawn"
            )
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        self._context.changed.beat()

    def _not_open(self, closed: Closed) -> None:
        self.detail = f"{closed.reason}: {closed.detail}".rstrip(": ")
        if closed.retryable:
            self.uplink.lost(self._context.now(), closed.retry_after_s)
            if self.uplink.state is SessionState.READY:
                self.serving, self.successor = self.successor, None
        else:
            self.uplink.refused()
            for opened in self.open:
                self._leave(opened, closed.reason)
        self.report()
        self._wake.set()

    def _leave(self, opened: OpenSession, reason: str) -> None:
        """From here on the session is nobody's: what it was asked for has failed."""
        if opened is self.serving:
            self.serving = None
        elif opened is self.former:
            self.former = None
        else:
            self.successor = None
        self.replies.fail(opened, reason)
        self._end(opened, SessionEnd.of(reason))

    def _end(self, opened: OpenSession, end: SessionEnd) -> None:
        """It closes on its own."""
        self.uplink.session_ended(end)
        metrics.SESSIONS_ENDED.labels(end).inc()
        sid = self.track.sid if self.track else ""
        logger.info("session ended", extra={"track": sid, "reason": end})
        ending = opened.end(self._context.options.close_s)
        task = asyncio.create_task(ending, name="session-end")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


def _log_fault(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception():
        logger.error("a session task failed", exc_info=task.exception())
