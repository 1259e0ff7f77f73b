"""The ledgers of a job are written as they are now, and looked after while they grow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import pytest

from roomhand import metrics
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.room.accounts import NOT_HEARD, Accounts
from roomhand.room.places import Unheard

pytestmark = pytest.mark.unit

ANN = TrackRef("TR_1", Source.MICROPHONE, Speaker("ann", "Ann"))


class FakeStore:
    """A fake store: keeps what was written last of each subscription."""

    def __init__(self) -> None:
        self.ledgers: dict[tuple[str, int], dict[str, Any]] = {}

    async def write_ledger(
        self, fence: Any, meeting_id: str, track: TrackRef, ledger: TrackLedger
    ) -> None:
        self.ledgers[track.sid, track.subscription] = ledger.as_dict()


class Bench:
    """Accounts of a job whose ears and sessions the test plays."""

    def __init__(self) -> None:
        self.unheard: list[Unheard] = []
        self.held = 0
        self.store = FakeStore()
        holding = cast(Any, _NoHolding())
        self.accounts = Accounts(holding, self._holes, lambda track: self.held)
        self.accounts._store = cast(Any, self.store)

    def _holes(self) -> Iterable[Unheard]:
        return self.unheard

    def absent(self, samples: int) -> Unheard:
        ledger = TrackLedger()
        ledger.declare_absent(samples, "undelivered")
        made = Unheard(cast(Any, None), cast(Any, None), ANN, "undelivered", 0, ledger)
        self.unheard = [made]
        return made


class _NoHolding:
    def __getattr__(self, name: str) -> Any:
        return self


async def test_an_absence_that_became_part_of_a_subscription_is_not_counted_twice() -> None:
    """Its own ledger is emptied, also where it was written."""
    bench = Bench()
    bench.absent(72_000)
    await bench.accounts.write()
    assert bench.store.ledgers["TR_1", NOT_HEARD]["absent"] == {"undelivered": 72_000}
    bench.unheard = []
    ledger = TrackLedger()
    ledger.declare_absent(96_000, "undelivered")
    bench.accounts.add(ANN, ledger)
    await bench.accounts.write()
    assert bench.store.ledgers["TR_1", NOT_HEARD]["absent"] == {}
    assert bench.store.ledgers["TR_1", 0]["absent"] == {"undelivered": 96_000}


async def test_a_ledger_that_does_not_balance_is_told_while_it_runs() -> None:
    """Once for each sample; what a ring holds is no fault."""
    bench = Bench()
    ledger = TrackLedger()
    bench.accounts.add(ANN, ledger)
    counter = metrics.SAMPLES_UNCOUNTED
    before = counter._value.get()
    ledger.receive(480)
    bench.held = 480
    assert bench.accounts.check() == 0
    bench.held = 470
    assert [bench.accounts.check(), bench.accounts.check()] == [10, 10]
    bench.held = 0
    await bench.accounts.write()
    assert counter._value.get() - before == 480
