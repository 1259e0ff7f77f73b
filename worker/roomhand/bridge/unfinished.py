"""The turns of one lane whose final words are still to come, in order of onset."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from roomhand.attribution.ledger import LEFT_TO_SCRIBE
from roomhand.bridge.ring import SampleRing
from roomhand.bridge.spoken import Phase, SpokenTurn, TurnInput
from roomhand.bridge.steps import Fact, Missed, Worded
from roomhand_plugins.base import Transcript, TurnFailed

UNSENT = frozenset({Phase.WAITING, Phase.SENDING, Phase.ANSWERED})
OVERWRITTEN = "overwritten"


class Unfinished:
    """Every turn leaves it exactly once: with its words, as missed, or unwanted.

    ``facts`` collects what happened; ``discards`` are turns that the session has begun and must
    forget.
    """

    def __init__(self, ring: SampleRing) -> None:
        self.facts: list[Fact] = []
        self.discards: deque[SpokenTurn] = deque()
        self._ring = ring
        self._turns: deque[SpokenTurn] = deque()

    def __iter__(self) -> Iterator[SpokenTurn]:
        return iter(tuple(self._turns))

    def add(self, spoken: SpokenTurn) -> None:
        """A turn began; it is the newest."""
        self._turns.append(spoken)

    @property
    def wanted(self) -> bool:
        """Whether any of them needs a session."""
        return any(spoken.wanted for spoken in self._turns)

    @property
    def unsent(self) -> SpokenTurn | None:
        """The first wanted turn that the session does not have in full."""
        return next((t for t in self._turns if t.wanted and t.phase in UNSENT), None)

    @property
    def committed(self) -> list[SpokenTurn]:
        """Turns that wait for nothing but their words."""
        return [spoken for spoken in self._turns if spoken.phase is Phase.COMMITTED]

    def find(self, turn_id: str) -> SpokenTurn | None:
        """The turn of this id, if the session knows it."""
        for spoken in self._turns:
            if spoken.turn.id == turn_id and spoken.phase is not Phase.WAITING:
                return spoken
        return None

    def of(self, track_sid: str, start_ms: int) -> SpokenTurn | None:
        """The turn of this track that began then, by the clock of any process."""
        found = (spoken for spoken in self._turns if spoken.is_turn(track_sid, start_ms))
        return min(found, key=lambda s: abs(s.turn.start_ms - start_ms), default=None)

    def answer(self, turn_id: str, answer: Transcript | TurnFailed) -> bool:
        """Keep the provider's word on a turn. False: it is no turn that waits for one."""
        spoken = self.find(turn_id)
        if spoken is None or spoken.phase is Phase.ANSWERED:
            return False
        spoken.answer = answer
        spoken.apply(TurnInput.ANSWER)
        self.settle(spoken)
        return True

    def settle(self, spoken: SpokenTurn) -> None:
        """Let a turn go that is both over and answered."""
        if spoken.phase is not Phase.DONE or spoken.answer is None:
            return
        self._turns.remove(spoken)
        if isinstance(spoken.answer, TurnFailed):
            self.facts.append(Missed(spoken, spoken.answer.reason))
        else:
            self.facts.append(Worded(spoken, spoken.answer))

    def void(self, spoken: SpokenTurn) -> None:
        """Nothing was said in it: its audio is silence, its words are none."""
        spoken.run.ledger.gate(spoken.held(self._ring.end))
        words = Transcript(turn_id=spoken.turn.id, text="", final=True)
        self._give_up(spoken, Worded(spoken, words) if spoken.wanted else None)

    def miss(self, spoken: SpokenTurn, reason: str) -> None:
        """No words of it will come; what no session was given is dropped."""
        dropped = reason if spoken.wanted else LEFT_TO_SCRIBE
        spoken.run.ledger.drop(spoken.held(self._ring.end), dropped)
        self._give_up(spoken, Missed(spoken, reason) if spoken.wanted else None)

    def miss_overwritten(self) -> None:
        """Let turns go whose next sample to send has left the ring."""
        for spoken in self:
            if spoken.phase in UNSENT and spoken.sent < self._ring.first:
                self.miss(spoken, OVERWRITTEN)

    def forget_session(self) -> None:
        """The session is gone: what has no words yet is to be sent again."""
        self.discards.clear()
        for spoken in self:
            spoken.tries += spoken.phase is not Phase.WAITING
            spoken.apply(TurnInput.LOST)

    def _give_up(self, spoken: SpokenTurn, fact: Fact | None) -> None:
        if spoken.phase in (Phase.SENDING, Phase.ANSWERED):
            self.discards.append(spoken)
        spoken.apply(TurnInput.GIVE_UP)
        self._turns.remove(spoken)
        if fact:
            self.facts.append(fact)
