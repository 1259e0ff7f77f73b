"""The API on a port of its own, called as a stranger would: by a socket, with tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import grpc.aio
import pytest
import redis.asyncio
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status as RpcStatus
from livekit import api as livekit

from roomhand.admin import LiveKitAdmin
from roomhand.control.api import Api
from roomhand.control.calls import Streams
from roomhand.control.grants import SCOPES
from roomhand.control.refusals import DETAILS, DOMAIN
from roomhand.coordination.archive import Archive
from roomhand.coordination.commands import Command, Outcome, Status
from roomhand.coordination.fencing import Fence
from roomhand.coordination.inbox import CommandInbox
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts
from roomhand.errors import LiveKitError
from roomhand.remote import RoomControl
from roomhand.settings import Settings
from tests.worker.control.methods import METHODS, Method

KEY, SECRET = "devkey", "secret-that-is-long-enough-for-hs256"


def token(
    *,
    key: str = KEY,
    secret: str = SECRET,
    identity: str = "backend",
    ttl_s: int = 60,
    scopes: str = "",
    **grants: Any,
) -> str:
    """A LiveKit token with these grants and scopes."""
    made = livekit.AccessToken(key, secret).with_identity(identity)
    made = made.with_grants(livekit.VideoGrants(**grants)).with_ttl(timedelta(seconds=ttl_s))
    return (made.with_attributes({SCOPES: scopes}) if scopes else made).to_jwt()


@dataclass
class FakeLiveKit:
    """Rooms that are open, and agents that are in each."""

    rooms: set[str] = field(default_factory=set)
    there: dict[str, str] = field(default_factory=dict)
    """Agent -> identity, the same in every room."""
    away: bool = False

    async def room_exists(self, room: str) -> bool:
        """As the real one."""
        self._answer()
        return room in self.rooms

    async def create_room(self, room: str) -> None:
        """As the real one."""
        self._answer()
        self.rooms.add(room)

    async def remove_dispatches(self, room: str, agent: str) -> None:
        """As the real one."""
        self._answer()

    async def agents(self, room: str) -> dict[str, str]:
        """As the real one."""
        self._answer()
        return self.there if room in self.rooms else {}

    def _answer(self) -> None:
        if self.away:
            raise LiveKitError("livekit-server does not answer")


@dataclass
class Served:
    """The API, and one room behind it."""

    room: str
    address: str
    channel: grpc.aio.Channel
    livekit: FakeLiveKit
    scripts: Scripts
    _inboxes: list[CommandInbox] = field(default_factory=list)

    def begin(
        self, method: Method, auth: str | None, fields: dict[str, Any], timeout_s: float = 20
    ) -> Any:
        """A call under way; with a token for the room if no other is given."""
        bearer = token(room_admin=True, room=self.room) if auth is None else auth
        metadata = (("authorization", f"Bearer {bearer}"),) if bearer else ()
        kind = self.channel.unary_stream if method.streams else self.channel.unary_unary
        rpc = kind(
            method.path,
            request_serializer=method.request.SerializeToString,
            response_deserializer=method.response.FromString,
        )
        return rpc(method.request(**fields), metadata=metadata, timeout=timeout_s)

    async def call(self, name: str, auth: str | None = None, **fields: Any) -> Any:
        """The answer, or the first of several, by the method's fields where none are given."""
        method = METHODS[name if "." in name else f"AgentsService.{name}"]
        known = method.known
        of_room = {"room": self.room} if known.of_room else {}
        under_way = self.begin(method, auth, {**of_room, **known.fields, **fields})
        if not method.streams:
            return await under_way
        first = await under_way.read()
        under_way.cancel()
        return first

    async def refused(self, name: str, auth: str | None = None, **fields: Any) -> tuple[str, str]:
        """Status and reason of the error that the call ends in."""
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await self.call(name, auth, **fields)
        return reason_of(raised.value)

    async def run_agent(
        self, obey: Callable[[Command], Awaitable[Outcome]], agent: str = "sage"
    ) -> Fence:
        """A process that owns the agent and obeys so."""
        keys = RoomKeys(self.room)
        leases = LeaseStore(self.scripts, keys)
        fence = Fence(agent, await leases.reserve(agent))
        await leases.acquire(agent, fence.epoch, "AW_1/AJ_1", 600)
        inbox = CommandInbox(self.scripts, keys, fence, obey)
        inbox.start()
        self._inboxes.append(inbox)
        return fence

    async def close(self) -> None:
        """End all agents."""
        for inbox in self._inboxes:
            await inbox.close()


def configured(**settings: Any) -> Settings:
    """Of a control plane that listens anywhere, and to whoever calls often."""
    return Settings(
        livekit_url="ws://127.0.0.1:9",
        livekit_api_key=KEY,
        livekit_api_secret=SECRET,  # type: ignore[arg-type]
        control_grpc_port=0,
        **{"control_burst": 10_000} | settings,
    )


@asynccontextmanager
async def serving(
    client: redis.asyncio.Redis,
    room: str,
    streams: Streams | None = None,
    archive: Archive | None = None,
    *,
    credentials: grpc.ChannelCredentials | None = None,
    **settings: Any,
) -> AsyncIterator[Served]:
    """The API in front of a room that is open, for as long as the block runs."""
    fake, scripts = FakeLiveKit({room}), Scripts(client)
    control = RoomControl(cast(LiveKitAdmin, fake), scripts, archive)
    api = Api(control, configured(**settings), streams)
    await api.start()
    address = f"127.0.0.1:{api.port}"
    if credentials is None:
        reached = grpc.aio.insecure_channel(address)
    else:
        reached = grpc.aio.secure_channel(address, credentials)
    async with reached as channel:
        there = Served(room, address, channel, fake, scripts)
        yield there
        await there.close()
    await api.close()


def reason_of(error: grpc.aio.AioRpcError) -> tuple[str, str]:
    """Status and reason; every error must have one of our domain, and a message."""
    metadata = dict(error.trailing_metadata() or ())
    status = RpcStatus.FromString(cast(bytes, metadata[DETAILS]))
    info = ErrorInfo()
    assert status.details[0].Unpack(info)
    assert info.domain == DOMAIN
    assert status.message == error.details() != ""
    assert status.code == error.code().value[0]
    return error.code().name, info.reason


async def done(_: Command) -> Outcome:
    """An agent that obeys."""
    return Outcome(status=Status.DONE, detail="done")
