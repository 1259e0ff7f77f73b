"""What the failover gate calls lost, doubled and excused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from roomhand.attribution.segments import Segment
from tests.soak.failover import judge
from tests.soak.record import Record
from tests.soak.samples import START_S, gap, speech
from tests.soak.talk import Word

pytestmark = pytest.mark.unit

SAID = [Word("one", START_S + 1), Word("two", START_S + 5), Word("three", START_S + 9)]
WHOLE = [speech("one", 1_000), gap(4_000, 7_000), speech("three", 9_000)]


def failures(segments: Sequence[Segment], before: Sequence[Segment] = (), kills: int = 1) -> int:
    """Of a meeting with this transcript."""
    return int(judge(SAID, before, Record([*segments], START_S), kills).counts["failures"])


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
