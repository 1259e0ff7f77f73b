"""One subscription to one track: from its first frame to its listener's last call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from livekit import rtc

from roomhand.attribution.anchor import SAMPLES_PER_MS, Anchor
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.clock import own_now_s
from roomhand.room.listening import ListenerFactory, TrackListener
from roomhand.room.router import OpenStream, Router
from roomhand.room.vad import VadPool
from roomhand.turns.echo import Echo, Sound
from roomhand.turns.played import Played
from roomhand.turns.speech import Change, Edge, SpeechEdges, SpeechLimits

logger = logging.getLogger(__name__)

FINISH_LIMIT_S = 5.0
MUTE_LAG_MS = 300
"""The signal of a mute overtakes the audio before it, which waits in the jitter buffer."""
SHORTFALL_MS = 250
"""Audio that a stream may be behind real time when it ends, before that counts as a hole."""

VoiceReport: TypeAlias = Callable[[TrackRef, float], None]
"""(track, milliseconds of voice since its onset), after each round that heard some: early enough to
duck before it is proven speech, and exact enough to tell a cough from it. 0: it was no speech."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What all ears of a room share."""

    router: Router
    pool: VadPool
    limits: SpeechLimits
    frame_ms: int
    clock_ms: Callable[[], int]
    listener: ListenerFactory
    voice: VoiceReport
    voices: Sequence[Played] | None = None
    """The agents' own, whose echo on a track is no speech; None: nobody looks for an echo."""
    now_s: Callable[[], float] = own_now_s


@dataclass(slots=True)
class Past:
    """What came before on the same track: what lies between two subscriptions is a hole."""

    subscriptions: int = 0
    heard_until_ms: int | None = None
    """Meeting time up to which audio was received or declared absent."""


class Ear:
    """Takes a track's frames, has them judged, and tells its listener both, in order."""

    def __init__(
        self,
        ref: TrackRef,
        track: rtc.Track,
        hearing: Hearing,
        *,
        muted: bool,
        past: Past,
        on_finished: Callable[[Ear], None],
    ) -> None:
        self.ref = ref
        self.track = track
        self.received = 0
        """Samples so far."""
        self.failed = False
        """The listener raised; its stream was ended."""
        self._hearing = hearing
        self._past = past
        self._on_finished = on_finished
        self._silent_from: int | None = 0 if muted else None
        self._reason = "ended"
        self._judged = 0
        self._anchor = Anchor(0)
        self._ledger = TrackLedger()
        self._listener: TrackListener | None = None
        self._finished = asyncio.Event()
        self._edges = SpeechEdges(hearing.limits)
        self._echo = None if hearing.voices is None else Echo(hearing.voices)
        self._held: Edge | None = None
        """A beginning that may be one of an echo."""
        self._lane = hearing.pool.open(self._take_verdicts)
        self._stream: OpenStream = hearing.router.open(
            track,
            frame_ms=hearing.frame_ms,
            on_frame=self._take_frame,
            on_end=self._take_end,
        )

    def mute(self) -> None:
        """What comes is silence, as soon as the audio on its way is through."""
        self._silent_from = self.received + MUTE_LAG_MS * SAMPLES_PER_MS

    def unmute(self) -> None:
        self._silent_from = None

    async def close(self, reason: str) -> None:
        """Hear what was delivered, wait for its judgement, end the listener."""
        self._reason = reason
        await self._stream.aclose()
        try:
            await asyncio.wait_for(self._finished.wait(), FINISH_LIMIT_S)
        except TimeoutError:
            logger.warning("a track's last verdicts did not come within %.0f s", FINISH_LIMIT_S)
            self._finish()

    def _take_frame(self, pcm: bytes) -> None:
        samples = len(pcm) // 2
        listener = self._listener or self._begin(samples)
        start, self.received = self.received, self.received + samples
        self._ledger.receive(samples)
        try:
            listener.on_audio(start, pcm)
        except Exception:
            self.failed = True
            raise
        echo = self._is_echo(pcm)  # it counts every sample, also of a muted track
        if echo or (self._silent_from is not None and start >= self._silent_from):
            self._lane.hear_silence(samples)
        else:
            self._lane.hear(pcm)

    def _is_echo(self, pcm: bytes) -> bool:
        """Whether the detector need not hear this: it is an agent's voice."""
        return self._echo is not None and self._echo.hear(pcm, self._hearing.now_s()) is Sound.ECHO

    def _begin(self, samples: int) -> TrackListener:
        start_ms = self._hearing.clock_ms() - samples // SAMPLES_PER_MS
        if self._past.heard_until_ms is not None:
            hole_ms = max(start_ms - self._past.heard_until_ms, 0)
            self._ledger.declare_absent(hole_ms * SAMPLES_PER_MS, "reconnect")
        self._anchor = Anchor(start_ms)
        self._listener = self._hearing.listener(self.ref, self._anchor, self._ledger)
        return self._listener

    def _take_end(self) -> None:
        if self._listener is not None:
            until_ms, now_ms = self._anchor.ms(self.received), self._hearing.clock_ms()
            if now_ms - until_ms > SHORTFALL_MS:
                undelivered = (now_ms - until_ms) * SAMPLES_PER_MS
                self._ledger.declare_absent(undelivered, "undelivered")
                until_ms = now_ms
            self._past.heard_until_ms = until_ms
        self._lane.end()

    def _take_verdicts(self, probabilities: Sequence[float], ended: bool) -> None:
        try:
            self._judge(probabilities, ended)
        finally:
            if ended:
                self._finish()

    def _judge(self, probabilities: Sequence[float], ended: bool) -> None:
        if self._listener is None:
            return
        window, voiced_before = self._lane.window_samples, self._edges.voiced
        for probability in probabilities:
            edge = self._edges.judge(probability, window)
            if edge is not None:
                self._tell(self._listener, edge)
        self._settle_held(self._listener)
        if self._edges.voiced > voiced_before:
            self._hearing.voice(self.ref, self._edges.voiced / SAMPLES_PER_MS)
        if ended:
            last = self._edges.finish(self.received)
            if last is not None:
                self._tell(self._listener, last)
        judged = self.received if ended else self._edges.decided
        if self._held is not None:
            judged = min(judged, self._held.at)
        if judged > self._judged:
            self._judged = judged
            self._listener.on_judged(judged)

    def _settle_held(self, listener: TrackListener) -> None:
        """Once it is known what began: tell it, or forget an echo as if it had been silence."""
        if self._held is None or self._echo is None or self._echo.doubtful:
            return
        held, self._held = self._held, None
        if held.at >= self._echo.learned_at:
            listener.on_speech_start(held.at)
        else:
            self._edges.finish(self.received)
            self._hearing.voice(self.ref, 0.0)

    def _tell(self, listener: TrackListener, edge: Edge) -> None:
        if edge.change is Change.START and self._echo is not None:
            self._held = edge
            self._settle_held(listener)
        elif edge.change is Change.START:
            listener.on_speech_start(edge.at)
        elif edge.change is Change.END and self._held is not None:
            held, self._held = self._held, None
            listener.on_speech_start(held.at)
            listener.on_speech_end(edge.at, edge.voiced)
        elif edge.change is Change.END:
            listener.on_speech_end(edge.at, edge.voiced)
        elif edge.change is Change.NOTHING:
            self._hearing.voice(self.ref, 0.0)

    def _finish(self) -> None:
        if self._finished.is_set():
            return
        self._finished.set()
        try:
            if self._listener is not None:
                self._listener.on_ended(self._reason)
        finally:
            self._on_finished(self)
