"""The lease as its owner sees it."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.coordination.ownership import TABLE, Input, LeaseTerms, Ownership, State
from roomhand.errors import IllegalInputError

pytestmark = pytest.mark.unit

TERMS = LeaseTerms(ttl_s=5, renew_s=1, margin_s=1)


def in_state(state: State) -> Ownership:
    """An ownership in any state; past *reserved*, it was confirmed at second 100."""
    if state is State.RESERVED:
        return Ownership(TERMS)
    return Ownership(TERMS, state, valid_until_s=104)


@pytest.mark.parametrize(("state", "given_input"), list(product(State, Input)))
def test_every_input_is_in_the_table_or_illegal(state: State, given_input: Input) -> None:
    """No state takes an input silently."""
    ownership = in_state(state)
    if (state, given_input) in TABLE:
        ownership._apply(given_input)
        assert ownership.state is TABLE[state, given_input]
    else:
        with pytest.raises(IllegalInputError, match=str(given_input)):
            ownership._apply(given_input)


def test_nothing_leads_back_from_lost() -> None:
    """Whoever lost an agent never believes in it again."""
    assert {end for (state, _), end in TABLE.items() if state is State.LOST} == {State.LOST}


def test_validity_counts_from_before_the_call() -> None:
    """An answer that took 2 s leaves 2 s of the 4."""
    ownership = in_state(State.RESERVED)
    ownership.confirm(asked_s=10, now_s=12)
    assert ownership.is_valid(13.99)
    assert not ownership.is_valid(14)


def test_an_answer_that_is_too_old_proves_nothing() -> None:
    """A grant that arrives after its own validity does not make the owner speak."""
    ownership = in_state(State.UNKNOWN)
    ownership.confirm(asked_s=10, now_s=14)
    assert ownership.state is State.UNKNOWN


def test_an_older_confirmation_never_shortens_a_newer_one() -> None:
    """Validity only grows."""
    ownership = in_state(State.RESERVED)
    ownership.confirm(asked_s=12, now_s=12.1)
    ownership.confirm(asked_s=11, now_s=12.2)
    assert ownership.valid_until_s == 16


def test_unknown_is_silence_and_an_answer_ends_it() -> None:
    """Without a confirmation the owner falls silent at once; with one it goes on."""
    ownership = in_state(State.HELD)
    ownership.pass_time(104)
    assert ownership.state is State.UNKNOWN
    assert not ownership.is_valid(104)

    ownership.confirm(asked_s=110, now_s=110.2)

    assert ownership.is_valid(110.2)


@pytest.mark.parametrize("terms", [(5, 1.5, 1), (3, 1, 1), (0, 0, 0), (5, 1, 0)])
def test_unsafe_terms_are_refused(terms: tuple[float, float, float]) -> None:
    """Two renewals may fail without losing the agent, or the terms are refused."""
    with pytest.raises(ValueError, match="s"):
        LeaseTerms(*terms)


steps = st.lists(
    st.tuples(
        st.sampled_from(["confirm", "refuse", "wait", "release"]),
        st.floats(0, 8),
        st.floats(0, 6),
    ),
    max_size=30,
)


@given(steps)
def test_an_owner_never_speaks_after_redis_may_have_given_the_agent_away(
    script: list[tuple[str, float, float]],
) -> None:
    """Whatever comes, validity ends a margin before the deadline that Redis can have set.

    Redis counts the deadline from when it ran the script: somewhere between ask and answer, so at
    the earliest at the ask.
    """
    ownership, now, deadline = in_state(State.RESERVED), 0.0, 0.0
    for step, passed_s, travel_s in script:
        now += passed_s
        ownership.pass_time(now)
        if ownership.ended:
            break
        if step == "confirm":
            asked, now = now, now + travel_s
            deadline = max(deadline, asked + TERMS.ttl_s)
            ownership.pass_time(now)
            ownership.confirm(asked, now)
        elif step == "refuse":
            ownership.refuse()
        elif step == "release":
            ownership.release()
        if ownership.is_valid(now):
            assert now < deadline - TERMS.margin_s + 1e-9
