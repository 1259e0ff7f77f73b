"""The agents service, called as a stranger would: by a socket, with tokens, found by reflection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import grpc.aio
import pytest
import redis.asyncio
from google.protobuf.descriptor_pool import DescriptorPool
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status as RpcStatus
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from livekit import api as livekit

from roomhand.admin import LiveKitAdmin
from roomhand.control.api import AGENTS, Api
from roomhand.control.refusals import DETAILS, DOMAIN
from roomhand.control.v1 import agents_service_pb2 as pb
from roomhand.control.v1.agents_service_pb2_grpc import AgentsServiceStub
from roomhand.coordination.commands import Command, Outcome, Status
from roomhand.coordination.fencing import Fence
from roomhand.coordination.inbox import CommandInbox
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts
from roomhand.errors import CommandError
from roomhand.remote import RoomControl
from roomhand.settings import Settings

pytestmark = pytest.mark.redis

KEY, SECRET = "devkey", "secret-that-is-long-enough-for-hs256"
METHODS = tuple(pb.DESCRIPTOR.services_by_name["AgentsService"].methods_by_name)
COMMANDS = ("Say", "Interrupt", "Mute", "HandOver")


def token(*, key: str = KEY, secret: str = SECRET, ttl_s: int = 60, **grants: Any) -> str:
    """A LiveKit token with these grants."""
    made = livekit.AccessToken(key, secret).with_identity("backend")
    made = made.with_grants(livekit.VideoGrants(**grants)).with_ttl(timedelta(seconds=ttl_s))
    return made.to_jwt()


@dataclass
class FakeLiveKit:
    """Rooms that are open."""

    rooms: set[str] = field(default_factory=set)

    async def room_exists(self, room: str) -> bool:
        """As the real one."""
        return room in self.rooms

    async def create_room(self, room: str) -> None:
        """As the real one."""
        self.rooms.add(room)

    async def remove_dispatches(self, room: str, agent: str) -> None:
        """As the real one."""


@dataclass
class Served:
    """The API on a port of its own, and one room behind it."""

    room: str
    address: str
    channel: grpc.aio.Channel
    stub: AgentsServiceStub
    livekit: FakeLiveKit
    scripts: Scripts
    _inboxes: list[CommandInbox] = field(default_factory=list)

    async def call(self, method: str, auth: str | None = None, **fields: Any) -> Any:
        """The answer; with a token for the room if no other is given."""
        given_ = {"room": self.room, "agent": "sage"} | fields
        if method == "ListAgents":
            del given_["agent"]
        if method == "Say":
            given_.setdefault("text", "hello")
        request = getattr(pb, f"{method}Request")(**given_)
        bearer = token(room_admin=True, room=self.room) if auth is None else auth
        metadata = (("authorization", f"Bearer {bearer}"),) if bearer else ()
        return await getattr(self.stub, method)(request, metadata=metadata, timeout=20)

    async def refused(self, method: str, auth: str | None = None, **fields: Any) -> tuple[str, str]:
        """Status and reason of the error that the call ends in."""
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await self.call(method, auth, **fields)
        return reason_of(raised.value)

    async def run_agent(
        self, obey: Callable[[Command], Awaitable[Outcome]], agent: str = "sage"
    ) -> int:
        """A process that owns the agent and obeys so; its epoch."""
        keys = RoomKeys(self.room)
        leases = LeaseStore(self.scripts, keys)
        fence = Fence(agent, await leases.reserve(agent))
        await leases.acquire(agent, fence.epoch, "AW_1/AJ_1", 600)
        inbox = CommandInbox(self.scripts, keys, fence, obey)
        inbox.start()
        self._inboxes.append(inbox)
        return fence.epoch

    async def close(self) -> None:
        """End all agents."""
        for inbox in self._inboxes:
            await inbox.close()


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


@pytest.fixture
async def served(redis_client: redis.asyncio.Redis, room_name: str) -> AsyncIterator[Served]:
    """A room that is open."""
    configured = Settings(
        livekit_url="ws://127.0.0.1:9",
        livekit_api_key=KEY,
        livekit_api_secret=SECRET,  # type: ignore[arg-type]
        control_grpc_port=0,
    )
    fake, scripts = FakeLiveKit({room_name}), Scripts(redis_client)
    api = Api(RoomControl(cast(LiveKitAdmin, fake), scripts), configured)
    await api.start()
    address = f"127.0.0.1:{api.port}"
    async with grpc.aio.insecure_channel(address) as channel:
        there = Served(room_name, address, channel, AgentsServiceStub(channel), fake, scripts)
        yield there
        await there.close()
    await api.close()


async def done(_: Command) -> Outcome:
    """It obeys."""
    return Outcome(status=Status.DONE, detail="done")


async def test_an_agent_from_start_to_stop(served: Served) -> None:
    """Wanted, running, told, and gone; each as a caller sees it."""
    started = (await served.call("StartAgent")).agent
    assert (started.state, started.wanted_by) == (pb.Agent.STATE_AWAITED, "backend")
    epoch = await served.run_agent(done)
    running = (await served.call("GetAgent")).agent
    assert (running.state, running.epoch) == (pb.Agent.STATE_RUNNING, epoch)
    assert running.owner == "AW_1/AJ_1"
    assert [one.agent for one in (await served.call("ListAgents")).agents] == ["sage"]
    for method in COMMANDS:
        assert (await served.call(method)).detail == "done"


async def test_to_start_twice_is_to_start_once(served: Served) -> None:
    """And who wanted it first is kept."""
    answers = await asyncio.gather(*(served.call("StartAgent") for _ in range(20)))
    assert {answer.agent.wanted_by for answer in answers} == {"backend"}
    assert {answer.agent.attempts for answer in answers} == {0}


async def test_to_stop_an_agent_that_is_not_there_is_no_error(served: Served) -> None:
    await served.call("StartAgent")
    await served.call("StopAgent")
    assert await served.refused("GetAgent") == ("NOT_FOUND", "AGENT_NOT_FOUND")


async def test_a_room_is_opened_only_if_asked(served: Served) -> None:
    served.livekit.rooms.clear()
    assert await served.refused("StartAgent") == ("NOT_FOUND", "ROOM_NOT_FOUND")
    await served.call("StartAgent", create_room=True)
    assert served.livekit.rooms == {served.room}


@pytest.mark.parametrize("method", METHODS)
async def test_nobody_calls_without_a_token_that_is_good(served: Served, method: str) -> None:
    """None, expired, of another key, of another secret, or no token at all."""
    assert await served.refused(method, "") == ("UNAUTHENTICATED", "TOKEN_MISSING")
    grants: dict[str, Any] = {"room_admin": True, "room": served.room}
    wrong = (
        token(ttl_s=-3600, **grants),
        token(key="other", **grants),
        token(secret="another-secret-that-is-long-enough", **grants),
        "no.token.atall",
    )
    for auth in wrong:
        assert await served.refused(method, auth) == ("UNAUTHENTICATED", "TOKEN_INVALID")


@pytest.mark.parametrize("method", METHODS)
async def test_a_token_for_one_room_does_nothing_in_another(served: Served, method: str) -> None:
    """Nor one that only lets a person join, or list rooms."""
    for grants in (
        {"room_admin": True, "room": "another"},
        {"room_admin": True},
        {"room_join": True, "room": served.room},
        {"room_list": True},
        {},
    ):
        told = await served.refused(method, token(**grants))
        assert told == ("PERMISSION_DENIED", "GRANT_MISSING"), grants


async def test_all_rooms_are_listed_for_who_may_list_rooms(served: Served) -> None:
    """A room's own token lists that room alone."""
    await served.call("StartAgent")
    listed = await served.call("ListAgents", token(room_list=True), room="")
    assert (served.room, "sage") in {(one.room, one.agent) for one in listed.agents}
    assert await served.refused("ListAgents", room="") == ("PERMISSION_DENIED", "GRANT_MISSING")


@pytest.mark.parametrize("method", COMMANDS)
async def test_who_is_not_there_cannot_be_told_anything(served: Served, method: str) -> None:
    assert await served.refused(method) == ("NOT_FOUND", "AGENT_NOT_FOUND")


@pytest.mark.parametrize("method", COMMANDS)
async def test_an_agent_that_will_not_says_why(served: Served, method: str) -> None:
    async def refuses(_: Command) -> Outcome:
        raise CommandError("it only listens")

    await served.run_agent(refuses)
    assert await served.refused(method) == ("FAILED_PRECONDITION", "COMMAND_REFUSED")


@pytest.mark.parametrize("method", COMMANDS)
async def test_the_same_request_id_is_done_once(served: Served, method: str) -> None:
    """Its caller lost the answer and asks again."""
    told: list[Command] = []

    async def counts(command: Command) -> Outcome:
        told.append(command)
        return Outcome(status=Status.DONE, detail=f"done {len(told)}")

    await served.run_agent(counts)
    request_id = str(uuid4())
    details = {(await served.call(method, request_id=request_id)).detail for _ in range(3)}
    assert (details, len(told)) == ({"done 1"}, 1)


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("StartAgent", {"agent": ""}),
        ("StartAgent", {"agent": "Sage"}),
        ("GetAgent", {"agent": "a" * 33}),
        ("Say", {"text": ""}),
        ("Say", {"text": "x" * 4001}),
        ("Mute", {"request_id": "no uuid"}),
    ],
)
async def test_a_field_that_cannot_be_used_is_named(
    served: Served, method: str, fields: dict[str, str]
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await served.call(method, **fields)
    assert reason_of(raised.value) == ("INVALID_ARGUMENT", "FIELD_INVALID")
    assert (raised.value.details() or "").startswith(f"{next(iter(fields))}: ")


async def test_without_redis_a_caller_is_told_to_try_again(served: Served) -> None:
    served.scripts.client = redis.asyncio.Redis(host="127.0.0.1", port=9)
    assert await served.refused("GetAgent") == ("UNAVAILABLE", "SERVICE_UNAVAILABLE")


async def test_a_stranger_finds_every_method_by_reflection(served: Served) -> None:
    """With nothing but the address, and calls one without any code of ours."""

    def find() -> list[str]:
        with grpc.insecure_channel(served.address) as channel:
            pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
            return list(pool.FindServiceByName(AGENTS).methods_by_name)

    assert await asyncio.to_thread(find) == list(METHODS)


async def test_its_health_is_served(served: Served) -> None:
    """As Kubernetes asks for it."""
    health = health_pb2_grpc.HealthStub(served.channel)
    for service in ("", AGENTS):
        answer = await health.Check(  # type: ignore[attr-defined]
            health_pb2.HealthCheckRequest(service=service)
        )
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "room": st.text(max_size=300),
        "agent": st.text(max_size=40),
        "text": st.text(max_size=5000),
        "request_id": st.text(max_size=40),
        "muted": st.booleans(),
        "create_room": st.booleans(),
    },
)


async def test_no_request_crashes_it(served: Served) -> None:
    """Whatever stands in the fields, the answer is one of the documented errors, or an answer."""
    loop = asyncio.get_running_loop()

    async def one(method: str, fields: dict[str, Any]) -> None:
        kind = getattr(pb, f"{method}Request")
        known = {name: fields[name] for name in kind.DESCRIPTOR.fields_by_name if name in fields}
        auth = token(room_admin=True, room=known.get("room") or "any", room_list=True)
        metadata = (("authorization", f"Bearer {auth}"),)
        try:
            await getattr(served.stub, method)(kind(**known), metadata=metadata, timeout=20)
        except grpc.aio.AioRpcError as error:
            code, _ = reason_of(error)
            assert code in {"INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED"}

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(method=st.sampled_from(METHODS), fields=FIELDS)
    def fuzz(method: str, fields: dict[str, Any]) -> None:
        asyncio.run_coroutine_threadsafe(one(method, fields), loop).result(30)

    await asyncio.to_thread(fuzz)
