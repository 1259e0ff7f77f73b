"""What a profile may set for the local plugin, and how voices are named."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from roomhand_plugins.base import PluginConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceSettings:
    """How the one packaged voice is made to sound.

    With both noises 0 the same text gives the same samples.
    """

    semitones: float = 0.0
    """Pitch shift; the tempo stays."""
    length_scale: float = 1.0
    """1.2 is a fifth slower."""
    noise_scale: float = 0.667
    """Variation of the timbre."""
    noise_w: float = 0.8
    """Variation of the lengths of sounds."""


PRESETS: dict[str, VoiceSettings] = {
    "joe": VoiceSettings(),
    "deep": VoiceSettings(semitones=-2.5, length_scale=0.95),
    "bright": VoiceSettings(semitones=3.0, length_scale=1.05),
}
"""Voices that a profile can name in ``voice``."""


class LocalOptions(BaseModel):
    """Options of the local plugin. ``read_options`` is the way in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    semitones: Annotated[float, Field(ge=-8, le=8)] | None = None
    """Pitch shift of the agent's voice; overrides the named voice, as do the next three."""
    length_scale: Annotated[float, Field(ge=0.5, le=2)] | None = None
    noise_scale: Annotated[float, Field(ge=0, le=1)] | None = None
    noise_w: Annotated[float, Field(ge=0, le=1)] | None = None
    listen_only: bool = False
    """Transcribes and never speaks: needs no voice."""
    workers: Annotated[int, Field(ge=1, le=16)] = 2
    """Recogniser processes, about 120 MB each: as many people are transcribed at the same time,
    one more waits for its turn."""
    max_turn_s: Annotated[float, Field(ge=5, le=120)] = 30.0
    """A longer turn is recognised in pieces of this length; as much audio waits in memory."""
    memory_turns: Annotated[int, Field(ge=10, le=20_000)] = 1000
    """Turns of the meeting that a session remembers."""
    chat_url: Annotated[str, Field(pattern=r"^https?://[^\s/]+")] | None = None
    """Base of an OpenAI-compatible API (the part before ``/chat/completions``), which then answers
    instead of the built-in rules."""
    chat_model: str | None = None
    chat_api_key: SecretStr | None = None
    chat_timeout_s: Annotated[float, Field(gt=0, le=120)] = 20.0
    """From asking to the end of the answer."""

    @model_validator(mode="after")
    def _whole_chat(self) -> LocalOptions:
        if self.chat_url and not self.chat_model:
            raise ValueError("chat_url needs chat_model: name the model that should answer")
        if self.chat_url is None and (self.chat_model or self.chat_api_key):
            raise ValueError("chat_model and chat_api_key need chat_url: set it, or remove them")
        if self.listen_only and self.chat_url:
            raise ValueError("chat_url is of an agent that speaks: remove it, or listen_only")
        return self

    def voice(self, name: str | None) -> VoiceSettings:
        """The settings of a named voice (``joe``, if None). Raises KeyError for an unknown one."""
        preset = PRESETS[name or "joe"]
        return VoiceSettings(
            semitones=_first(self.semitones, preset.semitones),
            length_scale=_first(self.length_scale, preset.length_scale),
            noise_scale=_first(self.noise_scale, preset.noise_scale),
            noise_w=_first(self.noise_w, preset.noise_w),
        )


def read_options(options: Mapping[str, Any]) -> LocalOptions:
    """Raises PluginConfigError that lists every fault with its fix."""
    try:
        return LocalOptions.model_validate(dict(options))
    except ValidationError as error:
        faults = "; ".join(_fault(item, LocalOptions.model_fields) for item in error.errors())
        raise PluginConfigError(f"local plugin: {faults}") from None


def _fault(item: Any, known: Iterable[str]) -> str:
    name = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        close = difflib.get_close_matches(name, list(known), n=1)
        fix = f"did you mean {close[0]}?" if close else f"known are: {', '.join(known)}"
        return f"option {name} is unknown; {fix}"
    problem = str(item["msg"]).removeprefix("Value error, ")
    return f"option {name}: {problem[:1].lower() + problem[1:]}" if name else problem


def _first(value: float | None, default: float) -> float:
    return default if value is None else value
