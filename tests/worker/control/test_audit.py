"""The log of who changed what, as calls on a real socket leave it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor

from roomhand.control.audit import MAX_NAME, NAMES, may_change
from roomhand.coordination.commands import Command, Outcome
from roomhand.log import AUDIT, JsonLines
from tests.worker.control.methods import METHODS, Method
from tests.worker.control.served import Served, done, token
from tests.worker.room.strict_listener import eventually

CHANGING = {name: method for name, method in METHODS.items() if may_change(method.path)}
SECRET = "the merger is on tuesday"
REQUEST_ID = "6f1c2d36-6d4a-4f0e-9c3e-2f6f0f0f0f0f"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Lines:
    """What was written until now, as it stands in the log."""
    caplog.set_level(logging.INFO, AUDIT)

    def written() -> list[dict[str, Any]]:
        found = [one for one in caplog.records if one.name == AUDIT]
        return [json.loads(JsonLines().format(one)) for one in found]

    return written


async def the_one(lines: Lines) -> dict[str, Any]:
    """A refusal may reach the caller before its line is written."""
    await eventually(lambda: bool(lines()))
    (line,) = lines()
    return line


@pytest.mark.unit
def test_what_changes_nothing_is_named_by_the_protocol() -> None:
    """A method that is new is written until the protocol says that it has no side effects."""
    reading = {"Get", "List", "Watch", "Stream", "Export"}
    for name, method in METHODS.items():
        verb = method.descriptor.name
        assert (name in CHANGING) is not any(verb.startswith(one) for one in reading), name
        assert not (method.streams and name in CHANGING)


@pytest.mark.redis
async def test_a_change_leaves_a_line(served: Served, lines: Lines) -> None:
    """Who, what, where, how it ended, and how long it took."""
    await served.run_agent(done)
    auth = token(room_admin=True, room=served.room, identity="portal")
    await served.call("Mute", auth, muted=True, request_id=REQUEST_ID)
    await served.call("ListAgents", auth)
    line = await the_one(lines)
    assert line["message"] == "AgentsService.Mute by 'portal': OK"
    expected = {
        "logger": AUDIT,
        "who": "portal",
        "method": "AgentsService.Mute",
        "room": served.room,
        "agent": "sage",
        "request_id": REQUEST_ID,
        "choices": {"muted": True},
        "outcome": "OK",
        "reason": "",
    }
    assert {name: line[name] for name in expected} == expected
    assert line["peer"].startswith("ipv4:127.0.0.1:")
    assert 0 <= line["duration_ms"] < 20_000


@pytest.mark.redis
async def test_a_change_that_is_refused_leaves_a_line_too(served: Served, lines: Lines) -> None:
    """With the reason, also of one who may not or is not known."""
    await served.refused("Say")
    await served.refused("Say", token(identity="eve", room_admin=True, room="another"))
    await served.refused("Say", "")
    await eventually(lambda: len(lines()) == 3)
    told = [(line["who"], line["outcome"], line["reason"]) for line in lines()]
    assert told == [
        ("backend", "NOT_FOUND", "AGENT_NOT_FOUND"),
        ("eve", "PERMISSION_DENIED", "GRANT_MISSING"),
        ("", "UNAUTHENTICATED", "TOKEN_MISSING"),
    ]


@pytest.mark.redis
async def test_a_caller_that_goes_leaves_a_line_too(served: Served, lines: Lines) -> None:
    """What it asked for may have been done."""
    taken = asyncio.Event()

    async def never(_: Command) -> Outcome:
        taken.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    await served.run_agent(never)
    saying = asyncio.create_task(served.call("Say"))
    async with asyncio.timeout(10):
        await taken.wait()
        saying.cancel()
        await asyncio.gather(saying, return_exceptions=True)
        await eventually(lambda: len(lines()) == 1)
    assert [line["outcome"] for line in lines()] == ["CANCELLED"]


def telling(method: Method) -> Mapping[str, Any]:
    """A request whose every free text is something that nobody else may read."""
    fields = method.descriptor.input_type.fields
    texts = [one.name for one in fields if one.type == FieldDescriptor.TYPE_STRING]
    return {name: SECRET for name in texts if name not in NAMES}


@pytest.mark.redis
@pytest.mark.parametrize("name", CHANGING)
async def test_a_line_of_every_change_names_it_and_tells_no_text(
    served: Served, lines: Lines, name: str
) -> None:
    method, known = METHODS[name], METHODS[name].known
    room = {"room": served.room} if known.of_room else {}
    auth = None if known.of_room else token(room_list=True, scopes=known.scope)
    under_way = served.begin(method, auth, {**room, **known.fields, **telling(method)})
    await under_way.code()
    line = await the_one(lines)
    assert (line["method"], line["who"]) == (name, "backend")
    assert SECRET not in json.dumps(line)


@pytest.mark.redis
async def test_a_line_is_one_line_of_bounded_length(served: Served, lines: Lines) -> None:
    """Whatever stands in the fields."""
    auth = token(room_admin=True, room=served.room, identity="a\nb" * 1000)
    await served.refused("Say", auth, agent="x\n" * 10_000, request_id="y" * 10_000)
    line = await the_one(lines)
    assert len(line["agent"]) == len(line["request_id"]) == len(line["who"]) == MAX_NAME
    assert "\n" not in line["message"]
