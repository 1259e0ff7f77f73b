"""The floor of a room by the API: what ``FloorControl`` does by Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress

from roomhand.client.connection import Connection
from roomhand.control.floor_shown import policy_told, view_of
from roomhand.control.v1 import floor_service_pb2 as pb
from roomhand.control.v1.floor_service_pb2_grpc import FloorServiceStub
from roomhand.coordination.background import end_all
from roomhand.coordination.floor_channel import LOOK_AGAIN_S
from roomhand.coordination.floor_view import FloorView
from roomhand.errors import ForgottenError
from roomhand.profiles import Policy


class ApiFloor:
    """Every method raises RoomhandError as ``Connection`` does."""

    def __init__(self, connection: Connection, room: str) -> None:
        self._connection = connection
        self._room = room
        self._stub = FloorServiceStub(connection.channel)

    async def watch(self, show: Callable[[FloorView], None]) -> None:
        """Show the floor now and after every change, without end."""
        shown: object = None
        while True:
            try:
                async with aclosing(self._views()) as views:
                    async for view in views:
                        if view.standing != shown:
                            shown = view.standing
                            show(view)
            except ForgottenError:
                continue  # so much has happened that only the floor as of now is known

    async def _views(self) -> AsyncGenerator[FloorView, None]:
        """The floor now, whenever something has happened, and every second, because what ends by
        itself tells nobody; until the API ends the stream. Raises ForgottenError."""
        view = await self._view()
        yield view
        request = pb.WatchFloorRequest(room=self._room, resume_token=view.newest)
        news = asyncio.Event()

        async def follow() -> None:
            events = self._connection.lasting(self._stub.WatchFloor, lambda: request)
            try:
                async for told in events:
                    request.resume_token = told.resume_token
                    news.set()
            finally:
                news.set()

        following = asyncio.create_task(follow(), name="floor-events")
        try:
            while not following.done():
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), LOOK_AGAIN_S)
                news.clear()
                view = await self._view()
                yield view
            following.result()
        finally:
            await end_all([following])

    async def _view(self) -> FloorView:
        request = pb.GetFloorRequest(room=self._room)
        answer = await self._connection.call(self._stub.GetFloor, request)
        return view_of(answer.floor, answer.resume_token)

    async def hold(self, agent: str | None) -> str:
        """Let this agent, or nobody, have the floor until it is resumed."""
        request = pb.HoldFloorRequest(room=self._room, agent=agent or "")
        return (await self._connection.call(self._stub.HoldFloor, request)).detail

    async def resume(self, agent: str | None) -> str:
        """End a hold of this agent, or of the floor."""
        request = pb.ResumeFloorRequest(room=self._room, agent=agent or "")
        return (await self._connection.call(self._stub.ResumeFloor, request)).detail

    async def give(self, agent: str) -> str:
        """Have this agent speak next, before all others."""
        request = pb.GiveFloorRequest(room=self._room, agent=agent)
        return (await self._connection.call(self._stub.GiveFloor, request)).detail

    async def take(self, agent: str | None) -> str:
        """Silence this agent, or whoever holds the floor."""
        request = pb.TakeFloorRequest(room=self._room, agent=agent or "")
        return (await self._connection.call(self._stub.TakeFloor, request)).detail

    async def mute(self, agent: str | None, muted: bool) -> str:
        """Mute this agent, or all of the room, or end that."""
        request = pb.MuteAgentsRequest(room=self._room, agent=agent or "", muted=muted)
        return (await self._connection.call(self._stub.MuteAgents, request)).detail

    async def policy(self, agent: str, policy: Policy) -> str:
        """Have this agent follow a policy until the next change or the end of the meeting."""
        request = pb.SetPolicyRequest(room=self._room, agent=agent, policy=policy_told(policy))
        return (await self._connection.call(self._stub.SetPolicy, request)).detail
