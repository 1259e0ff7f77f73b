"""What an agent learns from the transcript and from the scribe's interim text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from roomhand.attribution.conversation import Conversation, Entry
from roomhand.attribution.identity import Kind, Source
from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.coordination.entry import Entry as Written
from roomhand.coordination.interim import InterimChannel
from roomhand.coordination.scribe import ScribeDuty
from roomhand.coordination.transcript import TranscriptReader
from roomhand.errors import ArchiveError, RedisError
from roomhand.room.reading import Reading
from roomhand.room.sessions import Sessions
from roomhand.turns.utterance import Utterance
from roomhand_plugins.base import Role
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

CAME_S = 100


@dataclass
class FakeReader:
    """A transcript, and a Redis that may be away."""

    written: list[Segment] = field(default_factory=list)
    away: bool = False
    archived: int = 0
    """So many are in an archive alone, which does not answer."""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def write(self, *segments: Segment) -> None:
        """Somebody appends."""
        self.written += segments
        self.news.set()

    async def page(self, meeting_id: str, after: str, block_ms: int | None) -> list[Written]:
        """As the real one, two at a time."""
        if self.away:
            raise RedisError("Redis does not answer in time")
        begin = int(after.split("-")[0])
        if begin < self.archived:
            raise ArchiveError("the archive does not answer in time")
        if begin == len(self.written) and block_ms:
            self.news.clear()
            try:
                async with asyncio.timeout(block_ms / 1000):
                    await self.news.wait()
            except TimeoutError:
                return []
        page = self.written[begin : begin + 2]
        return [Written(f"{begin + n + 1}-0", segment) for n, segment in enumerate(page)]

    async def past_archive(self, meeting_id: str, after: str) -> str:
        """As the real one."""
        return f"{max(self.archived, int(after.split('-')[0]))}-0"


@dataclass
class FakeInterim:
    """A channel that may break after what is said."""

    said: list[Segment] = field(default_factory=list)
    breaks: bool = False
    connections: int = 0

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[Segment]]:
        """As the real one."""
        self.connections += 1

        async def segments() -> AsyncIterator[Segment]:
            while not self.breaks:
                if self.said:
                    yield self.said.pop(0)
                await asyncio.sleep(0.1)
            self.breaks = False
            raise RedisError("Redis does not answer in time")

        yield segments()


@dataclass
class FakeDuty:
    """Of the scribe."""

    is_scribe: bool = False


@dataclass
class FakeSessions:
    """Notes what it is told; ``at_change`` is what was recorded when hearing was turned on."""

    _hears: bool = False
    prepared: list[tuple[str, int]] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    at_change: list[int] | None = None

    @property
    def hears(self) -> bool:
        """As the real one."""
        return self._hears

    @hears.setter
    def hears(self, hears: bool) -> None:
        self._hears = hears
        self.at_change = list(self.told)

    def recorded(self, track_sid: str, start_ms: int, end_ms: int) -> None:
        """As the real one."""
        self.told.append(start_ms)

    def prepare(self, track_sid: str, start_ms: int) -> None:
        """As the real one."""
        self.prepared.append((track_sid, start_ms))


@dataclass
class FakeJudge:
    """Takes for a question what ends with the mark, also early."""

    read_: list[Utterance] = field(default_factory=list)
    interim: list[str] = field(default_factory=list)

    def read(self, said: Utterance) -> bool:
        """As the real one."""
        self.read_.append(said)
        return said.text.endswith("?")

    def read_interim(self, said: Utterance) -> bool:
        """As the real one."""
        self.interim.append(said.text)
        return said.text.endswith("?")

    @property
    def texts(self) -> list[str]:
        """All that was judged."""
        return [said.text for said in self.read_]


class Desk:
    """Sage, who reads, and who came 100 s after the meeting began."""

    def __init__(self) -> None:
        self.reader, self.channel, self.duty = FakeReader(), FakeInterim(), FakeDuty()
        self.sessions, self.judge, self.memory = FakeSessions(), FakeJudge(), Conversation()
        self.duties: list[list[int]] = []
        """What was recorded when it was told that it transcribes."""
        self.now: Callable[[], float] = asyncio.get_running_loop().time
        self.reading = Reading(
            agent="sage",
            meeting_id="m1",
            reader=cast(TranscriptReader, self.reader),
            interim=cast(InterimChannel, self.channel),
            duty=cast(ScribeDuty, self.duty),
            sessions=cast(Sessions, self.sessions),
            memory=self.memory,
            judge=self.judge,
            clock_ms=lambda: round(self.now() * 1000),
            on_duty=lambda: self.duties.append(list(self.sessions.told)),
        )

    def said(self, text: str, who: str = "anna", **changes: Any) -> Segment:
        """A person said it, and has ended now."""
        now_ms = round(self.now() * 1000)
        fields: dict[str, Any] = {
            "id": f"m1.TR_{who}.{now_ms - 1000}",
            "kind": SegmentKind.SPEECH,
            "speaker": who,
            "name": who.capitalize(),
            "text": text,
            "start_ms": now_ms - 1000,
            "end_ms": now_ms,
            "track": f"TR_{who}",
            "source": Source.MICROPHONE,
        }
        return Segment(**(fields | changes))

    def spoke(self, text: str, agent: str = "max", **changes: Any) -> Segment:
        """An agent was heard."""
        fields = {
            "id": f"m1.{agent}.r1",
            "kind": SegmentKind.AGENT,
            "speaker_kind": Kind.AGENT,
            "track": f"TR_{agent}",
        }
        return self.said(text, agent, **(fields | changes))

    @property
    def known(self) -> list[tuple[Role, str, str]]:
        """The memory."""
        return [(one.role, one.name, one.text) for one in self.memory.history(99)]


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    """Reading, for as long as the block runs."""
    await asyncio.sleep(CAME_S)
    made = Desk()
    tasks = [asyncio.create_task(made.reading.run()), asyncio.create_task(made.reading.listen())]
    try:
        await asyncio.sleep(1)
        yield made
        await asyncio.sleep(1)
    finally:
        assert not any(task.done() for task in tasks), "reading has ended by itself"
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@in_virtual_time
async def test_people_are_known_by_what_the_scribe_wrote() -> None:
    """Once, under their names; a question among it is prepared and asked."""
    async with desk() as d:
        d.reader.write(d.said("good morning"), d.said("what is next?", "ben"))
        await asyncio.sleep(1)
        assert d.known == [
            (Role.PERSON, "Anna", "good morning"),
            (Role.PERSON, "Ben", "what is next?"),
        ]
        assert d.judge.texts == ["good morning", "what is next?"]
        question = d.judge.read_[1]
        assert (question.identity, question.name, question.from_agent) == ("ben", "Ben", False)
        assert d.sessions.prepared == [("TR_ben", question.start_ms)]
        assert d.sessions.told == [said.start_ms for said in d.judge.read_]


@in_virtual_time
async def test_the_scribe_itself_judges_only_what_it_heard() -> None:
    """What it reads of people it wrote; the sessions told it before."""
    async with desk() as d:
        d.duty.is_scribe = d.sessions.hears = True
        d.reader.write(d.said("what is next?"))
        d.reading.on_interim(d.said("what is?", final=False))
        await asyncio.sleep(1)
        assert (d.judge.read_, d.judge.interim, d.sessions.prepared) == ([], [], [])


@pytest.mark.parametrize("scribe", [True, False])
@in_virtual_time
async def test_another_agent_is_known_by_its_heard_text(scribe: bool) -> None:
    """By everybody, as an agent; it may hand over, unless a person cut it off."""
    async with desk() as d:
        d.duty.is_scribe = d.sessions.hears = scribe
        d.reader.write(d.spoke("Sage, can you take this?"))
        d.reader.write(d.spoke("Sage, could", id="m1.max.r2", interrupted=True))
        await asyncio.sleep(1)
        assert [(role, text) for role, _, text in d.known] == [
            (Role.OTHER_AGENT, "Sage, can you take this?"),
            (Role.OTHER_AGENT, "Sage, could"),
        ]
        [handed] = d.judge.read_
        assert (handed.identity, handed.from_agent) == ("max", True)
        assert d.sessions.prepared == []


@in_virtual_time
async def test_its_own_words_come_back_once_and_are_nobodys_question() -> None:
    """The memory has them by the reply's id; a successor learns them here."""
    async with desk() as d:
        own = d.spoke("Shall I go on?", "sage")
        d.memory.say(
            Entry(
                turn_id="r1",
                identity="sage",
                name="Sage",
                role=Role.AGENT,
                text="Shall I go on?",
                start_ms=own.start_ms,
            )
        )
        before = d.spoke("I said that.", "sage", id="m1.sage.r0", start_ms=5_000, end_ms=6_000)
        d.reader.write(before, own)
        await asyncio.sleep(1)
        assert d.known == [
            (Role.AGENT, "Sage", "I said that."),
            (Role.AGENT, "Sage", "Shall I go on?"),
        ]
        assert d.judge.read_ == []


@in_virtual_time
async def test_what_was_said_before_it_came_is_remembered_but_not_answered() -> None:
    """Nor what is too old to be worth an answer."""
    async with desk() as d:
        d.reader.write(d.said("who takes notes?", start_ms=98_000, end_ms=99_500))
        late = d.said("and who pays?", id="late")
        await asyncio.sleep(21)
        d.reader.write(late)
        await asyncio.sleep(1)
        assert [text for *_, text in d.known] == ["who takes notes?", "and who pays?"]
        assert d.judge.read_ == []


@in_virtual_time
@pytest.mark.parametrize(
    ("judged_to", "judged"),
    [
        ("2-0", ["who pays?", "and when?"]),
        ("0-0", ["who takes notes?", "and where?", "who pays?", "and when?"]),
        ("", []),
        ("9-0", []),
    ],
)
async def test_what_was_said_while_nobody_ran_the_agent_is_judged(
    judged_to: str, judged: list[str]
) -> None:
    """All that came after what the owner before had judged; where that is unknown, or is in no
    transcript, only what is said from now on."""
    await asyncio.sleep(CAME_S - 5)
    d = Desk()
    for text in ("who takes notes?", "and where?", "who pays?", "and when?"):
        await asyncio.sleep(1)
        d.reader.write(d.said(text))
    d.reading._came_ms = round(d.now() * 1000) + 1
    d.reading.judge_after(judged_to)
    task = asyncio.create_task(d.reading.run())
    await asyncio.sleep(1)
    assert d.judge.texts == judged
    assert d.reading.judged_to == "4-0"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@in_virtual_time
async def test_who_is_lost_before_it_has_read_up_leaves_what_the_owner_before_had_judged() -> None:
    """Else the next would judge that again; what it has read itself is known only then."""
    async with desk() as d:
        assert d.reading.judged_to == "0-0"
        d.reader.write(d.said("hello"))
        await asyncio.sleep(1)
        d.reading.judge_after("9-0")
        assert d.reading.judged_to == "1-0"
    after = Desk()
    after.reading.judge_after("9-0")
    assert after.reading.judged_to == "9-0"


@in_virtual_time
async def test_an_archive_that_is_away_keeps_no_agent_from_its_work() -> None:
    """It goes on with what Redis has, and can be the scribe."""
    async with desk() as d:
        d.reader.archived = 2
        d.duty.is_scribe = True
        d.reader.write(*(d.said("hello", who) for who in ("anna", "ben", "cem", "dora")))
        await asyncio.sleep(2)
        assert [name for _, name, _ in d.known] == ["Cem", "Dora"]
        assert d.sessions.hears


@in_virtual_time
async def test_interim_text_only_makes_ready() -> None:
    """The session is opened while the person still speaks."""
    async with desk() as d:
        for text in ("sage", "sage?"):
            d.reading.on_interim(d.said(text, final=False))
        assert d.judge.interim == ["sage", "sage?"]
        assert len(d.sessions.prepared) == 1
        assert d.judge.read_ == []
        assert d.known == []


@pytest.mark.parametrize("kind", [SegmentKind.SPEECH, SegmentKind.GAP])
@in_virtual_time
async def test_a_turn_without_words_ends_the_wait_for_them(kind: SegmentKind) -> None:
    """Nothing was said in it, or nobody will ever know what."""
    async with desk() as d:
        nothing = d.said("" if kind is SegmentKind.SPEECH else "no transcript", kind=kind)
        d.memory.expect(
            Entry(
                turn_id="own name",
                identity="anna",
                name="Anna",
                role=Role.PERSON,
                text="",
                start_ms=nothing.start_ms + 70,
                track="TR_anna",
            )
        )
        if kind is SegmentKind.SPEECH:
            d.reading.on_interim(nothing)
        else:
            d.reader.write(nothing)
        await asyncio.sleep(1)
        assert d.memory.pending() == ()
        assert d.judge.texts == [""]
        assert d.sessions.told == [nothing.start_ms]
        assert d.known == []


@in_virtual_time
async def test_what_another_scribe_did_not_hear_may_be_in_the_rings_of_this_agent() -> None:
    """Its gap is no turn's: none counts as recorded for it, and nobody judges it."""
    async with desk() as d:
        gap = {"kind": SegmentKind.GAP, "id": "m1.TR_anna.100000.unheard.gap"}
        d.reader.write(d.said("reconnect", **gap))
        await asyncio.sleep(1)
        assert d.reading.judged_to == "1-0"
        assert d.reading.judged_to == "1-0"
        assert (d.sessions.told, d.judge.texts, d.known) == ([], [], [])


@in_virtual_time
async def test_words_that_never_come_are_not_waited_for_for_ever() -> None:
    """A lost message, or nobody who transcribes."""
    async with desk() as d:
        start_ms = round(d.now() * 1000)
        d.memory.expect(
            Entry(
                turn_id="t",
                identity="anna",
                name="Anna",
                role=Role.PERSON,
                text="",
                start_ms=start_ms,
            )
        )
        await asyncio.sleep(60)
        d.memory.expect_until("t", start_ms + 70_000)
        await asyncio.sleep(9)
        assert d.memory.pending()
        await asyncio.sleep(2)
        assert d.memory.pending() == ()


@in_virtual_time
async def test_a_new_scribe_reads_to_the_end_before_it_transcribes() -> None:
    """Whatever its predecessor wrote, to the last segment, is not transcribed again."""
    async with desk() as d:
        d.reader.away = True
        await asyncio.sleep(1)
        written = [d.said(f"number {n}", start_ms=99_000 + n * 1000) for n in range(7)]
        d.reader.write(*written)
        d.duty.is_scribe = True
        await asyncio.sleep(3)
        assert not d.sessions.hears
        d.reader.away = False
        await asyncio.sleep(1)
        assert d.sessions.hears
        assert d.sessions.at_change == [segment.start_ms for segment in written]
        assert d.duties == [d.sessions.at_change]


@in_virtual_time
async def test_who_loses_the_duty_stops_transcribing() -> None:
    """Within a moment, though nothing is written."""
    async with desk() as d:
        d.duty.is_scribe = True
        await asyncio.sleep(1)
        assert d.sessions.hears
        d.duty.is_scribe = False
        await asyncio.sleep(1)
        assert not d.sessions.hears


@in_virtual_time
async def test_a_channel_that_breaks_is_listened_to_again() -> None:
    """What was said meanwhile is missed, what comes is not."""
    async with desk() as d:
        d.channel.breaks = True
        await asyncio.sleep(1)
        d.channel.said.append(d.said("again", final=False))
        await asyncio.sleep(1)
        assert d.judge.interim == ["again"]
        assert d.channel.connections == 2


@in_virtual_time
async def test_who_retires_does_not_begin_again_to_transcribe() -> None:
    """Though the duty is its own until it is given away; it does again if the agent stays."""
    async with desk() as d:
        d.duty.is_scribe = True
        await asyncio.sleep(1)
        assert d.sessions.hears
        d.reading.takes_duty = d.sessions.hears = False
        await asyncio.sleep(1)
        assert not d.sessions.hears
        d.reading.takes_duty = True
        await asyncio.sleep(1)
        assert d.sessions.hears
