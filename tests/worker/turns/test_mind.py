"""What an owner tells the next of how the agent is minded."""

from __future__ import annotations

import pytest

from roomhand.profiles import Policy
from roomhand.turns.mind import LASTING, Mind
from roomhand.turns.policy import RESTS, TABLE, Conduct, Input, State

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("state", list(State))
def test_it_comes_back_as_it_was(policy: Policy, state: State) -> None:
    mind = Mind("m1", policy, state)
    assert Mind.of_json(mind.to_json(), "m1") == mind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        '{"meeting":"m1"}',
        '{"meeting":"m1","policy":"unheard of","state":"held"}',
        Mind("m0", Policy.ADDRESSED, State.MUTED).to_json(),
    ],
    ids=["nothing", "no JSON", "no object", "half of it", "a later version's", "another meeting's"],
)
def test_what_is_not_of_this_meeting_or_unknown_is_left_alone(text: str) -> None:
    """The agent begins as its profile says."""
    assert Mind.of_json(text, "m1") is None


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("state", list(State))
def test_the_next_owner_begins_in_a_state_that_has_every_input(
    policy: Policy, state: State
) -> None:
    """A raised hand comes down: what it was raised for is gone."""
    lasting = Mind("m1", policy, state).lasting
    assert lasting in LASTING | {RESTS[policy]}
    assert lasting is not State.HAND_RAISED
    assert {given for at, given in TABLE if at is lasting} >= {Input.CALLED, Input.MUTE}


def test_a_muted_agent_stays_muted_until_it_is_unmuted() -> None:
    before = Conduct(Policy.OPEN)
    before.take(Input.MUTE)
    mind = Mind("m1", before.policy, before.state)
    after = Conduct(Policy.ADDRESSED)
    after.restore(mind.policy, mind.lasting)
    assert (after.policy, after.state) == (Policy.OPEN, State.MUTED)
    after.take(Input.UNMUTE)
    assert after.state is State.ATTENDING
