"""One room on a real Redis, with a LiveKit that does what a test wants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import redis.asyncio

from roomhand.admin import LiveKitAdmin
from roomhand.control.reconciler import Reconciler, Rhythm
from roomhand.coordination.fencing import Fence
from roomhand.coordination.hints import Hints, Place, shard_of
from roomhand.coordination.keys import (
    ROOMS_TOLD,
    SHARDS,
    RoomKeys,
    control_shard,
    leases_hint,
    rooms_hint,
)
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import Meeting, MeetingRecord, MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.wanted import SendTerms, WantedStore
from roomhand.errors import LiveKitError

AT_ONCE = SendTerms(patience_s=0, longest_s=0, stays_s=600)
PATIENT = SendTerms(patience_s=600, longest_s=600, stays_s=600)


@dataclass
class FakeLiveKit:
    """Rooms that are open, and the dispatches there are, by room."""

    rooms: set[str] = field(default_factory=set)
    dispatches: dict[str, list[int]] = field(default_factory=dict)
    made: int = 0
    away: bool = False
    asked: int = 0

    async def room_exists(self, room: str) -> bool:
        """As the real one."""
        self.asked += 1
        if self.away:
            raise LiveKitError("livekit-server does not answer")
        return room in self.rooms

    async def dispatch(self, room: str, agent: str, generation: int) -> str:
        """As the real one, which opens a room that is closed."""
        self.rooms.add(room)
        self.dispatches.setdefault(room, []).append(generation)
        self.made += 1
        return "AD_1"

    async def remove_dispatches(self, room: str, agent: str) -> None:
        """As the real one."""
        self.dispatches.pop(room, None)


@dataclass
class Deployment:
    """One room and what keeps it."""

    client: redis.asyncio.Redis
    livekit: FakeLiveKit
    room: str

    @property
    def place(self) -> Place:
        """The agent of the tests."""
        return Place(self.room, "sage")

    @property
    def wanted(self) -> WantedStore:
        """Of the room."""
        return WantedStore(Scripts(self.client), RoomKeys(self.room), PATIENT)

    @property
    def leases(self) -> LeaseStore:
        """Of the room."""
        return LeaseStore(Scripts(self.client), RoomKeys(self.room))

    @property
    def meetings(self) -> MeetingStore:
        """Of the room."""
        return MeetingStore(Scripts(self.client), RoomKeys(self.room))

    @property
    def hints(self) -> Hints:
        """Of all rooms."""
        return Hints(self.client)

    async def want(self) -> None:
        """As the command line does it."""
        await self.wanted.start("sage", "test")
        await self.hints.due_at(self.place, 0)

    async def instance(self, name: str = "one", terms: SendTerms = PATIENT) -> Reconciler:
        """A control plane that has claimed what nobody else watches."""
        admin = cast(LiveKitAdmin, self.livekit)
        reconciler = Reconciler(self.client, admin, name, terms=terms, rhythm=Rhythm(watch_s=600))
        await reconciler.claim()
        return reconciler

    async def is_due(self) -> bool:
        """Whether the agent would be looked at now."""
        now_s = await self.hints.now_s()
        return self.place in await self.hints.due(shard_of(self.room), now_s)

    async def meet(self, lease_s: float) -> Meeting:
        """A meeting runs, whose agent seems to live for so long; 0: it is gone."""
        epoch = await self.leases.reserve("sage")
        await self.leases.acquire("sage", epoch, "job", lease_s or 600)
        meeting = await self.meetings.open(Fence("sage", epoch), "RM_1")
        if not lease_s:
            await self.leases.release("sage", epoch, "job")
        return meeting

    async def record_of(self, meeting: Meeting) -> MeetingRecord:
        """What is known of it."""
        record = await self.meetings.read(meeting.id)
        assert record is not None
        return record


@asynccontextmanager
async def deployed(client: redis.asyncio.Redis, room: str) -> AsyncIterator[Deployment]:
    """A room that is open; nobody watches it yet."""
    shard = shard_of(room)
    await client.delete(leases_hint(shard), rooms_hint(shard), ROOMS_TOLD)
    yield Deployment(client, FakeLiveKit({room}), room)
    await client.delete(*map(control_shard, range(SHARDS)))
