"""The plugin interface, version 1: how Roomhand talks to a model.

A *plugin* is built once per agent from its profile. It opens *sessions*: one connection to a model
for one participant's audio track (or one shared "mouth"). Everything a model says comes back as one
ordered stream of events.

The order of calls on a session:

1. ``begin_turn(id)``, then ``send_audio`` any number of times, then ``end_turn(id)`` (the person
   stopped: commit and transcribe) or ``discard_turn(id)`` (it was no speech: forget it).
2. ``add_text`` tells the model what others said; it never makes the model answer.
3. ``reply`` asks for one answer. Replies of a session run one after the other, as asked.
4. ``cancel_reply`` may come at any time after ``reply``: before, while or after its audio arrives.
5. ``close`` once or more; the events end after exactly one ``Closed``, whoever closed.

Audio is mono signed 16-bit little-endian PCM at ``SAMPLE_RATE`` both ways; a plugin whose model
wants another rate resamples. Positions in events count the samples given to ``send_audio`` since
the session opened.

This module imports nothing but the standard library, so that a plugin costs a stranger nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypeAlias, runtime_checkable

INTERFACE_VERSION = 1
SAMPLE_RATE = 24_000
"""Hertz of all audio that crosses this interface."""

TurnId: TypeAlias = str
"""Chosen by Roomhand, unique within a meeting."""


class PluginError(Exception):
    """A plugin cannot do what was asked; the message names the option or call and the fix."""


class PluginConfigError(PluginError):
    """An option in the profile is wrong. Raised when the plugin is built."""


class SessionRefusedError(PluginError):
    """``open`` failed. ``retryable`` tells a passing fault from a final one (a bad key)."""

    def __init__(
        self, message: str, *, retryable: bool, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.retry_after_s = retry_after_s


class SessionClosedError(PluginError):
    """A call came after the session ended; the ``Closed`` event says why it ended."""


class TurnTaking(StrEnum):
    """Who decides when the model speaks."""

    TURNS = "turns"
    """Replies when asked."""
    AUTO = "auto"
    """Replies by itself; the publish gate decides what is heard."""
    CONTINUOUS = "continuous"
    """Knows no turns (translation, full duplex)."""
    LISTEN = "listen"
    """Only transcribes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a plugin's model can do. The worker branches on these, never on a plugin's name."""

    turn_taking: TurnTaking
    speech_detection: bool = False
    """Sends its own ``SpeechStarted`` and ``SpeechStopped``."""
    transcripts: bool = True
    """Sends ``Transcript`` for committed turns."""
    interim_transcripts: bool = False
    cancel: bool = True
    """``cancel_reply`` stops the model."""
    truncation: bool = False
    """``cancel_reply`` cuts the model's memory of the reply to the heard part."""
    discard: bool = True
    """``discard_turn`` leaves no trace in the model's memory."""
    verbatim: bool = False
    """``ReplyRequest.verbatim`` is spoken word for word."""
    text_injection: bool = True
    """``add_text`` reaches the model."""
    mutable_instructions: bool = False
    mutable_tools: bool = False
    tools: bool = False
    replies_after_tools: bool = False
    """The model goes on by itself after ``answer_tool``; otherwise ask with ``reply``."""
    images: bool = False
    unbroken_input: bool = False
    """Silence must be sent too, without a gap."""
    max_session_s: float | None = None
    resumption: bool = False
    """``open`` takes a ``Token`` from a ``Resumable`` event."""
    silence_billed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function that the model may call. ``parameters`` is a JSON schema of type object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


class Role(StrEnum):
    """Whose words a text turn carries."""

    PERSON = "person"
    AGENT = "agent"
    """What this agent itself said (heard text only)."""
    OTHER_AGENT = "other_agent"
    NOTICE = "notice"
    """A fact about the room, in nobody's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTurn:
    """One attributed turn as text.

    ``speaker`` is already made safe: one line, at most 64 characters. ``text`` is what was said.
    ``at_ms`` is the onset in meeting time.
    """

    turn_id: TurnId
    role: Role
    speaker: str
    text: str
    at_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSetup:
    """All a new session must know. ``history`` is in order, oldest first."""

    instructions: str
    speaker: str = ""
    """The safe name of the person whose track this session hears; empty for a shared mouth."""
    voice: str | None = None
    language: str | None = None
    """BCP 47, for example ``en-US``."""
    tools: Sequence[Tool] = ()
    history: Sequence[TextTurn] = ()
    names: Sequence[str] = ()
    """Words worth recognising: names of the agent and of the people."""


@dataclass(frozen=True, slots=True)
class Token:
    """Opaque resume state of a provider, valid for ``valid_s`` from its event."""

    value: str
    valid_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRequest:
    """Ask for one answer.

    ``verbatim`` makes the model say exactly this text (needs ``Capabilities.verbatim``).
    ``instructions`` add to the session's for this answer only. ``asked_by`` is the safe name of the
    person being answered and ``question`` their words, for models that hold no audio.
    """

    reply_id: str
    verbatim: str | None = None
    instructions: str | None = None
    asked_by: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What people heard of a reply: audio that left the publish gate, and its text."""

    audio_ms: int
    text: str
    estimated: bool = False
    """True where the provider gave no position for the text."""


# Events. Each is a fact about one session, in the order in which it happened.


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The provider's own detector heard speech at sample ``at``."""

    at: int


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The provider's own detector heard the end of speech at sample ``at``."""

    at: int


@dataclass(frozen=True, slots=True)
class TurnCommitted:
    """The provider has the whole turn; ``item_id`` is its own name for it, if it has one."""

    turn_id: TurnId
    item_id: str | None = None


@dataclass(frozen=True, slots=True)
class TurnFailed:
    """This turn will get no final transcript, for ``reason``."""

    turn_id: TurnId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Words of a turn. ``text`` is the whole text so far, not a piece.

    ``turn_id`` is None where the provider could not tie it to a turn of ours; such text is kept as
    unattributed. ``span`` is (first, last + 1) in samples sent, where known.
    """

    turn_id: TurnId | None
    text: str
    final: bool
    item_id: str | None = None
    span: tuple[int, int] | None = None
    language: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """The model began the answer that was asked as ``reply_id``."""

    reply_id: str


@dataclass(frozen=True, slots=True)
class ReplyAudio:
    """The next audio of a reply. Comes faster than real time; playing it is the worker's work."""

    reply_id: str
    pcm: bytes


@dataclass(frozen=True, slots=True)
class ReplyText:
    """The next words of a reply. ``audio_ms`` is where in the reply's audio they end, if known."""

    reply_id: str
    text: str
    audio_ms: int | None = None


class ReplyStatus(StrEnum):
    """How a reply ended."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    INCOMPLETE = "incomplete"
    """Cut by the model itself (length, content filter)."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReplyDone:
    """No more audio or text comes for ``reply_id``. Exactly one per ``reply`` on a live session."""

    reply_id: str
    status: ReplyStatus
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model asks for a tool; ``arguments`` is JSON text. Answer with ``answer_tool``."""

    reply_id: str
    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the provider billed for one answer or transcription. Cached tokens are part of input."""

    input_text_tokens: int = 0
    input_audio_tokens: int = 0
    cached_tokens: int = 0
    output_text_tokens: int = 0
    output_audio_tokens: int = 0
    audio_seconds: float = 0.0
    model: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resumable:
    """``open`` accepts this token instead of history, for as long as it is valid."""

    token: Token


@dataclass(frozen=True, slots=True)
class ClosingSoon:
    """The provider will end the session in about ``in_s`` seconds."""

    in_s: float


@dataclass(frozen=True, slots=True)
class Closed:
    """The last event. ``retryable`` is False where opening again cannot help (a bad key).

    ``reason`` is one of the short words ``closed`` (we asked), ``expired``, ``lost``, ``refused``,
    ``rate_limited``, ``server_error``, ``protocol``; ``detail`` is for a person.
    """

    reason: str
    retryable: bool
    detail: str = ""
    retry_after_s: float | None = None


Event: TypeAlias = (
    SpeechStarted
    | SpeechStopped
    | TurnCommitted
    | TurnFailed
    | Transcript
    | ReplyStarted
    | ReplyAudio
    | ReplyText
    | ReplyDone
    | ToolCall
    | Usage
    | Resumable
    | ClosingSoon
    | Closed
)


@runtime_checkable
class Session(Protocol):
    """One connection to a model. All calls raise ``SessionClosedError`` once it has ended."""

    async def send_audio(self, pcm: bytes) -> None:
        """Send audio of the open turn (or, with ``unbroken_input``, of the whole track).

        Returns when the session can take more: this wait is the backpressure, no queue behind it
        grows without bound.
        """

    async def begin_turn(self, turn_id: TurnId) -> None:
        """Audio from here on belongs to ``turn_id``."""

    async def end_turn(self, turn_id: TurnId) -> None:
        """The person stopped: one ``TurnCommitted`` and one final ``Transcript``, or one
        ``TurnFailed``, will follow, in any order with other turns."""

    async def discard_turn(self, turn_id: TurnId) -> None:
        """The turn was no speech; nothing will be reported for it."""

    async def add_text(self, turn: TextTurn, after: TurnId | None = None) -> None:
        """Attributed context, put after ``after`` in the model's memory (None: at the end)."""

    async def reply(self, request: ReplyRequest) -> None:
        """Ask for an answer; exactly one ``ReplyDone`` follows if the session lives."""

    async def cancel_reply(self, reply_id: str, heard: Heard) -> None:
        """Stop a reply and cut the model's memory of it to what was heard. Unknown and finished
        ids are no error; 0 ms removes the reply from memory."""

    async def answer_tool(self, call_id: str, output: str) -> None:
        """The outcome of a ``ToolCall``, as text (JSON by custom)."""

    async def update(
        self, *, instructions: str | None = None, tools: Sequence[Tool] | None = None
    ) -> None:
        """Change the setup of a running session, where the capabilities say so."""

    def events(self) -> AsyncIterator[Event]:
        """All events in order; ends after one ``Closed``. May be iterated once."""

    async def close(self) -> None:
        """End the session and let its resources go. Calling again does nothing."""


@runtime_checkable
class Plugin(Protocol):
    """Built once per agent as ``PluginClass(options)``; raises ``PluginConfigError``.

    A class attribute ``interface_version`` says which version it was written for; the registry
    refuses another than ``INTERFACE_VERSION``. Without one it is taken to fit.

    A class may have a class or static method ``rehearse()``. It is called at most once in a
    process, while no event loop runs and no job has come yet, to load what the first session would
    otherwise hold up every voice with.
    """

    capabilities: Capabilities

    async def open(self, setup: SessionSetup, resume: Token | None = None) -> Session:
        """Connect. Raises ``SessionRefusedError``; never hangs longer than its own time-out."""

    async def close(self) -> None:
        """Close every session and shared resource. Calling again does nothing."""


PluginFactory: TypeAlias = type[Plugin]
