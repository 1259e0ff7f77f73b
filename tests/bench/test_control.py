"""The control bench says what is not as it has to be, and fails."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bench.control import PER_ROOM, Run, growth, missed

pytestmark = pytest.mark.unit


def run(rooms: int, **fields: Any) -> Run:
    """Each room costs the same, and nothing went wrong."""
    counts = {"sent_for": rooms, "commands": 500, "failed": 0, "dispatches": 0, "overdue": 0}
    ways: dict[str, Any] = {"renewal_ways_redis_us": {}, "renewal_ways_wall_us": {}}
    rest = {name: 50.0 for name in Run.__slots__ if name not in counts | ways}
    return Run(**(rest | counts | ways | {"rooms": rooms} | fields))


def test_a_linear_run_in_which_all_went_well_misses_nothing() -> None:
    runs = [run(100), run(1000)]
    assert growth(runs) == dict.fromkeys(PER_ROOM, 1.0)
    assert missed(runs) == []


@pytest.mark.parametrize("name", PER_ROOM)
def test_a_room_that_costs_more_among_many_is_missed(name: str) -> None:
    [why] = missed([run(100), run(1000, **{name: 90.0})])
    assert why == f"{name} grows to 1.8"


@pytest.mark.parametrize(
    "fields",
    [{"sent_for": 9}, {"commands": 499}, {"failed": 1}, {"dispatches": 1}, {"overdue": 1}],
    ids=lambda fields: next(iter(fields)),
)
def test_what_went_wrong_among_few_rooms_counts_too(fields: dict[str, Any]) -> None:
    """Also a control plane that watched nobody: it would cost nothing."""
    [why] = missed([run(10, **fields), run(100)])
    assert why.startswith("10 rooms: ")


def test_one_number_of_rooms_shows_no_growth() -> None:
    assert missed([run(10)]) == ["fewer than two numbers of rooms: there is no growth"]
