"""What the command line does by itself, where neither Redis nor livekit-server is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.worker.command_line import SECRET, CommandLine

pytestmark = pytest.mark.unit


@pytest.fixture
def alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """Nobody listens where the services should be."""
    environment = {
        "LIVEKIT_URL": "ws://127.0.0.1:9",
        "LIVEKIT_API_KEY": "key",
        "LIVEKIT_API_SECRET": SECRET,
        "REDIS_URL": "redis://127.0.0.1:9",
        "COLUMNS": "120",
    }
    return CommandLine(tmp_path, environment, monkeypatch, capsys)


def claims(alone: CommandLine, *options: str) -> dict[str, Any]:
    """Of the token that is printed with them."""
    told = alone("token", "blue", "--identity", "p-ada", *options)
    assert told.code == 0, told.text
    found: dict[str, Any] = jwt.decode(told.out.strip(), SECRET, algorithms=["HS256"])
    return found


def test_a_token_is_signed_where_no_service_is(alone: CommandLine) -> None:
    """For a person, for a moderator, and for a backend."""
    assert claims(alone)["video"]["roomJoin"] is True
    assert claims(alone, "--moderator")["attributes"] == {"roomhand.role": "moderator"}
    assert claims(alone, "--api")["video"]["roomAdmin"] is True


@pytest.mark.parametrize(("name", "shown"), [("[Ada]", "Ada"), ("***", "p-ada")])
def test_a_token_carries_a_safe_name(alone: CommandLine, name: str, shown: str) -> None:
    """The identity, where none is left."""
    assert claims(alone, "--name", name)["name"] == shown


@pytest.mark.parametrize("way", [(), ("--api", "http://127.0.0.1:9")])
def test_agents_of_a_room_without_a_name_are_wrong_use(
    alone: CommandLine, way: tuple[str, ...]
) -> None:
    """Not those of all rooms, nor an error of Redis; either way."""
    told = alone(*way, "agents", "", ROOMHAND_API_TOKEN="token")
    assert told.code == 2
    assert "must not be empty" in told.text
