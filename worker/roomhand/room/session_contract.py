"""What the sessions need to be told, and whom they tell: options and sink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from roomhand.attribution.anchor import SAMPLES_PER_MS
from roomhand.attribution.conversation import Conversation
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.segments import Turn
from roomhand.bridge.hearing import LONGEST_PIECE, HearingLimits
from roomhand.bridge.link import SessionState
from roomhand.bridge.reopening import ReopeningLimits
from roomhand.bridge.uplink import UplinkLimits
from roomhand.clock import own_now_s
from roomhand.room.pulse import Pulse
from roomhand.room.spent import Spent
from roomhand.room.withheld import Withheld
from roomhand.settings import Settings
from roomhand_plugins.base import (
    SAMPLE_RATE,
    Capabilities,
    Plugin,
    ReplyAudio,
    ReplyDone,
    ReplyStarted,
    ReplyText,
    SessionSetup,
    ToolCall,
    Transcript,
    Usage,
)

ReplyEvent: TypeAlias = ReplyStarted | ReplyAudio | ReplyText | ReplyDone | ToolCall
Setup: TypeAlias = Callable[[TrackRef | None], SessionSetup]
"""The setup of a new session for a track, without history; None: the shared mouth's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    """Those of ``of`` are settings of the same names; the others rarely need changing."""

    preroll_ms: int = 600
    ring_s: float = 60.0
    session_idle_s: float = 120.0
    transcript_wait_s: float = 3.0
    max_turn_s: float = 25.0
    """Longer speech is cut at a breath, so that a turn always fits the ring."""
    tail_ms: int = 200
    """Kept after the end of speech."""
    transcript_due_s: float = 30.0
    """A committed turn without words for this long is tried once more, then missed."""
    open_s: float = 60.0
    """Longest handshake."""
    stall_s: float = 10.0
    """A session that takes nothing for this long is lost."""
    reply_wait_s: float = 30.0
    """Longest wait for a session that can be asked."""
    call_s: float = 300.0
    """A session that waits for the answer of a tool is not left for another for so long."""
    flush_s: float = 5.0
    """Longest wait for outstanding words at close."""
    close_s: float = 3.0
    """Longest wait for one session to close."""
    tries: int = 8
    """Sessions that may be lost with one turn under way before it is missed."""
    history: int = 200
    """Turns told to a new session."""
    reopening: ReopeningLimits = field(default_factory=ReopeningLimits)

    @classmethod
    def of(cls, settings: Settings) -> SessionOptions:
        """As the settings say."""
        return cls(
            preroll_ms=settings.preroll_ms,
            ring_s=settings.ring_s,
            session_idle_s=settings.session_idle_s,
            transcript_wait_s=settings.transcript_wait_s,
        )

    def limits(self, capabilities: Capabilities) -> UplinkLimits:
        """For a lane to a plugin that can do this. A small ring makes for shorter turns."""
        ring, preroll = round(self.ring_s * SAMPLE_RATE), self.preroll_ms * SAMPLES_PER_MS
        longest = min(round(self.max_turn_s * SAMPLE_RATE), ring - preroll - LONGEST_PIECE)
        return UplinkLimits(
            hearing=HearingLimits(
                ring=ring,
                preroll=preroll,
                tail=self.tail_ms * SAMPLES_PER_MS,
                longest_turn=longest,
            ),
            idle_s=self.session_idle_s,
            transcript_due_s=self.transcript_due_s,
            tries=self.tries,
            unbroken_input=capabilities.unbroken_input,
            longest_session_s=capabilities.max_session_s,
            call_s=self.call_s,
            reopening=self.reopening,
        )


class SessionSink(Protocol):
    """Takes what the sessions report; every call must return at once.

    A turn starts once, ends once, and then gets final words once or is lost once; its interim
    words come any time before. Words are the speaker's by construction: a session hears one track.
    Where another agent is the scribe, only starts and ends are told: it tells the words.
    """

    def speech_started(self, track: TrackRef, turn: Turn) -> None:
        """Somebody began to speak."""

    def speech_ended(self, track: TrackRef, turn: Turn, end_ms: int) -> None:
        """The speech of this turn is over; a turn that was cut goes on as the next one."""

    def words(self, track: TrackRef, turn: Turn, end_ms: int | None, words: Transcript) -> None:
        """Words of the turn so far. A final without text: nothing was said."""

    def words_doubted(self, track: TrackRef, turn: Turn, end_ms: int, words: Transcript) -> None:
        """The model wrote words over too little voice for any; a final without text follows."""

    def turn_lost(self, track: TrackRef, turn: Turn, end_ms: int, reason: str) -> None:
        """No words of this turn will come: a hole."""

    def stray_words(self, track: TrackRef | None, words: Transcript) -> None:
        """Words that the provider could not tie to a turn."""

    def reply_event(self, event: ReplyEvent) -> None:
        """The next event of a reply; exactly one ``ReplyDone`` per reply that was asked."""

    def usage(self, track: TrackRef | None, usage: Usage) -> None:
        """What was billed; None: to the shared mouth."""

    def provider_state(self, track: TrackRef | None, state: SessionState, detail: str) -> None:
        """A session changed its state; ``detail`` is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionContext:
    """What all lanes of a job share. ``changed`` beats whenever somebody may have waited for it."""

    plugin: Plugin
    setup: Setup
    options: SessionOptions
    meeting_id: str
    memory: Conversation
    sink: SessionSink
    changed: Pulse
    withheld: Withheld
    spent: Spent
    now: Callable[[], float] = own_now_s
