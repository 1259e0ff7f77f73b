"""The zombie gate: an owner that is frozen or cut off comes back, while the agent speaks.

Two workers, each on lines of its own to livekit-server and Redis, and a control plane that is well.
Whoever is not the owner any more must write nothing, must not be granted the floor, must not be
heard, must end, and must not throw the new owner out. Every word that Anna says before and after is
in the transcript once, or was said in a gap that it lists.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import numpy as np
import psutil
from livekit import api

from roomhand.admin import LiveKitAdmin, livekit_admin
from roomhand.attribution.identity import parse_agent_identity
from roomhand.attribution.segments import SegmentKind
from roomhand.coordination.connection import open_client
from roomhand.coordination.entry import place
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import AgentRecord, LeaseStore
from roomhand.coordination.scripts import Scripts
from tests.sim import tones
from tests.sim.line import Line
from tests.sim.realtime_server import Behaviour, RealtimeServer
from tests.sim.script import SAID_EACH_S
from tests.soak.audience import Audience, adjacent
from tests.soak.record import Record, record
from tests.soak.roster import Roster
from tests.soak.talk import SENTENCE, Word, too_damaged
from tests.soak.tally import Tally
from tests.soak.worker_log import newest
from tests.soak.zombies import entries, floor_log, late_grants
from tests.system.hearing import Witness
from tests.system.office import Office, control_plane, eventually_true, job_process, office
from tests.system.stage import RATE, Venue, people
from tests.worker.room.listening_person import join
from tests.worker.room.speaking_person import Person, hush

KINDS = ("frozen", "signalling_reset", "signalling_away", "redis_away")
LASTS_S = {"frozen": 30.0, "signalling_reset": 3.0, "signalling_away": 25.0, "redis_away": 10.0}
TAKEN_OVER = frozenset({"frozen", "redis_away"})
"""Longer than a lease lasts: without a new owner there is no zombie, and nothing was tried."""
SETTLES_S = 8.0
"""Until a zombie that has come back has ended."""
SPEECH_WORDS = 60
"""Thirty seconds: longer than it takes until the fault."""
SPEAKS_S = 3.0
BEGINS_S = 5.0
"""Longer it may take on a busy machine until it is heard."""
LEAD_MS = 400
STOCK = 800
COMES_S = 40.0


@dataclass
class Host:
    """A worker on lines that can fail."""

    worker: Office
    signalling: Line
    redis: Line
    log: Path

    async def suffer(self, kind: str, job: psutil.Process) -> None:
        """The fault, from its beginning to its end."""
        match kind:
            case "frozen":
                job.send_signal(signal.SIGSTOP)
            case "signalling_reset":
                self.signalling.cut()
            case "signalling_away":
                self.signalling.swallow()
            case _:
                self.redis.cut()
        try:
            await asyncio.sleep(LASTS_S[kind])
        finally:
            if kind == "frozen":
                with contextlib.suppress(psutil.NoSuchProcess):  # its worker may have ended it
                    job.send_signal(signal.SIGCONT)
            self.signalling.heal()
            self.redis.heal()


@dataclass
class Scene:
    """One room, and all that a round looks at."""

    venue: Venue
    server: RealtimeServer
    admin: LiveKitAdmin
    plane: Office
    hosts: list[Host]
    audience: Audience
    roster: Roster
    witness: Witness
    anna: Person
    stock: Iterator[str]
    """What Anna says: no word twice."""
    said: list[Word] = field(default_factory=list)

    async def record(self) -> AgentRecord:
        """Who owns the agent."""
        client = open_client(self.venue.redis.url)
        try:
            found = await LeaseStore(Scripts(client), RoomKeys(self.venue.room)).read("sage")
        finally:
            await client.aclose()
        assert found is not None, "nobody has ever owned the agent"
        return found

    async def owners_there(self) -> list[int]:
        """Epochs of the agent in the room; more than one: somebody is to be thrown out."""
        asked = api.ListParticipantsRequest(room=self.venue.room)
        listed = await self.admin._api.room.list_participants(asked)
        parsed = (parse_agent_identity(one.identity) for one in listed.participants)
        return [one[1] for one in parsed if one is not None]

    def serving(self) -> tuple[Host, psutil.Process]:
        """Who has the agent. Raises LookupError."""
        for host in self.hosts:
            try:
                return host, job_process(host.worker.process.pid, self.server.url)
            except (LookupError, psutil.Error):
                continue
        raise LookupError("no worker has the agent")

    async def say_until_recorded(self) -> None:
        """Words of Anna's, other ones each time, until they are in the transcript as they were
        said. All that was said is noted."""

        async def recorded() -> bool:
            words = [next(self.stock) for _ in range(SENTENCE)]
            sound = [hush(LEAD_MS, rate=RATE), tones.encode(words), hush(900, rate=RATE)]
            at_s = time.time() + LEAD_MS / 1000
            self.said += [Word(word, at_s + n * SAID_EACH_S) for n, word in enumerate(words)]
            await self.anna.say(np.concatenate(sound), step_ms=50)
            texts = [entry.segment.text for entry in await entries(self.venue)]
            return " ".join(words) in texts

        await eventually_true(recorded, COMES_S)

    def able_s(self) -> float:
        """When somebody was last able to speak, by the wall clock. Raises KeyError."""
        return newest((host.log for host in self.hosts), "able to speak")[self.venue.room]

    async def settled(self) -> None:
        """Whatever was said is written, or never will be."""
        await asyncio.sleep(SETTLES_S)
        await self.witness.close()
        self.roster.close()


@asynccontextmanager
async def scene(venue: Venue, seed: int, *folders: Path) -> AsyncIterator[Scene]:
    """Sage and Anna in a room, and a worker for each of the folders."""
    speech = " ".join(tones.speaker_words(40, SPEECH_WORDS))
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        server = await enter(RealtimeServer(Behaviour(answer=lambda prompt: speech)))
        hosts = [await _host(stack, venue, server, folder) for folder in folders]
        plane = await enter(control_plane(venue, folders[0]))
        admin = await enter(livekit_admin(venue.settings()))
        await plane.run("join", venue.room, "--agent", "sage", "--create")
        [(anna, _)] = await enter(people(venue, "Anna"))
        audience = Audience(await join(venue.livekit, venue.room, "audience"))
        audience.listen()
        roster = Roster(audience.room)
        roster.watch()
        witness = await Witness.enter(venue)
        stock = iter(tones.speaker_words(0, STOCK, seed=seed))
        yield Scene(venue, server, admin, plane, hosts, audience, roster, witness, anna, stock)
        await plane.run("leave", venue.room, "--agent", "sage")
        await audience.close()


async def _host(stack: AsyncExitStack, venue: Venue, server: RealtimeServer, folder: Path) -> Host:
    signalling = await stack.enter_async_context(Line(_port(venue.livekit.url)).open())
    redis = await stack.enter_async_context(Line(_port(venue.redis.url)).open())
    apart = replace(
        venue,
        livekit=replace(venue.livekit, url=f"ws://127.0.0.1:{signalling.port}"),
        redis=replace(venue.redis, url=f"redis://127.0.0.1:{redis.port}/0"),
    )
    worker = await stack.enter_async_context(office(apart, server, folder))
    return Host(worker, signalling, redis, folder / "worker.log")


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


async def zombie(venue: Venue, seeds: range) -> Tally:
    """One meeting, and a fault for each of the numbers."""
    tally = Tally()
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        async with scene(venue, seeds.start, Path(one), Path(two)) as there:
            for seed in seeds:
                tally.merge(await _round(there, seed))
            await there.settled()
            carried = set(there.witness.words)
            tally.merge(judge_words(there.said, carried, await record(venue)))
    return tally


async def _round(there: Scene, seed: int) -> Tally:
    kind, tally = KINDS[seed % len(KINDS)], Tally()
    await there.say_until_recorded()
    tally.add(faults_injected=1)
    before = await there.record()
    host, job = there.serving()
    spoke = await _let_speak(there, before.epoch)
    began_s = time.time()
    await host.suffer(kind, job)
    await asyncio.sleep(SETTLES_S)
    await there.say_until_recorded()
    tally.merge(await judge(there, kind, before.epoch, job, spoke=spoke))
    tally.merge(await _recovered(there, before.epoch, began_s))
    return tally


async def _let_speak(there: Scene, epoch: int) -> bool:
    """Have the owner of this epoch begin a long speech: whether it is heard."""
    asked_s = time.time()

    async def heard() -> bool:
        return heard_since(there.audience.heard_s.get(epoch, ()), asked_s)

    await there.plane.run("say", there.venue.room, "--agent", "sage", "a long speech")
    await asyncio.sleep(SPEAKS_S)
    with contextlib.suppress(AssertionError):  # silence is judged with the round
        await eventually_true(heard, BEGINS_S)
    return await heard()


async def _recovered(there: Scene, before: int, began_s: float) -> Tally:
    """How long after the fault another owner was in the room, and able to speak."""
    after, tally = await there.record(), Tally()
    if after.epoch != before:
        came_s = min(stay.from_s for stay in there.roster.seen if stay.epoch == after.epoch)
        unable_s = there.able_s() - began_s
        tally.note("recover_ms", 1000 * (came_s - began_s))
        tally.note("unable_to_speak_ms", 1000 * unable_s)
        tally.add(failures=unable_s < 0)
    return tally


def judge_words(said: Sequence[Word], carried: Collection[str], found: Record) -> Tally:
    """A meeting that is over. ``carried``: what came whole to the witness."""
    heard = [word for word in said if word.text in carried]
    lost, doubled, damaged = found.lost(heard), found.doubled, len(said) - len(heard)
    tally = Tally()
    tally.add(words_said=len(heard), damaged=damaged)
    tally.add(lost=len(lost), doubled=doubled, holes_listed=len(found.of(SegmentKind.GAP)))
    tally.add(failures=bool(lost or doubled) or too_damaged(damaged, len(said)))
    for word in lost:
        print(f"lost {word.text}: {found.around(word)}", flush=True)
    return tally


def heard_since(sounds_s: Sequence[float], since_s: float) -> bool:
    """Whether there was more than a lone step of sound."""
    return adjacent([at_s for at_s in sounds_s if at_s > since_s]) > 0


def judge_fault(kind: str, deeds: Mapping[str, int], *, changed: bool, spoke: bool) -> Tally:
    """One fault. ``deeds``: what the old owner did that it may not, by name; ``changed``: there is
    a new one; ``spoke``: the old one was heard before. Without either it could do nothing."""
    untried = {
        "not_taken_over": int(kind in TAKEN_OVER and not changed),
        "silent_before": int(not spoke),
    }
    found = {**deeds, **untried}
    if any(found.values()):
        print(f"{kind}: {found}", flush=True)
    tally = Tally()
    tally.add(**{f"{kind}_taken_over": changed}, **found, failures=any(found.values()))
    return tally


async def judge(there: Scene, kind: str, before: int, job: psutil.Process, *, spoke: bool) -> Tally:
    """After a fault of the owner of the epoch ``before``, which ``spoke`` until then."""
    after, venue = await there.record(), there.venue
    taken_s = after.epoch / 1_000_000
    changed = after.epoch != before
    segments = sum(
        entry.segment.epoch < after.epoch and place(entry.token)[0] / 1000 > taken_s + 1
        for entry in await entries(venue)
    )
    deeds = {
        "zombie_segments": segments if changed else 0,
        "zombie_grants": late_grants(await floor_log(venue.redis.url, venue.room), after.epoch),
        "zombie_heard_ms": there.audience.heard_ms(after.epoch, taken_s) if changed else 0,
        "zombies_alive": int(changed and job.is_running()),
        "thrown_out": int(await there.owners_there() != [after.epoch]),
        "unowned": int(not after.alive),
    }
    return judge_fault(kind, deeds, changed=changed, spoke=spoke)
