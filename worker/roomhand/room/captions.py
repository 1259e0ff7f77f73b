"""Captions: who says what, as text streams to everybody in the room.

The form is LiveKit's own, so that any LiveKit client shows them: topic ``lk.transcription``, one
short stream per update with the whole text so far, in the speaker's name, tied to the speaker's
track. A client replaces what it shows under the same ``lk.segment_id``; the last update is final.
livekit-server lets only a participant of kind ``agent`` write in somebody else's name; anybody
else's captions come in their own.

Captions are a courtesy and must never hold up speech: ``caption`` only notes the newest text of a
segment, one task sends it, and each sending has a limit.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass

from livekit import rtc

logger = logging.getLogger(__name__)

TOPIC = "lk.transcription"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """One update. ``identity`` and ``track`` are the speaker's, as LiveKit knows them."""

    segment: str
    """One id per turn, the same for every update."""
    identity: str
    track: str
    text: str
    """The whole text so far."""
    final: bool

    @property
    def attributes(self) -> dict[str, str]:
        """What tells a client where the text belongs."""
        return {
            "lk.segment_id": self.segment,
            "lk.transcribed_track_id": self.track,
            "lk.transcription_final": "true" if self.final else "false",
        }


class CaptionQueue:
    """The newest unsent caption of each segment, oldest segment first, bounded.

    When it is full, the oldest interim text goes first: a final one will not come again.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: dict[str, Caption] = {}
        self.dropped: Counter[str] = Counter()
        """Segments whose text was lost, by ``interim`` and ``final``."""

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, caption: Caption) -> None:
        """Note an update. Interim text after the final one came too late and is ignored."""
        waiting = self._waiting.get(caption.segment)
        if waiting and waiting.final and not caption.final:
            return
        self._waiting[caption.segment] = caption
        if len(self._waiting) > self._limit:
            interim = (key for key, one in self._waiting.items() if not one.final)
            victim = self._waiting.pop(next(interim, next(iter(self._waiting))))
            self.dropped["final" if victim.final else "interim"] += 1

    def take(self) -> Caption | None:
        """The next caption to send."""
        oldest = next(iter(self._waiting), None)
        return None if oldest is None else self._waiting.pop(oldest)


class Captions:
    """Sends captions into one room."""

    def __init__(self, room: rtc.Room, *, limit: int = 256, send_limit_s: float = 2.0) -> None:
        """``limit``: segments that may wait; ``send_limit_s``: for one update."""
        self._room = room
        self._send_limit_s = send_limit_s
        self._queue = CaptionQueue(limit)
        self._wake = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self.sent = 0
        self.failed = 0
        """Captions that the room did not take in time."""

    @property
    def dropped(self) -> Counter[str]:
        """Captions that never left, by ``interim`` and ``final``."""
        return self._queue.dropped

    def open(self) -> None:
        """Begin to send."""
        self._task = asyncio.create_task(self._send_all(), name="captions")

    def caption(self, caption: Caption) -> None:
        """Show this soon. Returns at once."""
        self._queue.put(caption)
        self._wake.set()

    async def close(self) -> None:
        """Send what waits, within one sending's limit, and end. Calling again does nothing."""
        self._closing = True
        self._wake.set()
        if self._task is None:
            return
        done, _ = await asyncio.wait({self._task}, timeout=self._send_limit_s)
        if not done:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _send_all(self) -> None:
        while True:
            caption = self._queue.take()
            if caption:
                await self._send(caption)
            elif self._closing:
                return
            else:
                self._wake.clear()
                await self._wake.wait()

    async def _send(self, caption: Caption) -> None:
        try:
            async with asyncio.timeout(self._send_limit_s):
                stream = await self._room.local_participant.stream_text(
                    topic=TOPIC, attributes=caption.attributes, sender_identity=caption.identity
                )
                await stream.write(caption.text)
                await stream.aclose()
        except Exception as error:  # noqa: BLE001  the SDK raises many kinds, captions survive all
            self.failed += 1
            logger.warning("caption of segment %s not sent: %r", caption.segment, error)
        else:
            self.sent += 1
