"""The ledger: every sample in one term, and a sample that nobody counted is seen."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.attribution.ends import SessionEnd, TrackEnd
from roomhand.attribution.ledger import TrackLedger

pytestmark = pytest.mark.unit

shares = st.lists(st.tuples(st.sampled_from(["sent", "gated", "dropped"]), st.integers(0, 10**6)))


@given(shares, st.integers(0, 10**6))
def test_it_balances_when_every_sample_is_in_one_term(
    parts: list[tuple[str, int]], held: int
) -> None:
    """What a ring still holds counts as held."""
    ledger = TrackLedger()
    ledger.receive(held)
    for where, samples in parts:
        ledger.receive(samples)
        if where == "sent":
            ledger.send(samples)
        elif where == "gated":
            ledger.gate(samples)
        else:
            ledger.drop(samples, "ring full")
    assert ledger.unaccounted(held) == 0


@pytest.mark.parametrize(("sent", "missing"), [(470, 10), (490, -10)])
def test_lost_and_doubled_samples_are_seen(sent: int, missing: int) -> None:
    """Lost ones are positive, doubled ones negative."""
    ledger = TrackLedger()
    ledger.receive(480)
    ledger.send(sent)
    assert ledger.unaccounted() == missing


def test_holes_are_listed_by_reason() -> None:
    """A hole of no length is none; absence is no part of what was received."""
    ledger = TrackLedger()
    ledger.receive(300)
    ledger.drop(100, "ring full")
    ledger.drop(200, "ring full")
    ledger.drop(0, "nothing")
    ledger.declare_absent(50, "muted")
    ledger.declare_absent(0, "nothing")
    assert ledger.unaccounted() == 0
    assert json.loads(json.dumps(ledger.as_dict())) == {
        "received": 300,
        "sent": 0,
        "gated": 0,
        "dropped": {"ring full": 300},
        "absent": {"muted": 50},
        "subscribed": 0,
        "sessions": {},
        "end": None,
        "others": False,
    }


def test_what_was_on_its_way_at_the_end_is_not_owed() -> None:
    """Time never goes back while a track runs; at its end the audio's own end counts."""
    ledger = TrackLedger()
    ledger.receive(300)
    ledger.reach(340)
    ledger.reach(320)
    assert ledger.owed == 40
    ledger.stop(300)
    assert ledger.owed == 0


def test_it_is_read_as_it_was_written_and_so_is_an_older_one() -> None:
    """Workers of two versions write into one meeting while a cluster is upgraded."""
    ledger = TrackLedger()
    ledger.receive(300)
    ledger.reach(340)
    ledger.reach(320)
    ledger.end_session(SessionEnd.RELIEVED)
    ledger.end, ledger.others = TrackEnd.LEFT, True
    written = json.loads(json.dumps(ledger.as_dict()))
    assert TrackLedger.of_dict(written) == ledger
    assert (ledger.owed, written["sessions"], written["end"]) == (40, {"relieved": 1}, "left")
    older = {name: written[name] for name in ("received", "sent", "gated", "dropped", "absent")}
    assert TrackLedger.of_dict(older) == TrackLedger(received=300)
