"""How full a worker is, by what is measured; and that it refuses before it is too late."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.load import (
    CPU_FULL,
    LAG_FULL_S,
    NEARLY,
    ROOM_TRACKS,
    YOUNG_S,
    CoresUsed,
    LoadTerms,
    Measured,
    Part,
    WorkerLoad,
    tracks_expected,
)

pytestmark = pytest.mark.unit

TERMS = LoadTerms(jobs=16, tracks=80.0, cores=2.0, expected_tracks=4)
ROOM = ROOM_TRACKS + TERMS.expected_tracks
CPU = TERMS.cores * CPU_FULL


def names(count: int) -> list[str]:
    """Ids of so many jobs."""
    return [f"AJ_{number}" for number in range(count)]


def loaded(jobs: int = 1, *, terms: LoadTerms = TERMS, **measured: Any) -> WorkerLoad:
    """A worker of which this was measured, and whose jobs were there long before."""
    load = WorkerLoad(terms)
    load.look(-YOUNG_S, names(jobs), Measured())
    load.look(0.0, names(jobs), Measured(**measured))
    return load


@pytest.mark.parametrize(
    ("jobs", "measured", "part", "value"),
    [
        (0, {}, Part.JOBS, 0.0),
        (4, {}, Part.TRACKS, 4 * ROOM_TRACKS / 80),
        (4, {"tracks": [9, 8, 7, 6]}, Part.TRACKS, (4 * ROOM_TRACKS + 30) / 80),
        (4, {"tracks": [0, 9, 8, 7, 6]}, Part.TRACKS, (4 * ROOM_TRACKS + 30) / 80),
        (1, {"cores_used": CPU / 2}, Part.CPU, 0.5),
        (1, {"lag_s": LAG_FULL_S * 0.9}, Part.LAG, 0.9),
        (1, {"cores_used": CPU / 2, "lag_s": LAG_FULL_S * 0.6}, Part.LAG, 0.6),
    ],
)
def test_the_load_is_the_largest_of_its_parts(
    jobs: int, measured: dict[str, Any], part: Part, value: float
) -> None:
    load = loaded(jobs, **measured)
    assert load.value == pytest.approx(value)
    assert load.parts[part] == pytest.approx(value)
    assert load.refusal() is None


@pytest.mark.parametrize(
    ("jobs", "measured", "part"),
    [
        (16, {}, Part.JOBS),
        (4, {"tracks": [20, 20, 10, 10]}, Part.TRACKS),
        (4, {"tracks": [80 - 4 * ROOM_TRACKS - ROOM + 1]}, Part.TRACKS),
        (1, {"cores_used": CPU}, Part.CPU),
        (1, {"lag_s": LAG_FULL_S}, Part.LAG),
        (1, {"lag_s": 100.0}, Part.LAG),
    ],
)
def test_whichever_part_is_full_refuses_and_the_load_is_one(
    jobs: int, measured: dict[str, Any], part: Part
) -> None:
    """Of tracks, where those of one more room would be too many."""
    terms = TERMS if part is not Part.JOBS else LoadTerms(16, 1000.0, 2.0, 4)
    load = loaded(jobs, terms=terms, **measured)
    assert (load.refusal(), load.value, load.parts[part]) == (part, 1.0, 1.0)


def test_a_room_that_just_fits_is_taken() -> None:
    load = loaded(4, tracks=[80 - 4 * ROOM_TRACKS - ROOM])
    assert load.refusal() is None
    assert load.value < 1.0


@pytest.mark.parametrize("measured", [{"cores_used": 99.0}, {"lag_s": 99.0}, {"tracks": [99]}])
def test_a_worker_without_a_job_takes_one(measured: dict[str, Any]) -> None:
    """Its neighbours have the machine: it could wait for ever, and there may be no other."""
    for terms in (TERMS, LoadTerms(jobs=1, tracks=1.0, cores=0.1, expected_tracks=9)):
        load = loaded(0, terms=terms, **measured)
        assert load.refusal() is None
        assert load.value == max(load.parts.values()) <= NEARLY


def test_a_burst_is_not_all_taken_by_one_worker() -> None:
    """Nothing of it shows yet in what is measured, nor do its jobs run."""
    load, taken = loaded(0), 0
    with ExitStack() as accepting:
        for _ in range(50):
            if load.refusal() is None:
                accepting.enter_context(load.coming())
                taken += 1
        assert taken == 80 // ROOM
        assert load.refusal() is Part.TRACKS
    assert load.refusal() is None


def test_jobs_that_have_just_come_count_with_the_tracks_to_expect() -> None:
    """Until their people are there; then with those that they hear."""
    jobs = names(8)
    load = WorkerLoad(TERMS)
    load.look(0.0, jobs, Measured(tracks=[0] * 8))
    assert load.refusal() is Part.TRACKS
    load.look(YOUNG_S - 0.1, jobs, Measured(tracks=[1] * 8))
    assert load.refusal() is Part.TRACKS
    load.look(YOUNG_S, jobs, Measured(tracks=[1] * 8))
    assert load.refusal() is None


def test_a_job_that_comes_again_is_young_again() -> None:
    """It is another run of it."""
    load = WorkerLoad(TERMS)
    load.look(0.0, names(1), Measured())
    load.look(YOUNG_S, [], Measured())
    load.look(YOUNG_S + 1, names(1), Measured())
    assert load.parts[Part.TRACKS] == pytest.approx(ROOM / 80)


@pytest.mark.parametrize(
    ("part", "full", "still", "again"),
    [
        (Part.CPU, {"cores_used": CPU}, {"cores_used": CPU * 0.9}, {"cores_used": CPU * 0.8}),
        (Part.LAG, {"lag_s": LAG_FULL_S}, {"lag_s": LAG_FULL_S * 0.7}, {"lag_s": 0.1}),
        (Part.TRACKS, {"tracks": [67]}, {"tracks": [64]}, {"tracks": [62]}),
    ],
)
def test_what_was_full_takes_jobs_again_only_when_it_is_well_below(
    part: Part, full: dict[str, Any], still: dict[str, Any], again: dict[str, Any]
) -> None:
    """Else it would change its mind with every measurement."""
    load = loaded(1, **still)
    assert load.refusal() is None
    for measured, refused in ((full, part), (still, part), (again, None), (still, None)):
        load.look(0.0, names(1), Measured(**measured))
        assert load.refusal() is refused, measured
        assert (load.value == 1.0) is (refused is not None)
        assert (load.parts[part] == 1.0) is (refused is not None)


def test_a_place_that_is_free_again_is_given_at_once() -> None:
    """Jobs are counted, not measured."""
    load = loaded(2, terms=LoadTerms(2, 1000.0, 2.0, 4))
    assert load.refusal() is Part.JOBS
    load.look(0.0, names(1), Measured())
    assert load.refusal() is None


@given(
    st.lists(st.integers(0, 60), max_size=20),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(0, 9),
)
def test_the_tracks_to_expect_are_never_fewer_than_those_heard(
    heard: list[int], jobs: int, young: int, least: int
) -> None:
    """And never more than if each young job had all of its own beside."""
    young = min(young, jobs)
    found = tracks_expected(heard, jobs, young, least)
    counted = sum(sorted(heard, reverse=True)[:jobs])
    assert counted <= found <= counted + young * least
    assert found >= young * least


def test_the_young_are_those_that_hear_least() -> None:
    assert tracks_expected([0, 6, 1], 3, 2, 4) == 6 + 4 + 4
    assert tracks_expected([6], 3, 2, 4) == 6 + 4 + 4
    assert tracks_expected([6, 7], 2, 2, 4) == 13


def test_cores_used_are_of_all_processes_over_a_while() -> None:
    """One that comes counts from its start, one that goes with what was seen of it; a number that
    is used again is another process."""
    used = CoresUsed(over_s=10)
    used.note(0, {1: 100.0})
    assert used.value == 0
    used.note(2, {1: 101.0, 2: 1.0})
    assert used.value == pytest.approx(1.0)
    used.note(4, {2: 1.5})
    assert used.value == pytest.approx(2.5 / 4)
    used.note(6, {2: 0.5})
    assert used.value == pytest.approx(3.0 / 6)
    for now_s in range(8, 20, 2):
        used.note(now_s, {2: 0.5})
    assert used.value == 0
