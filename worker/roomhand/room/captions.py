"""Captions: who says what, as text streams to everybody in the room.

The form is LiveKit's own, so that any LiveKit client shows them: topic ``lk.transcription``, one
short stream per update with the whole text so far, in the speaker's name, tied to the speaker's
track. A client replaces what it shows under the same ``lk.segment_id``; the last update is final.
livekit-server lets only a participant of kind ``agent`` write in somebody else's name; anybody
else's captions come in their own.

Captions are a courtesy and must never hold up speech: ``caption`` only notes the newest text of a
segment, a few tasks send, and each sending has a limit. Final text goes before interim text, and
the updates of one segment go one after the other.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from livekit import rtc

from roomhand.room.text_streams import send_text

logger = logging.getLogger(__name__)

TOPIC = "lk.transcription"
AT_ONCE = 4
"""Segments whose text may be on its way: the SDK's own threads take their time."""


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
    """The newest unsent caption of each segment: final ones first, then oldest segment first.
    Bounded.

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

    def take(self, sending: Collection[str] = ()) -> Caption | None:
        """The next caption to send, of none of the segments that are being sent."""
        free = [one for segment, one in self._waiting.items() if segment not in sending]
        found = next((one for one in free if one.final), next(iter(free), None))
        return None if found is None else self._waiting.pop(found.segment)


class Captions:
    """Sends captions into one room."""

    def __init__(self, room: rtc.Room, *, limit: int = 256, send_limit_s: float = 2.0) -> None:
        """``limit``: segments that may wait; ``send_limit_s``: for one update."""
        self._room = room
        self._send_limit_s = send_limit_s
        self._queue = CaptionQueue(limit)
        self._wake = asyncio.Event()
        self._sending: set[str] = set()
        self._closing = False
        self._tasks: set[asyncio.Task[None]] = set()
        self.sent = 0
        self.failed = 0
        """Captions that the room did not take in time."""

    @property
    def dropped(self) -> Counter[str]:
        """Captions that never left, by ``interim`` and ``final``."""
        return self._queue.dropped

    def open(self) -> None:
        """Begin to send."""
        self._tasks = {
            asyncio.create_task(self._send_all(), name=f"captions {number}")
            for number in range(AT_ONCE)
        }

    def caption(self, caption: Caption) -> None:
        """Show this soon. Returns at once."""
        self._queue.put(caption)
        self._wake.set()

    async def close(self) -> None:
        """Send what waits, within one sending's limit, and end. Calling again does nothing."""
        self._closing = True
        self._wake.set()
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=self._send_limit_s)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _send_all(self) -> None:
        while True:
            caption = self._queue.take(self._sending)
            if caption:
                self._sending.add(caption.segment)
                await self._send(caption)
                self._sending.discard(caption.segment)
                self._wake.set()
            elif self._closing:
                return
            else:
                self._wake.clear()
                await self._wake.wait()

    async def _send(self, caption: Caption) -> None:
        try:
            async with asyncio.timeout(self._send_limit_s):
                await send_text(
                    self._room.local_participant,
                    caption.text,
                    topic=TOPIC,
                    attributes=caption.attributes,
                    sender=caption.identity,
                )
        except Exception as error:  # noqa: BLE001  the SDK raises many kinds, captions survive all
            self.failed += 1
            logger.warning("caption of segment %s not sent: %r", caption.segment, error)
        else:
            self.sent += 1
