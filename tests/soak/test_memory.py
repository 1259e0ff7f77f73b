"""What the memory gate calls growth."""

from __future__ import annotations

import pytest

from tests.soak.memory import MOST_MIB_PER_H, Sample, slope

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
