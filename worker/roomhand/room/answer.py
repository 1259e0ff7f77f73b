"""What becomes of a question: its outcome, what people heard, and the reply on the way there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

from roomhand.coordination.floor import Grant
from roomhand.room.mouth import Ending
from roomhand.turns.questions import Question
from roomhand_plugins.base import Heard, ReplyAudio, ReplyDone, ReplyStarted, ReplyText

NOTHING = Heard(audio_ms=0, text="")

ReplyEvent = ReplyStarted | ReplyAudio | ReplyText | ReplyDone


class Outcome(StrEnum):
    """What became of a question."""

    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    TOO_LONG = "too_long"
    FAILED = "failed"
    EXPIRED = "expired"
    """Nobody let the agent speak while the question was worth an answer."""
    DENIED = "denied"
    """Agents have answered each other often enough."""
    WITHDRAWN = "withdrawn"
    """The asker went on speaking before a word of the answer was heard."""
    REPLACED = "replaced"
    """A newer question took its place in the queue."""


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """Times in seconds. ``quiet_s``: how long nobody may have spoken before the agent begins."""

    max_talk_s: float
    grace_s: float = 3.0
    """After ``max_talk_s``, to finish the sentence."""
    priority: int = 5
    """Against other agents."""
    turns_limit: int = 3
    """How many turns in a row agents may take without a word of a person."""
    verbatim: bool = True
    """The model can be told what to say word for word; otherwise it is asked to."""
    quiet_s: float = 0.2
    first_audio_s: float = 20.0
    """A model that has said nothing by then has failed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What people heard, from ``started_s`` to ``ended_s`` of the own clock."""

    question: Question
    reply_id: str
    outcome: Outcome
    heard: Heard = NOTHING
    started_s: float | None = None
    ended_s: float | None = None
    reason: str = ""


@dataclass(slots=True)
class Reply:
    """The reply under way. Staged until it may be heard."""

    id: str
    question: Question
    grant: Grant
    staged: list[ReplyEvent] = field(default_factory=list)
    begins: bool = False
    """It is about to be heard."""
    told: bool = False
    """The next owner would know that."""
    playing: bool = False
    cut: Outcome | None = None
    not_renewed: bool = False
    """Cut, because Redis did not answer for as long as its grant was valid."""
    done: ReplyDone | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """Its first audio has been played, at ``started_s``."""
    started_s: float | None = None
    ending: Ending | None = None

    @property
    def has_audio(self) -> bool:
        return any(isinstance(event, ReplyAudio) for event in self.staged)
