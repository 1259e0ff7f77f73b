"""A hidden participant who hears everybody: what is measured is what people in the room hear."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import numpy as np
from livekit import rtc

from roomhand.attribution.identity import parse_agent_identity
from roomhand_plugins.base import SAMPLE_RATE
from tests.demo.people import CONNECT_S, Samples

STEP_MS = 20
SILENCE_DB = -120.0
AUDIBLE_DB = -60.0
"""Everything above is heard, a ducked agent too."""
QUIET_S = 0.3
"""Without a sound for so long, somebody is quiet."""


@dataclass(slots=True)
class Heard:
    """What arrived of one participant, in steps of ``STEP_MS``: when, how loud, and the samples."""

    at_s: list[float] = field(default_factory=list)
    level_db: list[float] = field(default_factory=list)
    steps: list[Samples] = field(default_factory=list)
    audible_at_s: float = 0.0
    """When the last audible step arrived."""

    def audible_s(self, since_s: float, until_s: float = float("inf")) -> float:
        """Seconds of audible steps in a time."""
        steps = zip(self.at_s, self.level_db, strict=True)
        count = sum(since_s <= at <= until_s and level > AUDIBLE_DB for at, level in steps)
        return count * STEP_MS / 1000

    def span(self, since_s: float) -> tuple[float, float] | None:
        """The first and the last audible moment since then."""
        steps = zip(self.at_s, self.level_db, strict=True)
        audible = [at for at, level in steps if at >= since_s and level > AUDIBLE_DB]
        return (audible[0], audible[-1]) if audible else None

    def samples(self, since_s: float, until_s: float) -> Samples:
        """The audio of a time."""
        steps = zip(self.at_s, self.steps, strict=True)
        kept = [step for at, step in steps if since_s <= at <= until_s]
        return np.concatenate(kept) if kept else np.zeros(0, np.int16)


class Observer:
    """Records every track of a room. ``heard`` is by identity, ``agents`` by name."""

    def __init__(self) -> None:
        self.heard: dict[str, Heard] = {}
        self.agents: dict[str, Heard] = {}
        self._room = rtc.Room()
        self._streams: list[rtc.AudioStream] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._room.on("track_subscribed", self._on_track)

    async def join(self, url: str, token: str) -> None:
        """Connect and hear from now on."""
        await asyncio.wait_for(self._room.connect(url, token), CONNECT_S)

    async def leave(self) -> None:
        """Stop recording and leave. Calling again does nothing."""
        streams, self._streams = self._streams, []
        for stream in streams:
            await stream.aclose()
        await asyncio.wait_for(asyncio.gather(*self._tasks), CONNECT_S)
        await asyncio.wait_for(self._room.disconnect(), CONNECT_S)

    def speaks(self, identity: str) -> bool:
        """Whether a person is heard just now."""
        heard = self.heard.get(identity)
        return heard is not None and _now_heard(heard)

    def agent(self, name: str) -> Heard:
        """What arrived of an agent, whoever owns it."""
        return self.agents.setdefault(name.lower(), Heard())

    def agent_speaks(self, name: str) -> bool:
        """Whether an agent is heard just now."""
        return _now_heard(self.agent(name))

    @property
    def agents_speak(self) -> bool:
        """Whether any agent is heard just now."""
        return any(map(_now_heard, self.agents.values()))

    @property
    def agents_audible_at_s(self) -> float:
        """When the last audible step of any agent arrived."""
        return max((heard.audible_at_s for heard in self.agents.values()), default=0.0)

    def _on_track(
        self,
        track: rtc.Track,
        _: rtc.RemoteTrackPublication,
        participant: rtc.RemoteParticipant,
    ) -> None:
        if track.kind != rtc.TrackKind.KIND_AUDIO:
            return
        owned = parse_agent_identity(participant.identity)
        heard = (
            self.agent(owned[0]) if owned else self.heard.setdefault(participant.identity, Heard())
        )
        stream = rtc.AudioStream(track, sample_rate=SAMPLE_RATE, frame_size_ms=STEP_MS)
        self._streams.append(stream)
        self._tasks.append(asyncio.create_task(_record(stream, heard), name="observer"))


async def _record(stream: rtc.AudioStream, heard: Heard) -> None:
    async for event in stream:
        step = np.array(event.frame.data, np.int16)
        level_db = _level_db(step)
        heard.at_s.append(time.monotonic())
        heard.level_db.append(level_db)
        heard.steps.append(step)
        if level_db > AUDIBLE_DB:
            heard.audible_at_s = heard.at_s[-1]


def _now_heard(heard: Heard) -> bool:
    return time.monotonic() - heard.audible_at_s < QUIET_S


def _level_db(step: Samples) -> float:
    power = float(np.mean(np.square(step.astype(np.float64) / 32768)))
    return float(10 * np.log10(power)) if power > 0 else SILENCE_DB
