"""What a room's transcript tells of words that were said: recorded, doubled, or in a gap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.coordination.connection import open_client
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.errors import NotFoundError
from roomhand.remote import RoomControl
from tests.sim.script import SAID_EACH_S
from tests.soak.talk import Word
from tests.system.stage import Venue

SLACK_S = 1.0
"""The time of a word is that of its sending; on a busy machine it is heard so much later."""


@dataclass
class Record:
    """The transcript of the room, with wall-clock times."""

    segments: list[Segment]
    start_s: float
    meeting: str = ""

    def of(self, kind: SegmentKind) -> list[Segment]:
        """Segments of one kind."""
        return [one for one in self.segments if one.kind is kind]

    def at_s(self, ms: int) -> float:
        """Wall clock at a meeting time."""
        return self.start_s + ms / 1000

    def words(self) -> Counter[str]:
        """All that is recorded."""
        texts = (one.text for one in self.of(SegmentKind.SPEECH))
        return Counter(word for text in texts for word in text.split())

    def lost(self, said: Iterable[Word]) -> list[Word]:
        """Neither recorded nor said in a gap that is listed."""
        words = self.words()
        return [word for word in said if not words[word.text] and not self.excuses(word)]

    @property
    def doubled(self) -> int:
        """How many words there are too many, where nobody says one twice."""
        return sum(count - 1 for count in self.words().values())

    def around(self, word: Word) -> str:
        """What is recorded of the five seconds before and after, in seconds from the word."""
        near = (
            f"{one.kind} {self.at_s(one.start_ms) - word.at_s:+.1f} to "
            f"{self.at_s(one.end_ms) - word.at_s:+.1f} ({one.text}, epoch {one.epoch})"
            for one in self.segments
            if self.at_s(one.start_ms) < word.at_s + 5 and word.at_s - 5 < self.at_s(one.end_ms)
        )
        return "; ".join(near)

    def excuses(self, word: Word) -> bool:
        """Whether it was said in a gap that is listed."""
        return any(
            self.at_s(gap.start_ms) - SAID_EACH_S <= word.at_s <= self.at_s(gap.end_ms) + SLACK_S
            for gap in self.of(SegmentKind.GAP)
        )


async def record(venue: Venue, meeting: str | None = None) -> Record:
    """Of a meeting, the newest if not told otherwise, as it is now. Raises NotFoundError, or
    RedisError without an answer."""
    client = open_client(venue.redis.url)
    try:
        store = MeetingStore(Scripts(client), RoomKeys(venue.room))
        chosen = meeting or await store.latest()
        found = await store.read(chosen) if chosen else None
    finally:
        await client.aclose()
    if found is None:
        raise NotFoundError(f"there is no meeting in {venue.room}")
    async with RoomControl.open(venue.settings()) as control:
        segments, _ = await control.transcript(venue.room, found.id)
    return Record(segments, found.start_s, found.id)
