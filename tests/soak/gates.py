"""The long gates. Each runs some rounds and tallies them; ``failures`` must be 0."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from tests.sim import servers
from tests.sim.meeting import as_figures
from tests.sim.realtime_server import Act, Behaviour, Fault
from tests.soak.attribution import CELLS, attribution
from tests.soak.failover import LIMITS, ROUNDS_OF_100_KILLS, failover
from tests.soak.floor import floor
from tests.soak.limits import NEVER_ABSENT, OWNERSHIP_REPORT, TRANSCRIPT_REPORT, Limit, Share
from tests.soak.memory import memory
from tests.soak.outage import outage
from tests.soak.providers import MOST_IN_HOLES, providers
from tests.soak.rolling import ROOMS, ROUNDS, rolling
from tests.soak.rotation import rotation
from tests.soak.store import store
from tests.soak.tally import Tally
from tests.soak.zombie import zombie
from tests.system import plants
from tests.system.gathering import hold
from tests.system.monologue import GAP, Heard, say_through, turns
from tests.system.plants import Plant
from tests.system.stage import Tap, Venue


@dataclass(frozen=True, slots=True)
class Ground:
    """Where gates run: real servers, and as many rooms as are wanted."""

    livekit: servers.LiveKit
    redis: servers.Redis
    rooms: int | None = None
    """At a time, if another number than the gate's own is wanted."""

    def venue(self) -> Venue:
        """A room that nobody used."""
        return Venue(self.livekit, self.redis, f"soak-{uuid4().hex[:12]}")


@dataclass(frozen=True, slots=True)
class Gate:
    """``run`` takes the numbers of its rounds, which are also their seeds."""

    run: Callable[[Ground, range], Awaitable[Tally]]
    rounds: int
    """If not told otherwise."""
    part: int = 1
    """Rounds in one call, after which the report is written."""
    injects: bool = False
    """It is worth nothing without faults."""
    plants: Mapping[str, Plant] = field(default_factory=dict)
    """Faults of the product that it must find, by name."""
    longest_s: float = 3600.0
    """Its own number of rounds may take."""
    limits: Sequence[Limit | Share] = ()
    """Judged over all rounds, as soon as there are samples enough."""
    report: Collection[str] = ()
    """Figures without which a whole run is red."""


async def meetings(ground: Ground, seeds: range) -> Tally:
    """Four people talk for a minute, 20 % of it at once; other words every round."""
    tally = Tally()
    for seed in seeds:
        with Tap().open() as tap:
            held = await hold(ground.venue(), tap, 4, 60, seed=seed)
        outcome = as_figures(held.score)
        unaccounted = sum(map(abs, held.minutes.unaccounted.values()))
        tally.add(words_said=outcome.pop("said"), unaccounted_samples=unaccounted, **outcome)
        holes = held.minutes.completeness().holes
        tally.add(faults_injected=0, holes_listed=len(holes))
        tally.add(failures=not (held.score.faultless and held.score.carried) or unaccounted > 0)
    return tally


async def sockets(ground: Ground, seeds: range) -> Tally:
    """A provider whose sockets die at a random event of the first three sessions."""
    tally = Tally()
    for seed in seeds:
        drawn = random.Random(seed)
        broken = [
            Behaviour(faults=(Fault("received", "*", Act.DROP, drawn.randrange(2, 40)),))
            for _ in range(3)
        ]
        said = turns(4)
        tally.add(words_said=sum(map(len, said)), faults_injected=len(broken))
        with Tap().open() as tap:
            try:
                heard = await say_through(ground.venue(), tap, [*broken, Behaviour()], said)
            except AssertionError as fault:
                tally.add(failures=1)
                print(f"round {seed}: {fault}")
                continue
        tally.merge(judge_heard(heard))
    return tally


def judge_heard(heard: Heard) -> Tally:
    """What came of a person's words through sockets that die."""
    tally = Tally()
    tally.add(sessions=len(heard.records), holes_listed=len(heard.minutes.of(GAP)))
    tally.add(lost=len(heard.lost), doubled=heard.doubled, misattributed=heard.misattributed)
    tally.add(damaged=len(heard.damaged), failures=bool(heard.wrong))
    if heard.wrong:
        print(heard.wrong, flush=True)
    return tally


async def attribution_rounds(ground: Ground, seeds: range) -> Tally:
    """A grid of meetings: how many people, and how much of it at once."""
    return await attribution((seed, ground.venue()) for seed in seeds)


async def rotation_rounds(ground: Ground, seeds: range) -> Tally:
    """Sessions that end every 20 seconds under people who never pause."""
    return await rotation((seed, ground.venue()) for seed in seeds)


async def provider_rounds(_: Ground, seeds: range) -> Tally:
    """Every way in which a provider can fail, drawn by the round's number."""
    return await providers(seeds)


async def minutes(ground: Ground, numbers: range) -> Tally:
    """One meeting; a round is a minute of it."""
    return await memory(ground.venue(), len(numbers))


async def store_rounds(_: Ground, seeds: range) -> Tally:
    """Redis, the reader and the archiver are killed while people talk."""
    return await store(seeds)


async def failover_rounds(ground: Ground, seeds: range) -> Tally:
    """The process of an agent is killed in mid-word."""
    return await failover(ground.venue(), seeds)


async def floor_rounds(ground: Ground, seeds: range) -> Tally:
    """Three agents in three processes are asked at once; every tenth round has a fault."""
    return await floor(ground.livekit, ground.venue().room, seeds)


async def outage_rounds(ground: Ground, seeds: range) -> Tally:
    """Redis is away under live rooms."""
    return await outage(ground.venue(), seeds)


async def rolling_rounds(ground: Ground, seeds: range) -> Tally:
    """Workers are replaced and servers die under live rooms; a part is a circle."""
    return await rolling(ground.venue().room, ground.rooms or ROOMS, seeds)


async def zombie_rounds(ground: Ground, seeds: range) -> Tally:
    """The owner of an agent is frozen or cut off, and comes back."""
    return await zombie(ground.venue(), seeds)


GATES: Mapping[str, Gate] = {
    "attribution": Gate(
        attribution_rounds,
        2 * len(CELLS),
        plants={name: plant for name, (plant, _) in plants.TRANSCRIPT.items()},
        report=TRANSCRIPT_REPORT,
    ),
    "failover": Gate(
        failover_rounds,
        ROUNDS_OF_100_KILLS,
        part=19,
        injects=True,
        limits=LIMITS,
        report=(*OWNERSHIP_REPORT, "absent_ms_max"),
    ),
    "floor": Gate(floor_rounds, 1000, part=50, injects=True),
    "meetings": Gate(meetings, 5, report=TRANSCRIPT_REPORT),
    "memory": Gate(minutes, 120, part=120, longest_s=9000.0, report=TRANSCRIPT_REPORT),
    "outage": Gate(outage_rounds, 6, injects=True, report=OWNERSHIP_REPORT),
    "providers": Gate(
        provider_rounds,
        500,
        part=20,
        injects=True,
        limits=[Share("words_in_holes", "words_said", MOST_IN_HOLES)],
        report=TRANSCRIPT_REPORT,
    ),
    "rolling": Gate(
        rolling_rounds,
        4 * len(ROUNDS),
        part=len(ROUNDS),
        injects=True,
        limits=[NEVER_ABSENT],
        report=(*OWNERSHIP_REPORT, "absent_ms_max"),
    ),
    "rotation": Gate(rotation_rounds, 20, injects=True, report=TRANSCRIPT_REPORT),
    "sockets": Gate(sockets, 10, injects=True, report=TRANSCRIPT_REPORT),
    "store": Gate(store_rounds, 60, part=5, injects=True, report=TRANSCRIPT_REPORT),
    "zombie": Gate(
        zombie_rounds, 40, part=8, injects=True, report=(*OWNERSHIP_REPORT, "zombie_grants")
    ),
}
