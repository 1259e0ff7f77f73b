"""Acts on a room from outside it: what the command line does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import groupby

from roomhand.admin import LiveKitAdmin, livekit_admin
from roomhand.attribution.completeness import Completeness, completeness
from roomhand.attribution.identity import agent_identity
from roomhand.attribution.segments import Segment, revisions_in_order
from roomhand.coordination.archive import Archive, archive_of
from roomhand.coordination.commands import (
    PATIENCE_S,
    Ask,
    Command,
    CommandSender,
    HandOver,
    Instruct,
    Say,
    Status,
    Stop,
)
from roomhand.coordination.connection import connect
from roomhand.coordination.entry import Entry
from roomhand.coordination.hints import Hints, Place
from roomhand.coordination.keys import SHARDS, RoomKeys
from roomhand.coordination.lease import AgentRecord, LeaseStore
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptReader
from roomhand.coordination.wanted import Send, SendTerms, WantedStore
from roomhand.coordination.workers import DeploymentUsage, WorkerBoard
from roomhand.errors import CommandError, NotFoundError, RefusedError
from roomhand.floor_control import BY as MODERATOR
from roomhand.floor_control import FloorControl
from roomhand.meetings import RoomMeetings
from roomhand.settings import Settings

POLL_S = 0.1
REDISPATCH_S = 4.0
SENDS_ITSELF_S = 2.0
"""The reconciler looks after so long, for the command has sent by then."""
LEAVE_S = 10.0


@dataclass(frozen=True, slots=True)
class AgentInRoom:
    """One agent that is wanted in a room, or runs there."""

    room: str
    agent: str
    wanted_by: str
    """Empty where nobody brings it back: it was dispatched by others, or is leaving."""
    owner: str
    """WORKER/JOB of the process that runs it; empty where none does."""
    epoch: int
    attempts: int
    """Times that it was sent for since it last stayed."""
    instructions: str
    """What it is told in this room, beside what its profile says."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """A room in which agents are wanted or run, by name. ``meeting`` is empty where none runs."""

    room: str
    meeting: str
    running: tuple[str, ...]
    awaited: tuple[str, ...]


def has_not_come(room: str, agent: str, wait_s: float) -> CommandError:
    """It was waited for so long in vain."""
    return CommandError(
        f"{agent} did not come to {room} within {wait_s:g} s, and is still wanted there. Does a "
        "worker run (roomhand workers), under the same ROOMHAND_WORKER_NAME, that knows it and is "
        "not full?"
    )


def is_not_there(room: str, agent: str) -> NotFoundError:
    """Neither wanted nor run."""
    return NotFoundError(f"agent {agent} is not in room {room}")


class RoomControl:
    """Everything here raises LiveKitError, RedisError, ArchiveError or NotFoundError with a clear
    message."""

    def __init__(
        self, admin: LiveKitAdmin, scripts: Scripts, archive: Archive | None = None
    ) -> None:
        self._admin = admin
        self._scripts = scripts
        self._hints = Hints(scripts.client)
        self._archive = archive

    @staticmethod
    @asynccontextmanager
    async def open(settings: Settings) -> AsyncIterator[RoomControl]:
        """Connected to both services for as long as the block runs."""
        client, _ = await connect(settings.redis_url.get_secret_value())
        try:
            async with livekit_admin(settings) as admin:
                yield RoomControl(admin, Scripts(client), archive_of(settings))
        finally:
            await client.aclose()

    async def join(self, room: str, agent: str, *, create: bool, wait_s: float) -> str:
        """Bring an agent into an open room, once, and wait until it owns itself there: from then on
        it takes commands. Returns its identity in the room."""
        await self._opened(room, create=create)
        wanted = self._wanted(room)
        await wanted.start(agent, by="command line")
        await self._hints.due_at(Place(room, agent), await self._hints.now_s() + SENDS_ITSELF_S)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_s
        while not (identity := await self._settled(room, agent)):
            if loop.time() >= deadline:
                raise has_not_come(room, agent, wait_s)
            await self._send_for(room, agent, wanted)
            await asyncio.sleep(POLL_S)
        return identity

    async def _settled(self, room: str, agent: str) -> str | None:
        """The identity of who is in the room and owns the agent; its lease comes after the room."""
        there = (await self._admin.agents(room)).get(agent)
        record = await self._record(room, agent) if there else None
        if record is None or not record.alive or agent_identity(agent, record.epoch) != there:
            return None
        return there

    async def start(self, room: str, agent: str, *, create: bool, by: str) -> None:
        """Want an agent in a room, and return: the control plane sends for it."""
        await self._opened(room, create=create)
        await self._wanted(room).start(agent, by)
        await self._hints.due_at(Place(room, agent), await self._hints.now_s())

    async def leave(self, room: str, agent: str) -> str:
        """Make an agent leave and wait until it has. Whoever was sent for and does not own it yet
        finds that nobody wants it. Raises NotFoundError where it was neither wanted nor there."""
        was_wanted = await self._wanted(room).stop(agent)
        await self._hints.forget(Place(room, agent))
        record = await self._record(room, agent)
        was_owned = record is not None and bool(record.owner)
        try:
            if record is not None and record.alive:
                record = await self._told_to_stop(room, agent)
        finally:  # not before: livekit-server ends the job of a dispatch that is withdrawn
            if await self._admin.room_exists(room):  # of others livekit-server has no answer
                await self._admin.remove_dispatches(room, agent)
        if not was_wanted and not was_owned:
            raise is_not_there(room, agent)
        if record is not None and record.owner:  # past its deadline, it must not come back to life
            await self._leases(room).release(agent, record.epoch, record.owner)
        return f"{agent} has left {room}"

    async def _told_to_stop(self, room: str, agent: str) -> AgentRecord | None:
        """The record once its lease is free or past: a process that was killed answers nothing.
        Raises CommandError where the owner lives on."""
        leaving = asyncio.create_task(self._left(room, agent))
        stopping = asyncio.create_task(self._commands(room).send(agent, Stop()))
        try:
            await asyncio.wait({leaving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not leaving.done():
                with contextlib.suppress(NotFoundError):  # it left before it could be told
                    await stopping
            async with asyncio.timeout(LEAVE_S):
                return await leaving
        except TimeoutError:
            raise CommandError(f"{agent} has not left {room} after {LEAVE_S:g} s") from None
        finally:
            leaving.cancel()
            stopping.cancel()
            await asyncio.gather(leaving, stopping, return_exceptions=True)

    async def _left(self, room: str, agent: str) -> AgentRecord | None:
        while True:
            record = await self._record(room, agent)
            if record is None or not record.alive:
                return record
            await asyncio.sleep(POLL_S)

    async def agents(self, room: str | None) -> list[AgentInRoom]:
        """Of a room, or of every room in which an agent is wanted."""
        if room is not None:
            return await self._agents_of(room)
        rooms = {one for shard in range(SHARDS) async for one in self._hints.rooms(shard)}
        return [state for one in sorted(rooms) for state in await self._agents_of(one)]

    async def rooms(self) -> list[RoomState]:
        """Every room in which an agent is wanted, by name."""
        found = []
        for room, group in groupby(await self.agents(None), key=lambda one: one.room):
            there = list(group)
            meeting = await MeetingStore(self._scripts, RoomKeys(room)).current()
            running = tuple(one.agent for one in there if one.owner)
            awaited = tuple(one.agent for one in there if not one.owner)
            found.append(RoomState(room, meeting or "", running, awaited))
        return found

    async def redispatch(self, room: str, agent: str, request_id: str = "") -> None:
        """Have a wanted agent sent for anew, at once; the process that runs it, or ran it when
        ``request_id`` came first, ends when it finds that its lease is spent. Raises NotFoundError
        where nobody wants it."""
        found = await self._wanted(room).retry(agent, request_id)
        if found is None:
            raise NotFoundError(f"agent {agent} is not wanted in room {room}")
        if found.owner:
            await self._leases(room).release(agent, found.epoch, found.owner)
        await self._hints.due_at(Place(room, agent), await self._hints.now_s())

    def workers(self) -> WorkerBoard:
        """Which workers there are, and how one is drained."""
        return WorkerBoard(self._scripts)

    async def usage(self) -> DeploymentUsage:
        """What runs now, and what the workers that live have used."""
        return DeploymentUsage.of(await self.workers().all())

    async def _agents_of(self, room: str) -> list[AgentInRoom]:
        wanted = {one.agent: one for one in await self._wanted(room).all()}
        told = await self._wanted(room).instructions()
        leases = self._leases(room)
        found = []
        for agent in sorted(wanted.keys() | set(await leases.agents())):
            record, want = await leases.read(agent), wanted.get(agent)
            owner = record.owner if record is not None and record.alive else ""
            if owner or want:
                by, attempts = (want.by, want.attempts) if want else ("", 0)
                epoch = record.epoch if record is not None else 0
                more = told.get(agent, "")
                found.append(AgentInRoom(room, agent, by, owner, epoch, attempts, more))
        return found

    async def hand_over(self, room: str, agent: str) -> str:
        """Have another process run an agent, from the next quiet moment on."""
        return await self.command(room, agent, HandOver())

    async def say(self, room: str, agent: str, text: str) -> str:
        """Have an agent say something at the next quiet moment."""
        return await self.command(room, agent, Say(text=text))

    async def ask(self, room: str, agent: str, text: str) -> str:
        """Have an agent answer a text as if somebody in the room had asked it by name."""
        return await self.command(room, agent, Ask(text=text))

    async def instruct(
        self,
        room: str,
        agent: str,
        told: str,
        request_id: str | None = None,
        timeout_s: float = PATIENCE_S,
    ) -> None:
        """Tell a wanted agent something for this room beside its profile, whoever runs it now or
        later; empty: nothing more."""
        if not await self._wanted(room).instruct(agent, told, request_id or ""):
            raise NotFoundError(f"agent {agent} is not wanted in room {room}")
        with contextlib.suppress(NotFoundError):  # who comes later reads it then
            await self.command(room, agent, Instruct(), request_id, timeout_s)

    async def command(
        self,
        room: str,
        agent: str,
        command: Command,
        request_id: str | None = None,
        timeout_s: float = PATIENCE_S,
    ) -> str:
        """Have a command carried out, once for a ``request_id``; what became of it. After
        ``timeout_s`` it is void, unless it was begun.

        Raises RefusedError where the agent will not, CommandError where nobody tells in time.
        """
        outcome = await self._commands(room).send(agent, command, request_id, timeout_s)
        if outcome.status is not Status.DONE:
            kind = RefusedError if outcome.status is Status.REFUSED else CommandError
            raise kind(f"{command.kind}: {outcome.status}: {outcome.detail}")
        return outcome.detail

    async def transcript(
        self, room: str, meeting: str | None
    ) -> tuple[list[Segment], Completeness]:
        """Every revision of every segment, in the order of the meeting, and what it lacks. Raises
        MeetingNotFoundError."""
        keys = RoomKeys(room)
        reader, meetings = self._reader(room), MeetingStore(self._scripts, keys)
        found = await reader.known(meeting)
        record, accounts = await meetings.read(found), await meetings.accounts(found)
        if record is None and self._archive is not None:  # Redis has forgotten it
            closed = await self._archive.closed(room, found)
            record, accounts = (closed.record, [*closed.accounts]) if closed else (None, [])
        segments = revisions_in_order(entry.segment for entry in await reader.read(found))
        ended = record is not None and record.ended
        reason = record.reason if record is not None else None
        return segments, completeness(segments, accounts, ended=ended, reason=reason)

    async def meeting_id(self, room: str, meeting: str | None) -> str:
        """This meeting, or the newest of the room (None). Raises MeetingNotFoundError."""
        return await self._reader(room).known(meeting)

    def follow(self, room: str, meeting: str | None, after: str) -> AsyncIterator[Entry]:
        """Each segment after a token as it is written, until the meeting ends. Raises
        MeetingNotFoundError."""
        return self._reader(room).follow(meeting, after)

    def meetings(self, room: str) -> RoomMeetings:
        """The meetings of a room, those that ended with it."""
        return RoomMeetings(self._admin, self._scripts, self._archive, room)

    def floor(
        self, room: str, by: str = MODERATOR, patience: Callable[[], float] = lambda: PATIENCE_S
    ) -> FloorControl:
        """The floor of a room and its agents' part in it, as ``FloorControl``."""
        return FloorControl(self._admin, self._scripts, room, by, patience)

    def _reader(self, room: str) -> TranscriptReader:
        return TranscriptReader(self._scripts, RoomKeys(room), self._archive)

    def _commands(self, room: str) -> CommandSender:
        return CommandSender(self._scripts, RoomKeys(room))

    async def _record(self, room: str, agent: str) -> AgentRecord | None:
        return await self._leases(room).read(agent)

    def _leases(self, room: str) -> LeaseStore:
        return LeaseStore(self._scripts, RoomKeys(room))

    async def _opened(self, room: str, *, create: bool) -> None:
        if not await self._admin.room_exists(room):
            if not create:
                raise NotFoundError(f"room {room} is not open. Open it, or add --create")
            await self._admin.create_room(room)

    def _wanted(self, room: str) -> WantedStore:
        return WantedStore(self._scripts, RoomKeys(room), SendTerms(patience_s=REDISPATCH_S))

    async def _send_for(self, room: str, agent: str, wanted: WantedStore) -> None:
        """As the reconciler would, should there be none."""
        send = await wanted.send(agent)
        if isinstance(send, Send):
            await self._admin.remove_dispatches(room, agent)
            await self._admin.dispatch(room, agent, send.generation)
