"""Who hears every owner of an agent apart, by its epoch."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from livekit import rtc

from roomhand.attribution.identity import parse_agent_identity
from tests.worker.room.listening_person import STEP_MS, in_steps, stream_of

AUDIBLE = 300
"""Peak of a step of 10 ms that a person would notice: -40 dB."""
ADJACENT_S = 0.05
LEAVES_S = 10.0


@dataclass
class Audience:
    """Hears every owner of the agent apart: when there was sound, by its epoch."""

    room: rtc.Room
    frame_ms: int = STEP_MS
    """One that is cut short by the end of a track is not heard."""
    heard_s: dict[int, list[float]] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    """By the id of the publication. Of one that is gone nothing is noted: the SDK lets its stream
    tell what whoever got its transceiver says."""

    def listen(self) -> None:
        """From now on."""
        self.room.on("track_subscribed", self._on_track)
        self.room.on("track_unsubscribed", self._on_end)

    def _on_track(
        self,
        track: rtc.Track,
        publication: rtc.RemoteTrackPublication,
        participant: rtc.RemoteParticipant,
    ) -> None:
        parsed = parse_agent_identity(participant.identity)
        if parsed is not None and track.kind == rtc.TrackKind.KIND_AUDIO:
            heard = self.heard_s.setdefault(parsed[1], [])
            noting = asyncio.create_task(_note(stream_of(track, frame_ms=self.frame_ms), heard))
            self._tasks[publication.sid] = noting

    def _on_end(
        self, _: rtc.Track, publication: rtc.RemoteTrackPublication, __: rtc.RemoteParticipant
    ) -> None:
        if publication.sid in self._tasks:
            self._tasks[publication.sid].cancel()

    def heard_ms(self, below_epoch: int, since_s: float) -> int:
        """Milliseconds of sound of older owners since then. A frame of ours is 20 ms long: a lone
        step of 10 ms is what the listener's decoder makes up where a track is taken away."""
        return late_ms(self.heard_s, {below_epoch: since_s})

    async def close(self) -> None:
        """Leave."""
        await asyncio.wait_for(self.room.disconnect(), LEAVES_S)
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


def late_ms(heard_s: Mapping[int, Sequence[float]], since_s: Mapping[int, float]) -> int:
    """Milliseconds of sound of each owner after a newer one was there. Both by epoch."""
    found = 0
    for epoch, at_s in heard_s.items():
        over_s = min(
            (from_s for newer, from_s in since_s.items() if newer > epoch), default=math.inf
        )
        found += 10 * adjacent([at for at in at_s if at > over_s])
    return found


def two_audible_ms(heard_s: Mapping[int, Sequence[float]]) -> int:
    """Milliseconds of sound of an owner after a newer one was heard, for which there is no need:
    nobody who has given the agent away gets it again."""
    return late_ms(heard_s, {epoch: min(at_s) for epoch, at_s in heard_s.items() if at_s})


def adjacent(times_s: Sequence[float]) -> int:
    """How many of them have another within 50 ms."""
    gaps_s = [math.inf, *(b - a for a, b in pairwise(times_s)), math.inf]
    return sum(min(before, after) <= ADJACENT_S for before, after in pairwise(gaps_s))


async def _note(stream: rtc.AudioStream, heard_s: list[float]) -> None:
    try:
        async for event in stream:
            for at_s, step in in_steps(event.frame, time.time()):
                if np.abs(step).max(initial=0) > AUDIBLE:
                    heard_s.append(at_s)
    finally:
        await stream.aclose()
