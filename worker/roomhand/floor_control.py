"""Moderates the floor of a room from outside it: what ``roomhand floor`` does."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from roomhand.admin import LiveKitAdmin
from roomhand.coordination.commands import (
    ChangePolicy,
    Command,
    CommandSender,
    Give,
    Hold,
    Mute,
    Resume,
    Status,
    Take,
)
from roomhand.coordination.floor import FloorStore, Given
from roomhand.coordination.floor_channel import FloorChannel
from roomhand.coordination.floor_view import FloorView
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Scripts
from roomhand.errors import CommandError, NotFoundError
from roomhand.profiles import Policy

BY = "a moderator"
"""Shown to whoever watches the floor."""


_GIVEN = {
    Given.GRANTED: "has the floor",
    Given.WAITING: "is next",
    Given.NOT_ASKED: "is next, as soon as it asks for the floor",
}


class Act(StrEnum):
    """What can be done with the floor of a room, or with one agent's part in it."""

    WATCH = "watch"
    HOLD = "hold"
    RESUME = "resume"
    GIVE = "give"
    TAKE = "take"
    MUTE = "mute"
    UNMUTE = "unmute"
    POLICY = "policy"


class FloorControl:
    """Every method but ``watch`` returns a line for a person.

    Raises NotFoundError for a room that is not open or an agent that is not in it, CommandError for
    what an agent refuses, LiveKitError and RedisError without an answer.
    """

    def __init__(self, admin: LiveKitAdmin, scripts: Scripts, room: str) -> None:
        self._admin = admin
        self._scripts = scripts
        self._room = room
        self._keys = RoomKeys(room)
        self._store = FloorStore(scripts, self._keys)

    async def watch(self, show: Callable[[FloorView], None]) -> None:
        """Show the floor now and after every change, without end."""
        await self._need_room()
        async with FloorChannel(self._scripts, self._keys).watch(self._store) as views:
            async for view in views:
                show(view)

    async def hold(self, agent: str | None) -> str:
        """Let this agent, or nobody, have the floor until it is resumed; who speaks ends first."""
        if agent:
            return await self._tell(agent, Hold())
        await self._need_room()
        await self._store.hold(BY)
        return f"the floor of {self._room} is held: no agent is granted it until it is resumed"

    async def resume(self, agent: str | None) -> str:
        """End a hold of this agent, or of the floor."""
        if agent:
            return await self._tell(agent, Resume())
        await self._need_room()
        await self._store.resume(BY)
        return f"the floor of {self._room} is free again"

    async def give(self, agent: str) -> str:
        """Have this agent speak next, before all others; who holds the floor loses it for that."""
        await self._tell(agent, Give())
        return f"{agent} {_GIVEN[await self._store.give(agent, BY)]}"

    async def take(self, agent: str | None) -> str:
        """Silence this agent, or whoever holds the floor."""
        if agent:
            return await self._tell(agent, Take())
        await self._need_room()
        holder = await self._store.take(BY)
        return f"{holder} lost the floor" if holder else "nobody had the floor"

    async def mute(self, agent: str | None, muted: bool) -> str:
        """Mute this agent, or all of the room, or end that."""
        agents = [agent] if agent else sorted(await self._admin.agents(self._room))
        if not agents:
            raise NotFoundError(f"no agent is in room {self._room}")
        return "\n".join([await self._tell(one, Mute(muted=muted)) for one in agents])

    async def policy(self, agent: str, policy: Policy) -> str:
        """Have this agent follow a policy as long as its process runs it, whatever its profile
        says."""
        return await self._tell(agent, ChangePolicy(policy=policy))

    async def _tell(self, agent: str, command: Command) -> str:
        outcome = await CommandSender(self._scripts, self._keys).send(agent, command)
        if outcome.status is not Status.DONE:
            raise CommandError(f"{command.kind}: {outcome.status}: {outcome.detail}")
        return f"{agent}: {outcome.detail}"

    async def _need_room(self) -> None:
        if not await self._admin.room_exists(self._room):
            raise NotFoundError(f"room {self._room} is not open")
