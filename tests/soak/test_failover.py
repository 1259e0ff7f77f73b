"""What the failover gate calls lost, doubled and excused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from roomhand.attribution.segments import Segment
from roomhand.coordination.entry import Entry
from tests.soak.failover import (
    KINDS,
    ROUNDS_OF_100_KILLS,
    SPEAKS_EVERY,
    judge,
    judge_hand_over,
    judge_owners,
)
from tests.soak.limits import FEWEST
from tests.soak.record import Record
from tests.soak.roster import Stay
from tests.soak.samples import START_S, gap, speech
from tests.soak.talk import Word

pytestmark = pytest.mark.unit

WORDS = ("one", "two", "three", "four")
SAID = [Word(word, START_S + 1 + 4 * number) for number, word in enumerate(WORDS)]
WHOLE = [speech("one", 1_000), gap(4_000, 7_000), speech("three", 9_000), speech("four", 13_000)]


def failures(
    segments: Sequence[Segment],
    before: Sequence[Segment] = (),
    kills: int = 1,
    carried: Collection[str] = WORDS,
) -> int:
    """Of a meeting with this transcript."""
    found = Record([*segments], START_S)
    return int(judge(SAID, carried, before, found, kills).counts["failures"])


def test_a_word_said_in_a_gap_that_is_listed_is_excused() -> None:
    assert failures(WHOLE, before=WHOLE[:1]) == 0


@pytest.mark.parametrize(
    ("segments", "before", "kills"),
    [
        (WHOLE[:2], [], 1),
        ([*WHOLE, speech("three", 9_900)], [], 1),
        (WHOLE, [speech("gone", 500)], 1),
        (WHOLE, [], 2),
        ([*WHOLE, gap(11_000, 12_000)], [], 1),
    ],
    ids=[
        "a word lost",
        "a word doubled",
        "what was acknowledged is gone",
        "no gap",
        "one too many",
    ],
)
def test_anything_else_is_a_failure(
    segments: Sequence[Segment], before: Sequence[Segment], kills: int
) -> None:
    assert failures(segments, before, kills) == 1


def test_a_word_that_the_machine_damaged_is_excused_but_not_many() -> None:
    """One of four; two leave too little to tell."""
    lacks_four, lacks_both = WHOLE[:3], WHOLE[:2]
    assert failures(lacks_four, carried=WORDS[:3]) == 0
    assert failures(lacks_both, carried=WORDS[:2]) == 1


def test_the_rounds_have_a_hundred_kills_and_hand_overs_enough() -> None:
    kinds = Counter(KINDS[seed % len(KINDS)] for seed in range(ROUNDS_OF_100_KILLS))
    assert kinds.total() - kinds["drain"] == 100
    assert min(kinds.values()) >= FEWEST


def test_the_agent_is_in_mid_word_in_some_kills_of_every_kind() -> None:
    speaking = range(0, ROUNDS_OF_100_KILLS, SPEAKS_EVERY)
    assert {KINDS[seed % len(KINDS)] for seed in speaking} == set(KINDS)


@pytest.mark.parametrize(
    ("unable_s", "failures"), [([0.1], 0), ([], 1), ([-3.0], 1), ([0.1, 0.1], 1)]
)
def test_who_is_told_to_end_hands_its_agent_over(unable_s: Sequence[float], failures: int) -> None:
    """Once, to somebody who can speak then."""
    found = judge_hand_over(unable_s, 0.2)
    assert found.counts["failures"] == failures
    assert found.samples["unable_to_speak_ms"] == [1000 * one for one in unable_s if one >= 0]
    assert found.samples["absent_ms"] == [200.0]


STAYS = [Stay(1, 0.0, 15.0), Stay(2, 12.0, 20.4), Stay(3, 22.0, 30.0)]
"""The first hands over, the second is killed."""


@pytest.mark.parametrize(
    ("sounds", "epochs", "found"),
    [
        ({1: [14.0, 14.01], 2: [20.3, 20.31]}, [1, 2, 3], (0, 0, 0)),
        ({2: [22.1, 22.11]}, [1, 2, 3], (20, 0, 1)),
        ({2: [20.3, 20.31]}, [1, 3, 2, 3, 1], (0, 2, 1)),
        ({}, [1, 2, 3], (0, 0, 1)),
    ],
    ids=["all is well", "heard too late", "wrote too late", "never heard"],
)
def test_who_was_killed_is_neither_heard_nor_written_of(
    sounds: dict[int, list[float]], epochs: Sequence[int], found: tuple[int, int, int]
) -> None:
    """Once the next owner is there. Who hands over may speak beside it, until it does."""
    written = [
        Entry(f"{number}-0", replace(speech("one", number), epoch=epoch))
        for number, epoch in enumerate(epochs)
    ]
    counts = judge_owners(STAYS, sounds, written, [20.0], spoke=True).counts
    told = counts["zombie_heard_ms"], counts["zombie_segments"], counts["failures"]
    assert told == found
