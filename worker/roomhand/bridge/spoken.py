"""A spoken turn on its way to the provider, as a table. Positions are those of its lane's ring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from roomhand.attribution.anchor import SAMPLES_PER_MS, Anchor
from roomhand.attribution.conversation import SAME_ONSET_MS
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import LEFT_TO_SCRIBE, TrackLedger
from roomhand.attribution.segments import Turn, turn_id
from roomhand.errors import IllegalInputError
from roomhand_plugins.base import Transcript, TurnFailed

LEAST_VOICE = 2_400
"""Samples of voice without which no word was said: 100 ms. Models write words over noise, too."""


@dataclass(frozen=True, slots=True)
class Run:
    """One subscription in a lane: its sample 0 is the lane's position ``base``."""

    track: TrackRef
    anchor: Anchor
    ledger: TrackLedger
    base: int

    def ms(self, position: int) -> int:
        """Meeting time of a lane position."""
        return self.anchor.ms(position - self.base)

    def position(self, ms: int) -> int:
        """Lane position of a meeting time."""
        return self.base + (ms - self.anchor.start_ms) * SAMPLES_PER_MS

    def turn(self, meeting_id: str, onset: int, earliest_ms: int) -> Turn:
        """The turn that begins at lane position ``onset``; ``earliest_ms`` keeps names unique."""
        start_ms = max(self.ms(onset), earliest_ms)
        name = turn_id(meeting_id, self.track.sid, start_ms)
        return Turn(id=name, onset=onset - self.base, start_ms=start_ms)


class Phase(StrEnum):
    """What the present session knows of a turn."""

    WAITING = "waiting"
    """Nothing yet, or nothing any more."""
    SENDING = "sending"
    ANSWERED = "answered"
    """The provider settled it before we had sent its end."""
    COMMITTED = "committed"
    DONE = "done"
    """Settled for good: never sent again."""


class TurnInput(StrEnum):
    """What can happen to a turn."""

    BEGIN = "begin"
    ANSWER = "answer"
    END = "end"
    LOST = "session lost"
    GIVE_UP = "give up"


TABLE: Mapping[tuple[Phase, TurnInput], Phase] = {
    (Phase.WAITING, TurnInput.BEGIN): Phase.SENDING,
    (Phase.WAITING, TurnInput.LOST): Phase.WAITING,
    (Phase.WAITING, TurnInput.GIVE_UP): Phase.DONE,
    (Phase.SENDING, TurnInput.ANSWER): Phase.ANSWERED,
    (Phase.SENDING, TurnInput.END): Phase.COMMITTED,
    (Phase.SENDING, TurnInput.LOST): Phase.WAITING,
    (Phase.SENDING, TurnInput.GIVE_UP): Phase.DONE,
    (Phase.ANSWERED, TurnInput.END): Phase.DONE,
    (Phase.ANSWERED, TurnInput.LOST): Phase.WAITING,
    (Phase.ANSWERED, TurnInput.GIVE_UP): Phase.DONE,
    (Phase.COMMITTED, TurnInput.ANSWER): Phase.DONE,
    (Phase.COMMITTED, TurnInput.LOST): Phase.WAITING,
    (Phase.COMMITTED, TurnInput.GIVE_UP): Phase.DONE,
}


@dataclass(slots=True, eq=False)
class SpokenTurn:
    """One turn from onset to its final words, through as many sessions as that takes."""

    run: Run
    turn: Turn
    begin: int
    """First position to send: the pre-roll's."""
    wanted: bool = True
    """False where another agent transcribes this turn: kept only in case it becomes wanted."""
    phase: Phase = Phase.WAITING
    stop: int | None = None
    """Position after the last to send; None while it is spoken."""
    end_ms: int | None = None
    """Meeting time of the end of speech."""
    sent: int = 0
    """Next position to send on this session."""
    fresh: int = 0
    """First position that no session was given: the ledger counted all before it."""
    tries: int = 0
    """Sessions lost with this turn under way."""
    overdue: bool = False
    """Its session was given up once for want of a transcript."""
    due_s: float = 0.0
    """When a committed turn without a final is overdue."""
    former: bool = False
    """The former session has it, and owes its words."""
    answer: Transcript | TurnFailed | None = None
    voiced: int | None = None
    """Samples of voice in it; None where that is not known."""
    recorded: bool = False
    """The transcript has its words: it is sent only where a reply needs it, and never told."""

    def __post_init__(self) -> None:
        self.sent = self.fresh = self.begin

    @property
    def doubtful(self) -> bool:
        """Whether there was too little voice for any word."""
        return self.voiced is not None and self.voiced < LEAST_VOICE

    def apply(self, given: TurnInput) -> None:
        """Raises IllegalInputError where the table has no such step."""
        try:
            self.phase = TABLE[self.phase, given]
        except KeyError:
            raise IllegalInputError("spoken turn", self.phase, given) from None
        if given is TurnInput.LOST:
            self.sent = self.begin
            self.answer = None
            self.former = False

    def is_turn(self, track_sid: str, start_ms: int) -> bool:
        """Whether another process means this turn by a track and an onset."""
        near = abs(self.turn.start_ms - start_ms) <= SAME_ONSET_MS
        return near and self.run.track.sid == track_sid

    def hand_over(self, stop: int) -> None:
        """Everything before ``stop`` goes to the session; the ledger counts what is new."""
        self.sent = stop
        if stop > self.fresh:
            self.run.ledger.send(stop - self.fresh)
            self.fresh = stop

    def leave(self, stop: int) -> None:
        """What is before ``stop`` has words already; it is given to no session."""
        if stop > self.fresh:
            self.run.ledger.drop(stop - self.fresh, LEFT_TO_SCRIBE)
            self.begin = self.sent = self.fresh = stop

    def leave_end(self, end_ms: int) -> None:
        """What is after that of a turn that is over has words already."""
        stop = self.run.position(end_ms)
        if self.stop is not None and self.fresh < stop < self.stop:
            self.run.ledger.drop(self.stop - stop, LEFT_TO_SCRIBE)
            self.stop, self.end_ms = stop, end_ms

    def held(self, end: int) -> int:
        """Samples of it that are in no term of the ledger; ``end`` is the ring's."""
        return max(0, (end if self.stop is None else self.stop) - self.fresh)
