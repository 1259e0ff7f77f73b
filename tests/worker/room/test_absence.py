"""When the time between two owners begins and ends."""

from __future__ import annotations

import pytest

from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.room.absence import WITHOUT_TRACKS_MS, Absence

pytestmark = pytest.mark.unit


@pytest.fixture
def told() -> list[tuple[int, int]]:
    """What was told."""
    return []


@pytest.fixture
def late() -> list[tuple[str, int, int]]:
    """What was told of tracks."""
    return []


@pytest.fixture
def absence(told: list[tuple[int, int]], late: list[tuple[str, int, int]]) -> Absence:
    """As the agent has it: Ann and Ben were there when it came."""
    return Absence(
        lambda *times: told.append(times),
        lambda track, *times: late.append((track.sid, *times)),
        {"TR_ann", "TR_ben"},
    )


def track(name: str) -> TrackRef:
    """Somebody's."""
    return TrackRef(f"TR_{name}", Source.MICROPHONE, Speaker(name, name.capitalize()))


def test_it_lasts_until_the_first_track_is_heard(
    absence: Absence, told: list[tuple[int, int]]
) -> None:
    """The second person ends nothing of it any more."""
    absence.begin(1_000, 4_000)
    assert absence.lasts
    absence.heard(4_300)
    absence.heard(4_400)
    assert told == [(1_000, 4_300)]
    assert not absence.lasts


def test_where_nobody_is_there_it_ended_when_the_agent_came(
    absence: Absence, told: list[tuple[int, int]]
) -> None:
    absence.begin(1_000, 4_000)
    absence.look(4_000 + WITHOUT_TRACKS_MS)
    assert told == []
    absence.look(4_001 + WITHOUT_TRACKS_MS)
    assert told == [(1_000, 4_000)]


def test_without_an_owner_before_there_is_none(
    absence: Absence, told: list[tuple[int, int]]
) -> None:
    absence.begin(-1, 200)
    absence.heard(300)
    absence.look(60_000)
    absence.take_over(-1, 50_000)
    assert told == []


def test_who_has_heard_all_the_time_tells_of_none(
    absence: Absence, told: list[tuple[int, int]]
) -> None:
    """Its place is not before what the one before it had."""
    absence.begin(5_000, 4_000)
    absence.heard(4_300)
    assert told == []
    assert not absence.lasts


def test_who_takes_the_duty_over_while_it_hears_tells_what_its_rings_do_not_have(
    absence: Absence, told: list[tuple[int, int]]
) -> None:
    """Once for each scribe before it; what it joined too late to hear is no less gone."""
    absence.heard(10_000)
    absence.take_over(70_000, 60_000)
    assert told == []
    absence.take_over(100_000, 130_000)
    absence.take_over(100_000, 150_000)
    assert told == [(100_000, 130_000)]
    absence.take_over(7_000, 5_000)
    assert told[1:] == [(7_000, 10_000)]


def test_what_was_told_at_the_start_is_not_told_again(
    absence: Absence, told: list[tuple[int, int]]
) -> None:
    """The duty may come a moment before the transcript is read to its end."""
    absence.begin(1_000, 4_000)
    absence.take_over(1_000, 3_000)
    absence.heard(4_300)
    absence.take_over(1_000, 3_000)
    assert told == [(1_000, 4_300)]


def test_whoever_was_there_and_is_heard_later_than_the_first_was_not_heard_till_then(
    absence: Absence, told: list[tuple[int, int]], late: list[tuple[str, int, int]]
) -> None:
    """A newcomer missed nobody, nor did who is heard again, or comes out of a mute."""
    absence.begin(1_000, 4_000)
    absence.heard(4_300, track("ann"))
    absence.heard(5_100, track("ben"))
    absence.heard(5_200, track("cleo"))
    absence.heard(9_000, track("ben"))
    assert told == [(1_000, 4_300)]
    assert late == [("TR_ben", 4_300, 5_100)]


@pytest.mark.parametrize(
    ("at_ms", "told_late"),
    [(4_450, []), (9_200, [("TR_ben", 4_300, 9_200)]), (60_000, [])],
    ids=["at once", "late", "after a mute"],
)
def test_tracks_do_not_come_at_once(
    absence: Absence,
    late: list[tuple[str, int, int]],
    at_ms: int,
    told_late: list[tuple[str, int, int]],
) -> None:
    absence.begin(1_000, 4_000)
    absence.heard(4_300, track("ann"))
    absence.heard(at_ms, track("ben"))
    assert late == told_late


def test_who_stands_by_tells_only_what_the_owner_before_had_not_heard(
    absence: Absence, told: list[tuple[int, int]], late: list[tuple[str, int, int]]
) -> None:
    """It hears before it is given the agent."""
    absence.heard(1_000, track("ann"))
    absence.heard(3_000, track("ben"))
    assert late == []
    absence.begin(2_000, 4_000)
    assert (told, late) == ([], [("TR_ben", 2_000, 3_000)])
