"""Whatever a request holds, it is answered or refused with a reason, and the next one, too."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
import redis.asyncio
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message
from grpc_health.v1 import health_pb2, health_pb2_grpc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomhand.coordination.commands import Command, Outcome
from tests.worker.control.api_stage import api_stage
from tests.worker.control.documented import errors_of_any_call, errors_of_methods
from tests.worker.control.field_values import RIGHT, WRONG
from tests.worker.control.methods import METHODS, Method
from tests.worker.control.served import Served, done, reason_of, token
from tests.worker.coordination.samples import spoken

pytestmark = pytest.mark.redis

NAMES = tuple(METHODS)
TO_AGENTS = [
    name
    for name, one in METHODS.items()
    if one.known.of_room
    and {"agent", "request_id"} <= {field.name for field in one.descriptor.input_type.fields}
]
MAY_END_WITH = {name: errors | errors_of_any_call() for name, errors in errors_of_methods().items()}
ALLOWED = {"INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "OUT_OF_RANGE"}
LONGEST_ROOM = 256
HUGE = 20_000
"""Characters, of two bytes; several of them together are less than a mebibyte."""
PATIENCE_S = 0.05
"""For the first of several answers, which may never come."""
some = settings(
    max_examples=40,
    deadline=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
async def served(
    redis_client: redis.asyncio.Redis, room_name: str, tmp_path: Path
) -> AsyncIterator[Served]:
    """A room with a meeting that is over, and no agent."""
    async with api_stage(redis_client, room_name, tmp_path) as stage:
        await stage.end(await stage.meet(spoken(1)))
        await stage.go()
        yield stage.served


WORDS = st.one_of(
    st.text(max_size=300),
    st.sampled_from(["sage", "", "0-0", "17-1", "{a}:b", "*", "\0", "../..", "é" * HUGE]),
)
_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_UINT32: st.integers(0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_INT64: st.integers(-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT64: st.integers(0, 2**64 - 1),
    FieldDescriptor.CPPTYPE_ENUM: st.integers(-(2**31), 2**31 - 1),
}


def values(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    """What may stand in a field, by its type."""
    if field.message_type is not None:
        one: st.SearchStrategy[Any] = messages(field.message_type.fields)
    elif field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        one = st.booleans()
    elif field.cpp_type in _INTEGERS:
        one = _INTEGERS[field.cpp_type]
    elif field.type == FieldDescriptor.TYPE_BYTES:
        one = st.binary(max_size=300)
    else:
        assert field.type == FieldDescriptor.TYPE_STRING, f"teach this test {field.full_name}"
        one = WORDS
    return st.lists(one, max_size=3) if field.is_repeated else one


def fitting(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    """As ``values``, and as often what is at the bounds of the rules, or just beyond."""
    known = [*RIGHT.get(field.name, []), *WRONG.get(field.name, [])]
    return st.sampled_from(known) | values(field) if known else values(field)


def messages(fields: Iterable[FieldDescriptor]) -> st.SearchStrategy[dict[str, Any]]:
    """Any message of these fields, each of which may be left out."""
    return st.fixed_dictionaries({}, optional={one.name: fitting(one) for one in fields})


def varint(number: int) -> bytes:
    """As the wire has it."""
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


@st.composite
def strange_fields(draw: st.DrawFn) -> bytes:
    """Fields that no version of the protocol has, of every kind."""
    body = b""
    for number in draw(st.lists(st.integers(1000, 2**29 - 1), max_size=3)):
        kind = draw(st.sampled_from([0, 1, 2, 5]))
        word = draw(st.binary(max_size=50))
        content = {
            0: varint(draw(st.integers(0, 2**64 - 1))),
            1: struct.pack("<q", -1),
            2: varint(len(word)) + word,
            5: struct.pack("<i", -1),
        }
        body += varint(number << 3 | kind) + content[kind]
    return body


@st.composite
def bodies(draw: st.DrawFn, method: Method, there: dict[str, str]) -> bytes:
    """A request on the wire: one about what is there that is allowed, or any, or two in one."""
    fields = method.descriptor.input_type.fields
    names = {one.name for one in fields}
    any_fields, body = messages(fields), b""
    if draw(st.booleans()):
        right = {name: value for name, value in there.items() if name in names}
        right |= method.known.fields
        others = {name: st.sampled_from(RIGHT[name]) for name in names - {*there} if name in RIGHT}
        right |= draw(st.fixed_dictionaries({}, optional=others))
        body = method.request(**right).SerializeToString()
    if draw(st.booleans()):
        body += method.request(**draw(any_fields)).SerializeToString()
    return body + draw(strange_fields())


def parsed(method: Method, body: bytes) -> Message | None:
    """What the server makes of it."""
    try:
        return method.request.FromString(body)
    except DecodeError:
        return None


async def send(served: Served, method: Method, body: bytes) -> grpc.aio.AioRpcError | None:
    """The error that it ends in, by who may do everything. The room is open that it names."""
    request = parsed(method, body)
    named: str = getattr(request, "room", "")
    room = named if 0 < len(named) <= LONGEST_ROOM else "any"
    served.livekit.rooms = {room}
    auth = token(room_admin=True, room=room, room_list=True, scopes="floor transcript operator")
    kind: Any = served.channel.unary_stream if method.streams else served.channel.unary_unary
    call = kind(method.path)(body, metadata=(("authorization", f"Bearer {auth}"),), timeout=20)
    try:
        async with asyncio.timeout(PATIENCE_S if method.streams else None):
            await (call.read() if method.streams else call)
    except grpc.aio.AioRpcError as error:
        return error
    except TimeoutError:
        assert method.streams
    finally:
        call.cancel()
    return None


async def is_well(served: Served) -> bool:
    """Its health is served, and a call that is right is answered."""
    served.livekit.rooms = {served.room}
    health = health_pb2_grpc.HealthStub(served.channel)
    answer = await health.Check(health_pb2.HealthCheckRequest())  # type: ignore[attr-defined]
    await served.call("ListAgents")
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


async def every(strategy: st.SearchStrategy[bytes], check: Callable[[bytes], Any]) -> None:
    """Hold what is drawn against a check that runs here."""
    loop = asyncio.get_running_loop()

    @some
    @given(strategy)
    def held(body: bytes) -> None:
        asyncio.run_coroutine_threadsafe(check(body), loop).result(30)

    await asyncio.to_thread(held)


async def no_request_crashes(served: Served, name: str, there: dict[str, str]) -> None:
    """Each is answered, or ends in an error that is documented of the method."""
    method = METHODS[name]

    async def check(body: bytes) -> None:
        error = await send(served, method, body)
        if error is not None:
            code, reason = reason_of(error)
            assert code in ALLOWED, error.details()
            assert reason in MAY_END_WITH[name], error.details()

    await every(bodies(method, there), check)
    assert await is_well(served)


@pytest.mark.parametrize("name", NAMES)
async def test_no_request_crashes_it(served: Served, name: str) -> None:
    known = await served.call("MeetingsService.GetMeeting")
    there = {"room": served.room, "meeting": known.meeting.meeting}
    await no_request_crashes(served, name, there)


@pytest.mark.parametrize("name", TO_AGENTS)
async def test_no_request_to_an_agent_that_runs_crashes_it_or_the_agent(
    served: Served, name: str
) -> None:
    """Whatever reaches the agent is a command that it can read."""
    told: list[Command] = []

    async def obeys(command: Command) -> Outcome:
        told.append(command)
        return await done(command)

    await served.call("StartAgent")
    await served.run_agent(obeys)
    await no_request_crashes(served, name, {"room": served.room, "agent": "sage"})
    assert told, "none was for it"
    assert (await served.call("Interrupt")).detail == "done"


@pytest.mark.parametrize("name", NAMES)
async def test_bytes_that_are_no_request_are_refused(served: Served, name: str) -> None:
    """Before anybody sees them, and whoever calls; some are requests by chance."""
    method = METHODS[name]

    async def check(body: bytes) -> None:
        error = await send(served, method, body)
        told = reason_of(error) if error is not None else ("OK", "")
        malformed = parsed(method, body) is None
        assert (told == ("INVALID_ARGUMENT", "MESSAGE_MALFORMED")) is malformed
        assert told[0] in {"OK", *ALLOWED}

    await every(st.binary(max_size=200) | st.just(b"\x0a\x02\xff\xfe"), check)
    assert await is_well(served)


async def test_a_request_has_a_mebibyte_at_most(served: Served) -> None:
    method = METHODS["AgentsService.Say"]
    error = await send(served, method, method.request(text="x" * (1 << 20)).SerializeToString())
    assert error is not None
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert await is_well(served)
