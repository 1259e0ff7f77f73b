"""Barge-in: a person speaks into the agent's speech."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.errors import IllegalInputError
from roomhand.turns.barge_in import TABLE, Action, BargeIn, Input, Patience, State
from roomhand.turns.interjection import Words

pytestmark = pytest.mark.unit

PATIENCE = Patience(
    yield_after_ms=400, stop_after_ms=900, doubt_ms=600, words_within_ms=1500, pause_ms=2000
)


def speaking() -> BargeIn:
    """An agent that began at 10 s, and holds a voice for 200 ms."""
    barge_in = BargeIn(PATIENCE)
    assert barge_in.begin(10.0) is None
    return barge_in


def paused(voiced_ms: float = 450) -> BargeIn:
    """The same, paused at 11 s by a voice of bob's that is over since, and whose words may come."""
    agent = speaking()
    agent.turn("bob", 1000, 11.0)
    assert agent.voice("bob", voiced_ms, 11.0) is Action.PAUSE
    return agent


def test_the_first_sign_of_a_voice_ducks() -> None:
    assert speaking().voice("bob", 0, 11.0) is Action.DUCK


def test_a_voice_that_lasts_pauses_and_then_stops_once() -> None:
    agent = speaking()
    assert agent.voice("bob", 60, 11.0) is Action.DUCK
    assert agent.voice("bob", 399, 11.34) is None
    assert agent.voice("bob", 400, 11.4) is Action.PAUSE
    assert agent.voice("bob", 899, 11.85) is None
    assert agent.voice("bob", 900, 11.9) is Action.STOP
    assert agent.voice("bob", 1200, 12.2) is None
    assert agent.state is State.STOPPED


def test_a_long_voice_reported_late_stops_without_ducking_first() -> None:
    assert speaking().voice("bob", 950, 11.0) is Action.STOP


def test_after_a_cough_the_agent_goes_on() -> None:
    agent = speaking()
    agent.voice("bob", 90, 11.0)
    assert agent.quiet("bob", 11.1) is Action.RESTORE
    assert agent.state is State.SPEAKING


def test_a_cough_is_over_without_the_detectors_long_silence() -> None:
    agent = speaking()
    agent.voice("bob", 90, 11.0)
    assert agent.tick(11.19) is None
    assert agent.tick(11.2) is Action.RESTORE


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
    agent.voice("bob", 250, 11.0)
    assert agent.voice("ann", 250, 11.05) is None
    assert agent.state is State.DUCKED


def test_only_what_overlaps_the_agents_speech_counts() -> None:
    agent = BargeIn(PATIENCE)
    assert agent.voice("bob", 2000, 9.99) is None
    assert agent.begin(10.0) is Action.DUCK
    assert agent.voice("bob", 2100, 10.1) is None
    assert agent.voice("bob", 2400, 10.41) is Action.PAUSE
    assert agent.voice("bob", 2950, 10.91) is Action.STOP


def test_a_voice_long_gone_does_not_duck_a_new_reply() -> None:
    agent = BargeIn(PATIENCE)
    agent.voice("bob", 2000, 5.0)
    assert agent.begin(10.0) is None


def test_a_silent_agent_ignores_voices_and_words() -> None:
    agent = BargeIn(PATIENCE)
    agent.turn("bob", 900, 0.9)
    assert agent.voice("bob", 500, 1.0) is None
    assert agent.words("bob", 900, Words.SPEECH, 1.5) is None
    assert agent.quiet("bob", 2.0) is None


def test_a_stopped_agent_speaks_again_after_its_end() -> None:
    agent = speaking()
    agent.voice("bob", 1000, 11.0)
    assert agent.end(11.1) is None
    assert agent.begin(12.0) is None


def test_a_reply_that_ends_ducked_leaves_no_lowered_level() -> None:
    agent = speaking()
    agent.voice("bob", 60, 11.0)
    assert agent.end(11.1) is Action.RESTORE


def test_after_a_pause_for_a_backchannel_the_agent_goes_on() -> None:
    agent = paused()
    assert agent.words("bob", 1000, Words.BACKCHANNEL, 11.1) is None, "bob is still heard"
    assert agent.tick(11.2) is Action.RESUME
    assert agent.state is State.SPEAKING


def test_words_that_come_after_the_voice_end_the_pause_at_once() -> None:
    agent = paused()
    assert agent.quiet("bob", 11.5) is None
    assert agent.words("bob", 1000, Words.BACKCHANNEL, 11.9) is Action.RESUME


@pytest.mark.parametrize("words", [Words.SPEECH, Words.ONE_WORD])
def test_other_words_stop_a_paused_agent(words: Words) -> None:
    agent = paused()
    agent.quiet("bob", 11.5)
    assert agent.words("bob", 1000, words, 11.9) is Action.STOP


@pytest.mark.parametrize("voiced_ms", [60, 300])
def test_a_short_stop_stops_though_the_agent_had_gone_on(voiced_ms: float) -> None:
    agent = speaking()
    agent.turn("bob", 1000, 11.0)
    agent.voice("bob", voiced_ms, 11.0)
    assert agent.tick(11.3) is Action.RESTORE
    assert agent.words("bob", 1000, Words.SPEECH, 11.8) is Action.STOP


def test_the_one_word_that_a_recogniser_makes_of_a_cough_stops_nobody() -> None:
    agent = speaking()
    agent.turn("bob", 1000, 11.0)
    agent.voice("bob", 90, 11.0)
    assert agent.words("bob", 1000, Words.ONE_WORD, 11.1) is None
    assert agent.tick(11.3) is Action.RESTORE


@pytest.mark.parametrize(
    ("voiced_ms", "end"), [(450, Action.RESUME), (599, Action.RESUME), (600, Action.STOP)]
)
def test_where_no_words_will_come_the_length_decides(voiced_ms: float, end: Action) -> None:
    agent = paused(voiced_ms)
    agent.quiet("bob", 11.5)
    assert agent.words("bob", 1000, Words.NOTHING, 11.9) is end


@pytest.mark.parametrize(("voiced_ms", "end"), [(450, Action.RESUME), (650, Action.STOP)])
def test_words_are_waited_for_only_so_long(voiced_ms: float, end: Action) -> None:
    agent = paused(voiced_ms)
    agent.quiet("bob", 11.5)
    assert agent.tick(12.49) is None
    assert agent.tick(12.5) is end


def test_a_voice_that_is_no_turn_has_no_words_to_wait_for() -> None:
    agent = speaking()
    assert agent.voice("bob", 450, 11.0) is Action.PAUSE
    assert agent.tick(11.19) is None
    assert agent.tick(11.2) is Action.RESUME


def test_a_pause_is_bounded_and_then_the_person_wins() -> None:
    agent = paused(410)
    now_s = 11.0
    while now_s < 12.9:
        now_s += 0.1
        assert agent.voice("bob", 410, now_s) is None
    assert agent.tick(13.0) is Action.STOP


def test_a_second_person_keeps_the_pause_open() -> None:
    agent = paused()
    agent.turn("ann", 1300, 11.3)
    agent.voice("ann", 450, 11.6)
    assert agent.words("bob", 1000, Words.BACKCHANNEL, 11.7) is None
    assert agent.tick(11.9) is None, "nobody knows yet what ann said"
    assert agent.words("ann", 1300, Words.SPEECH, 12.0) is Action.STOP


def test_a_cough_of_another_does_not_keep_the_pause_open() -> None:
    agent = paused()
    agent.turn("ann", 1300, 11.3)
    agent.voice("ann", 90, 11.3)
    assert agent.words("bob", 1000, Words.BACKCHANNEL, 11.7) is Action.RESUME


def test_who_goes_on_after_a_backchannel_pauses_again_and_stops() -> None:
    agent = paused(420)
    agent.words("bob", 1000, Words.BACKCHANNEL, 11.1)
    assert agent.tick(11.25) is Action.RESUME
    assert agent.voice("bob", 450, 11.5) is Action.PAUSE
    assert agent.voice("bob", 900, 11.95) is Action.STOP


def test_a_second_backchannel_is_judged_by_its_own_words() -> None:
    agent = paused()
    agent.words("bob", 1000, Words.BACKCHANNEL, 11.1)
    assert agent.quiet("bob", 11.6) is Action.RESUME
    agent.turn("bob", 3000, 13.0)
    assert agent.voice("bob", 450, 13.0) is Action.PAUSE
    assert agent.quiet("bob", 13.5) is None, "its words are waited for"
    assert agent.words("bob", 3000, Words.BACKCHANNEL, 13.9) is Action.RESUME


def test_the_words_of_another_scribe_find_the_turn_by_its_onset() -> None:
    agent = paused()
    agent.quiet("bob", 11.5)
    assert agent.words("bob", 1301, Words.SPEECH, 11.9) is None
    assert agent.words("ann", 1000, Words.SPEECH, 11.9) is None
    assert agent.words("bob", 1250, Words.SPEECH, 11.9) is Action.STOP


def test_the_words_of_the_question_do_not_stop_its_answer() -> None:
    agent = BargeIn(PATIENCE)
    agent.turn("bob", 5000, 5.0)
    agent.voice("bob", 900, 6.0)
    agent.begin(10.0)
    assert agent.words("bob", 5000, Words.SPEECH, 10.1) is None


def test_words_said_into_an_earlier_answer_do_not_stop_the_next() -> None:
    agent = paused()
    agent.end(11.5)
    agent.begin(12.0)
    assert agent.words("bob", 1000, Words.SPEECH, 12.1) is None


def test_a_backchannel_is_one_only_while_the_agent_speaks() -> None:
    """Said at its end, a yes may be the answer to its question."""
    agent = paused()
    assert not agent.backchannel("bob", 1000)
    agent.words("bob", 1000, Words.BACKCHANNEL, 11.1)
    assert agent.backchannel("bob", 1000)
    agent.end(11.2)
    assert not agent.backchannel("bob", 1000)


@pytest.mark.parametrize("again", ["begin", "end"])
def test_beginning_twice_and_ending_nothing_are_bugs(again: str) -> None:
    agent = speaking() if again == "begin" else BargeIn(PATIENCE)
    with pytest.raises(IllegalInputError, match="barge-in"):
        agent.begin(11.0) if again == "begin" else agent.end(11.0)


def test_every_state_knows_what_people_can_do() -> None:
    """People do not follow our order: only what we do ourselves can be illegal."""
    theirs = (Input.VOICE, Input.LONG_VOICE, Input.REAL_SPEECH)
    assert all(pair in TABLE for pair in product(State, theirs))
    missing = {pair for pair in product(State, Input) if pair not in TABLE}
    assert missing == {
        *((state, Input.BEGIN) for state in State if state is not State.SILENT),
        (State.SILENT, Input.END),
        (State.PAUSED, Input.QUIET),
        *((state, Input.GO_ON) for state in State if state is not State.PAUSED),
    }


def test_whatever_is_audible_stops_for_real_speech_and_nothing_leaves_stopped_but_the_end() -> None:
    for (state, given_input), (then, action) in TABLE.items():
        if given_input is Input.REAL_SPEECH and state is not State.SILENT:
            assert then is State.STOPPED
            assert action is (None if state is State.STOPPED else Action.STOP)
        if state is State.STOPPED:
            assert then is (State.SILENT if given_input is Input.END else State.STOPPED)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["voice", "quiet", "tick", "turn", "words"]),
        st.sampled_from(["ann", "bob"]),
        st.floats(0, 1000),
        st.sampled_from(Words),
        st.floats(0, 0.4),
    ),
    max_size=60,
)
BEFORE = {
    Action.RESTORE: {Action.DUCK},
    Action.RESUME: {Action.PAUSE},
    Action.DUCK: {Action.RESTORE, Action.RESUME},
    Action.PAUSE: {Action.DUCK, Action.RESTORE, Action.RESUME},
    Action.STOP: {Action.DUCK, Action.PAUSE, Action.RESTORE, Action.RESUME},
}
"""What an action may follow, apart from the beginning."""


@given(events=EVENTS)
def test_every_duck_and_pause_is_undone_or_ends_in_a_stop(
    events: list[tuple[str, str, float, Words, float]],
) -> None:
    agent, now_s = speaking(), 10.0
    paused_s: float | None = None
    done: list[Action] = []
    for kind, track, voiced_ms, words, pause_s in events:
        now_s += pause_s
        if kind == "turn":
            agent.turn(track, 1000, now_s)
            continue
        if kind == "voice":
            action = agent.voice(track, voiced_ms, now_s)
        elif kind == "quiet":
            action = agent.quiet(track, now_s)
        elif kind == "words":
            action = agent.words(track, 1000, words, now_s)
        else:
            action = agent.tick(now_s)
            assert paused_s is None or agent.state is not State.PAUSED or now_s < paused_s + 2.0
        if action:
            done.append(action)
            paused_s = now_s if action is Action.PAUSE else None
    for before, after in pairwise(done):
        assert before in BEFORE[after]
    assert not done or done[0] not in (Action.RESTORE, Action.RESUME)
