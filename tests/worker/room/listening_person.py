"""A participant who listens: what a person in the room really hears, sample by sample."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar, Literal

import numpy as np
from livekit import api, rtc
from livekit.rtc._ffi_client import FfiClient
from numpy.typing import NDArray

from tests.sim import servers

RATE = 24_000
STEP_MS = 10
CHIRP_HZ = 400
CHIRP_HZ_PER_S = 500


Kind = Literal["standard", "agent"]


def token(server: servers.LiveKit, room: str, identity: str, kind: Kind = "standard") -> str:
    """Admission to a room for one hour."""
    grants = api.VideoGrants(room_join=True, room=room, can_update_own_metadata=True)
    return (
        api.AccessToken(server.api_key, server.api_secret)
        .with_identity(identity)
        .with_kind(kind)
        .with_grants(grants)
        .with_ttl(timedelta(hours=1))
        .to_jwt()
    )


async def join(
    server: servers.LiveKit,
    room: str,
    identity: str,
    *,
    kind: Kind = "standard",
    auto_subscribe: bool = True,
) -> rtc.Room:
    """Connect as a participant. Who listens to events from the next line on misses none: no task
    comes between, as one of ``wait_for`` would."""
    joined = rtc.Room()
    admission = token(server, room, identity, kind)
    options = rtc.RoomOptions(auto_subscribe=auto_subscribe)
    async with asyncio.timeout(10):
        await joined.connect(server.url, admission, options)
    return joined


def tone(hertz: float, ms: float, level: float = 0.4) -> bytes:
    """A sine of full turns where ``hertz`` allows, mono int16."""
    at = np.arange(int(ms * RATE / 1000)) / RATE
    return (np.sin(2 * np.pi * hertz * at) * level * 32767).astype(np.int16).tobytes()


def chirp(ms: float) -> bytes:
    """A rising tone whose pitch tells the position; see ``chirp_at``."""
    at = np.arange(int(ms * RATE / 1000)) / RATE
    phase = 2 * np.pi * (CHIRP_HZ * at + CHIRP_HZ_PER_S * at**2 / 2)
    return (np.sin(phase) * 0.4 * 32767).astype(np.int16).tobytes()


def chirp_at(samples: NDArray[np.int16]) -> float:
    """Milliseconds of the chirp at the first of these samples (40 ms of them)."""
    size = 16384
    power = np.log(np.abs(np.fft.rfft(samples * np.hanning(len(samples)), size)) + 1e-9)
    peak = int(power[100:].argmax()) + 100
    left, top, right = power[peak - 1 : peak + 2]
    exact = peak + 0.5 * (left - right) / (left - 2 * top + right)
    middle_ms = (exact * RATE / size - CHIRP_HZ) / CHIRP_HZ_PER_S * 1000
    return float(middle_ms - len(samples) * 500 / RATE)


@dataclass
class Recording:
    """What arrived, in steps of 10 ms: when (monotonic seconds), and its samples."""

    at_s: list[float] = field(default_factory=list)
    steps: list[NDArray[np.int16]] = field(default_factory=list)

    def levels_db(self, since_s: float = 0.0) -> list[tuple[float, float]]:
        """(arrival, dB of full scale) of each step."""
        return [
            (at, _db(step)) for at, step in zip(self.at_s, self.steps, strict=True) if at >= since_s
        ]

    def audible(self, since_s: float = 0.0, above_db: float = -40.0) -> list[float]:
        """Arrival times of the steps that a person would notice."""
        return [at for at, level in self.levels_db(since_s) if level > above_db]

    def forget(self) -> None:
        """Begin anew: who looks at all of a long recording again and again is late for the next
        sound."""
        self.at_s.clear()
        self.steps.clear()

    def samples(self) -> NDArray[np.int16]:
        """All of it in one piece."""
        return np.concatenate(self.steps) if self.steps else np.zeros(0, np.int16)


def _db(step: NDArray[np.int16]) -> float:
    power = float(np.mean(np.square(step.astype(np.float64) / 32768)))
    return float(10 * np.log10(power + 1e-12))


def in_steps(frame: rtc.AudioFrame, at_s: float) -> Iterator[tuple[float, NDArray[np.int16]]]:
    """Mono sound that came then, in steps of 10 ms, each with when it would have come by itself."""
    samples = np.array(frame.data, np.int16)
    size = frame.sample_rate * STEP_MS // 1000
    count = len(samples) // size
    for number in range(count):
        step = samples[number * size : (number + 1) * size]
        yield at_s - (count - 1 - number) * STEP_MS / 1000, step


def stream_of(track: rtc.Track, *, frame_ms: int = STEP_MS) -> rtc.AudioStream:
    """What is heard of a track, mono. The SDK's streams wake up for every event of the process, so
    that those who hear nine rooms do little else: this one only for its own."""
    stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=frame_ms)
    events = FfiClient.instance.queue
    events.unsubscribe(stream._ffi_queue)
    stream._ffi_queue = events.subscribe(stream._loop, stream._is_event)
    return stream


class Listener:
    """Joins a room and records the audio track it is sent, and its successor after a reconnect: a
    replaced track's stream goes on with silence, which must not come between the successor's."""

    frame_ms: ClassVar[int] = STEP_MS

    def __init__(self, room: rtc.Room) -> None:
        self.room = room
        self.recording = Recording()
        self._step = asyncio.Event()
        self._streams: list[rtc.AudioStream] = []
        self._tasks: list[asyncio.Task[None]] = []
        room.on("track_subscribed", self._on_track)

    def _on_track(
        self,
        track: rtc.Track,
        publication: rtc.RemoteTrackPublication,
        participant: rtc.RemoteParticipant,
    ) -> None:
        stream = stream_of(track, frame_ms=self.frame_ms)
        self._streams.append(stream)
        self._tasks.append(asyncio.create_task(self._record(stream)))

    async def _record(self, stream: rtc.AudioStream) -> None:
        async for event in stream:
            if stream is not self._streams[-1]:
                return
            for at_s, step in in_steps(event.frame, time.monotonic()):
                self.recording.at_s.append(at_s)
                self.recording.steps.append(step)
            self._step.set()

    async def listen(self, ms: int) -> Recording:
        """Hear so much more; returns only that."""
        begin = len(self.recording.steps)
        async with asyncio.timeout(ms / 1000 + 10):
            while len(self.recording.steps) < begin + ms // STEP_MS:
                self._step.clear()
                await self._step.wait()
        return Recording(self.recording.at_s[begin:], self.recording.steps[begin:])

    async def close(self) -> None:
        """Stop recording and leave."""
        for stream in self._streams:
            await stream.aclose()
        await asyncio.gather(*self._tasks)
        await asyncio.wait_for(self.room.disconnect(), 10)
