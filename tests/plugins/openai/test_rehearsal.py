"""The first session of a process finds all that it needs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.unit


def test_the_first_session_loads_and_builds_nothing() -> None:
    """Else no voice is taken for 130 ms just when somebody speaks for the first time."""
    command = [sys.executable, "-m", "tests.plugins.openai.first_session"]
    told = subprocess.run(command, check=True, capture_output=True, timeout=60)
    # Not public, and small: what it needs itself is loaded.
    assert json.loads(told.stdout) == {"modules": ["openai.lib._websocket"], "types": 0}
