"""What was said goes out here: to the durable transcript and, as captions, to the room."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from roomhand import metrics
from roomhand.attribution.identity import Kind, Source, TrackRef, safe_name
from roomhand.attribution.ledger import UNDELIVERED
from roomhand.attribution.segments import (
    GAP_SUFFIX,
    UNHEARD_SUFFIX,
    Segment,
    SegmentKind,
    Turn,
    turn_id,
)
from roomhand.coordination.interim import InterimChannel
from roomhand.coordination.writer import TranscriptWriter
from roomhand.errors import RedisError
from roomhand.room.answer import Answer, Outcome
from roomhand.room.captions import Caption, Captions
from roomhand_plugins.base import Transcript

logger = logging.getLogger(__name__)

UNWRITTEN = "its model wrote no text"
"""The reason of a gap in which people heard the agent."""
ABSENT = "no agent was here to transcribe"
"""The reason of a gap between two owners of an agent."""
FORGOTTEN = "Redis lost its data"
"""The reason of a gap in which words had been written."""
_WORDLESS_MS = 1_000
"""Speech that is cut off sooner may have had no word."""


class Recorder:
    """Writes what people say, what they heard of the agent, and what nobody knows."""

    def __init__(
        self,
        *,
        agent: str,
        agent_name: str,
        meeting_id: str,
        writer: TranscriptWriter,
        captions: Captions,
        interim: InterimChannel,
        is_scribe: Callable[[], bool],
        own_track: Callable[[], str],
        own_identity: str,
        clock_ms: Callable[[float | None], int],
    ) -> None:
        self._agent = agent
        self._agent_name = agent_name
        self._meeting_id = meeting_id
        self._writer = writer
        self._captions = captions
        self._interim = interim
        self._is_scribe = is_scribe
        self._own_track = own_track
        self._own_identity = own_identity
        self._clock_ms = clock_ms
        self._notices = 0
        self._interims: dict[str, Segment] = {}
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Publish interim text, the newest of each turn only, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            waiting, self._interims = self._interims, {}
            try:
                for segment in waiting.values():
                    await self._interim.publish(segment)
            except RedisError as error:
                logger.warning("interim text not published", extra={"error": str(error)})

    def words(self, track: TrackRef, turn: Turn, end_ms: int | None, words: Transcript) -> None:
        """Interim or final words of a person. Empty final text is nobody's segment; who waits for
        the words hears of it as of interim text."""
        segment = _speech(track, turn, self._clock_ms(None) if end_ms is None else end_ms, words)
        if not self._is_scribe():
            return
        if words.final and segment.text:
            self._interims.pop(segment.id, None)
            self._show(segment, track.speaker.identity)
            self._write(segment)
            return
        if not words.final:
            self._show(segment, track.speaker.identity)
        self._interims[segment.id] = segment
        self._wake.set()

    def doubted(self, track: TrackRef, turn: Turn, end_ms: int, words: Transcript) -> None:
        """Words for which there was too little voice: a record for debugging, and no speech."""
        if self._is_scribe():
            segment = _speech(track, turn, end_ms, words)
            self._write(replace(segment, id=f"{turn.id}.doubted", kind=SegmentKind.DOUBTED))

    def hole(self, track: TrackRef, turn: str, start_ms: int, end_ms: int, reason: str) -> None:
        """Speech of which there will be no words; ``turn`` is its id."""
        if self._is_scribe():
            self._write(_gap(turn + GAP_SUFFIX, track, start_ms, end_ms, reason))

    def unheard(self, track: TrackRef, start_ms: int, end_ms: int, reason: str) -> None:
        """Time in which a track was not heard, whatever was said."""
        where = turn_id(self._meeting_id, track.sid, start_ms)
        self._write(_gap(where + UNHEARD_SUFFIX, track, start_ms, end_ms, reason))

    def late(self, track: TrackRef, start_ms: int, end_ms: int) -> None:
        """Time in which a track was not heard yet, and others were."""
        self.unheard(track, start_ms, end_ms, UNDELIVERED)

    def absence(self, start_ms: int, end_ms: int) -> None:
        """Time in which no agent transcribed, because the one that did was lost."""
        self._write(_gap_of_all(f"{self._meeting_id}.absence.{start_ms}", start_ms, end_ms, ABSENT))

    def forgotten(self, start_ms: int) -> None:
        """All that was written of the time since then is lost. Only the scribe's is taken, once."""
        gap = f"{self._meeting_id}.forgotten.{start_ms}"
        self._write(_gap_of_all(gap, start_ms, self._clock_ms(None), FORGOTTEN))

    def answer(self, answer: Answer) -> Segment | None:
        """What people heard of the agent; None where they heard no word.

        A gap where they heard it speak and its model never wrote what.
        """
        if answer.started_s is None or not (answer.heard.text or _spoke(answer)):
            return None
        unwritten = not answer.heard.text
        segment = Segment(
            id=f"{self._meeting_id}.{self._agent}.{answer.reply_id}",
            kind=SegmentKind.GAP if unwritten else SegmentKind.AGENT,
            speaker=self._agent,
            name=self._agent_name,
            text=UNWRITTEN if unwritten else answer.heard.text,
            start_ms=self._clock_ms(answer.started_s),
            end_ms=self._clock_ms(answer.started_s) + answer.heard.audio_ms,
            speaker_kind=Kind.AGENT,
            track=self._own_track(),
            source=Source.MICROPHONE,
            interrupted=answer.outcome is not Outcome.COMPLETED,
            estimated=answer.heard.estimated,
        )
        if not unwritten:
            self._show(segment, self._own_identity)
        self._write(segment)
        return segment

    def notice(self, text: str) -> None:
        """A fact about the room, in nobody's name."""
        self._write(self._fact(text))

    def announce(self, text: str, detail: str = "") -> None:
        """A fact that people are shown, too, as the agent's caption; ``detail`` is not."""
        fact = self._fact(text + detail)
        self._write(fact)
        self._show(replace(fact, text=text, track=self._own_track()), self._own_identity)

    def _fact(self, text: str) -> Segment:
        self._notices += 1
        now_ms = self._clock_ms(None)
        return Segment(
            id=f"{self._meeting_id}.{self._agent}.notice.{now_ms}.{self._notices}",
            kind=SegmentKind.NOTICE,
            speaker="",
            name="",
            text=text,
            start_ms=now_ms,
            end_ms=now_ms,
            speaker_kind=Kind.AGENT,
        )

    def _write(self, segment: Segment) -> None:
        self._writer.add(segment)
        metrics.SEGMENTS.labels(segment.kind).inc()
        metrics.SEGMENTS_BUFFERED.set(self._writer.pending)

    def _show(self, segment: Segment, identity: str) -> None:
        self._captions.caption(
            Caption(
                segment=segment.id,
                identity=identity,
                track=segment.track,
                text=segment.text,
                final=segment.final,
            )
        )


def _spoke(answer: Answer) -> bool:
    """People heard words, whatever they were."""
    whole = answer.outcome is Outcome.COMPLETED and answer.heard.audio_ms > 0
    return whole or answer.heard.audio_ms >= _WORDLESS_MS


def _gap(id_: str, track: TrackRef, start_ms: int, end_ms: int, reason: str) -> Segment:
    return Segment(
        id=id_,
        kind=SegmentKind.GAP,
        speaker=track.speaker.identity,
        name=safe_name(track.speaker.name, fallback=track.speaker.identity),
        text=reason,
        start_ms=start_ms,
        end_ms=end_ms,
        speaker_kind=track.speaker.kind,
        track=track.sid,
        source=track.source,
    )


def _gap_of_all(id_: str, start_ms: int, end_ms: int, reason: str) -> Segment:
    return Segment(
        id=id_,
        kind=SegmentKind.GAP,
        speaker="",
        name="everybody",
        text=reason,
        start_ms=start_ms,
        end_ms=end_ms,
    )


def _speech(track: TrackRef, turn: Turn, end_ms: int, words: Transcript) -> Segment:
    return Segment(
        id=turn.id,
        kind=SegmentKind.SPEECH,
        speaker=track.speaker.identity,
        name=safe_name(track.speaker.name, fallback=track.speaker.identity),
        text=words.text.strip(),
        start_ms=turn.start_ms,
        end_ms=end_ms,
        speaker_kind=track.speaker.kind,
        track=track.sid,
        source=track.source,
        final=words.final,
        language=words.language,
        confidence=words.confidence,
    )
