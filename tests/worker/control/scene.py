"""A room in which every call of the API is answered, until something is put wrong in it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio

from roomhand import remote
from roomhand.control import calls
from roomhand.control.calls import Streams
from roomhand.coordination.commands import Command, Outcome
from roomhand.coordination.floor import FloorStore
from roomhand.coordination.inbox import CommandInbox
from roomhand.coordination.keys import WORKERS, WORKERS_DRAINING, WORKERS_SEEN
from roomhand.coordination.wanted import WantedStore
from roomhand.coordination.workers import WorkerBoard, WorkerRecord
from roomhand.room.moderation import Moderation
from tests.worker.control.api_stage import ApiStage, api_stage
from tests.worker.control.methods import METHODS
from tests.worker.control.served import token
from tests.worker.control.stranger import Ended, Stranger
from tests.worker.coordination.samples import spoken
from tests.worker.room.speaking_stage import SpeakingStage

WORKER = "w1"
HURRY_S = 0.3
Obeys = Callable[[Command], Awaitable[Outcome]]


def for_everything(room: str) -> str:
    """A token with which every call may be made, of this room where it is of one."""
    scopes = "floor transcript operator"
    return token(room_admin=True, room=room, room_list=True, scopes=scopes)


@dataclass
class Scene:
    """The room is open, and has a meeting that is over. Sage is wanted and runs: a real agent's
    moderation obeys. One worker lives."""

    stage: ApiStage
    stranger: Stranger
    folder: Path
    """Of the archive."""
    patch: pytest.MonkeyPatch
    meeting: str = ""
    """Id of the one that is over."""
    bearer: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    """Of the call that is to be made, in place of those that are right."""
    body: bytes | None = None
    """To be sent in place of all fields."""

    def __post_init__(self) -> None:
        self.bearer = for_everything(self.stage.room)
        self.obeys = self.moderation(SpeakingStage())
        self.inbox = CommandInbox(
            self.stage.scripts, self.stage.keys, self.stage.sage, lambda told: self.obeys(told)
        )
        self._leaving: list[asyncio.Task[None]] = []
        self._closing = AsyncExitStack()

    @property
    def wanted(self) -> WantedStore:
        """Of the room."""
        return WantedStore(self.stage.scripts, self.stage.keys)

    def moderation(self, agent: SpeakingStage, *, speaks: bool = True) -> Obeys:
        """Of an agent whose plugin speaks, or only listens."""

        async def learn() -> None:
            await self.wanted.instructions()

        async def keep() -> bool:
            return True

        def leave(_: str) -> None:
            self._leaving.append(asyncio.create_task(self.stage.go(), name="leaves"))

        conductor = agent.conductor
        moderation = Moderation(
            conductor, conductor.obeying, leave, lambda _: None, learn, keep, speaks=speaks
        )
        return moderation.carry_out

    def right(self, name: str) -> dict[str, Any]:
        """Fields with which a method answers."""
        method = METHODS[name]
        there = {"room": self.stage.room, "meeting": self.meeting, "worker": WORKER}
        has = {one.name for one in method.descriptor.input_type.fields}
        return {**method.known.fields, **{one: there[one] for one in there if one in has}}

    async def call(self, name: str, **fields: Any) -> Ended:
        """How a call ends that is as it should be, or as this scene has it."""
        given = {**self.right(name), **self.fields, **fields}
        return await self.stranger.call(name, given, self.bearer, self.body)

    async def does(self, name: str, **fields: Any) -> Any:
        """The answer of a call that is right but for some fields."""
        given = {**self.right(name), **fields}
        ended = await self.stranger.call(name, given, self.bearer)
        assert ended.status == "OK", ended
        return ended.answer

    def hurry(self) -> None:
        """An agent is waited for a moment only."""
        self.patch.setattr(calls, "PATIENCE_S", HURRY_S)
        self.patch.setattr(remote, "LEAVE_S", HURRY_S)

    async def begin(self) -> None:
        """Bring all this about."""
        floor = FloorStore(self.stage.scripts, self.stage.keys)
        await floor.hold("ann")
        await floor.resume("ann")
        meeting = await self.stage.meet(spoken(1))
        await self.stage.end(meeting)
        self.meeting = meeting.id
        await self.does("AgentsService.StartAgent")
        self.stage.livekit.there = {"sage": "sage~1"}
        self.inbox.start()
        await self.add_worker(WORKER)

    async def add_worker(self, name: str) -> None:
        """It lives."""
        board = WorkerBoard(self.stage.scripts)
        await board.announce(WorkerRecord(id=name, host="h", slots=1))

    def take_archive_away(self) -> None:
        """What was a folder is a file."""
        shutil.rmtree(self.folder)
        self.folder.touch()

    async def takes_all_streams(self) -> None:
        """One is begun, and goes on."""
        name = "FloorService.WatchFloor"
        stream = self.stranger.begin(name, self.right(name), self.bearer)
        self._closing.callback(stream.cancel)
        await stream.read()

    async def silence_redis(self) -> None:
        """It takes what it is told, and answers nothing."""

        async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.read(1024):
                pass
            writer.close()

        server = await asyncio.start_server(swallow, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        silent = redis.asyncio.Redis(host="127.0.0.1", port=port)
        self._closing.callback(server.close)
        self._closing.push_async_callback(silent.aclose)
        self.stage.scripts.client = silent

    async def end(self) -> None:
        """Nobody obeys any more."""
        await self._closing.aclose()
        await self.inbox.close()
        await asyncio.gather(*self._leaving)


@asynccontextmanager
async def scene_of(
    client: redis.asyncio.Redis,
    room: str,
    folder: Path,
    patch: pytest.MonkeyPatch,
    **settings: Any,
) -> AsyncIterator[Scene]:
    """For as long as the block runs; one call at a time is answered one by one. Workers of other
    tests are forgotten."""
    await client.delete(WORKERS, WORKERS_SEEN, WORKERS_DRAINING)
    async with api_stage(client, room, folder, Streams(limit=1), **settings) as stage:
        stranger = await Stranger.at(stage.served.address, stage.channel)
        scene = Scene(stage, stranger, folder, patch)
        await scene.begin()
        yield scene
        await scene.end()
    await client.delete(WORKERS, WORKERS_SEEN, WORKERS_DRAINING)
