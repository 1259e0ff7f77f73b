"""Faults put into the product on purpose, each as a named fake: the checks must find them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pytest
from livekit import rtc

from roomhand.attribution.identity import TrackRef
from roomhand.attribution.segments import Turn
from roomhand.bridge.ring import SampleRing
from roomhand.bridge.steps import Step
from roomhand.bridge.uplink import Uplink
from roomhand.room import audience, ears
from roomhand.room.recorder import Recorder
from roomhand.room.router import HandleRouter
from roomhand.room.session_listener import SessionListener
from roomhand_plugins.base import Transcript
from roomhand_plugins.openai.session import OpenAISession
from tests.sim.balance import Wrong
from tests.system.stage import RATE

Plant: TypeAlias = Callable[[pytest.MonkeyPatch], None]

# Faults of a transcript.


def swap_names(patch: pytest.MonkeyPatch) -> None:
    """The ears take Anna for Ben, and Ben for Anna."""
    other = {"p-anna": ("p-ben", "Ben"), "p-ben": ("p-anna", "Anna")}
    honest = audience.track_ref

    def swapped(*about: Any) -> TrackRef:
        ref = honest(*about)
        identity, name = other.get(ref.speaker.identity, (ref.speaker.identity, ref.speaker.name))
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


TRANSCRIPT: Mapping[str, tuple[Plant, str]] = {
    "swap": (swap_names, "misattributed"),
    "drop": (drop_a_word, "lost"),
    "double": (double_words, "doubled"),
    "mix": (mix_up_tracks, "misattributed"),
}
"""By name: the fault, and what it must be found as."""

# Audio that a hop loses without a word.

DROPPED_FRAMES = range(40, 60)
"""At 20 ms: from 0.8 s on, for 0.4 s."""


def leaky_router(patch: pytest.MonkeyPatch) -> None:
    """Some frames of every track never reach its ear."""
    honest = HandleRouter.open

    def leaky(self: HandleRouter, track: rtc.Track, **how: Any) -> Any:
        taken, seen = how["on_frame"], iter(range(1_000_000))
        how["on_frame"] = lambda pcm: None if next(seen) in DROPPED_FRAMES else taken(pcm)
        return honest(self, track, **how)

    patch.setattr(HandleRouter, "open", leaky)


def leaky_ring(patch: pytest.MonkeyPatch) -> None:
    """The ring does not keep some of the speech that it is given, and says nothing."""
    honest = SampleRing.append
    seen = {"loud": 0}

    def leaky(self: SampleRing, pcm: bytes) -> None:
        seen["loud"] += int(np.frombuffer(pcm, np.int16).max() > 1000)
        if seen["loud"] == DROPPED_FRAMES.start:
            seen["loud"] += 1
            pcm = pcm[: len(pcm) // 2]
        honest(self, pcm)

    patch.setattr(SampleRing, "append", leaky)


def leaky_bridge(patch: pytest.MonkeyPatch) -> None:
    """The bridge passes over what it had to send of a turn, once."""
    honest = Uplink.next
    passed: list[int] = []

    def leaky(self: Uplink, now_s: float) -> Step:
        spoken, end = self.turns.unsent, self.hearing.ring.end
        if not passed and spoken is not None and spoken.begin + RATE < spoken.sent < end:
            passed.append(spoken.sent)
            spoken.sent = spoken.fresh = end
        return honest(self, now_s)

    patch.setattr(Uplink, "next", leaky)


def leaky_socket(patch: pytest.MonkeyPatch) -> None:
    """A message with audio is gone between plugin and provider."""
    honest = OpenAISession.send_audio
    seen = {"messages": 0}

    async def leaky(self: OpenAISession, pcm: bytes) -> None:
        seen["messages"] += 1
        if seen["messages"] != 6:
            await honest(self, pcm)

    patch.setattr(OpenAISession, "send_audio", leaky)


HOPS: Mapping[str, tuple[Plant, Wrong]] = {
    "router": (leaky_router, Wrong.ABSENT),
    "ring": (leaky_ring, Wrong.UNCOUNTED),
    "bridge": (leaky_bridge, Wrong.UNCOUNTED),
    "socket": (leaky_socket, Wrong.UNREACHED),
}
"""By hop: the fault, and how the ledger shows it."""
