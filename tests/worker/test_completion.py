"""Shell completion, as a person installs it and a shell asks for it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from roomhand.cli import app

pytestmark = pytest.mark.unit

ASK = """
. ~/.bashrc
COMP_WORDS=({words}) COMP_CWORD={at}
$(complete -p roomhand | sed 's/.*-F \\([^ ]*\\).*/\\1/') roomhand
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@dataclass(frozen=True)
class Shell:
    """bash in a home of its own, where ``roomhand`` is on the path."""

    home: Path

    def __call__(self, script: str) -> str:
        """What it writes."""
        paths = f"{self.home / 'bin'}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", script],
            env={"HOME": str(self.home), "PATH": paths},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def completes(self, *words: str) -> set[str]:
        """How the last of these words may go on."""
        return set(self(ASK.format(words=" ".join(words), at=len(words) - 1)).split())


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "roomhand"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m roomhand "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return Shell(tmp_path)


def test_commands_acts_and_options_are_completed_once_it_is_installed(shell: Shell) -> None:
    """By the line of the README, as one process after another asks for it."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    install = "roomhand --install-completion"
    assert f"\n{install} " in readme
    shell(f"{install} && true")  # not the last command: else bash becomes it, and no shell is there
    every = {one.name or "" for one in app.registered_commands}
    named = {name for name in every if name.startswith("re")}
    assert shell.completes("roomhand", "re") == named == {"redispatch"}
    assert shell.completes("roomhand", "tr") == {"transcript"}
    assert shell.completes("roomhand", "floor", "room", "un") == {"unmute"}
    assert shell.completes("roomhand", "usage", "--js") == {"--json"}
