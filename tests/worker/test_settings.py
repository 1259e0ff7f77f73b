"""Settings: all faults at once, secrets never shown, and a page that cannot rot."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from roomhand.errors import ConfigError
from roomhand.settings import (
    ApiSettings,
    Settings,
    load_api_settings,
    load_settings,
    misspelt_variables,
    variable,
)

pytestmark = pytest.mark.unit

PAGE = Path(__file__).parents[2] / "docs" / "profiles.md"
EVERY = (Settings, ApiSettings)
SECRET = "never-shown-secret"
NEEDED = {
    "LIVEKIT_URL": "ws://127.0.0.1:7880",
    "LIVEKIT_API_KEY": "devkey",
    "LIVEKIT_API_SECRET": SECRET,
}


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but those that a test makes."""
    monkeypatch.chdir(tmp_path)
    for kind in EVERY:
        for name in kind.model_fields:
            monkeypatch.delenv(variable(name), raising=False)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no default."""
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)


def faults(**overrides: Any) -> dict[str, str]:
    """What is wrong, by variable."""
    with pytest.raises(ConfigError) as wrong:
        load_settings(overrides)
    return {fault.where: fault.problem for fault in wrong.value.faults}


def test_what_has_no_default_must_be_set() -> None:
    """All three are named at once."""
    assert faults() == dict.fromkeys(NEEDED, "is not set")


@pytest.mark.usefixtures("given")
def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a variable is that somebody forgot to fill in."""
    monkeypatch.setenv("LIVEKIT_API_KEY", "")
    monkeypatch.setenv("LIVEKIT_API_SECRET", "")
    assert faults() == {"LIVEKIT_API_KEY": "is empty", "LIVEKIT_API_SECRET": "is empty"}


@pytest.mark.usefixtures("given")
@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("LIVEKIT_URL", "localhost:7880", "must begin with ws://"),
        ("LIVEKIT_URL", "ws://host:seven", "a port that is no number"),
        ("REDIS_URL", "127.0.0.1:6379", "must begin with redis://"),
        ("REDIS_URL", f"redis://:{SECRET}/x@h:6379", "percent-encode"),
        ("ROOMHAND_ARCHIVE_URL", "/folder", "must be file:///FOLDER, s3://BUCKET"),
        ("ROOMHAND_ARCHIVE_URL", "file://folder", "must be file:///FOLDER"),
        ("ROOMHAND_ARCHIVE_URL", f"s3://key:{SECRET}@bucket", "must not hold credentials"),
        ("ROOMHAND_LOG_LEVEL", "loud", "must be DEBUG, INFO, WARNING or ERROR"),
        ("ROOMHAND_HTTP_PORT", "70000", "less than or equal to 65535"),
        ("ROOMHAND_FRAME_MS", "25", "multiple of 10"),
        ("ROOMHAND_RING_S", "10", "greater than or equal to 30"),
        ("ROOMHAND_VAD", "psychic", "'neural' or 'energy'"),
        ("ROOMHAND_LOG_JSON", "perhaps", "valid boolean"),
        ("ROOMHAND_LEASE_RENEW_S", "1.5", "must be at most (lease_ttl_s - 1) / 3 = 1.33 s"),
        ("ROOMHAND_DRAIN_TIMEOUT_S", "0", "greater than or equal to 1"),
    ],
)
def test_a_wrong_value_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    """By its variable; no other is blamed, and the value is not quoted."""
    monkeypatch.setenv(name, value)
    told = faults()
    assert list(told) == [name]
    assert problem in told[name]
    assert SECRET not in str(told)


@pytest.mark.parametrize(
    "address",
    ["host:8092", "https://host", f"https://u:{SECRET}@host:1", "grpc://host:1", "http://h:1/x"],
)
def test_an_address_of_the_api_has_a_scheme_and_a_port(address: str) -> None:
    """An empty one is none."""
    with pytest.raises(ConfigError) as wrong:
        load_api_settings(address)
    (fault,) = wrong.value.faults
    assert (fault.where, fault.problem) == (
        "ROOMHAND_API",
        "must be https://HOST:PORT or http://HOST:PORT",
    )
    assert load_api_settings("").api is None
    assert load_api_settings("https://[::1]:8092").api == "https://[::1]:8092"


def test_what_the_command_line_is_told_goes_before_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And nothing else of the deployment is needed."""
    monkeypatch.setenv("ROOMHAND_API", "https://there:1")
    monkeypatch.setenv("ROOMHAND_API_TOKEN", SECRET)
    assert load_api_settings().api == "https://there:1"
    assert load_api_settings("http://here:2").api == "http://here:2"
    assert SECRET not in f"{load_api_settings()!r}"


@pytest.mark.usefixtures("given")
def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever way somebody prints the settings."""
    monkeypatch.setenv("REDIS_URL", f"redis://user:{SECRET}@127.0.0.1")
    settings = load_settings()
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()}"
    assert settings.redis_url.get_secret_value().endswith(f"{SECRET}@127.0.0.1")


@pytest.mark.usefixtures("given")
def test_arguments_go_before_the_environment_and_that_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other variables of the file are nobody's business."""
    (tmp_path / ".env").write_text(
        "ROOMHAND_MAX_JOBS=2\nROOMHAND_MAX_TRACKS=3\nROOMHAND_RING_S=44\nOTHER=1\n"
    )
    monkeypatch.setenv("ROOMHAND_MAX_TRACKS", "5")
    monkeypatch.setenv("ROOMHAND_RING_S", "55")
    settings = load_settings({"ring_s": 66})
    assert (settings.max_jobs, settings.max_tracks, settings.ring_s) == (2, 5, 66)


@pytest.mark.usefixtures("given")
def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """It is the one in the folder where the command was given."""
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    assert faults() == {".env": "is not UTF-8 text"}


def test_a_variable_that_is_almost_a_setting_is_found() -> None:
    """Only ours, and only where it is clear what was meant: Kubernetes sets some of its own."""
    environ = {
        "ROOMHAND_MAX_JOB": "1",
        "ROOMHAND_MAX_JOBS": "1",
        "ROOMHAND_PORT": "tcp://",
        "ROOMHAND_SERVICE_HOST": "10.0.0.1",
        "OTHER_MAX_JOB": "1",
    }
    assert misspelt_variables(environ) == {"ROOMHAND_MAX_JOB": "ROOMHAND_MAX_JOBS"}


def row_of(name: str, field: FieldInfo) -> str:
    """One line of the page's table."""
    assert field.description, f"{name} has no docstring"
    meaning = " ".join(field.description.split()).replace("``", "`")
    return f"| `{variable(name)}` | {_shown(field.default)} | {meaning} |"


def _shown(default: Any) -> str:
    if default is PydanticUndefined:
        return "must be set"
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, bool):
        default = "true" if default else "false"
    if isinstance(default, StrEnum):
        default = default.value
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def test_the_page_has_every_setting_with_its_default_and_meaning() -> None:
    """Paste what the failed test prints."""
    wanted = [row_of(*one) for kind in EVERY for one in kind.model_fields.items()]
    found = re.findall(r"^\| `(?:ROOMHAND|LIVEKIT|REDIS)_.*\|$", PAGE.read_text(), re.MULTILINE)
    assert found == wanted, "\n" + "\n".join(wanted)
