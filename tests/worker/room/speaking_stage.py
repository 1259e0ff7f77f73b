"""A conductor and its answering, with fakes for what is beyond them, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from roomhand.attribution.conversation import Conversation
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.segments import Segment, SegmentKind, Turn
from roomhand.coordination.fencing import Fence
from roomhand.coordination.floor import FloorStore
from roomhand.coordination.floor_channel import FloorChannel
from roomhand.coordination.interim import InterimChannel
from roomhand.coordination.keeper import LeaseKeeper
from roomhand.coordination.writer import TranscriptWriter
from roomhand.errors import RedisError
from roomhand.profiles import Profile
from roomhand.room.answer import Answer, AnswerOptions
from roomhand.room.answering import Answering
from roomhand.room.asking import Asking
from roomhand.room.captions import Caption, Captions
from roomhand.room.company import Company
from roomhand.room.conductor import Conductor
from roomhand.room.mouth import Ending, Mouth
from roomhand.room.recorder import Recorder
from roomhand.room.sessions import Sessions
from roomhand.room.speech_reports import SpeechReports
from roomhand.turns.gate import PublishGate
from roomhand.turns.people import People
from roomhand_plugins.base import (
    Heard,
    ReplyAudio,
    ReplyDone,
    ReplyRequest,
    ReplyStarted,
    ReplyStatus,
    ReplyText,
    Transcript,
)
from tests.worker.floor_in_memory import MemoryFloor

SAGE = Fence("sage", 7)
MEETING = "m1"
PCM = bytes(4800)
"""100 ms."""


@dataclass
class FakeLease:
    """The lease of sage: provable or not."""

    fence: Fence = SAGE
    provable: bool = True

    def is_valid(self, now_s: float | None = None) -> bool:
        """As the real one."""
        return self.provable


@dataclass
class FakeSessions:
    """Models that do what a test says."""

    asked: list[tuple[str, ReplyRequest]] = field(default_factory=list)
    cancelled: list[tuple[str, Heard]] = field(default_factory=list)
    refusal: Exception | None = None
    slow_s: float = 0.0

    async def reply(self, identity: str, request: ReplyRequest) -> None:
        """As the real one."""
        await asyncio.sleep(self.slow_s)
        if self.refusal:
            raise self.refusal
        self.asked.append((identity, request))

    async def cancel_reply(self, reply_id: str, heard: Heard) -> None:
        """As the real one."""
        self.cancelled.append((reply_id, heard))


@dataclass
class FakeMouth:
    """Plays a reply in its own length, as long as the gate admits its grant; a word a push."""

    gate: PublishGate
    now: Callable[[], float]
    conductor: Conductor | None = None
    speaking: str | None = None
    grant: int = 0
    began_s: float = 0.0
    pushed_s: float = 0.0
    paused_at_s: float | None = None
    finished: bool = False
    words: str = ""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    ended: dict[str, tuple[Heard, Ending]] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)
    pump: asyncio.Task[None] | None = None

    def begin(self, reply_id: str, grant_number: int) -> None:
        """As the real one."""
        assert self.speaking is None
        self.speaking, self.grant, self.began_s = reply_id, grant_number, self.now()
        self.pushed_s, self.finished, self.words = 0.0, False, ""
        self.paused_at_s = None
        self.over.clear()
        assert self.conductor is not None
        self.conductor.on_started(reply_id)
        self.pump = asyncio.create_task(self._play(reply_id))

    def push(self, reply_id: str, pcm: bytes) -> None:
        """As the real one."""
        self.pushed_s += len(pcm) / 48_000

    def text(self, reply_id: str, piece: ReplyText) -> None:
        """As the real one."""
        self.words += piece.text

    def finish(self, reply_id: str) -> None:
        """As the real one."""
        self.finished = True

    def stop(self, reply_id: str) -> None:
        """As the real one."""
        if self.speaking == reply_id:
            self._end(Ending.STOPPED)

    def duck(self) -> None:
        """As the real one."""
        self.acts.append("duck")

    def restore(self) -> None:
        """As the real one."""
        self.acts.append("restore")

    def pause(self) -> None:
        """As the real one."""
        self.acts.append("pause")
        self.paused_at_s = self.now()

    def resume(self) -> None:
        """As the real one."""
        self.acts.append("resume")
        assert self.paused_at_s is not None
        self.began_s += self.now() - self.paused_at_s
        self.paused_at_s = None

    def heard(self, reply_id: str) -> Heard:
        """As the real one."""
        return self._heard() if self.speaking == reply_id else self.ended[reply_id][0]

    async def played(self, reply_id: str) -> Heard:
        """As the real one."""
        if self.speaking == reply_id:
            await self.over.wait()
        return self.ended[reply_id][0]

    async def _play(self, reply_id: str) -> None:
        while self.speaking == reply_id:
            await asyncio.sleep(0.02)
            if self.speaking != reply_id:
                return
            if not self.gate.admits(self.grant, self.now()):
                self._end(Ending.REFUSED)
            elif self.finished and self._played_s() >= self.pushed_s:
                self._end(Ending.PLAYED)

    def _played_s(self) -> float:
        until_s = self.now() if self.paused_at_s is None else self.paused_at_s
        return min(until_s - self.began_s, self.pushed_s)

    def _heard(self) -> Heard:
        played_s = self._played_s()
        share = played_s / self.pushed_s if self.pushed_s else 0.0
        words = self.words.split()
        text = " ".join(words[: round(len(words) * share)])
        return Heard(audio_ms=round(played_s * 1000), text=text)

    def _end(self, ending: Ending) -> None:
        assert self.speaking is not None
        assert self.conductor is not None
        heard = self._heard()
        reply_id, self.speaking = self.speaking, None
        self.ended[reply_id] = (heard, ending)
        self.acts.append(ending)
        self.conductor.on_ended(reply_id, heard, ending)
        self.over.set()


@dataclass
class FakeWriter:
    """What was written."""

    segments: list[Segment] = field(default_factory=list)
    pending: int = 0

    def add(self, segment: Segment) -> None:
        """As the real one."""
        self.segments.append(segment)


@dataclass
class FakeCaptions:
    """What was shown."""

    shown: list[Caption] = field(default_factory=list)

    def caption(self, caption: Caption) -> None:
        """As the real one."""
        self.shown.append(caption)


@dataclass
class FakeInterim:
    """What was published; ``away`` is a Redis that does not answer."""

    published: list[Segment] = field(default_factory=list)
    away: bool = False

    async def publish(self, segment: Segment) -> int:
        """As the real one."""
        if self.away:
            raise RedisError("Redis does not answer in time")
        self.published.append(segment)
        return 1


def track(name: str = "Ada") -> TrackRef:
    """A person's microphone."""
    identity = f"p-{name.lower()}"
    return TrackRef(f"TR_{identity}", Source.MICROPHONE, Speaker(identity, name))


@dataclass
class SpeakingStage:
    """One agent, sage, among people."""

    profile: Profile = field(default_factory=lambda: Profile(name="sage", plugin="fake"))
    people_there: list[str] = field(default_factory=lambda: ["Ada", "Ben"])
    agents_there: list[str] = field(default_factory=list)
    scribe: bool = True
    verbatim: bool = True
    max_talk_s: float = 60.0

    def __post_init__(self) -> None:
        self.now = asyncio.get_running_loop().time
        self.people, self.memory = People(), Conversation()
        self.floor, self.lease, self.sessions = MemoryFloor(self.now), FakeLease(), FakeSessions()
        self.writer, self.captions, self.interim = FakeWriter(), FakeCaptions(), FakeInterim()
        self.gate = PublishGate(lambda: float("inf") if self.lease.provable else 0.0)
        self.mouth = FakeMouth(self.gate, self.now)
        self.answers: list[Answer] = []
        self.recorder = Recorder(
            agent="sage",
            agent_name=self.profile.shown_as,
            meeting_id=MEETING,
            writer=cast(TranscriptWriter, self.writer),
            captions=cast(Captions, self.captions),
            interim=cast(InterimChannel, self.interim),
            is_scribe=lambda: self.scribe,
            own_track=lambda: "TR_sage",
            own_identity="sage~7",
            clock_ms=lambda own_s: round((self.now() if own_s is None else own_s) * 1000),
        )
        self.conductor = Conductor(
            profile=self.profile,
            recorder=self.recorder,
            memory=self.memory,
            people=self.people,
            company=lambda: Company(tuple(self.people_there), tuple(self.agents_there)),
            now=self.now,
        )
        store, lease = cast(FloorStore, self.floor), cast(LeaseKeeper, self.lease)
        self.reports = SpeechReports(store, lease, self.now)
        self.asking = Asking(
            store=store,
            channel=cast(FloorChannel, self.floor),
            lease=lease,
            gate=self.gate,
            now=self.now,
        )
        self.answering = Answering(
            options=AnswerOptions(max_talk_s=self.max_talk_s, verbatim=self.verbatim),
            sessions=cast(Sessions, self.sessions),
            mouth=cast(Mouth, self.mouth),
            asking=self.asking,
            reports=self.reports,
            people=self.people,
            on_answer=self._note,
            now=self.now,
        )
        self.mouth.conductor = self.conductor
        self.dismissed: list[str] = []
        self.conductor.connect(self.answering, cast(Mouth, self.mouth), self.dismissed.append)

    def _note(self, answer: Answer) -> None:
        self.answers.append(answer)
        self.conductor.on_answer(answer)

    def starts(self, name: str = "Ada") -> Turn:
        """A person begins to speak."""
        start_ms = round(self.now() * 1000)
        turn = Turn(f"{MEETING}.{name}.{start_ms}", 0, start_ms)
        self.conductor.speech_started(track(name), turn)
        return turn

    def ends(self, turn: Turn, name: str = "Ada") -> None:
        """And is silent."""
        self.conductor.speech_ended(track(name), turn, round(self.now() * 1000))

    def words(self, turn: Turn, text: str, name: str = "Ada", *, final: bool = True) -> None:
        """What the person said, as a session tells it."""
        said = Transcript(turn_id=turn.id, text=text, final=final)
        end_ms = round(self.now() * 1000) if final else None
        self.conductor.words(track(name), turn, end_ms, said)

    async def says(self, text: str, name: str = "Ada", *, for_s: float = 1.0) -> Turn:
        """A person says something, from onset to the final words."""
        turn = self.starts(name)
        await asyncio.sleep(for_s)
        self.ends(turn, name)
        self.words(turn, text, name)
        return turn

    async def asked(self, count: int = 1) -> ReplyRequest:
        """The newest request that reached a model, once there are so many."""
        await self._until(lambda: len(self.sessions.asked) >= count)
        return self.sessions.asked[-1][1]

    def model(self, request: ReplyRequest, text: str = "", *, steps: int = 10) -> None:
        """The model answers: so many steps of 100 ms; with no text it goes on."""
        self.conductor.reply_event(ReplyStarted(request.reply_id))
        for _ in range(steps):
            self.conductor.reply_event(ReplyAudio(request.reply_id, PCM))
        if text:
            self.conductor.reply_event(ReplyText(request.reply_id, text))
            self.model_done(request)

    def model_done(
        self,
        request: ReplyRequest,
        status: ReplyStatus = ReplyStatus.COMPLETED,
        reason: str = "",
    ) -> None:
        """The model has said it all."""
        self.conductor.reply_event(ReplyDone(request.reply_id, status, reason))

    async def answered(self, count: int = 1) -> Answer:
        """The newest outcome, once there are so many."""
        await self._until(lambda: len(self.answers) >= count)
        return self.answers[-1]

    async def _until(self, so: Callable[[], bool], limit_s: float = 120) -> None:
        deadline_s = self.now() + limit_s
        while not so():
            assert self.now() < deadline_s, "it never happens"
            await asyncio.sleep(0.01)

    def written(self, kind: SegmentKind) -> list[Segment]:
        """Segments of one kind."""
        return [segment for segment in self.writer.segments if segment.kind is kind]


@asynccontextmanager
async def speaking_stage(**options: object) -> AsyncIterator[SpeakingStage]:
    """The stage, answering, for as long as the block runs."""
    stage = SpeakingStage(**options)  # type: ignore[arg-type]
    await asyncio.sleep(10)
    works = (stage.answering.run(), stage.asking.run(), stage.reports.run())
    running = [asyncio.create_task(work) for work in works]
    try:
        yield stage
    finally:
        assert not any(task.done() for task in running), "a task has ended by itself"
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
