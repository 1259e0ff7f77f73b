"""The rotation gate notices what is left over, a call that its session forgot, and no rotation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roomhand.bridge.holds import Holds
from roomhand.errors import ProviderError
from tests.sim.meeting import Score
from tests.soak.gates import GATES
from tests.soak.rotation import FEWEST_ROTATIONS, Left, judge
from tests.soak.samples import faultless
from tests.soak.tool_call import survives

pytestmark = pytest.mark.unit

GOOD = faultless(400)


async def test_a_pending_tool_call_survives_a_rotation() -> None:
    """Its answer reaches the session that asked, which says its reply to the end."""
    assert all([await survives(seed) for seed in range(5)])


async def test_a_session_left_with_its_call_pending_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Planted: nothing keeps the former session."""
    monkeypatch.setattr(Holds, "former", property(lambda holds: False))
    with pytest.raises(ProviderError, match="has ended"):
        await survives(1)


@pytest.mark.parametrize("left", [Left(1, 9, 3), Left(0, 15, 3), Left(0, 9, 4)])
def test_growth_is_noticed(left: Left) -> None:
    """Of sessions, sockets and tasks."""
    first = Left(0, 9, 3)
    assert left.grown(first)
    assert not first.grown(first)


def test_a_whole_run_has_two_hundred_rotations() -> None:
    assert GATES["rotation"].rounds * FEWEST_ROTATIONS >= 200


@pytest.mark.parametrize(
    ("outcome", "rotations", "complete", "failures"),
    [
        (GOOD, FEWEST_ROTATIONS, True, 0),
        (GOOD, FEWEST_ROTATIONS - 1, True, 1),
        (GOOD, 0, True, 1),
        (GOOD, FEWEST_ROTATIONS, False, 1),
        (replace(GOOD, lost=1), FEWEST_ROTATIONS, True, 1),
        (replace(GOOD, damaged=9), FEWEST_ROTATIONS, True, 1),
    ],
    ids=["all is well", "one too few", "none", "incomplete", "lost", "not carried"],
)
def test_a_round_in_which_too_few_sessions_ended_proves_nothing(
    outcome: Score, rotations: int, complete: bool, failures: int
) -> None:
    counts = judge(outcome, rotations, complete=complete).counts
    assert (counts["failures"], counts["rotations"]) == (failures, rotations)
    assert counts["too_few_rotations"] == (rotations < FEWEST_ROTATIONS)
