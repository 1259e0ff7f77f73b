"""The failover gate: the process of an agent is killed (-9) in mid-word, or told to end (SIGTERM).

One person talks without end; two workers and a control plane serve the room. What was in the
transcript before must be in it at the end, nothing twice, and each word that is not there must have
been said in a gap that the transcript lists. Who is told to end leaves no gap and no moment without
the agent in the room. Whoever was killed is heard no more, and writes nothing, once there is
another. What did not come whole to a witness in the room either is counted apart: the machine did
not carry it.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.coordination.entry import Entry
from roomhand.remote import RoomControl
from tests.sim import tones
from tests.sim.realtime_server import Behaviour, RealtimeServer
from tests.sim.script import Window
from tests.soak.audience import Audience, adjacent, late_ms
from tests.soak.fleet import Fleet
from tests.soak.limits import NEVER_ABSENT, Limit
from tests.soak.newest import Heard, Newest
from tests.soak.record import Record, record
from tests.soak.roster import Roster, Stay, absent_s
from tests.soak.talk import Talk, Word, too_damaged
from tests.soak.tally import Tally
from tests.soak.zombies import entries, late_segments
from tests.system.hearing import Witness
from tests.system.office import control_plane, eventually_true
from tests.system.stage import Venue, people
from tests.worker.room.listening_person import join

KINDS = ("job", "worker", "machine", "drain")
MOST_S = {"job": 3.0, "worker": 8.0, "machine": 8.0}
"""Of which 95 of 100 may take so long until the agent is back and hears."""
BACK_S = 40.0
SETTLES_S = 3.0
"""Until the last words are in the transcript."""
STOCK = 800
HEARD_S = (9.0, 12.0)
"""For so long the agent hears between two kills: it has stayed then, and is no crash loop."""
ROUNDS_OF_100_KILLS = 133
"""Three of four are kills. In seven parts they take some 45 minutes on two cores."""
SPEAKS_EVERY = 5
"""In every fifth round that kills it is the agent that speaks, not the person; of every kind."""
SPEAKS_S = 6.0
"""Until its speech has begun: the person ends a sentence first."""
SPEECH_WORDS = 60
LIMITS = (
    *(Limit(f"recover_{kind}_ms", 1000 * most_s) for kind, most_s in MOST_S.items()),
    Limit("unable_to_speak_ms", 200.0),
    NEVER_ABSENT,
)


@asynccontextmanager
async def fleet(venue: Venue, folder: Path) -> AsyncIterator[Fleet]:
    """Ready, with a control plane beside it."""
    speech = " ".join(tones.speaker_words(40, SPEECH_WORDS))
    async with RealtimeServer(Behaviour(answer=lambda prompt: speech)) as server:
        made = Fleet(venue, server, folder)
        try:
            await made.add()
            await made.add()
            async with control_plane(venue, folder):
                yield made
        finally:
            await made.close()


def judge(
    said: Sequence[Word],
    carried: Collection[str],
    before: Sequence[Segment],
    found: Record,
    kills: int,
) -> Tally:
    """A meeting that is over. ``carried``: what came whole to the witness; ``before``: what was in
    the transcript when something was killed."""
    words, heard = found.words(), [word for word in said if word.text in carried]
    damaged = len(said) - len(heard)
    kept = {(one.id, one.text) for one in found.segments}
    lost, doubled = found.lost(heard), found.doubled
    gone = sum((one.id, one.text) not in kept for one in before)
    gaps = len(found.of(SegmentKind.GAP))
    tally = Tally()
    tally.add(words_said=len(heard), faults_injected=kills, holes_listed=gaps)
    tally.add(damaged=damaged, lost=len(lost), doubled=doubled, acknowledged_lost=gone)
    tally.add(unheard=sum(not words[word.text] for word in heard), gaps_wrong=abs(kills - gaps))
    wrong = bool(lost or doubled or gone or gaps != kills)
    tally.add(failures=wrong or too_damaged(damaged, len(said)))
    if tally.counts["failures"]:
        print(
            f"damaged {damaged}, doubled {doubled}, gone {gone}, {gaps} gaps for {kills} kills",
            flush=True,
        )
        for word in lost:
            print(f"lost {word.text}: {found.around(word)}", flush=True)
    return tally


def judge_hand_over(unable_s: Sequence[float], gone_s: float) -> Tally:
    """A worker with one agent was told to end. ``unable_s``: for how long nobody could speak, of
    each hand-over (negative: it lasts); ``gone_s``: for how long the agent was not in the room."""
    handed_over = [one for one in unable_s if one >= 0]
    tally, failed = Tally(), len(handed_over) != 1
    tally.add(hand_overs=len(handed_over), not_handed_over=failed, failures=failed)
    tally.note("unable_to_speak_ms", *(1000 * one for one in handed_over))
    tally.note("absent_ms", 1000 * gone_s)
    return tally


def judge_owners(
    stays: Sequence[Stay],
    sounds: Mapping[int, Sequence[float]],
    written: Sequence[Entry],
    killed_s: Sequence[float],
    *,
    spoke: bool,
) -> Tally:
    """Who was there, was heard and wrote. Whoever comes next after a kill has no older owner beside
    it; with a hand-over it has. ``spoke``: the agent was asked to, so that it must have been
    heard."""
    came_s = {stay.epoch: stay.from_s for stay in sorted(stays, key=lambda one: -one.from_s)}
    after_kill: dict[int, float] = {}
    for at_s in killed_s:
        later = [(from_s, epoch) for epoch, from_s in came_s.items() if from_s > at_s]
        if later:
            from_s, epoch = min(later)
            after_kill[epoch] = from_s
    heard_ms, segments = late_ms(sounds, after_kill), late_segments(written)
    agent_ms = sum(10 * adjacent(at_s) for at_s in sounds.values())
    tally = Tally()
    tally.add(zombie_heard_ms=heard_ms, zombie_segments=segments, agent_heard_ms=agent_ms)
    tally.add(failures=bool(heard_ms or segments) or (spoke and not agent_ms))
    if tally.counts["failures"]:
        print(f"owners: {tally.figures()}", flush=True)
        print(f"killed {sorted(killed_s)}, came next {after_kill}", flush=True)
        for stay in sorted(stays, key=lambda one: one.from_s):
            heard_s = sounds.get(stay.epoch) or [math.nan]
            print(f"{stay}, heard from {min(heard_s)} to {max(heard_s)}", flush=True)
    return tally


@dataclass
class Meeting:
    """The room of one part, and what was noted in it."""

    venue: Venue
    workers: Fleet
    talk: Talk
    audience: Audience
    roster: Roster
    tally: Tally = field(default_factory=Tally)
    before: list[Segment] = field(default_factory=list)
    killed_s: list[float] = field(default_factory=list)
    spoke: bool = False

    async def strike(self, seed: int) -> None:
        """The round of this number. In some of them it is the agent that is in mid-word."""
        self.before += (await record(self.venue)).segments
        kind = KINDS[seed % len(KINDS)]
        if kind == "drain":
            await self._drain()
            return
        if seed % SPEAKS_EVERY == 0:
            await self._let_speak()
        killed_s = await self.workers.kill(kind)
        self.talk.listens = False
        self.killed_s.append(killed_s)
        back_s = await _heard_after(self.venue, killed_s) - killed_s
        self.tally.note("recover_ms", 1000 * back_s)
        self.tally.note(f"recover_{kind}_ms", 1000 * back_s)
        self.tally.add(failures=back_s > 2 * MOST_S[kind])

    async def _drain(self) -> None:
        began_s = time.time()
        unable_s = await self.workers.drain()
        gone_s = absent_s(self.roster.seen, Window(began_s, time.time()))
        self.tally.merge(judge_hand_over(unable_s, gone_s))

    async def _let_speak(self) -> None:
        self.talk.listens, self.spoke = True, True
        async with RoomControl.open(self.venue.settings()) as control:
            await control.say(self.venue.room, "sage", "a long speech")
        await asyncio.sleep(SPEAKS_S)

    async def judge(self, carried: Collection[str]) -> Tally:
        """When it is over. ``carried``: what came whole to the witness."""
        found, kills = await record(self.venue), len(self.killed_s)
        self.tally.merge(judge(self.talk.said, carried, self.before, found, kills))
        self.tally.merge(
            judge_owners(
                self.roster.seen,
                self.audience.heard_s,
                await entries(self.venue),
                self.killed_s,
                spoke=self.spoke,
            )
        )
        return self.tally


async def failover(venue: Venue, seeds: range) -> Tally:
    """One meeting, and a kill for each of the numbers."""
    drawn = random.Random(seeds.start)
    with TemporaryDirectory() as folder:
        async with fleet(venue, Path(folder)) as workers:
            await workers.workers[0].run("join", venue.room, "--agent", "sage", "--create")
            async with people(venue, "Anna") as [(anna, _)]:
                talk = Talk(anna, tones.speaker_words(0, STOCK, seed=seeds.start))
                witness = await Witness.enter(venue)
                audience = Audience(await join(venue.livekit, venue.room, "audience"))
                audience.listen()
                roster = Roster(audience.room)
                roster.watch()
                meeting = Meeting(venue, workers, talk, audience, roster)
                talking = asyncio.create_task(talk.run())
                await _heard_after(venue, 0)
                for seed in seeds:
                    await asyncio.sleep(drawn.uniform(*HEARD_S))
                    await meeting.strike(seed)
                await asyncio.sleep(drawn.uniform(*HEARD_S))
                talk.stopped = True
                await talking
                await asyncio.sleep(SETTLES_S)
                await witness.close()
                roster.close()
                await audience.close()
            await workers.workers[0].run("leave", venue.room, "--agent", "sage")
        return await meeting.judge(set(witness.words))


async def _heard_after(venue: Venue, killed_s: float) -> float:
    """Wall clock of the first speech that was heard by whoever came after the kill."""
    heard = list[Heard]()

    def first_s() -> float:
        newest = max((one.epoch for one in heard), default=0)
        return min((one.at_s for one in heard if one.epoch == newest), default=0.0)

    async with Newest.of(venue) as transcript:

        async def hears() -> bool:
            heard.extend(await transcript.speech())
            return first_s() > killed_s

        await eventually_true(hears, BACK_S)
    return first_s()
