"""One subscription to the SDK's events for all audio streams of a process.

The SDK's ``AudioStream`` subscribes by event type, so every frame of every track wakes every
stream: quadratic in tracks. This router takes each audio event once, in the SDK's own thread, and
finds its stream by handle on the event loop. It relies on parts of the SDK that are not public;
``open_router`` proves them first, and where they changed says so and uses the public stream.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from livekit import rtc

from roomhand.room.public_router import PublicRouter
from roomhand.room.sdk_probe import changes_in_sdk

logger = logging.getLogger(__name__)

CLOSE_LIMIT_S = 2.0
"""The SDK answers a close within milliseconds; a close never waits longer than this."""
SPACING_PER_STREAM_S, SPACING_MAX_S = 0.00075, 0.015
"""Frames that arrive within this time after a wake-up of the loop share the next one: hardly any
delay, and fewer wake-ups in a large room."""
PENDING_FRAMES = 20_000
"""Frames that may wait for a stalled loop: 40 s of 24 tracks at 50 ms."""

OnFrame: TypeAlias = Callable[[bytes], None]
OnEnd: TypeAlias = Callable[[], None]


class OpenStream(Protocol):
    """One track's audio on its way to ``on_frame``."""

    late_frames: int
    """Frames that came after the close and were let go."""

    async def aclose(self) -> None:
        """What the SDK had delivered goes to ``on_frame``, then ``on_end`` is called, once."""


class Router(Protocol):
    """Delivers the frames of many tracks. Callbacks come on the event loop, in order."""

    lost_frames: int
    """Frames let go because the loop was stalled for too long. Their streams were ended."""

    def open(
        self,
        track: rtc.Track,
        *,
        sample_rate: int = 24_000,
        frame_ms: int,
        on_frame: OnFrame,
        on_end: OnEnd,
    ) -> OpenStream:
        """Mono int16 frames of ``frame_ms``. ``on_end`` is the last call, and comes once: when the
        SDK ends the stream, when a stall lost a frame (no gap is ever hidden), or at ``aclose``."""

    async def aclose(self) -> None:
        """Close every stream, then the subscription."""


def open_router() -> Router:
    """The fast router where the installed SDK allows it, else one on the public API."""
    changed = changes_in_sdk()
    if not changed:
        return HandleRouter(asyncio.get_running_loop())
    logger.warning(
        "livekit %s is not as the audio router needs it (%s): using rtc.AudioStream, "
        "which costs more from about 8 tracks on",
        rtc.__version__,
        "; ".join(changed),
    )
    return PublicRouter()


class HandleStream:
    """One native stream and where its frames go."""

    def __init__(self, router: HandleRouter, native: Any, on_frame: OnFrame, on_end: OnEnd) -> None:
        self.late_frames = 0
        self.on_frame = on_frame
        self._on_end: OnEnd | None = on_end
        self._router = router
        self._native = native
        self._gone = asyncio.Event()

    @property
    def ended(self) -> bool:
        return self._on_end is None

    def end(self) -> None:
        """Tell the taker, once, and let the native stream go."""
        if self._on_end is not None:
            on_end, self._on_end = self._on_end, None
            self._native.dispose()
            on_end()

    def gone(self) -> None:
        """The SDK sent its last event of this stream."""
        self.end()
        self._gone.set()

    async def aclose(self) -> None:
        self._router.drain()
        self.end()
        try:
            await asyncio.wait_for(self._gone.wait(), CLOSE_LIMIT_S)
        except TimeoutError:
            logger.warning("the SDK did not confirm the end of an audio stream")
            self._router.forget(self._native.handle)


class HandleRouter:
    """Dispatch by stream handle: one look-up per frame, whatever the number of tracks."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, *, pending_frames: int = PENDING_FRAMES
    ) -> None:
        from livekit.rtc import _ffi_client

        self.lost_frames = 0
        self._loop = loop
        self._limit = pending_frames
        self._client = _ffi_client.FfiClient.instance
        self._drop_handle = self._client._ffi_lib.livekit_ffi_drop_handle
        self._streams: dict[int, HandleStream] = {}
        self._overrun: set[int] = set()
        self._pending: deque[Any] = deque()
        self._opening = False
        self._awake = False
        self._closed = False
        self._queue = self._client.queue.subscribe(loop, filter_fn=self._take)

    def open(
        self,
        track: rtc.Track,
        *,
        sample_rate: int = 24_000,
        frame_ms: int,
        on_frame: OnFrame,
        on_end: OnEnd,
    ) -> HandleStream:
        if self._closed:
            raise RuntimeError("the audio router is closed")
        self._opening = True  # frames may come before the answer that tells the handle
        try:
            native = _new_native_stream(self._client, track, sample_rate, frame_ms)
            stream = HandleStream(self, native, on_frame, on_end)
            self._streams[native.handle] = stream
        finally:
            self._opening = False
        return stream

    def forget(self, handle: int) -> None:
        """Stop waiting for the SDK's last event of a stream."""
        self._streams.pop(handle, None)

    async def aclose(self) -> None:
        self._closed = True
        await asyncio.gather(*(stream.aclose() for stream in list(self._streams.values())))
        self._client.queue.unsubscribe(self._queue)
        self.drain()

    def _take(self, event: Any) -> bool:
        """Runs in the SDK's thread. Nothing ever goes to the SDK's own, unbounded queue."""
        if not event.HasField("audio_stream_event"):
            return False
        audio = event.audio_stream_event
        # `_opening` is read first: while it is False, every handle of ours is registered.
        if not (self._opening or audio.stream_handle in self._streams):
            return False
        if len(self._pending) >= self._limit and audio.HasField("frame_received"):
            self.lost_frames += 1
            self._overrun.add(audio.stream_handle)
            self._drop_handle(ctypes.c_uint64(audio.frame_received.frame.handle.id))
            return False
        self._pending.append(audio)
        if not self._awake:
            self._awake = True
            self._wake()
        return False

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._first_drain)
        except RuntimeError:  # the loop is closed: nobody listens any more
            self._closed = True

    def _first_drain(self) -> None:
        self.drain()
        spacing_s = min(len(self._streams) * SPACING_PER_STREAM_S, SPACING_MAX_S)
        self._loop.call_later(spacing_s, self._next_drain)

    def _next_drain(self) -> None:
        if not self._pending:
            self._awake = False
            if not self._pending:  # else an event came between the two lines
                return
            self._awake = True
        self._first_drain()

    def drain(self) -> None:
        """Deliver all that has arrived."""
        pending = self._pending
        for _ in range(len(pending)):
            audio = pending.popleft()
            stream = self._streams.get(audio.stream_handle)
            if stream is None:
                continue  # somebody else's stream, opened while one of ours was
            if audio.HasField("frame_received"):
                self._deliver(stream, audio.frame_received.frame)
            else:
                del self._streams[audio.stream_handle]
                stream.gone()
        while self._overrun:
            stream = self._streams.get(self._overrun.pop())
            if stream is not None:
                stream.end()

    def _deliver(self, stream: HandleStream, frame: Any) -> None:
        """Copy the samples out of the native buffer, and let the buffer go whatever happens."""
        if stream.ended:
            stream.late_frames += 1
            self._drop_handle(ctypes.c_uint64(frame.handle.id))
            return
        info = frame.info
        pcm = ctypes.string_at(info.data_ptr, info.samples_per_channel * 2)
        self._drop_handle(ctypes.c_uint64(frame.handle.id))
        try:
            stream.on_frame(pcm)
        except Exception:
            logger.exception("a listener failed; its stream is ended, the others go on")
            stream.end()


def _new_native_stream(client: Any, track: Any, sample_rate: int, frame_ms: int) -> Any:
    from livekit.rtc import _ffi_client
    from livekit.rtc._proto import audio_frame_pb2, ffi_pb2

    request = ffi_pb2.FfiRequest()
    stream = request.new_audio_stream
    stream.track_handle = track._ffi_handle.handle
    stream.sample_rate = sample_rate
    stream.num_channels = 1
    stream.frame_size_ms = frame_ms
    stream.queue_size_frames = 0
    stream.type = audio_frame_pb2.AudioStreamType.AUDIO_STREAM_NATIVE
    answer = client.request(request)
    return _ffi_client.FfiHandle(answer.new_audio_stream.stream.handle.id)
