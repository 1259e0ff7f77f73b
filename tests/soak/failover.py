"""The failover gate: the process of an agent is killed (-9) in mid-word, or told to end (SIGTERM).

One person talks without end; two workers and a control plane serve the room. What was in the
transcript before must be in it at the end, nothing twice, and each word that is not there must have
been said in a gap that the transcript lists. Who is told to end leaves no gap. What did not come
whole to a witness in the room either is counted apart: the machine did not carry it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from roomhand.attribution.segments import Segment, SegmentKind
from tests.sim import tones
from tests.sim.realtime_server import RealtimeServer
from tests.soak.fleet import Fleet
from tests.soak.record import Record, record
from tests.soak.talk import Talk, Word
from tests.soak.tally import Tally
from tests.system.hearing import Witness
from tests.system.office import control_plane, eventually_true
from tests.system.stage import Venue, people

KINDS = ("job", "worker", "machine", "drain")
MOST_S = {"job": 3.0, "worker": 8.0, "machine": 8.0}
"""Of which 95 of 100 may take so long until the agent is back and hears."""
BACK_S = 40.0
SETTLES_S = 3.0
"""Until the last words are in the transcript."""
STOCK = 800
HEARD_S = (9.0, 12.0)
"""For so long the agent hears between two kills: it has stayed then, and is no crash loop."""


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
                stock = tones.speaker_words(0, STOCK, seed=seeds.start)
                talk, before = Talk(anna, stock), list[Segment]()
                witness = await Witness.enter(venue)
                talking = asyncio.create_task(talk.run())
                await _heard_after(venue, 0)
                for seed in seeds:
                    await asyncio.sleep(drawn.uniform(*HEARD_S))
                    before += (await record(venue)).segments
                    kind = KINDS[seed % len(KINDS)]
                    if kind == "drain":
                        unable_s = await workers.drain()
                        tally.note("unable_to_speak_ms", *(1000 * one for one in unable_s))
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
