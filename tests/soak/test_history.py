"""What the rolling gate takes for a fault of a room, and what it excuses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from roomhand.attribution.segments import Segment
from roomhand.turns.floor_event import Event
from tests.sim.script import Window
from tests.soak.history import History, judge, two_granted
from tests.soak.record import Record
from tests.soak.roster import Stay, absent_s, together_s
from tests.soak.samples import START_S, gap, speech
from tests.soak.talk import Word

pytestmark = pytest.mark.unit

SAID = [Word("one", 1001.0), Word("two", 1005.0), Word("three", 1009.0), Word("four", 1040.0)]
HISTORY = History(
    said=SAID,
    carried={word.text for word in SAID},
    kept={"a": [speech("one", 1_000)]},
    struck=[Window(1_004.0, 1_035.0)],
    unowned=[Window(1_004.0, 1_006.0)],
    stays=[Stay(1, 1_000.0, 1_007.0), Stay(2, 1_004.0, 1_050.0)],
    sounds={1: [1_002.0, 1_002.01], 2: [1_010.0, 1_010.01]},
)
"""The owner is killed while ``two`` is said."""
WHOLE = [
    speech("one", 1_000),
    gap(4_500, 6_500),
    speech("three", 9_000),
    speech("four", 40_000),
]


def judged(
    segments: Sequence[Segment] = WHOLE,
    history: History = HISTORY,
    then: Sequence[Record] = (),
) -> dict[str, int]:
    """What is wrong of a room with this transcript, and of its later meetings. ``five`` was said in
    another one."""
    counts = judge(history, [Record([*segments], START_S, "a"), *then], {"five"}).counts
    right = {"words_said", "unheard", "holes_listed", "damaged", "between_meetings", "failures"}
    right.add("agent_heard_ms")
    found = {name: int(count) for name, count in counts.items() if count and name not in right}
    assert bool(found.keys() - {"garbled"}) == bool(counts["failures"])
    return found


def test_a_word_said_while_an_owner_was_killed_is_excused_by_a_gap() -> None:
    assert judged() == {}


@pytest.mark.parametrize(
    ("segments", "found"),
    [
        (WHOLE[:3], {"lost": 1}),
        ([*WHOLE, speech("four", 41_000)], {"doubled": 1}),
        ([*WHOLE, speech("five", 41_000)], {"strange": 1}),
        ([speech("one", 1_000, ident="another"), *WHOLE[1:]], {"acknowledged_lost": 1}),
        ([*WHOLE, gap(20_000, 21_000)], {"gaps_unexplained": 1}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_transcript_that_is_not_true_is_a_failure(
    segments: Sequence[Segment], found: dict[str, int]
) -> None:
    assert judged(segments) == found


def test_a_gap_in_what_came_to_nobody_is_true() -> None:
    """The witness has not heard it either; of silence, and of what it heard, it explains no gap."""
    unheard = replace(HISTORY, carried={"one", "two", "three"})
    segments = [*WHOLE[:3], gap(39_800, 41_000)]
    assert judged(segments, unheard) == {}
    assert judged(segments) == {"gaps_unexplained": 1}
    assert judged([*WHOLE[:3], gap(30_000, 31_000)], unheard) == {"gaps_unexplained": 1}
    assert judged([*WHOLE[:3], gap(8_000, 41_000)], unheard) == {"gaps_unexplained": 1}


def test_a_word_far_from_any_fault_was_garbled_by_the_machine() -> None:
    """Of which there may be a few, and what they were heard as."""
    more = [Word(f"more{number}", 1_100.0 + number) for number in range(60)]
    said = [speech(word.text, round(1000 * (word.at_s - START_S))) for word in more]
    history = replace(HISTORY, said=[*SAID, *more], carried={one.text for one in [*SAID, *more]})
    assert judged([*WHOLE, *said[1:]], history) == {"garbled": 1}
    assert judged([*WHOLE, *said, speech("six", 90_000)], history) == {"garbled": 1}


def test_a_word_in_the_midst_of_a_turn_was_garbled_by_the_machine() -> None:
    """However near a fault: who wrote what was said before and after it was there."""
    more = [Word(f"more{number}", 1_006.0 + number / 2) for number in range(60)]
    texts = [word.text for word in more]
    history = replace(HISTORY, said=more, carried=set(texts))
    first, *_, last = texts
    for missing, found in ((first, "lost"), (texts[30], "garbled"), (last, "lost")):
        turn = speech(" ".join(text for text in texts if text != missing), 6_000)
        assert judged([WHOLE[0], turn], replace(history, said=[*SAID[:1], *more])) == {found: 1}
    halves = speech(" ".join(texts[:30]), 6_000), speech(" ".join(texts[31:]), 21_500)
    assert judged([WHOLE[0], *halves], replace(history, said=[*SAID[:1], *more])) == {"lost": 1}


def test_two_owners_in_the_room_or_heard_are_a_failure() -> None:
    """For longer than a hand-over; and any sound of the older after the newer."""
    long = [Stay(1, 1_000.0, 1_010.0), Stay(2, 1_004.0, 1_050.0)]
    assert judged(history=replace(HISTORY, stays=long)) == {"two_in_roster_long": 1}
    both = {1: [1_002.0, 1_012.0, 1_012.01], 2: [1_010.0, 1_010.01]}
    assert judged(history=replace(HISTORY, sounds=both)) == {"zombie_heard_ms": 20}


def test_what_was_said_just_before_the_server_died_need_not_be_written() -> None:
    """Nor what was said before the next meeting had begun, and its agent had time to hear."""
    died = replace(HISTORY, deaths_s=[1_011.0])
    after = Record([speech("four", 5_000)], 1_035.0, "b")
    assert judged(WHOLE[:2], died, [after]) == {}
    assert judged(WHOLE[1:2], died, [after]) == {"acknowledged_lost": 1, "lost": 1}
    assert judged(WHOLE, died) == {"meetings_wrong": 1}
    for at_s, lost in ((1_037.5, {}), (1_038.5, {"lost": 1})):
        carried = {*died.carried, "begun"}
        begun = replace(died, said=[*SAID, Word("begun", at_s)], carried=carried)
        assert judged(WHOLE[:2], begun, [after]) == lost


def test_a_word_in_which_the_server_died_may_have_arrived() -> None:
    history = replace(HISTORY, broken=[Word("five", 1_011.0)])
    assert judged([*WHOLE, speech("five", 11_000)], history) == judged(history=history) == {}


def test_a_machine_that_carries_too_little_is_a_failure() -> None:
    carried = judge(replace(HISTORY, carried={"one", "two"}), [Record(WHOLE, START_S, "a")])
    assert (carried.counts["damaged"], carried.counts["failures"]) == (2, 1)


@pytest.mark.parametrize(
    ("stays", "spans_s"),
    [
        ([], []),
        ([Stay(1, 0, 5), Stay(2, 5, 9)], []),
        ([Stay(1, 0, 5), Stay(2, 4, 9)], [1]),
        ([Stay(1, 0, 5), Stay(2, 4, 9), Stay(3, 4.5, 6), Stay(4, 8, 10)], [2, 1]),
    ],
)
def test_each_time_with_more_than_one_owner_is_found(
    stays: Sequence[Stay], spans_s: Sequence[float]
) -> None:
    assert together_s(stays) == spans_s


@pytest.mark.parametrize(
    ("stays", "absent"),
    [
        ([Stay(1, 0, 12), Stay(2, 11, math.inf)], 0),
        ([Stay(1, 0, 12), Stay(2, 12.5, math.inf)], 0.5),
        ([Stay(1, 0, 12), Stay(2, 13, 14), Stay(3, 13, 16)], 5),
        ([Stay(1, 0, 9), Stay(2, 21, math.inf)], 10),
        ([Stay(1, 0, 40), Stay(2, 12, 13), Stay(3, 30, 31)], 0),
        ([], 10),
    ],
)
def test_each_moment_without_an_owner_is_found(stays: Sequence[Stay], absent: float) -> None:
    """Of the window from 10 to 20, whatever order they came in."""
    for order in permutations(stays):
        assert absent_s(order, Window(10, 20)) == absent


def told(event: str, number: int) -> Event:
    """Of a grant."""
    return Event(event=event, at_us=0, who="sage", number=number)


def test_a_grant_before_the_last_one_is_over_is_found() -> None:
    first, second = told("granted", 1), told("granted", 2)
    assert two_granted([first, told("ending", 1), told("released", 1), second]) == 0
    assert (
        two_granted([first, told("lost", 1), second, told("expired", 2), told("granted", 3)]) == 0
    )
    assert two_granted([first, told("revoking", 1), second]) == 1
