"""Every method of every service, as found by reflection: who may call it, and that nothing that
stands in a request crashes it. A method that is not listed here fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from grpc_health.v1 import health_pb2, health_pb2_grpc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomhand.control.api import SERVICES
from tests.worker.control.api_stage import ApiStage, api_stage, bearer
from tests.worker.control.stranger import Called, call, found_at
from tests.worker.control.test_agents_api import token as signed
from tests.worker.coordination.samples import spoken

pytestmark = pytest.mark.redis

AGENTS = ("StartAgent", "StopAgent", "GetAgent", "ListAgents", "Say", "Interrupt", "Mute")
OPERATIONS = ("ListWorkers", "DrainWorker", "ListRooms", "RedispatchAgent", "GetUsage")
MAY = {
    **{f"AgentsService/{name}": "room" for name in (*AGENTS, "HandOver")},
    "TranscriptsService/ListSegments": "transcript",
    "TranscriptsService/StreamSegments": "transcript",
    "TranscriptsService/ExportTranscript": "transcript",
    "MeetingsService/GetMeeting": "transcript",
    "MeetingsService/ListMeetings": "transcript",
    "MeetingsService/EraseMeeting": "room",
    **{f"OperatorsService/{name}": "operator" for name in OPERATIONS},
}
"""What lets a caller: ``room`` is roomAdmin alone; a scope is itself, or roomAdmin, of the room;
``operator`` is that scope with roomList."""
SCOPES = ("floor", "transcript", "operator")
REFUSED = Called("PERMISSION_DENIED", "GRANT_MISSING")


@pytest.fixture
async def stage(
    redis_client: redis.asyncio.Redis, room_name: str, tmp_path: Path
) -> AsyncIterator[ApiStage]:
    """A room with a meeting that has ended."""
    async with api_stage(redis_client, room_name, tmp_path) as made:
        meeting = await made.meet(spoken(1))
        await made.end(meeting)
        await made.go()
        yield made


def asked(stage: ApiStage) -> dict[str, Any]:
    """Fields with which a request is at least about this room."""
    return {"room": stage.room, "agent": "sage", "text": "hello", "format": 1}


def tokens(stage: ApiStage, may: str) -> tuple[list[str], list[str]]:
    """Those that let a caller, and those that do not."""
    here: dict[str, Any] = {"room": stage.room}
    everywhere: dict[str, Any] = {"room_list": True}
    good = {
        "operator": [bearer("operator", **everywhere)],
        "room": [bearer(room_admin=True, **here)],
    }.get(may, [bearer(room_admin=True, **here), bearer(f"floors {may}", **here)])
    others = " ".join(one for one in SCOPES if one != may)
    bad = [
        bearer(),
        bearer(others, **here),
        bearer(others, **everywhere),
        bearer(" ".join(SCOPES)),
        bearer(" ".join(SCOPES), room="another"),
        bearer(" ".join(SCOPES), room_join=True, **here, **everywhere),
        bearer(room_admin=True),
        bearer(room_admin=True, room="another"),
        bearer(**everywhere),
    ]
    if may == "operator":
        bad.append(bearer(" ".join(SCOPES), room_admin=True, **here))
    else:
        bad.append(bearer(" ".join(SCOPES), **everywhere))
    return good, bad


async def found(stage: ApiStage) -> dict[str, MethodDescriptor]:
    """What a stranger finds."""
    return await asyncio.to_thread(found_at, stage.address)


async def test_every_method_is_listed_here(stage: ApiStage) -> None:
    """So that each has been thought of, and everything below is about all of them."""
    assert set(await found(stage)) == set(MAY)


@pytest.mark.parametrize("name", MAY)
async def test_only_who_may_calls_it(stage: ApiStage, name: str) -> None:
    """With each scope, and for each other room."""
    method = (await found(stage))[name]
    good, bad = tokens(stage, MAY[name])
    for one in bad:
        assert await call(stage.channel, method, asked(stage), one) == REFUSED
    for one in good:
        told = await call(stage.channel, method, asked(stage), one)
        assert told.code not in ("PERMISSION_DENIED", "UNAUTHENTICATED", "UNKNOWN"), told


@pytest.mark.parametrize("name", MAY)
async def test_only_a_token_that_is_good_counts(stage: ApiStage, name: str) -> None:
    """None, expired, of another key, of another secret, or no token at all."""
    method, fields = (await found(stage))[name], asked(stage)
    told = await call(stage.channel, method, fields, "")
    assert told == Called("UNAUTHENTICATED", "TOKEN_MISSING")
    grants: dict[str, Any] = {"room_admin": True, "room": stage.room, "room_list": True}
    for wrong in (
        bearer(" ".join(SCOPES), ttl_s=-3600, **grants),
        signed(key="other", **grants),
        signed(secret="another-secret-that-is-long-enough", **grants),
        "no.token.atall",
    ):
        told = await call(stage.channel, method, fields, wrong)
        assert told == Called("UNAUTHENTICATED", "TOKEN_INVALID")


async def test_the_health_of_every_service_is_served(stage: ApiStage) -> None:
    health = health_pb2_grpc.HealthStub(stage.channel)
    for service in SERVICES:
        answer = await health.Check(  # type: ignore[attr-defined]
            health_pb2.HealthCheckRequest(service=service)
        )
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: st.integers(-(1 << 31), (1 << 31) - 1),
    FieldDescriptor.CPPTYPE_INT64: st.integers(-(1 << 63), (1 << 63) - 1),
    FieldDescriptor.CPPTYPE_UINT32: st.integers(0, (1 << 32) - 1),
    FieldDescriptor.CPPTYPE_UINT64: st.integers(0, (1 << 64) - 1),
    FieldDescriptor.CPPTYPE_ENUM: st.integers(-2, 9),
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
    FieldDescriptor.CPPTYPE_STRING: st.text(max_size=300),
}
DOCUMENTED = {"OK", "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION"}


def values(field: FieldDescriptor, room: str) -> st.SearchStrategy[Any]:
    """Whatever can stand in a field of this kind; a room is now and then one that there is."""
    if field.name == "room":
        return st.just(room) | st.text(max_size=300)
    one = _INTEGERS[field.cpp_type]
    return st.lists(one, max_size=5) if field.is_repeated else one


@pytest.mark.parametrize("name", MAY)
async def test_no_request_crashes_it(stage: ApiStage, name: str) -> None:
    """By its schema: whatever stands in its fields, the answer is one that the protocol has."""
    method, loop = (await found(stage))[name], asyncio.get_running_loop()
    fields = method.input_type.fields

    async def one(given: dict[str, Any]) -> None:
        room = given.get("room") or stage.room
        scopes = "" if MAY[name] == "room" else MAY[name]
        may = bearer(scopes, room_admin=True, room=room, room_list=True)
        told = await call(stage.channel, method, given, may)
        assert told.code in DOCUMENTED, told

    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        given=st.fixed_dictionaries(
            {}, optional={field.name: values(field, stage.room) for field in fields}
        )
    )
    def fuzz(given: dict[str, Any]) -> None:
        asyncio.run_coroutine_threadsafe(one(given), loop).result(30)

    await asyncio.to_thread(fuzz)
