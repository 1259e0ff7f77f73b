"""What people are told of a provider in trouble, and how often."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from roomhand.bridge.link import SessionState
from roomhand.bridge.trouble import Trouble

pytestmark = pytest.mark.unit

IDLE, OPENING, READY = SessionState.IDLE, SessionState.OPENING, SessionState.READY
AWAY, REFUSED = SessionState.AWAY, SessionState.REFUSED
DOWN = "The model provider does not answer"
AGAIN = "The model provider answers again"
NO = "The model provider refuses"


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ([OPENING, READY, AWAY, OPENING, READY], []),
        ([AWAY, OPENING, AWAY, OPENING, READY], []),
        ([AWAY, OPENING] * 3, [DOWN]),
        ([AWAY, OPENING] * 30, [DOWN]),
        ([*[AWAY, OPENING] * 4, READY, IDLE, OPENING, READY], [DOWN, AGAIN]),
        ([*[AWAY, OPENING] * 4, READY, *[AWAY, OPENING] * 4], [DOWN, AGAIN, DOWN]),
        ([OPENING, REFUSED, OPENING, REFUSED], [NO]),
        ([*[AWAY, OPENING] * 4, REFUSED, REFUSED], [DOWN, NO]),
        ([REFUSED, OPENING, READY, REFUSED], [NO, NO]),
    ],
)
def test_trouble_is_told_once_and_its_end(
    states: Sequence[SessionState], told: Sequence[str]
) -> None:
    """Of all lanes of an agent, for their provider is one."""
    trouble = Trouble()
    assert [text for state in states if (text := trouble.changed(state))] == told
