"""What is done to a room from outside: once where it must, again where LiveKit forgets."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import cast

import pytest
import redis.asyncio

from roomhand import remote
from roomhand.admin import LiveKitAdmin
from roomhand.attribution.identity import agent_identity
from roomhand.coordination.commands import Command, Outcome, Status
from roomhand.coordination.fencing import Fence
from roomhand.coordination.inbox import CommandInbox
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore, Stale
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.wanted import Admitted, Send, WantedStore
from roomhand.errors import CommandError, NotFoundError
from roomhand.remote import RoomControl
from tests.system.office import eventually_true

pytestmark = pytest.mark.redis


@dataclass
class FakeAdmin:
    """A LiveKit in which an agent comes after so many dispatches, and owns itself at once."""

    leases: LeaseStore
    comes_after: int = 1
    rooms: set[str] = field(default_factory=set)
    dispatched: int = 0
    removed: int = 0
    epoch: int = 0
    """Of who is in the room."""

    @property
    def identity(self) -> str:
        """Of who is in the room."""
        return agent_identity("sage", self.epoch)

    async def room_exists(self, room: str) -> bool:
        """As the real one."""
        return room in self.rooms

    async def create_room(self, room: str) -> None:
        """As the real one."""
        self.rooms.add(room)

    async def agents(self, room: str) -> dict[str, str]:
        """As the real one."""
        return {"sage": self.identity} if self.dispatched >= self.comes_after else {}

    async def dispatch(self, room: str, agent: str, generation: int) -> str:
        """As the real one."""
        self.dispatched += 1
        if self.dispatched == self.comes_after:
            self.epoch = await self.leases.reserve(agent)
            await self.leases.acquire(agent, self.epoch, "test", 600)
        return "AD_1"

    async def remove_dispatches(self, room: str, agent: str) -> None:
        """As the real one."""
        self.removed += 1


@dataclass
class Outside:
    """Control of one room, and the fake behind it."""

    control: RoomControl
    admin: FakeAdmin
    scripts: Scripts
    keys: RoomKeys
    room: str

    async def own(self, agent: str = "sage", ttl_s: float = 600) -> Fence:
        """Somebody runs the agent, and does not renew."""
        leases = LeaseStore(self.scripts, self.keys)
        epoch = await leases.reserve(agent)
        await leases.acquire(agent, epoch, "test", ttl_s)
        return Fence(agent, epoch)


@pytest.fixture
def outside(
    redis_client: redis.asyncio.Redis, room_name: str, monkeypatch: pytest.MonkeyPatch
) -> Outside:
    """A room that is open, where waiting is short."""
    monkeypatch.setattr(remote, "REDISPATCH_S", 0.05)
    monkeypatch.setattr(remote, "POLL_S", 0.01)
    monkeypatch.setattr(remote, "LEAVE_S", 0.3)
    scripts, keys = Scripts(redis_client), RoomKeys(room_name)
    admin = FakeAdmin(LeaseStore(scripts, keys), rooms={room_name})
    control = RoomControl(cast(LiveKitAdmin, admin), scripts)
    return Outside(control, admin, scripts, keys, room_name)


async def test_an_agent_that_is_there_is_not_brought_again(outside: Outside) -> None:
    """To join twice is to join once."""
    outside.admin.comes_after = 0
    outside.admin.epoch = (await outside.own()).epoch
    for _ in range(2):
        identity = await outside.control.join(outside.room, "sage", create=False, wait_s=1)
        assert identity == outside.admin.identity
    assert outside.admin.dispatched == 0


async def test_an_agent_is_waited_for_until_it_takes_commands(outside: Outside) -> None:
    """It is in the room a moment before it owns itself."""
    outside.admin.comes_after = 0
    leases = LeaseStore(outside.scripts, outside.keys)
    outside.admin.epoch = epoch = await leases.reserve("sage")
    joining = asyncio.create_task(
        outside.control.join(outside.room, "sage", create=False, wait_s=5)
    )
    done, _ = await asyncio.wait([joining], timeout=0.1)
    assert not done
    await leases.acquire("sage", epoch, "test", 600)
    assert await joining == outside.admin.identity


async def test_a_hundred_who_bring_an_agent_at_once_bring_one(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From as many clients."""
    monkeypatch.setattr(remote, "REDISPATCH_S", 60)
    joins = (outside.control.join(outside.room, "sage", create=True, wait_s=5) for _ in range(100))
    assert set(await asyncio.gather(*joins)) == {outside.admin.identity}
    assert outside.admin.dispatched == 1


async def test_who_is_told_to_leave_is_wanted_no_more(outside: Outside) -> None:
    """A reconciler that looks a moment later sends for nobody."""
    await outside.control.join(outside.room, "sage", create=False, wait_s=1)
    wanted = WantedStore(outside.scripts, outside.keys)
    assert [one.agent for one in await wanted.all()] == ["sage"]
    await LeaseStore(outside.scripts, outside.keys).release("sage", outside.admin.epoch, "test")
    assert await outside.control.leave(outside.room, "sage") == f"sage has left {outside.room}"
    assert await wanted.all() == []
    with pytest.raises(NotFoundError, match="sage is not in room"):
        await outside.control.leave(outside.room, "sage")


async def test_agents_are_listed_with_who_runs_them(outside: Outside) -> None:
    """Wanted or not, running or not; what is neither is not listed."""
    await outside.control.join(outside.room, "sage", create=False, wait_s=1)
    nova, gone = await outside.own("nova"), await outside.own("gone")
    await LeaseStore(outside.scripts, outside.keys).release("gone", gone.epoch, "test")
    found = await outside.control.agents(outside.room)
    assert [(one.agent, bool(one.wanted_by), one.owner, one.epoch) for one in found] == [
        ("nova", False, "test", nova.epoch),
        ("sage", True, "test", outside.admin.epoch),
    ]
    everywhere = await outside.control.agents(None)
    assert [one for one in everywhere if one.room == outside.room] == found


async def test_who_does_not_run_cannot_be_handed_over(outside: Outside) -> None:
    """The reason is told."""
    with pytest.raises(NotFoundError):
        await outside.control.hand_over(outside.room, "sage")


async def test_a_dispatch_that_no_worker_took_is_made_again(outside: Outside) -> None:
    """The one before is withdrawn, so that two workers never come."""
    outside.admin.comes_after = 3
    identity = await outside.control.join(outside.room, "sage", create=False, wait_s=5)
    assert identity == outside.admin.identity
    assert outside.admin.dispatched == outside.admin.removed == 3


async def test_an_agent_that_runs_is_waited_for(outside: Outside) -> None:
    """It is only not to be seen yet."""
    await outside.own()
    with pytest.raises(CommandError, match=r"did not come .* within 0.2 s"):
        await outside.control.join(outside.room, "sage", create=False, wait_s=0.2)
    assert outside.admin.dispatched == 0


async def test_a_room_is_opened_only_if_asked(outside: Outside) -> None:
    """A typing error must not make a room."""
    outside.admin.rooms.clear()
    with pytest.raises(NotFoundError, match="--create"):
        await outside.control.join(outside.room, "sage", create=False, wait_s=1)
    assert outside.admin.rooms == set()
    await outside.control.join(outside.room, "sage", create=True, wait_s=1)
    assert outside.admin.rooms == {outside.room}


async def carry_out(outside: Outside, fence: Fence, outcome: Outcome) -> CommandInbox:
    """The agent's process, which answers every command so."""

    async def handle(_: Command) -> Outcome:
        return outcome

    inbox = CommandInbox(outside.scripts, outside.keys, fence, handle)
    inbox.start()
    return inbox


async def test_leaving_waits_until_the_agent_has_left(outside: Outside) -> None:
    """Its lease says when."""
    fence = await outside.own()
    inbox = await carry_out(outside, fence, Outcome(status=Status.DONE))
    leaving = asyncio.create_task(outside.control.leave(outside.room, "sage"))
    await asyncio.sleep(0.1)
    assert not leaving.done()
    await LeaseStore(outside.scripts, outside.keys).release("sage", fence.epoch, "test")
    assert await leaving == f"sage has left {outside.room}"
    assert outside.admin.removed == 1
    await inbox.close()


async def test_who_was_let_in_and_owns_nothing_yet_is_not_waited_for(outside: Outside) -> None:
    """There is nobody to tell: its dispatch is withdrawn, and it finds that nobody wants it."""
    wanted = WantedStore(outside.scripts, outside.keys)
    await wanted.start("sage", "test")
    send = await wanted.send("sage")
    assert isinstance(send, Send)
    assert isinstance(await wanted.admit("sage", send.generation), Admitted)
    assert await outside.control.leave(outside.room, "sage") == f"sage has left {outside.room}"
    assert outside.admin.removed == 1
    assert not await wanted.wants("sage")


async def test_an_owner_that_is_past_its_deadline_has_left_and_does_not_come_back(
    outside: Outside,
) -> None:
    """Its worker was killed, or is frozen."""
    fence, leases = await outside.own(ttl_s=0.02), LeaseStore(outside.scripts, outside.keys)

    async def is_past() -> bool:
        record = await leases.read("sage")
        return record is not None and not record.alive

    await eventually_true(is_past)
    began_s = time.monotonic()
    assert await outside.control.leave(outside.room, "sage") == f"sage has left {outside.room}"
    assert time.monotonic() - began_s < 2
    assert isinstance(await leases.renew("sage", fence.epoch, "test", 5), Stale)


async def test_an_owner_that_is_killed_is_waited_for_until_its_deadline(outside: Outside) -> None:
    """Not until the command to stop has got no answer."""
    await outside.own(ttl_s=0.5)
    began_s = time.monotonic()
    assert await outside.control.leave(outside.room, "sage") == f"sage has left {outside.room}"
    assert time.monotonic() - began_s < 5


async def test_an_agent_that_does_not_leave_is_told_of(outside: Outside) -> None:
    """In bounded time."""
    inbox = await carry_out(outside, await outside.own(), Outcome(status=Status.DONE))
    began_s = time.monotonic()
    with pytest.raises(CommandError, match="has not left"):
        await outside.control.leave(outside.room, "sage")
    assert time.monotonic() - began_s < 5
    await inbox.close()


async def test_what_the_agent_refuses_is_an_error(outside: Outside) -> None:
    """With its reason."""
    refused = Outcome(status=Status.REFUSED, detail="sage is muted")
    inbox = await carry_out(outside, await outside.own(), refused)
    with pytest.raises(CommandError, match="say: refused: sage is muted"):
        await outside.control.say(outside.room, "sage", "hello")
    await inbox.close()
