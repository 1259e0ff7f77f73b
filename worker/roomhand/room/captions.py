"""Captions: who says what, as text streams to everybody in the room.

The form is LiveKit's own, so that any LiveKit client shows them: topic ``lk.transcription``, one
short stream per update with the whole text so far, in the speaker's name, tied to the speaker's
track. A client replaces what it shows under the same ``lk.segment_id``; the last update is final.
livekit-server lets only a participant of kind ``agent`` write in somebody else's name; anybody
else's captions come in their own.

Captions are a courtesy and must never hold up speech: ``caption`` hands final text to the SDK or,
where much is on its way, notes the newest text of a segment; each sending has a limit. The updates
of one segment go one after the other, and final text goes first. Interim text waits a moment: the
final one often comes right behind it, and would have to wait until it is sent.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from livekit import rtc

from roomhand.room.text_streams import send_text

logger = logging.getLogger(__name__)

TOPIC = "lk.transcription"
INTERIM_AT_ONCE, AT_ONCE = 4, 8
"""Segments whose text may be on its way: the SDK's own threads take their time. Beyond the first
number only final text goes, so that what changes often is never in its way."""
INTERIM_WAIT_S = 0.05


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
        self._waiting: dict[str, _Waiting] = {}
        self.dropped: Counter[str] = Counter()
        """Segments whose text was lost, by ``interim`` and ``final``."""

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, caption: Caption, now_s: float) -> None:
        """Note an update. Interim text after the final one came too late and is ignored."""
        waiting = self._waiting.get(caption.segment)
        if waiting and waiting.caption.final and not caption.final:
            return
        due_s = waiting.due_s if waiting else now_s + INTERIM_WAIT_S
        self._waiting[caption.segment] = _Waiting(caption, now_s if caption.final else due_s)
        if len(self._waiting) > self._limit:
            interim = (key for key, one in self._waiting.items() if not one.caption.final)
            victim = self._waiting.pop(next(interim, next(iter(self._waiting))))
            self.dropped["final" if victim.caption.final else "interim"] += 1

    def take(self, now_s: float, sending: Collection[str] = ()) -> Caption | None:
        """The next caption to send beside the segments that are being sent, and of none of them."""
        if len(sending) >= AT_ONCE:
            return None
        free = [
            one.caption
            for segment, one in self._waiting.items()
            if one.due_s <= now_s and segment not in sending
        ]
        interim = None if len(sending) >= INTERIM_AT_ONCE else next(iter(free), None)
        found = next((one for one in free if one.final), interim)
        return None if found is None else self._waiting.pop(found.segment).caption

    def due_s(self, now_s: float) -> float | None:
        """When the next caption that must still wait need not any more; None where none must."""
        return min((one.due_s for one in self._waiting.values() if one.due_s > now_s), default=None)


@dataclass(frozen=True, slots=True)
class _Waiting:
    caption: Caption
    due_s: float


class Captions:
    """Sends captions into one room."""

    def __init__(self, room: rtc.Room, *, limit: int = 256, send_limit_s: float = 2.0) -> None:
        """``limit``: segments that may wait; ``send_limit_s``: for one update."""
        self._room = room
        self._send_limit_s = send_limit_s
        self._queue = CaptionQueue(limit)
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._open = self._closing = False
        self._timer: asyncio.TimerHandle | None = None
        self.sent = 0
        self.failed = 0
        """Captions that the room did not take in time."""

    @property
    def dropped(self) -> Counter[str]:
        """Captions that never left, by ``interim`` and ``final``."""
        return self._queue.dropped

    def open(self) -> None:
        """Begin to send."""
        self._open = True
        self._send_next()

    def caption(self, caption: Caption) -> None:
        """Show this now, or as soon as the room has taken what is on its way. Never waits."""
        self._queue.put(caption, asyncio.get_running_loop().time())
        self._send_next()

    async def close(self) -> None:
        """Send what waits, within one sending's limit, and end. Calling again does nothing."""
        self._closing = True
        self._send_next()
        try:
            async with asyncio.timeout(self._send_limit_s):
                while self._sending:
                    await asyncio.wait(set(self._sending.values()))
        except TimeoutError:
            logger.warning("captions were on their way at the close")
        self._open = False
        if late := set(self._sending.values()):
            for task in late:
                task.cancel()
            await asyncio.wait(late)

    def _send_next(self) -> None:
        loop = asyncio.get_running_loop()
        now_s = math.inf if self._closing else loop.time()
        while self._open and (caption := self._queue.take(now_s, self._sending)):
            self._send(caption)
        if self._timer:
            self._timer.cancel()
        due_s = self._queue.due_s(now_s)
        self._timer = None if due_s is None else loop.call_at(due_s, self._send_next)

    def _send(self, caption: Caption) -> None:
        try:
            task = send_text(
                self._room.local_participant,
                caption.text,
                topic=TOPIC,
                attributes=caption.attributes,
                sender=caption.identity,
            )
        except Exception as error:  # noqa: BLE001  the SDK raises many kinds, captions survive all
            self._fail(caption, error)
            return
        self._sending[caption.segment] = task
        limit = asyncio.get_running_loop().call_later(self._send_limit_s, task.cancel)
        task.add_done_callback(partial(self._on_done, caption, limit))

    def _on_done(
        self, caption: Caption, limit: asyncio.TimerHandle, task: asyncio.Task[None]
    ) -> None:
        limit.cancel()
        del self._sending[caption.segment]
        error = TimeoutError() if task.cancelled() else task.exception()
        if error:
            self._fail(caption, error)
        else:
            self.sent += 1
        self._send_next()

    def _fail(self, caption: Caption, error: BaseException) -> None:
        self.failed += 1
        logger.warning("caption of segment %s not sent: %r", caption.segment, error)
