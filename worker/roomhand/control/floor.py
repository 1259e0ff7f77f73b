"""The floor service: what ``roomhand floor`` does, for a moderator who has a token of the room."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from functools import partial

from roomhand.control.calls import (
    Context,
    Streams,
    answered,
    patience_s,
    request_id,
    streamed,
)
from roomhand.control.floor_shown import policy_of, shown, told
from roomhand.control.grants import Grants
from roomhand.control.v1 import floor_service_pb2 as pb
from roomhand.control.v1.floor_service_pb2_grpc import FloorServiceServicer
from roomhand.floor_control import FloorControl
from roomhand.remote import RoomControl


class FloorService(FloorServiceServicer):
    """Every method is documented in proto/roomhand/control/v1/floor_service.proto."""

    def __init__(self, control: RoomControl, grants: Grants, streams: Streams) -> None:
        self._control = control
        self._grants = grants
        self._streams = streams

    async def GetFloor(  # noqa: N802
        self,
        request: pb.GetFloorRequest,
        context: Context,
    ) -> pb.GetFloorResponse:
        async def get() -> pb.GetFloorResponse:
            floor = self._floor(context, request.room)
            view = await floor.view()
            minds = await floor.minds()
            return pb.GetFloorResponse(
                floor=shown(request.room, view, minds), resume_token=view.newest
            )

        return await answered(context, get)

    async def WatchFloor(  # noqa: N802
        self,
        request: pb.WatchFloorRequest,
        context: Context,
    ) -> AsyncIterator[pb.WatchFloorResponse]:
        async def watch() -> AsyncGenerator[pb.WatchFloorResponse, None]:
            floor = self._floor(context, request.room)
            after = request.resume_token or None
            caller = self._grants.caller(context.invocation_metadata())
            async for token, event in self._streams.bounded(caller, floor.follow(after)):
                yield pb.WatchFloorResponse(event=told(event), resume_token=token)

        async for answer in streamed(context, watch):
            yield answer

    async def SetPolicy(  # noqa: N802
        self,
        request: pb.SetPolicyRequest,
        context: Context,
    ) -> pb.SetPolicyResponse:
        async def set_policy() -> pb.SetPolicyResponse:
            floor, agent = self._floor(context, request.room), request.agent
            policy, given_id = policy_of(request.policy), _id(request.request_id)
            return pb.SetPolicyResponse(detail=await floor.policy(agent, policy, given_id))

        return await answered(context, set_policy)

    async def TakeFloor(  # noqa: N802
        self,
        request: pb.TakeFloorRequest,
        context: Context,
    ) -> pb.TakeFloorResponse:
        async def take() -> pb.TakeFloorResponse:
            floor, agent = self._floor(context, request.room), request.agent or None
            detail = await floor.take(agent, _id(request.request_id))
            return pb.TakeFloorResponse(detail=detail)

        return await answered(context, take)

    async def GiveFloor(  # noqa: N802
        self,
        request: pb.GiveFloorRequest,
        context: Context,
    ) -> pb.GiveFloorResponse:
        async def give() -> pb.GiveFloorResponse:
            floor, agent = self._floor(context, request.room), request.agent
            detail = await floor.give(agent, _id(request.request_id))
            return pb.GiveFloorResponse(detail=detail)

        return await answered(context, give)

    async def HoldFloor(  # noqa: N802
        self,
        request: pb.HoldFloorRequest,
        context: Context,
    ) -> pb.HoldFloorResponse:
        async def hold() -> pb.HoldFloorResponse:
            floor, agent = self._floor(context, request.room), request.agent or None
            detail = await floor.hold(agent, _id(request.request_id))
            return pb.HoldFloorResponse(detail=detail)

        return await answered(context, hold)

    async def ResumeFloor(  # noqa: N802
        self,
        request: pb.ResumeFloorRequest,
        context: Context,
    ) -> pb.ResumeFloorResponse:
        async def resume() -> pb.ResumeFloorResponse:
            floor, agent = self._floor(context, request.room), request.agent or None
            detail = await floor.resume(agent, _id(request.request_id))
            return pb.ResumeFloorResponse(detail=detail)

        return await answered(context, resume)

    async def MuteAgents(  # noqa: N802
        self,
        request: pb.MuteAgentsRequest,
        context: Context,
    ) -> pb.MuteAgentsResponse:
        async def mute() -> pb.MuteAgentsResponse:
            floor, agent = self._floor(context, request.room), request.agent or None
            detail = await floor.mute(agent, request.muted, _id(request.request_id))
            return pb.MuteAgentsResponse(detail=detail)

        return await answered(context, mute)

    def _floor(self, context: Context, room: str) -> FloorControl:
        by = self._grants.scope(context.invocation_metadata(), room, "floor")
        return self._control.floor(room, by, partial(patience_s, context))


def _id(given: str) -> str:
    return request_id(given) or ""
