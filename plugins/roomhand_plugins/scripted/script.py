"""The script: plain data from a profile's options, checked.

    transcripts: ["Good morning.", "Sage, what is next?"]    # one per turn, then the last again
    replies: [{text: "The budget is next.", first_audio_ms: 50, speed: 10}]
    cues: [{on: end_turn, nth: 2, after_ms: 40, event: usage, fields: {audio_seconds: 1.5}}]
    faults: [{fault: lose_socket, at: audio, nth: 25}, {fault: delay_open, ms: 2000}]
    capabilities: {turn_taking: turns, verbatim: true}

``nth`` counts the moments of the whole plugin, over all of its sessions, from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from roomhand_plugins import base
from roomhand_plugins.base import Capabilities, PluginConfigError, ReplyStatus, TurnTaking


class Moment(StrEnum):
    """Something that happens in a session: a call of ours, or an event about to go out."""

    OPEN = "open"
    BEGIN_TURN = "begin_turn"
    AUDIO = "audio"
    END_TURN = "end_turn"
    DISCARD_TURN = "discard_turn"
    ADD_TEXT = "add_text"
    REPLY = "reply"
    CANCEL_REPLY = "cancel_reply"
    ANSWER_TOOL = "answer_tool"
    UPDATE = "update"
    TURN_COMMITTED = "turn_committed"
    TRANSCRIPT = "transcript"
    REPLY_STARTED = "reply_started"
    REPLY_AUDIO = "reply_audio"
    REPLY_TEXT = "reply_text"
    REPLY_DONE = "reply_done"
    TOOL_CALL = "tool_call"


EVENTS: dict[str, type[Any]] = {
    "speech_started": base.SpeechStarted,
    "speech_stopped": base.SpeechStopped,
    "turn_committed": base.TurnCommitted,
    "turn_failed": base.TurnFailed,
    "transcript": base.Transcript,
    "reply_started": base.ReplyStarted,
    "reply_audio": base.ReplyAudio,
    "reply_text": base.ReplyText,
    "reply_done": base.ReplyDone,
    "tool_call": base.ToolCall,
    "usage": base.Usage,
    "resumable": base.Resumable,
    "closing_soon": base.ClosingSoon,
}
"""Events that a cue can send. ``Closed`` is not among them: ends are faults."""
MOMENT_OF: dict[type[Any], Moment] = {
    EVENTS[moment.value]: moment for moment in Moment if moment.value in EVENTS
}


class FaultKind(StrEnum):
    """What can go wrong on purpose."""

    REFUSE = "refuse"
    """``open`` is refused; trying again may help."""
    REFUSE_FATAL = "refuse_fatal"
    """``open`` is refused for good, as for a bad key."""
    DELAY_OPEN = "delay_open"
    """``open`` takes ``ms`` longer."""
    LOSE_SOCKET = "lose_socket"
    EXPIRE = "expire"
    RATE_LIMIT = "rate_limit"
    SERVER_ERROR = "server_error"
    STALL = "stall"
    """The peer reads nothing for ``ms``, or until ``unstall`` if 0."""
    DUPLICATE_EVENT = "duplicate_event"
    """The event goes out twice."""
    DROP_EVENT = "drop_event"
    """The event does not go out."""
    LATE_TRANSCRIPT = "late_transcript"
    """The transcript comes ``ms`` later; other events go on."""
    FAIL_TRANSCRIPT = "fail_transcript"
    """``TurnFailed`` comes in place of the transcript."""
    NEVER_DONE = "never_done"
    """A reply never ends."""


_USUAL_MOMENT: dict[FaultKind, Moment] = {
    FaultKind.REFUSE: Moment.OPEN,
    FaultKind.REFUSE_FATAL: Moment.OPEN,
    FaultKind.DELAY_OPEN: Moment.OPEN,
    FaultKind.LATE_TRANSCRIPT: Moment.TRANSCRIPT,
    FaultKind.FAIL_TRANSCRIPT: Moment.TRANSCRIPT,
    FaultKind.NEVER_DONE: Moment.REPLY_DONE,
}
"""Faults that make sense at one moment only."""
_EVENT_FAULTS = {FaultKind.DUPLICATE_EVENT, FaultKind.DROP_EVENT}
Milliseconds = Annotated[int, Field(ge=0, le=3_600_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fault(_Strict):
    """One fault at the ``nth`` moment of its kind."""

    fault: FaultKind
    at: Moment = Moment.OPEN
    nth: Annotated[int, Field(ge=1)] = 1
    ms: Milliseconds = 0

    @model_validator(mode="before")
    @classmethod
    def _usual_moment(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and "at" not in data:
            usual = {kind.value: moment for kind, moment in _USUAL_MOMENT.items()}
            kind = str(data.get("fault"))
            if kind in set(FaultKind) - set(usual):
                raise ValueError(f"needs at: the moment of {kind}; moments are {', '.join(Moment)}")
            return {**data, "at": usual.get(kind, Moment.OPEN)}
        return data

    @model_validator(mode="after")
    def _possible(self) -> Fault:
        usual = _USUAL_MOMENT.get(self.fault, self.at)
        if usual is not self.at:
            raise ValueError(f"{self.fault} can only happen at {usual}")
        if self.fault in _EVENT_FAULTS and self.at not in MOMENT_OF.values():
            raise ValueError(f"{self.fault} needs an event, and {self.at} is a call")
        return self


class ToolUse(_Strict):
    """The model calls this tool in the middle of a reply."""

    name: str
    arguments: dict[str, Any] = {}


class Reply(_Strict):
    """One answer. Its audio is a hum, unless the plugin was given a voice."""

    text: str = "Yes."
    audio_ms: Milliseconds | None = None
    """Length of the audio; 60 ms per character, if not given."""
    first_audio_ms: Milliseconds = 50
    """From the request to the first audio."""
    speed: Annotated[float, Field(gt=0)] = 10.0
    """Audio comes this many times faster than real time."""
    status: ReplyStatus = ReplyStatus.COMPLETED
    tool: ToolUse | None = None


class Cue(_Strict):
    """One event, ``after_ms`` after a moment; every such moment if ``nth`` is not given.

    A ``turn_id`` or ``reply_id`` that ``fields`` leave out is the one of the moment.
    """

    on: Moment = Moment.OPEN
    nth: Annotated[int, Field(ge=1)] | None = None
    after_ms: Milliseconds = 0
    event: str
    fields: dict[str, Any] = {}

    @field_validator("event")
    @classmethod
    def _known_event(cls, event: str) -> str:
        if event not in EVENTS:
            raise ValueError(f"must be one of {', '.join(EVENTS)}")
        return event

    def build(self, subject: str) -> base.Event:
        """The event, about ``subject`` (a turn or reply id) where nothing else is said."""
        kind = EVENTS[self.event]
        known = {field.name for field in fields(kind)}
        unknown = sorted(set(self.fields) - known)
        if unknown:
            raise ValueError(f"{self.event} has no {', '.join(unknown)}")
        ids = known & {"turn_id", "reply_id"}
        event: base.Event = TypeAdapter(kind).validate_python(
            dict.fromkeys(ids, subject) | self.fields
        )
        return event

    @model_validator(mode="after")
    def _fits(self) -> Cue:
        self.build("")
        return self


class Script(_Strict):
    """All that a scripted plugin does."""

    transcripts: list[str] | dict[str, list[str]] = ["hello"]
    """One per turn of each speaker, in order; the last one again when they run out. By the name
    of the speaker, or one list for all."""
    interim_word_ms: Annotated[int, Field(ge=20)] = 300
    """With ``interim_transcripts``: one more word is shown per this much audio of the turn."""
    transcript_ms: Milliseconds = 50
    """From the commit to the transcript."""
    commit_ms: Milliseconds = 5
    replies: Annotated[list[Reply], Field(min_length=1)] = [Reply()]
    """One per reply, in order; the last one again when they run out."""
    cues: list[Cue] = []
    faults: list[Fault] = []
    automatic: bool = True
    """False: turns and replies have no events but those of cues."""
    audio_buffer_ms: Milliseconds = 2000
    """How much audio is taken while the peer reads nothing."""
    max_turn_s: Annotated[float, Field(gt=0, le=600)] = 300.0
    """A longer turn fails."""
    session_s: Annotated[float, Field(gt=0)] | None = None
    """A session expires at this age, and the capabilities say so."""
    capabilities: dict[str, Any] = {}
    """Fields of ``Capabilities`` that differ from the plugin's own."""

    @field_validator("capabilities")
    @classmethod
    def _known_capabilities(cls, given: dict[str, Any]) -> dict[str, Any]:
        TypeAdapter(Capabilities).validate_python({"turn_taking": "turns", **given})
        unknown = sorted(set(given) - {field.name for field in fields(Capabilities)})
        if unknown:
            raise ValueError(f"has no {', '.join(unknown)}")
        return given

    def declared(self) -> Capabilities:
        """The capabilities of a plugin with this script."""
        usual = {
            "turn_taking": TurnTaking.TURNS,
            "truncation": True,
            "verbatim": True,
            "mutable_instructions": True,
            "mutable_tools": True,
            "tools": True,
            "replies_after_tools": True,
            "max_session_s": self.session_s,
        }
        return TypeAdapter(Capabilities).validate_python(usual | self.capabilities)


def read_script(options: Mapping[str, Any]) -> Script:
    """Check options. Raises PluginConfigError that names every wrong one."""
    try:
        return Script.model_validate(dict(options))
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, item['loc'])) or 'options'}: "
            + str(item["msg"]).removeprefix("Value error, ")
            for item in error.errors()
        ]
        known = ", ".join(Script.model_fields)
        raise PluginConfigError(
            f"scripted: {'; '.join(problems)}. Known options are {known}"
        ) from None
