"""Planted faults change what they say and nothing else."""

from __future__ import annotations

import pytest

from tests.demo.plant import Plant, plant
from tests.demo.rehearsal import agent_says, rehearsed

pytestmark = pytest.mark.unit

HEARD = rehearsed(4)[2]
SEGMENTS = [*HEARD, agent_says("nothing", 5)]


def test_a_swap_exchanges_two_names_and_no_words() -> None:
    swapped = plant(SEGMENTS, Plant.SWAP, 1)
    assert [s.text for s in swapped] == [s.text for s in SEGMENTS]
    changed = [s for s, was in zip(swapped, SEGMENTS, strict=True) if s != was]
    assert len(changed) == 2
    assert {s.name for s in changed} == {
        s.name for s in SEGMENTS if s.id in {c.id for c in changed}
    }


def test_a_drop_takes_one_turn_of_a_person() -> None:
    (gone,) = set(SEGMENTS) - set(plant(SEGMENTS, Plant.DROP, 1))
    assert gone in HEARD


def test_a_double_has_one_turn_of_a_person_twice() -> None:
    *rest, again = plant(SEGMENTS, Plant.DOUBLE, 1)
    assert rest == SEGMENTS
    assert (again.speaker, again.text) in {(s.speaker, s.text) for s in HEARD}


@pytest.mark.parametrize("fault", list(Plant))
def test_a_fault_needs_words(fault: Plant) -> None:
    with pytest.raises(ValueError, match="nobody spoke"):
        plant([agent_says("hello", 1)], fault, 1)


def test_a_swap_needs_two() -> None:
    with pytest.raises(ValueError, match="only one person"):
        plant([HEARD[0]], Plant.SWAP, 1)
