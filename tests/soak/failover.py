"""The failover gate: the process of an agent is killed (-9) in mid-word, or told to end (SIGTERM).

One person talks without end; two workers and a control plane serve the room. What was in the
transcript before must be in it at the end, nothing twice, and each word that is not there must have
been said in a gap that the transcript lists. Who is told to end leaves no gap. What did not come
whole to a witness in the room either is counted apart: the machine did not carry it.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil

from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.coordination.connection import open_client
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.remote import RoomControl
from tests.sim import tones
from tests.sim.realtime_server import RealtimeServer
from tests.sim.script import SAID_EACH_S
from tests.soak.tally import Tally
from tests.system.hearing import Witness
from tests.system.office import Office, control_plane, eventually_true, job_process, office
from tests.system.stage import RATE, Venue, people
from tests.worker.room.speaking_person import Person, hush

KINDS = ("job", "worker", "machine", "drain")
MOST_S = {"job": 3.0, "worker": 8.0, "machine": 8.0}
"""Of which 95 of 100 may take so long until the agent is back and hears."""
DRAIN_S = 60.0
BACK_S = 40.0
SENTENCE = 4
LEAD_MS = 1_500
"""Of a track that is published, until everybody is subscribed to it."""
PAUSE_MS = 700
SETTLES_S = 3.0
"""Until the last words are in the transcript."""
STOCK = 800
HEARD_S = (9.0, 12.0)
"""For so long the agent hears between two kills: it has stayed then, and is no crash loop."""
SLACK_S = 1.0
"""The time of a word is that of its sending; on a busy machine it is heard so much later."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and when it was said, by the wall clock, which is Redis', too."""

    text: str
    at_s: float


@dataclass
class Talk:
    """A person who never stops."""

    person: Person
    seed: int
    said: list[Word] = field(default_factory=list)
    stopped: bool = False

    async def run(self) -> None:
        """Sentences of other words each, until told to stop, which ends no sentence."""
        await self.person.say(hush(LEAD_MS, rate=RATE), step_ms=50)
        for words in self._sentences():
            if self.stopped:
                return
            at_s = time.time()
            self.said += [Word(word, at_s + n * SAID_EACH_S) for n, word in enumerate(words)]
            sound = np.concatenate([tones.encode(words), hush(PAUSE_MS, rate=RATE)])
            await self.person.say(sound, step_ms=50)
        raise AssertionError("there are not enough words for so long a meeting")

    def _sentences(self) -> Iterator[list[str]]:
        words = tones.speaker_words(0, STOCK, seed=self.seed)
        yield from (words[at : at + SENTENCE] for at in range(0, STOCK, SENTENCE))


class Fleet:
    """Two workers, of which one or the other has the agent; one that died is replaced."""

    def __init__(self, venue: Venue, server: RealtimeServer, folder: Path) -> None:
        self._venue = venue
        self._server = server
        self._folder = folder
        self._stack = AsyncExitStack()
        self.workers: list[Office] = []

    async def add(self) -> None:
        """One more worker."""
        folder = self._folder / f"worker-{len(list(self._folder.iterdir()))}"
        folder.mkdir()
        self.workers.append(
            await self._stack.enter_async_context(office(self._venue, self._server, folder))
        )

    async def close(self) -> None:
        """End them all."""
        await self._stack.aclose()

    def serving(self) -> tuple[Office, psutil.Process]:
        """The worker that has the agent, and the process that is it. Raises LookupError."""
        for worker in self.workers:
            try:
                return worker, job_process(worker.process.pid, self._server.url)
            except (LookupError, psutil.Error):
                continue
        raise LookupError("no worker has the agent")

    async def drain(self) -> float:
        """Tell the worker to end that has the agent; how long nobody could speak, in seconds."""
        worker, _ = self.serving()
        worker.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(DRAIN_S):
            await worker.process.wait()
        self.workers.remove(worker)
        await self.add()
        return self._last("able to speak") - self._last("retired")

    def _last(self, message: str) -> float:
        """Wall clock of the newest such line in the log of any worker."""
        lines = (
            json.loads(line)
            for log in self._folder.glob("worker-*/worker.log")
            for line in log.read_text().splitlines()
            if f'"{message}"' in line
        )
        times = (datetime.fromisoformat(line["time"]).timestamp() for line in lines)
        return max(times, default=math.nan)

    async def kill(self, kind: str) -> float:
        """When it was killed, by the wall clock."""
        worker, job = self.serving()
        doomed = [job] if kind == "job" else [psutil.Process(worker.process.pid)]
        if kind == "machine":
            doomed += doomed[0].children(recursive=True)
        for process in doomed:
            process.send_signal(signal.SIGKILL)
        killed_s = time.time()
        if kind != "job":
            self.workers.remove(worker)
            await worker.process.wait()
            await self.add()
        return killed_s


@asynccontextmanager
async def fleet(venue: Venue, folder: Path) -> AsyncIterator[Fleet]:
    """Ready, with a control plane beside it."""
    async with RealtimeServer() as server:
        made = Fleet(venue, server, folder)
        try:
            await made.add()
            await made.add()
            async with control_plane(venue, folder):
                yield made
        finally:
            await made.close()


@dataclass
class Record:
    """The transcript of the room, with wall-clock times."""

    segments: list[Segment]
    start_s: float

    def of(self, kind: SegmentKind) -> list[Segment]:
        """Segments of one kind."""
        return [one for one in self.segments if one.kind is kind]

    def at_s(self, ms: int) -> float:
        """Wall clock at a meeting time."""
        return self.start_s + ms / 1000

    def words(self) -> Counter[str]:
        """All that is recorded."""
        texts = (one.text for one in self.of(SegmentKind.SPEECH))
        return Counter(word for text in texts for word in text.split())

    def around(self, word: Word) -> str:
        """What is recorded of the five seconds before and after, in seconds from the word."""
        near = (
            f"{one.kind} {self.at_s(one.start_ms) - word.at_s:+.1f} to "
            f"{self.at_s(one.end_ms) - word.at_s:+.1f} ({one.text}, epoch {one.epoch})"
            for one in self.segments
            if self.at_s(one.start_ms) < word.at_s + 5 and word.at_s - 5 < self.at_s(one.end_ms)
        )
        return "; ".join(near)

    def excuses(self, word: Word) -> bool:
        """Whether it was said in a gap that is listed."""
        return any(
            self.at_s(gap.start_ms) - SAID_EACH_S <= word.at_s <= self.at_s(gap.end_ms) + SLACK_S
            for gap in self.of(SegmentKind.GAP)
        )


async def record(venue: Venue) -> Record:
    """As it is now."""
    client = open_client(venue.redis.url)
    try:
        store = MeetingStore(Scripts(client), RoomKeys(venue.room))
        meeting = await store.latest()
        found = await store.read(meeting) if meeting else None
    finally:
        await client.aclose()
    assert found is not None, "there is no meeting"
    async with RoomControl.open(venue.settings()) as control:
        segments, _ = await control.transcript(venue.room, None)
    return Record(segments, found.start_s)


def judge(said: Sequence[Word], before: Sequence[Segment], found: Record, kills: int) -> Tally:
    """A meeting that is over. ``before``: what was in the transcript when something was killed."""
    words = found.words()
    kept = {(one.id, one.text) for one in found.segments}
    lost = [word for word in said if not words[word.text] and not found.excuses(word)]
    doubled = sum(max(0, count - 1) for count in words.values())
    gone = sum((one.id, one.text) not in kept for one in before)
    gaps = len(found.of(SegmentKind.GAP))
    tally = Tally()
    tally.add(words_said=len(said), faults_injected=kills, holes_listed=gaps)
    tally.add(lost=len(lost), doubled=doubled, acknowledged_lost=gone)
    tally.add(unheard=sum(not words[word.text] for word in said), gaps_wrong=abs(kills - gaps))
    tally.add(failures=bool(lost or doubled or gone or gaps != kills))
    if lost or doubled or gone or gaps != kills:
        print(f"doubled {doubled}, gone {gone}, {gaps} gaps for {kills} kills", flush=True)
        for word in lost:
            print(f"lost {word.text}: {found.around(word)}", flush=True)
    return tally


async def failover(venue: Venue, seeds: range) -> Tally:
    """One meeting, and a kill for each of the numbers."""
    drawn, tally = random.Random(seeds.start), Tally()
    with TemporaryDirectory() as folder:
        async with fleet(venue, Path(folder)) as workers:
            await workers.workers[0].run("join", venue.room, "--agent", "sage", "--create")
            async with people(venue, "Anna") as [(anna, _)]:
                talk, before = Talk(anna, seeds.start), list[Segment]()
                witness = await Witness.enter(venue)
                talking = asyncio.create_task(talk.run())
                await _heard_after(venue, 0)
                for seed in seeds:
                    await asyncio.sleep(drawn.uniform(*HEARD_S))
                    before += (await record(venue)).segments
                    kind = KINDS[seed % len(KINDS)]
                    if kind == "drain":
                        tally.note("unable_to_speak_ms", 1000 * await workers.drain())
                        continue
                    killed_s = await workers.kill(kind)
                    back_s = await _heard_after(venue, killed_s) - killed_s
                    tally.note(f"recover_{kind}_ms", 1000 * back_s)
                    tally.add(failures=back_s > 2 * MOST_S[kind], too_slow=back_s > MOST_S[kind])
                await asyncio.sleep(drawn.uniform(*HEARD_S))
                talk.stopped = True
                await talking
                await asyncio.sleep(SETTLES_S)
                await witness.close()
            await workers.workers[0].run("leave", venue.room, "--agent", "sage")
        kills = sum(KINDS[seed % len(KINDS)] != "drain" for seed in seeds)
        carried = set(witness.words)
        said = [word for word in talk.said if word.text in carried]
        tally.add(damaged=len(talk.said) - len(said))
        tally.merge(judge(said, before, await record(venue), kills))
    return tally


async def _heard_after(venue: Venue, killed_s: float) -> float:
    """Wall clock of the first speech that was heard by whoever came after the kill."""
    found = 0.0

    async def hears() -> bool:
        nonlocal found
        now = await record(venue)
        speech = now.of(SegmentKind.SPEECH)
        newest = max((one.epoch for one in speech), default=0)
        heard = [now.at_s(one.start_ms) for one in speech if one.epoch == newest]
        found = min(heard, default=0.0)
        return found > killed_s

    await eventually_true(hears, BACK_S)
    return found
