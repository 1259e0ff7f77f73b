"""What an owner tells the next of how the agent is minded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roomhand.profiles import Policy
from roomhand.turns.mind import LASTING, Mind
from roomhand.turns.policy import RESTS, TABLE, Conduct, Input, State
from roomhand.turns.questions import Kept, Pending, Question, Reason

pytestmark = pytest.mark.unit

WHEN = Question("t1", "p-ada", "Ada", "when is it — heute?", 100.0)
SAY = Question("say.1", "", "", "Welcome", 101.5, verbatim=True, reason=Reason.SAY)
KEPT = Kept(WHEN, 160.0, "Answer that now.")
WAITING, QUEUED, BEGUN = Pending(SAY), Pending(WHEN, 101.0), Pending(WHEN, 101.0, begun=True)


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("state", list(State))
def test_it_comes_back_as_it_was(policy: Policy, state: State) -> None:
    mind = Mind("m1", policy, state, (KEPT,), (BEGUN, QUEUED, WAITING), "9-0")
    assert Mind.of_json(mind.to_json(), "m1") == mind
    assert Mind.of_json(Mind("m1", policy, state).to_json(), "m1") == Mind("m1", policy, state)


def test_what_a_version_wrote_that_knew_of_no_questions_is_read() -> None:
    """While one is updated to the other."""
    text = '{"meeting":"m1","policy":"open","state":"muted"}'
    assert Mind.of_json(text, "m1") == Mind("m1", Policy.OPEN, State.MUTED)


def test_every_time_is_shifted_to_another_clock() -> None:
    """Own seconds mean nothing to the next owner."""
    mind = Mind("m1", Policy.OPEN, State.HOLDING, (KEPT,), (QUEUED, WAITING))
    later = mind.shifted(-60.0)
    assert later.kept == (Kept(replace(WHEN, asked_s=40.0), 100.0, KEPT.told),)
    assert later.pending == (
        Pending(replace(WHEN, asked_s=40.0), 41.0),
        Pending(replace(SAY, asked_s=41.5)),
    )
    assert later.shifted(60.0) == mind


def test_what_somebody_has_heard_something_of_is_not_said_again() -> None:
    """Nobody knows where it ended."""
    mind = Mind("m1", Policy.OPEN, State.ATTENDING, (), (BEGUN, WAITING))
    assert mind.unheard == (WAITING,)
    assert list(mind.cut_off) == [WHEN]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        '{"meeting":"m1"}',
        '{"meeting":"m1","policy":"unheard of","state":"held"}',
        '{"meeting":"m1","policy":"open","state":"muted","kept":[{"text":"when"}]}',
        Mind("m0", Policy.ADDRESSED, State.MUTED).to_json(),
    ],
    ids=[
        "nothing",
        "no JSON",
        "no object",
        "half of it",
        "a later version's",
        "half a question",
        "another meeting's",
    ],
)
def test_what_is_not_of_this_meeting_or_unknown_is_left_alone(text: str) -> None:
    """The agent begins as its profile says."""
    assert Mind.of_json(text, "m1") is None


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("state", list(State))
def test_the_next_owner_begins_in_a_state_that_has_every_input(
    policy: Policy, state: State
) -> None:
    """A hand stays up as long as there is something to say; what is kept can always expire."""
    mind = Mind("m1", policy, state)
    assert mind.lasting in LASTING | {RESTS[policy]}
    keeping = replace(mind, kept=(KEPT,))
    assert keeping.lasting in LASTING | {RESTS[policy], State.HAND_RAISED}
    assert (keeping.lasting is State.HAND_RAISED) is (state is State.HAND_RAISED)
    for one in (mind, keeping):
        known = {given for at, given in TABLE if at is one.lasting}
        assert known >= {Input.CALLED, Input.MUTE}
        assert not one.unsaid or Input.EXPIRED in known


def test_a_muted_agent_stays_muted_until_it_is_unmuted() -> None:
    before = Conduct(Policy.OPEN)
    before.take(Input.MUTE)
    mind = Mind("m1", before.policy, before.state)
    after = Conduct(Policy.ADDRESSED)
    after.restore(mind.policy, mind.lasting)
    assert (after.policy, after.state) == (Policy.OPEN, State.MUTED)
    after.take(Input.UNMUTE)
    assert after.state is State.ATTENDING
