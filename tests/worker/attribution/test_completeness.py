"""A transcript says that it is complete, or lists what it lacks; nothing missing goes unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomhand.attribution.completeness import UNACCOUNTED, Hole, completeness
from roomhand.attribution.ledger import LEFT_TO_SCRIBE, UNDELIVERED, Account, TrackLedger
from roomhand.attribution.segments import Segment, SegmentKind

pytestmark = pytest.mark.unit

SECOND = 24_000


def account(agent: str = "sage", track: str = "TR_A", **terms: Any) -> Account:
    """Ann's microphone as one agent heard it."""
    ledger = TrackLedger()
    ledger.receive(terms.get("received", 0))
    ledger.send(terms.get("sent", 0))
    ledger.gate(terms.get("gated", 0))
    for reason, samples in terms.get("dropped", {}).items():
        ledger.drop(samples, reason)
    for reason, samples in terms.get("absent", {}).items():
        ledger.declare_absent(samples, reason)
    return Account(agent, "ann", track, "microphone", 0, ledger, terms.get("epoch", 0))


def segment(kind: SegmentKind, text: str, **more: Any) -> Segment:
    """Of Ann, from second 10 to 12."""
    fields = {"id": "m.TR_A.10000", "speaker": "ann", "name": "Ann", "track": "TR_A"} | more
    return Segment(kind=kind, text=text, start_ms=10_000, end_ms=12_000, **fields)


GAP = segment(SegmentKind.GAP, "overwritten", id="m.TR_A.10000.gap")


def holes(*segments: Segment, accounts: tuple[Account, ...] = (), ended: bool = True) -> list[Hole]:
    """What is missing."""
    return list(completeness(segments, accounts, ended=ended).holes)


def test_a_meeting_whose_samples_all_went_somewhere_is_complete() -> None:
    """Sent, or silence, or left to another agent."""
    whole = account(received=30, sent=10, gated=15, dropped={LEFT_TO_SCRIBE: 5})
    said = segment(SegmentKind.SPEECH, "hello")
    assert completeness([said], [whole], ended=True).complete


def test_a_gap_is_a_hole_with_its_time() -> None:
    """Its samples, dropped, are not listed again."""
    lost = account(received=2 * SECOND, dropped={"overwritten": 2 * SECOND})
    assert holes(GAP, accounts=(lost,)) == [Hole("ann", "Ann", "overwritten", 2000, 10_000)]


def test_what_was_dropped_beyond_the_gaps_is_a_hole_too() -> None:
    """Whoever wrote the gap may not have been there for the rest."""
    lost = account(received=5 * SECOND, dropped={"overwritten": 5 * SECOND})
    assert holes(GAP, accounts=(lost,))[1:] == [Hole("ann", "Ann", "overwritten", 3000)]


def test_a_gap_that_is_longer_than_what_was_dropped_hides_no_other_drop() -> None:
    """Most of its turn was sent; what another owner dropped is none of it."""
    first = account(received=SECOND // 2, dropped={"overwritten": SECOND // 2})
    other = replace(first, epoch=2)
    rest = Hole("ann", "Ann", "overwritten", 500)
    assert holes(GAP, accounts=(first, other))[1:] == [rest]
    assert holes(replace(GAP, epoch=2), accounts=(first, other))[1:] == [rest]
    assert holes(GAP, accounts=(first,))[1:] == []


def test_a_gap_that_another_scribe_filled_is_none() -> None:
    """It had the turn in its ring."""
    assert holes(GAP, segment(SegmentKind.SPEECH, "hello")) == []


def test_a_gap_of_one_turn_is_not_filled_by_another() -> None:
    """Only the same turn has its words."""
    other = segment(SegmentKind.SPEECH, "hello", id="m.TR_A.20000")
    assert len(holes(GAP, other)) == 1


def test_time_in_which_nothing_was_delivered_is_a_hole() -> None:
    """And so is a track for which there was no place."""
    absent = account(absent={"reconnect": SECOND, "max_tracks": 2 * SECOND})
    assert [(hole.reason, hole.length_ms, hole.start_ms) for hole in holes(accounts=(absent,))] == [
        ("max_tracks", 2000, None),
        ("reconnect", 1000, None),
    ]


UNHEARD = segment(SegmentKind.GAP, "reconnect", id="m.TR_A.10000.unheard.gap", epoch=1)


def test_what_the_scribe_did_not_hear_is_a_hole_whoever_else_heard_it() -> None:
    """An agent that came later knows nothing of it, and one that was there transcribed nothing."""
    scribe = account(absent={"reconnect": 3 * SECOND})
    later = account("nova")
    reader = account("max", received=9 * SECOND, dropped={LEFT_TO_SCRIBE: 9 * SECOND})
    missing = Hole("ann", "ann", "reconnect", 3000)
    assert holes(accounts=(scribe, later)) == [missing]
    assert holes(accounts=(scribe, reader)) == [missing]


def test_what_an_agent_did_not_hear_while_another_was_the_scribe_is_no_hole() -> None:
    """Nor what came late to it."""
    reader = account("nova", absent={LEFT_TO_SCRIBE: 3 * SECOND}, received=SECOND, sent=SECOND)
    reader.ledger.reach(9 * SECOND)
    reader.ledger.others = True
    assert holes(accounts=(account(), reader)) == []
    reader.ledger.others = False
    assert [hole.reason for hole in holes(accounts=(account(), reader))] == [UNDELIVERED]


def test_time_in_which_the_scribe_did_not_hear_a_track_is_listed_once() -> None:
    """As the gap that says when; the ledger knows of it, too."""
    scribe = account(absent={"reconnect": 2 * SECOND}, epoch=1)
    assert holes(UNHEARD, accounts=(scribe,)) == [Hole("ann", "Ann", "reconnect", 2000, 10_000)]


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ((9_000, 13_000), []),
        ((9_000, 10_500), [(10_500, 1500)]),
        ((10_500, 11_000), [(10_000, 500), (11_000, 1000)]),
        ((12_000, 13_000), [(10_000, 2000)]),
    ],
)
def test_what_another_owner_transcribed_meanwhile_is_no_hole(
    said: tuple[int, int], rest: list[tuple[int, int]]
) -> None:
    """Proven by its words; the scribe's own prove nothing, nor do those of another track."""
    start_ms, end_ms = said
    words = replace(segment(SegmentKind.SPEECH, "hello", id="s"), start_ms=start_ms, end_ms=end_ms)
    theirs = replace(words, epoch=2)
    found = holes(UNHEARD, theirs, accounts=(account(absent={"reconnect": 2 * SECOND}, epoch=1),))
    assert [(hole.start_ms, hole.length_ms) for hole in found] == rest
    for other in (replace(words, epoch=1), replace(theirs, track="TR_B")):
        assert len(holes(UNHEARD, other)) == 1
        assert holes(UNHEARD, other)[0].length_ms == 2000


def test_samples_that_nobody_counted_are_a_hole_once_the_meeting_has_ended() -> None:
    """Before, they are on their way. Counted twice is wrong, too."""
    for lost in (account(received=SECOND), account(received=SECOND, sent=2 * SECOND)):
        assert holes(accounts=(lost,), ended=False) == []
        assert holes(accounts=(lost,)) == [Hole("ann", "ann", UNACCOUNTED, 1000)]


def test_audio_that_is_late_is_a_hole_while_it_is_missing() -> None:
    """Also while the meeting goes on; a jitter buffer's worth is none."""
    for owed_ms, found in ((900, []), (5_000, [Hole("ann", "ann", UNDELIVERED, 5_000)])):
        late = account(received=SECOND, sent=SECOND)
        late.ledger.reach(SECOND + owed_ms * 24)
        assert holes(accounts=(late,), ended=False) == found
    late.ledger.receive(5 * SECOND)
    assert holes(accounts=(late,), ended=False) == []


terms = st.dictionaries(st.sampled_from(["overwritten", "closing"]), st.integers(24, 10**6))


@settings(deadline=None)
@given(terms, terms, st.integers(-(10**6), 10**6))
def test_nothing_that_is_missing_goes_unseen(
    dropped: dict[str, int], absent: dict[str, int], uncounted: int
) -> None:
    """Whatever is missing for a millisecond or more."""
    received = 10**7
    sent = received - sum(dropped.values()) - uncounted
    found = completeness(
        [],
        [account(received=received, sent=sent, dropped=dropped, absent=absent)],
        ended=True,
    )
    assert found.complete == (not dropped and not absent and abs(uncounted) < 24)
