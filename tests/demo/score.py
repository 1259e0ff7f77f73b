"""What the transcript made of the script: whose words are whose, what is lost, what is twice. Pure.

A transcript's word is judged against everything that anybody said at its time, not by its track:
it is under a wrong name when somebody else said it then and its own speaker did not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from roomhand.attribution.segments import Segment, SegmentKind, in_order
from tests.demo.script import Saying
from tests.demo.words import same, word_errors, words

NEAR_MS = 700
"""A segment belongs to the time of a saying if at most so much lies between them."""
LOST_BELOW = 1 / 3
"""With a smaller share of its words in the transcript, a saying counts as lost."""
BETTER_BY = 2
"""A segment is somebody else's when so many more of its words are theirs than its speaker's."""
TELLING_RUN = 3
"""So many words in a row are no chance. Two are none either where their speaker lacks them. One
word under a wrong name cannot be told from a recogniser's error: tone words, which have none, prove
that in ``tests/system``."""

Pair: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A saying as it was performed, in milliseconds of the meeting."""

    saying: Saying
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Score:
    """Counts are in words."""

    wer_by_identity: dict[str, float]
    misattributed: int
    lost: int
    doubled: int


@dataclass(slots=True)
class _Said:
    """One saying, and for each of its words who has it in the transcript."""

    spoken: Spoken
    words: list[str]
    hits: Counter[int] = field(default_factory=Counter)

    @property
    def who(self) -> str:
        return self.spoken.saying.who

    def near(self, segment: Segment) -> bool:
        return (
            segment.start_ms <= self.spoken.end_ms + NEAR_MS
            and self.spoken.start_ms <= segment.end_ms + NEAR_MS
        )

    def shared_ms(self, segment: Segment) -> int:
        """Time in common; negative: between them."""
        return min(segment.end_ms, self.spoken.end_ms) - max(segment.start_ms, self.spoken.start_ms)


def score(spoken: Sequence[Spoken], segments: Iterable[Segment]) -> Score:
    """Judge the people's segments against what they said."""
    said = [_Said(each, words(each.saying.text)) for each in spoken]
    heard = [s for s in in_order(segments) if s.kind is SegmentKind.SPEECH]
    left = [(segment, _own(said, segment)) for segment in heard]
    misattributed = sum(_strangers(said, segment, rest) for segment, rest in left)
    return Score(
        wer_by_identity=_error_rates(spoken, heard),
        misattributed=misattributed,
        lost=sum(len(each.words) for each in said if len(each.hits) < LOST_BELOW * len(each.words)),
        doubled=sum(_doubled(each) for each in said),
    )


def _own(said: Sequence[_Said], segment: Segment) -> set[int]:
    """Note which words of its speaker a segment has; gives the places that remain unexplained.

    Each word is explained once, by the saying that lies most in the segment's time.
    """
    heard = words(segment.text)
    rest = set(range(len(heard)))
    own = [each for each in said if each.who == segment.speaker and each.near(segment)]
    for each in sorted(own, key=lambda each: each.shared_ms(segment), reverse=True):
        pairs = same(each.words, _only(heard, rest))
        each.hits.update(at for at, _ in pairs)
        rest -= {at for _, at in pairs}
    return rest


def _only(heard: Sequence[str], places: Collection[int]) -> list[str | None]:
    return [word if at in places else None for at, word in enumerate(heard)]


def _strangers(said: Sequence[_Said], segment: Segment, rest: Collection[int]) -> int:
    """Words of a segment that somebody else said at its time."""
    heard = words(segment.text)
    found: set[int] = set()
    for each in said:
        if each.who == segment.speaker or not each.near(segment):
            continue
        theirs = same(each.words, heard)
        if len(theirs) < len(heard) - len(rest) + BETTER_BY:
            runs = _runs(same(each.words, _only(heard, rest)))
            theirs = [pair for run in runs for pair in _telling(each, run)]
        each.hits.update(at for at, _ in theirs)
        found |= {at for _, at in theirs}
    return len(found)


def _telling(said: _Said, run: Sequence[Pair]) -> Sequence[Pair]:
    """The pairs of a run that are no chance: many in a row, or missed where they belong."""
    if len(run) >= TELLING_RUN:
        return run
    missed = [pair for pair in run if not said.hits[pair[0]]]
    return missed if len(missed) > 1 else ()


def _doubled(said: _Said) -> int:
    """Words that the transcript has more than once. One alone may be a chance alignment."""
    again = sum(count - 1 for count in said.hits.values())
    return again if again >= TELLING_RUN else 0


def _runs(pairs: Sequence[Pair]) -> list[list[Pair]]:
    runs: list[list[Pair]] = []
    for pair in pairs:
        follows = runs and (runs[-1][-1][0] + 1, runs[-1][-1][1] + 1) == pair
        if follows:
            runs[-1].append(pair)
        else:
            runs.append([pair])
    return runs


def _error_rates(spoken: Sequence[Spoken], heard: Sequence[Segment]) -> dict[str, float]:
    people = dict.fromkeys(each.saying.who for each in spoken)
    return {
        who: word_errors(
            " ".join(each.saying.text for each in spoken if each.saying.who == who),
            " ".join(segment.text for segment in heard if segment.speaker == who),
        )
        for who in people
    }
