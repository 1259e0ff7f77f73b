"""What rooms cost Redis and the control plane: 1, 10, 100 and 1000 of them on one Redis.

    python -m tests.bench.control --rooms 1,10,100,1000 --report FILE

Each room has an agent that is wanted and owned. Its owner is simulated: it renews the lease and the
scribe's, and waits for commands, as an agent does in a room where nobody speaks. The control plane
is a process of its own, all of what ships but for livekit-server, which is a fake (it answers at
once and dispatches nothing). Commands come through its gRPC API on loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

import grpc.aio
import numpy as np
import psutil
import redis.asyncio
from grpc_health.v1 import health_pb2
from grpc_health.v1.health_pb2_grpc import HealthStub

from roomhand.admin import LiveKitAdmin, livekit_admin
from roomhand.control.reconciler import Reconciler
from roomhand.control.v1 import agents_service_pb2 as pb
from roomhand.control.v1.agents_service_pb2_grpc import AgentsServiceStub
from roomhand.coordination.hints import Hints, Place
from roomhand.coordination.keys import SHARDS
from tests.bench.control_plane import FakeLiveKit, settings
from tests.bench.control_rooms import AGENT, TERMS, WAYS, Owned, living, own, want
from tests.bench.floor import used_cpu_s
from tests.sim import servers

COMMANDS = 500
CALLERS = 4
WARM_S = TERMS.ttl_s + 1.0
"""Until the control plane has looked at everybody once."""
QUIET_S = 2 * TERMS.ttl_s
LATE_S = 1.5
"""An agent that was due so long ago is not watched."""
TARGET_RATIO = 1.5
"""What a room costs among the most rooms, against the next fewer: linear is 1."""
PER_ROOM = (
    "renewal_redis_us",
    "look_redis_us",
    "sweep_redis_us",
    "redis_us_per_s",
    "plane_us_per_s",
)


@dataclass(frozen=True, slots=True)
class Run:
    """Of so many rooms. Names that end in ``us``: microseconds of processor time for a room."""

    rooms: int
    sent_for: int
    """Agents that the reconciler sent for when nobody owned any."""
    renewal_redis_us: float
    renewal_ways_redis_us: dict[str, float]
    renewal_ways_wall_us: dict[str, float]
    claim_redis_us: float
    """Of all shards, whatever the number of rooms; so are looks without anybody due."""
    idle_look_redis_us: float
    send_redis_us: float
    look_redis_us: float
    sweep_redis_us: float
    sweep_ms: float
    """Of all rooms together, by the clock."""
    redis_us_per_s: float
    """While rooms live, for each second."""
    plane_us_per_s: float
    redis_percent: float
    """Of a core, all rooms together."""
    plane_percent: float
    commands: int
    failed: int
    command_p50_ms: float
    command_p99_ms: float
    grpc_p50_ms: float
    """A health check on the same connection: gRPC alone."""
    grpc_p99_ms: float
    dispatches: int
    """While all rooms lived: owners that were taken for dead."""
    overdue: int
    """At the end: rooms that the control plane has not looked at in time."""
    machine_busy_percent: float


def growth(runs: Sequence[Run]) -> dict[str, float]:
    """What a room costs among the most rooms, against the next fewer. Pure."""
    *_, fewer, most = runs
    return {name: round(getattr(most, name) / getattr(fewer, name), 2) for name in PER_ROOM}


def missed(runs: Sequence[Run]) -> list[str]:
    """Why the run is not what it has to be; empty where it is. Pure."""
    found = [
        f"{one.rooms} rooms: {why}"
        for one in runs
        for why, is_so in {
            f"{one.sent_for} agents were sent for": one.sent_for != one.rooms,
            f"only {one.commands} commands": one.commands < COMMANDS,
            f"{one.failed} commands failed": one.failed > 0,
            f"{one.dispatches} owners were taken for dead": one.dispatches > 0,
            f"{one.overdue} rooms were not watched": one.overdue > 0,
        }.items()
        if is_so
    ]
    if len(runs) < 2:
        return [*found, "fewer than two numbers of rooms: there is no growth"]
    above = {name: ratio for name, ratio in growth(runs).items() if ratio > TARGET_RATIO}
    return [*found, *(f"{name} grows to {ratio}" for name, ratio in above.items())]


class Cost:
    """What some work costs Redis (seconds of processor) and the clock."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._client = client

    async def of(self, work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
        """Microseconds of Redis, and by the clock, of one call."""
        before_s, began_s = await used_cpu_s(self._client), time.perf_counter()
        await work()
        wall_s = time.perf_counter() - began_s
        return (await used_cpu_s(self._client) - before_s) * 1e6, wall_s * 1e6

    async def usually(self, work: Callable[[], Awaitable[object]], times: int) -> float:
        """Median of the microseconds of Redis."""
        return statistics.median([(await self.of(work))[0] for _ in range(times)])


async def renewals(
    client: redis.asyncio.Redis, rooms: Sequence[Owned]
) -> dict[str, dict[str, float]]:
    """Of each way, in turns: medians a room, of Redis and by the clock."""
    cost, times = Cost(client), max(5, 400 // len(rooms))
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    for _ in range(times):
        for name, way in WAYS.items():
            found[name].append(await cost.of(lambda way=way: way(client, rooms)))  # type: ignore[misc]
    return {
        kind: {
            name: round(statistics.median(one[at] for one in samples) / len(rooms), 1)
            for name, samples in found.items()
        }
        for at, kind in enumerate(("redis", "wall"))
    }


async def reconciled(
    client: redis.asyncio.Redis, names: Sequence[str]
) -> tuple[list[Owned], dict[str, float]]:
    """What the reconciler's parts cost; afterwards all rooms have an owner."""
    fake, count = FakeLiveKit(), len(names)
    reconciler = Reconciler(client, cast(LiveKitAdmin, fake), "bench")
    cost, hints, times = Cost(client), Hints(client), max(5, 200 // count)
    claim_us = await cost.usually(reconciler.claim, 10)
    send_us = (await cost.of(reconciler.look))[0]
    idle_us = await cost.usually(reconciler.look, 20)
    rooms = await own(client, names)
    looks, sweeps = [], []
    for _ in range(times):
        for name in names:
            await hints.due_at(Place(name, AGENT), 0)
        await reconciler.claim()
        looks.append((await cost.of(reconciler.look))[0] - idle_us)
        sweeps.append(await cost.of(reconciler.sweep))
    await reconciler.close()
    return rooms, {
        "sent_for": fake.made,
        "claim_redis_us": round(claim_us),
        "idle_look_redis_us": round(idle_us),
        "send_redis_us": round((send_us - idle_us) / count, 1),
        "look_redis_us": round(statistics.median(looks) / count, 1),
        "sweep_redis_us": round(statistics.median(one[0] for one in sweeps) / count, 1),
        "sweep_ms": round(statistics.median(one[1] for one in sweeps) / 1000, 1),
    }


@asynccontextmanager
async def plane(
    url: str, end: dict[str, int]
) -> AsyncIterator[tuple[psutil.Process, grpc.aio.Channel]]:
    """A control plane that answers; what it says at its end is put into ``end``."""
    port = servers.free_port()
    command = ("-m", "tests.bench.control_plane", "--redis", url, "--grpc-port", str(port))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            await asyncio.wait_for(channel.channel_ready(), 30)
            yield psutil.Process(process.pid), channel
        process.terminate()
        told, _ = await asyncio.wait_for(process.communicate(), 20)
        end |= json.loads(told)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def spread(client: redis.asyncio.Redis, rooms: Sequence[Owned]) -> None:
    """Have each looked at within a lease's length, one after the other, and so on from there."""
    hints = Hints(client)
    now_s = await hints.now_s()
    for number, one in enumerate(rooms):
        await hints.due_at(Place(one.room, AGENT), now_s + TERMS.ttl_s * number / len(rooms))


async def overdue(client: redis.asyncio.Redis) -> int:
    """How many should have been looked at for a while."""
    hints = Hints(client)
    before_s = await hints.now_s() - LATE_S
    return sum([len(await hints.due(shard, before_s)) for shard in range(SHARDS)])


async def lived(
    client: redis.asyncio.Redis, process: psutil.Process, rooms: int
) -> dict[str, float]:
    """What rooms cost that live for a while and are told nothing."""
    await asyncio.sleep(WARM_S)
    psutil.cpu_percent()
    redis_s, plane_s, began_s = await used_cpu_s(client), spent_s(process), time.perf_counter()
    await asyncio.sleep(QUIET_S)
    took_s = time.perf_counter() - began_s
    redis_share = (await used_cpu_s(client) - redis_s) / took_s
    plane_share = (spent_s(process) - plane_s) / took_s
    return {
        "redis_us_per_s": round(redis_share / rooms * 1e6, 1),
        "plane_us_per_s": round(plane_share / rooms * 1e6, 1),
        "redis_percent": round(redis_share * 100, 2),
        "plane_percent": round(plane_share * 100, 2),
        "machine_busy_percent": psutil.cpu_percent(),
    }


def spent_s(process: psutil.Process) -> float:
    """Seconds of a core that it has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


async def commanded(channel: grpc.aio.Channel, rooms: Sequence[Owned]) -> dict[str, float]:
    """How long a command takes from the call to its answer, four callers at a time."""
    agents = AgentsServiceStub(channel)
    taken_ms: list[float] = []
    failed = 0

    async def call(room: Owned, auth: str) -> None:
        nonlocal failed
        for _ in range(COMMANDS // CALLERS):
            request = pb.MuteRequest(
                room=room.room, agent=AGENT, muted=True, request_id=str(uuid4())
            )
            began_s = time.perf_counter()
            try:
                await agents.Mute(
                    request, metadata=(("authorization", f"Bearer {auth}"),), timeout=15
                )
            except grpc.aio.AioRpcError as error:
                failed += 1
                print(f"a command failed: {error.code().name}: {error.details()}", flush=True)
                continue
            taken_ms.append((time.perf_counter() - began_s) * 1000)

    async with livekit_admin(settings("redis://127.0.0.1")) as admin:
        tokens = [admin.api_token(one.room, "bench") for one in rooms]
    callers = (call(rooms[n % len(rooms)], tokens[n % len(rooms)]) for n in range(CALLERS))
    await asyncio.gather(*callers)
    return {"commands": len(taken_ms), "failed": failed} | _ranked("command", taken_ms)


async def checked(channel: grpc.aio.Channel) -> dict[str, float]:
    """The same of a call that asks nobody."""
    ask: Any = HealthStub(channel)
    taken_ms = []
    for _ in range(COMMANDS):
        began_s = time.perf_counter()
        await ask.Check(health_pb2.HealthCheckRequest(), timeout=5)
        taken_ms.append((time.perf_counter() - began_s) * 1000)
    return _ranked("grpc", taken_ms)


def _ranked(name: str, taken_ms: Sequence[float]) -> dict[str, float]:
    p50, p99 = (
        round(float(np.percentile(taken_ms, at)), 1) if taken_ms else 0.0 for at in (50, 99)
    )
    return {f"{name}_p50_ms": p50, f"{name}_p99_ms": p99}


async def measure(count: int) -> Run:
    """So many rooms on a Redis of their own."""
    with servers.redis_server(port=servers.free_port()) as server:
        async with redis.asyncio.Redis.from_url(server.url) as client:
            rooms, parts = await reconciled(client, await want(client, count))
            ways = await renewals(client, rooms)
            obeying, end = rooms[:CALLERS], dict[str, int]()
            port = urlsplit(server.url).port
            assert port is not None
            async with (
                living(client, port, rooms, obeying),
                plane(server.url, end) as (process, channel),
            ):
                await spread(client, rooms)
                found: dict[str, float] = await lived(client, process, count)
                found |= await commanded(channel, obeying) | await checked(channel)
                found["overdue"] = await overdue(client)
    return Run(
        rooms=count,
        renewal_redis_us=ways["redis"]["keeper"],
        renewal_ways_redis_us=ways["redis"],
        renewal_ways_wall_us=ways["wall"],
        **(parts | found | end),  # type: ignore[arg-type]
    )


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rooms", default="1,10,100,1000")
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    runs = []
    for count in map(int, options.rooms.split(",")):
        runs.append(asyncio.run(asyncio.wait_for(measure(count), 300)))
        print(json.dumps(asdict(runs[-1]), indent=1), flush=True)
    ratios = growth(runs) if len(runs) > 1 else {}
    print(f"a room among the most against the next fewer, target {TARGET_RATIO}: {ratios}")
    why = missed(runs)
    for one in why:
        print(f"MISSED: {one}")
    if options.report:
        whole = {"runs": [asdict(one) for one in runs], "growth": ratios, "missed": why}
        options.report.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    return 1 if why else 0


if __name__ == "__main__":
    raise SystemExit(main())
