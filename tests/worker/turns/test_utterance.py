"""Two reports of one turn are one piece of news."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roomhand.turns.utterance import MOST_REMEMBERED, Judged, Utterance

pytestmark = pytest.mark.unit

SAID = Utterance(
    turn_id="t", identity="anna", name="Anna", text="Sage?", track="TR_1", start_ms=5_000
)


@pytest.mark.parametrize("off_ms", [0, -300, 300])
def test_the_same_turn_by_another_clock_is_no_news(off_ms: int) -> None:
    """Whatever it is called and whatever its words."""
    judged = Judged()
    assert judged.is_news(SAID)
    again = replace(SAID, turn_id="other", text="sage", start_ms=SAID.start_ms + off_ms)
    assert not judged.is_news(again)


def test_another_turn_is_news() -> None:
    """Of the same track later or earlier, and of another track at the same time."""
    judged = Judged()
    judged.is_news(SAID)
    assert judged.is_news(replace(SAID, start_ms=5_301))
    assert judged.is_news(replace(SAID, start_ms=4_699))
    assert judged.is_news(replace(SAID, track="TR_2"))


def test_memory_is_bounded() -> None:
    """The oldest is forgotten."""
    judged = Judged()
    for number in range(MOST_REMEMBERED + 1):
        assert judged.is_news(replace(SAID, start_ms=number * 1000))
    assert judged.is_news(replace(SAID, start_ms=0))
    assert not judged.is_news(replace(SAID, start_ms=2_000))
