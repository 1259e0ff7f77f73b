"""The voice: the track that an agent publishes, the SDK's queue behind it, and its level.

The SDK's queue plays steps of 10 ms in real time, by itself, also while this process is stalled:
that is why it is kept short. ``clear`` is immediate; a listener hears it after the one-way path.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import numpy as np
from livekit import rtc

from roomhand.errors import LiveKitError
from roomhand.turns.own_voice import OwnVoice
from roomhand.turns.playout import STEP_SAMPLES
from roomhand_plugins.base import SAMPLE_RATE

logger = logging.getLogger(__name__)

TRACK_NAME = "voice"
DUCK_GAIN = 10 ** (-24 / 20)
CAPTURE_LIMIT_S = 1.0
UNPUBLISH_LIMIT_S = 2.0


class Fader:
    """The level of what is captured; a change takes one step, so that it does not click."""

    def __init__(self, level: float = 1.0) -> None:
        """Comes from ``level`` up to full."""
        self.target, self._level = 1.0, level

    def apply(self, pcm: bytes) -> bytes:
        """The same samples at the level as of now."""
        if self._level == self.target == 1.0:
            return pcm
        samples = np.frombuffer(pcm, np.int16)
        gain = np.full(len(samples), self.target, np.float32)
        ramp = min(STEP_SAMPLES, len(samples))
        gain[:ramp] = np.linspace(self._level, self.target, ramp, dtype=np.float32)
        self._level = self.target
        return (samples * gain).astype(np.int16).tobytes()


class Voice:
    """One published track of mono audio at 24 kHz."""

    def __init__(
        self, room: rtc.Room, *, queue_ms: int, kbps: int | None, now: Callable[[], float]
    ) -> None:
        """``queue_ms``: no more than this may wait in the queue, or a capture waits for it.
        ``kbps``: bit rate; None for the SDK's."""
        self.own = OwnVoice()
        """What it plays, for whoever may hear it come back."""
        self._room = room
        self._kbps = kbps
        self._now = now
        self._source = rtc.AudioSource(SAMPLE_RATE, 1, queue_size_ms=queue_ms)
        self._publication: rtc.LocalTrackPublication | None = None

    @property
    def sid(self) -> str:
        """The track as of now (a full reconnect changes it); empty before ``publish``."""
        return self._publication.sid if self._publication else ""

    async def publish(self, timeout_s: float) -> None:
        """Raises LiveKitError if the server does not take the track in time."""
        track = rtc.LocalAudioTrack.create_audio_track(TRACK_NAME, self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        if self._kbps is not None:
            options.audio_encoding.max_bitrate = self._kbps * 1000
        try:
            async with asyncio.timeout(timeout_s):
                self._publication = await self._room.local_participant.publish_track(track, options)
        except (TimeoutError, rtc.participant.PublishTrackError) as error:
            raise LiveKitError(
                f"the agent's voice could not be published ({error!r}); "
                "check that its token may publish and that livekit-server answers"
            ) from error

    async def capture(self, pcm: bytes) -> bool:
        """Queue audio, filled up to whole steps. False if the SDK does not take it in time."""
        pcm += bytes(-len(pcm) % (STEP_SAMPLES * 2))
        frame = rtc.AudioFrame(pcm, SAMPLE_RATE, 1, len(pcm) // 2)
        self.own.capture(pcm, self._now())
        try:
            async with asyncio.timeout(CAPTURE_LIMIT_S):
                await self._source.capture_frame(frame)
        except Exception:  # the SDK raises nothing more exact
            logger.exception("LiveKit did not take the agent's audio")
            return False
        return True

    def clear(self) -> None:
        """Nothing that is queued will be played."""
        self._source.clear_queue()
        self.own.clear(self._now())

    async def close(self) -> None:
        """Unpublish, if the room is still there."""
        if self._publication and self._room.isconnected():
            try:
                async with asyncio.timeout(UNPUBLISH_LIMIT_S):
                    await self._room.local_participant.unpublish_track(self.sid)
            except (TimeoutError, rtc.participant.UnpublishTrackError) as error:
                logger.warning("the agent's voice is not unpublished: %r", error)
        await self._source.aclose()
