"""What is written of a long meeting, without anybody having to sit through it."""

from __future__ import annotations

import random
from collections.abc import Iterator

from roomhand.attribution.identity import Source
from roomhand.attribution.segments import Segment, SegmentKind, turn_id

LONGEST_MS = 12_000
WORDS_PER_S = 2.5
_TEXT = (
    "we should look at the figures of last week before anybody decides what to do about it "
    "because the customers asked for a date and nobody told them that there is none"
)


def long_meeting(
    meeting_id: str, *, hours: float, people: int, at_once: float, seed: int = 0
) -> Iterator[Segment]:
    """The final segments in order of onset, as a scribe would write them.

    ``at_once``: how many people speak at a time, on average; turns last up to 12 s.
    """
    drawn, words = random.Random(seed), _TEXT.split()
    end_ms, now_ms = round(hours * 3_600_000), 0.0
    mean_ms = (1000 + LONGEST_MS) / 2
    while now_ms < end_ms:
        length_ms = drawn.randint(1000, LONGEST_MS)
        who = drawn.randrange(people)
        track, start_ms = f"TR_AM{who:010}", round(now_ms)
        yield Segment(
            id=turn_id(meeting_id, track, start_ms),
            kind=SegmentKind.SPEECH,
            speaker=f"person-{who:02}",
            name=f"Person Number {who}",
            text=" ".join(drawn.choices(words, k=round(length_ms / 1000 * WORDS_PER_S))),
            start_ms=start_ms,
            end_ms=start_ms + length_ms,
            track=track,
            source=Source.MICROPHONE,
            language="en-US",
            confidence=0.9,
        )
        now_ms += 1 + drawn.expovariate(at_once / mean_ms)  # no turn begins when another does
