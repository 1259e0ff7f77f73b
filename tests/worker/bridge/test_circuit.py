"""Whether a provider is asked: every state meets every input, and the way through them."""

from __future__ import annotations

import itertools

import pytest

from roomhand.bridge import circuit
from roomhand.bridge.circuit import Circuit, CircuitInput, CircuitLimits, CircuitState
from roomhand.bridge.reopening import ReopeningLimits
from roomhand.errors import IllegalInputError

pytestmark = pytest.mark.unit

LIMITS = CircuitLimits(
    failures=3, reopening=ReopeningLimits(first_s=2.0, longest_s=8.0, jitter=0.0)
)


def broken() -> Circuit:
    """Three attempts in a row have failed at time 0."""
    made = Circuit(LIMITS, "seed")
    for _ in range(3):
        made.ask()
        made.failed(0.0, final=False)
    return made


@pytest.mark.parametrize(("state", "given"), list(itertools.product(CircuitState, CircuitInput)))
def test_circuits(state: CircuitState, given: CircuitInput) -> None:
    """A step of the table, or the documented error."""
    machine = Circuit(LIMITS, "seed")
    machine.state = state
    if (state, given) in circuit.TABLE:
        machine._apply(given)
        assert machine.state is circuit.TABLE[state, given]
    else:
        with pytest.raises(IllegalInputError):
            machine._apply(given)
        assert machine.state is state


def test_some_failures_in_a_row_open_it_and_a_success_between_does_not() -> None:
    """A provider that fails now and then is asked every time."""
    made = Circuit(LIMITS, "seed")
    for _ in range(5):
        made.failed(0.0, final=False)
        made.failed(0.0, final=False)
        made.succeeded()
    assert made.wait_s(0.0) == 0
    assert broken().wait_s(0.5) == 1.5


def test_one_lane_tries_and_the_others_wait_for_it() -> None:
    """They are told so, and asking all the same is illegal."""
    made = broken()
    assert made.wait_s(2.0) == 0
    made.ask()
    assert made.wait_s(2.0) > 0
    with pytest.raises(IllegalInputError):
        made.ask()
    made.opened()
    assert made.wait_s(2.0) == 0


def test_a_session_that_came_and_did_nothing_opens_it_again() -> None:
    """One is enough, after a trial; and it waits longer than before."""
    made = broken()
    made.ask()
    made.opened()
    made.failed(10.0, final=False)
    assert made.wait_s(10.0) == 4.0


def test_it_stays_open_ever_longer() -> None:
    """Up to a limit that a ring can bridge; after a success it begins anew."""
    made, now_s, waits_s = broken(), 0.0, []
    for _ in range(4):
        waits_s.append(made.wait_s(now_s))
        now_s += waits_s[-1]
        made.ask()
        made.failed(now_s, final=False)
    assert waits_s == [2.0, 4.0, 8.0, 8.0]
    assert CircuitLimits().reopening.longest_s < 60


def test_a_final_refusal_opens_it_at_once() -> None:
    """A bad key does not get better by being tried three times."""
    made = Circuit(LIMITS, "seed")
    made.ask()
    made.failed(0.0, final=True)
    assert made.state is CircuitState.OPEN
