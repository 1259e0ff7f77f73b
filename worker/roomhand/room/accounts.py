"""The ledgers of one job: where every sample of every track went, written as it grows."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.coordination.meeting import MeetingStore
from roomhand.errors import RoomhandError
from roomhand.room.holding import Holding
from roomhand.room.places import Unheard

logger = logging.getLogger(__name__)

NOT_HEARD = -1
"""In the place of a subscription: the time without one."""


class Accounts:
    """One ledger for each subscription, and one for all the time in which a track had none."""

    def __init__(self, holding: Holding, holes: Callable[[], Iterable[Unheard]]) -> None:
        self._holding = holding
        self._holes = holes
        self._store = MeetingStore(holding.scripts, holding.keys)
        self._open: dict[tuple[str, int], tuple[TrackRef, TrackLedger]] = {}

    def add(self, track: TrackRef, ledger: TrackLedger) -> None:
        """A subscription has begun."""
        self._open[track.sid, track.subscription] = (track, ledger)

    def dropped(self) -> Counter[str]:
        """Samples lost so far, by reason."""
        total: Counter[str] = Counter()
        for _, ledger in self._open.values():
            total.update(ledger.dropped)
        return total

    async def write(self) -> None:
        """Put them into Redis as they are now. Without an answer they wait for the next time."""
        for track, ledger in [*self._open.values(), *self._unheard()]:
            try:
                await self._store.write_ledger(
                    self._holding.fence, self._holding.meeting.id, track, ledger
                )
            except RoomhandError as error:
                logger.warning("ledger not written", extra={"error": str(error)})
                return

    def _unheard(self) -> list[tuple[TrackRef, TrackLedger]]:
        merged: dict[str, tuple[TrackRef, TrackLedger]] = {}
        for hole in self._holes():
            track = replace(hole.ref, subscription=NOT_HEARD)
            _, ledger = merged.setdefault(hole.ref.sid, (track, TrackLedger()))
            ledger.absent.update(hole.ledger.absent)
        return list(merged.values())
