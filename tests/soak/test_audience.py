"""What a listener takes for sound."""

from __future__ import annotations

import pytest

from tests.soak.audience import adjacent

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("times_s", "count"),
    [([], 0), ([1.0], 0), ([1.0, 2.0], 0), ([1.0, 1.01], 2), ([1.0, 1.01, 1.02, 5.0], 3)],
)
def test_a_lone_step_is_no_frame(times_s: list[float], count: int) -> None:
    assert adjacent(times_s) == count
