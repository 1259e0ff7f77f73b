"""What a process does before a job comes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.unit

SCRIPT = """
import gc, json
from roomhand.room.job import rehearse
rehearse(["openai", "no such plugin"])
print(json.dumps({"kept": gc.get_freeze_count(), "looked at": len(gc.get_objects())}))
"""


def test_a_collection_while_people_talk_does_not_look_through_what_stays() -> None:
    """A plugin that cannot be loaded does not stop it: the job says why."""
    command = [sys.executable, "-c", SCRIPT]
    told = subprocess.run(command, check=True, capture_output=True, timeout=60)
    objects = json.loads(told.stdout)
    assert objects["kept"] > 100_000
    assert objects["looked at"] < 1_000
    assert b"no such plugin" in told.stderr
