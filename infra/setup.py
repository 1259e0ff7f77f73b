"""Make the Python environment of a clone: ``python3 infra/setup.py .venv``.

Needs only Python 3.11 and its ``venv`` module. Packages come from the hash-pinned
``requirements.lock``; the second run finds everything in place.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Returns an exit code; says what it does on standard error."""
    if sys.version_info < (3, 11):
        version = ".".join(map(str, sys.version_info[:2]))
        return _fail(
            f"Python 3.11 or newer is needed, this is {version}. Try make PYTHON=python3.12"
        )
    folder = ROOT / (sys.argv[1] if len(sys.argv) > 1 else ".venv")
    python = folder / "bin" / "python"
    began = time.monotonic()
    if not python.exists():
        _say(f"environment: making {folder.name}")
        if subprocess.call([sys.executable, "-m", "venv", str(folder)]):
            return _fail("python3 -m venv failed. On Debian and Ubuntu: apt install python3-venv")
    uv = folder / "bin" / "uv"
    if not uv.exists():
        _say("environment: getting uv")
        if subprocess.call([str(python), "-m", "pip", "install", "-q", "uv"]):
            return _fail("pip could not install uv. Is the package index reachable?")
    _say("environment: installing the locked packages (about 450 MB the first time)")
    lock = ROOT / "requirements.lock"
    install = [str(uv), "pip", "install", "-q", "--compile-bytecode", "--python", str(python)]
    if subprocess.call([*install, "--require-hashes", "-r", str(lock)]):
        return _fail("the locked packages could not be installed")
    if subprocess.call([*install, "--no-deps", "--editable", str(ROOT)]):
        return _fail("roomhand itself could not be installed")
    _say(f"environment: ready after {time.monotonic() - began:.0f} s")
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _fail(line: str) -> int:
    _say(f"environment: {line}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
