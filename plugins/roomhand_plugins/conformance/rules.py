"""What every stream of events must satisfy, whatever the plugin and whatever the test.

Pure: the calls made and the events seen go in, in order; broken rules come out as sentences. Two
tables hold the life of a turn and the life of a reply; an event that has no entry for the present
state breaks a rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeAlias

from roomhand_plugins.base import (
    Capabilities,
    Closed,
    Event,
    ReplyAudio,
    ReplyDone,
    ReplyStarted,
    ReplyText,
    ToolCall,
    Transcript,
    TurnCommitted,
    TurnFailed,
    TurnTaking,
)


class TurnState(Enum):
    """Where one turn stands."""

    OPEN = auto()
    ENDED = auto()
    COMMITTED = auto()
    SETTLED = auto()
    DISCARDED = auto()


class TurnInput(Enum):
    """A call about a turn, or an event that names it."""

    END = auto()
    DISCARD = auto()
    COMMITTED = auto()
    INTERIM = auto()
    FINAL = auto()
    FAILED = auto()


_T, _I = TurnState, TurnInput
TURN_TABLE: dict[tuple[TurnState, TurnInput], TurnState] = {
    (_T.OPEN, _I.INTERIM): _T.OPEN,
    (_T.OPEN, _I.FAILED): _T.SETTLED,
    (_T.OPEN, _I.END): _T.ENDED,
    (_T.OPEN, _I.DISCARD): _T.DISCARDED,
    (_T.ENDED, _I.INTERIM): _T.ENDED,
    (_T.ENDED, _I.COMMITTED): _T.COMMITTED,
    (_T.ENDED, _I.FAILED): _T.SETTLED,
    (_T.COMMITTED, _I.INTERIM): _T.COMMITTED,
    (_T.COMMITTED, _I.FINAL): _T.SETTLED,
    (_T.COMMITTED, _I.FAILED): _T.SETTLED,
    (_T.COMMITTED, _I.END): _T.COMMITTED,
    (_T.COMMITTED, _I.DISCARD): _T.DISCARDED,
    (_T.SETTLED, _I.END): _T.SETTLED,
    (_T.SETTLED, _I.DISCARD): _T.DISCARDED,
    # Interim text that was on its way when the turn was discarded is no report about it.
    (_T.DISCARDED, _I.INTERIM): _T.DISCARDED,
}
OWN_DETECTION_TABLE: dict[tuple[TurnState, TurnInput], TurnState] = {
    (_T.OPEN, _I.COMMITTED): _T.COMMITTED,
}
"""Further entries for a provider that finds the end of speech itself, before we do."""


class ReplyState(Enum):
    """Where one reply stands."""

    UNASKED = auto()
    ASKED = auto()
    STARTED = auto()
    DONE = auto()


_R = ReplyState
ReplyEvent: TypeAlias = ReplyStarted | ReplyAudio | ReplyText | ToolCall | ReplyDone
REPLY_TABLE: dict[tuple[ReplyState, type[ReplyEvent]], ReplyState] = {
    (_R.ASKED, ReplyStarted): _R.STARTED,
    (_R.ASKED, ReplyDone): _R.DONE,
    (_R.STARTED, ReplyAudio): _R.STARTED,
    (_R.STARTED, ReplyText): _R.STARTED,
    (_R.STARTED, ToolCall): _R.STARTED,
    (_R.STARTED, ReplyDone): _R.DONE,
}
OWN_REPLIES_TABLE: dict[tuple[ReplyState, type[ReplyEvent]], ReplyState] = {
    (_R.UNASKED, ReplyStarted): _R.STARTED,
}
"""Further entries for a model that speaks without being asked."""


@dataclass(slots=True)
class EventRules:
    """Judges one session. ``broken`` grows by one sentence per broken rule."""

    capabilities: Capabilities
    broken: list[str] = field(default_factory=list)
    turns: dict[str, TurnState] = field(default_factory=dict)
    replies: dict[str, ReplyState] = field(default_factory=dict)
    samples_sent: int = 0
    closed: Closed | None = None

    def begun(self, turn_id: str) -> None:
        """``begin_turn`` is about to be called."""
        self.turns[turn_id] = TurnState.OPEN

    def told(self, turn_id: str, given: TurnInput) -> None:
        """``end_turn`` is about to be called, or ``discard_turn`` has returned."""
        if turn_id in self.turns:
            self._move_turn(turn_id, given, given.name.lower())

    def sent(self, pcm: bytes) -> None:
        """``send_audio`` is about to be called."""
        self.samples_sent += len(pcm) // 2

    def asked(self, reply_id: str) -> None:
        """``reply`` is about to be called."""
        self.replies[reply_id] = ReplyState.ASKED

    def see(self, event: Event) -> None:
        """The next event of the session."""
        if self.closed is not None:
            self.broken.append(f"{brief(event)} came after {brief(self.closed)}")
        match event:
            case Closed():
                self.closed = event
            case TurnCommitted():
                self._see_turn(event.turn_id, TurnInput.COMMITTED, event)
            case TurnFailed():
                self._see_turn(event.turn_id, TurnInput.FAILED, event)
            case Transcript():
                self._see_transcript(event)
            case ReplyStarted() | ReplyAudio() | ReplyText() | ToolCall() | ReplyDone():
                self._see_reply(event)

    def end(self) -> None:
        """The events are over."""
        if self.closed is None:
            self.broken.append("the events ended without a Closed")

    def _see_transcript(self, event: Transcript) -> None:
        if event.turn_id is not None:
            given = TurnInput.FINAL if event.final else TurnInput.INTERIM
            self._see_turn(event.turn_id, given, event)
        if event.span is not None:
            first, end = event.span
            if not 0 <= first <= end <= self.samples_sent:
                self.broken.append(
                    f"{brief(event)} spans samples {first} to {end} of {self.samples_sent} sent"
                )

    def _see_turn(self, turn_id: str, given: TurnInput, event: Event) -> None:
        if turn_id not in self.turns:
            self.broken.append(f"{brief(event)} names a turn that nobody began")
            return
        self._move_turn(turn_id, given, brief(event))

    def _move_turn(self, turn_id: str, given: TurnInput, what: str) -> None:
        key = (self.turns[turn_id], given)
        state = TURN_TABLE.get(key)
        if state is None and self.capabilities.speech_detection:
            state = OWN_DETECTION_TABLE.get(key)
        if state is None:
            self.broken.append(f"{what} came while the turn was {key[0].name.lower()}")
            return
        self.turns[turn_id] = state

    def _see_reply(self, event: ReplyEvent) -> None:
        key = (self.replies.get(event.reply_id, ReplyState.UNASKED), type(event))
        state = REPLY_TABLE.get(key)
        if state is None and self._speaks_unasked():
            state = OWN_REPLIES_TABLE.get(key)
        if state is None:
            self.broken.append(f"{brief(event)} came while the reply was {key[0].name.lower()}")
            return
        if state is ReplyState.STARTED and key[0] is not ReplyState.STARTED:
            self._check_order(event.reply_id)
        if isinstance(event, ReplyAudio) and (not event.pcm or len(event.pcm) % 2):
            self.broken.append(f"{brief(event)} is not a whole number of samples, at least one")
        self.replies[event.reply_id] = state

    def _check_order(self, reply_id: str) -> None:
        """Replies of a session run one after the other, as asked."""
        running = [r for r, state in self.replies.items() if state is ReplyState.STARTED]
        if running:
            self.broken.append(f"reply {reply_id} started while {running[0]} was running")
        if reply_id not in self.replies:
            return
        order = list(self.replies)
        for earlier in order[: order.index(reply_id)]:
            if self.replies[earlier] is ReplyState.ASKED:
                self.broken.append(f"reply {reply_id} started before {earlier}, asked earlier")

    def _speaks_unasked(self) -> bool:
        return self.capabilities.turn_taking in {TurnTaking.AUTO, TurnTaking.CONTINUOUS}


def brief(event: Event) -> str:
    """An event in a few words for a message: its kind and ids, never its audio."""
    ids = [
        str(value)
        for name in ("turn_id", "reply_id", "status", "reason")
        if (value := getattr(event, name, None)) is not None
    ]
    kind = type(event).__name__
    if isinstance(event, Transcript):
        kind = f"{'final' if event.final else 'interim'} {kind}"
    return f"{kind}({', '.join(ids)})"
