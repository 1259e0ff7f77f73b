"""What the outage gate asks of processes and agents before it believes that nothing happened."""

from __future__ import annotations

from collections.abc import Set

import pytest

from tests.soak.outage import judge_jobs, judge_speaking

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("before", "after", "ended", "unknown"),
    [
        ({1, 2, 3}, {1, 2, 3}, 0, 0),
        ({1, 2, 3}, {1, 2, 4}, 1, 0),
        ({1, 2}, {1, 2}, 0, 1),
        (set(), set(), 0, 3),
        ({1, 2, 3, 4}, {1, 2, 3, 4, 5}, 0, 0),
    ],
    ids=["all stay", "one is another", "one was not found", "none was found", "more than rooms"],
)
def test_every_room_has_a_process_that_stays(
    before: Set[int], after: Set[int], ended: int, unknown: int
) -> None:
    counts = judge_jobs(before, after, rooms=3).counts
    assert (counts["processes_ended"], counts["processes_unknown"]) == (ended, unknown)
    assert counts["failures"] == (ended + unknown > 0)


@pytest.mark.parametrize(("agents", "failures"), [(0, 1), (1, 0), (5, 0)])
def test_an_outage_under_silent_agents_proves_nothing(agents: int, failures: int) -> None:
    counts = judge_speaking(agents).counts
    assert (counts["agents_speaking"], counts["failures"]) == (agents, failures)
