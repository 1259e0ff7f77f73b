"""What the rolling gate takes for a fault, a recovery and a failure."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.soak.rolling import assess

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("kind", "moved", "unable_s", "wrong"),
    [
        ("worker", [True, False, True], [0.1, 0.2], 0),
        ("worker", [True, False, True], [0.1], 1),
        ("worker", [True, False, False], [-3.0], 2),
        ("redis", [False, False], [], 0),
        ("redis", [False, True], [], 1),
        ("livekit", [True, True], [], 0),
        ("livekit", [True, False], [], 1),
        ("control", [True, False], [], 0),
        ("control", [False, False], [], 1),
        ("control", [True, True], [], 1),
    ],
)
def test_an_owner_that_changes_without_need_is_a_failure(
    kind: str, moved: Sequence[bool], unable_s: Sequence[float], wrong: int
) -> None:
    """And one that should have changed, and has not."""
    counts = assess(kind, [1.0] * len(moved), moved, unable_s).counts
    assert (counts["moved_wrongly"], counts["failures"]) == (wrong, wrong > 0)
    assert counts["faults_injected"] == 1


def test_a_worker_without_rooms_is_no_fault() -> None:
    assert assess("worker", [1.0, 1.0], [False, False], []).counts["faults_injected"] == 0


def test_only_rooms_that_were_struck_recover() -> None:
    assert assess("control", [1.0, 2.0], [False, True], []).samples["recover_ms"] == [2000.0]
    assert assess("redis", [1.0, 2.0], [False, False], []).samples["recover_ms"] == [1000, 2000]
    assert "recover_ms" not in assess("worker", [1.0], [True], [0.1]).samples
