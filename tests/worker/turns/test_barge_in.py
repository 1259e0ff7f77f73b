"""Barge-in: a person speaks into the agent's speech."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.errors import IllegalInputError
from roomhand.turns.barge_in import TABLE, Action, BargeIn, Input, State

pytestmark = pytest.mark.unit


def speaking() -> BargeIn:
    """An agent that began at 10 s, yields after 240 ms, and holds a voice for 200 ms."""
    barge_in = BargeIn(240, hold_ms=200)
    assert barge_in.begin(10.0) is None
    return barge_in


def test_the_first_sign_of_a_voice_ducks() -> None:
    assert speaking().voice("bob", 0, 11.0) is Action.DUCK


def test_a_voice_that_lasts_stops_once() -> None:
    agent = speaking()
    assert agent.voice("bob", 60, 11.0) is Action.DUCK
    assert agent.voice("bob", 200, 11.14) is None
    assert agent.voice("bob", 240, 11.18) is Action.STOP
    assert agent.voice("bob", 300, 11.24) is None
    assert agent.state is State.STOPPED


def test_a_long_voice_reported_late_stops_without_ducking_first() -> None:
    assert speaking().voice("bob", 400, 11.0) is Action.STOP


def test_after_a_cough_the_agent_goes_on() -> None:
    agent = speaking()
    agent.voice("bob", 90, 11.0)
    assert agent.quiet("bob", 11.1) is Action.RESTORE
    assert agent.state is State.SPEAKING


def test_a_cough_is_over_without_the_detectors_long_silence() -> None:
    agent = speaking()
    agent.voice("bob", 90, 11.0)
    assert agent.due_s == pytest.approx(11.2)
    assert agent.tick(11.19) is None
    assert agent.tick(11.2) is Action.RESTORE
    assert agent.due_s is None


def test_a_cough_does_not_become_speech_by_waiting_for_its_end() -> None:
    agent = speaking()
    agent.voice("bob", 90, 11.0)
    assert agent.tick(11.5) is Action.RESTORE
    assert agent.quiet("bob", 11.6) is None


def test_two_coughs_are_two_ducks() -> None:
    agent = speaking()
    for at_s in (11.0, 12.0):
        assert agent.voice("bob", 90, at_s) is Action.DUCK
        assert agent.quiet("bob", at_s + 0.1) is Action.RESTORE


def test_the_agent_stays_ducked_while_anybody_is_heard() -> None:
    agent = speaking()
    agent.voice("bob", 90, 11.0)
    agent.voice("ann", 60, 11.05)
    assert agent.quiet("bob", 11.1) is None
    assert agent.quiet("ann", 11.15) is Action.RESTORE


def test_two_short_voices_do_not_add_up() -> None:
    agent = speaking()
    agent.voice("bob", 150, 11.0)
    assert agent.voice("ann", 150, 11.05) is None
    assert agent.state is State.DUCKED


def test_only_what_overlaps_the_agents_speech_counts() -> None:
    agent = BargeIn(240)
    assert agent.voice("bob", 2000, 9.99) is None
    assert agent.begin(10.0) is Action.DUCK
    assert agent.voice("bob", 2100, 10.1) is None
    assert agent.voice("bob", 2250, 10.25) is Action.STOP


def test_a_voice_long_gone_does_not_duck_a_new_reply() -> None:
    agent = BargeIn(240)
    agent.voice("bob", 2000, 5.0)
    assert agent.begin(10.0) is None


def test_a_silent_agent_ignores_voices() -> None:
    agent = BargeIn(240)
    assert agent.voice("bob", 500, 1.0) is None
    assert agent.quiet("bob", 2.0) is None


def test_a_stopped_agent_speaks_again_after_its_end() -> None:
    agent = speaking()
    agent.voice("bob", 300, 11.0)
    assert agent.end() is None
    assert agent.begin(12.0) is None


def test_a_reply_that_ends_ducked_leaves_no_lowered_level() -> None:
    agent = speaking()
    agent.voice("bob", 60, 11.0)
    assert agent.end() is Action.RESTORE


@pytest.mark.parametrize("again", ["begin", "end"])
def test_beginning_twice_and_ending_nothing_are_bugs(again: str) -> None:
    agent = speaking() if again == "begin" else BargeIn(240)
    with pytest.raises(IllegalInputError, match="barge-in"):
        agent.begin(11.0) if again == "begin" else agent.end()


def test_every_state_knows_what_people_can_do() -> None:
    """People do not follow our order: only BEGIN and END can be illegal."""
    for state in State:
        for given_input in (Input.VOICE, Input.LONG_VOICE, Input.QUIET):
            assert (state, given_input) in TABLE


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["voice", "quiet", "tick"]),
        st.sampled_from(["ann", "bob"]),
        st.floats(0, 600),
        st.floats(0, 0.4),
    ),
    max_size=40,
)


@given(events=EVENTS)
def test_ducks_and_restores_alternate_and_nothing_follows_a_stop(
    events: list[tuple[str, str, float, float]],
) -> None:
    agent, now_s = speaking(), 10.0
    actions = []
    for kind, track, voiced_ms, pause_s in events:
        now_s += pause_s
        if kind == "voice":
            actions.append(agent.voice(track, voiced_ms, now_s))
        else:
            actions.append(agent.quiet(track, now_s) if kind == "quiet" else agent.tick(now_s))
    done = [action for action in actions if action]
    for before, after in pairwise(done):
        assert before is not Action.STOP
        assert before is not after
    if done:
        assert done[0] is not Action.RESTORE
