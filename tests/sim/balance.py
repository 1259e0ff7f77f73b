"""Where a ledger does not say what became of the audio of a scripted meeting. Pure.

A sample passes four hops: the router gives it to an ear, the ear to the ring of its lane, the
bridge takes it from there for a session, and a socket carries it to the provider. The ledger has a
count at each; ``imbalances`` compares them with each other, with the script, and with what the
provider says that it got.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from roomhand.attribution.ledger import LEFT_TO_SCRIBE, Account
from tests.sim.expected import TrackTime, expected_ledger
from tests.sim.meeting import Attendant
from tests.sim.script import Script

RATE = 24_000
STARTING_S = 120.0
"""How much longer a track may be there than its script says: everybody comes before it begins, and
nobody goes before the last words are there."""
OWED_S = 0.45
"""Between what a subscription brought or declared absent, and its time by the clock: what a busy
machine keeps in the jitter buffer. The ledger itself declares a second of it absent."""
LATE_S = 1.0
"""And how much shorter: who comes, or publishes anew, is there when a busy machine is done with it,
and the first frames of a track may be gone before it is subscribed to."""
ABSENT_TOLERANCE_S = 2.0
"""Between a subscription that was asked for and its first audio."""


class Wrong(StrEnum):
    """What is out of balance."""

    TIME = "time"
    """Received and declared absent are not the time for which the track was there."""
    ABSENT = "absent"
    """Something is declared absent that nobody took away, or not what somebody did."""
    UNCOUNTED = "uncounted"
    """Received, and neither sent nor gated nor dropped; or twice."""
    DROPPED = "dropped"
    UNSPOKEN = "unspoken"
    """Less was sent than was said."""
    UNREACHED = "unreached"
    """Sent, and not got by the provider."""


@dataclass(frozen=True, slots=True)
class Imbalance:
    """``samples`` at 24 kHz too few (positive) or too many (negative)."""

    wrong: Wrong
    of: str
    samples: int


def imbalances(
    script: Script,
    people: Sequence[Attendant],
    accounts: Iterable[Account],
    *,
    got: int | None = None,
) -> list[Imbalance]:
    """Of the ledgers of one agent. ``got``: samples that its provider got, where none was sent
    twice."""
    known = list(accounts)
    tracks = {one.identity: one.tracks for one in people}
    found = [wrong for account in known for wrong in _of_account(account)]
    for due in expected_ledger(script):
        sid = tracks[due.identity][due.publication]
        found += _of_track(due, [one for one in known if one.track == sid])
    sent = sum(one.ledger.sent for one in known)
    if got is not None and got != sent:
        found.append(Imbalance(Wrong.UNREACHED, "", sent - got))
    return found


def _of_account(account: Account) -> list[Imbalance]:
    ledger = account.ledger
    dropped = ledger.dropped.total() - ledger.dropped[LEFT_TO_SCRIBE]
    owed = ledger.owed if abs(ledger.owed) > OWED_S * RATE else 0
    counts = {Wrong.TIME: owed, Wrong.UNCOUNTED: ledger.unaccounted(), Wrong.DROPPED: dropped}
    return [Imbalance(wrong, account.name, count) for wrong, count in counts.items() if count]


def _of_track(due: TrackTime, accounts: Sequence[Account]) -> list[Imbalance]:
    name = f"{due.identity}/{due.publication}"
    received = sum(one.ledger.received for one in accounts)
    sent = sum(one.ledger.sent for one in accounts)
    absent: Counter[str] = Counter()
    for one in accounts:
        absent.update(one.ledger.absent)
    short = due.published_s * RATE - received - absent.total()
    found = []
    if not -STARTING_S * RATE <= short <= LATE_S * RATE:
        found.append(Imbalance(Wrong.TIME, name, round(short)))
    for reason in {*absent, *due.absent_s}:
        off = due.absent_s.get(reason, 0.0) * RATE - absent[reason]
        if abs(off) > (ABSENT_TOLERANCE_S * RATE if reason in due.absent_s else 0):
            found.append(Imbalance(Wrong.ABSENT, f"{name}: {reason}", round(off)))
    if sent < due.spoken_s * RATE:
        found.append(Imbalance(Wrong.UNSPOKEN, name, round(due.spoken_s * RATE - sent)))
    return found
