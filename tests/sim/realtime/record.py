"""What the server saw: one record a session, for assertions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.sim.realtime.wire import JSON


@dataclass(frozen=True, slots=True)
class Seen:
    """One event and when it passed, in seconds of ``time.monotonic``.

    Audio is replaced by its length: ``audio_bytes`` (appends) or ``delta_bytes`` (answers).
    """

    at_s: float
    type: str
    event: JSON


@dataclass(frozen=True, slots=True)
class Committed:
    """One item of audio. Samples ``first`` to ``end - 1`` of all audio appended in the session."""

    item_id: str
    previous_item_id: str | None
    first: int
    end: int
    words: tuple[str, ...]
    """What the recogniser heard, whether or not its transcript was ever sent."""


@dataclass(slots=True)
class Responded:
    """One response. ``sent_ms`` is the audio that was put on the wire."""

    id: str
    metadata: JSON
    status: str = "in_progress"
    text: str = ""
    sent_ms: int = 0


@dataclass(slots=True)
class SessionRecord:
    """Everything one session received and did."""

    index: int
    path: str = ""
    model: str | None = None
    authorization: str | None = None
    received: list[Seen] = field(default_factory=list)
    sent: list[Seen] = field(default_factory=list)
    audio: bytearray = field(default_factory=bytearray)
    committed: list[Committed] = field(default_factory=list)
    truncated: list[tuple[str, int]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    responses: list[Responded] = field(default_factory=list)
    config: JSON = field(default_factory=dict)
    updates: list[str | bytes] = field(default_factory=list)
    """Each ``session.update`` as it came: a service keeps what it made of the same bytes."""
    ended: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def errors(self) -> list[JSON]:
        """Bodies of all ``error`` events sent."""
        return [seen.event["error"] for seen in self.sent if seen.type == "error"]

    def count(self, type_: str) -> int:
        """How many events of this type passed, either way."""
        return sum(seen.type == type_ for seen in (*self.received, *self.sent))

    def note_received(self, event: JSON) -> None:
        """A client event arrived."""
        self.received.append(_seen(event))
        self.changed()

    def note_sent(self, event: JSON) -> None:
        """A server event was sent."""
        self.sent.append(_seen(event))
        self.changed()

    def changed(self) -> None:
        """Wake whoever waits for something in this record."""
        self._changed.set()

    async def until(
        self, true_of: Callable[[SessionRecord], bool], timeout_s: float = 10.0
    ) -> None:
        """Wait until the record is like that. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not true_of(self):
                self._changed.clear()
                await self._changed.wait()


def _seen(event: JSON) -> Seen:
    slim = dict(event)
    for name in ("audio", "delta"):
        value = slim.get(name)
        if isinstance(value, str) and event["type"] in _AUDIO_EVENTS:
            del slim[name]
            slim[f"{name}_bytes"] = len(value) * 3 // 4 - value[-2:].count("=")
    return Seen(time.monotonic(), event["type"], slim)


_AUDIO_EVENTS = ("input_audio_buffer.append", "response.output_audio.delta")
