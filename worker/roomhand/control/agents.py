"""The agents service: what a caller may ask of agents, done as the command line does it."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import grpc.aio
from pydantic import ValidationError

from roomhand.control.grants import Grants
from roomhand.control.refusals import CallError, field_invalid, refused_by
from roomhand.control.v1 import agents_service_pb2 as pb
from roomhand.control.v1.agents_service_pb2_grpc import AgentsServiceServicer
from roomhand.coordination.commands import Command, HandOver, Interrupt, Mute, Say
from roomhand.errors import NotFoundError, RoomhandError
from roomhand.profiles import AGENT_NAME
from roomhand.remote import AgentState, RoomControl

Context: TypeAlias = grpc.aio.ServicerContext[Any, Any]
Done = TypeVar("Done")
MAX_ROOM = 256
"""Characters of a room's name."""


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
            by = self._admitted(context, request.room, request.agent)
            await self._control.start(
                request.room, request.agent, create=request.create_room, by=by
            )
            return pb.StartAgentResponse(agent=await self._agent(request.room, request.agent))

        return await _answered(context, start)

    async def StopAgent(  # noqa: N802
        self,
        request: pb.StopAgentRequest,
        context: Context,
    ) -> pb.StopAgentResponse:
        async def stop() -> pb.StopAgentResponse:
            self._admitted(context, request.room, request.agent)
            with contextlib.suppress(NotFoundError):
                await self._control.leave(request.room, request.agent)
            return pb.StopAgentResponse()

        return await _answered(context, stop)

    async def GetAgent(  # noqa: N802
        self,
        request: pb.GetAgentRequest,
        context: Context,
    ) -> pb.GetAgentResponse:
        async def get() -> pb.GetAgentResponse:
            self._admitted(context, request.room, request.agent)
            return pb.GetAgentResponse(agent=await self._agent(request.room, request.agent))

        return await _answered(context, get)

    async def ListAgents(  # noqa: N802
        self,
        request: pb.ListAgentsRequest,
        context: Context,
    ) -> pb.ListAgentsResponse:
        async def list_() -> pb.ListAgentsResponse:
            if request.room:
                self._grants.room(context.invocation_metadata(), _room(request.room))
            else:
                self._grants.all_rooms(context.invocation_metadata())
            found = await self._control.agents(request.room or None)
            return pb.ListAgentsResponse(agents=map(_told, found))

        return await _answered(context, list_)

    async def Say(  # noqa: N802
        self,
        request: pb.SayRequest,
        context: Context,
    ) -> pb.SayResponse:
        async def say() -> pb.SayResponse:
            self._admitted(context, request.room, request.agent)
            try:
                command = Say(text=request.text)
            except ValidationError as error:
                raise field_invalid("text", error.errors()[0]["msg"]) from None
            detail = await self._command(request.room, request.agent, command, request.request_id)
            return pb.SayResponse(detail=detail)

        return await _answered(context, say)

    async def Interrupt(  # noqa: N802
        self,
        request: pb.InterruptRequest,
        context: Context,
    ) -> pb.InterruptResponse:
        async def interrupt() -> pb.InterruptResponse:
            self._admitted(context, request.room, request.agent)
            detail = await self._command(
                request.room, request.agent, Interrupt(), request.request_id
            )
            return pb.InterruptResponse(detail=detail)

        return await _answered(context, interrupt)

    async def Mute(  # noqa: N802
        self,
        request: pb.MuteRequest,
        context: Context,
    ) -> pb.MuteResponse:
        async def mute() -> pb.MuteResponse:
            self._admitted(context, request.room, request.agent)
            command = Mute(muted=request.muted)
            detail = await self._command(request.room, request.agent, command, request.request_id)
            return pb.MuteResponse(detail=detail)

        return await _answered(context, mute)

    async def HandOver(  # noqa: N802
        self,
        request: pb.HandOverRequest,
        context: Context,
    ) -> pb.HandOverResponse:
        async def hand_over() -> pb.HandOverResponse:
            self._admitted(context, request.room, request.agent)
            detail = await self._command(
                request.room, request.agent, HandOver(), request.request_id
            )
            return pb.HandOverResponse(detail=detail)

        return await _answered(context, hand_over)

    def _admitted(self, context: Context, room: str, agent: str) -> str:
        """Who calls, with a room and an agent that can be."""
        by = self._grants.room(context.invocation_metadata(), _room(room))
        if not AGENT_NAME.fullmatch(agent):
            raise field_invalid("agent", "write 1 to 32 of a-z, 0-9 and -")
        return by

    async def _agent(self, room: str, agent: str) -> pb.Agent:
        found = [one for one in await self._control.agents(room) if one.agent == agent]
        if not found:
            raise NotFoundError(f"agent {agent} is neither wanted in room {room} nor running there")
        return _told(found[0])

    async def _command(self, room: str, agent: str, command: Command, request_id: str) -> str:
        if request_id:
            try:
                UUID(request_id)
            except ValueError:
                raise field_invalid("request_id", "write a UUID, or nothing") from None
        return await self._control.command(room, agent, command, request_id or None)


async def _answered(context: Context, work: Callable[[], Awaitable[Done]]) -> Done:
    """The answer, or a status with a reason."""
    try:
        return await work()
    except CallError as error:
        found = error
    except RoomhandError as error:
        found = refused_by(error)
    await context.abort(found.code, str(found), found.details())
    raise AssertionError("abort has raised")


def _room(name: str) -> str:
    if not name.strip():
        raise field_invalid("room", "must not be empty")
    if len(name) > MAX_ROOM:
        raise field_invalid("room", f"write at most {MAX_ROOM} characters")
    return name


def _told(one: AgentState) -> pb.Agent:
    running = pb.Agent.STATE_RUNNING if one.owner else pb.Agent.STATE_AWAITED
    return pb.Agent(
        room=one.room,
        agent=one.agent,
        state=running,
        wanted_by=one.wanted_by,
        owner=one.owner,
        epoch=one.epoch,
        attempts=one.attempts,
    )
