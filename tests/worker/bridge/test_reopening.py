"""Waits between openings: doubling, bounded, jittered by a seed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.bridge.reopening import Reopening, ReopeningLimits

pytestmark = pytest.mark.unit


def waits(reopening: Reopening, count: int) -> list[float]:
    found = []
    for _ in range(count):
        reopening.lost(100.0)
        found.append(reopening.due_s - 100.0)
    return found


def test_waits_double_up_to_the_longest() -> None:
    """And begin again when the provider has proved itself."""
    reopening = Reopening(ReopeningLimits(first_s=1, longest_s=10, jitter=0), "a")
    assert waits(reopening, 6) == [1, 2, 4, 8, 10, 10]
    reopening.proved()
    assert waits(reopening, 1) == [1]


def test_the_provider_may_ask_for_a_longer_wait_never_a_shorter() -> None:
    """Rate limits come with a time."""
    reopening = Reopening(ReopeningLimits(first_s=1, longest_s=10, jitter=0), "a")
    reopening.lost(100.0, retry_after_s=7)
    assert reopening.due_s == 107
    reopening.lost(100.0, retry_after_s=0.1)
    assert reopening.due_s == 102


@given(st.text(), st.integers(1, 2_000))
def test_jitter_stays_in_its_share_and_repeats_by_seed(seed: str, count: int) -> None:
    """Lanes with different seeds do not come back all at once."""
    limits = ReopeningLimits(first_s=1, longest_s=30, jitter=0.25)
    found = waits(Reopening(limits, seed), min(count, 40))
    assert found == waits(Reopening(limits, seed), min(count, 40))
    for number, wait_s in enumerate(found):
        plain_s = min(2.0**number, 30)
        assert plain_s * 0.75 - 1e-6 <= wait_s <= plain_s * 1.25 + 1e-6


def test_lanes_differ() -> None:
    """A restart of the provider is not followed by a stampede."""
    limits = ReopeningLimits()
    assert len({waits(Reopening(limits, f"lane {n}"), 1)[0] for n in range(50)}) == 50
