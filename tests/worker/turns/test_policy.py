"""What an agent does with what it hears and is told, by its policy: the whole table."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.errors import IllegalInputError
from roomhand.profiles import Policy
from roomhand.turns.address import Names, Order, Situation, Verdict, judge
from roomhand.turns.policy import RESTS, STARTS, TABLE, Action, Conduct, Input, State, heard

pytestmark = pytest.mark.unit

VOICES = {Action.ANSWER, Action.SPEAK, Action.OPEN}
"""What may be heard."""
ANSWERS = [Policy.ADDRESSED, Policy.FOLLOW_UP, Policy.FACILITATOR, Policy.OPEN]
"""Policies under which what is meant for it is answered at once."""
NEVER = {
    (State.SIGNALLING, Input.QUIET),
    (State.HELD, Input.QUIET),
    (State.LISTENING, Input.QUIET),
    *((state, Input.EXPIRED) for state in State if state not in (State.HAND_RAISED, State.HOLDING)),
}
"""What cannot come: only what was kept expires, and facilitators are never in those states."""


def after(policy: Policy, *inputs: Input) -> Conduct:
    """An agent with this policy to whom this has happened."""
    conduct = Conduct(policy)
    for one in inputs:
        conduct.take(one)
    return conduct


def minded(conduct: Conduct) -> State:
    """Its state now."""
    return conduct.state


def reachable(policy: Policy) -> set[State]:
    """Every state in which an agent of this policy can be, without a change of it."""
    seen, waiting = {STARTS[policy]}, deque([STARTS[policy]])
    while waiting:
        state = waiting.popleft()
        for one in Input:
            conduct = Conduct(policy)
            conduct.state = state
            if (state, one) in TABLE:
                conduct.take(one)
                if conduct.state not in seen:
                    seen.add(conduct.state)
                    waiting.append(conduct.state)
    return seen


def test_the_table_has_every_state_and_input_but_what_cannot_come() -> None:
    """Nothing is forgotten, and nothing impossible is allowed."""
    every = {(state, one) for state in State for one in Input}
    assert every - TABLE.keys() == NEVER


@pytest.mark.parametrize(("state", "given"), sorted(NEVER))
def test_what_cannot_come_is_a_bug_of_the_caller(state: State, given: Input) -> None:
    """It is told, and the state stays."""
    conduct = Conduct(Policy.ADDRESSED)
    conduct.state = state
    with pytest.raises(IllegalInputError, match=f"input {given} is illegal in state {state}"):
        conduct.take(given)
    assert minded(conduct) is state


def test_every_policy_starts_and_rests_somewhere() -> None:
    """A new policy cannot be forgotten here."""
    assert STARTS.keys() == RESTS.keys() == set(Policy)


@pytest.mark.parametrize("policy", Policy)
def test_each_policy_reaches_only_its_states(policy: Policy) -> None:
    """A hand is raised instead of answering under one policy only; who only listens does that."""
    found = reachable(policy)
    if policy is Policy.SILENT:
        assert found == {State.LISTENING, State.MUTED}
        return
    own = {
        Policy.RAISE_HAND: {State.SIGNALLING},
        Policy.HOLD: {State.HELD, State.ATTENDING},
    }.get(policy, {State.ATTENDING})
    told = {State.HAND_RAISED, State.HOLDING, State.SILENCED, State.MUTED}
    assert found == own | told


@pytest.mark.parametrize("policy", ANSWERS)
@pytest.mark.parametrize("given", [Input.CALLED, Input.FOLLOWED, Input.WENT_ON, Input.CALLED_ON])
def test_who_attends_answers_what_is_meant_for_it(policy: Policy, given: Input) -> None:
    """By name or without."""
    conduct = Conduct(policy)
    assert conduct.take(given) == (Action.ANSWER,)
    assert minded(conduct) is State.ATTENDING


def test_told_to_go_on_with_nothing_held_is_a_question() -> None:
    """ "Sage, go on", after somebody spoke into its answer: only its model knows how."""
    assert Conduct(Policy.ADDRESSED).take(Input.TOLD_RESUME) == (Action.ANSWER,)


def test_a_raised_hand_waits_to_be_called_on() -> None:
    """And is down again then."""
    conduct = Conduct(Policy.RAISE_HAND)
    assert conduct.take(Input.CALLED) == (Action.RAISE,)
    assert minded(conduct) is State.HAND_RAISED
    assert conduct.take(Input.CALLED) == (Action.RAISE,)
    assert conduct.take(Input.CALLED_ON) == (Action.SPEAK,)
    assert minded(conduct) is State.SIGNALLING


def test_who_is_called_on_without_a_raised_hand_answers() -> None:
    """ "Yes, Sage?" is leave to speak."""
    assert Conduct(Policy.RAISE_HAND).take(Input.CALLED_ON) == (Action.ANSWER,)


def test_a_hand_that_somebody_had_raised_is_called_on_by_the_name_alone() -> None:
    """Where the policy answers by name anyway: what it was raised for is said too."""
    conduct = after(Policy.ADDRESSED, Input.RAISE)
    assert minded(conduct) is State.HAND_RAISED
    assert conduct.take(Input.CALLED) == (Action.ANSWER,)
    assert minded(conduct) is State.ATTENDING


@pytest.mark.parametrize("given", [Input.LOWER, Input.EXPIRED])
def test_a_hand_goes_down(given: Input) -> None:
    """When it is told to, or has waited too long; what it was for is forgotten."""
    conduct = after(Policy.RAISE_HAND, Input.CALLED)
    assert conduct.take(given) == (Action.FORGET,)
    assert minded(conduct) is State.SIGNALLING


@pytest.mark.parametrize("hold", [Input.TOLD_HOLD, Input.HOLD])
def test_on_hold_only_the_name_or_a_resume_counts(hold: Input) -> None:
    """A follow-up does not; what was said is kept for the resume, and dropped for a question."""
    conduct = Conduct(Policy.ADDRESSED)
    assert conduct.take(hold) == (Action.PAUSE,)
    assert conduct.take(Input.FOLLOWED) == ()
    assert minded(conduct) is State.HOLDING
    assert conduct.take(Input.TOLD_RESUME) == (Action.SPEAK,)
    assert after(Policy.ADDRESSED, hold).take(Input.CALLED) == (Action.FORGET, Action.ANSWER)


def test_a_question_by_name_ends_a_hold_as_the_policy_has_it() -> None:
    """Under raise_hand by a hand."""
    conduct = after(Policy.RAISE_HAND, Input.HOLD)
    assert conduct.take(Input.CALLED) == (Action.FORGET, Action.RAISE)
    assert minded(conduct) is State.HAND_RAISED


def test_who_is_silenced_wakes_by_its_name() -> None:
    """And by nothing that people say without it."""
    conduct = Conduct(Policy.ADDRESSED)
    assert conduct.take(Input.TOLD_SILENT) == (Action.STOP,)
    assert conduct.take(Input.FOLLOWED) == ()
    assert conduct.take(Input.CALLED) == (Action.ANSWER,)
    assert minded(conduct) is State.ATTENDING


def test_the_policy_hold_waits_for_a_resume() -> None:
    """Its name is not enough; after the resume it attends."""
    conduct = Conduct(Policy.HOLD)
    for one in (Input.CALLED, Input.FOLLOWED, Input.CALLED_ON, Input.WENT_ON):
        assert conduct.take(one) == ()
    assert conduct.take(Input.TOLD_RESUME) == ()
    assert conduct.take(Input.CALLED) == (Action.ANSWER,)


def test_a_cancellation_ends_what_it_was_about_to_do() -> None:
    """And changes nothing else."""
    conduct = Conduct(Policy.ADDRESSED)
    assert conduct.take(Input.TOLD_CANCEL) == (Action.STOP,)
    assert minded(conduct) is State.ATTENDING


@pytest.mark.parametrize("policy", Policy)
def test_muted_is_muted(policy: Policy) -> None:
    """Until the moderator ends it; then it is as its policy has it."""
    for state in reachable(policy):
        conduct = Conduct(policy)
        conduct.state = state
        conduct.take(Input.MUTE)
        for one in set(Input) - {Input.UNMUTE, Input.EXPIRED}:
            assert not VOICES & set(conduct.take(one)), one
            assert minded(conduct) is State.MUTED, one
        conduct.take(Input.UNMUTE)
        assert conduct.state is STARTS[policy]


@pytest.mark.parametrize("given", [Input.RESUME, Input.RAISE, Input.GIVE])
@pytest.mark.parametrize("conduct", [after(Policy.SILENT), after(Policy.OPEN, Input.MUTE)])
def test_who_may_not_speak_refuses_and_does_not_pretend(conduct: Conduct, given: Input) -> None:
    """A moderator or a front end is told."""
    assert conduct.take(given) == (Action.REFUSE,)


def test_a_facilitator_opens_the_next_point_unless_it_was_told_to_wait() -> None:
    """After a silence of everybody."""
    assert Conduct(Policy.FACILITATOR).take(Input.QUIET) == (Action.OPEN,)
    for told in (Input.HOLD, Input.TOLD_SILENT, Input.MUTE, Input.RAISE):
        assert after(Policy.FACILITATOR, told).take(Input.QUIET) == ()


def test_another_policy_holds_from_now_on() -> None:
    """One that forbids to speak ends what is being said; muted stays muted."""
    conduct = Conduct(Policy.ADDRESSED)
    assert conduct.change(Policy.OPEN) == (Action.FORGET,)
    assert conduct.change(Policy.SILENT) == (Action.STOP,)
    assert minded(conduct) is State.LISTENING
    conduct.take(Input.MUTE)
    assert conduct.change(Policy.HOLD) == ()
    assert minded(conduct) is State.MUTED
    conduct.take(Input.UNMUTE)
    assert minded(conduct) is State.HELD


@given(st.sampled_from(Policy), st.lists(st.sampled_from(Input)))
def test_told_to_be_quiet_it_is(policy: Policy, inputs: list[Input]) -> None:
    """After whatever came before, no order to be quiet is ever answered with a word."""
    conduct = Conduct(policy)
    for one in inputs:
        if (conduct.state, one) in TABLE:
            conduct.take(one)
    for quiet in (Input.TOLD_HOLD, Input.HOLD, Input.TOLD_SILENT, Input.TAKE, Input.MUTE):
        assert not VOICES & set(conduct.take(quiet))
        assert not VOICES & set(conduct.take(Input.CALLING))


@pytest.mark.parametrize(
    ("verdict", "went_on", "expected"),
    [
        (Verdict(True, "called_first"), False, Input.CALLED),
        (Verdict(True, "follow_up"), False, Input.FOLLOWED),
        (Verdict(True, "some_reason_of_tomorrow"), False, Input.FOLLOWED),
        (Verdict(False, "mention"), False, None),
        (Verdict(False, "mention"), True, Input.WENT_ON),
        (Verdict(True, "called_first"), True, Input.WENT_ON),
        (Verdict(True, "called_first", Order.HOLD), True, Input.TOLD_HOLD),
        (Verdict(True, "called_first", Order.RESUME), False, Input.TOLD_RESUME),
        (Verdict(True, "called_first", Order.SILENT), False, Input.TOLD_SILENT),
        (Verdict(False, "dismissed", Order.CANCEL), False, Input.TOLD_CANCEL),
        (Verdict(True, "called_first", Order.CALL_ON), False, Input.CALLED_ON),
    ],
)
def test_a_verdict_becomes_an_input(
    verdict: Verdict, went_on: bool, expected: Input | None
) -> None:
    """An order before all; in doubt the name was not said."""
    assert heard(verdict, went_on=went_on) is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Sage, what did Tom say?", Input.CALLED),
        ("What is the date of the launch, Sage?", Input.CALLED),
        ("So tell me, Sage, who was against it?", Input.CALLED),
        ("And why is that?", Input.FOLLOWED),
        ("As I told Sage yesterday, we are late.", None),
    ],
)
def test_the_judge_and_the_table_speak_of_the_same(said: str, expected: Input | None) -> None:
    """Every way of calling is by name; a follow-up is not."""
    situation = Situation(speaker="p-ada", now_ms=1000, people=2, answered="p-ada", answered_ms=0)
    if expected is None:
        situation = replace(situation, answered=None)
    assert heard(judge(said, Names(("Sage",)), situation)) is expected
