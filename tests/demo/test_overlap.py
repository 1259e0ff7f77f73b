"""The agent over people: from what a listener heard, in milliseconds."""

from __future__ import annotations

import pytest

from tests.demo.overlap import on_time, overlap, sounding, speech

pytestmark = pytest.mark.unit

STEP_MS = 20


def test_steps_that_waited_for_the_reader_go_back_to_their_place() -> None:
    arrivals = [0.00, 0.02, 0.20, 0.20, 0.20, 0.12 + 0.02]
    due = on_time([0.00, 0.02, 0.10, 0.10, 0.10, 0.10], STEP_MS)
    assert due == pytest.approx([0.00, 0.02, 0.04, 0.06, 0.08, 0.10])
    assert on_time(sorted(arrivals), STEP_MS)[-1] == 0.20


def test_only_what_is_loud_enough_sounds() -> None:
    assert sounding([1.0, 1.02, 1.04], [-20.0, -60.0, -44.0], -50.0, STEP_MS) == {50, 52}


def test_short_gaps_are_speech_and_long_ones_are_not() -> None:
    assert speech([0, 5], STEP_MS) == {0, 1, 2, 3, 4, 5}
    assert speech([0, 50], STEP_MS) == {0, 50}


def test_nobody_speaks_over_anybody() -> None:
    assert overlap({1, 2, 3}, [{10, 11}, {20}], STEP_MS).runs_ms == ()


def test_an_interruption_is_one_run_and_a_second_one_another() -> None:
    agent = set(range(0, 100)) | set(range(400, 500))
    person, other = set(range(90, 140)), set(range(495, 520))
    found = overlap(agent, [person, other], STEP_MS)
    assert found.runs_ms == (200, 100)
    assert (found.total_ms, found.longest_ms) == (300, 200)


def test_two_people_at_once_count_once() -> None:
    assert overlap({5, 6}, [{5, 6}, {6}], STEP_MS).total_ms == 40
