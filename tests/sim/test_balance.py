"""A ledger that balances is told from one that does not, at each of the four hops."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from roomhand.attribution.ledger import Account, TrackLedger
from tests.sim.balance import RATE, Imbalance, Wrong, imbalances
from tests.sim.drawing import draw
from tests.sim.expected import expected_ledger
from tests.sim.meeting import Attendant
from tests.sim.script import Window

pytestmark = pytest.mark.unit

SCRIPT = draw(2, 30, seed=2)
PEOPLE = [Attendant(role.identity, role.name, f"TR_{role.name}") for role in SCRIPT.cast]


def accounts(**changed: Any) -> list[Account]:
    """A second more than the script on each track, half a second of it sent around the words;
    ``changed``: of the first one, by so many samples."""
    made = []
    for due, person in zip(expected_ledger(SCRIPT), PEOPLE, strict=True):
        received = round((due.published_s + 1) * RATE)
        sent = round((due.spoken_s + 0.5) * RATE)
        ledger = TrackLedger(received, sent, received - sent, subscribed=received)
        made.append(Account("sage", person.identity, person.track, "microphone", 0, ledger))
    first = made[0].ledger
    for name, by in changed.items():
        value = by if isinstance(by, Counter) else getattr(first, name) + by
        setattr(first, name, value)
    return made


def wrongs(*, got: int | None = None, **changed: Any) -> list[Wrong]:
    """What is found."""
    found = imbalances(SCRIPT, PEOPLE, accounts(**changed), got=got)
    return [one.wrong for one in found]


def test_what_balances_is_not_complained_about() -> None:
    assert wrongs() == []
    assert wrongs(got=sum(one.ledger.sent for one in accounts())) == []


def test_time_that_nobody_has_is_found() -> None:
    """Router: half a second was neither received nor declared absent, or was there twice. And by
    the script alone, where the clock of the ledger stood still, too."""
    for by in (RATE // 2, -RATE // 2):
        assert wrongs(received=by, gated=by) == [Wrong.TIME]
    for by in (-5 * RATE, 120 * RATE):
        assert wrongs(received=by, gated=by, subscribed=by) == [Wrong.TIME]


def test_a_declared_hole_that_nobody_made_is_found() -> None:
    assert wrongs(absent=Counter(undelivered=9_600), subscribed=9_600) == [Wrong.ABSENT]


def test_a_hole_that_somebody_made_must_be_declared() -> None:
    """And is fine then."""
    lost = replace(SCRIPT.cast[0], unheard=(Window(4.0, 12.0),))
    script = replace(SCRIPT, cast=(lost, *SCRIPT.cast[1:]))
    found = imbalances(script, PEOPLE, accounts())
    assert [one.wrong for one in found] == [Wrong.ABSENT]
    declared = accounts(
        absent=Counter(reconnect=8 * RATE + 900),
        subscribed=900,
        received=-8 * RATE,
        gated=-8 * RATE,
    )
    assert imbalances(script, PEOPLE, declared) == []


def test_a_sample_that_is_in_no_term_is_found() -> None:
    """Ring and bridge."""
    found = imbalances(SCRIPT, PEOPLE, accounts(gated=-1))
    assert found == [Imbalance(Wrong.UNCOUNTED, "sage:0:TR_Anna:0", 1)]
    assert wrongs(gated=-480, dropped=Counter(closing=480)) == [Wrong.DROPPED]


def test_speech_that_was_gated_is_found() -> None:
    assert wrongs(sent=-2 * RATE, gated=2 * RATE) == [Wrong.UNSPOKEN]


def test_what_the_provider_did_not_get_is_found() -> None:
    """Socket: sent, by our count alone."""
    assert wrongs(got=sum(one.ledger.sent for one in accounts()) - 4_800) == [Wrong.UNREACHED]


def test_a_track_without_any_ledger_is_found() -> None:
    found = imbalances(SCRIPT, PEOPLE, accounts()[1:])
    assert {one.wrong for one in found} == {Wrong.TIME, Wrong.UNSPOKEN}
