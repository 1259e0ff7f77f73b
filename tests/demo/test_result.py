"""The table: green only if everything holds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.demo.result import BARGE_IN_MS, Result

pytestmark = pytest.mark.unit

GOOD = Result(
    seed=1,
    duration_s=100.0,
    speech_s=40.0,
    wer_by_name={"Maria": 0.1, "Martin": 0.0},
    misattributed_words=0,
    lost_words=0,
    doubled_words=0,
    agent_over_people_ms=2 * BARGE_IN_MS,
    longest_agent_over_people_ms=BARGE_IN_MS,
    agent_over_agent_ms=0,
    unaccounted_by_track={"Maria TR_1:0": 0, "Martin TR_2:0": 0},
    tracks=2,
    answered_question=True,
    handed_over=True,
    heard_at_listener="maria said forty",
    asked_again=1,
    woken_by_mention=False,
    gave_way=True,
    late=(),
)
FAULTS: list[dict[str, Any]] = [
    {"wer_by_name": {"Maria": 0.5}},
    {"misattributed_words": 1},
    {"lost_words": 1},
    {"doubled_words": 1},
    {"longest_agent_over_people_ms": BARGE_IN_MS + 20},
    {"unaccounted_by_track": {"Maria TR_1:0": -1, "Martin TR_2:0": 1}},
    {"unaccounted_by_track": {"Maria TR_1:0": 0}},
    {"agent_over_agent_ms": 20},
    {"answered_question": False},
    {"handed_over": False},
    {"asked_again": 2},
    {"woken_by_mention": True},
    {"gave_way": False},
    {"late": ("the answer",)},
]


def test_a_good_run_is_green() -> None:
    assert GOOD.passed


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_every_single_fault_turns_it_red(fault: dict[str, Any]) -> None:
    assert not replace(GOOD, **fault).passed


def test_the_report_has_the_agreed_keys() -> None:
    figures = json.loads(json.dumps(GOOD.as_dict()))
    assert figures["wer_by_name"] == {"Maria": 0.1, "Martin": 0.0}
    for key in (
        *("misattributed_words", "agent_over_people_ms", "unaccounted_samples", "seed", "passed"),
        *("agent_over_agent_ms", "handed_over"),
        *("answered_question", "woken_by_mention", "lost_words", "doubled_words", "duration_s"),
    ):
        assert key in figures


def test_samples_counted_twice_do_not_make_up_for_samples_not_counted() -> None:
    tracks = {"a": -5, "b": 5}
    assert replace(GOOD, unaccounted_by_track=tracks).unaccounted_samples == 10
