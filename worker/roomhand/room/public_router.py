"""The audio router on the SDK's public ``AudioStream``: for an SDK whose inner parts changed.

One task per stream, and the SDK wakes every stream for every frame: right, but not cheap. The SDK's
own event queue has no bound; nothing waits behind it, so it grows only while the loop stands still.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from livekit import rtc

logger = logging.getLogger(__name__)

CLOSE_LIMIT_S = 2.0
"""The SDK answers a close within milliseconds; a close never waits longer than this."""


class PublicStream:
    """One ``rtc.AudioStream`` and the task that reads it."""

    def __init__(
        self, stream: rtc.AudioStream, on_frame: Callable[[bytes], None], on_end: Callable[[], None]
    ) -> None:
        self.late_frames = 0
        self._stream = stream
        self._on_frame = on_frame
        self._on_end = on_end
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for event in self._stream:
                self._on_frame(bytes(event.frame.data))
            for event in self._left_behind():
                self._on_frame(bytes(event.frame.data))
        except Exception:
            logger.exception("a listener failed; its stream is ended, the others go on")
        finally:
            self._on_end()
            await self._stream.aclose()

    def _left_behind(self) -> list[rtc.AudioFrameEvent]:
        """The SDK's iterator stops as soon as the native stream has ended, with frames queued."""
        ring = getattr(getattr(self._stream, "_queue", None), "_queue", ())
        return [event for event in ring if event is not None]

    async def aclose(self) -> None:
        """The frames that the SDK had delivered go out, then ``on_end`` is called, once."""
        try:
            await asyncio.wait_for(self._stream.aclose(), CLOSE_LIMIT_S)
            await asyncio.wait_for(asyncio.shield(self._task), CLOSE_LIMIT_S)
        except TimeoutError:
            logger.warning("the SDK did not confirm the end of an audio stream")
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


class PublicRouter:
    """The same face as the fast router."""

    def __init__(self) -> None:
        self.lost_frames = 0
        self._streams: set[PublicStream] = set()

    def open(
        self,
        track: rtc.Track,
        *,
        sample_rate: int = 24_000,
        frame_ms: int,
        on_frame: Callable[[bytes], None],
        on_end: Callable[[], None],
    ) -> PublicStream:
        stream = rtc.AudioStream(
            track,
            sample_rate=sample_rate,
            num_channels=1,
            frame_size_ms=frame_ms,
        )

        def ended() -> None:
            self._streams.discard(opened)
            on_end()

        opened = PublicStream(stream, on_frame, ended)
        self._streams.add(opened)
        return opened

    async def aclose(self) -> None:
        await asyncio.gather(*(stream.aclose() for stream in list(self._streams)))
