"""From probabilities to beginnings and ends of speech."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.errors import IllegalInputError
from roomhand.turns.speech import (
    TRANSITIONS,
    Change,
    Edge,
    Input,
    SpeechEdges,
    SpeechLimits,
    State,
)

pytestmark = pytest.mark.unit

WINDOW = 768
LIMITS = SpeechLimits(speech_samples=1440, silence_samples=12_000)
YES, SO_SO, NO = 0.9, 0.4, 0.1


def edges_of(probabilities: list[float], *, finish: bool = False) -> list[Edge]:
    edges = SpeechEdges(LIMITS)
    found = [edge for p in probabilities if (edge := edges.judge(p, WINDOW))]
    last = edges.finish(len(probabilities) * WINDOW) if finish else None
    return [*found, last] if last else found


def test_speech_begins_at_its_first_voiced_window() -> None:
    assert edges_of([NO, YES, YES]) == [Edge(Change.START, WINDOW)]


def test_a_click_is_no_speech() -> None:
    assert edges_of([NO, YES, NO, NO]) == [Edge(Change.NOTHING, 3 * WINDOW)]


def test_speech_ends_where_the_silence_that_proved_it_began() -> None:
    found = edges_of([YES] * 4 + [NO] * 16)
    assert found[-1] == Edge(Change.END, 4 * WINDOW)


def test_an_end_tells_how_much_of_the_speech_was_voice() -> None:
    """Also where the track ends; what is unclear is none."""
    assert edges_of([YES] * 3 + [SO_SO] + [YES] + [NO] * 16)[-1].voiced == 4 * WINDOW
    assert edges_of([YES] * 3, finish=True)[-1].voiced == 3 * WINDOW


def test_a_breath_does_not_end_speech() -> None:
    found = edges_of([YES] * 4 + [NO] * 15 + [YES] * 2)
    assert [edge.change for edge in found] == [Change.START]


def test_an_unclear_window_neither_begins_nor_ends_speech() -> None:
    assert edges_of([SO_SO] * 50) == []
    assert [edge.change for edge in edges_of([YES] * 4 + [SO_SO] * 50)][-1] is Change.START


def test_an_unclear_window_does_not_undo_a_silence() -> None:
    assert edges_of([YES] * 4 + [NO] * 8 + [SO_SO] * 8)[-1] == Edge(Change.END, 4 * WINDOW)


def test_a_track_that_ends_in_a_word_ends_the_speech_there() -> None:
    assert edges_of([YES] * 4, finish=True)[-1] == Edge(Change.END, 4 * WINDOW)
    assert edges_of([YES] * 4 + [NO] * 3, finish=True)[-1] == Edge(Change.END, 4 * WINDOW)
    assert edges_of([NO, YES], finish=True)[-1] == Edge(Change.NOTHING, 2 * WINDOW)
    assert edges_of([NO], finish=True) == []


def test_nothing_is_decided_beyond_a_possible_onset() -> None:
    edges = SpeechEdges(LIMITS)
    edges.judge(NO, WINDOW)
    assert edges.decided == WINDOW
    edges.judge(YES, WINDOW)
    assert edges.decided == WINDOW
    edges.judge(NO, WINDOW)
    assert edges.decided == 3 * WINDOW


def test_it_is_known_beforehand_which_audio_may_end_a_speech() -> None:
    """Whoever judges it at once tells the end as early as it can be told."""
    edges = SpeechEdges(LIMITS)
    assert not edges.may_end(20 * WINDOW)
    for probability in [YES] * 4 + [NO] * 10:
        edges.judge(probability, WINDOW)
    assert not edges.may_end(4 * WINDOW + 11_999)
    assert edges.may_end(4 * WINDOW + 12_000)
    edges.judge(YES, WINDOW)
    assert not edges.may_end(4 * WINDOW + 12_000)


@pytest.mark.parametrize(("state", "given"), list(itertools.product(State, Input)))
def test_every_state_has_an_answer_to_every_window(state: State, given: Input) -> None:
    """Windows are legal everywhere; what a duration proves only where it is being measured."""
    if given in (Input.VOICED, Input.UNCLEAR, Input.SILENT):
        assert (state, given) in TRANSITIONS
        return
    edges = SpeechEdges(LIMITS)
    edges.state = state
    if (state, given) in TRANSITIONS:
        edges._apply(given)
        assert edges.state is TRANSITIONS[state, given]
    else:
        with pytest.raises(IllegalInputError):
            edges._apply(given)


@pytest.mark.parametrize(
    "wrong",
    [
        {"speech_samples": 0, "silence_samples": 1},
        {"speech_samples": 1, "silence_samples": 0},
        {"speech_samples": 1, "silence_samples": 1, "voiced_from": 0.2, "silent_below": 0.3},
    ],
)
def test_limits_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        SpeechLimits(**wrong)  # type: ignore[arg-type]


windows = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from([240, 480, 768])), min_size=1, max_size=120
)


@given(windows)
def test_starts_and_ends_alternate_and_move_forward(heard: list[tuple[float, int]]) -> None:
    """Whatever is heard: start, end, start, end; each after the one before, none in the future,
    none behind what was called decided; and a speech open at the end is ended."""
    edges, position, decided, last, open_now = SpeechEdges(LIMITS), 0, 0, 0, False
    for probability, samples in heard:
        position += samples
        edge = edges.judge(probability, samples)
        if edge is not None and edge.change in (Change.START, Change.END):
            assert (edge.change is Change.END) is open_now
            open_now = not open_now
            assert last <= edge.at <= position
            assert edge.at >= decided or edge.change is Change.END
            last = edge.at
        assert edges.speaking is open_now
        assert decided <= edges.decided <= position
        decided = edges.decided
    final = edges.finish(position)
    assert open_now is (final is not None and final.change is Change.END)
    assert final is None or last <= final.at <= position


@given(windows)
def test_voiced_time_grows_while_there_is_a_voice_and_is_nothing_in_quiet(
    heard: list[tuple[float, int]],
) -> None:
    edges, before = SpeechEdges(LIMITS), 0
    for probability, samples in heard:
        edge = edges.judge(probability, samples)
        if edge is not None and edge.change in (Change.NOTHING, Change.END):
            assert edges.voiced == 0
        elif edges.voiced:
            assert edges.voiced - before in (0, samples)
        before = edges.voiced


def test_a_pause_is_not_voiced() -> None:
    edges = SpeechEdges(LIMITS)
    for probability in [YES] * 4 + [NO] * 8 + [YES] * 2:
        edges.judge(probability, WINDOW)
    assert edges.voiced == 6 * WINDOW


@given(windows)
def test_no_speech_ends_that_could_not_be_expected_to(
    given_windows: list[tuple[float, int]],
) -> None:
    edges, at = SpeechEdges(LIMITS), 0
    for probability, samples in given_windows:
        at += samples
        expected = edges.may_end(at)
        edge = edges.judge(probability, samples)
        assert expected or edge is None or edge.change is not Change.END
