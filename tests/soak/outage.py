"""The outage gate: Redis is away for 3, 10 and 60 seconds under five live rooms.

People talk on, and agents are in the midst of a sentence. No process may end, nobody may be heard
over a lease that cannot be proven, and at the end every word is in its transcript, once. What did
not come whole to a witness in the room either is counted apart: the machine did not carry it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence, Set
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import numpy as np
import psutil

from roomhand.attribution.segments import SegmentKind
from roomhand.coordination.connection import open_client
from roomhand.coordination.entry import Entry, place
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.ownership import LeaseTerms
from roomhand.coordination.scripts import Scripts
from roomhand.remote import RoomControl
from tests.sim import tones
from tests.sim.line import Line
from tests.sim.realtime_server import Behaviour, RealtimeServer
from tests.soak.audience import AUDIBLE, adjacent
from tests.soak.talk import Talk, too_damaged
from tests.soak.tally import Tally
from tests.soak.zombies import entries, late_segments
from tests.system.hearing import AgentListener, Witness
from tests.system.office import Office, control_plane, eventually_true, office
from tests.system.stage import Venue, people

ROOMS = 5
OUTAGES_S = (3.0, 10.0, 60.0)
PAUSE_MS = 1_500
SPEECH_WORDS = 160
"""Eighty seconds: an agent that nobody stopped would still speak at the end of the longest."""
BEFORE_S = 6.0
LISTENS_S = 7.0
"""Into the outage people are silent: longer than a lease lasts."""
AFTER_S = 10.0
RENEWED_S = 20.0
POLL_S = 0.05
TAIL_S = 0.5
"""What is under way to a listener when the lease is not valid any more."""


@dataclass
class LiveRoom:
    """One of the five: its agent speaks into an outage, its person talks through it."""

    venue: Venue
    talk: Talk
    listener: AgentListener
    witness: Witness

    def heard_ms(self, since_s: float, until_s: float) -> int:
        """Milliseconds of sound of the agent between two moments of the steady clock."""
        recording = self.listener.recording
        steps = zip(recording.at_s, recording.steps, strict=True)
        loud = [
            at
            for at, step in steps
            if since_s < at < until_s and np.abs(step).max(initial=0) > AUDIBLE
        ]
        return 10 * adjacent(loud)


async def outage(venue: Venue, seeds: range) -> Tally:
    """One outage for each of the numbers."""
    tally = Tally()
    for seed in seeds:
        tally.merge(await _round(replace(venue, room=f"{venue.room}-{seed}"), seed))
    return tally


async def _round(venue: Venue, seed: int) -> Tally:
    lasts_s = OUTAGES_S[seed % len(OUTAGES_S)]
    with TemporaryDirectory() as folder:
        async with _rooms(venue, Path(folder), seed) as (worker, line, rooms):
            talking = [asyncio.create_task(room.talk.run()) for room in rooms]
            await asyncio.sleep(BEFORE_S)
            jobs = _jobs(worker)
            for room in rooms:
                room.talk.listens = True
                await worker.run("say", room.venue.room, "--agent", "sage", "a long speech")
            await asyncio.sleep(BEFORE_S)
            proven_s = [await _proven_until_s(room.venue) for room in rooms]
            began_s = time.monotonic()
            line.cut()
            await asyncio.sleep(min(lasts_s, LISTENS_S))
            for room in rooms:
                room.talk.listens = False
            await asyncio.sleep(lasts_s - min(lasts_s, LISTENS_S))
            line.heal()
            healed_s, wall_s = time.monotonic(), time.time()
            pairs = zip(rooms, proven_s, strict=True)
            unable_s = await asyncio.gather(*(_unable_s(room.venue, at_s) for room, at_s in pairs))
            await asyncio.sleep(AFTER_S)
            for room in rooms:
                room.talk.stopped = True
            await asyncio.gather(*talking)
            tally = await judge(rooms, began_s, healed_s)
            tally.merge(judge_jobs(jobs, _jobs(worker), len(rooms)))
            tally.note("unable_to_speak_ms", *(1000 * one for one in unable_s))
            for room in rooms:
                tally.merge(judge_written(await entries(room.venue), wall_s))
    return tally


async def _proven_until_s(venue: Venue) -> float:
    """Until when the owner may trust its lease, by the wall clock."""
    client = open_client(venue.redis.url)
    try:
        found = await LeaseStore(Scripts(client), RoomKeys(venue.room)).read("sage")
    finally:
        await client.aclose()
    assert found is not None, "nobody has ever owned the agent"
    return time.time() + found.expires_in_s - LeaseTerms().margin_s


async def _unable_s(venue: Venue, proven_s: float) -> float:
    """For how long no lease was proven, once it is again: 0 where it was all the time. Raises
    AssertionError where nobody renews it."""

    async def renewed() -> bool:
        return await _proven_until_s(venue) > max(proven_s, time.time())

    await eventually_true(renewed, RENEWED_S, POLL_S)
    return max(0.0, time.time() - proven_s)


def judge_jobs(before: Set[int], after: Set[int], rooms: int) -> Tally:
    """Which processes had a room before the outage and after it. One that was not found before is
    not missed afterwards."""
    ended, unknown = len(before - after), max(0, rooms - len(before))
    tally = Tally()
    tally.add(processes_ended=ended, processes_unknown=unknown, failures=bool(ended or unknown))
    return tally


def judge_speaking(agents: int) -> Tally:
    """How many were heard before the outage: if none was, their silence in it says nothing."""
    tally = Tally()
    tally.add(agents_speaking=agents, failures=not agents)
    return tally


def judge_written(written: Sequence[Entry], healed_s: float) -> Tally:
    """What was written of one room, when Redis was there again from this moment of the wall clock
    on: how soon the first words were, and what older owners wrote."""
    speech = (one for one in written if one.segment.kind is SegmentKind.SPEECH)
    times_s = [place(one.token)[0] / 1000 for one in speech]
    flushed_s = [at_s for at_s in times_s if at_s >= healed_s]
    late = late_segments(written)
    tally = Tally()
    tally.note("recover_ms", *(1000 * (at_s - healed_s) for at_s in flushed_s[:1]))
    tally.add(zombie_segments=late, failures=bool(late) or not flushed_s)
    return tally


async def judge(rooms: list[LiveRoom], began_s: float, healed_s: float) -> Tally:
    """What the rooms made of an outage between two moments of the steady clock."""
    terms, tally = LeaseTerms(), Tally()
    silent_from_s = began_s + terms.ttl_s - terms.margin_s + TAIL_S
    before = (room.heard_ms(began_s - BEFORE_S, began_s) for room in rooms)
    tally.merge(judge_speaking(sum(heard_ms > 0 for heard_ms in before)))
    for room in rooms:
        await room.witness.close()
        with contextlib.suppress(AssertionError):  # what lacks is counted below
            await eventually_true(partial(_all_recorded, room), AFTER_S)
        found = await _words(room)
        carried = set(room.witness.words)
        said = [word.text for word in room.talk.said]
        lost = sum(not found[word] for word in said if word in carried)
        damaged = sum(word not in carried for word in said)
        doubled = sum(max(0, count - 1) for count in found.values())
        heard_ms = room.heard_ms(silent_from_s, healed_s)
        tally.add(words_said=len(said), lost=lost, doubled=doubled, zombie_heard_ms=heard_ms)
        wrong = bool(lost or doubled or heard_ms) or too_damaged(damaged, len(said))
        tally.add(damaged=damaged, failures=wrong)
    tally.add(faults_injected=1)
    if tally.counts["failures"]:
        print(f"{healed_s - began_s:.0f} s: {tally.figures()}", flush=True)
    return tally


async def _all_recorded(room: LiveRoom) -> bool:
    found = await _words(room)
    return all(found[word.text] for word in room.talk.said)


async def _words(room: LiveRoom) -> Counter[str]:
    async with RoomControl.open(room.venue.settings()) as control:
        segments, _ = await control.transcript(room.venue.room, None)
    speech = (one.text for one in segments if one.kind is SegmentKind.SPEECH)
    return Counter(word for text in speech for word in text.split())


def _jobs(worker: Office) -> set[int]:
    """Processes of the worker that are in a room: those with a socket of their own."""
    family = psutil.Process(worker.process.pid).children(recursive=True)
    return {one.pid for one in family if one.net_connections("udp")}


@asynccontextmanager
async def _rooms(
    venue: Venue, folder: Path, seed: int
) -> AsyncIterator[tuple[Office, Line, list[LiveRoom]]]:
    """Five rooms with one person each, all on one line to Redis."""
    speech = " ".join(tones.speaker_words(40, SPEECH_WORDS))
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        server = await enter(RealtimeServer(Behaviour(answer=lambda prompt: speech)))
        port = urlsplit(venue.redis.url).port
        assert port is not None
        line = await enter(Line(port).open())
        redis = replace(venue.redis, url=f"redis://127.0.0.1:{line.port}/0")
        worker = await enter(office(replace(venue, redis=redis), server, folder))
        plane = await enter(control_plane(replace(venue, redis=redis), folder))
        rooms = []
        for number in range(ROOMS):
            one = replace(venue, room=f"{venue.room}-{number}")
            await plane.run("join", one.room, "--agent", "sage", "--create", "--wait-s", "30")
            [(anna, _)] = await enter(people(one, "Anna"))
            words = tones.speaker_words(number, 400, seed=seed)
            listener, witness = await AgentListener.enter(one), await Witness.enter(one)
            rooms.append(LiveRoom(one, Talk(anna, words, PAUSE_MS), listener, witness))
        yield worker, line, rooms
        for room in rooms:
            await room.listener.close()
            await plane.run("leave", room.venue.room, "--agent", "sage")
