"""The floor gate: three agents in three processes, asked at once, again and again, with faults."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeAlias

from tests.sim import servers
from tests.soak.floor_room import AGENTS, FloorRoom, Frame, floor_room
from tests.soak.tally import Tally

ROOMS = 2
"""At the same time, each with a share of the rounds."""
FAULT_EVERY = 10
WORDS = (3, 6)
TAIL_MS = 300
"""Heard after a process died or froze: 200 ms queued are 260 ms heard, more on a busy machine."""
SERVED_S = 30.0
SPEAKS_S = 8.0
QUIET_S = 0.25
HEARD_MS = 100
FROZEN_S = 4.0
"""Longer than a grant holds, shorter than a lease."""
LEASE_S = 5.4
LATE_S = 1.5
"""By so much messages come late; then only the poll can serve anybody."""
POLL_S = 0.02


@dataclass
class Rounds:
    """The rounds of one room, and what they found."""

    room: FloorRoom
    tally: Tally = field(default_factory=Tally)
    frames: dict[str, list[Frame]] = field(default_factory=dict)
    """Of this round, by agent."""
    owners: dict[int, str] = field(default_factory=dict)
    """Grant number -> agent, over all rounds."""

    async def play(self, seed: int) -> None:
        """One round."""
        rng = random.Random(seed)
        self.room.ear.forget()
        self.frames = {name: [] for name in AGENTS}
        words = {name: rng.randint(*WORDS) for name in AGENTS}
        taken = await asyncio.gather(*(self.room.ask(name, words[name]) for name in AGENTS))
        asked = {name for name, took in zip(AGENTS, taken, strict=True) if took}
        excused: Collection[str] = ()
        if seed % FAULT_EVERY == FAULT_EVERY - 1:
            fault = FAULTS[seed // FAULT_EVERY % len(FAULTS)]
            struck = await fault(self, rng)
            self.tally.add(faults_injected=struck is not None)
            excused = struck or ()
        unserved = (asked or set(AGENTS)) - set(excused)
        await self._until(lambda: not (unserved - self._served()), SERVED_S)
        served = self._served()
        self.tally.add(words_said=sum(words[name] for name in asked & served))
        left = unserved - served
        self.tally.add(unserved=len(left))
        if left:
            print(f"round {seed}: {', '.join(sorted(left))} unserved", flush=True)
        await self._until(self._quiet, SPEAKS_S)
        self.room.proxy.late_s = 0.0
        self._judge(seed)

    def _judge(self, seed: int) -> None:
        self._collect()
        overlap_ms, duplicates = gate_overlap_ms(self.frames), self._duplicates()
        heard_ms = self.room.ear.overlap_ms()
        self.tally.note("overlap_listener_ms", heard_ms)
        self.tally.add(overlap_gate_ms=overlap_ms, duplicate_grants=duplicates)
        if overlap_ms or duplicates or heard_ms > TAIL_MS:
            print(
                f"round {seed}: {overlap_ms:.0f} ms together at the gate, {heard_ms} ms at the "
                f"listener, {duplicates} grants twice",
                flush=True,
            )

    def _duplicates(self) -> int:
        found = 0
        for name, frames in self.frames.items():
            for number in {frame.grant for frame in frames}:
                found += self.owners.setdefault(number, name) != name
        return found

    def _collect(self) -> None:
        for name, agent in self.room.agents.items():
            self.frames[name] += agent.frames()

    def _served(self) -> set[str]:
        """Who had the floor in this round, and was heard."""
        self._collect()
        heard = self.room.ear.heard
        return {
            name
            for name in AGENTS
            if self.frames[name] and len(heard[name].steps()) * 10 >= HEARD_MS
        }

    def _quiet(self) -> bool:
        now_s = time.monotonic()
        return all(now_s - each.audible_at_s > QUIET_S for each in self.room.ear.heard.values())

    async def speaker(self) -> str | None:
        """Whoever is heard now, as soon as somebody is."""
        found: list[str] = []

        def speaks() -> bool:
            now_s = time.monotonic()
            heard = self.room.ear.heard
            found[:] = [name for name in heard if now_s - heard[name].audible_at_s < POLL_S]
            return bool(found)

        return found[0] if await self._until(speaks, SPEAKS_S) else None

    async def tail(self, name: str, since_s: float) -> None:
        """Note for how long an agent was still heard."""
        await asyncio.sleep(1.0)
        last_s = max(self.room.ear.heard[name].audible_at_s, since_s)
        self.tally.note("tail_ms", (last_s - since_s) * 1000)

    async def _until(self, ready: Callable[[], bool], limit_s: float) -> bool:
        deadline_s = time.monotonic() + limit_s
        while not ready():
            if time.monotonic() > deadline_s:
                return False
            await asyncio.sleep(POLL_S)
        return True


Struck: TypeAlias = Collection[str] | None
"""Whom a fault excuses from being served; None where there was nobody to strike."""


async def _freeze(rounds: Rounds, rng: random.Random) -> Struck:
    """The holder stands still for longer than its grant, and comes back."""
    name = await rounds.speaker()
    if name is None:
        return None
    agent, struck_s = rounds.room.agents[name], time.monotonic()
    agent.signal(signal.SIGSTOP)
    await rounds.tail(name, struck_s)
    await asyncio.sleep(max(0.0, struck_s + FROZEN_S - time.monotonic()))
    agent.signal(signal.SIGCONT)
    return (name,)


async def _kill(rounds: Rounds, rng: random.Random) -> Struck:
    """The holder dies in the middle of a word; a successor comes when its lease is over."""
    name = await rounds.speaker()
    if name is None:
        return None
    agent, struck_s = rounds.room.agents[name], time.monotonic()
    agent.signal(signal.SIGKILL)
    await rounds.tail(name, struck_s)
    await asyncio.sleep(max(0.0, struck_s + LEASE_S - time.monotonic()))
    await agent.start()
    return (name,)


async def _restart_redis(rounds: Rounds, rng: random.Random) -> Struck:
    """Redis dies while somebody speaks, and comes back with its data or with none."""
    await rounds.speaker()
    rounds.room.restart_redis(keeps=rng.random() < 0.5)
    return ()


async def _late_messages(rounds: Rounds, rng: random.Random) -> Struck:
    """What Redis announces comes late, for a whole round."""
    rounds.room.proxy.late_s = LATE_S
    return ()


FAULTS: tuple[Callable[[Rounds, random.Random], Awaitable[Struck]], ...] = (
    _freeze,
    _kill,
    _restart_redis,
    _late_messages,
)


def gate_overlap_ms(frames: dict[str, list[Frame]]) -> float:
    """For how long two agents' gates were open at the same time, by the frames they let out."""
    spans = {name: list(_spans(each)) for name, each in frames.items()}
    together_s = sum(
        max(0.0, min(one[1], other[1]) - max(one[0], other[0]))
        for first, second in combinations(spans, 2)
        for one in spans[first]
        for other in spans[second]
    )
    return together_s * 1000


def _spans(frames: Iterable[Frame]) -> Iterable[tuple[float, float]]:
    by_grant: dict[int, list[float]] = {}
    for frame in frames:
        by_grant.setdefault(frame.grant, []).append(frame.at_s)
    return ((min(times), max(times)) for times in by_grant.values())


async def floor(livekit: servers.LiveKit, name: str, seeds: Iterable[int]) -> Tally:
    """Some rounds in some rooms at once."""
    shares = _shares(list(seeds))
    found = await asyncio.gather(
        *(_play(livekit, f"{name}-{place}", share) for place, share in enumerate(shares))
    )
    tally = Tally()
    for part in found:
        tally.merge(part)
    worst_ms = max(tally.samples.get("overlap_listener_ms", [0.0]))
    counts = tally.counts
    tally.add(
        failures=counts["unserved"]
        + counts["duplicate_grants"]
        + (counts["overlap_gate_ms"] > 0)
        + (worst_ms > TAIL_MS)
    )
    return tally


def _shares(seeds: list[int]) -> list[list[int]]:
    """One for each room; neighbours stay together, so that each has its faults."""
    size = -(-len(seeds) // ROOMS)
    return [seeds[at : at + size] for at in range(0, len(seeds), size)]


async def _play(livekit: servers.LiveKit, name: str, seeds: Iterable[int]) -> Tally:
    async with floor_room(livekit, name) as room:
        rounds = Rounds(room)
        for seed in seeds:
            await rounds.play(seed)
        return rounds.tally
