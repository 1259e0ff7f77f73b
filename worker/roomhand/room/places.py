"""Who has a place in the ears, who has not and why, and who moves up when a place falls free."""

from __future__ import annotations

from dataclasses import dataclass, field

from livekit import rtc

from roomhand.attribution.ends import TrackEnd
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.room.audience import track_ref
from roomhand.room.ear import ARRIVAL_MS, Ear, OursFrom, Past
from roomhand.room.watch import ReceivedRatio

NO_ROOM = "max_tracks"
REMEMBERED_TRACKS = 10_000
"""Tracks whose past is kept (a sid comes back after our reconnect); more than a meeting has."""


@dataclass(slots=True)
class Place:
    """One publication that is heard, through as many subscriptions as it takes."""

    participant: rtc.RemoteParticipant
    publication: rtc.RemoteTrackPublication
    ear: Ear | None = None
    ratio: ReceivedRatio = field(default_factory=ReceivedRatio)


@dataclass(slots=True)
class Unheard:
    """One publication that is not heard, since when and why; ``ledger`` declares its absence."""

    participant: rtc.RemoteParticipant
    publication: rtc.RemoteTrackPublication
    ref: TrackRef
    reason: str
    since_ms: int
    ledger: TrackLedger = field(default_factory=TrackLedger)

    def settle(self, now_ms: int, ours_from_ms: int | None) -> None:
        """Declare the absence up to now."""
        self.ledger.miss(self.since_ms, now_ms, self.reason, ours_from_ms)
        self.since_ms = now_ms


class Places:
    """All publications of a room that we know, by sid."""

    def __init__(self, max_tracks: int, ours_from_ms: OursFrom = lambda: 0) -> None:
        self.heard: dict[str, Place] = {}
        self.unheard: dict[str, Unheard] = {}
        self.past_unheard: dict[str, Unheard] = {}
        """One a track, with all its absences that are over: the ledgers are written from them, so
        none is ever let go."""
        self._max_tracks = max_tracks
        self._ours_from_ms = ours_from_ms
        self._pasts: dict[str, Past] = {}

    def knows(self, sid: str) -> bool:
        return sid in self.heard or sid in self.unheard

    @property
    def full(self) -> bool:
        return len(self.heard) >= self._max_tracks

    def with_ears(self) -> list[tuple[Place, Ear]]:
        """Places whose track is arriving now."""
        return [(place, place.ear) for place in self.heard.values() if place.ear is not None]

    def ear(self, sid: str) -> Ear | None:
        place = self.heard.get(sid)
        return place.ear if place is not None else None

    def sids_of(self, identity: str) -> list[str]:
        """Every publication known of a participant."""
        entries: list[Place | Unheard] = [*self.heard.values(), *self.unheard.values()]
        return [one.publication.sid for one in entries if one.participant.identity == identity]

    @property
    def all_come(self) -> bool:
        """Whether each that is to be heard brings audio by now, or is muted."""
        return all(
            place.publication.muted or self.past(sid).hearing for sid, place in self.heard.items()
        )

    def want_since(self, since_ms: int) -> None:
        """Each that is to be heard was to be heard from then on."""
        for sid in self.heard:
            past = self.past(sid)
            past.wanted_ms = since_ms if past.wanted_ms is None else min(since_ms, past.wanted_ms)

    def deaf(self, now_ms: int) -> list[Unheard]:
        """All that is to be heard and brings nothing, its absence declared up to now."""
        found = (self._absence(place, now_ms) for place in self.heard.values())
        return [entry for entry in found if entry is not None]

    def forget(self, sid: str, now_ms: int, end: TrackEnd) -> Place | None:
        """It is gone; if it brought nothing at last, that stays listed."""
        place = self.heard.pop(sid, None)
        if place is not None and (entry := self._absence(place, now_ms)) is not None:
            self._end(entry, end)
            self.past(sid).heard_until_ms = now_ms
        return place

    def _end(self, entry: Unheard, end: TrackEnd | None) -> None:
        entry.ledger.end = end
        before = self.past_unheard.get(entry.ref.sid)
        if before is not None:
            entry.ledger.absent.update(before.ledger.absent)
        self.past_unheard[entry.ref.sid] = entry

    def _absence(self, place: Place, now_ms: int) -> Unheard | None:
        absent_ms, reason = self.past(place.publication.sid).absence(now_ms)
        if absent_ms <= ARRIVAL_MS:
            return None
        ref = track_ref(place.participant, place.publication)
        since_ms = now_ms - absent_ms
        entry = Unheard(place.participant, place.publication, ref, reason, since_ms)
        entry.settle(now_ms, self._ours_from_ms())
        return entry

    def settled(self, now_ms: int) -> list[Unheard]:
        """All that is not heard, its absence declared up to now."""
        for entry in self.unheard.values():
            entry.settle(now_ms, self._ours_from_ms())
        return list(self.unheard.values())

    def stop_refusing(self, sid: str, now_ms: int, end: TrackEnd | None = None) -> None:
        """It is gone, or will be heard: its absence ends, and stays listed."""
        entry = self.unheard.pop(sid, None)
        if entry is not None:
            entry.settle(now_ms, self._ours_from_ms())
            self._end(entry, end)

    def next_waiting(self, now_ms: int) -> Unheard | None:
        """Take the publication that was refused first for want of a place, if one is free now."""
        if self.full:
            return None
        for sid, entry in self.unheard.items():
            if entry.reason == NO_ROOM:
                self.stop_refusing(sid, now_ms)
                return entry
        return None

    def past(self, sid: str) -> Past:
        """What was heard of this track before."""
        past = self._pasts.setdefault(sid, Past())
        if len(self._pasts) > REMEMBERED_TRACKS:
            del self._pasts[next(iter(self._pasts))]
        return past
