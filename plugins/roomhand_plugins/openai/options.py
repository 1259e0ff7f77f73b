"""The options of this plugin in a profile, checked when the plugin is built."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from roomhand_plugins.base import PluginConfigError
from roomhand_plugins.openai.models import known_models

KEY_VARIABLE = "OPENAI_API_KEY"
_DEFAULTS = known_models().defaults


class TurnDetection(StrEnum):
    """Who finds the end of a turn. Whoever it is, the model never answers by itself."""

    LOCAL = "local"
    """We do, and commit explicitly."""
    SERVER_VAD = "server_vad"
    SEMANTIC_VAD = "semantic_vad"


class Options(BaseModel):
    """Everything the profile may say. Secrets are never printed."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    model: Annotated[str, Field(min_length=1)] = _DEFAULTS.model
    transcription_model: Annotated[str, Field(min_length=1)] | None = _DEFAULTS.transcription_model
    """None: no transcripts."""
    listen_only: bool = False
    """Sessions that transcribe and have no model that could speak."""
    base_url: str = _DEFAULTS.base_url
    headers: dict[str, SecretStr] = {}
    query: dict[str, str] = {}
    """Added to the address of the session."""
    api_key: SecretStr | None = None
    organization: str | None = None
    project: str | None = None
    voice: str | None = None
    """Used where the profile itself names no voice."""
    speed: Annotated[float, Field(ge=0.25, le=1.5)] | None = None
    turn_detection: TurnDetection = TurnDetection.LOCAL
    vad_threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    vad_prefix_padding_ms: Annotated[int, Field(ge=0, le=5_000)] | None = None
    vad_silence_ms: Annotated[int, Field(ge=100, le=10_000)] | None = None
    vad_eagerness: Literal["low", "medium", "high", "auto"] | None = None
    noise_reduction: Literal["near_field", "far_field"] | None = None
    reasoning_effort: Literal["minimal", "low", "medium", "high", "xhigh"] | None = None
    max_output_tokens: Annotated[int, Field(ge=1, le=32_000)] | Literal["inf"] | None = None
    retention_ratio: Annotated[float, Field(gt=0, le=1)] | None = None
    """Share of the model's memory kept when it is full; None: the service decides."""
    confidence: bool = True
    """Ask for the confidence of transcripts, where the model reports it."""
    chunk_ms: Annotated[int, Field(ge=10, le=1_000)] = 100
    max_session_s: Annotated[float, Field(gt=0)] = known_models().limits.session_s
    """The service ends a session at this age; what the service itself says goes first."""
    connect_timeout_s: Annotated[float, Field(gt=0, le=120)] = 30.0
    """Speech waits in the ring meanwhile, so a slow handshake is better than another attempt."""
    ping_interval_s: Annotated[float, Field(gt=0, le=300)] = 15.0
    ping_timeout_s: Annotated[float, Field(gt=0, le=300)] = 15.0
    answer_timeout_s: Annotated[float, Field(gt=0, le=300)] = 20.0
    """Longest wait for the model to begin or go on with a reply."""
    transcript_timeout_s: Annotated[float, Field(gt=0, le=600)] = 45.0
    """After this, a turn without its transcript is reported as failed."""

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, address: str) -> str:
        if not address.startswith(("https://", "wss://", "http://", "ws://")):
            raise ValueError("must begin with https://, wss://, http:// or ws://")
        parts = urlsplit(address)
        if not parts.hostname or parts.port == 0:
            raise ValueError("must name a host, as in wss://host:port/v1")
        return address.rstrip("/")

    @field_validator("api_key")
    @classmethod
    def _a_header_value(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not is_header_value(key.get_secret_value()):
            raise ValueError("must be printable ASCII without spaces")
        return key

    @model_validator(mode="after")
    def _detection_fits(self) -> Options:
        server = [
            name
            for name in ("vad_threshold", "vad_prefix_padding_ms", "vad_silence_ms")
            if getattr(self, name) is not None
        ]
        if server and self.turn_detection is not TurnDetection.SERVER_VAD:
            raise ValueError(f"{server[0]} needs turn_detection: server_vad")
        if self.vad_eagerness and self.turn_detection is not TurnDetection.SEMANTIC_VAD:
            raise ValueError("vad_eagerness needs turn_detection: semantic_vad")
        return self

    @model_validator(mode="after")
    def _listening_fits(self) -> Options:
        if not self.listen_only:
            return self
        if self.transcription_model is None:
            raise ValueError("listen_only needs a transcription_model")
        if self.turn_detection is not TurnDetection.LOCAL:
            raise ValueError("listen_only needs turn_detection: local")
        for name in ("voice", "speed", "reasoning_effort", "max_output_tokens", "retention_ratio"):
            if getattr(self, name) is not None:
                raise ValueError(f"{name} is of a model that speaks: remove it, or listen_only")
        return self

    @model_validator(mode="after")
    def _model_can_reason(self) -> Options:
        if self.reasoning_effort and not known_models().speech(self.model).reasoning:
            raise ValueError(f"reasoning_effort does not work with model {self.model}")
        return self


def read_options(given: Mapping[str, Any], environ: Mapping[str, str]) -> Options:
    """The options of a profile. Raises PluginConfigError with every fault and its fix.

    ``environ`` is asked for the key only, and only where the profile gives none.
    """
    try:
        options = Options.model_validate(dict(given))
    except ValidationError as error:
        faults = [_sentence(item) for item in error.errors(include_input=False)]
        raise PluginConfigError("openai: " + "; ".join(faults)) from None
    key = environ.get(KEY_VARIABLE, "").strip()
    if options.api_key is None and key:
        if not is_header_value(key):
            raise PluginConfigError(f"openai: {KEY_VARIABLE} must be printable ASCII, no spaces")
        options = options.model_copy(update={"api_key": SecretStr(key)})
    if options.api_key is None and options.base_url == _DEFAULTS.base_url:
        raise PluginConfigError(
            f"openai: no key. Set {KEY_VARIABLE}, or base_url to a server that needs none"
        )
    return options


def is_header_value(text: str) -> bool:
    """Fit for an HTTP header; anything else would be quoted in an error far away."""
    return bool(text) and all("!" <= char <= "~" for char in text)


def _sentence(item: Any) -> str:
    name = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        known = list(Options.model_fields)
        close = difflib.get_close_matches(str(item["loc"][0]), known, n=1)
        fix = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
        return f"option {name} is not known: {fix}"
    problem = str(item["msg"]).removeprefix("Value error, ")
    return f"option {name}: {problem}" if name else f"options: {problem}"
