"""What the floor costs Redis: the same work on 1, 100 and 1000 rooms.

    python -m tests.bench.floor --rooms 1,100,1000 --seconds 5 --report FILE

One Redis on loopback and a bounded number of clients that keep it busy. Each plays one agent, in
one room after the other: ask, renew twice, release, as fast as it goes. With one room there is one
client, so that the cost of an operation can be compared; then all clients meet in one room, and who
has to wait asks again until it is served.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import numpy as np
import psutil
import redis.asyncio

from roomhand.coordination.fencing import Fence
from roomhand.coordination.floor import FloorStore, Grant, Queued
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts
from roomhand.turns.floor_request import FloorRequest
from roomhand.turns.questions import Reason
from tests.sim import servers

AGENTS = ("sage", "nova", "echo", "iris", "otto", "rosa")
"""One a client: enough to keep one Redis and the core beside it busy, on a machine of two."""
POLL_S = 0.005
TARGET_RATIO = 1.5
"""Processor time of Redis for an operation with the most rooms, against the fewest."""


@dataclass(slots=True)
class Tally:
    """What one measurement has seen."""

    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    turns: int = 0
    numbers: set[tuple[str, int]] = field(default_factory=set)

    async def timed(self, name: str, call: object) -> object:
        """The outcome of a call; how long it took is kept."""
        began_s = time.perf_counter()
        outcome = await call  # type: ignore[misc]
        self.ms[name].append((time.perf_counter() - began_s) * 1000)
        return outcome


@dataclass(frozen=True, slots=True)
class Room:
    """A room whose agents are owned."""

    name: str
    floor: FloorStore
    fences: dict[str, Fence]


async def open_room(scripts: Scripts) -> Room:
    """A room with all agents."""
    name = f"bench-{uuid4().hex[:10]}"
    keys = RoomKeys(name)
    leases = LeaseStore(scripts, keys)
    fences = {}
    for agent in AGENTS:
        fences[agent] = Fence(agent, await leases.reserve(agent))
        await leases.acquire(agent, fences[agent].epoch, "bench", 600)
    return Room(name, FloorStore(scripts, keys, 3.0), fences)


async def take_turns(rooms: list[Room], agent: str, tally: Tally, until_s: float) -> None:
    """One client: a turn in this room, then one in the next."""
    turn = AGENTS.index(agent)
    while time.perf_counter() < until_s:
        room = rooms[turn % len(rooms)]
        await take_turn(room, room.fences[agent], tally, until_s)
        turn += len(AGENTS)


async def take_turn(room: Room, fence: Fence, tally: Tally, until_s: float) -> None:
    """Ask, wait for the grant, renew twice, release."""
    request = FloorRequest(id=uuid4().hex, reason=Reason.ADDRESS)
    answer = await tally.timed("request", room.floor.request(fence, request))
    while isinstance(answer, Queued) and time.perf_counter() < until_s:
        await asyncio.sleep(POLL_S)
        answer = await tally.timed("poll", room.floor.request(fence, request))
    if isinstance(answer, Grant):
        assert (room.name, answer.number) not in tally.numbers, "a number came twice"
        tally.numbers.add((room.name, answer.number))
        for _ in range(2):
            renewed = await tally.timed("renew", room.floor.renew(fence, answer))
            assert isinstance(renewed, Grant), renewed
        tally.turns += 1
    await tally.timed("release", room.floor.release(fence, request.id))


async def measure(
    server: servers.Redis, rooms: int, clients: int, seconds: float
) -> dict[str, object]:
    """Figures for so many rooms and clients."""
    client = redis.asyncio.Redis.from_url(server.url)
    scripts = Scripts(client)
    opened = [await open_room(scripts) for _ in range(rooms)]
    await take_turns(opened, AGENTS[0], Tally(), time.perf_counter() + 0.3)
    tally, began_s = Tally(), time.perf_counter()
    cpu_s = await used_cpu_s(client)
    psutil.cpu_percent()
    until_s = began_s + seconds
    await asyncio.gather(*(take_turns(opened, one, tally, until_s) for one in AGENTS[:clients]))
    spent_s = time.perf_counter() - began_s
    redis_s = await used_cpu_s(client) - cpu_s
    calls = sum(map(len, tally.ms.values()))
    figures: dict[str, object] = {
        "rooms": rooms,
        "clients": clients,
        "operations": calls,
        "per_s": round(calls / spent_s),
        "turns": tally.turns,
        "redis_us_per_operation": round(redis_s / calls * 1e6, 1),
        "machine_busy_percent": psutil.cpu_percent(),
    }
    for name, taken_ms in sorted(tally.ms.items()):
        p50, p99 = (round(float(np.percentile(taken_ms, at)), 2) for at in (50, 99))
        figures[name] = {"n": len(taken_ms), "p50_ms": p50, "p99_ms": p99}
    await client.aclose()
    return figures


async def used_cpu_s(client: redis.asyncio.Redis) -> float:
    """Seconds of processor that Redis has used."""
    info = await client.info("cpu")
    return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


def show(figures: dict[str, object]) -> None:
    """One line a kind of operation."""
    print(
        f"{figures['rooms']} rooms, {figures['clients']} clients: "
        f"{figures['per_s']} operations/s, {figures['turns']} turns, "
        f"{figures['redis_us_per_operation']} us of Redis each, "
        f"machine {figures['machine_busy_percent']:.0f} % busy"
    )
    for name, found in figures.items():
        if isinstance(found, dict):
            print(f"  {name}: n {found['n']}, p50 {found['p50_ms']} ms, p99 {found['p99_ms']} ms")


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", default="1,100,1000")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    plan = [(rooms, min(rooms, len(AGENTS))) for rooms in map(int, options.rooms.split(","))]
    found = []
    with servers.redis_server() as server:
        for rooms, clients in [*plan, (1, len(AGENTS))]:
            found.append(asyncio.run(measure(server, rooms, clients, options.seconds)))
            show(found[-1])
    costs = [float(str(one["redis_us_per_operation"])) for one in found[: len(plan)]]
    ratio = round(costs[-1] / costs[0], 2)
    met = ratio <= TARGET_RATIO
    print(
        f"cost of an operation, most rooms against fewest: {ratio}, target {TARGET_RATIO}", end=" "
    )
    print("ok" if met else "MISSED")
    if options.report:
        whole = {"runs": found, "cost_ratio": ratio, "target_ratio": TARGET_RATIO}
        options.report.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    return 0 if met and all(one["turns"] for one in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
