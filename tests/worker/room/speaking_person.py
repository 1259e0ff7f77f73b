"""A participant who speaks: joins a real room and publishes audio in real time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import numpy as np
from livekit import api, rtc
from numpy.typing import NDArray

from tests.sim import servers

STEP_MS = 10
QUEUE_MS = 1_000
AHEAD_S = 0.7
"""Of the queue: while it is full the SDK waits for room, and whoever waits for it is handed every
event of the process."""


def token(
    server: servers.LiveKit,
    room: str,
    identity: str,
    *,
    name: str = "",
    kind: str = "standard",
    attributes: dict[str, str] | None = None,
    may_change_itself: bool = True,
) -> str:
    """Admission to a room for one hour."""
    grants = api.VideoGrants(room_join=True, room=room, can_update_own_metadata=may_change_itself)
    made = api.AccessToken(server.api_key, server.api_secret).with_identity(identity)
    made = made.with_grants(grants).with_ttl(timedelta(hours=1)).with_name(name).with_kind(kind)  # type: ignore[arg-type]
    return made.with_attributes(attributes or {}).to_jwt()


def tone(
    ms: int, *, rate: int = 48_000, hertz: float = 440, level: float = 0.3
) -> NDArray[np.int16]:
    """A sine, mono."""
    at = np.arange(ms * rate // 1000) / rate
    return (np.sin(2 * np.pi * hertz * at) * level * 32767).astype(np.int16)


def hush(ms: int, *, rate: int = 48_000) -> NDArray[np.int16]:
    """Digital silence, mono."""
    return np.zeros(ms * rate // 1000, np.int16)


class Person:
    """One participant with at most one published track at a time."""

    def __init__(self, room: rtc.Room, rate: int, channels: int) -> None:
        self.room = room
        self._rate = rate
        self._channels = channels
        self._source: rtc.AudioSource | None = None
        self.track: rtc.LocalAudioTrack | None = None

    @staticmethod
    async def join(
        server: servers.LiveKit,
        room: str,
        identity: str,
        *,
        rate: int = 48_000,
        channels: int = 1,
        encryption: rtc.E2EEOptions | None = None,
        **token_options: object,
    ) -> Person:
        joined = rtc.Room()
        admission = token(server, room, identity, **token_options)  # type: ignore[arg-type]
        options = rtc.RoomOptions(auto_subscribe=False, encryption=encryption)
        async with asyncio.timeout(10):
            await joined.connect(server.url, admission, options)
        return Person(joined, rate, channels)

    async def publish(
        self,
        source: rtc.TrackSource.ValueType = rtc.TrackSource.SOURCE_MICROPHONE,
        *,
        sound_of: Person | None = None,
        kbps: int | None = None,
    ) -> str:
        """Publish a new track; gives its sid. ``sound_of``: it sounds like that person's track,
        who says everything for both."""
        self._source = sound_of._source if sound_of else None
        if self._source is None:
            self._source = rtc.AudioSource(self._rate, self._channels, QUEUE_MS)
        self.track = rtc.LocalAudioTrack.create_audio_track("voice", self._source)
        options = rtc.TrackPublishOptions(source=source)
        if kbps is not None:
            options.audio_encoding.max_bitrate = kbps * 1000
        publication = await self.room.local_participant.publish_track(self.track, options)
        return publication.sid

    async def say(self, samples: NDArray[np.int16], *, step_ms: int = STEP_MS) -> None:
        """Play mono samples to the end, in real time. A longer step costs less."""
        assert self._source is not None
        step = self._rate * step_ms // 1000
        for at in range(0, len(samples) - step + 1, step):
            mono = samples[at : at + step]
            wide = np.repeat(mono, self._channels).tobytes()
            await self._source.capture_frame(rtc.AudioFrame(wide, self._rate, self._channels, step))
            await asyncio.sleep(max(0.0, self._source.queued_duration - AHEAD_S))
        await self._source.wait_for_playout()

    async def unpublish(self) -> None:
        assert self.track is not None
        await self.room.local_participant.unpublish_track(self.track.sid)

    async def leave(self) -> None:
        await asyncio.wait_for(self.room.disconnect(), 10)
