"""A meeting through a real SFU into a real Redis: every word, once, under the right name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from livekit import rtc

from roomhand.attribution.identity import TrackRef
from roomhand.attribution.segments import SegmentKind, Turn
from roomhand.room import audience, ears
from roomhand.room.recorder import Recorder
from roomhand.room.router import HandleRouter
from roomhand.room.session_listener import SessionListener
from roomhand_plugins.base import Transcript
from tests.system.gathering import NAMES, hold
from tests.system.stage import RATE, Tap, Venue

pytestmark = [pytest.mark.livekit, pytest.mark.redis]


@pytest.mark.timeout(240)
async def test_four_people_for_a_minute(venue: Venue, tap: Tap) -> None:
    """No word lost, doubled, moved or invented, in the record and in the captions; every sample
    of every track accounted for; and the agent, whom nobody called, silent."""
    held = await hold(venue, tap, NAMES, 60)
    if not held.score.carried:
        held = await hold(replace(venue, room=f"{venue.room}-again"), tap, NAMES, 60)
    assert held.script.overlap >= 0.2
    assert held.score.said >= 130
    assert held.score.carried, "the machine is too busy to carry audio"
    assert held.score.faultless, held.score
    shown = {
        segment.id: (segment.speaker, segment.track, segment.text)
        for segment in held.minutes.of(SegmentKind.SPEECH)
    }
    assert held.captions == shown
    assert not held.minutes.of(SegmentKind.AGENT)
    assert not held.minutes.of(SegmentKind.GAP)
    assert len(held.minutes.accounts) == len(NAMES)
    assert set(held.minutes.unaccounted.values()) == {0}
    assert held.minutes.dropped == {}


def swap_names(patch: pytest.MonkeyPatch) -> None:
    """The ears take Anna for Ben, and Ben for Anna."""
    other = {"p-anna": ("p-ben", "Ben"), "p-ben": ("p-anna", "Anna")}
    honest = audience.track_ref

    def swapped(*about: Any) -> TrackRef:
        ref = honest(*about)
        identity, name = other[ref.speaker.identity]
        return replace(ref, speaker=replace(ref.speaker, identity=identity, name=name))

    patch.setattr(ears, "track_ref", swapped)


def drop_a_word(patch: pytest.MonkeyPatch) -> None:
    """Of Anna's first words, 0.4 s become silence between ear and session."""
    honest = SessionListener.on_audio
    spoken: list[int] = []

    def deaf(self: SessionListener, start: int, pcm: bytes) -> None:
        anna = self._run.track.speaker.identity == "p-anna"
        if anna and not spoken and np.frombuffer(pcm, np.int16).max() > 1000:
            spoken.append(start)
        if anna and spoken and 0.6 <= (start - spoken[0]) / RATE < 1.0:
            pcm = bytes(len(pcm))
        honest(self, start, pcm)

    patch.setattr(SessionListener, "on_audio", deaf)


def double_words(patch: pytest.MonkeyPatch) -> None:
    """Every turn is recorded once more under another id."""
    honest = Recorder.words

    def twice(
        self: Recorder, track: TrackRef, turn: Turn, end_ms: int | None, words: Transcript
    ) -> None:
        honest(self, track, turn, end_ms, words)
        honest(self, track, replace(turn, id=f"{turn.id}.again"), end_ms, words)

    patch.setattr(Recorder, "words", twice)


def mix_up_tracks(patch: pytest.MonkeyPatch) -> None:
    """The router gives the first track's frames to the second one's ear, and the other way."""
    honest = HandleRouter.open
    takers: list[Callable[[bytes], None]] = []

    def mixed(self: HandleRouter, track: rtc.Track, **how: Any) -> Any:
        number = len(takers)
        takers.append(how["on_frame"])
        how["on_frame"] = lambda pcm: takers[(number ^ 1) % len(takers)](pcm)
        return honest(self, track, **how)

    patch.setattr(HandleRouter, "open", mixed)


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (swap_names, "misattributed"),
        (drop_a_word, "lost"),
        (double_words, "doubled"),
        (mix_up_tracks, "misattributed"),
    ],
)
async def test_a_planted_fault_is_found(
    venue: Venue,
    tap: Tap,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[pytest.MonkeyPatch], None],
    fault: str,
) -> None:
    """Each turns the check of the meeting above red, for its own reason."""
    plant(monkeypatch)
    held = await hold(venue, tap, NAMES[:2], 7)
    assert not held.score.faultless
    assert getattr(held.score, fault) > 0, held.score
