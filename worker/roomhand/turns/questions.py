"""Pure: the questions put to one agent, in order, and which of them are still worth an answer."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

MAX_WAITING = 8
WORTH_ANSWERING_S = 20.0


class Reason(StrEnum):
    """Why an agent wants to speak; the floor's queue and log show it."""

    ADDRESS = "address"
    """A person called it."""
    FOLLOW_UP = "follow_up"
    """The person it answered last goes on."""
    AGENT = "agent"
    """Another agent handed over to it: only these are counted against the loop limit."""
    SAY = "say"
    """A command from outside."""
    POLICY = "policy"
    """Its profile lets it speak unasked."""


@dataclass(frozen=True, slots=True)
class Question:
    """One utterance meant for the agent, or a text it is told to say (``verbatim``)."""

    id: str
    identity: str
    """Who asked: decides whose session answers. Empty for a command from outside."""
    name: str
    text: str
    asked_s: float
    verbatim: bool = False
    instructions: str = ""
    """What the model is told for this answer alone, where nobody said the question aloud."""
    reason: Reason = Reason.ADDRESS

    @property
    def is_command(self) -> bool:
        """From outside the room."""
        return self.reason is Reason.SAY


@dataclass(frozen=True, slots=True)
class Kept:
    """A question that is not answered before somebody calls on the agent or ends its hold."""

    question: Question
    until_s: float
    """Worth saying until then."""
    told: str
    """To the model, with the question: much may have been said since it was asked."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A question on the way to its answer."""

    question: Question
    queued_s: float | None = None
    """Since when it waits for the floor; None: it was not asked for yet."""
    begun: bool = False
    """Somebody may have heard something of the answer."""


@dataclass(slots=True)
class Questions:
    """Bounded and first come, first served. A person's newer question replaces their older one."""

    _waiting: deque[Question] = field(default_factory=deque)

    def add(self, question: Question) -> Question | None:
        """Take a question in; returns the one that had to go for it, if any."""
        for earlier in self._waiting:
            if earlier.identity and earlier.identity == question.identity and not earlier.verbatim:
                self._waiting.remove(earlier)
                self._waiting.append(question)
                return earlier
        self._waiting.append(question)
        return self._waiting.popleft() if len(self._waiting) > MAX_WAITING else None

    def next(self, now_s: float) -> tuple[Question | None, list[Question]]:
        """The next to answer, and those that grew too old while they waited."""
        stale: list[Question] = []
        while self._waiting:
            question = self._waiting.popleft()
            if now_s - question.asked_s <= WORTH_ANSWERING_S:
                return question, stale
            stale.append(question)
        return None, stale

    @property
    def waiting(self) -> tuple[Question, ...]:
        """All of them, in order."""
        return tuple(self._waiting)

    def clear(self) -> list[Question]:
        """Take all of them away, in order."""
        taken = list(self.waiting)
        self._waiting.clear()
        return taken

    def __len__(self) -> int:
        return len(self._waiting)
