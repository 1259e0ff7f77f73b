"""The agents service, called as a stranger would."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import grpc.aio
import pytest

from roomhand.control.v1 import agents_service_pb2 as pb
from roomhand.coordination.commands import Command, Instruct, Outcome, Status
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.wanted import WantedStore
from roomhand.errors import CommandError
from tests.worker.control.served import Served, done, reason_of, token

pytestmark = pytest.mark.redis

COMMANDS = ("Say", "Ask", "Interrupt", "Mute", "HandOver")


async def test_an_agent_from_start_to_stop(served: Served) -> None:
    """Wanted, running, told, and gone; each as a caller sees it."""
    started = (await served.call("StartAgent")).agent
    assert (started.state, started.wanted_by) == (pb.Agent.STATE_AWAITED, "backend")
    epoch = (await served.run_agent(done)).epoch
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


async def test_all_rooms_are_listed_for_who_may_list_rooms(served: Served) -> None:
    """A room's own token lists that room alone."""
    await served.call("StartAgent")
    await served.call("UpdateAgent", instructions="Be brief.")
    (here,) = (await served.call("ListAgents")).agents
    assert here.instructions == "Be brief."
    listed = await served.call("ListAgents", token(room_list=True), room="")
    assert [one.instructions for one in listed.agents if one.room == served.room] == [""]
    assert (served.room, "sage") in {(one.room, one.agent) for one in listed.agents}
    assert await served.refused("ListAgents", room="") == ("PERMISSION_DENIED", "GRANT_MISSING")


async def test_agents_come_in_pages(served: Served) -> None:
    """By name; a token of a page is for the same request only."""
    for name in "edcba":
        await served.call("StartAgent", agent=name)
    first = await served.call("ListAgents", page_size=2)
    rest = await served.call("ListAgents", page_token=first.next_page_token)
    assert [one.agent for page in (first, rest) for one in page.agents] == list("abcde")
    assert (len(first.agents), rest.next_page_token) == (2, "")
    invalid = ("INVALID_ARGUMENT", "FIELD_INVALID")
    assert await served.refused("ListAgents", page_size=-1) == invalid
    everywhere = {"room": "", "page_token": first.next_page_token}
    assert await served.refused("ListAgents", token(room_list=True), **everywhere) == invalid


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
        ("Ask", {"text": ""}),
        ("Ask", {"text": "x" * 4001}),
        ("UpdateAgent", {"instructions": "x" * 8001}),
        ("UpdateAgent", {"request_id": "no uuid"}),
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


async def test_what_an_agent_is_told_in_a_room_is_kept_and_read_by_who_runs_it(
    served: Served,
) -> None:
    """From before it runs until it is wanted no more."""
    assert await served.refused("UpdateAgent") == ("NOT_FOUND", "AGENT_NOT_FOUND")
    await served.call("StartAgent")
    updated = (await served.call("UpdateAgent", instructions="Be brief.")).agent
    assert (updated.state, updated.instructions) == (pb.Agent.STATE_AWAITED, "Be brief.")

    read: list[dict[str, str]] = []
    store = WantedStore(served.scripts, RoomKeys(served.room))

    async def reads(command: Command) -> Outcome:
        assert isinstance(command, Instruct)
        read.append(await store.instructions())
        return Outcome(status=Status.DONE)

    await served.run_agent(reads)
    await served.call("UpdateAgent", instructions="Speak French.")
    assert read == [{"sage": "Speak French."}]
    assert (await served.call("GetAgent")).agent.instructions == "Speak French."
    assert (await served.call("UpdateAgent", instructions="")).agent.instructions == ""
    assert read[1] == {}
    await served.call("UpdateAgent", instructions="Be brief.")
    await store.stop("sage")
    assert await store.instructions() == {}


async def test_an_update_that_is_sent_again_does_not_undo_a_later_one(served: Served) -> None:
    """Its caller lost the answer; somebody else has said something since."""
    await served.call("StartAgent")
    request_id = str(uuid4())
    await served.call("UpdateAgent", instructions="Be brief.", request_id=request_id)
    await served.call("UpdateAgent", instructions="Speak French.")
    again = await served.call("UpdateAgent", instructions="Be brief.", request_id=request_id)
    assert again.agent.instructions == "Speak French."
