"""The publish gate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.errors import IllegalInputError
from roomhand.turns.gate import PublishGate, Refusal

pytestmark = pytest.mark.unit


def gate(*, lease_until_s: float = 1000.0) -> PublishGate:
    return PublishGate(lambda: lease_until_s)


def test_a_closed_gate_admits_nothing() -> None:
    closed = gate()
    assert not closed.admits(1, 0.0)
    assert closed.refused == {Refusal.NONE: 1}


def test_a_frame_of_the_open_grant_leaves() -> None:
    opened = gate()
    opened.open(7, 3.0)
    assert opened.admits(7, 2.9)
    assert not opened.refused


def test_a_frame_of_another_grant_stays() -> None:
    opened = gate()
    opened.open(7, 3.0)
    assert not opened.admits(6, 0.0)
    assert not opened.admits(8, 0.0)
    assert opened.refused == {Refusal.STALE: 2}


def test_a_grant_ends_by_our_own_clock_without_any_message() -> None:
    opened = gate()
    opened.open(7, 3.0)
    assert not opened.admits(7, 3.0)
    assert opened.refused == {Refusal.EXPIRED: 1}


def test_a_renewed_grant_holds_longer_and_is_never_shortened() -> None:
    opened = gate()
    opened.open(7, 3.0)
    assert opened.renewed(7, 6.0)
    assert opened.renewed(7, 4.0)
    assert opened.admits(7, 5.9)


def test_a_late_renewal_does_not_bring_a_closed_grant_back() -> None:
    closed = gate()
    closed.open(7, 3.0)
    closed.close()
    assert not closed.renewed(7, 9.0)
    assert not closed.admits(7, 1.0)
    assert closed.grant is None


def test_an_old_or_repeated_number_never_opens() -> None:
    opened = gate()
    opened.open(7, 3.0)
    opened.close()
    for number in (7, 6):
        with pytest.raises(IllegalInputError, match=f"open {number}"):
            opened.open(number, 9.0)


def test_an_unproven_lease_fences_every_grant() -> None:
    fenced = gate(lease_until_s=2.0)
    fenced.open(7, 30.0)
    assert fenced.admits(7, 1.9)
    assert not fenced.admits(7, 2.0)
    assert fenced.refused == {Refusal.FENCED: 1}


def test_asking_why_counts_no_frame() -> None:
    closed = gate()
    assert closed.refusal(1, 0.0) is Refusal.NONE
    assert not closed.refused


@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("open"), st.integers(1, 9), st.floats(0, 20)),
            st.tuples(st.just("renew"), st.integers(1, 9), st.floats(0, 20)),
            st.tuples(st.just("close"), st.just(0), st.just(0.0)),
        )
    ),
    number=st.integers(1, 9),
    now_s=st.floats(0, 20),
    lease_s=st.floats(0, 20),
)
def test_whatever_happened_only_the_newest_grant_within_its_time_and_lease_is_admitted(
    steps: list[tuple[str, int, float]], number: int, now_s: float, lease_s: float
) -> None:
    tested = gate(lease_until_s=lease_s)
    current, until_s, newest = None, 0.0, 0
    for kind, given_number, at_s in steps:
        if kind == "close":
            tested.close()
            current = None
        elif kind == "renew":
            tested.renewed(given_number, at_s)
            if given_number == current:
                until_s = max(until_s, at_s)
        elif given_number > newest:
            tested.open(given_number, at_s)
            current = newest = given_number
            until_s = at_s
    legal = number == current and now_s < until_s and now_s < lease_s
    assert tested.admits(number, now_s) == legal
    assert tested.refused.total() == (not legal)
