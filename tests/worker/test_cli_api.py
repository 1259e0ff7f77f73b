"""The command line by the API: it says what it says by Redis and LiveKit, and needs neither."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar, get_args

import grpc
import pytest
import redis.asyncio

from roomhand.attribution.ends import MeetingEnd
from roomhand.coordination.fencing import Fence
from roomhand.coordination.hints import Hints, Place
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scribe import ScribeStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptStore
from roomhand.coordination.wanted import WantedStore
from roomhand.coordination.workers import WorkerBoard, WorkerRecord
from roomhand.minutes import Form
from tests.sim import servers
from tests.worker.command_line import CommandLine, Told
from tests.worker.coordination.samples import answered, spoken

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

T = TypeVar("T")
NOTHING_ELSE: dict[str, str | None] = dict.fromkeys(
    ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "REDIS_URL")
)
"""Variables that a command line by the API does not have."""


@dataclass
class Ways:
    """One command, by Redis and by the API."""

    roomhand: CommandLine
    address: str
    tokens: dict[str, str]

    def by_redis(self, *arguments: str) -> Told:
        """As it always goes."""
        return self.roomhand(*arguments)

    def by_api(self, *arguments: str, scope: str = "room") -> Told:
        """With nothing but the address and a token."""
        known: dict[str, str | None] = {"ROOMHAND_API_TOKEN": self.tokens[scope]}
        return self.roomhand("--api", self.address, *arguments, **(NOTHING_ELSE | known))


@pytest.fixture
def ways(roomhand: CommandLine, room_name: str) -> Iterator[Ways]:
    """Beside a control plane that runs."""
    port = servers.free_port()
    ports = {"ROOMHAND_CONTROL_GRPC_PORT": str(port), "ROOMHAND_CONTROL_HTTP_PORT": "0"}
    process = roomhand.start("control", **ports)
    try:
        _until_served(process, f"127.0.0.1:{port}")
        made = roomhand("token", room_name, "--identity", "backend", "--api")
        operator = roomhand("token", "--identity", "ops", "--api", "--scope", "operator")
        tokens = {"room": made.out.strip(), "operator": operator.out.strip()}
        yield Ways(roomhand, f"http://127.0.0.1:{port}", tokens)
    finally:
        process.kill()
        process.communicate(timeout=10)


def _until_served(process: subprocess.Popen[str], address: str) -> None:
    with grpc.insecure_channel(address) as channel:
        ready = grpc.channel_ready_future(channel)
        deadline_s = time.monotonic() + 30
        while True:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline_s, "nobody serves there"
            try:
                return ready.result(timeout=0.2)
            except grpc.FutureTimeoutError:
                continue


@pytest.fixture
def past(redis_server: servers.Redis, room_name: str) -> None:
    """A meeting that has ended, and an agent that is wanted and that nobody runs."""

    async def make() -> None:
        client = redis.asyncio.Redis.from_url(redis_server.url)
        scripts, keys = Scripts(client), RoomKeys(room_name)
        leases, meetings = LeaseStore(scripts, keys), MeetingStore(scripts, keys)
        sage = Fence("sage", await leases.reserve("sage"))
        await leases.acquire("sage", sage.epoch, "AW_1/AJ_1", 600)
        await ScribeStore(scripts, keys).claim(sage, 600)
        meeting = await meetings.open(sage, "RM_1")
        store = TranscriptStore(scripts, keys)
        for one in (spoken(1), answered(2), spoken(1, revision=2, text="better")):
            await store.append(sage, meeting.id, one)
        await meetings.end(sage, meeting.id, MeetingEnd.ROOM_FINISHED)
        await leases.release("sage", sage.epoch, "AW_1/AJ_1")
        await WantedStore(scripts, keys).start("nova", "ann")
        hints = Hints(client)
        await hints.due_at(Place(room_name, "nova"), await hints.now_s() + 600)
        await client.aclose()

    asyncio.run(make())


@pytest.mark.usefixtures("past")
def test_it_says_the_same_either_way(ways: Ways, room_name: str) -> None:
    """In every form."""
    commands: list[tuple[str, ...]] = [
        ("agents", room_name),
        ("agents", room_name, "--json"),
        ("meetings", room_name),
        ("meetings", room_name, "--json"),
        ("transcript", room_name, "--follow", "--format", "json"),
        ("transcript", room_name, "--format", "json", "--revisions"),
        ("transcript", room_name, "--speaker", "ann"),
        *(("transcript", room_name, "--format", form) for form in get_args(Form) if form != "docx"),
    ]
    for command in commands:
        told = ways.by_api(*command)
        assert told == ways.by_redis(*command), command
        assert told.code == 0
        assert told.out != ""


def test_what_is_refused_is_refused_the_same_either_way(ways: Ways, room_name: str) -> None:
    """With the same words and the same exit code."""
    commands: list[tuple[str, ...]] = [
        ("say", room_name, "--agent", "sage", "hello"),
        ("floor", room_name),
        ("floor", room_name, "give", "--agent", "sage"),
        ("floor", room_name, "mute"),
        ("floor", room_name, "hold", "--json"),
        ("transcript", room_name),
        ("transcript", room_name, "--meeting", "m404"),
        ("join", room_name, "--agent", "sage"),
        ("leave", room_name, "--agent", "sage"),
        ("erase", room_name, "m404", "--yes"),
    ]
    for command in commands:
        told = ways.by_api(*command)
        assert told == ways.by_redis(*command), command
        assert told.code in (2, 66)


def test_to_come_and_to_leave_ends_the_same_either_way(ways: Ways, room_name: str) -> None:
    """Nobody comes where no worker runs; it is wanted all the same, until it leaves, once."""
    about = (room_name, "--agent", "sage")
    for way in (ways.by_redis, ways.by_api):
        told = way("join", *about, "--create", "--wait-s", "0.3")
        assert (told.code, told.out) == (75, "")
        assert f"sage did not come to {room_name} within 0.3 s, and is still wanted" in told.text
        assert way("leave", *about) == Told(0, f"sage has left {room_name}\n", "")
        missing = f"roomhand: agent sage is not in room {room_name}\n"
        assert way("leave", *about) == Told(66, "", missing)


@pytest.mark.usefixtures("past")
def test_an_operator_sees_and_does_the_same_either_way(ways: Ways, room_name: str) -> None:
    """Rooms and use, in words and as JSON; and an agent is sent for anew."""
    by_api = partial(ways.by_api, scope="operator")
    for command in (("rooms",), ("rooms", "--json"), ("usage",), ("usage", "--json")):
        told = by_api(*command)
        assert told == ways.by_redis(*command), command
        assert told.code == 0
    line = next(one for one in by_api("rooms", "--json").out.splitlines() if room_name in one)
    expected = {"room": room_name, "meeting": "", "running": [], "awaited": ["nova"]}
    assert json.loads(line) == expected
    assert f"{room_name}: no meeting, nova awaited\n" in by_api("rooms").out
    assert set(json.loads(by_api("usage", "--json").out)) >= {"workers", "rooms", "sessions_opened"}
    for way in (ways.by_redis, by_api):
        told = way("redispatch", room_name, "--agent", "nova")
        shows = f"roomhand agents {room_name} shows when it is there"
        assert told == Told(0, f"nova is sent for anew. {shows}\n", "")
        told = way("redispatch", room_name, "--agent", "sage")
        assert told == Told(66, "", f"roomhand: agent sage is not wanted in room {room_name}\n")


@pytest.mark.usefixtures("past")
def test_a_meeting_is_erased_either_way_by_who_says_yes(ways: Ways, room_name: str) -> None:
    """Again it is no error; without a yes nothing is done."""
    (line,) = ways.by_api("meetings", room_name, "--json").out.splitlines()
    meeting = json.loads(line)["id"]
    told = ways.roomhand.run("erase", room_name, meeting)
    assert (told.code, "for good? [y/N]" in told.text) == (1, True)
    assert ways.by_redis("transcript", room_name).code == 0
    for way in (ways.by_api, ways.by_redis):
        told = way("erase", room_name, meeting, "--yes")
        assert told == Told(0, f"{meeting} of {room_name} is erased\n", "")
        assert way("transcript", room_name, "--meeting", meeting).code == 66
        assert way("meetings", room_name, "--json").out == ""


def test_a_worker_is_drained_the_same_either_way(
    ways: Ways, redis_server: servers.Redis, room_name: str
) -> None:
    """One that there is not is told of, with the exit code of what is not there."""
    worker = f"worker-of-{room_name}"

    async def on_board(act: Callable[[WorkerBoard], Awaitable[T]]) -> T:
        async with redis.asyncio.Redis.from_url(redis_server.url) as client:
            return await act(WorkerBoard(Scripts(client)))

    async def announce(board: WorkerBoard) -> bool:
        return await board.announce(WorkerRecord(id=worker, host="h", slots=1))

    for way in (ways.by_redis, partial(ways.by_api, scope="operator")):
        missing = way("drain", worker)
        assert missing.code == 66
        assert f"no worker {worker} was heard of lately. roomhand workers" in missing.text
        assert not asyncio.run(on_board(announce))
        told = way("drain", worker)
        assert (told.code, told.out) == (
            0,
            f"{worker} drains, and ends when it has no agent any more\n",
        )
        assert asyncio.run(on_board(announce)), "the worker is told so"
        asyncio.run(on_board(lambda board: board.leave(worker)))


def test_a_token_that_is_not_for_it_is_told(ways: Ways, room_name: str) -> None:
    """Or none at all."""
    told = ways.by_api("workers")
    assert told.code == 78
    assert "ROOMHAND_API_TOKEN: the token lacks video.roomList" in told.text
    assert ways.by_api("workers", scope="operator").code == 0
    ways.tokens["none"] = "no.token.atall"
    told = ways.by_api("agents", room_name, scope="none")
    assert (told.code, "ROOMHAND_API_TOKEN: the token is not valid" in told.text) == (78, True)


@pytest.mark.parametrize(("set_one", "missing"), [("CERT", "KEY"), ("KEY", "CERT")])
def test_a_certificate_without_its_key_is_refused_by_name(
    roomhand: CommandLine, tmp_path: Path, set_one: str, missing: str
) -> None:
    """Or a key without its certificate: it would not be shown, and the API would close the door."""
    file = tmp_path / "one.pem"
    file.touch()
    set_, other = f"ROOMHAND_API_{set_one}", f"ROOMHAND_API_{missing}"
    told = roomhand("--api", "https://127.0.0.1:9", "agents", **{set_: str(file)})
    problem = f"{other}: is not set, and {set_} needs it. Set it, or do not set {set_}"
    assert told == Told(78, "", f"roomhand: {problem}\n")


@pytest.mark.parametrize("command", ["worker", "control", "doctor", "token --identity ann"])
def test_what_does_not_go_by_the_api_says_so(roomhand: CommandLine, command: str) -> None:
    """Where it is told to; where the environment has an address, it is for the others."""
    told = roomhand("--api", "http://127.0.0.1:9", *command.split())
    assert told.code == 2
    assert f"--api: {command.split()[0]} does not go by the API" in told.text


def test_the_address_may_stand_in_the_environment(roomhand: CommandLine, room_name: str) -> None:
    """What is said goes before it; an empty one is none."""
    told = roomhand("agents", room_name, ROOMHAND_API="http://127.0.0.1:9")
    assert told.code == 69
    assert "the API at http://127.0.0.1:9: UNAVAILABLE" in told.text
    told = roomhand("--api", "there", "agents", ROOMHAND_API="http://127.0.0.1:9")
    assert told.code == 78
    assert "ROOMHAND_API: must be https://HOST:PORT or http://HOST:PORT" in told.text
    assert roomhand("agents", room_name, ROOMHAND_API="").code == 0
