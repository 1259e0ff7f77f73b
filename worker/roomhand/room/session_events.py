"""What the sessions of one lane say, told to its uplink, its replies and the sink."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from roomhand.room.open_session import OpenSession
from roomhand.room.session_contract import SessionContext
from roomhand_plugins.base import (
    Closed,
    ClosingSoon,
    Event,
    ReplyAudio,
    ReplyDone,
    ReplyStarted,
    ReplyText,
    ToolCall,
    Transcript,
    TurnCommitted,
    TurnFailed,
    Usage,
)

if TYPE_CHECKING:
    from roomhand.room.track_session import TrackSession

logger = logging.getLogger(__name__)


class SessionEvents:
    """One reading for each open session."""

    def __init__(self, context: SessionContext, lane: TrackSession) -> None:
        self._context = context
        self._lane = lane

    async def read(self, opened: OpenSession) -> None:
        """Until the session ends. What it spent counts also after the lane has left it."""
        closed = Closed("protocol", True, "the events ended without a Closed")
        try:
            async for event in opened.session.events():
                if isinstance(event, Closed):
                    closed = event
                elif opened in self._lane.open:
                    self._take(event, opened)
                elif isinstance(event, Usage):
                    self._take_usage(event)
        except Exception as error:
            logger.exception("the events of a session failed")
            closed = Closed("server_error", True, type(error).__name__)
        self._lane.lose(opened, closed)

    def _take(self, event: Event, opened: OpenSession) -> None:
        uplink, former = self._lane.uplink, opened is self._lane.former
        match event:
            case TurnCommitted(turn_id):
                uplink.proved()
                if not self._context.plugin.capabilities.transcripts:
                    uplink.answer(turn_id, TurnFailed(turn_id, "no transcripts"), former=former)
            case TurnFailed(turn_id):
                uplink.answer(turn_id, event, former=former)
            case Transcript():
                uplink.proved()
                self._take_words(event, former=former)
            case ReplyStarted() | ReplyAudio() | ReplyText() | ReplyDone() | ToolCall():
                uplink.proved()
                self._lane.replies.take(event, opened)
            case Usage():
                self._take_usage(event)
            case ClosingSoon(in_s) if not former:
                waits = opened is self._lane.successor
                uplink.closing_soon(self._context.now(), in_s, successor=waits)
            case _:
                return
        self._lane.report()
        self._lane.wake()

    def _take_usage(self, usage: Usage) -> None:
        self._context.spent.bill(usage.audio_seconds)
        self._context.sink.usage(self._lane.track, usage)

    def _take_words(self, words: Transcript, *, former: bool) -> None:
        uplink, sink = self._lane.uplink, self._context.sink
        if words.turn_id is None:
            sink.stray_words(self._lane.track, words)
        elif words.final:
            if not uplink.answer(words.turn_id, words, former=former):
                logger.warning("final words came for a turn that waits for none")
        elif not self._context.withheld.hears:
            return
        elif spoken := uplink.turns.find(words.turn_id, former=former):
            sink.words(spoken.run.track, spoken.turn, spoken.end_ms, words)
