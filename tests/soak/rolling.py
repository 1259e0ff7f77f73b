"""The rolling gate: under live rooms every worker is replaced, then each server dies in turn.

One circle of six rounds: three workers, one after the other, get SIGTERM when a new one is there;
Redis, livekit-server and the control plane are killed (-9) and come back. With the control plane an
agent's process is killed, which only another instance can bring back. A person talks in every room
all the time, but for a third of them in a round, where the agent is in the midst of a speech.
A worker takes no more than its share of the rooms, so that each has some to hand over.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.sim import restart, servers, tones
from tests.sim.provider_process import provider_process
from tests.sim.restart import Restart
from tests.sim.script import Window
from tests.soak.fleet import Fleet
from tests.soak.rolling_room import KBPS, RollingRoom
from tests.soak.tally import Tally
from tests.system import priority
from tests.system.office import Office, control_plane
from tests.system.stage import Venue

WORKERS = 3
ROOMS = 9
STOCK = 1600
"""Words for a room."""
SPEECH = tones.speaker_words(40, 24)
"""What the agent says takes twelve seconds: longer than it takes until the fault."""
SPEAKS_S = 2.0
SOME = 3
"""In one of so many rooms the agent speaks when the fault comes."""
AWAY_S = 2.0
UNDISTURBED_S = 8.0
"""Between two faults."""
FRUGAL = {"ROOMHAND_FRAME_MS": "50", "ROOMHAND_VOICE_KBPS": str(KBPS)}
"""What takes least of the processor: nine rooms and their people fill two cores."""


@dataclass
class House:
    """All that can be struck. ``venue`` is no room: its name is that of the workers."""

    venue: Venue
    redis: Restart[servers.Redis]
    livekit: Restart[servers.LiveKit]
    fleet: Fleet
    rooms: list[RollingRoom]
    _stack: AsyncExitStack
    _planes: list[Office]

    async def add_plane(self) -> None:
        """One more instance of the control plane."""
        plane = control_plane(self.venue, self.fleet.profiles)
        self._planes.append(await self._stack.enter_async_context(plane))

    def kill_plane(self) -> None:
        """The oldest, which watches; another is there."""
        self._planes.pop(0).process.kill()

    async def run(self, *arguments: str) -> str:
        """A command."""
        return await self._planes[-1].run(*arguments)


async def _worker_ends(house: House) -> float:
    await house.fleet.end_oldest()
    return time.time()


async def _redis_dies(house: House) -> float:
    await asyncio.to_thread(house.redis.kill)
    died_s = time.time()
    await asyncio.sleep(AWAY_S)
    await asyncio.to_thread(house.redis.start)
    return died_s


async def _livekit_dies(house: House) -> float:
    await asyncio.to_thread(house.livekit.kill)
    await asyncio.gather(*(room.die() for room in house.rooms))
    await asyncio.to_thread(house.livekit.start)
    again_s = time.time()
    await asyncio.gather(*(room.open() for room in house.rooms))
    return again_s


async def _control_dies(house: House) -> float:
    house.kill_plane()
    _, job = house.fleet.serving()
    job.kill()
    return time.time()


STRIKES: Mapping[str, Callable[[House], Awaitable[float]]] = {
    "worker": _worker_ends,
    "redis": _redis_dies,
    "livekit": _livekit_dies,
    "control": _control_dies,
}
"""Each gives the time from which on a room is to recover, by the wall clock."""
ROUNDS = ("worker",) * WORKERS + ("redis", "livekit", "control")


async def rolling(name: str, rooms: int, seeds: range) -> Tally:
    """So many rooms, and a fault for each of the numbers. Worth nothing if no agent is heard."""
    tally = Tally()
    priority.go_first()
    with TemporaryDirectory() as folder:
        async with _house(name, rooms, Path(folder), seeds.start) as house:
            for seed in seeds:
                tally.merge(await _round(house, seed))
            await asyncio.sleep(UNDISTURBED_S)
            await asyncio.gather(*(room.finish() for room in house.rooms))
            for room in house.rooms:
                await house.run("leave", room.venue.room, "--agent", "sage")
            await asyncio.gather(*(room.close() for room in house.rooms))
            for room in house.rooms:
                others = (other.stock for other in house.rooms if other is not room)
                tally.merge(await room.tally({*chain(SPEECH, *others)}))
                for long in room.history.two_for_long:
                    print(*house.fleet.logged(room.venue.room, long), sep="\n", flush=True)
    tally.note("rooms", rooms)
    tally.add(failures=not tally.counts["agent_heard_ms"])
    return tally


@asynccontextmanager
async def _house(name: str, rooms: int, folder: Path, seed: int) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        for part in ("redis", "workers"):
            (folder / part).mkdir()
        redis, livekit = restart.redis(folder / "redis"), restart.livekit()
        for server in (redis, livekit):
            stack.callback(server.close)
            server.start()
        venue = Venue(livekit.server, redis.server, name)
        model = await stack.enter_async_context(provider_process("--answer", " ".join(SPEECH)))
        share = math.ceil(rooms / WORKERS)
        fleet = Fleet(venue, model, folder / "workers", max_jobs=share, variables=FRUGAL)
        stack.push_async_callback(fleet.close)
        for _ in range(WORKERS):
            await fleet.add()
        house = House(venue, redis, livekit, fleet, [], stack, [])
        for _ in range(2):
            await house.add_plane()
        began_s = time.time()
        for number in range(rooms):
            one = replace(venue, room=f"{name}-{number}")
            await house.run("join", one.room, "--agent", "sage", "--create", "--wait-s", "30")
            room = RollingRoom(one, tones.speaker_words(number, STOCK, seed=seed))
            await room.open()
            house.rooms.append(room)
        await asyncio.gather(*(room.heard_since(began_s) for room in house.rooms))
        yield house


async def _round(house: House, seed: int) -> Tally:
    kind, rooms = ROUNDS[seed % len(ROUNDS)], house.rooms
    if kind == "worker":
        await house.fleet.add()
    await asyncio.sleep(UNDISTURBED_S)
    await asyncio.gather(*(room.note() for room in rooms))
    before = await asyncio.gather(*(room.epoch() for room in rooms))
    await asyncio.gather(*(room.let_speak() for room in rooms[seed % SOME :: SOME]))
    await asyncio.sleep(SPEAKS_S)
    began_s = time.time()
    since_s = await STRIKES[kind](house)
    for room in rooms:
        room.here.talk.listens = False
    anew = kind == "livekit"
    heard_s = await asyncio.gather(*(room.heard_since(since_s, anew=anew) for room in rooms))
    after = await asyncio.gather(*(room.epoch() for room in rooms))
    moved = [was != now for was, now in zip(before, after, strict=True)]
    for room, at_s, has_moved in zip(rooms, heard_s, moved, strict=True):
        room.history.struck.append(Window(began_s, at_s))
        if kind == "control" and has_moved:
            room.history.unowned.append(Window(since_s, at_s))
    if kind == "control":
        await house.add_plane()
    unable_s = house.fleet.unable_to_speak_s(began_s) if kind == "worker" else []
    absent_s = [
        room.absent_s(Window(began_s, at_s))
        for room, at_s in zip(rooms, heard_s, strict=True)
        if kind == "worker"
    ]
    print(f"{kind}: {sum(moved)} of {len(rooms)} rooms moved", flush=True)
    tally = assess(kind, [at_s - since_s for at_s in heard_s], moved, unable_s)
    tally.note("absent_ms", *(1000 * one for one in absent_s))
    return tally


def assess(
    kind: str, took_s: Sequence[float], moved: Sequence[bool], unable_s: Sequence[float]
) -> Tally:
    """One fault. ``took_s``: until each room was seen to hear again; ``moved``: whether it has
    another owner; ``unable_s``: for how long nobody could speak, of each hand-over (negative: it
    lasts). A worker that had no room is no fault; an owner may not change without need."""
    handed_over = [one for one in unable_s if one >= 0]
    wanted = {"worker": len(handed_over), "redis": 0, "livekit": len(moved), "control": 1}[kind]
    wrong = abs(sum(moved) - wanted) + len(unable_s) - len(handed_over)
    tally = Tally()
    tally.add(faults_injected=kind != "worker" or any(moved), hand_overs=len(handed_over))
    tally.add(moved_wrongly=wrong, failures=wrong > 0)
    tally.note("unable_to_speak_ms", *(1000 * one for one in handed_over))
    for one_s, has_moved in zip(took_s, moved, strict=True):
        if kind == "redis" or (has_moved and kind != "worker"):
            tally.note("recover_ms", 1000 * one_s)
            tally.note(f"recover_{kind}_ms", 1000 * one_s)
    return tally
