"""The mouth: one published track, one reply at a time, never a frame without a valid grant.

    begin ─► push, push, text ... ─► finish ─► (played)         stop at any time
                                                                duck and restore, pause and resume

A pump keeps the SDK's queue a little ahead of real time by our own clock. It asks the publish gate
for every frame; when the gate refuses, what is queued is cleared and the reply ends. So the longest
tail after a grant is one tick of the pump and the way to the listener.

Ducking must be heard at once, but the queue is long: it is cleared and filled again, quieter, from
the first unplayed sample, which the playout clock knows to about 10 ms (one step of the SDK's
queue). While ducked the queue is kept short, so that coming back needs no second clearing.

A pause clears the queue and keeps the reply: it goes on from the first unplayed sample, or from the
beginning of the word that was broken, where the model told its place and some of it was missing.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable

import numpy as np
from livekit import rtc

from roomhand.clock import own_now_s
from roomhand.errors import IllegalInputError
from roomhand.room.voice import DUCK_GAIN, Fader, Voice
from roomhand.turns.gate import PublishGate
from roomhand.turns.own_voice import OwnVoice
from roomhand.turns.playout import STEP_SAMPLES, Ending, Playout
from roomhand_plugins.base import SAMPLE_RATE, Heard, ReplyText

__all__ = ["Ending", "Mouth"]

TICK_S = 0.02
DUCKED_QUEUE_MS = 60
SPARE_QUEUE_MS = 100
"""The SDK's limit above our own, so that a capture never waits for room."""
TRAILING_SILENCE = bytes(SAMPLE_RATE // 10 * 2)
"""The SDK sends nothing for 100 ms after its queue ran dry; a listener would hear made-up sound."""
REMEMBERED_REPLIES = 32
RESUBSCRIBE_LIMIT_S = 1.0
"""How long a track that was published anew waits for its first listener; there may be none."""
AUDIBLE = 200
"""A sample louder than this is part of a word (-44 dB of full scale)."""


class _Reply:
    """The reply that is being played."""

    def __init__(self, reply_id: str, grant_number: int) -> None:
        self.id = reply_id
        self.grant = grant_number
        self.playout = Playout()
        self.pcm = bytearray()
        self.truncated = False
        self.started = False

    def slice(self, samples: int) -> bytes:
        """The next samples to capture."""
        start = self.playout.captured * 2
        return bytes(self.pcm[start : start + samples * 2])

    def silent(self, start: int, stop: int) -> bool:
        """Whether nothing is audible in these samples."""
        samples = np.frombuffer(self.pcm[start * 2 : stop * 2], np.int16)
        return bool(np.all(np.abs(samples.astype(np.int32)) <= AUDIBLE))


class Mouth:
    """What one agent says in one room. All calls come on the event loop, and return at once."""

    def __init__(
        self,
        room: rtc.Room,
        gate: PublishGate,
        *,
        queue_ms: int = 200,
        kbps: int | None = None,
        max_reply_s: float = 300.0,
        now: Callable[[], float] = own_now_s,
        on_started: Callable[[str], None] = lambda reply_id: None,
        on_ended: Callable[[str, Heard, Ending], None] = lambda reply_id, heard, ending: None,
    ) -> None:
        """``on_started``: the first audio of a reply was handed to LiveKit. ``on_ended``: its last
        call, with what people heard. Both are called on the event loop and must return at once."""
        self._room = room
        self._gate = gate
        self._queue_samples = queue_ms * SAMPLE_RATE // 1000
        self._max_samples = int(max_reply_s * SAMPLE_RATE)
        self._now = now
        self._on_started = on_started
        self._on_ended = on_ended
        self._voice = Voice(room, queue_ms=queue_ms + SPARE_QUEUE_MS, kbps=kbps, now=now)
        self._pump_task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._active: _Reply | None = None
        self._fader = Fader()
        self._capturing = self._refill_due = self._paused = False
        self._reconnecting = self._gone = self._closing = False
        self._unheard_until_s = 0.0
        self._heard: OrderedDict[str, Heard] = OrderedDict()
        self._waiters: dict[str, asyncio.Future[Heard]] = {}
        self.dropped: Counter[str] = Counter()
        """Samples received and never played, by reason."""

    @property
    def own_voice(self) -> OwnVoice:
        """What is played, as the ears need it to know an echo."""
        return self._voice.own

    @property
    def track_sid(self) -> str:
        """The published track as of now (a full reconnect changes it); empty before ``open``."""
        return self._voice.sid

    @property
    def speaking(self) -> str | None:
        """The reply being played."""
        return self._active.id if self._active else None

    async def open(self, *, timeout_s: float = 10.0) -> None:
        """Publish the track. Raises LiveKitError if the server does not take it in time."""
        await self._voice.publish(timeout_s)
        self._room.on("disconnected", self._on_disconnected)
        self._room.on("reconnecting", self._on_reconnecting)
        self._room.on("reconnected", self._on_reconnected)
        self._room.on("local_track_republished", self._on_republished)
        self._room.on("local_track_subscribed", self._on_subscribed)
        self._pump_task = asyncio.create_task(self._pump(), name="mouth")

    def begin(self, reply_id: str, grant_number: int) -> None:
        """A reply starts under a grant. Raises IllegalInputError while another one is playing."""
        if self._active or self._pump_task is None or self._pump_task.done():
            raise IllegalInputError("mouth", f"speaking {self.speaking}", f"begin {reply_id}")
        self._fader = Fader()
        self._refill_due = self._paused = False
        self._voice.clear()
        self._active = _Reply(reply_id, grant_number)
        self._wake.set()

    def push(self, reply_id: str, pcm: bytes) -> None:
        """The next audio: mono int16 at 24 kHz. Audio for no running reply is dropped."""
        samples = len(pcm) // 2
        reply = self._current(reply_id)
        if reply is None or reply.playout.finished:
            self.dropped["too long" if reply and reply.truncated else "late"] += samples
            return
        fits = min(samples, self._max_samples - reply.playout.received)
        reply.pcm += pcm[: fits * 2]
        reply.playout.receive(fits)
        if fits < samples:
            self.dropped["too long"] += samples - fits
            reply.truncated = True
            reply.playout.finish()
        self._wake.set()

    def text(self, reply_id: str, piece: ReplyText) -> None:
        """The next words. Words for no running reply, or beyond its limit, are nobody's."""
        reply = self._current(reply_id)
        if reply and not reply.truncated:
            reply.playout.say(piece.text, piece.audio_ms)

    def finish(self, reply_id: str) -> None:
        """All audio of the reply has been pushed."""
        reply = self._current(reply_id)
        if reply:
            reply.playout.finish()
            self._wake.set()

    def duck(self) -> None:
        """Speak at -24 dB from now on, also what is already queued."""
        if self._active and self._fader.target != DUCK_GAIN:
            self._fader.target = DUCK_GAIN
            self._refill(self._active)

    def restore(self) -> None:
        """Speak at full level again."""
        self._fader.target = 1.0

    def pause(self) -> None:
        """Be silent from now on, and keep what was not heard."""
        if self._active and not self._paused:
            self._paused = True
            self._refill(self._active)

    def resume(self) -> None:
        """Go on after a pause, at full level."""
        if self._active and self._paused:
            self._paused = False
            self._fader = Fader(level=0.0)
            if not self._refill_due:
                self._active.playout.mend(self._now(), self._active.silent)
            self._wake.set()

    def stop(self, reply_id: str) -> Heard:
        """Cut the reply now; nothing more of it leaves. An ended reply: what was heard of it."""
        reply = self._current(reply_id)
        if reply:
            self._end(reply, Ending.STOPPED)
        return self.heard(reply_id)

    def heard(self, reply_id: str) -> Heard:
        """What people heard of a reply so far, running or ended."""
        reply = self._current(reply_id)
        if reply:
            return reply.playout.heard(self._now())
        return self._heard.get(reply_id, Heard(audio_ms=0, text=""))

    async def played(self, reply_id: str) -> Heard:
        """Wait until the reply is over. Its grant bounds the wait: the gate refuses an old one."""
        if self._current(reply_id) is None:
            return self.heard(reply_id)
        loop = asyncio.get_running_loop()
        waiter = self._waiters.setdefault(reply_id, loop.create_future())
        return await asyncio.shield(waiter)

    async def close(self) -> None:
        """Cut what is playing and unpublish. Calling again does nothing."""
        if self._closing:
            return
        self._closing = True
        if self._active:
            self._end(self._active, Ending.CLOSED)
        self._wake.set()
        if self._pump_task:
            # Not cancelled: an abandoned capture can abort the process at exit.
            await self._pump_task
            self._room.off("disconnected", self._on_disconnected)
            self._room.off("reconnecting", self._on_reconnecting)
            self._room.off("reconnected", self._on_reconnected)
            self._room.off("local_track_republished", self._on_republished)
            self._room.off("local_track_subscribed", self._on_subscribed)
        await self._voice.close()

    def _current(self, reply_id: str) -> _Reply | None:
        return self._active if self._active and self._active.id == reply_id else None

    def _end(self, reply: _Reply, ending: Ending) -> None:
        now_s = self._now()
        reply.playout.cut(now_s)
        if ending not in (Ending.PLAYED, Ending.TRUNCATED):
            self._voice.clear()
        heard = reply.playout.heard(now_s)
        unheard = reply.playout.received - reply.playout.played(now_s)
        if unheard:
            self.dropped[ending] += unheard
        self._active = None
        self._heard[reply.id] = heard
        while len(self._heard) > REMEMBERED_REPLIES:
            self._heard.popitem(last=False)
        waiter = self._waiters.pop(reply.id, None)
        if waiter and not waiter.done():
            waiter.set_result(heard)
        self._wake.set()
        self._on_ended(reply.id, heard, ending)

    def _refill(self, reply: _Reply) -> None:
        """Take back what is queued and not played; the pump captures it again."""
        if self._capturing:
            self._refill_due = True
            return
        self._refill_due = False
        reply.playout.rewind(self._now())
        self._voice.clear()
        self._wake.set()

    async def _pump(self) -> None:
        try:
            while not self._closing:
                self._wake.clear()
                pause_s = await self._feed()
                if not self._wake.is_set():
                    await self._rest(pause_s)
        finally:
            # Whatever went wrong, nothing plays on that nobody feeds or cuts.
            if self._active:
                self._end(self._active, Ending.FAILED)

    async def _rest(self, pause_s: float | None) -> None:
        timer = None
        if pause_s is not None:
            timer = asyncio.get_running_loop().call_later(pause_s, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            if timer:
                timer.cancel()

    async def _feed(self) -> float | None:
        """Hand over what is due; returns how long to rest, None where only a call can wake."""
        reply = self._active
        if reply is None:
            return None
        now_s = self._now()
        if reply.playout.done(now_s):
            self._end(reply, Ending.TRUNCATED if reply.truncated else Ending.PLAYED)
        elif self._gone:
            self._end(reply, Ending.DISCONNECTED)
        else:
            await self._feed_through_gate(reply, now_s)
        queued_s = reply.playout.queued(self._now()) / SAMPLE_RATE
        return min(TICK_S, queued_s + 0.001) if queued_s else TICK_S

    async def _feed_through_gate(self, reply: _Reply, now_s: float) -> None:
        unheard = self._reconnecting or now_s < self._unheard_until_s
        due = 0 if unheard or self._paused else self._due(reply, now_s)
        if not due:
            # What is queued, or waited for, needs a grant too; but no frame is refused here.
            if self._gate.refusal(reply.grant, now_s):
                self._end(reply, Ending.REFUSED)
        elif self._gate.admits(reply.grant, now_s):
            await self._capture(reply, due, now_s)
        else:
            self._end(reply, Ending.REFUSED)

    def _due(self, reply: _Reply, now_s: float) -> int:
        ducked_samples = DUCKED_QUEUE_MS * SAMPLE_RATE // 1000
        ahead = self._queue_samples if self._fader.target == 1.0 else ducked_samples
        pending = reply.playout.pending()
        due = min(pending, ahead - reply.playout.queued(now_s))
        last = reply.playout.finished and due == pending
        return max(due if last else due - due % STEP_SAMPLES, 0)

    async def _capture(self, reply: _Reply, samples: int, now_s: float) -> None:
        pcm = self._fader.apply(reply.slice(samples))
        reply.playout.capture(samples, now_s)
        if reply.playout.finished and not reply.playout.pending():
            pcm += TRAILING_SILENCE
        self._capturing = True
        taken = await self._voice.capture(pcm)
        self._capturing = False
        if self._active is not reply:
            # It was stopped during the capture, and this audio came after the clearing.
            self._voice.clear()
        elif not taken:
            self._end(reply, Ending.FAILED)
        else:
            if self._refill_due:
                self._refill(reply)
            if not reply.started:
                reply.started = True
                self._on_started(reply.id)

    def _on_disconnected(self, reason: object) -> None:
        self._gone = True
        if self._active:
            self._end(self._active, Ending.DISCONNECTED)

    def _on_reconnecting(self) -> None:
        """Nobody hears us: hold, and say it when we are back."""
        self._reconnecting = True
        if self._active:
            self._refill(self._active)

    def _on_reconnected(self) -> None:
        self._reconnecting = False
        self._wake.set()

    def _on_republished(self, publication: rtc.LocalTrackPublication, old_sid: str) -> None:
        """After a full reconnect nobody hears the new track before they are subscribed to it."""
        self._unheard_until_s = self._now() + RESUBSCRIBE_LIMIT_S

    def _on_subscribed(self, track: rtc.LocalTrack) -> None:
        self._unheard_until_s = 0.0
        self._wake.set()
