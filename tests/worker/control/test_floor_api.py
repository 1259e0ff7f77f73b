"""The floor service on a real Redis: what it shows, what it tells, and what it has done."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import grpc.aio
import pytest
import redis.asyncio

from roomhand.control.calls import Streams
from roomhand.control.v1 import floor_service_pb2 as pb
from roomhand.coordination.commands import Command, Outcome, Status
from roomhand.coordination.fencing import Fence
from roomhand.coordination.floor import FloorStore, Grant
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.memory import MemoryStore
from roomhand.errors import CommandError
from roomhand.profiles import Policy
from roomhand.turns.floor_request import FloorRequest
from roomhand.turns.mind import Mind
from roomhand.turns.policy import State
from roomhand.turns.questions import Reason
from tests.system.office import eventually_true
from tests.worker.control.methods import METHODS
from tests.worker.control.served import Served, done, reason_of, serving, token

pytestmark = pytest.mark.redis

WATCH = METHODS["FloorService.WatchFloor"]
TO_AGENT = {
    "SetPolicy": "policy",
    "TakeFloor": "take",
    "GiveFloor": "give",
    "HoldFloor": "hold",
    "ResumeFloor": "resume",
    "MuteAgents": "mute",
}
"""Methods that may name an agent, and the kind of the command that it is given then."""
Kind = pb.FloorEvent


async def call(served: Served, method: str, **fields: Any) -> Any:
    """The answer of a method of the floor service."""
    return await served.call(f"FloorService.{method}", **fields)


async def refused(served: Served, method: str, **fields: Any) -> tuple[str, str]:
    """The error of a method of the floor service."""
    return await served.refused(f"FloorService.{method}", **fields)


def floor_of(served: Served) -> FloorStore:
    """As the agents have it."""
    return FloorStore(served.scripts, RoomKeys(served.room), 600)


async def ask(served: Served, fence: Fence, **about: Any) -> Any:
    """An agent asks for the floor."""
    request: dict[str, Any] = {"id": uuid4().hex, "reason": Reason.ADDRESS, "priority": 5}
    return await floor_of(served).request(fence, FloorRequest(**request | about))


async def watched(served: Served, after: str, count: int) -> list[Any]:
    """So many answers after a token."""
    auth = token(room=served.room, scopes="floor")
    under_way = served.begin(WATCH, auth, {"room": served.room, "resume_token": after})
    found = [await under_way.read() for _ in range(count)]
    under_way.cancel()
    return found


async def test_the_floor_is_shown_with_holder_queue_and_hold(served: Served) -> None:
    """Who has it, who waits, why, and by whose word nobody follows."""
    sage, echo = await served.run_agent(done), await served.run_agent(done, "echo")
    grant = await ask(served, sage, answers="turn-1")
    await ask(served, echo, reason=Reason.FOLLOW_UP, priority=7)
    await floor_of(served).report(echo, ["TR_1"])
    await call(served, "HoldFloor")
    floor = (await call(served, "GetFloor")).floor
    assert (floor.room, floor.held_by) == (served.room, "backend")
    holder = floor.holder
    assert (holder.agent, holder.status) == ("sage", pb.FloorHolder.STATUS_GRANTED)
    assert (holder.reason, holder.answers) == (pb.FLOOR_REASON_ADDRESS, "turn-1")
    assert isinstance(grant, Grant)
    assert holder.number == grant.number
    [waiting] = floor.queue
    assert (waiting.agent, waiting.reason) == ("echo", pb.FLOOR_REASON_FOLLOW_UP)
    assert waiting.priority == 7
    assert [(one.agent, one.track) for one in floor.speaking] == [("echo", "TR_1")]


async def test_every_agent_is_shown_with_its_policy(served: Served) -> None:
    """One that has only just come without; one that has left not at all."""
    sage = await served.run_agent(done)
    await served.run_agent(done, "echo")
    keys = RoomKeys(served.room)
    meeting = await MeetingStore(served.scripts, keys).open(sage, "RM_1")
    mind = Mind(meeting.id, Policy.RAISE_HAND, State.HAND_RAISED)
    await MemoryStore(served.scripts, keys).write(sage, mind.to_json())
    told = (await call(served, "GetFloor")).floor.agents
    assert [(one.agent, one.policy, one.state) for one in told] == [
        ("echo", pb.POLICY_UNSPECIFIED, pb.AgentConduct.STATE_UNSPECIFIED),
        ("sage", pb.POLICY_RAISE_HAND, pb.AgentConduct.STATE_HAND_RAISED),
    ]


async def test_who_looks_and_then_watches_misses_nothing_and_hears_nothing_twice(
    served: Served,
) -> None:
    """Wherever the watcher went and came again."""
    token_ = (await call(served, "GetFloor")).resume_token
    sage = await served.run_agent(done)
    await call(served, "HoldFloor")
    await ask(served, sage)
    await call(served, "ResumeFloor")
    await call(served, "TakeFloor")
    expected = [
        (Kind.KIND_HELD, "backend"),
        (Kind.KIND_WAITING, "sage"),
        (Kind.KIND_RESUMED, "backend"),
        (Kind.KIND_GRANTED, "sage"),
        (Kind.KIND_TAKEN, "backend"),
        (Kind.KIND_REVOKING, "sage"),
    ]
    told = await watched(served, token_, len(expected))
    assert [(one.event.kind, one.event.who) for one in told] == expected
    for at, answer in enumerate(told[:-1]):
        rest = await watched(served, answer.resume_token, len(expected) - at - 1)
        assert rest == told[at + 1 :]
    assert (told[4].event.why, told[5].event.why) == ("sage", "taken")
    assert told[3].event.reason == pb.FLOOR_REASON_ADDRESS


async def test_a_watcher_without_a_token_is_told_what_comes(served: Served) -> None:
    """And nothing of the past."""
    watching = asyncio.ensure_future(watched(served, "", 1))

    async def heard() -> bool:
        await call(served, "HoldFloor")
        return watching.done()

    await eventually_true(heard)
    [first] = watching.result()
    assert (first.event.kind, first.event.who) == (Kind.KIND_HELD, "backend")


async def test_who_comes_too_late_is_told_to_begin_anew(served: Served) -> None:
    """The log has let go of what came after the token, Redis of all, or it never was a token."""
    first = (await call(served, "GetFloor")).resume_token
    for _ in range(3):
        await call(served, "HoldFloor")
    log = RoomKeys(served.room).floor_log
    await served.scripts.client.xtrim(log, maxlen=2, approximate=False)
    expired = ("OUT_OF_RANGE", "RESUME_TOKEN_EXPIRED")
    assert await refused(served, "WatchFloor", resume_token=first) == expired
    assert await refused(served, "WatchFloor", resume_token="0-0") == expired
    assert await refused(served, "WatchFloor", resume_token="9999999999999-0") == expired
    await served.scripts.client.delete(log)
    assert await refused(served, "WatchFloor", resume_token=first) == expired


async def test_a_stream_ends_with_its_client_its_deadline_or_in_time(
    redis_client: redis.asyncio.Redis, room_name: str
) -> None:
    """Each leaves its place to the next; nobody takes one that there is not."""
    async with serving(redis_client, room_name, Streams(limit=1, longest_s=2)) as served:
        floor = floor_of(served)
        await floor.hold("ann")
        fields = {"room": room_name, "resume_token": "0-0"}
        full = ("RESOURCE_EXHAUSTED", "TOO_MANY_STREAMS")

        async def is_free() -> bool:
            try:
                await served.call(WATCH.name, **fields)
            except grpc.aio.AioRpcError as error:
                if reason_of(error) != full:
                    raise
                return False
            return True

        goes = served.begin(WATCH, None, fields)
        await goes.read()
        assert await served.refused(WATCH.name, **fields) == full
        goes.cancel()
        await eventually_true(is_free)

        async def begun(timeout_s: float) -> Any:
            while True:
                under_way = served.begin(WATCH, None, fields, timeout_s)
                try:
                    await under_way.read()
                except grpc.aio.AioRpcError as error:
                    if reason_of(error) != full:
                        raise
                else:
                    return under_way

        async with asyncio.timeout(20):
            late = await begun(1)
            with pytest.raises(grpc.aio.AioRpcError) as raised:
                await late.read()
            assert raised.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            in_time = await begun(20)
            assert await in_time.read() is grpc.aio.EOF
            assert await in_time.code() is grpc.StatusCode.OK


@pytest.mark.parametrize(("method", "kind"), TO_AGENT.items())
async def test_an_agent_is_told_what_the_moderator_wants(
    served: Served, method: str, kind: str
) -> None:
    """Once for each request id, however often it is sent."""
    told: list[Command] = []

    async def obeys(command: Command) -> Outcome:
        told.append(command)
        return Outcome(status=Status.DONE, detail=f"done {len(told)}")

    await served.run_agent(obeys)
    request_id = str(uuid4())
    fields = {"agent": "sage", "request_id": request_id}
    details = {(await call(served, method, **fields)).detail for _ in range(3)}
    assert len(details) == 1
    [command] = told
    assert command.kind == kind


@pytest.mark.parametrize("method", TO_AGENT)
async def test_an_agent_that_will_not_says_why(served: Served, method: str) -> None:
    async def refuses(_: Command) -> Outcome:
        raise CommandError("it only listens")

    await served.run_agent(refuses)
    told = await refused(served, method, agent="sage")
    assert told == ("FAILED_PRECONDITION", "COMMAND_REFUSED")
    assert await refused(served, method, agent="echo") == ("NOT_FOUND", "AGENT_NOT_FOUND")


async def test_the_same_request_id_takes_the_floor_once(served: Served) -> None:
    """Its caller lost the answer and asks again; the next holder is not its business."""
    sage, echo = await served.run_agent(done), await served.run_agent(done, "echo")
    await ask(served, sage, id="one")
    await ask(served, echo)
    request_id = str(uuid4())
    assert (await call(served, "TakeFloor", request_id=request_id)).detail == "sage lost the floor"
    await floor_of(served).release(sage, "one")
    for _ in range(2):
        told = await call(served, "TakeFloor", request_id=request_id.upper())
        assert told.detail == "sage lost the floor"
    floor = (await call(served, "GetFloor")).floor
    assert (floor.holder.agent, floor.holder.status) == ("echo", pb.FloorHolder.STATUS_GRANTED)
    assert (await call(served, "TakeFloor")).detail == "echo lost the floor"


async def test_the_same_request_id_holds_the_floor_once(served: Served) -> None:
    """Another moderator has freed it since; to another method the id is a new one."""
    request_id = str(uuid4())
    await call(served, "HoldFloor", request_id=request_id)
    await call(served, "ResumeFloor", request_id=request_id)
    await call(served, "HoldFloor", request_id=request_id)
    assert (await call(served, "GetFloor")).floor.held_by == ""
    await call(served, "HoldFloor")
    assert (await call(served, "GetFloor")).floor.held_by == "backend"


async def test_the_floor_is_given_to_whoever_asks_for_it_then(served: Served) -> None:
    """First in the queue, whoever waited before; and once for a request id."""
    sage, echo = await served.run_agent(done), await served.run_agent(done, "echo")
    await call(served, "HoldFloor")
    await ask(served, sage)
    request_id = str(uuid4())
    told = await call(served, "GiveFloor", agent="echo", request_id=request_id)
    assert told.detail == "echo is next, as soon as it asks for the floor"
    await ask(served, echo)
    again = await call(served, "GiveFloor", agent="echo", request_id=request_id)
    assert again.detail == told.detail
    floor = (await call(served, "GetFloor")).floor
    assert ([one.agent for one in floor.queue], floor.given) == (["echo", "sage"], "echo")


async def test_all_agents_of_a_room_are_muted_at_once(served: Served) -> None:
    served.livekit.there = {"sage": "sage~1", "echo": "echo~1"}
    told: list[str] = []

    async def obeys(command: Command) -> Outcome:
        told.append(command.kind)
        return Outcome(status=Status.DONE, detail="muted")

    await served.run_agent(obeys)
    await served.run_agent(obeys, "echo")
    detail = (await call(served, "MuteAgents", agent="", muted=True)).detail
    assert detail == "echo: muted\nsage: muted"
    assert told == ["mute", "mute"]
    served.livekit.there.clear()
    assert await refused(served, "MuteAgents", agent="") == ("NOT_FOUND", "AGENT_NOT_FOUND")


@pytest.mark.parametrize(
    "method", ["GetFloor", "WatchFloor", "TakeFloor", "HoldFloor", "ResumeFloor"]
)
async def test_a_room_that_is_closed_has_no_floor(served: Served, method: str) -> None:
    served.livekit.rooms.clear()
    assert await refused(served, method) == ("NOT_FOUND", "ROOM_NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("GetFloor", {"room": " "}),
        ("WatchFloor", {"resume_token": "yesterday"}),
        ("SetPolicy", {"policy": 0}),
        ("SetPolicy", {"policy": 99}),
        ("SetPolicy", {"agent": ""}),
        ("GiveFloor", {"agent": ""}),
        ("TakeFloor", {"agent": "Sage"}),
        ("HoldFloor", {"request_id": "no uuid"}),
    ],
)
async def test_a_field_that_cannot_be_used_is_named(
    served: Served, method: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call(served, method, **fields)
    assert reason_of(raised.value) == ("INVALID_ARGUMENT", "FIELD_INVALID")
    assert (raised.value.details() or "").startswith(f"{next(iter(fields))}: ")
