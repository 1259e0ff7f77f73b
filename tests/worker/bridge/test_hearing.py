"""Cutting a lane's audio into turns and silence."""

from __future__ import annotations

import numpy as np
import pytest

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.bridge.hearing import Hearing, HearingLimits
from roomhand.bridge.quiet import Breath
from roomhand.bridge.steps import Heard, Silence, Started, Stopped

pytestmark = pytest.mark.unit

SECOND = 24_000
LIMITS = HearingLimits(ring=60 * SECOND, preroll=SECOND // 2, tail=4_800, longest_turn=9 * SECOND)


def begin(anchor_ms: int = 0) -> Hearing:
    hearing = Hearing(LIMITS, "m1")
    track = TrackRef("TR1", Source.MICROPHONE, Speaker("anna", "Anna"))
    hearing.subscribe(track, Anchor(anchor_ms), TrackLedger())
    return hearing


def wave(seconds: float, level: float) -> bytes:
    at = np.arange(round(seconds * SECOND))
    return bytes((np.sin(at * 0.3) * level).astype("<i2").tobytes())


def feed(hearing: Hearing, pcm: bytes, frame: int = 1_200) -> list[Heard]:
    heard: list[Heard] = []
    for at in range(0, len(pcm), frame * 2):
        heard += hearing.receive(hearing.ring.end, pcm[at : at + frame * 2])
    return heard


def test_a_turn_has_its_pre_roll_its_tail_and_its_meeting_time() -> None:
    """What lies before is silence."""
    hearing = begin(anchor_ms=5_000)
    feed(hearing, bytes(4 * SECOND))
    silence, started = hearing.onset(SECOND + 2_400)
    assert isinstance(started, Started)
    assert silence == Silence(0, SECOND // 2 + 2_400)
    assert started.spoken.begin == SECOND // 2 + 2_400
    assert started.spoken.turn.id == "m1.TR1.6100"
    assert started.spoken.turn.onset == SECOND + 2_400
    (stopped,) = hearing.end(SECOND + 12_000)
    assert isinstance(stopped, Stopped)
    assert stopped.spoken.stop == SECOND + 16_800
    assert stopped.spoken.end_ms == 6_500


def test_a_turn_keeps_the_name_under_which_it_began() -> None:
    """The next one has the new name; both are of one subscription, and count into one ledger."""
    hearing = begin()
    old = hearing.run
    feed(hearing, bytes(4 * SECOND))
    hearing.onset(SECOND)
    hearing.rename(TrackRef("TR1", Source.MICROPHONE, Speaker("anna", "Annie")))
    (first,) = hearing.end(SECOND + 4_800)
    *_, second = hearing.onset(3 * SECOND)
    assert isinstance(first, Stopped)
    assert isinstance(second, Started)
    names = [one.spoken.run.track.speaker.name for one in (first, second)]
    assert names == ["Anna", "Annie"]
    assert second.spoken.run.track.is_same(old.track)
    assert (second.spoken.run.ledger, second.spoken.run.base) == (old.ledger, old.base)
    assert second.spoken.run.ledger is old.ledger


def test_turns_close_together_share_no_sample() -> None:
    """The pre-roll of the second ends where the first stopped."""
    hearing = begin()
    feed(hearing, bytes(4 * SECOND))
    hearing.onset(SECOND)
    hearing.end(SECOND + 4_800)
    (second,) = hearing.onset(SECOND + 7_200)
    assert isinstance(second, Started)
    assert second.spoken.begin == SECOND + 9_600


def test_silence_waits_until_no_pre_roll_can_reach_it() -> None:
    """Judged audio half a second old may still be a pre-roll."""
    hearing = begin()
    feed(hearing, bytes(4 * SECOND))
    assert hearing.judged(SECOND // 2) == []
    assert hearing.judged(SECOND) == [Silence(0, SECOND // 2)]
    assert hearing.undecided == 2 * SECOND - SECOND // 2


def test_an_open_speech_ends_with_its_subscription() -> None:
    """Its last samples are kept."""
    hearing = begin()
    feed(hearing, bytes(2 * SECOND))
    hearing.onset(SECOND // 2)
    (stopped,) = hearing.ended()
    assert isinstance(stopped, Stopped)
    assert stopped.spoken.stop == SECOND
    assert hearing.undecided == 0


def test_a_long_speech_is_cut_at_a_breath() -> None:
    """Late in the longest turn, in the first pause."""
    hearing = begin()
    feed(hearing, wave(1, 8_000))
    hearing.onset(0)
    heard = feed(hearing, wave(6, 8_000) + wave(0.3, 200) + wave(1, 8_000))
    stopped, started = heard
    assert isinstance(stopped, Stopped)
    assert isinstance(started, Started)
    assert stopped.spoken.stop == started.spoken.begin
    assert 7.1 * SECOND < started.spoken.begin <= 7.3 * SECOND


def test_words_without_a_breath_are_cut_between_two_of_them() -> None:
    """A gap of 60 ms is none, until the turn is nearly too long: then no word is cut in two."""
    hearing = begin()
    words = (wave(0.44, 8_000) + bytes(1_440 * 2)) * 24
    feed(hearing, words[: 24_000 * 2])
    hearing.onset(0)
    stopped, started = feed(hearing, words[24_000 * 2 :])
    assert isinstance(stopped, Stopped)
    assert isinstance(started, Started)
    assert 7.4 * SECOND <= started.spoken.begin <= 8.1 * SECOND
    assert 0.44 * SECOND + 960 <= started.spoken.begin % (SECOND // 2) <= SECOND // 2


def test_where_a_boundary_is_wanted_the_next_breath_is_one() -> None:
    """However short the turn is yet."""
    hearing = begin()
    hearing.boundary_wanted = True
    feed(hearing, wave(1, 8_000))
    hearing.onset(0)
    heard = feed(hearing, wave(1, 8_000) + wave(0.3, 200))
    assert [type(fact) for fact in heard] == [Stopped, Started]


def test_a_long_speech_without_a_breath_is_cut_at_the_longest() -> None:
    """Plainly."""
    hearing = begin()
    feed(hearing, wave(1, 8_000))
    hearing.onset(0)
    stopped, _ = feed(hearing, wave(10, 8_000))
    assert isinstance(stopped, Stopped)
    assert stopped.spoken.stop == 9 * SECOND


def test_a_cut_in_the_silence_after_the_last_word_makes_an_empty_turn() -> None:
    """The ears tell the end half a second late, and the cut fell in between."""
    hearing = begin()
    feed(hearing, wave(1, 8_000))
    hearing.onset(0)
    feed(hearing, wave(7, 8_000) + bytes(SECOND))
    (stopped,) = hearing.end(8 * SECOND)
    assert isinstance(stopped, Stopped)
    assert stopped.void


def test_breath_is_relative_to_the_speech() -> None:
    """A quiet person's pause is one, a loud room's noise is not speech."""
    for level in (300, 3_000, 30_000):
        breath = Breath()
        assert {breath.heard(wave(0.05, level)) for _ in range(40)} == {None}
        quiet = [breath.heard(wave(0.05, level * 0.1)) for _ in range(4)]
        assert quiet == [None, None, 480, 240]
    assert Breath().heard(b"") is None


def test_a_ring_too_small_for_the_longest_turn_is_refused() -> None:
    """Otherwise an open turn could be overwritten."""
    with pytest.raises(ValueError, match="must fit the ring"):
        HearingLimits(ring=SECOND, preroll=0, tail=0, longest_turn=SECOND)
