"""What the server does beyond the protocol: how fast, how late, and what goes wrong when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Refusal:
    """No session: an HTTP answer, or ``after_upgrade`` an ``error`` event and close 3000."""

    status: int = 401
    code: str = "invalid_api_key"
    message: str = "Incorrect API key provided."
    after_upgrade: bool = False
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcribing:
    """How the transcript of one committed item comes. ``after_items`` holds it back until the
    transcripts of so many later items are sent: the wrong order, without a clock."""

    outcome: Literal["completed", "failed", "never"] = "completed"
    delay_s: float = 0.0
    after_items: int = 0
    deltas: bool = True
    text: str | None = None
    """Instead of what was heard: a hallucination."""


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """The model calls a tool. ``arguments`` is JSON text."""

    name: str
    arguments: str = "{}"
    call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model says, and how the response ends."""

    text: str = ""
    calls: tuple[FunctionCall, ...] = ()
    status: Literal["completed", "incomplete", "failed"] = "completed"
    reason: Literal["max_output_tokens", "content_filter"] = "max_output_tokens"
    """Of an incomplete response."""
    error_code: str = "server_error"
    """Of a failed response."""
    think_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One item as the model knows it; ``text`` of audio is what is left of it after truncation."""

    role: str
    text: str
    item_id: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """All the model sees when it answers. ``response`` is the body of ``response.create``."""

    instructions: str
    turns: tuple[Turn, ...]
    response: Mapping[str, Any]
    tools: tuple[str, ...]
    session_index: int

    @property
    def last_user_text(self) -> str:
        """What a person said last; empty if nobody did."""
        said = (turn.text for turn in reversed(self.turns) if turn.role == "user")
        return next(said, "")


def echo(prompt: Prompt) -> str:
    """Says again what was said last."""
    return prompt.last_user_text or "bababa"


class Act(StrEnum):
    """What a fault does, if it needs no further words."""

    DROP = "drop"
    """The connection is gone without a close frame."""
    FREEZE = "freeze"
    """Half open: nothing is read, answered or sent any more, not even a pong."""
    LOSE = "lose"
    """This event is not sent, or not handled."""
    DUPLICATE = "duplicate"
    """This event is sent twice."""


@dataclass(frozen=True, slots=True)
class CloseWith:
    """The server closes the socket."""

    code: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Everything after this event on its path waits; on received events, a slow reader."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Inject:
    """Another event is sent first (``before``) or next (``after``), valid or not."""

    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refuse:
    """A received event gets this ``error`` instead of being handled."""

    code: str
    message: str = "The server refuses."
    kind: str = "invalid_request_error"


Action: TypeAlias = Act | CloseWith | Wait | Inject | Refuse


@dataclass(frozen=True, slots=True)
class Fault:
    """``action`` happens when the ``nth`` event of this type is received, or just before or after
    it is sent. ``nth`` None means every time, and ``event`` "*" any type."""

    when: Literal["received", "before", "after"]
    event: str
    action: Action
    nth: int | None = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One session's behaviour. All defaults together are a fast and faultless server."""

    api_keys: Collection[str] | None = None
    """Keys that are let in; None lets in any."""
    refusal: Refusal | None = None
    handshake_delay_s: float = 0.0
    """Before the upgrade is answered."""
    created_delay_s: float = 0.0
    """Between the upgrade and ``session.created``."""
    session_limit_s: float | None = None
    """Then error ``session_expired`` and close 1001."""
    vocabulary: Collection[str] = ()
    """Plain words that the recogniser writes as such when their tone words are spoken."""
    transcribing: Transcribing | Callable[[int], Transcribing] = field(default=Transcribing())
    """Of every committed item, or by its number in the session from 0."""
    live_deltas: bool = False
    """Transcript deltas come while audio is appended, before the commit (gpt-live-transcribe)."""
    answer: Callable[[Prompt], str | Answer] = echo
    rate: float = 10.0
    """Seconds of answer audio sent per second; infinity sends all at once."""
    delta_ms: int = 100
    requests_left: int | None = None
    """After so many responses every further one fails with ``rate_limit_exceeded``."""
    faults: tuple[Fault, ...] = ()

    def transcribing_of(self, number: int) -> Transcribing:
        """How item ``number`` of the session is transcribed."""
        return self.transcribing(number) if callable(self.transcribing) else self.transcribing
