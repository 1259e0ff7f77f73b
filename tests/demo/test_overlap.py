"""The agent over people: from what a listener heard, in milliseconds."""

from __future__ import annotations

import pytest

from tests.demo.overlap import Overlap, on_time, overlap, sounding, speech, together_ms

pytestmark = pytest.mark.unit

STEP_MS = 20


def test_steps_that_waited_for_the_reader_go_back_to_their_place() -> None:
    arrivals = [0.00, 0.02, 0.20, 0.20, 0.20, 0.12 + 0.02]
    due = on_time([0.00, 0.02, 0.10, 0.10, 0.10, 0.10], STEP_MS)
    assert due == pytest.approx([0.00, 0.02, 0.04, 0.06, 0.08, 0.10])
    assert on_time(sorted(arrivals), STEP_MS)[-1] == 0.20


def test_only_what_is_loud_enough_sounds() -> None:
    assert sounding([1.0, 1.02, 1.04], [-20.0, -60.0, -44.0], -50.0, STEP_MS) == {50, 52}


def test_pauses_are_speech_and_silence_is_not() -> None:
    assert speech([0, 5], STEP_MS) == {0, 1, 2, 3, 4, 5}
    assert speech([0, 50], STEP_MS) == {0, 50}


def test_who_speaks_in_turn_speaks_over_nobody() -> None:
    assert overlap({1, 2, 3}, [{10, 11}, {50}], STEP_MS) == Overlap(0, 0)


def test_the_longest_of_several_interruptions_counts() -> None:
    agent = set(range(0, 100)) | set(range(400, 500))
    person, other = set(range(90, 140)), set(range(495, 520))
    assert overlap(agent, [person, other], STEP_MS) == Overlap(total_ms=300, longest_ms=200)


def test_agents_over_each_other_are_counted_once_a_step() -> None:
    assert together_ms([{1, 2, 3}, {3, 4}, {3, 4, 5}], STEP_MS) == 2 * STEP_MS
    assert together_ms([{1, 2}, {3}], STEP_MS) == together_ms([], STEP_MS) == 0


def test_an_agent_that_pauses_and_goes_on_has_not_stopped() -> None:
    agent = {*range(0, 110), *range(125, 180)}
    assert overlap(agent, [set(range(100, 180))], STEP_MS) == Overlap(1300, 1600)


def test_two_people_at_once_count_once() -> None:
    assert overlap({5, 6}, [{5, 6}, {6}], STEP_MS).total_ms == 40
