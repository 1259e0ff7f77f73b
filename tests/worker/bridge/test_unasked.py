"""Every state of an unasked reply with every input."""

from __future__ import annotations

import itertools

import pytest

from roomhand.bridge.unasked import TABLE, Act, Input, State, Unasked
from roomhand.errors import IllegalInputError

pytestmark = pytest.mark.unit

ILLEGAL = {
    (State.QUIET, Input.OVERDUE),
    (State.QUIET, Input.CANCELLED),
    (State.OWED, Input.OVERDUE),
    (State.OWED, Input.CANCELLED),
    (State.HELD, Input.CANCELLED),
    (State.REFUSED, Input.OVERDUE),
    (State.REFUSED, Input.CANCELLED),
    (State.AWAITED, Input.ASKED),
}


def at(state: State) -> Unasked:
    """A session in this state."""
    unasked = Unasked()
    unasked.state = state
    return unasked


@pytest.mark.parametrize(("state", "given"), list(itertools.product(State, Input)))
def test_every_input_is_a_step_or_raises(state: State, given: Input) -> None:
    """What is not in the table is a bug, and changes nothing."""
    unasked = at(state)
    if (state, given) in ILLEGAL:
        with pytest.raises(IllegalInputError):
            unasked.apply(given)
        assert unasked.state is state
        return
    assert (unasked.state, unasked.apply(given)) == (state, TABLE[state, given][1])
    assert unasked.state is TABLE[state, given][0]


@pytest.mark.parametrize("first", [Input.STARTED, Input.ASKED])
def test_reply_and_question_meet_in_either_order(first: Input) -> None:
    """The reply is the answer whether it began before or after it was wanted."""
    unasked = Unasked()
    second = Input.ASKED if first is Input.STARTED else Input.STARTED
    unasked.apply(Input.TURN)
    assert unasked.apply(first) is not Act.TAKE
    assert unasked.apply(second) is Act.TAKE


@pytest.mark.parametrize("first", [Input.STARTED, Input.DISMISSED])
def test_reply_and_refusal_meet_in_either_order(first: Input) -> None:
    """Nobody hears it."""
    unasked = Unasked()
    second = Input.DISMISSED if first is Input.STARTED else Input.STARTED
    unasked.apply(Input.TURN)
    assert unasked.apply(first) is not Act.DISCARD
    assert unasked.apply(second) is Act.DISCARD


def test_no_path_lets_a_reply_be_taken_that_nobody_asked_for() -> None:
    """Every sequence of six inputs: between two takes there is a question."""
    for inputs in itertools.product(Input, repeat=6):
        unasked, asked = Unasked(), False
        for given in inputs:
            if (unasked.state, given) not in TABLE:
                break
            act = unasked.apply(given)
            asked = asked or given is Input.ASKED
            if act is Act.TAKE:
                assert asked
            if act in (Act.TAKE, Act.ASK) or given is Input.CANCELLED:
                asked = False
