"""Synthetic people: each is a participant that publishes one track without a break."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from livekit import rtc

from roomhand_plugins.base import SAMPLE_RATE

STEP_SAMPLES = SAMPLE_RATE // 50
QUEUE_MS = 600
"""A busy machine may stop us for so long without a hole in anybody's sentence."""
BITS_PER_S = 64_000
"""So that what is measured is the meeting, not what a codec does to a frail recogniser."""
CONNECT_S = 15.0
Samples = npt.NDArray[np.int16]


@dataclass(slots=True)
class Utterance:
    """Something to be said. Times are of ``time.monotonic``, when the audio leaves the SDK."""

    samples: Samples
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    start_s: float = 0.0
    end_s: float = 0.0


class SyntheticPerson:
    """Silent until told to ``say`` something; made by ``join``."""

    def __init__(self, room: rtc.Room) -> None:
        self._room = room
        self._source = rtc.AudioSource(SAMPLE_RATE, 1, QUEUE_MS)
        self._waiting: deque[Utterance] = deque()
        self._closing = False
        self._pump: asyncio.Task[None] | None = None
        self.published_samples = 0

    @staticmethod
    async def join(url: str, token: str) -> SyntheticPerson:
        """Connect and publish a microphone."""
        room = rtc.Room()
        options = rtc.RoomOptions(auto_subscribe=False)
        await asyncio.wait_for(room.connect(url, token, options), CONNECT_S)
        person = SyntheticPerson(room)
        await person._publish()
        return person

    async def say(self, samples: Samples) -> Utterance:
        """Speak to the end, in real time."""
        utterance = Utterance(samples)
        self._waiting.append(utterance)
        await utterance.over.wait()
        return utterance

    async def leave(self) -> None:
        """Stop publishing and leave."""
        self._closing = True
        if self._pump is not None:
            await asyncio.wait_for(self._pump, CONNECT_S)
        await asyncio.wait_for(self._room.disconnect(), CONNECT_S)
        await self._source.aclose()

    async def _publish(self) -> None:
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        options.audio_encoding.max_bitrate = BITS_PER_S
        publishing = self._room.local_participant.publish_track(track, options)
        await asyncio.wait_for(publishing, CONNECT_S)
        self._pump = asyncio.create_task(self._publish_on(), name="person")

    async def _publish_on(self) -> None:
        silence = np.zeros(STEP_SAMPLES, np.int16)
        while not self._closing:
            if self._waiting:
                await self._speak(self._waiting.popleft())
            else:
                await self._capture(silence)

    async def _speak(self, utterance: Utterance) -> None:
        utterance.start_s = time.monotonic() + self._source.queued_duration
        utterance.begun.set()
        samples = utterance.samples
        for at in range(0, len(samples), STEP_SAMPLES):
            step = samples[at : at + STEP_SAMPLES]
            await self._capture(np.pad(step, (0, STEP_SAMPLES - len(step))))
        utterance.end_s = time.monotonic() + self._source.queued_duration
        utterance.over.set()

    async def _capture(self, step: Samples) -> None:
        frame = rtc.AudioFrame(step.tobytes(), SAMPLE_RATE, 1, STEP_SAMPLES)
        await self._source.capture_frame(frame)
        self.published_samples += STEP_SAMPLES
