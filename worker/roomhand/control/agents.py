"""The agents service: what a caller may ask of agents, done as the command line does it."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TypeAlias

from roomhand.control.calls import Context, answered, patience_s, request_id
from roomhand.control.grants import Grants
from roomhand.control.paging import PageTerms, digest, key_of, page_of
from roomhand.control.v1 import agents_service_pb2 as pb
from roomhand.control.v1.agents_service_pb2_grpc import AgentsServiceServicer
from roomhand.coordination.commands import Ask, Command, HandOver, Interrupt, Mute, Say
from roomhand.errors import NotFoundError
from roomhand.remote import AgentInRoom, RoomControl

PAGES = PageTerms(usual=100, most=500)
_PLACE = ("", "")
_ToAgent: TypeAlias = (
    pb.SayRequest | pb.AskRequest | pb.InterruptRequest | pb.MuteRequest | pb.HandOverRequest
)


class AgentsService(AgentsServiceServicer):
    """Every method is documented in proto/roomhand/control/v1/agents_service.proto."""

    def __init__(self, control: RoomControl, grants: Grants) -> None:
        self._control = control
        self._grants = grants

    async def StartAgent(  # noqa: N802
        self,
        request: pb.StartAgentRequest,
        context: Context,
    ) -> pb.StartAgentResponse:
        async def start() -> pb.StartAgentResponse:
            by = self._admitted(context, request.room)
            await self._control.start(
                request.room, request.agent, create=request.create_room, by=by
            )
            return pb.StartAgentResponse(agent=await self._agent(request.room, request.agent))

        return await answered(context, start)

    async def UpdateAgent(  # noqa: N802
        self,
        request: pb.UpdateAgentRequest,
        context: Context,
    ) -> pb.UpdateAgentResponse:
        async def update() -> pb.UpdateAgentResponse:
            room, agent, told = request.room, request.agent, request.instructions
            self._admitted(context, room)
            given_id, left_s = request_id(request.request_id), patience_s(context)
            await self._control.instruct(room, agent, told, given_id, left_s)
            return pb.UpdateAgentResponse(agent=await self._agent(room, agent))

        return await answered(context, update)

    async def StopAgent(  # noqa: N802
        self,
        request: pb.StopAgentRequest,
        context: Context,
    ) -> pb.StopAgentResponse:
        async def stop() -> pb.StopAgentResponse:
            self._admitted(context, request.room)
            with contextlib.suppress(NotFoundError):
                await self._control.leave(request.room, request.agent)
            return pb.StopAgentResponse()

        return await answered(context, stop)

    async def GetAgent(  # noqa: N802
        self,
        request: pb.GetAgentRequest,
        context: Context,
    ) -> pb.GetAgentResponse:
        async def get() -> pb.GetAgentResponse:
            self._admitted(context, request.room)
            return pb.GetAgentResponse(agent=await self._agent(request.room, request.agent))

        return await answered(context, get)

    async def ListAgents(  # noqa: N802
        self,
        request: pb.ListAgentsRequest,
        context: Context,
    ) -> pb.ListAgentsResponse:
        async def list_() -> pb.ListAgentsResponse:
            if request.room:
                self._grants.room(context.invocation_metadata(), request.room)
            else:
                self._grants.all_rooms(context.invocation_metadata())
            size, of = PAGES.size(request.page_size), digest(request)
            after = key_of(request.page_token, of, _PLACE)
            found = await self._control.agents(request.room or None)
            if not request.room:  # room_list is for names alone
                found = [replace(one, instructions="") for one in found]
            told = [_told(one) for one in found]
            keys = [(one.room, one.agent) for one in told]
            page = page_of(keys, after, size, of, lambda index: told[index].ByteSize())
            return pb.ListAgentsResponse(
                agents=[told[index] for index in page.items], next_page_token=page.next_token
            )

        return await answered(context, list_)

    async def Say(  # noqa: N802
        self,
        request: pb.SayRequest,
        context: Context,
    ) -> pb.SayResponse:
        async def say() -> pb.SayResponse:
            detail = await self._command(context, request, Say(text=request.text))
            return pb.SayResponse(detail=detail)

        return await answered(context, say)

    async def Ask(  # noqa: N802
        self,
        request: pb.AskRequest,
        context: Context,
    ) -> pb.AskResponse:
        async def ask() -> pb.AskResponse:
            detail = await self._command(context, request, Ask(text=request.text))
            return pb.AskResponse(detail=detail)

        return await answered(context, ask)

    async def Interrupt(  # noqa: N802
        self,
        request: pb.InterruptRequest,
        context: Context,
    ) -> pb.InterruptResponse:
        async def interrupt() -> pb.InterruptResponse:
            detail = await self._command(context, request, Interrupt())
            return pb.InterruptResponse(detail=detail)

        return await answered(context, interrupt)

    async def Mute(  # noqa: N802
        self,
        request: pb.MuteRequest,
        context: Context,
    ) -> pb.MuteResponse:
        async def mute() -> pb.MuteResponse:
            detail = await self._command(context, request, Mute(muted=request.muted))
            return pb.MuteResponse(detail=detail)

        return await answered(context, mute)

    async def HandOver(  # noqa: N802
        self,
        request: pb.HandOverRequest,
        context: Context,
    ) -> pb.HandOverResponse:
        async def hand_over() -> pb.HandOverResponse:
            detail = await self._command(context, request, HandOver())
            return pb.HandOverResponse(detail=detail)

        return await answered(context, hand_over)

    def _admitted(self, context: Context, room: str) -> str:
        """Who calls."""
        return self._grants.room(context.invocation_metadata(), room)

    async def _agent(self, room: str, agent: str) -> pb.Agent:
        found = [one for one in await self._control.agents(room) if one.agent == agent]
        if not found:
            raise NotFoundError(f"agent {agent} is neither wanted in room {room} nor running there")
        return _told(found[0])

    async def _command(self, context: Context, request: _ToAgent, command: Command) -> str:
        self._admitted(context, request.room)
        given_id, left_s = request_id(request.request_id), patience_s(context)
        return await self._control.command(request.room, request.agent, command, given_id, left_s)


def _told(one: AgentInRoom) -> pb.Agent:
    running = pb.Agent.STATE_RUNNING if one.owner else pb.Agent.STATE_AWAITED
    return pb.Agent(
        room=one.room,
        agent=one.agent,
        state=running,
        wanted_by=one.wanted_by,
        owner=one.owner,
        epoch=one.epoch,
        attempts=one.attempts,
        instructions=one.instructions,
    )
