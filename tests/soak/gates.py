"""The long gates. Each runs some rounds and returns figures; ``failures`` must be 0."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from uuid import uuid4

from tests.sim import servers
from tests.sim.realtime_server import Act, Behaviour, Fault
from tests.system.gathering import NAMES, hold
from tests.system.monologue import heard_through, turns
from tests.system.stage import Tap, Venue

Figures = Mapping[str, int | float]


@dataclass(frozen=True, slots=True)
class Gate:
    """``run`` takes a venue maker and a number of rounds."""

    run: Callable[[Callable[[], Venue], int], Awaitable[Figures]]
    rounds: int
    """If not told otherwise."""


async def meetings(venue: Callable[[], Venue], rounds: int) -> Figures:
    """Four people talk for a minute, 20 % of it at once; other words every round."""
    figures: Counter[str] = Counter()
    for seed in range(rounds):
        with Tap().open() as tap:
            held = await hold(venue(), tap, NAMES, 60, seed=seed)
        outcome = asdict(held.score)
        unaccounted = sum(map(abs, held.minutes.unaccounted.values()))
        figures.update(outcome)
        figures["unaccounted_samples"] += unaccounted
        figures["failures"] += not (held.score.faultless and held.score.carried) or unaccounted > 0
    return figures


async def sockets(venue: Callable[[], Venue], rounds: int) -> Figures:
    """A provider whose sockets die at a random event of the first three sessions."""
    figures: Counter[str] = Counter()
    for seed in range(rounds):
        drawn = random.Random(seed)
        broken = [
            Behaviour(faults=(Fault("received", "*", Act.DROP, drawn.randrange(2, 40)),))
            for _ in range(3)
        ]
        said = turns(4)
        figures["said"] += sum(map(len, said))
        with Tap().open() as tap:
            try:
                minutes, records = await heard_through(venue(), tap, [*broken, Behaviour()], said)
            except AssertionError as fault:
                figures["failures"] += 1
                print(f"round {seed}: {fault}")
                continue
        figures["sessions"] += len(records)
        figures["holes"] += len(minutes.segments) - len(said)
    return figures


GATES: Mapping[str, Gate] = {
    "meetings": Gate(meetings, 5),
    "sockets": Gate(sockets, 10),
}


def new_venue(livekit: servers.LiveKit, redis: servers.Redis) -> Venue:
    """A room that nobody used."""
    return Venue(livekit, redis, f"soak-{uuid4().hex[:12]}")
