"""Moderates the floor of a room from outside it: what ``roomhand floor`` and the API do."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum

from roomhand.admin import LiveKitAdmin
from roomhand.coordination.commands import (
    PATIENCE_S,
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
from roomhand.coordination.floor_log import FloorLog, Told
from roomhand.coordination.floor_view import FloorView
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.memory import MemoryStore
from roomhand.coordination.scripts import Scripts
from roomhand.errors import CommandError, NotFoundError, RefusedError
from roomhand.profiles import Policy
from roomhand.turns.mind import Mind

BY = "a moderator"
"""Who it is, where nobody says so."""
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


@dataclass(frozen=True, slots=True)
class AgentMind:
    """How an agent that runs is minded; ``mind`` is None where that is not known yet."""

    agent: str
    mind: Mind | None


class FloorControl:
    """What moderates returns a line for a person; with the same ``request_id``, if any, it is done
    once and returns the same.

    Raises NotFoundError for a room that is not open or an agent that is not in it, RefusedError for
    what an agent refuses, CommandError where nobody tells in time, LiveKitError and RedisError
    without an answer.
    """

    def __init__(
        self,
        admin: LiveKitAdmin,
        scripts: Scripts,
        room: str,
        by: str = BY,
        patience: Callable[[], float] = lambda: PATIENCE_S,
    ) -> None:
        """``by`` is shown to whoever watches the floor. ``patience`` tells for how many seconds
        from now an agent may take what it is told."""
        self._admin = admin
        self._scripts = scripts
        self._room = room
        self._by = by
        self._patience = patience
        self._keys = RoomKeys(room)
        self._store = FloorStore(scripts, self._keys)

    async def watch(self, show: Callable[[FloorView], None]) -> None:
        """Show the floor now and after every change, without end."""
        await self._need_room()
        async with FloorChannel(self._scripts, self._keys).watch(self._store) as views:
            async for view in views:
                show(view)

    async def view(self) -> FloorView:
        """The floor as of now."""
        await self._need_room()
        return await self._store.view()

    async def minds(self) -> list[AgentMind]:
        """How each agent that runs is minded, by name."""
        meeting = await MeetingStore(self._scripts, self._keys).current() or ""
        leases, memory = (
            LeaseStore(self._scripts, self._keys),
            MemoryStore(self._scripts, self._keys),
        )
        found = []
        for agent in sorted(await leases.agents()):
            record = await leases.read(agent)
            if record is not None and record.alive:
                mind = Mind.of_json(await memory.read(agent), meeting)
                found.append(AgentMind(agent, mind))
        return found

    async def follow(self, after: str | None) -> AsyncGenerator[Told, None]:
        """What happens to the floor after a token, or from now on (None), without end. Raises
        ForgottenError for a token that is too old."""
        newest = (await self.view()).newest
        async with aclosing(FloorLog(self._scripts, self._keys).follow(after or newest)) as events:
            async for told in events:
                yield told

    async def hold(self, agent: str | None, request_id: str = "") -> str:
        """Let this agent, or nobody, have the floor until it is resumed; who speaks ends first."""
        if agent:
            return await self._tell(agent, Hold(), request_id)
        await self._need_room()
        await self._store.hold(self._by, request_id)
        return f"the floor of {self._room} is held: no agent is granted it until it is resumed"

    async def resume(self, agent: str | None, request_id: str = "") -> str:
        """End a hold of this agent, or of the floor."""
        if agent:
            return await self._tell(agent, Resume(), request_id)
        await self._need_room()
        await self._store.resume(self._by, request_id)
        return f"the floor of {self._room} is free again"

    async def give(self, agent: str, request_id: str = "") -> str:
        """Have this agent speak next, before all others; who holds the floor loses it for that."""
        await self._tell(agent, Give(), request_id)
        return f"{agent} {_GIVEN[await self._store.give(agent, self._by, request_id)]}"

    async def take(self, agent: str | None, request_id: str = "") -> str:
        """Silence this agent, or whoever holds the floor."""
        if agent:
            return await self._tell(agent, Take(), request_id)
        await self._need_room()
        holder = await self._store.take(self._by, request_id)
        return f"{holder} lost the floor" if holder else "nobody had the floor"

    async def mute(self, agent: str | None, muted: bool, request_id: str = "") -> str:
        """Mute this agent, or all of the room, or end that."""
        agents = [agent] if agent else sorted(await self._admin.agents(self._room))
        if not agents:
            raise NotFoundError(f"no agent is in room {self._room}")
        command = Mute(muted=muted)
        return "\n".join([await self._tell(one, command, request_id) for one in agents])

    async def policy(self, agent: str, policy: Policy, request_id: str = "") -> str:
        """Have this agent follow a policy until the next change or the end of the meeting, whatever
        its profile says."""
        return await self._tell(agent, ChangePolicy(policy=policy), request_id)

    async def _tell(self, agent: str, command: Command, request_id: str) -> str:
        sender = CommandSender(self._scripts, self._keys)
        outcome = await sender.send(agent, command, request_id or None, self._patience())
        if outcome.status is not Status.DONE:
            kind = RefusedError if outcome.status is Status.REFUSED else CommandError
            raise kind(f"{command.kind}: {outcome.status}: {outcome.detail}")
        return f"{agent}: {outcome.detail}"

    async def _need_room(self) -> None:
        if not await self._admin.room_exists(self._room):
            raise NotFoundError(f"room {self._room} is not open")
