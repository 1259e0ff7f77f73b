"""The command line on real servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sim import servers
from tests.worker.command_line import AGENTS, CommandLine, environment_of


@pytest.fixture
def roomhand(
    livekit_server: servers.LiveKit,
    redis_server: servers.Redis,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> CommandLine:
    """``roomhand`` as it is set up right, with one agent, sage."""
    environment = environment_of(livekit_server, redis_server)
    return CommandLine(tmp_path, environment, monkeypatch, capsys).with_agents(AGENTS)
