"""The ledgers of one job: where every sample of every track went, written as it grows."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import replace
from typing import TypeAlias

from roomhand import metrics
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.coordination.meeting import MeetingStore
from roomhand.errors import RoomhandError
from roomhand.room.holding import Holding
from roomhand.room.places import Unheard

logger = logging.getLogger(__name__)

NOT_HEARD = -1
"""In the place of a subscription: the time without one."""
Written: TypeAlias = tuple[TrackRef, TrackLedger]


class Accounts:
    """One ledger for each subscription, and one for all the time in which a track had none."""

    def __init__(
        self,
        holding: Holding,
        holes: Callable[[], Iterable[Unheard]],
        held: Callable[[TrackRef], int],
    ) -> None:
        """``holes``: what is not heard, as of now; ``held``: samples of a subscription that are in
        no term of its ledger yet."""
        self._holding = holding
        self._holes = holes
        self._held = held
        self._store = MeetingStore(holding.scripts, holding.keys)
        self._open: dict[tuple[str, int], Written] = {}
        self._written: dict[tuple[str, int], TrackLedger] = {}
        """As Redis has them."""
        self._losses = holding.losses
        self._unheard: dict[str, Written] = {}
        self._off: dict[tuple[str, int], int] = {}
        self._leaving: dict[tuple[str, int], Counter[str]] | None = None

    def add(self, track: TrackRef, ledger: TrackLedger) -> None:
        """A subscription has begun."""
        self._open[track.sid, track.subscription] = (track, ledger)

    def leave(self, *, to_others: bool) -> None:
        """We go, and another agent, or another process of this one, transcribes on: it has in its
        rings what has no words yet, and from now on that is written as left to it. False: nobody
        does, or we stay."""
        if not to_others:
            self._leaving = None
        elif self._leaving is None:
            dropped = ((name, Counter(one.dropped)) for name, (_, one) in self._open.items())
            self._leaving = dict(dropped)

    def dropped(self) -> Counter[str]:
        """Samples lost so far, by reason."""
        total: Counter[str] = Counter()
        for _, ledger in self._open.values():
            total.update(ledger.dropped)
        return total

    def check(self) -> int:
        """Samples that no term of a ledger explains, lost or counted twice: 0, or a bug.

        Each is told once, in the log and in the metrics.
        """
        total = 0
        for name, (track, ledger) in self._open.items():
            if ledger.settled:
                continue
            off = abs(ledger.unaccounted(self._held(track)))
            news = off - self._off.get(name, 0)
            if news > 0:
                self._off[name] = off
                metrics.SAMPLES_UNCOUNTED.inc(news)
                where = {"track": track.sid, "subscription": track.subscription}
                logger.error("a ledger does not balance", extra={**where, "samples": off})
            total += off
        return total

    async def write(self) -> None:
        """Put those into Redis that it does not have as they are now, or all where it lost its
        data. Without an answer they wait for the next time."""
        self.check()
        if self._losses != self._holding.losses:
            self._losses = self._holding.losses
            self._written.clear()
        open_ = [(track, self._told(track, ledger)) for track, ledger in self._open.values()]
        for track, ledger in [*open_, *self._absences()]:
            name = (track.sid, track.subscription)
            if self._written.get(name) == ledger:
                continue
            as_now = deepcopy(ledger)
            try:
                await self._store.write_ledger(
                    self._holding.fence, self._holding.meeting.id, track, as_now
                )
                self._written[name] = as_now
            except RoomhandError as error:
                logger.warning("ledger not written", extra={"error": str(error)})
                return

    def _told(self, track: TrackRef, ledger: TrackLedger) -> TrackLedger:
        """As of now, without what others will transcribe."""
        if self._leaving is None:
            return ledger
        dropped = self._leaving.get((track.sid, track.subscription), Counter())
        return ledger.leaving(dropped, self._held(track))

    def _absences(self) -> list[Written]:
        """One ledger a track. An absence that has since become part of a subscription's ledger is
        taken out of here, so a track that was listed once is written for good."""
        for sid, (track, _) in self._unheard.items():
            self._unheard[sid] = (track, TrackLedger())
        for hole in self._holes():
            track = replace(hole.ref, subscription=NOT_HEARD)
            _, ledger = self._unheard.setdefault(hole.ref.sid, (track, TrackLedger()))
            ledger.absent.update(hole.ledger.absent)
            ledger.reach(ledger.absent.total())
            ledger.end = hole.ledger.end
        return list(self._unheard.values())
