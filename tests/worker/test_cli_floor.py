"""``roomhand floor``: a room is watched and moderated from a terminal, on real servers."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from collections.abc import Callable
from typing import IO

import pytest
from livekit import api

from tests.sim import servers
from tests.worker.command_line import CommandLine, told_by
from tests.worker.test_cli import NOWHERE
from tests.worker.working import until, working

pytestmark = [pytest.mark.livekit, pytest.mark.redis, pytest.mark.timeout(180)]

AGENTS = "agents:\n  - {name: sage, plugin: scripted}\n  - {name: nova, plugin: scripted}\n"


@pytest.fixture
def open_room(livekit_server: servers.LiveKit, room_name: str) -> str:
    """A room without anybody in it."""

    async def create() -> None:
        server = livekit_server
        async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as client:
            await client.room.create_room(api.CreateRoomRequest(name=room_name))

    asyncio.run(create())
    return room_name


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("room", "dance"), "'dance' is not one of 'watch', 'hold', 'resume', 'give', 'take'"),
        (("room", "give"), "--agent: give needs one agent"),
        (("room", "policy", "--to", "open"), "--agent: policy needs one agent"),
        (("room", "policy", "--agent", "sage"), "--to: goes with policy, and policy with it"),
        (("room", "hold", "--to", "open"), "--to: goes with policy, and policy with it"),
        (("room", "policy", "-a", "sage", "--to", "loud"), "'loud' is not one of 'addressed'"),
        (("room", "hold", "--json"), "--json: goes with watch only"),
        (("room", "--agent", "sage"), "--agent: watch shows the whole room"),
        (("room", "mute", "--agent", ""), "must not be empty"),
        (("",), "must not be empty"),
    ],
)
def test_wrong_use_is_told(
    roomhand: CommandLine, arguments: tuple[str, ...], expected: str
) -> None:
    """Before anything is asked of a server."""
    away = {"REDIS_URL": f"redis://{NOWHERE}", "LIVEKIT_URL": f"ws://{NOWHERE}"}
    told = roomhand("floor", *arguments, **away)
    assert told.code == 2
    assert expected in told.text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "room ROOM is not open"),
        (("hold",), "room ROOM is not open"),
        (("resume",), "room ROOM is not open"),
        (("take",), "room ROOM is not open"),
        (("mute",), "no agent is in room ROOM"),
        (("hold", "--agent", "sage"), "agent sage is not in room ROOM"),
        (("give", "--agent", "sage"), "agent sage is not in room ROOM"),
    ],
)
def test_what_is_not_there_is_named(
    roomhand: CommandLine, room_name: str, arguments: tuple[str, ...], expected: str
) -> None:
    """A room that nobody opened, one without agents, one without this agent."""
    told = roomhand("floor", room_name, *arguments)
    assert told.code == 66
    assert expected.replace("ROOM", room_name) in told.text


def test_the_floor_is_watched_while_it_is_held(roomhand: CommandLine, open_room: str) -> None:
    """Each change is a line; ctrl-C ends it, and nothing but lines was said."""
    process = roomhand.start("floor", open_room)
    try:
        read = reader(process)
        assert read() == "nobody has the floor"
        told = roomhand("floor", open_room, "hold")
        assert told.code == 0
        assert told.text.startswith(f"the floor of {open_room} is held")
        assert read() == "nobody has the floor; held by a moderator"
        told = roomhand("floor", open_room, "resume")
        assert told.text == f"the floor of {open_room} is free again"
        assert read() == "nobody has the floor"
        assert roomhand("floor", open_room, "take").text == "nobody had the floor"
        process.send_signal(signal.SIGINT)
    finally:
        told = told_by(process, 10)
    assert told.code == 130
    assert told.text == ""


def test_a_program_watches_in_json(roomhand: CommandLine, open_room: str) -> None:
    """A line is a whole state, and comes through a pipe when it is one."""
    process = roomhand.start("floor", open_room, "--json")
    try:
        read = reader(process)
        assert json.loads(read())["held_by"] == ""
        assert roomhand("floor", open_room, "hold").code == 0
        assert json.loads(read())["held_by"] == "a moderator"
        process.send_signal(signal.SIGINT)
    finally:
        told = told_by(process, 10)
    assert told.code == 130


def reader(process: subprocess.Popen[str]) -> Callable[[], str]:
    """Gives the next line that a command prints."""
    out: IO[str] | None = process.stdout
    assert out is not None
    return lambda: out.readline().strip()


def shown(server: servers.LiveKit, room: str) -> dict[str, str]:
    """The floor state that a room sees of each agent."""

    async def look() -> dict[str, str]:
        async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as client:
            answer = await client.room.list_participants(api.ListParticipantsRequest(room=room))
        attributes = [dict(one.attributes) for one in answer.participants]
        assert all(one["lk.agent.state"] for one in attributes)
        return {one["roomhand.agent"]: one.get("roomhand.floor", "") for one in attributes}

    return asyncio.run(look())


def test_agents_are_moderated_one_by_one_and_together(
    roomhand: CommandLine, room_name: str, livekit_server: servers.LiveKit
) -> None:
    """The room sees it; what an agent will not do is an error with its reason."""
    roomhand.environment["ROOMHAND_WORKER_NAME"] = f"worker-{room_name}"
    roomhand.with_agents(AGENTS)

    def floor(*arguments: str) -> str:
        told = roomhand("floor", room_name, *arguments)
        assert told.code == 0, told.text
        return told.out.strip()

    with working(roomhand):
        for agent in ("sage", "nova"):
            joined = roomhand("join", room_name, "-a", agent, "--create", "--wait-s", "40")
            assert joined.code == 0, joined.text
        assert floor("mute").splitlines() == ["nova: muted", "sage: muted"]
        muted = {"nova": "muted", "sage": "muted"}
        until(lambda: shown(livekit_server, room_name) == muted)
        told = roomhand("floor", room_name, "give", "--agent", "sage")
        assert (told.code, told.text) == (
            75,
            "roomhand: give: refused: sage is muted. Unmute it first",
        )
        assert floor("unmute", "--agent", "sage") == "sage: unmuted"
        assert floor("hold", "--agent", "sage") == "sage: held"
        assert floor("resume", "--agent", "sage") == "sage: resumed"
        assert floor("take", "--agent", "sage") == "sage: stopped"
        assert floor("policy", "--agent", "sage", "--to", "silent") == "sage: policy silent"
        told = roomhand("floor", room_name, "give", "--agent", "sage")
        assert "sage only listens, by its policy. Give it another policy first" in told.text
        floor("policy", "--agent", "sage", "--to", "open")
        assert floor("give", "--agent", "sage") in (
            "sage has the floor",
            "sage is next",
            "sage is next, as soon as it asks for the floor",
        )
