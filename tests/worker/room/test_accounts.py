"""The ledgers of a job are written as they are now, and looked after while they grow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

import pytest

from roomhand import metrics
from roomhand.attribution.completeness import completeness
from roomhand.attribution.ends import SessionEnd, TrackEnd
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import Account, TrackLedger
from roomhand.errors import RedisError
from roomhand.room.accounts import NOT_HEARD, Accounts
from roomhand.room.places import Unheard

pytestmark = pytest.mark.unit

SECOND = 24_000
ANN = TrackRef("TR_1", Source.MICROPHONE, Speaker("ann", "Ann"))


class FakeStore:
    """A fake store: keeps what was written last of each subscription."""

    def __init__(self) -> None:
        self.ledgers: dict[tuple[str, int], dict[str, Any]] = {}
        self.writes: list[tuple[str, int]] = []
        self.away = False

    async def write_ledger(
        self, fence: Any, meeting_id: str, track: TrackRef, ledger: TrackLedger
    ) -> None:
        if self.away:
            raise RedisError("Redis does not answer in time")
        self.writes.append((track.sid, track.subscription))
        self.ledgers[track.sid, track.subscription] = ledger.as_dict()


class Bench:
    """Accounts of a job whose ears and sessions the test plays."""

    def __init__(self) -> None:
        self.unheard: list[Unheard] = []
        self.held = 0
        self.store = FakeStore()
        self.holding = cast(Any, _NoHolding())
        self.accounts = Accounts(self.holding, self._holes, lambda track: self.held)
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
    losses = 0

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


def holes(bench: Bench) -> list[tuple[str, int]]:
    """Of the meeting as written, once it has ended."""
    accounts = [
        Account("sage", "ann", sid, "microphone", subscription, TrackLedger.of_dict(fields))
        for (sid, subscription), fields in bench.store.ledgers.items()
    ]
    found = completeness([], accounts, ended=True).holes
    return [(hole.reason, hole.length_ms) for hole in found]


def hearing(bench: Bench) -> TrackLedger:
    """A track of which three seconds were sent, and one is held."""
    ledger = TrackLedger()
    bench.accounts.add(ANN, ledger)
    ledger.receive(4 * SECOND)
    ledger.send(3 * SECOND)
    bench.held = SECOND
    return ledger


async def test_what_is_held_when_the_agent_is_handed_over_is_its_successors() -> None:
    """That transcribes it from its own rings; the last writing is that of who was retired."""
    bench = Bench()
    hearing(bench)
    await bench.accounts.write()
    assert holes(bench) == [("unaccounted", 1000)]
    bench.accounts.leave(to_others=True)
    await bench.accounts.write()
    assert holes(bench) == []
    assert bench.store.ledgers["TR_1", 0]["dropped"] == {"left to the scribe": SECOND}


async def test_an_agent_that_could_not_be_handed_over_counts_on_as_before() -> None:
    """What it held is sent after all, and what it drops now nobody has."""
    bench = Bench()
    ledger = hearing(bench)
    bench.accounts.leave(to_others=True)
    await bench.accounts.write()
    bench.accounts.leave(to_others=False)
    ledger.send(SECOND // 2)
    ledger.drop(SECOND // 2, "closing")
    bench.held = 0
    await bench.accounts.write()
    assert holes(bench) == [("closing", 500)]


async def test_what_an_agent_gives_up_that_leaves_others_behind_is_theirs() -> None:
    """What it dropped before is lost as it was."""
    bench = Bench()
    ledger = hearing(bench)
    ledger.receive(SECOND)
    ledger.drop(SECOND, "overwritten")
    bench.accounts.leave(to_others=True)
    bench.accounts.leave(to_others=True)
    ledger.drop(SECOND, "closing")
    bench.held = 0
    await bench.accounts.write()
    assert holes(bench) == [("overwritten", 1000)]
    bench.accounts.leave(to_others=False)
    await bench.accounts.write()
    assert holes(bench) == [("closing", 1000), ("overwritten", 1000)]


async def test_what_redis_has_as_it_is_is_not_written_again() -> None:
    """A subscription that is over costs nothing any more, nor does an absence; but for a Redis that
    has lost its data, which needs all of it."""
    bench = Bench()
    over, runs = TrackLedger(), TrackLedger()
    bench.accounts.add(ANN, over)
    bench.accounts.add(replace(ANN, subscription=1), runs)
    over.receive(SECOND)
    over.send(SECOND)
    over.end = TrackEnd.UNSUBSCRIBED
    bench.absent(72_000)
    every = [("TR_1", 0), ("TR_1", 1), ("TR_1", NOT_HEARD)]
    bench.store.away = True
    await bench.accounts.write()
    bench.store.away = False
    await bench.accounts.write()
    assert bench.store.writes == every
    for _ in range(3):
        runs.receive(480)
        runs.send(480)
        await bench.accounts.write()
    assert bench.store.writes == every + 3 * [("TR_1", 1)]
    over.end_session(SessionEnd.IDLE)
    await bench.accounts.write()
    assert bench.store.writes[-1] == ("TR_1", 0)
    assert bench.store.ledgers["TR_1", 0]["sessions"] == {"idle": 1}
    bench.holding.losses += 1
    await bench.accounts.write()
    assert bench.store.writes[-3:] == every


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
