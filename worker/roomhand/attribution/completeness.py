"""Pure: is a transcript complete? Where it is not: what is missing, of whom, for how long, and why.

Gap segments say when speech has no words, and when the scribe did not hear a track. The ledgers say
what was never heard, lost before a turn was made of it, or counted by nobody; they know a length,
and no time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from roomhand.attribution.anchor import SAMPLES_PER_MS
from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.ledger import LEFT_TO_SCRIBE, UNDELIVERED, Account
from roomhand.attribution.segments import GAP_SUFFIX, Segment, SegmentKind, in_order

UNACCOUNTED = "unaccounted"
"""The reason of a hole that no counter explains: its process died, or has a bug."""
LATE = 1_000 * SAMPLES_PER_MS
"""Audio that was due so long ago and did not come is missing, until it comes."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Something that a transcript lacks."""

    identity: str
    name: str
    reason: str
    length_ms: int
    start_ms: int | None = None
    """Meeting time; None where only the length is known."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """Of a meeting, as far as it has gone."""

    ended: bool
    holes: tuple[Hole, ...] = ()
    reason: MeetingEnd | None = None
    """Why it ended, if that was written down."""

    @property
    def complete(self) -> bool:
        """Whether every word that was said to an agent of the meeting is in its transcript."""
        return not self.holes


def completeness(
    segments: Iterable[Segment],
    accounts: Iterable[Account],
    *,
    ended: bool,
    reason: MeetingEnd | None = None,
) -> Completeness:
    """What a transcript lacks, timed holes first, by onset.

    ``accounts``: every ledger of the meeting. While it runs, samples are on their way, so only an
    ended meeting can have lost some without a reason.
    """
    known = in_order(segments)
    gaps = _gaps(known)
    names = {one.speaker: one.name for one in known if one.name}
    untimed = [
        Hole(identity, names.get(identity, identity), reason, samples // SAMPLES_PER_MS)
        for (identity, _, reason), samples in sorted(_untold(accounts, gaps, ended=ended).items())
        if samples >= SAMPLES_PER_MS
    ]
    timed = [hole for gap in gaps for hole in _holes(gap, known)]
    return Completeness(ended, (*timed, *untimed), reason)


def _gaps(segments: Iterable[Segment]) -> list[Segment]:
    """Gaps of people that nothing has filled: another scribe may have found the words."""
    said = {one.id for one in segments if one.kind is SegmentKind.SPEECH}
    return [
        one
        for one in segments
        if one.kind is SegmentKind.GAP and one.id.removesuffix(GAP_SUFFIX) not in said
    ]


def _holes(gap: Segment, known: Iterable[Segment]) -> Iterator[Hole]:
    """Of a gap in which a track was not heard, only what no other owner transcribed."""
    name, from_ms = gap.name or gap.speaker, gap.start_ms
    elsewhere = [one for one in known if _heard_elsewhere(gap, one)] if gap.unheard else []
    for said in elsewhere:
        if said.start_ms > from_ms:
            yield Hole(gap.speaker, name, gap.text, said.start_ms - from_ms, from_ms)
        from_ms = max(from_ms, said.end_ms)
    if gap.end_ms > from_ms or not elsewhere:
        yield Hole(gap.speaker, name, gap.text, max(0, gap.end_ms - from_ms), from_ms)


def _heard_elsewhere(gap: Segment, said: Segment) -> bool:
    of_track = said.kind is SegmentKind.SPEECH and said.track == gap.track
    within = said.start_ms < gap.end_ms and said.end_ms > gap.start_ms
    return of_track and within and said.epoch != gap.epoch


def _untold(
    accounts: Iterable[Account], gaps: Iterable[Segment], *, ended: bool
) -> Counter[tuple[str, str, str]]:
    """Samples by identity, track and reason, without those that gaps tell of.

    A gap tells of what its own writer has counted and of no more, however long it is: it is as long
    as the turn, of which a part may have been sent.
    """
    rest = _counted(accounts, ended=ended)
    for gap in gaps:
        counted = (gap.epoch, gap.speaker, gap.track, gap.text)
        told = max(0, gap.end_ms - gap.start_ms) * SAMPLES_PER_MS
        rest[counted] = max(0, rest[counted] - told)
    untold: Counter[tuple[str, str, str]] = Counter()
    for (_, identity, track, reason), samples in rest.items():
        untold[identity, track, reason] += samples
    return untold


def _counted(accounts: Iterable[Account], *, ended: bool) -> Counter[tuple[int, str, str, str]]:
    """Samples by epoch of the owner that counted them, identity, track and reason.

    That another agent heard meanwhile is no comfort: only the scribe transcribes, and what it did
    not have to hear its ledger says itself.
    """
    lost: Counter[tuple[int, str, str, str]] = Counter()
    for account in accounts:
        where, ledger = (account.epoch, account.identity, account.track), account.ledger
        for reason, samples in (ledger.absent + ledger.dropped).items():
            lost[*where, reason] += samples if reason != LEFT_TO_SCRIBE else 0
        late = ledger.owed > LATE and not ledger.others
        lost[*where, UNDELIVERED] += ledger.owed if late else 0
        lost[*where, UNACCOUNTED] += abs(ledger.unaccounted()) if ended else 0
    return lost
