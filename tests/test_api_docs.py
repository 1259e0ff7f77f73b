"""The reference of the API is what the protocol says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.worker.control.methods import METHODS

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def test_it_was_made_anew_after_the_last_change_of_the_protocol() -> None:
    """Nor was it changed by hand."""
    command = [sys.executable, str(ROOT / "infra" / "api_docs.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_it_leads_from_every_field_to_its_type() -> None:
    """By the anchors that a page gives its headings, each of which there is once."""
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    anchors = Counter(re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings)
    assert {one.descriptor.name for one in METHODS.values()} <= set(headings)
    wanted = set(re.findall(r"\]\(#(.*?)\)", PAGE))
    assert wanted
    assert {one: anchors[one] for one in wanted} == dict.fromkeys(wanted, 1)
