"""The audio router: every frame to its own taker, nothing leaked, nothing hidden."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest
from livekit import rtc
from livekit.rtc import _ffi_client

from roomhand.room import router as routing
from roomhand.room import sdk_probe
from roomhand.room.public_router import PublicRouter
from roomhand.room.router import HandleRouter, Router, open_router
from tests.worker.room.strict_listener import eventually

pytestmark = pytest.mark.unit

RATE = 48_000
STEP = RATE // 100


class LocalVoice:
    """A local track whose every sample is one value; no server is needed to hear it."""

    def __init__(self, value: int) -> None:
        self.value = value
        self.source = rtc.AudioSource(RATE, 1, 100)
        self.track = rtc.LocalAudioTrack.create_audio_track(f"v{value}", self.source)

    async def say(self, ms: int) -> None:
        pcm = np.full(STEP, self.value, np.int16).tobytes()
        for _ in range(ms // 10):
            await self.source.capture_frame(rtc.AudioFrame(pcm, RATE, 1, STEP))


class Taker:
    """A fake taker of one stream: keeps frames and counts ends."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.ends = 0
        self.frames_at_end = 0

    def on_frame(self, pcm: bytes) -> None:
        self.frames.append(pcm)

    def on_end(self) -> None:
        self.ends += 1
        self.frames_at_end = len(self.frames)

    def values(self) -> set[int]:
        return set(np.frombuffer(b"".join(self.frames), np.int16).tolist())


@pytest.fixture(params=["handle", "public"])
async def router(request: pytest.FixtureRequest) -> AsyncIterator[Router]:
    made: Router = (
        HandleRouter(asyncio.get_running_loop()) if request.param == "handle" else PublicRouter()
    )
    yield made
    await made.aclose()


def counting_drops(router: HandleRouter) -> list[int]:
    """Every native buffer that the router lets go, by its handle."""
    dropped: list[int] = []
    native = router._drop_handle

    def drop(handle: object) -> object:
        dropped.append(handle.value)  # type: ignore[attr-defined]
        return native(handle)

    router._drop_handle = drop
    return dropped


async def test_the_installed_sdk_allows_the_fast_router() -> None:
    assert sdk_probe.changes_in_sdk() == []
    router = open_router()
    assert isinstance(router, HandleRouter)
    await router.aclose()


async def test_each_track_s_frames_go_to_its_own_taker(router: Router) -> None:
    voices = [LocalVoice(1000), LocalVoice(-2000)]
    takers = [Taker(), Taker()]
    streams = [
        router.open(voice.track, frame_ms=20, on_frame=taker.on_frame, on_end=taker.on_end)
        for voice, taker in zip(voices, takers, strict=True)
    ]
    await asyncio.gather(*(voice.say(400) for voice in voices))
    await eventually(lambda: all(len(taker.frames) >= 10 for taker in takers))
    for stream in streams:
        await stream.aclose()
    for voice, taker in zip(voices, takers, strict=True):
        assert {len(frame) for frame in taker.frames} == {480 * 2}
        assert voice.value in {value + off for value in taker.values() for off in range(-20, 21)}
        others = {other.value for other in voices} - {voice.value}
        assert not taker.values() & others


async def test_closing_delivers_what_had_arrived_and_then_ends_once(router: Router) -> None:
    voice, taker = LocalVoice(500), Taker()
    stream = router.open(voice.track, frame_ms=20, on_frame=taker.on_frame, on_end=taker.on_end)
    await voice.say(200)
    await eventually(lambda: taker.frames)
    await stream.aclose()
    await stream.aclose()
    assert taker.ends == 1
    assert taker.frames_at_end == len(taker.frames)


async def test_frames_that_waited_for_a_busy_loop_are_delivered_before_the_end() -> None:
    """The close itself finds them: they need no wake-up of the loop."""
    router = HandleRouter(asyncio.get_running_loop())
    voice, taker = LocalVoice(500), Taker()
    stream = router.open(voice.track, frame_ms=20, on_frame=taker.on_frame, on_end=taker.on_end)
    router._awake = True  # as if a wake-up were under way that never comes
    await voice.say(200)
    await eventually(lambda: len(router._pending) >= 5)
    assert taker.frames == []
    await stream.aclose()
    assert taker.frames_at_end >= 5
    await router.aclose()


async def test_the_public_stream_s_queued_frames_are_not_lost_at_its_end() -> None:
    """The SDK's iterator stops at the end of the native stream, whatever is still queued."""
    router = PublicRouter()
    voice, taker = LocalVoice(500), Taker()
    stream = router.open(voice.track, frame_ms=20, on_frame=taker.on_frame, on_end=taker.on_end)
    await voice.say(100)
    await eventually(lambda: taker.frames)
    before = len(taker.frames)
    time.sleep(0.2)  # noqa: ASYNC251 - the loop stands still while frames come
    stream._stream._ffi_handle.dispose()
    time.sleep(0.05)  # noqa: ASYNC251 - and until the native stream has ended
    await stream.aclose()
    assert len(taker.frames) - before >= 8
    assert taker.ends == 1


async def test_every_native_buffer_is_let_go() -> None:
    router = HandleRouter(asyncio.get_running_loop())
    dropped = counting_drops(router)
    voice, taker = LocalVoice(500), Taker()
    stream = router.open(voice.track, frame_ms=20, on_frame=taker.on_frame, on_end=taker.on_end)
    await voice.say(300)
    await stream.aclose()
    await router.aclose()
    assert len(dropped) == len(taker.frames) + stream.late_frames
    assert len(set(dropped)) == len(dropped)


async def test_a_stall_that_loses_frames_ends_the_stream_and_counts_them() -> None:
    """A gap inside a stream would be hidden; an end is not."""
    router = HandleRouter(asyncio.get_running_loop(), pending_frames=3)
    dropped = counting_drops(router)
    voice, taker = LocalVoice(500), Taker()
    router.open(voice.track, frame_ms=20, on_frame=taker.on_frame, on_end=taker.on_end)
    router._awake = True  # as if the loop stood still
    await voice.say(400)
    await eventually(lambda: router.lost_frames >= 5)
    router.drain()
    assert len(taker.frames) == 3
    assert taker.ends == 1
    assert len(dropped) == 3 + router.lost_frames
    await router.aclose()


async def test_a_failing_taker_ends_its_own_stream_only(
    router: Router, caplog: pytest.LogCaptureFixture
) -> None:
    voices = [LocalVoice(500), LocalVoice(700)]
    broken, sound = Taker(), Taker()

    def fail(_: bytes) -> None:
        raise RuntimeError("planted")

    router.open(voices[0].track, frame_ms=20, on_frame=fail, on_end=broken.on_end)
    router.open(voices[1].track, frame_ms=20, on_frame=sound.on_frame, on_end=sound.on_end)
    await asyncio.gather(*(voice.say(300) for voice in voices))
    await eventually(lambda: len(sound.frames) >= 10)
    assert (broken.ends, sound.ends) == (1, 0)
    assert "planted" in caplog.text


async def test_streams_of_others_in_the_process_are_left_alone() -> None:
    """The SDK's own stream beside ours gets all of its frames."""
    router = HandleRouter(asyncio.get_running_loop())
    dropped = counting_drops(router)
    voice, taker = LocalVoice(500), Taker()
    theirs = rtc.AudioStream(voice.track, sample_rate=24_000, frame_size_ms=20)
    ours = router.open(voice.track, frame_ms=20, on_frame=taker.on_frame, on_end=taker.on_end)
    await voice.say(300)
    seen = [await asyncio.wait_for(theirs.__anext__(), 5) for _ in range(10)]
    assert len(seen) == 10
    await ours.aclose()
    await theirs.aclose()
    assert len(dropped) == len(taker.frames) + ours.late_frames
    await router.aclose()


def subscribe_without_filter(
    self: object, loop: asyncio.AbstractEventLoop | None = None
) -> asyncio.Queue[object]:
    """A planted SDK: an older or newer one whose subscription knows no filter."""
    return asyncio.Queue()


def subscribe_with_idle_filter(
    self: Any,
    loop: asyncio.AbstractEventLoop | None = None,
    filter_fn: Callable[[object], bool] | None = None,
) -> object:
    """A planted SDK: it takes a filter but asks it later, in the loop."""
    queue: asyncio.Queue[object] = asyncio.Queue()
    assert loop is not None
    self._subscribers.append((queue, loop, None))
    return queue


@pytest.mark.parametrize("planted", [subscribe_without_filter, subscribe_with_idle_filter])
async def test_a_changed_sdk_is_named_and_the_public_stream_used(
    planted: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_ffi_client.FfiQueue, "subscribe", planted)
    with caplog.at_level(logging.WARNING):
        router = open_router()
    assert isinstance(router, PublicRouter)
    assert "event filter" in caplog.text
    assert rtc.__version__ in caplog.text
    await router.aclose()


async def test_a_field_that_vanished_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Track:
        def __init__(self, _: object) -> None:
            pass

    monkeypatch.setattr(rtc, "Track", Track)
    assert [name.partition(":")[0] for name in sdk_probe.changes_in_sdk()] == ["native handles"]


def test_both_routers_have_one_face() -> None:
    for name in ("open", "aclose"):
        ours = inspect.signature(getattr(HandleRouter, name)).parameters.keys()
        assert ours == inspect.signature(getattr(PublicRouter, name)).parameters.keys()
        assert ours == inspect.signature(getattr(routing.Router, name)).parameters.keys()
