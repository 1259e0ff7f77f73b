"""Cuts the audio of one lane into turns and silence, by what the ears judged.

A lane is what one person sends from one source, through as many subscriptions as that takes.
Every sample goes to exactly one turn, or to silence, or is counted as dropped. Inputs give sample
numbers of the running subscription; everything that comes out is in positions of the ring.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.bridge.quiet import BREATH_SAMPLES, SHORTEST_SAMPLES, Breath
from roomhand.bridge.ring import BYTES_PER_SAMPLE, SampleRing
from roomhand.bridge.spoken import Run, SpokenTurn
from roomhand.bridge.steps import Heard, Silence, Started, Stopped
from roomhand.errors import IllegalInputError

LONGEST_PIECE = 24_000
BREATH_SHARE = 2 / 3
"""A breath is looked for from this share of the longest turn on."""
GAP_SHARE = 5 / 6
"""From this share on, a gap between two words will do."""
SHORTEST_CUT = 24_000
"""Where a boundary is wanted, so much of a turn has to be there."""


class Speech(StrEnum):
    """What is on the track."""

    ABSENT = "absent"
    """No subscription runs."""
    SILENT = "silent"
    SPEAKING = "speaking"


class SpeechInput(StrEnum):
    """What the ears say."""

    SUBSCRIBED = "subscribed"
    AUDIO = "audio"
    ONSET = "onset"
    END = "end"
    JUDGED = "judged"
    RENAMED = "renamed"
    ENDED = "ended"


TABLE: Mapping[tuple[Speech, SpeechInput], Speech] = {
    (Speech.ABSENT, SpeechInput.SUBSCRIBED): Speech.SILENT,
    (Speech.SILENT, SpeechInput.AUDIO): Speech.SILENT,
    (Speech.SILENT, SpeechInput.ONSET): Speech.SPEAKING,
    (Speech.SILENT, SpeechInput.JUDGED): Speech.SILENT,
    (Speech.SILENT, SpeechInput.RENAMED): Speech.SILENT,
    (Speech.SILENT, SpeechInput.ENDED): Speech.ABSENT,
    (Speech.SPEAKING, SpeechInput.AUDIO): Speech.SPEAKING,
    (Speech.SPEAKING, SpeechInput.END): Speech.SILENT,
    (Speech.SPEAKING, SpeechInput.JUDGED): Speech.SPEAKING,
    (Speech.SPEAKING, SpeechInput.RENAMED): Speech.SPEAKING,
    (Speech.SPEAKING, SpeechInput.ENDED): Speech.ABSENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingLimits:
    """In samples. A turn keeps ``preroll`` before its onset and ``tail`` after its end."""

    ring: int
    preroll: int
    tail: int
    longest_turn: int

    def __post_init__(self) -> None:
        if self.longest_turn + self.preroll + LONGEST_PIECE > self.ring:
            raise ValueError("the longest turn with its pre-roll and a second must fit the ring")


class Hearing:
    """One lane's ring, its running subscription, and the turn that is being spoken."""

    def __init__(self, limits: HearingLimits, meeting_id: str) -> None:
        self.ring = SampleRing(limits.ring)
        self.speech = Speech.ABSENT
        self.open: SpokenTurn | None = None
        self._limits = limits
        self._meeting_id = meeting_id
        self._run: Run | None = None
        self._cursor = 0
        """All before it was given to a turn or to silence."""
        self._next_ms = 0
        self._breath = Breath()
        self._pieces = False
        """The speech was cut: how much voice was in which turn is not known."""
        self.boundary_wanted = False
        """A new session waits for a turn to end: the next breath will do."""

    @property
    def run(self) -> Run:
        """The running subscription, or the last. Raises IllegalInputError before the first."""
        if self._run is None:
            raise IllegalInputError("hearing", self.speech, "use before a subscription")
        return self._run

    @property
    def track(self) -> TrackRef | None:
        """Of the running subscription, or the last."""
        return self._run.track if self._run else None

    @property
    def undecided(self) -> int:
        """Samples that belong to no turn and are not yet known to be silence."""
        return 0 if self.open else self.ring.end - self._cursor

    def subscribe(self, track: TrackRef, anchor: Anchor, ledger: TrackLedger) -> Run:
        """A subscription begins where the ring ends."""
        self._apply(SpeechInput.SUBSCRIBED)
        self._run = Run(track, anchor, ledger, self.ring.end)
        return self._run

    def rename(self, track: TrackRef) -> None:
        """The same subscription under another display name, from the next turn on."""
        self._apply(SpeechInput.RENAMED)
        self._run = replace(self.run, track=track)

    def receive(self, start: int, pcm: bytes) -> list[Heard]:
        """Audio of the subscription from sample ``start`` on, without a gap."""
        self._apply(SpeechInput.AUDIO)
        if self.run.base + start != self.ring.end:
            raise IllegalInputError("hearing", f"at {self.ring.end - self.run.base}", start)
        heard: list[Heard] = []
        step = LONGEST_PIECE * BYTES_PER_SAMPLE
        for at in range(0, len(pcm), step):
            heard += self._receive_piece(pcm[at : at + step])
        return heard

    def onset(self, sample: int) -> list[Heard]:
        """Speech began at ``sample``."""
        self._apply(SpeechInput.ONSET)
        position = self.run.base + sample
        self._pieces = False
        begin = max(position - self._limits.preroll, self._cursor)
        return [*self._silence(begin), *self._begin(begin, position)]

    def end(self, sample: int, voiced: int | None = None) -> list[Heard]:
        """The speech was over at ``sample``; ``voiced`` samples of it were voice."""
        self._apply(SpeechInput.END)
        if self.open and not self._pieces:
            self.open.voiced = voiced
        return self._finish(self.run.base + sample)

    def judged(self, upto: int) -> list[Heard]:
        """All before ``upto`` is judged: what no pre-roll can reach any more is silence."""
        self._apply(SpeechInput.JUDGED)
        if self.open:
            return []
        return self._silence(self.run.base + upto - self._limits.preroll)

    def ended(self) -> list[Heard]:
        """The subscription is over; an open speech ends here."""
        self._apply(SpeechInput.ENDED)
        heard = self._finish(self.ring.end) if self.open else []
        return heard + self._silence(self.ring.end)

    def _apply(self, given: SpeechInput) -> None:
        try:
            self.speech = TABLE[self.speech, given]
        except KeyError:
            raise IllegalInputError("hearing", self.speech, given) from None

    def _receive_piece(self, pcm: bytes) -> list[Heard]:
        self.ring.append(pcm)
        if self.open:
            return self._cut_if_long(self.open, pcm)
        unjudged = self.ring.first - self._cursor
        if unjudged > 0:
            self.run.ledger.drop(unjudged, "not judged")
            self._cursor = self.ring.first
        return []

    def _cut_if_long(self, spoken: SpokenTurn, pcm: bytes) -> list[Heard]:
        longest, length = self._limits.longest_turn, self.ring.end - spoken.begin
        enough = SHORTEST_SAMPLES if length >= longest * GAP_SHARE else BREATH_SAMPLES
        pause = self._breath.heard(pcm, enough)
        wanted_from = SHORTEST_CUT if self.boundary_wanted else longest * BREATH_SHARE
        end = self.ring.end
        if pause is not None and length >= wanted_from:
            end += pause - len(pcm) // BYTES_PER_SAMPLE
        elif length < longest:
            return []
        self._pieces = True
        return [*self._finish(end, tail=0), *self._begin(end, end)]

    def _begin(self, begin: int, onset: int) -> list[Heard]:
        turn = self.run.turn(self._meeting_id, onset, self._next_ms)
        self._next_ms = turn.start_ms + 1
        self.open = SpokenTurn(run=self.run, turn=turn, begin=begin)
        self._breath = Breath()
        return [Started(self.open)]

    def _finish(self, end: int, tail: int | None = None) -> list[Heard]:
        spoken, self.open = self.open, None
        if spoken is None:
            raise IllegalInputError("hearing", self.speech, "the end of no turn")
        tail = self._limits.tail if tail is None else tail
        stop = min(max(end + tail, spoken.fresh), self.ring.end)
        spoken.stop = self._cursor = stop
        spoken.end_ms = max(self.run.ms(end), spoken.turn.start_ms)
        return [Stopped(spoken, void=end <= spoken.begin)]

    def _silence(self, stop: int) -> list[Heard]:
        start, self._cursor = self._cursor, max(self._cursor, stop)
        return [Silence(start, self._cursor)] if self._cursor > start else []
