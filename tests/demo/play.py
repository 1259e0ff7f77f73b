"""Performs a script in a room: who speaks when, waiting for what the others do, never forever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from roomhand.attribution.segments import SegmentKind
from tests.demo.behaviour import holds_fact
from tests.demo.observer import Heard, Observer
from tests.demo.people import Samples, SyntheticPerson, Utterance
from tests.demo.score import NEAR_MS, Spoken
from tests.demo.script import Beat, Kind, Saying, Script
from tests.demo.watch import Watch

POLL_S = 0.05
CALLS = {
    Kind.QUESTION: "the answer",
    Kind.HANDOVER: "the second answer",
    Kind.SUMMARY: "the summary",
}
"""What calls an agent, and what is waited for then."""
ANSWER_S = 12.0
"""Who has waited so long for an answer asks again."""
LONGEST_ANSWER_S = 30.0
WORDS_S = 30.0
"""Longest wait for the words of what was said."""
LISTENERS_DIFFER_S = 6.0
"""After this time any words of a saying will do: on a busy machine two listeners disagree about
when it was over. Whether words are missing is judged at the end."""
IMPATIENT_S = 8.0
"""Longest wait once something was waited for in vain: the run is red already."""
MENTION_S = 2.5
"""After a mention has its words, an agent that was woken by it would speak within this time."""
INTERRUPTED_AFTER_S = 3.0
"""So much of the summary is heard before somebody interrupts it."""
QUIET_S = 1.0
HEARD_S = 10.0
"""Longest wait until a voice has gone through the room."""
QUIET_AFTER_S = 0.3
"""A pause this long ends a saying for who listens."""


@dataclass(slots=True)
class Play:
    """One performance. ``late`` lists what was waited for in vain."""

    script: Script
    people: Mapping[str, SyntheticPerson]
    voices: Mapping[Saying, Samples]
    watch: Watch
    observer: Observer
    say: Callable[[str], None]
    spoken: list[Spoken] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    asked_again: int = 0

    async def perform(self) -> None:
        """From the first beat to the last words of the transcript."""
        await self._until(self._all_here, HEARD_S, "the people")
        for beat in self.script.beats:
            await self._before(beat)
            if beat.kind in CALLS:
                await self._call(beat)
            else:
                await asyncio.gather(*(self._speak(saying) for saying in beat.sayings))
            if beat.kind is Kind.MENTION:
                await self._words("the words of the mention")
                await asyncio.sleep(MENTION_S)
        await self._words("the last words")

    def _all_here(self) -> bool:
        heard = self.observer.heard
        return all(who in heard and heard[who].at_s for who in self.people)

    async def _before(self, beat: Beat) -> None:
        if beat.kind is Kind.INTERRUPTION:
            return
        if beat.kind in CALLS:
            await self._words("words before a question")
        await self._agents_quiet("the agents to end")
        await asyncio.sleep(beat.gap_s)

    async def _call(self, beat: Beat) -> None:
        """Say it to the agent; who is not understood, or gets no answer to it, asks once more."""
        first = beat.sayings[0]
        for attempt, saying in enumerate((first, beat.otherwise or first)):
            self.asked_again += attempt
            called_s = time.monotonic()
            await self._speak(saying)
            await self._words("the words of a question")
            if await self._comes(lambda: self._served(beat.kind, called_s), ANSWER_S):  # noqa: B023
                return
        self._miss(CALLS[beat.kind], ANSWER_S)

    def _served(self, kind: Kind, called_s: float) -> bool:
        """Whether the agent that was called does what it was called for."""
        if kind is Kind.SUMMARY:
            return self._agent.audible_s(called_s) >= INTERRUPTED_AFTER_S
        called_ms = self.watch.meeting_ms(called_s)
        agent = self.script.answers(kind).lower()
        since = [each for each in self.watch.agent_segments(agent) if each.start_ms >= called_ms]
        return holds_fact(self.spoken, since)

    @property
    def _agent(self) -> Heard:
        return self.observer.agent(self.script.agent)

    async def _speak(self, saying: Saying) -> None:
        await asyncio.sleep(saying.later_s)
        said: Utterance = await self.people[saying.who].say(self.voices[saying])
        heard = self.observer.heard[saying.who]
        await self._until(
            lambda: heard.at_s[-1] > max(said.end_s, heard.audible_at_s) + QUIET_AFTER_S,
            HEARD_S,
            f"the voice of {self.script.name_of(saying.who)}",
        )
        start_s, end_s = heard.span(said.start_s) or (said.start_s, said.end_s)
        start_ms, end_ms = map(self.watch.meeting_ms, (start_s, end_s))
        self.spoken.append(Spoken(saying, start_ms, end_ms))

    async def _agents_quiet(self, what: str) -> None:
        await self._until(
            lambda: time.monotonic() - self.observer.agents_audible_at_s >= QUIET_S,
            LONGEST_ANSWER_S,
            what,
        )

    async def _words(self, what: str) -> None:
        await self._until(lambda: all(map(self._written, self.spoken)), WORDS_S, what)

    def _written(self, spoken: Spoken) -> bool:
        """Whether the transcript has come to the end of a saying."""
        ended_s = self.watch.own_s(spoken.end_ms)
        late = time.monotonic() - ended_s > LISTENERS_DIFFER_S
        needed_ms = spoken.start_ms if late else spoken.end_ms - NEAR_MS
        return any(
            segment.kind in (SegmentKind.SPEECH, SegmentKind.GAP)
            and segment.speaker == spoken.saying.who
            and needed_ms <= segment.end_ms
            for segment in self.watch.segments
        )

    async def _comes(self, ready: Callable[[], bool], limit_s: float) -> bool:
        """Wait for something of the agent: to a limit, and while it speaks or is about to."""
        deadline_s = time.monotonic() + limit_s
        while not ready():
            self.watch.check()
            now_s = time.monotonic()
            busy = self.watch.holder is not None or self.observer.agents_speak
            if now_s > deadline_s + (LONGEST_ANSWER_S if busy else 0):
                return False
            await asyncio.sleep(POLL_S)
        return True

    async def _until(self, ready: Callable[[], bool], limit_s: float, what: str) -> None:
        if self.late:
            limit_s = min(limit_s, IMPATIENT_S)
        deadline_s = time.monotonic() + limit_s
        while not ready():
            self.watch.check()
            if time.monotonic() > deadline_s:
                self._miss(what, limit_s)
                return
            await asyncio.sleep(POLL_S)

    def _miss(self, what: str, limit_s: float) -> None:
        self.late.append(what)
        self.say(f"waited {limit_s:g} s in vain for {what}")
