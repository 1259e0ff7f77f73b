"""Tone words through a real livekit-server: Opus, its jitter buffer, and two resamplings."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import numpy as np
import pytest
from livekit import api, rtc
from livekit.rtc._proto.room_pb2 import AudioEncoding

from tests.sim import servers
from tests.sim.tones import Ear, encode, speaker_of, speaker_words

pytestmark = pytest.mark.livekit

WORDS = 25
OTHER_TALKER = 63
CASES = (
    (24_000, 16_000, False),
    (48_000, 16_000, True),
    (24_000, 64_000, True),
    (48_000, 64_000, False),
)
"""Publish rate in hertz, bitrate, and whether another talker is 6 dB below in the same signal."""


@asynccontextmanager
async def joined(server: servers.LiveKit, room: str, identity: str) -> AsyncIterator[rtc.Room]:
    grant = api.VideoGrants(room_join=True, room=room)
    token = api.AccessToken(server.api_key, server.api_secret).with_identity(identity)
    client = rtc.Room()
    await client.connect(server.url, token.with_grants(grant).to_jwt())
    try:
        yield client
    finally:
        await client.disconnect()


async def published(
    stack: AsyncExitStack, room: rtc.Room, name: str, rate: int, bitrate: int
) -> rtc.AudioSource:
    source = rtc.AudioSource(rate, 1)
    stack.push_async_callback(source.aclose)
    options = rtc.TrackPublishOptions(
        source=rtc.TrackSource.SOURCE_MICROPHONE,
        audio_encoding=AudioEncoding(max_bitrate=bitrate),
    )
    track = rtc.LocalAudioTrack.create_audio_track(name, source)
    await room.local_participant.publish_track(track, options)
    return source


async def spoken(source: rtc.AudioSource, words: list[str], *, disturbed: bool) -> None:
    rate = source.sample_rate
    silence = np.zeros(rate // 2, dtype=np.int16)
    audio = np.concatenate([silence, encode(words, rate, gap_s=0.04), silence])
    if disturbed:
        others = speaker_words(OTHER_TALKER, len(words) + 2)
        audio += encode(others, rate, gap_s=0.1, level_dbfs=-26)[: len(audio)]
    step = rate // 50
    for at in range(0, len(audio) - step + 1, step):
        piece = audio[at : at + step].tobytes()
        await source.capture_frame(rtc.AudioFrame(piece, rate, 1, step))
    await source.wait_for_playout()


async def heard(track: rtc.Track, count: int) -> list[str]:
    ear, words = Ear(24_000), list[str]()
    stream = rtc.AudioStream(track, sample_rate=24_000, num_channels=1, frame_size_ms=20)
    # What was heard until then says more about a lost word than a time-out.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(40):
            async for event in stream:
                found = ear.push(np.frombuffer(event.frame.data, dtype=np.int16))
                words += [w.word for w in found if speaker_of(w.word) != OTHER_TALKER]
                if len(words) >= count:
                    break
    await stream.aclose()
    return words


async def test_every_word_survives_the_sfu_at_low_and_high_bitrate(
    livekit_server: servers.LiveKit, room_name: str
) -> None:
    said = {f"t{n}": speaker_words(n, WORDS, seed=7) for n in range(len(CASES))}
    listening: dict[str, asyncio.Task[list[str]]] = {}
    all_listening = asyncio.Event()
    async with AsyncExitStack() as stack:
        listener = await stack.enter_async_context(joined(livekit_server, room_name, "listener"))

        def listen(track: rtc.Track, publication: rtc.RemoteTrackPublication, _: object) -> None:
            listening[publication.name] = asyncio.create_task(heard(track, WORDS))
            if len(listening) == len(CASES):
                all_listening.set()

        listener.on("track_subscribed", listen)
        speaker = await stack.enter_async_context(joined(livekit_server, room_name, "speaker"))
        sources = [
            await published(stack, speaker, f"t{n}", rate, bitrate)
            for n, (rate, bitrate, _) in enumerate(CASES)
        ]
        async with asyncio.timeout(10):
            await all_listening.wait()
        async with asyncio.TaskGroup() as speaking:
            for n, source in enumerate(sources):
                speaking.create_task(spoken(source, said[f"t{n}"], disturbed=CASES[n][2]))
        got = {name: await task for name, task in listening.items()}
    assert got == said
