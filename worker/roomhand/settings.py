"""All settings, read from the environment once. This is the only module that reads it.

Names carry their unit. ``LIVEKIT_URL``, ``LIVEKIT_API_KEY``, ``LIVEKIT_API_SECRET`` and
``REDIS_URL`` are the names their own tools use; the rest begin with ``ROOMHAND_``.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

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

Kind = TypeVar("Kind", bound="_Environment")


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


class _Environment(BaseSettings):
    """Fields that are read from the environment and from ``.env``."""

    model_config = SettingsConfigDict(
        env_prefix="ROOMHAND_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        validate_default=True,
        use_attribute_docstrings=True,
    )

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


class Settings(_Environment):
    """Everything a process needs to know that is not about one agent."""

    livekit_url: str = _plain("LIVEKIT_URL")
    """Where livekit-server is: ``ws://HOST:PORT`` or ``wss://HOST``."""
    livekit_api_key: str = _plain("LIVEKIT_API_KEY", min_length=1)
    """Key of livekit-server's configuration."""
    livekit_api_secret: SecretStr = _plain("LIVEKIT_API_SECRET", min_length=1)
    """The secret of that key."""
    redis_url: SecretStr = _plain("REDIS_URL", SecretStr("redis://127.0.0.1:6379/0"))
    """Redis 7.0 or newer, or Valkey: ``redis://USER:PASSWORD@HOST:PORT/DB``."""

    archive_url: Annotated[str | None, Field(min_length=1)] = None
    """Where the older part of each transcript goes, so that Redis stays small: ``file:///FOLDER``,
    ``s3://BUCKET/FOLDER``, ``gs://BUCKET/FOLDER`` or ``az://CONTAINER/FOLDER``, the same for every
    process. Credentials come from the provider's own variables. Unset: Redis keeps everything."""

    e2ee_key: Annotated[SecretStr | None, Field(min_length=1)] = None
    """The key that everybody in an end-to-end encrypted room shares; unset: none is encrypted."""

    profiles: Path = Path("agents.yaml")
    """The file that describes the agents."""
    worker_name: Annotated[str, Field(min_length=1)] = "roomhand"
    """Agent name under which the worker registers for explicit dispatch."""
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8090
    """Port of /livez, /readyz and /metrics; 0 takes a free one."""
    http_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """Address on which that port is opened, and those of ``roomhand control``, its API's too;
    ``0.0.0.0`` for all."""
    control_http_port: Annotated[int, Field(ge=0, le=65535)] = 8091
    """The same port of ``roomhand control``, to which livekit-server's webhooks go, too."""
    control_grpc_port: Annotated[int, Field(ge=0, le=65535)] = 8092
    """Port of the API of ``roomhand control``; 0 takes a free one."""
    control_tls_cert: Path | None = None
    """Certificate of the API and the chain of who signed it, a file of PEM text that is read again
    when it changes; unset: the API speaks plain text."""
    control_tls_key: Path | None = None
    """Private key of that certificate, without a password."""
    control_tls_client_ca: Path | None = None
    """Authorities of which callers of the API must show a certificate, beside their token; unset:
    the token is enough."""
    control_rate_per_s: Annotated[float, Field(gt=0)] = 50.0
    """Calls a second that one identity may make of one process of the API in the long run."""
    control_burst: Annotated[int, Field(ge=1)] = 200
    """Calls that it may make at once, after a while without."""
    control_rebalance: bool = True
    """Whether ``roomhand control`` has agents handed over from a full worker to an empty one, one
    at a time (docs/operations.md)."""
    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""
    log_json: bool = True
    """Log one JSON object a line; off: plain lines for a terminal."""
    max_jobs: Annotated[int | None, Field(ge=1)] = None
    """Rooms one worker takes at a time, however few speak in them. Unset: 8 for each core."""
    tracks_per_core: Annotated[float, Field(gt=0)] = 40.0
    """Tracks for each core that fill a worker; a room counts as 5 beside those that are heard there
    (docs/operations.md)."""
    expected_tracks: Annotated[int, Field(ge=0, le=256)] = 4
    """A room counts as having at least so many for its first half minute, until its people are
    there."""
    cores: Annotated[float | None, Field(gt=0)] = None
    """Cores for one worker. Unset: those that it may run on, or what its container is limited
    to."""
    idle_processes: Annotated[int, Field(ge=0)] = 1
    """Warm job processes kept ready."""
    drain_timeout_s: Annotated[int, Field(ge=1)] = 600
    """After SIGTERM, how long running jobs may go on."""

    frame_ms: Annotated[int, Field(ge=20, le=50, multiple_of=10)] = 20
    """Length of one frame from the SDK: 20 ms hears a voice 30 ms sooner than 50 ms does, for about
    two hundredths of a core more at 24 tracks (docs/benchmarks.md)."""
    vad: VadKind = VadKind.NEURAL
    """How speech is found: ``neural`` for people, ``energy`` (loudness) for the tones of tests."""
    vad_silence_ms: Annotated[int, Field(ge=100, le=3000)] = 500
    """Silence that ends a turn."""
    vad_speech_ms: Annotated[int, Field(ge=20, le=500)] = 60
    """Speech that begins a turn."""
    preroll_ms: Annotated[int, Field(ge=100, le=5000)] = 600
    """Audio kept from before the onset, so that the first sound is not lost."""
    ring_s: Annotated[float, Field(ge=30, le=300)] = 60.0
    """Audio kept per track while a session opens or is away."""
    max_tracks: Annotated[int, Field(ge=1, le=256)] = 64
    """Tracks one job hears; one more is refused with a notice and a hole in the transcript."""
    hear_other_agents: bool = False
    """Hear agents that are not Roomhand's (they are listed as not heard otherwise)."""
    session_idle_s: Annotated[float, Field(gt=0)] = 120.0
    """A session without speech for this long is closed; the next speech opens a new one."""
    transcript_wait_s: Annotated[float, Field(gt=0, le=30)] = 3.0
    """How long a reply waits for pending transcripts of the others."""

    lease_ttl_s: Annotated[float, Field(ge=2, le=60)] = 5.0
    """Ownership of an agent ends this long after its last renewal."""
    lease_renew_s: Annotated[float, Field(ge=0.2, le=20)] = 1.0
    """Between two renewals; at most a third of what the lease leaves after one second. The control
    plane gives owners as long after Redis was away."""
    grant_ttl_s: Annotated[float, Field(ge=1, le=30)] = 3.0
    """Lease of one grant of the floor."""
    max_talk_s: Annotated[float, Field(ge=5, le=600)] = 60.0
    """Longest speech of an agent under one grant."""
    playout_queue_ms: Annotated[int, Field(ge=50, le=1000)] = 200
    """Audio handed to the SDK ahead of its playing."""
    voice_kbps: Annotated[int | None, Field(ge=6, le=510)] = None
    """Bit rate of an agent's voice. Unset: the SDK's. From 64 on Opus takes half the processor time
    for it, but sends nothing where a sound that is no speech is 25 dB below the loudest."""
    buffer_segments: Annotated[int, Field(ge=100)] = 5000
    """Final segments kept while Redis is away."""

    @field_validator("livekit_url")
    @classmethod
    def _websocket_url(cls, url: str) -> str:
        if not re.match(r"^(wss?|https?)://[^\s/]+", url):
            raise ValueError("must begin with ws://, wss://, http:// or https:// and name a host")
        try:
            _ = urlsplit(url).port
        except ValueError:
            raise ValueError("has a port that is no number from 0 to 65535") from None
        return url

    @field_validator("redis_url")
    @classmethod
    def _redis_url(cls, url: SecretStr) -> SecretStr:
        if not re.match(r"^(rediss?|unix)://", url.get_secret_value()):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        try:
            _ = urlsplit(url.get_secret_value()).port
        except ValueError:  # its message quotes what stands there, maybe a password
            raise ValueError(
                "has a port that is no number: percent-encode special characters in the password"
            ) from None
        return url

    @field_validator("archive_url")
    @classmethod
    def _archive_url(cls, url: str | None) -> str | None:
        if url is None:
            return None
        if re.match(r"^\w+://[^/]*@", url):  # not quoted: it may be a password
            raise ValueError(
                "must not hold credentials: they come from the provider's own variables"
            )
        if not re.match(r"^(file:///|(s3|gs|az)://[^/])", url):
            raise ValueError("must be file:///FOLDER, s3://BUCKET, gs://BUCKET or az://CONTAINER")
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


class ApiSettings(_Environment):
    """What the command line needs where it goes by the API: nothing else of a deployment."""

    api: str | None = None
    """Where the API is by which the command line goes, instead of Redis and LiveKit:
    ``https://HOST:PORT``, or ``http://HOST:PORT`` without TLS; as ``roomhand --api``."""
    api_token: Annotated[SecretStr | None, Field(min_length=1)] = None
    """With which it goes there (``roomhand token --api``)."""
    api_ca: Path | None = None
    """Authorities that may have signed the certificate of the API; unset: those of the machine."""
    api_cert: Path | None = None
    """Certificate to show to the API, where it asks for one; with its key or not at all."""
    api_key: Path | None = None
    """Private key of that certificate."""

    @field_validator("api")
    @classmethod
    def _address(cls, address: str | None) -> str | None:
        if address and not re.fullmatch(r"https?://[^\s/@]+:\d+/?", address):
            raise ValueError("must be https://HOST:PORT or http://HOST:PORT")
        return address or None


def load_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the environment. Raises ConfigError that lists every fault at once."""
    return _load(Settings, overrides or {})


def set_livekit_defaults() -> None:
    """For what this process starts, too; who has set them otherwise has it so."""
    for name, value in LIVEKIT_DEFAULTS.items():
        os.environ.setdefault(name, value)


def load_api_settings(api: str | None = None) -> ApiSettings:
    """The same, for the command line; ``api`` is what it was told."""
    return _load(ApiSettings, {} if api is None else {"api": api})


def _load(kind: type[Kind], overrides: Mapping[str, Any]) -> Kind:
    try:
        return kind(**overrides)
    except ValidationError as error:
        raise ConfigError([_fault(item) for item in error.errors()]) from None
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise ConfigError([Fault(".env", reason, "Let this user read it, or remove it")]) from None
    except UnicodeDecodeError:
        raise ConfigError([Fault(".env", "is not UTF-8 text", "Save it as UTF-8")]) from None


LIVEKIT_DEFAULTS = {
    "LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE": "0",
    "LIVEKIT_AGENTS_LOOP_BLOCK_WARN_MS": "0",
}
"""Of livekit-agents. Its model of the end of a turn takes 240 MB of a worker, and no agent asks it;
its watch over event loops wakes every process a hundred times a second, and ours are watched."""
_PLAIN = {"livekit_url", "livekit_api_key", "livekit_api_secret", "redis_url"}


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return name.upper() if name.lower() in _PLAIN else f"ROOMHAND_{name.upper()}"


def need_together(
    settings: Settings | ApiSettings, needed: Sequence[str], besides: Sequence[str] = ()
) -> None:
    """Raises ConfigError where one of these is set and one of the ``needed`` is not."""
    given = [name for name in (*needed, *besides) if getattr(settings, name) is not None]
    missing = [name for name in needed if name not in given]
    if given and missing:
        first = variable(given[0])
        problem, fix = f"is not set, and {first} needs it", f"Set it, or do not set {first}"
        raise ConfigError([Fault(variable(name), problem, fix) for name in missing])


def misspelt_variables(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Variables that look like a setting of ours but are none, each with the one it is close to."""
    known = [variable(name) for name in (*Settings.model_fields, *ApiSettings.model_fields)]
    ours = (name for name in environ if name.startswith("ROOMHAND_") and name not in known)
    close = {name: difflib.get_close_matches(name, known, n=1, cutoff=0.85) for name in ours}
    return {name: found[0] for name, found in close.items() if found}


def _fault(item: Any) -> Fault:
    location = item["loc"]
    where = variable(str(location[0])) if location else "settings"
    if item["type"] == "missing":
        return Fault(where, "is not set", f"Set {where} in the environment or in .env")
    if item["type"] in {"string_too_short", "too_short"}:
        return Fault(where, "is empty", f"Set {where}")
    problem = str(item["msg"]).removeprefix("Value error, ")
    return Fault(where, problem[:1].lower() + problem[1:], f"Change {where}")
