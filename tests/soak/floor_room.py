"""A room of the floor gate: three agent processes, a Redis of its own, and somebody who listens."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import redis.asyncio
from livekit import rtc

from roomhand.attribution.identity import parse_agent_identity
from roomhand.coordination.commands import CommandSender, Say
from roomhand.coordination.connection import open_client
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Scripts
from roomhand.errors import RoomhandError
from tests.demo.overlap import on_time, sounding, together_ms
from tests.sim import servers
from tests.sim.restart import Restart
from tests.sim.restart import redis as redis_restart
from tests.sim.slow_redis import SlowPublications
from tests.system.stage import Venue
from tests.worker.room.listening_person import join

AGENTS = ("echo", "nova", "sage")
STEP_MS = 10
AUDIBLE_DB = -50.0
READY_S = 40.0
END_S = 10.0
RATE = 24_000


@dataclass(slots=True)
class Frame:
    """One frame that a gate let out."""

    grant: int
    at_s: float


@dataclass
class Heard:
    """What arrived of one agent since the last round began."""

    at_s: list[float] = field(default_factory=list)
    level_db: list[float] = field(default_factory=list)
    audible_at_s: float = 0.0

    def steps(self) -> set[int]:
        """The moments in which it was audible."""
        return sounding(on_time(self.at_s, STEP_MS), self.level_db, AUDIBLE_DB, STEP_MS)


class RoomEar:
    """Hears every agent, whoever owns it now."""

    def __init__(self, room: rtc.Room) -> None:
        self.heard: defaultdict[str, Heard] = defaultdict(Heard)
        self._room = room
        self._tasks: set[asyncio.Task[None]] = set()
        room.on("track_subscribed", self._on_track)

    def forget(self) -> None:
        """A new round begins."""
        for heard in self.heard.values():
            heard.at_s.clear()
            heard.level_db.clear()

    def overlap_ms(self) -> int:
        """For how long more than one agent was audible in this round."""
        return together_ms([heard.steps() for heard in self.heard.values()], STEP_MS)

    async def close(self) -> None:
        """Leave."""
        await asyncio.wait_for(self._room.disconnect(), END_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _on_track(
        self, track: rtc.Track, _: rtc.RemoteTrackPublication, who: rtc.RemoteParticipant
    ) -> None:
        owned = parse_agent_identity(who.identity)
        if owned is not None:
            task = asyncio.create_task(self._record(track, self.heard[owned[0]]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _record(self, track: rtc.Track, heard: Heard) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE, frame_size_ms=STEP_MS)
        try:
            async for event in stream:
                level_db = _level_db(np.frombuffer(event.frame.data, np.int16))
                heard.at_s.append(time.monotonic())
                heard.level_db.append(level_db)
                if level_db > AUDIBLE_DB:
                    heard.audible_at_s = heard.at_s[-1]
        finally:
            await stream.aclose()


def _level_db(step: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> float:
    return float(10 * np.log10(np.mean(np.square(step / 32768)) + 1e-12))


class AgentProcess:
    """One child; made again after it was killed."""

    def __init__(self, name: str, arguments: list[str], log: Path) -> None:
        self.name = name
        self.log = log
        self._command = [sys.executable, "-m", "tests.soak.floor_agent", *arguments]
        self._command += ["--name", name, "--log", str(log)]
        self.process: asyncio.subprocess.Process | None = None
        self._read = 0

    async def start(self) -> None:
        """Returns when it is in the room. Raises RuntimeError if it does not come."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        self.process = process
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), READY_S)
        if line.strip() != b"ready":
            raise RuntimeError(f"{self.name} did not come into the room")

    def signal(self, number: signal.Signals) -> None:
        """To this child, and to no other."""
        assert self.process is not None
        self.process.send_signal(number)

    async def end(self) -> None:
        """However it is."""
        process = self.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
            assert process.stdin is not None
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), END_S)
            except TimeoutError:
                process.kill()
                await process.wait()

    def frames(self) -> list[Frame]:
        """What its gate admitted since the last look."""
        if not self.log.exists():
            return []
        with self.log.open("rb") as file:
            file.seek(self._read)
            lines = file.read().split(b"\n")[:-1]
        self._read += sum(len(line) + 1 for line in lines)
        pairs = (line.split() for line in lines)
        return [Frame(int(grant), float(at_s)) for grant, at_s in pairs]


@dataclass
class FloorRoom:
    """Everything of one room. Times are ``time.monotonic``, one clock for all processes."""

    ear: RoomEar
    agents: dict[str, AgentProcess]
    proxy: SlowPublications
    sender: CommandSender
    redis: Restart[servers.Redis]
    _redis_data: Path

    def restart_redis(self, *, keeps: bool) -> None:
        """It dies, and comes back with what it had in its append-only file, or with nothing."""
        self.redis.kill()
        if not keeps:
            for file in self._redis_data.rglob("*"):
                if file.is_file():
                    file.unlink()
        self.redis.start()

    async def ask(self, name: str, words: int) -> bool:
        """Have an agent say so many words; whether it took the command."""
        try:
            await self.sender.send(name, Say(text=" ".join(["mm"] * words)), timeout_s=5.0)
        except RoomhandError:
            return False
        return True


@contextlib.asynccontextmanager
async def floor_room(livekit: servers.LiveKit, name: str) -> AsyncIterator[FloorRoom]:
    """Three agents in a room, ready to be asked."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "redis").mkdir()
        restart = redis_restart(folder / "redis")
        stack.callback(restart.close)
        restart.start()
        port = urlsplit(restart.server.url).port
        assert port is not None
        proxy = await stack.enter_async_context(SlowPublications(port).open())
        venue = Venue(livekit, servers.Redis(f"redis://127.0.0.1:{proxy.port}/0"), name)
        ear = RoomEar(await join(livekit, name, "listener"))
        stack.push_async_callback(ear.close)
        arguments = ["--livekit", livekit.url, "--redis", venue.redis.url, "--room", name]
        agents = {each: AgentProcess(each, arguments, folder / each) for each in AGENTS}
        for agent in agents.values():
            stack.push_async_callback(agent.end)
            await agent.start()
        client: redis.asyncio.Redis = open_client(restart.server.url)
        stack.push_async_callback(client.aclose)
        sender = CommandSender(Scripts(client), RoomKeys(name))
        yield FloorRoom(ear, agents, proxy, sender, restart, folder / "redis")
