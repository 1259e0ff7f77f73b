"""The command line as a person meets it: in this process where it ends by itself, else as its own.

Whatever it is told, it never shows a traceback or one of the secrets.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from roomhand import cli
from tests.sim import servers

SECRET = "never-shown-secret-of-at-least-32-characters"
LIMIT_S = 30.0
AGENTS = """
agents:
  - name: sage
    plugin: scripted
"""
_FRAME = "│╭╮╰╯─"


@dataclass(frozen=True, slots=True)
class Told:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """All of it on one line, without the frame around a wrong use."""
        said = (self.out + " " + self.err).translate(dict.fromkeys(map(ord, _FRAME), " "))
        return " ".join(said.split())


@dataclass
class CommandLine:
    """``roomhand`` in a folder of its own, with nothing in its environment but these."""

    folder: Path
    environment: dict[str, str]
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def with_agents(self, text: str | bytes) -> CommandLine:
        """The profiles file holds this."""
        content = text.encode() if isinstance(text, str) else text
        (self.folder / "agents.yaml").write_bytes(content)
        return self

    def environ(self, changed: Mapping[str, str | None]) -> dict[str, str]:
        """All variables of one run; None takes one away."""
        merged = {**self.environment, **changed}
        return {name: value for name, value in merged.items() if value is not None}

    def __call__(self, *arguments: str, **changed: str | None) -> Told:
        """Run to the end in this process, whose logging is afterwards what it was before."""
        root = logging.getLogger()
        with self.monkeypatch.context() as patched:
            patched.setattr(root, "handlers", list(root.handlers))
            patched.setattr(root, "level", root.level)
            for name in list(os.environ):
                patched.delenv(name)
            for name, value in self.environ(changed).items():
                patched.setenv(name, value)
            patched.setattr(sys, "argv", ["roomhand", *arguments])
            patched.chdir(self.folder)
            self.capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                cli.main()
        said = self.capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return _decent(Told(ended.value.code, said.out, said.err))

    def start(self, *arguments: str, **changed: str | None) -> subprocess.Popen[str]:
        """Run as a process of its own. The caller ends it."""
        return subprocess.Popen(
            [sys.executable, "-m", "roomhand", *arguments],
            cwd=self.folder,
            env=self.environ(changed),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **changed: str | None) -> Told:
        """Run to the end as a process of its own."""
        return told_by(self.start(*arguments, **changed))


def told_by(process: subprocess.Popen[str], limit_s: float = LIMIT_S) -> Told:
    """What a process said, once it has ended. It is killed, and the test fails, if it does not."""
    try:
        out, err = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        pytest.fail(f"still running after {limit_s:g} s:\n{out}\n{err}")
    return _decent(Told(process.returncode, out, err))


def environment_of(livekit: servers.LiveKit, redis: servers.Redis) -> dict[str, str]:
    """What a person would set, and what a process needs to run at all."""
    kept = ("PATH", "HOME", "SSL_CERT_FILE", "COVERAGE_PROCESS_START")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "LIVEKIT_URL": livekit.url,
        "LIVEKIT_API_KEY": livekit.api_key,
        "LIVEKIT_API_SECRET": livekit.api_secret,
        "REDIS_URL": redis.url,
        "ROOMHAND_HTTP_PORT": "0",
        "COLUMNS": "120",
    }


def _decent(told: Told) -> Told:
    assert "Traceback" not in told.text, told.err
    assert SECRET not in told.text
    return told
