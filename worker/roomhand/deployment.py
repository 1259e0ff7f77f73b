"""What the command line asks of a deployment, whichever way it goes there: by Redis and LiveKit
(``RoomControl``), or by the API (``client.ApiControl``)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Protocol, TypeVar

from roomhand.attribution.completeness import Completeness
from roomhand.attribution.segments import Segment
from roomhand.coordination.entry import Entry
from roomhand.coordination.floor_view import FloorView
from roomhand.coordination.meeting import MeetingRecord
from roomhand.coordination.workers import DeploymentUsage, SeenWorker
from roomhand.profiles import Policy
from roomhand.remote import AgentInRoom, RoomState

Item = TypeVar("Item")


class Listed(Protocol[Item]):
    """Things that there are several of."""

    async def all(self) -> list[Item]:
        """All of them, in their order."""


class Meetings(Listed[MeetingRecord], Protocol):
    """The meetings of a room."""

    async def erase(self, meeting: str) -> None:
        """Erase all that there is of a meeting, for good."""


class Workers(Listed[SeenWorker], Protocol):
    """The workers that live."""

    async def drain(self, worker: str) -> bool:
        """Have a worker drain. False where there is none of this id."""


class ModeratedFloor(Protocol):
    """The floor of a room, as ``FloorControl``."""

    async def watch(self, show: Callable[[FloorView], None]) -> None:
        """Show the floor now and after every change, without end."""

    async def hold(self, agent: str | None) -> str:
        """Let this agent, or nobody, have the floor."""

    async def resume(self, agent: str | None) -> str:
        """End that."""

    async def give(self, agent: str) -> str:
        """Have this agent speak next."""

    async def take(self, agent: str | None) -> str:
        """Silence this agent, or whoever holds the floor."""

    async def mute(self, agent: str | None, muted: bool) -> str:
        """Mute this agent, or all, or end that."""

    async def policy(self, agent: str, policy: Policy) -> str:
        """Have this agent follow a policy."""


class Deployment(Protocol):
    """As ``RoomControl``."""

    async def join(self, room: str, agent: str, *, create: bool, wait_s: float) -> str:
        """Bring an agent into a room; its identity there."""

    async def leave(self, room: str, agent: str) -> str:
        """Make an agent leave; what became of it."""

    async def agents(self, room: str | None) -> list[AgentInRoom]:
        """Of a room, or of all."""

    async def hand_over(self, room: str, agent: str) -> str:
        """Have another process run an agent; what became of it."""

    async def say(self, room: str, agent: str, text: str) -> str:
        """Have an agent say a text; what became of it."""

    async def ask(self, room: str, agent: str, text: str) -> str:
        """Have an agent answer a text; what became of it."""

    def floor(self, room: str) -> ModeratedFloor:
        """The floor of a room."""

    def meetings(self, room: str) -> Meetings:
        """The meetings of a room, the newest first."""

    def workers(self) -> Workers:
        """The workers that live."""

    async def rooms(self) -> list[RoomState]:
        """Every room in which an agent is wanted, by name."""

    async def usage(self) -> DeploymentUsage:
        """What runs now, and what that has used."""

    async def redispatch(self, room: str, agent: str) -> None:
        """Have a wanted agent sent for anew."""

    async def transcript(
        self, room: str, meeting: str | None
    ) -> tuple[list[Segment], Completeness]:
        """Every revision of every segment, and what the transcript lacks."""

    def follow(self, room: str, meeting: str | None, after: str) -> AsyncIterator[Entry]:
        """Each segment after a token as it is written, until the meeting ends."""
