"""What the memory gate calls growth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from tests.sim import tones
from tests.soak.memory import MOST_MIB_PER_H, NAMES, Sample, Spoken, judge, slope

TWO_HOURS_S = 7200


def meeting(per_h: float, warm_up_mib: float = 40.0) -> list[Sample]:
    """A job that fills its caches for fifteen minutes, and then grows by so many MiB an hour."""
    return [
        (at, 200 + warm_up_mib * min(at / 900, 1) + per_h * at / 3600 + (at // 10 % 2) * 0.3)
        for at in map(float, range(0, TWO_HOURS_S, 10))
    ]


def test_filling_caches_is_no_growth() -> None:
    assert abs(slope(meeting(0.0))) < 0.05


def test_a_leak_is_growth() -> None:
    assert slope(meeting(2.0)) == pytest.approx(2.0, abs=0.05)
    assert slope(meeting(2.0)) > MOST_MIB_PER_H


def test_a_meeting_too_short_to_be_warm_is_judged_by_its_later_half() -> None:
    short = [sample for sample in meeting(0.0) if sample[0] <= 300]
    assert slope(short) == pytest.approx(40 / 0.25, rel=0.05)


def test_what_an_answer_borrows_and_gives_back_is_no_growth() -> None:
    """More of it late in the meeting, where it weighs most."""
    borrowed = [(at, mib + (at > 5400 and at % 60 == 0) * 5) for at, mib in meeting(0.0)]
    assert abs(slope(borrowed)) < 0.05


def test_one_minute_has_no_slope() -> None:
    with pytest.raises(ValueError, match="two minutes"):
        slope([(0.0, 1.0), (1.0, 1.0)])


WORD, OTHER = tones.speaker_words(0, 2)
SAID: Counter[Spoken] = Counter({(NAMES[0], WORD): 60, (NAMES[0], OTHER): 60})


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, (0, 0, 0, 0)),
        ({(NAMES[0], WORD): -2}, (2, 0, 0, 0)),
        ({(NAMES[0], WORD): -3}, (3, 0, 0, 1)),
        ({(NAMES[0], WORD): 1}, (0, 1, 0, 1)),
        ({(NAMES[0], WORD): -1, (NAMES[1], WORD): 1}, (1, 0, 1, 1)),
    ],
    ids=["all is well", "the machine damaged two", "three", "doubled", "under another name"],
)
def test_each_fault_of_the_transcript_has_its_name(
    more: Mapping[Spoken, int], found: tuple[int, int, int, int]
) -> None:
    recorded = Counter({key: SAID[key] + more.get(key, 0) for key in {*SAID, *more}})
    counts = judge(SAID, recorded, 3).counts
    names = ("lost", "doubled", "misattributed", "failures")
    assert tuple(counts[name] for name in names) == found
    assert counts["holes_listed"] == 3
