"""Every end has one word, in the code of the worker and in what plugins say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import roomhand
import roomhand_plugins
from roomhand.attribution.ends import MeetingEnd, SessionEnd

pytestmark = pytest.mark.unit

SOURCES = [Path(module.__path__[0]) for module in (roomhand, roomhand_plugins)]
CLOSED = re.compile(r'Closed\(\s*"([^"]+)"')
STEPS = re.compile(r"steps\.(?:Close|Leave|Abandon)\((.*)\)")


def said(pattern: re.Pattern[str]) -> set[str]:
    """What the code says somewhere."""
    files = [path for source in SOURCES for path in source.rglob("*.py")]
    return {found for path in files for found in pattern.findall(path.read_text("utf-8"))}


def test_every_word_that_a_bundled_plugin_closes_with_is_known() -> None:
    """So none of their sessions ends for another reason."""
    words = said(CLOSED)
    assert {"closed", "expired", "lost", "rate_limited"} <= words
    assert {word for word in words if SessionEnd.of(word) is SessionEnd.OTHER} == set()


def test_every_word_that_the_bridge_ends_a_session_with_is_known() -> None:
    """As a step of its table."""
    words = {word for text in said(STEPS) for word in re.findall(r'"([^"]+)"', text)}
    assert words == {"idle", "renewed", "relieved", "no transcript"}
    assert {word for word in words if SessionEnd.of(word) is SessionEnd.OTHER} == set()


def test_a_word_of_a_later_version_is_another_reason_and_no_error() -> None:
    assert SessionEnd.of("bored") is SessionEnd.OTHER
    assert MeetingEnd.of("eclipse") is MeetingEnd.OTHER
    assert MeetingEnd.of("room_restarted") is MeetingEnd.ROOM_RESTARTED
