"""Tracks that are to be heard and bring nothing: their time is declared, now and for good."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from livekit import rtc

from roomhand.attribution.ends import TrackEnd
from roomhand.room.ear import ARRIVAL_MS
from roomhand.room.places import Place, Places

pytestmark = pytest.mark.unit

MS = 24
SID = "TR_1"


def places(*, wanted_ms: int = 1_000) -> Places:
    """One track of Ann's, subscribed to at that time."""
    made = Places(max_tracks=4)
    participant = SimpleNamespace(
        identity="ann", name="Ann", kind=rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD
    )
    source = rtc.TrackSource.SOURCE_MICROPHONE
    publication = SimpleNamespace(sid=SID, source=source, muted=False)
    made.heard[SID] = Place(cast(Any, participant), cast(Any, publication))
    made.past(SID).wanted_ms = wanted_ms
    return made


def absent(made: Places, now_ms: int) -> list[dict[str, int]]:
    """What is declared of it, in milliseconds."""
    listed = [*made.past_unheard.values(), *made.deaf(now_ms)]
    return [{why: n // MS for why, n in one.ledger.absent.items()} for one in listed]


def test_a_track_that_never_brings_audio_is_a_hole_from_when_it_was_wanted() -> None:
    """As one whose subscription LiveKit refuses; not one that takes its usual moment."""
    made = places()
    assert absent(made, 1_000 + ARRIVAL_MS) == []
    assert absent(made, 6_000) == [{"undelivered": 5_000}]
    made.forget(SID, 7_000, TrackEnd.LEFT)
    assert absent(made, 99_000) == [{"undelivered": 6_000}]
    assert made.past_unheard[SID].ledger.end is TrackEnd.LEFT


def test_who_was_there_before_the_agent_listened_was_to_be_heard_since_it_came() -> None:
    """On a busy machine that is a while: it counts, so that what is not in the record is listed."""
    made = places()
    made.want_since(200)
    assert absent(made, ARRIVAL_MS + 201) == [{"undelivered": ARRIVAL_MS + 1}]
    made.want_since(800)
    assert absent(made, ARRIVAL_MS + 201) == [{"undelivered": ARRIVAL_MS + 1}]


def test_a_subscription_that_does_not_come_back_is_a_hole_until_the_track_is_gone() -> None:
    """With the reason, and counted once if the same track should be published again."""
    made = places()
    made.past(SID).heard_until_ms = 10_000
    assert absent(made, 13_000) == [{"reconnect": 3_000}]
    made.past(SID).reason = "failed"
    made.forget(SID, 15_000, TrackEnd.UNPUBLISHED)
    assert absent(made, 20_000) == [{"failed": 5_000}]
    assert made.past(SID).absence(20_000) == (5_000, "failed")


def test_no_absence_is_forgotten_however_many_there_were() -> None:
    """The sum of a track is written over what was written before."""
    made = places()
    place = made.heard[SID]
    made.past(SID).heard_until_ms = 0
    for second in range(3, 3 * 1_200 + 1, 3):
        made.heard[SID] = place
        made.forget(SID, second * 1_000, TrackEnd.UNPUBLISHED)
    assert absent(made, 99_000_000) == [{"reconnect": 3_600_000}]


def test_what_is_not_heard_while_another_is_the_scribe_is_left_to_that() -> None:
    """From when on it is ours, it is a hole."""
    made = places()
    made.past(SID).heard_until_ms = 10_000
    made._ours_from_ms = lambda: None
    assert absent(made, 13_000) == [{"left to the scribe": 3_000}]
    made._ours_from_ms = lambda: 12_000
    assert absent(made, 13_000) == [{"left to the scribe": 2_000, "reconnect": 1_000}]


def test_a_track_that_is_heard_is_no_hole() -> None:
    """However long it is there."""
    made = places()
    made.past(SID).hearing = True
    assert absent(made, 99_000) == []
    made.forget(SID, 99_000, TrackEnd.CLOSED)
    assert absent(made, 99_000) == []


def test_all_have_come_when_each_brings_audio_or_is_muted() -> None:
    made = places()
    assert not made.all_come
    made.past(SID).hearing = True
    assert made.all_come
    made.past(SID).hearing = False
    cast(Any, made.heard[SID].publication).muted = True
    assert made.all_come
