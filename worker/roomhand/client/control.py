"""A deployment by its API: what ``RoomControl`` does by Redis and LiveKit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from roomhand.attribution.completeness import Completeness
from roomhand.attribution.identity import agent_identity
from roomhand.attribution.segments import Segment, revisions_in_order
from roomhand.client.connection import Connection
from roomhand.client.floor import ApiFloor
from roomhand.client.lists import PAGE, ApiMeetings, ApiWorkers, usage_of
from roomhand.control.segments_shown import lacks_of, segment_of
from roomhand.control.v1 import agents_service_pb2 as pb
from roomhand.control.v1 import transcripts_service_pb2 as transcripts
from roomhand.control.v1.agents_service_pb2_grpc import AgentsServiceStub
from roomhand.control.v1.meetings_service_pb2 import GetMeetingRequest
from roomhand.control.v1.meetings_service_pb2_grpc import MeetingsServiceStub
from roomhand.control.v1.operators_service_pb2 import (
    GetUsageRequest,
    ListRoomsRequest,
    RedispatchAgentRequest,
    Room,
)
from roomhand.control.v1.operators_service_pb2_grpc import OperatorsServiceStub
from roomhand.control.v1.transcripts_service_pb2_grpc import TranscriptsServiceStub
from roomhand.coordination.entry import BEGINNING, Entry
from roomhand.coordination.workers import DeploymentUsage
from roomhand.remote import AgentInRoom, RoomState, has_not_come, is_not_there
from roomhand.settings import ApiSettings

POLL_S = 0.2
READINGS = 4


class ApiControl:
    """Every method raises RoomhandError as ``Connection`` does."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._agents = AgentsServiceStub(connection.channel)
        self._operators = OperatorsServiceStub(connection.channel)
        self._transcripts = TranscriptsServiceStub(connection.channel)

    @staticmethod
    @asynccontextmanager
    async def open(settings: ApiSettings) -> AsyncIterator[ApiControl]:
        """For as long as the block runs."""
        async with Connection.open(settings) as connection:
            yield ApiControl(connection)

    async def join(self, room: str, agent: str, *, create: bool, wait_s: float) -> str:
        """Have an agent in a room, and wait until a process runs it there; its identity."""
        start = pb.StartAgentRequest(room=room, agent=agent, create_room=create)
        there = (await self._connection.call(self._agents.StartAgent, start)).agent
        request, loop = pb.GetAgentRequest(room=room, agent=agent), asyncio.get_running_loop()
        deadline = loop.time() + wait_s
        while there.state != pb.Agent.STATE_RUNNING:
            if loop.time() >= deadline:
                raise has_not_come(room, agent, wait_s)
            await asyncio.sleep(POLL_S)
            there = (await self._connection.call(self._agents.GetAgent, request)).agent
        return agent_identity(agent, there.epoch)

    async def leave(self, room: str, agent: str) -> str:
        """Make an agent leave and wait until it has. Raises NotFoundError where it was neither
        wanted nor there: StopAgent makes no difference, and does what is left to do."""
        was_there = any(one.agent == agent for one in await self.agents(room))
        request = pb.StopAgentRequest(room=room, agent=agent)
        await self._connection.call(self._agents.StopAgent, request)
        if not was_there:
            raise is_not_there(room, agent)
        return f"{agent} has left {room}"

    async def agents(self, room: str | None) -> list[AgentInRoom]:
        """Of a room, or of every room in which an agent is wanted."""
        request = pb.ListAgentsRequest(room=room or "", page_size=PAGE)
        pages = self._connection.pages(self._agents.ListAgents, request)
        return [_agent(one) async for page in pages for one in page.agents]

    async def hand_over(self, room: str, agent: str) -> str:
        """Have another process run an agent, from the next quiet moment on."""
        request = pb.HandOverRequest(room=room, agent=agent)
        return (await self._connection.call(self._agents.HandOver, request)).detail

    async def say(self, room: str, agent: str, text: str) -> str:
        """Have an agent say something at the next quiet moment."""
        request = pb.SayRequest(room=room, agent=agent, text=text)
        return (await self._connection.call(self._agents.Say, request)).detail

    async def ask(self, room: str, agent: str, text: str) -> str:
        """Have an agent answer a text as if somebody in the room had asked it by name."""
        request = pb.AskRequest(room=room, agent=agent, text=text)
        return (await self._connection.call(self._agents.Ask, request)).detail

    def floor(self, room: str) -> ApiFloor:
        """The floor of a room and its agents' part in it."""
        return ApiFloor(self._connection, room)

    def meetings(self, room: str) -> ApiMeetings:
        """The meetings of a room."""
        return ApiMeetings(self._connection, room)

    def workers(self) -> ApiWorkers:
        """Which workers there are, and how one is drained."""
        return ApiWorkers(self._connection)

    async def rooms(self) -> list[RoomState]:
        """Every room in which an agent is wanted, by name."""
        pages = self._connection.pages(self._operators.ListRooms, ListRoomsRequest(page_size=PAGE))
        return [_room(one) async for page in pages for one in page.rooms]

    async def usage(self) -> DeploymentUsage:
        """What runs now, and what the workers that live have used."""
        told = await self._connection.call(self._operators.GetUsage, GetUsageRequest())
        return DeploymentUsage(told.workers, told.slots, told.agents, told.rooms, usage_of(told))

    async def redispatch(self, room: str, agent: str) -> None:
        """Have a wanted agent sent for anew, at once."""
        request = RedispatchAgentRequest(room=room, agent=agent)
        await self._connection.call(self._operators.RedispatchAgent, request)

    async def transcript(
        self, room: str, meeting: str | None
    ) -> tuple[list[Segment], Completeness]:
        """Every revision of every segment, in the order of the meeting, and what it lacks. What
        takes several pages of a meeting that runs is read again until it is the same, at most
        ``READINGS`` times: meanwhile a segment may come before the page that is read."""
        named = meeting or await self._newest(room)
        known: dict[tuple[str, int], Segment] = {}
        for _ in range(READINGS):
            before = len(known)
            request = transcripts.ListSegmentsRequest(
                room=room, meeting=named, revisions=True, page_size=PAGE
            )
            reading = self._connection.pages(self._transcripts.ListSegments, request)
            pages = [page async for page in reading]
            every = (segment_of(named, one) for page in pages for one in page.segments)
            known |= {(one.id, one.revision): one for one in every}
            found = lacks_of(pages[0].completeness)
            if len(pages) == 1 or found.ended or len(known) == before:
                break
        return revisions_in_order(known.values()), found

    async def follow(
        self, room: str, meeting: str | None, after: str
    ) -> AsyncGenerator[Entry, None]:
        """Each segment after a token as it is written, until the meeting ends."""
        named = meeting or await self._newest(room)
        request = transcripts.StreamSegmentsRequest(
            room=room, meeting=named, after="" if after == BEGINNING else after
        )
        stream = self._connection.lasting(self._transcripts.StreamSegments, lambda: request)
        async for told in stream:
            request.after = told.token
            yield Entry(told.token, segment_of(named, told.segment))

    async def _newest(self, room: str) -> str:
        """A meeting that begins meanwhile is another one."""
        stub = MeetingsServiceStub(self._connection.channel)
        answer = await self._connection.call(stub.GetMeeting, GetMeetingRequest(room=room))
        return answer.meeting.meeting


def _room(one: Room) -> RoomState:
    return RoomState(one.room, one.meeting, tuple(one.running), tuple(one.awaited))


def _agent(one: pb.Agent) -> AgentInRoom:
    return AgentInRoom(
        one.room,
        one.agent,
        one.wanted_by,
        one.owner,
        one.epoch,
        one.attempts,
        one.instructions,
    )
