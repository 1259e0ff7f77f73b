"""What an agent learns by reading: the transcript, and the scribe's interim text.

People's words come from the scribe, whichever agent that is; other Roomhand agents are known by
their heard text alone. Everything is read once, from the beginning of the meeting, so that an agent
that comes late, or again, knows what was said; it answers only what was said since it came.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from roomhand.attribution.conversation import Conversation, Entry
from roomhand.attribution.identity import Kind
from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.coordination.entry import BEGINNING
from roomhand.coordination.interim import InterimChannel
from roomhand.coordination.scribe import ScribeDuty
from roomhand.coordination.transcript import TranscriptReader
from roomhand.errors import ArchiveError, RoomhandError
from roomhand.room.sessions import Sessions
from roomhand.turns.questions import WORTH_ANSWERING_S
from roomhand.turns.utterance import Utterance
from roomhand_plugins.base import Role

logger = logging.getLogger(__name__)

BLOCK_MS = 500
AGAIN_S = 0.5


class Judge(Protocol):
    """Decides what was meant for this agent: the conductor. Every call returns at once."""

    def read(self, said: Utterance) -> bool:
        """Final text; empty where no words will come. True: it became a question."""

    def read_interim(self, said: Utterance) -> bool:
        """The text so far. True: make ready for an answer."""


class Nobody:
    """For an agent that stands by: what is read is remembered, and decides nothing."""

    def read(self, said: Utterance) -> bool:
        """It is no question."""
        return False

    def read_interim(self, said: Utterance) -> bool:
        """Nothing is made ready."""
        return False


class Reading:
    """Two tasks, ``run`` and ``listen``. It also turns the sessions' hearing on and off, because a
    new scribe must have read to the end before it transcribes what is missing."""

    def __init__(
        self,
        *,
        agent: str,
        meeting_id: str,
        reader: TranscriptReader,
        interim: InterimChannel,
        duty: ScribeDuty,
        sessions: Sessions,
        memory: Conversation,
        judge: Judge,
        clock_ms: Callable[[], int],
        on_duty: Callable[[], None],
    ) -> None:
        """``on_duty``: this agent transcribes from now on what is not in the transcript."""
        self._agent = agent
        self._meeting_id = meeting_id
        self._reader = reader
        self._interim = interim
        self._duty = duty
        self._sessions = sessions
        self._memory = memory
        self._judge = judge
        self._clock_ms = clock_ms
        self._on_duty = on_duty
        self._came_ms = clock_ms()
        self._token = BEGINNING
        self._judged_to = ""
        self._all_news = False
        self.takes_duty = True
        """It turns the sessions' hearing on once this agent is the scribe."""
        self.read_up = asyncio.Event()
        """Set once all that had been said when this agent came is known."""

    @property
    def judged_to(self) -> str:
        """The entry up to which all that was meant for this agent has been judged, here or by the
        owner before."""
        return self._judged_to or self._token

    def judge_after(self, token: str) -> None:
        """The owner before has judged everything up to this entry: what comes after it is news,
        though it was said when nobody ran the agent. Once reading has begun it is too late."""
        if self._token == BEGINNING == token:
            self._all_news = True
        elif self._token == BEGINNING:
            self._judged_to = token

    def decide(self, judge: Judge) -> None:
        """From now on ``judge`` hears of what is read."""
        self._judge = judge

    async def run(self) -> None:
        """Read the transcript, and follow the scribe's duty, until cancelled."""
        while True:
            try:
                await self._read_on()
            except RoomhandError as error:
                logger.warning("transcript not read", extra={"error": str(error)})
                await asyncio.sleep(AGAIN_S)

    async def listen(self) -> None:
        """Take the scribe's interim text until cancelled. What is missed is missed."""
        while True:
            try:
                async with self._interim.listen() as segments:
                    async for segment in segments:
                        self.on_interim(segment)
            except RoomhandError as error:
                logger.warning("interim text not heard", extra={"error": str(error)})
            await asyncio.sleep(AGAIN_S)

    async def _read_on(self) -> None:
        takes_over = self._takes_over
        block_ms = BLOCK_MS if self.read_up.is_set() and not takes_over else None
        try:
            page = await self._reader.page(self._meeting_id, self._token, block_ms)
        except ArchiveError as error:
            # Only old turns are in it. To hear and to answer now counts for more.
            logger.warning("what is archived is not read", extra={"error": str(error)})
            self._token = await self._reader.past_archive(self._meeting_id, self._token)
            self._judged_to = ""
            return
        for entry in page:
            self._token = entry.token
            self.on_final(entry.segment)
            if entry.token == self._judged_to:
                self._judged_to, self._all_news = "", True
            await asyncio.sleep(0)  # a long meeting must not hold up the audio
        if not page:
            self.read_up.set()
            self._judged_to = ""
        self._memory.give_up(self._clock_ms())
        if self._sessions.hears and not self._duty.is_scribe:
            logger.info("another agent transcribes now")
            self._sessions.hears = False
        elif takes_over and not page and self._takes_over:
            logger.info("this agent transcribes now")
            self._on_duty()
            self._sessions.hears = True

    @property
    def _takes_over(self) -> bool:
        return self.takes_duty and self._duty.is_scribe and not self._sessions.hears

    def on_final(self, segment: Segment) -> None:
        """The next of the transcript."""
        match segment.kind:
            case SegmentKind.SPEECH:
                self._person(segment)
            case SegmentKind.AGENT:
                self._other_agent(segment)
            case SegmentKind.GAP if segment.track and segment.speaker_kind is not Kind.AGENT:
                if not segment.unheard:  # what another scribe missed may be in our rings
                    self._nothing(segment)
            case _:
                return

    def on_interim(self, segment: Segment) -> None:
        """What the scribe has of a turn so far; final and empty where nothing was said in it."""
        if self._sessions.hears:
            return
        if segment.final:
            self._nothing(segment)
        elif self._judge.read_interim(_utterance(segment)):
            self._sessions.prepare(segment.track, segment.start_ms)

    def _person(self, segment: Segment) -> None:
        self._memory.say(_entry(segment, Role.PERSON))
        self._sessions.recorded(segment.track, segment.start_ms, segment.end_ms)
        if self._sessions.hears or not self._is_news(segment):
            return
        if self._judge.read(_utterance(segment)):
            self._sessions.prepare(segment.track, segment.start_ms)

    def _other_agent(self, segment: Segment) -> None:
        if segment.speaker == self._agent:
            self._memory.say(_entry(segment, Role.AGENT))
            return
        self._memory.say(_entry(segment, Role.OTHER_AGENT))
        if self._is_news(segment) and not segment.interrupted:
            self._judge.read(_utterance(segment))

    def _nothing(self, segment: Segment) -> None:
        """No words will come of this turn."""
        self._memory.settle(_entry(segment, Role.PERSON))
        self._sessions.recorded(segment.track, segment.start_ms, segment.end_ms)
        if not self._sessions.hears and self._is_news(segment):
            self._judge.read(replace(_utterance(segment), text=""))

    def _is_news(self, segment: Segment) -> bool:
        """Said since this agent came, or since the owner before was lost, and not so long ago that
        nobody wants an answer."""
        age_ms = self._clock_ms() - segment.end_ms
        heard = self._all_news or segment.end_ms > self._came_ms
        return heard and age_ms <= WORTH_ANSWERING_S * 1000


def _entry(segment: Segment, role: Role) -> Entry:
    """For the memory. What this agent said itself is known there by the id of the reply."""
    own = role is Role.AGENT
    return Entry(
        turn_id=segment.id.rpartition(".")[2] if own else segment.id,
        identity=segment.speaker,
        name=segment.name,
        role=role,
        text=segment.text,
        start_ms=segment.start_ms,
        track=segment.track if role is Role.PERSON else "",
        interrupted=segment.interrupted,
    )


def _utterance(segment: Segment) -> Utterance:
    return Utterance(
        turn_id=segment.id,
        identity=segment.speaker,
        name=segment.name,
        text=segment.text,
        track=segment.track,
        start_ms=segment.start_ms,
        from_agent=segment.kind is SegmentKind.AGENT,
    )
