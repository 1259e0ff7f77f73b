"""The wire of one session: where calls go in, events come out, and faults strike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from roomhand_plugins.base import (
    SAMPLE_RATE,
    Closed,
    Event,
    SessionClosedError,
    Transcript,
    TurnFailed,
)
from roomhand_plugins.event_stream import EventStream
from roomhand_plugins.scripted.director import Director
from roomhand_plugins.scripted.script import MOMENT_OF, Cue, Fault, FaultKind, Moment

EVENT_LIMIT = 1000
BYTES_PER_MS = SAMPLE_RATE * 2 // 1000
ENDS: dict[FaultKind, Closed] = {
    FaultKind.LOSE_SOCKET: Closed("lost", True, "the script cut the connection"),
    FaultKind.EXPIRE: Closed("expired", True, "the script ended the session"),
    FaultKind.RATE_LIMIT: Closed("rate_limited", True, "the script", retry_after_s=1.0),
    FaultKind.SERVER_ERROR: Closed("server_error", True, "the script broke the server"),
}
_SILENT = {FaultKind.DROP_EVENT, FaultKind.NEVER_DONE}


class Wire:
    """``number`` names the session in the director's records; ``on_end`` is called once."""

    def __init__(self, director: Director, number: int, on_end: Callable[[], None]) -> None:
        self.stream = EventStream(EVENT_LIMIT)
        self._director = director
        self._number = number
        self._on_end = on_end
        self._tasks: set[asyncio.Task[None]] = set()
        self._reading = asyncio.Event()
        self._reading.set()
        self._unread_bytes = 0
        self._expiry: asyncio.TimerHandle | None = None

    def call(self, moment: Moment, subject: str) -> None:
        """A call arrives. Raises SessionClosedError, also where it is this call's fault."""
        self.check_open()
        faults, cues = self._director.reached(moment, self._number, subject)
        self.follow(cues, subject)
        for fault in faults:
            self.suffer(fault)
        self.check_open()

    def check_open(self) -> None:
        """Raises SessionClosedError after the end."""
        closed = self.stream.closed
        if closed is not None:
            raise SessionClosedError(f"the session has ended: {closed.reason}")

    async def carry(self, pcm: bytes) -> None:
        """Take audio; while the peer does not read, wait once the buffer is full."""
        limit = self._director.script.audio_buffer_ms * BYTES_PER_MS
        while not self._reading.is_set() and self._unread_bytes + len(pcm) > limit:
            await self._reading.wait()
            self.check_open()
        if not self._reading.is_set():
            self._unread_bytes += len(pcm)

    async def emit(self, event: Event) -> None:
        """Send an event, or what the script makes of it."""
        subject: str = getattr(event, "turn_id", None) or getattr(event, "reply_id", None) or ""
        faults: list[Fault] = []
        cues: list[Cue] = []
        if type(event) in MOMENT_OF:
            faults, cues = self._director.reached(MOMENT_OF[type(event)], self._number, subject)
        kinds = {fault.fault for fault in faults}
        if FaultKind.LATE_TRANSCRIPT in kinds:
            await asyncio.sleep(sum(fault.ms for fault in faults) / 1000)
        if FaultKind.FAIL_TRANSCRIPT in kinds and isinstance(event, Transcript):
            event = TurnFailed(subject, "the script failed the transcript")
        for _ in range(0 if kinds & _SILENT else 1 + (FaultKind.DUPLICATE_EVENT in kinds)):
            await self.stream.put(event)
        self.follow(cues, subject)
        for fault in faults:
            self.suffer(fault)

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run ``work`` until the session ends."""
        task = asyncio.create_task(work, name=f"scripted-{name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def follow(self, cues: Sequence[Cue], subject: str) -> None:
        """Send the events of these cues when their time comes."""
        for cue in cues:
            self.start(self._play(cue, subject), f"cue-{cue.event}")

    def suffer(self, fault: Fault) -> None:
        """Let a fault that concerns the whole session happen; others are for ``emit``."""
        if fault.fault in ENDS:
            self.end(ENDS[fault.fault])
        elif fault.fault is FaultKind.STALL:
            self._reading.clear()
            if fault.ms:
                self.start(self._stall(fault.ms), "stall")

    def expire_after(self, life_s: float) -> None:
        """The session ends by itself at this age."""
        loop = asyncio.get_running_loop()
        self._expiry = loop.call_later(life_s, self.end, ENDS[FaultKind.EXPIRE])

    def unstall(self) -> None:
        """The peer reads what is there, and goes on reading."""
        self._unread_bytes = 0
        self._reading.set()

    def end(self, closed: Closed) -> None:
        """Send the last event and stop all work. Again: nothing."""
        if not self.stream.finish(closed):
            return
        self.unstall()
        if self._expiry:
            self._expiry.cancel()
        for task in self._tasks:
            task.cancel()
        self._on_end()

    async def settle(self) -> None:
        """Wait until all stopped work is over."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _play(self, cue: Cue, subject: str) -> None:
        await asyncio.sleep(cue.after_ms / 1000)
        await self.emit(cue.build(subject))

    async def _stall(self, duration_ms: int) -> None:
        await asyncio.sleep(duration_ms / 1000)
        self.unstall()
