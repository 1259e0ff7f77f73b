"""Pure: what somebody said, as text, whoever wrote it down; and which of it is news."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from roomhand.attribution.conversation import SAME_ONSET_MS

MOST_REMEMBERED = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One turn of a person, or of another agent. Identity, track and onset say which it is."""

    turn_id: str
    identity: str
    name: str
    text: str
    track: str
    start_ms: int
    from_agent: bool = False


@dataclass(slots=True)
class Judged:
    """The newest utterances that were acted on: two reports of one turn are acted on once."""

    _seen: deque[tuple[str, int]] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))

    def is_news(self, said: Utterance) -> bool:
        """True for the first report of a turn, whoever brings it."""
        for track, start_ms in self._seen:
            if track == said.track and abs(start_ms - said.start_ms) <= SAME_ONSET_MS:
                return False
        self._seen.append((said.track, said.start_ms))
        return True
