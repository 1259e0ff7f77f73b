"""Token buckets, in virtual time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.control.rates import CallRates

pytestmark = pytest.mark.unit


def admitted(rates: CallRates, caller: str, now_s: float) -> bool:
    """Whether a call is counted now."""
    return rates.wait_s(caller, now_s) == 0


def test_a_burst_is_let_through_and_then_one_at_a_time() -> None:
    rates = CallRates(rate_per_s=2, burst=3)
    assert [admitted(rates, "ann", 0) for _ in range(5)] == [True] * 3 + [False] * 2
    assert [admitted(rates, "ann", 0.5) for _ in range(2)] == [True, False]
    assert [admitted(rates, "ann", 100) for _ in range(4)] == [True] * 3 + [False]


def test_who_waits_as_long_as_it_is_told_is_let_through() -> None:
    """And being refused costs nothing."""
    rates = CallRates(rate_per_s=3, burst=1)
    assert admitted(rates, "ann", 1e6)
    waits = [rates.wait_s("ann", 1e6) for _ in range(10)]
    assert waits == pytest.approx([1 / 3] * 10)
    assert rates.wait_s("ann", 1e6 + 0.3) == pytest.approx(1 / 3 - 0.3)
    assert admitted(rates, "ann", 1e6 + waits[-1])


def test_one_caller_costs_another_nothing() -> None:
    rates = CallRates(rate_per_s=1, burst=1)
    assert admitted(rates, "ann", 0)
    assert not admitted(rates, "ann", 0)
    assert admitted(rates, "ben", 0)


def test_who_has_a_full_bucket_is_forgotten() -> None:
    rates = CallRates(rate_per_s=1, burst=10)
    for number in range(100):
        rates.wait_s(f"caller {number}", 0)
    assert len(rates) == 100
    rates.wait_s("one more", 1.5)
    assert len(rates) == 1


def test_no_more_callers_are_remembered_than_fit() -> None:
    """Those that were seen last keep their count."""
    rates = CallRates(rate_per_s=0.001, burst=1, most_callers=10)
    for number in range(1000):
        rates.wait_s("steady", 0)
        assert admitted(rates, f"caller {number}", 0)
        assert len(rates) <= 10
    assert not admitted(rates, "steady", 0)
    assert not admitted(rates, "caller 999", 0)


def test_without_end_there_is_no_limit() -> None:
    rates = CallRates(rate_per_s=float("inf"), burst=1)
    assert all(admitted(rates, "ann", 1e6) for _ in range(100))
    assert len(rates) == 0


@given(
    rate_per_s=st.floats(0.1, 1000),
    burst=st.integers(1, 20),
    pauses=st.lists(st.floats(0, 10) | st.just(0.0), max_size=60),
)
def test_in_no_stretch_of_time_are_there_more_than_the_burst_and_what_came_back(
    rate_per_s: float, burst: int, pauses: list[float]
) -> None:
    """Nor is anybody refused to whom a call has come back."""
    rates, now_s, calls = CallRates(rate_per_s, burst), 0.0, list[float]()
    for pause_s in pauses:
        now_s += pause_s
        wait_s = rates.wait_s("ann", now_s)
        if wait_s == 0:
            calls.append(now_s)
        else:
            assert admitted(rates, "ann", now_s + wait_s)
            calls.append(now_s := now_s + wait_s)
    for first, since_s in enumerate(calls):
        for last in range(first, len(calls)):
            most = burst + (calls[last] - since_s) * rate_per_s
            assert last - first + 1 <= most + 0.01
