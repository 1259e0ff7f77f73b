"""All settings, read from the environment once. This is the only module that reads it.

Names carry their unit. ``LIVEKIT_URL``, ``LIVEKIT_API_KEY``, ``LIVEKIT_API_SECRET`` and
``REDIS_URL`` are the names their own tools use; the rest begin with ``ROOMHAND_``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from roomhand.errors import ConfigError, Fault


class VadKind(StrEnum):
    """How speech is found on a track."""

    NEURAL = "neural"
    """The network bundled with livekit-agents: for people."""
    ENERGY = "energy"
    """Loudness: for tone words, which no neural detector takes for speech."""


def _plain(name: str, default: Any = ..., **limits: Any) -> Any:
    """A field whose variable is its own upper-case name, without our prefix."""
    choices = AliasChoices(name.lower(), name)
    return Field(default, validation_alias=choices, **limits)


class Settings(BaseSettings):
    """Everything a process needs to know that is not about one agent."""

    model_config = SettingsConfigDict(
        env_prefix="ROOMHAND_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        validate_default=True,
    )

    livekit_url: str = _plain("LIVEKIT_URL")
    livekit_api_key: str = _plain("LIVEKIT_API_KEY")
    livekit_api_secret: SecretStr = _plain("LIVEKIT_API_SECRET")
    redis_url: SecretStr = _plain("REDIS_URL", SecretStr("redis://127.0.0.1:6379/0"))

    profiles: Path = Path("agents.yaml")
    """The file that describes the agents."""
    worker_name: str = "roomhand"
    """Agent name under which the worker registers for explicit dispatch."""
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8090
    """Port of /livez, /readyz and /metrics; 0 takes a free one."""
    http_host: str = "127.0.0.1"
    log_level: str = "INFO"
    log_json: bool = True
    max_jobs: Annotated[int, Field(ge=1)] = 16
    """Rooms one worker takes at a time."""
    idle_processes: Annotated[int, Field(ge=0)] = 1
    """Warm job processes kept ready."""
    drain_timeout_s: Annotated[int, Field(ge=0)] = 600

    frame_ms: Annotated[int, Field(ge=20, le=50, multiple_of=10)] = 20
    """Length of one frame from the SDK: 20 ms hears a voice 30 ms sooner than 50 ms does, for about
    two hundredths of a core more at 24 tracks (docs/benchmarks.md)."""
    vad: VadKind = VadKind.NEURAL
    vad_silence_ms: Annotated[int, Field(ge=100, le=3000)] = 500
    """Silence that ends a turn."""
    vad_speech_ms: Annotated[int, Field(ge=20, le=500)] = 60
    """Speech that begins a turn."""
    preroll_ms: Annotated[int, Field(ge=100, le=5000)] = 600
    """Audio kept from before the onset, so that the first sound is not lost."""
    ring_s: Annotated[float, Field(ge=30, le=300)] = 60.0
    """Audio kept per track while a session opens or is away."""
    max_tracks: Annotated[int, Field(ge=1, le=256)] = 64
    hear_other_agents: bool = False
    """Hear agents that are not Roomhand's (they are listed as not heard otherwise)."""
    session_idle_s: Annotated[float, Field(gt=0)] = 120.0
    """A session without speech for this long is closed; the next speech opens a new one."""
    transcript_wait_s: Annotated[float, Field(gt=0, le=30)] = 3.0
    """How long a reply waits for pending transcripts of the others."""

    lease_ttl_s: Annotated[float, Field(ge=2, le=60)] = 5.0
    lease_renew_s: Annotated[float, Field(ge=0.2, le=20)] = 1.0
    grant_ttl_s: Annotated[float, Field(ge=1, le=30)] = 3.0
    """Lease of one grant of the floor."""
    max_talk_s: Annotated[float, Field(ge=5, le=600)] = 60.0
    """Longest speech of an agent under one grant."""
    playout_queue_ms: Annotated[int, Field(ge=50, le=1000)] = 200
    """Audio handed to the SDK ahead of its playing."""
    buffer_segments: Annotated[int, Field(ge=100)] = 5000
    """Final segments kept while Redis is away."""

    @field_validator("livekit_url")
    @classmethod
    def _websocket_url(cls, url: str) -> str:
        if not re.match(r"^(wss?|https?)://[^\s/]+", url):
            raise ValueError("must begin with ws://, wss://, http:// or https:// and name a host")
        return url

    @field_validator("redis_url")
    @classmethod
    def _redis_url(cls, url: SecretStr) -> SecretStr:
        if not re.match(r"^(rediss?|unix)://", url.get_secret_value()):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return url

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return level.upper()

    @field_validator("lease_renew_s")
    @classmethod
    def _safe_lease(cls, renew_s: float, info: ValidationInfo) -> float:
        ttl_s = info.data.get("lease_ttl_s")
        if ttl_s is not None and ttl_s < 3 * renew_s + 1:
            raise ValueError(
                f"must be at most (lease_ttl_s - 1) / 3 = {(ttl_s - 1) / 3:.2f} s, "
                "so that two lost renewals do not lose the agent"
            )
        return renew_s

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before the environment before ``.env``."""
        return init_settings, env_settings, dotenv_settings


def load_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the environment. Raises ConfigError that lists every fault at once."""
    try:
        return Settings(**(overrides or {}))
    except ValidationError as error:
        raise ConfigError([_fault(item) for item in error.errors()]) from None


_PLAIN = {"livekit_url", "livekit_api_key", "livekit_api_secret", "redis_url"}


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return name.upper() if name.lower() in _PLAIN else f"ROOMHAND_{name.upper()}"


def _fault(item: Any) -> Fault:
    location = item["loc"]
    where = variable(str(location[0])) if location else "settings"
    if item["type"] == "missing":
        return Fault(where, "is not set", f"Set {where} in the environment or in .env")
    problem = str(item["msg"]).removeprefix("Value error, ")
    return Fault(where, problem[:1].lower() + problem[1:], f"Change {where}")
