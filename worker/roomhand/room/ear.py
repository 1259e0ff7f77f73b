"""One subscription to one track: from its first frame to its listener's last call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from livekit import rtc

from roomhand import metrics
from roomhand.attribution.anchor import SAMPLES_PER_MS, Anchor
from roomhand.attribution.ends import TrackEnd
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import RECONNECT, UNDELIVERED, TrackLedger
from roomhand.clock import own_now_s
from roomhand.room.first_packet import FirstPacket, PacketsCame, packets_came
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
ARRIVAL_MS = 2_000
"""A track that was subscribed to may take so long to bring its first audio before that counts as a
hole: nothing is forwarded until the SFU and we have agreed on it."""
SHORTFALL_MS = 250
"""Audio that a stream may be behind real time when it ends, before that counts as a hole."""

VoiceReport: TypeAlias = Callable[[TrackRef, float], None]
"""(track, milliseconds of voice since its onset), after each round that heard some: early enough to
duck before it is proven speech, and exact enough to tell a cough from it. 0: it was no speech."""
OursFrom: TypeAlias = Callable[[], int | None]
"""Meeting time from which what is not heard is this agent's to answer for; None while another is
the scribe."""
AbsenceReport: TypeAlias = Callable[[TrackRef, int, int, str], None]
"""(track, from, to, why): between two subscriptions, in meeting time, as soon as it is over."""


def no_absence_report(_track: TrackRef, _start_ms: int, _end_ms: int, _reason: str) -> None:
    """For who does not want it."""


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
    ours_from_ms: OursFrom = lambda: 0
    absence: AbsenceReport = no_absence_report
    packets_came: PacketsCame = packets_came


@dataclass(slots=True)
class Past:
    """What came before on the same track: what lies between two subscriptions is a hole."""

    subscriptions: int = 0
    wanted_ms: int | None = None
    """Meeting time at which it was first to be heard."""
    heard_until_ms: int | None = None
    """Meeting time up to which audio was received or declared absent."""
    hearing: bool = False
    """Audio is coming."""
    reason: str = RECONNECT
    """Why none is, once some has come."""

    def absence(self, now_ms: int) -> tuple[int, str]:
        """For how many milliseconds nothing has come by now, and why. Short ones are none."""
        if self.hearing:
            return 0, ""
        if self.heard_until_ms is not None:
            return max(0, now_ms - self.heard_until_ms), self.reason
        waited_ms = now_ms - self.wanted_ms if self.wanted_ms is not None else 0
        return (waited_ms, UNDELIVERED) if waited_ms > ARRIVAL_MS else (0, "")


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
        self.came = False
        """Whether the SDK gave any frame, be it of the track or before it."""
        self.failed = False
        """The listener raised; its stream was ended."""
        self._hearing = hearing
        self._past = past
        self._on_finished = on_finished
        self._silent_from: int | None = 0 if muted else None
        self._first_packet = FirstPacket(track, hearing.packets_came)
        if muted:
            self._first_packet.believe()
        self._reason = TrackEnd.STALLED
        self._judged = 0
        self._anchor = Anchor(0)
        self._absent_before = 0
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

    @property
    def judged_ms(self) -> int | None:
        """Meeting time up to which what was said has been judged, once there is sound. It may come
        late on a busy machine."""
        return None if self._listener is None else self._anchor.ms(self._judged)

    def settle(self) -> None:
        """Bring the ledger's time up to now."""
        if self._listener is not None and self._past.hearing:
            self._ledger.reach(self._subscribed_until(self._hearing.clock_ms()))
            self._ledger.others = self._hearing.ours_from_ms() is None

    def rename(self, ref: TrackRef) -> None:
        """Its participant is called otherwise from now on."""
        self.ref = ref
        if self._listener is not None and not self._finished.is_set():
            self._listener.on_renamed(ref)

    def mute(self) -> None:
        """What comes is silence, as soon as the audio on its way is through."""
        self._silent_from = self.received + MUTE_LAG_MS * SAMPLES_PER_MS
        self._first_packet.believe()

    def unmute(self) -> None:
        self._silent_from = None

    async def close(self, reason: TrackEnd) -> None:
        """Hear what was delivered, wait for its judgement, end the listener."""
        self._reason = reason
        await self._first_packet.close()
        await self._stream.aclose()
        try:
            await asyncio.wait_for(self._finished.wait(), FINISH_LIMIT_S)
        except TimeoutError:
            logger.warning("a track's last verdicts did not come within %.0f s", FINISH_LIMIT_S)
            self._finish()

    def _take_frame(self, pcm: bytes) -> None:
        self.came = True
        if not self._first_packet.is_of_track(pcm):
            return
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
        at_once = self._edges.may_end(self.received)
        if echo or (self._silent_from is not None and start >= self._silent_from):
            self._lane.hear_silence(samples, at_once=at_once)
        else:
            self._lane.hear(pcm, at_once=at_once)

    def _is_echo(self, pcm: bytes) -> bool:
        """Whether the detector need not hear this: it is an agent's voice."""
        return self._echo is not None and self._echo.hear(pcm, self._hearing.now_s()) is Sound.ECHO

    def _begin(self, samples: int) -> TrackListener:
        start_ms = self._hearing.clock_ms() - samples // SAMPLES_PER_MS
        absent_ms, reason = self._past.absence(start_ms)
        self._miss(start_ms - absent_ms, start_ms, reason)
        self._absent_before = absent_ms * SAMPLES_PER_MS
        if absent_ms and self._past.heard_until_ms is not None:
            self._hearing.absence(self.ref, start_ms - absent_ms, start_ms, reason)
        self._past.hearing, self._past.reason = True, RECONNECT
        self._anchor = Anchor(start_ms)
        self._listener = self._hearing.listener(self.ref, self._anchor, self._ledger)
        return self._listener

    def _take_end(self) -> None:
        self._first_packet.believe()
        if self._listener is not None:
            until_ms, now_ms = self._anchor.ms(self.received), self._hearing.clock_ms()
            if now_ms - until_ms > SHORTFALL_MS:
                self._miss(until_ms, now_ms, UNDELIVERED)
                until_ms = now_ms
            self._ledger.stop(self._subscribed_until(until_ms))
            self._past.heard_until_ms, self._past.hearing = until_ms, False
            if self.failed:
                self._past.reason = TrackEnd.FAILED
        self._lane.end()

    def _miss(self, start_ms: int, end_ms: int, reason: str) -> None:
        self._ledger.miss(start_ms, end_ms, reason, self._hearing.ours_from_ms())

    def _subscribed_until(self, until_ms: int) -> int:
        """Samples of time from where its ledger begins."""
        since_first = (until_ms - self._anchor.start_ms) * SAMPLES_PER_MS
        return self._absent_before + since_first

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
                self._listener.on_ended(self._end())
        finally:
            self._on_finished(self)

    def _end(self) -> TrackEnd:
        """Write down why, once."""
        ended = TrackEnd.FAILED if self.failed else self._reason
        self._ledger.end = ended
        metrics.TRACKS_ENDED.labels(ended).inc()
        logger.info(
            "track ended",
            extra={
                "track": self.ref.sid,
                "subscription": self.ref.subscription,
                "reason": ended,
                "received_ms": self.received // SAMPLES_PER_MS,
            },
        )
        return ended
