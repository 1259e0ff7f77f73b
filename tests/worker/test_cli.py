"""What a person gets for each wrong input: the cause, the fix, an exit code; and for right ones."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import jwt
import pytest
import redis.asyncio

from roomhand.attribution.ends import MeetingEnd
from roomhand.attribution.export import Format
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import Meeting, MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptStore
from roomhand.document import parse_document
from roomhand.minutes import Form
from tests.sim import servers
from tests.worker.command_line import SECRET, CommandLine, told_by
from tests.worker.old_redis import old_redis

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

NOWHERE = "127.0.0.1:9"
HOSTILE = "[bold]so[/nothing] [red]it is[/]"


def test_missing_settings_are_named_all_at_once(roomhand: CommandLine) -> None:
    """Each with the variable to set."""
    told = roomhand.run("worker", LIVEKIT_URL=None, LIVEKIT_API_KEY=None, LIVEKIT_API_SECRET=None)
    assert told.code == 78
    for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        assert f"{name}: is not set. Set {name} in the environment or in .env" in told.text


def test_invalid_settings_are_named_all_at_once(roomhand: CommandLine) -> None:
    """And no secret is quoted, though it is part of what is wrong."""
    told = roomhand(
        "doctor",
        LIVEKIT_URL="localhost",
        REDIS_URL=f"http://user:{SECRET}@127.0.0.1",
        ROOMHAND_HTTP_PORT="many",
        ROOMHAND_LOG_LEVEL="loud",
        ROOMHAND_LEASE_TTL_S="3",
    )
    assert told.code == 78
    assert "LIVEKIT_URL: must begin with ws://" in told.text
    assert "REDIS_URL: must begin with redis://" in told.text
    assert "ROOMHAND_HTTP_PORT: input should be a valid integer" in told.text
    assert "ROOMHAND_LOG_LEVEL: must be DEBUG, INFO, WARNING or ERROR" in told.text
    assert "ROOMHAND_LEASE_RENEW_S: must be at most" in told.text


@pytest.mark.parametrize(
    ("agents", "expected"),
    [
        ("", "agents.yaml:1 agents: is missing. Add agents"),
        ("agents: []", "agents.yaml:1 agents: must not be empty"),
        (b"\xff\xfe", "agents.yaml: is not UTF-8 text. Save it as UTF-8"),
        ("agents: [\n  - x: {", "agents.yaml:2: expected the node content, but found '-'"),
        ("a\x07b", "agents.yaml: is not YAML"),
        ("just text", "agents.yaml:1: must be fields, each as NAME: VALUE"),
        ("a: &a [*a]\nagents: *a", "agents.yaml:2 agents.0: must be fields"),
        (
            "agents:\n  - name: sage\n    plugn: local",
            "agents.yaml:3 agents.0.plugn: is not a known field. Did you mean plugin?",
        ),
        (
            "agents:\n  - name: sage\n    plugin: local\n    floor:\n      prioritty: 3",
            "agents.yaml:5 agents.0.floor.prioritty: is not a known field. Did you mean priority?",
        ),
        (
            "agents:\n  - {name: sage, plugin: local}\n  - {name: sage, plugin: local}",
            "agents.yaml:3 agents.1.name: sage is taken. Give each agent its own name",
        ),
        (
            "agents:\n  - {name: sage, plugin: locl}",
            "agent sage: no plugin locl is installed. Did you mean local? Installed are local, ",
        ),
        (
            "agents:\n  - {name: sage, plugin: local, options: {workerz: 2}}",
            "agent sage: local plugin: option workerz is unknown; did you mean workers?",
        ),
        (
            "agents:\n  - {name: sage, plugin: openai}",
            "agent sage: openai: no key. Set OPENAI_API_KEY",
        ),
    ],
)
def test_a_worker_does_not_start_with_wrong_agents(
    roomhand: CommandLine, agents: str | bytes, expected: str
) -> None:
    """The message has the file, the line, the field and the fix."""
    told = roomhand.with_agents(agents)("worker")
    assert told.code == 78
    assert expected in told.text


def test_the_plugins_of_all_agents_are_checked_at_once(roomhand: CommandLine) -> None:
    """One start finds every fault."""
    agents = """
agents:
  - {name: sage, plugin: locl}
  - {name: nova, plugin: scripted, options: {repliez: 1}}
  - {name: echo, plugin: scripted, options: {capabilities: {turn_taking: continuous}}}
"""
    told = roomhand.with_agents(agents)("worker")
    assert told.code == 78
    assert "agent sage: no plugin locl" in told.text
    assert "agent nova: scripted: repliez" in told.text
    assert "agent echo: plugin scripted is of class continuous, which is not served" in told.text


@pytest.mark.parametrize("path", ["elsewhere.yaml", "."])
def test_a_profiles_file_that_cannot_be_read_is_named(roomhand: CommandLine, path: str) -> None:
    """With the reason of the system and the variable to set."""
    told = roomhand("worker", ROOMHAND_PROFILES=path)
    assert told.code == 78
    assert f"{path}: cannot be read (" in told.text
    assert "Set ROOMHAND_PROFILES" in told.text


def test_an_agent_that_nobody_configured_is_named(roomhand: CommandLine) -> None:
    """With those that are."""
    told = roomhand("join", "anywhere", "--agent", "sgae")
    assert told.code == 78
    assert "--agent: sgae is not in agents.yaml. Known are: sage" in told.text


def test_a_room_that_is_not_open_is_not_joined(roomhand: CommandLine, room_name: str) -> None:
    """Unless it is asked for."""
    told = roomhand("join", room_name, "--agent", "sage")
    assert told.code == 66
    assert f"room {room_name} is not open. Open it, or add --create" in told.text


def test_a_join_without_a_worker_says_so_in_time(roomhand: CommandLine, room_name: str) -> None:
    """It waits as long as it was told and names what to look at."""
    began_s = time.monotonic()
    told = roomhand("join", room_name, "--agent", "sage", "--create", "--wait-s", "0.5")
    assert told.code == 75
    assert f"sage did not come to {room_name} within 0.5 s, and is still wanted" in told.text
    assert "Does a worker run (roomhand workers), under the same ROOMHAND_WORKER_NAME" in told.text
    assert time.monotonic() - began_s < 10


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("transcript", "ROOM"), "no meeting is known in room ROOM"),
        (("transcript", "ROOM", "--follow"), "no meeting is known in room ROOM"),
        (("transcript", "ROOM", "--meeting", "m404"), "room ROOM has no meeting m404"),
        (("say", "ROOM", "--agent", "sage", "hello"), "agent sage is not in room ROOM"),
        (("ask", "ROOM", "--agent", "sage", "when?"), "agent sage is not in room ROOM"),
        (("leave", "ROOM", "--agent", "sage"), "agent sage is not in room ROOM"),
        (("redispatch", "ROOM", "--agent", "sage"), "agent sage is not wanted in room ROOM"),
        (("erase", "ROOM", "m404", "--yes"), "room ROOM has no meeting m404"),
    ],
)
def test_what_is_not_there_is_named(
    roomhand: CommandLine, room_name: str, arguments: tuple[str, ...], expected: str
) -> None:
    """A room without a meeting, and one without the agent."""
    told = roomhand(*(word.replace("ROOM", room_name) for word in arguments))
    assert told.code == 66
    assert expected.replace("ROOM", room_name) in told.text


NEED_LIVEKIT = [
    ("worker",),
    ("doctor",),
    ("join", "anywhere", "--agent", "sage"),
    ("floor", "anywhere"),
]
NEED_REDIS = [
    *NEED_LIVEKIT,
    ("transcript", "anywhere"),
    ("rooms",),
    ("usage",),
    ("redispatch", "anywhere", "-a", "sage"),
    ("erase", "anywhere", "m1", "--yes"),
    ("say", "anywhere", "-a", "sage", "hi"),
    ("ask", "anywhere", "-a", "sage", "when?"),
    ("floor", "anywhere", "give", "-a", "sage"),
]


@pytest.mark.parametrize("arguments", NEED_LIVEKIT)
def test_a_wrong_livekit_key_is_told(roomhand: CommandLine, arguments: tuple[str, ...]) -> None:
    """By the key's name; the secret is not shown."""
    told = roomhand(*arguments, LIVEKIT_API_SECRET=SECRET)
    assert told.code == 69
    assert "refuses the key 'devkey'. " in told.out.replace("\n     ", ". ") + told.err
    assert "Set LIVEKIT_API_KEY and LIVEKIT_API_SECRET" in told.text


@pytest.mark.parametrize("arguments", NEED_LIVEKIT)
def test_a_livekit_server_that_is_away_is_told(
    roomhand: CommandLine, arguments: tuple[str, ...]
) -> None:
    """With its address."""
    told = roomhand(*arguments, LIVEKIT_URL=f"ws://{NOWHERE}")
    assert told.code == 69
    assert f"livekit-server at ws://{NOWHERE} does not answer" in told.text
    assert "Start it, or set LIVEKIT_URL" in told.text


@pytest.mark.parametrize("arguments", NEED_REDIS)
def test_a_redis_that_is_away_is_told(roomhand: CommandLine, arguments: tuple[str, ...]) -> None:
    """With its address, without its password."""
    told = roomhand(*arguments, REDIS_URL=f"redis://user:{SECRET}@{NOWHERE}/0")
    assert told.code == 69
    assert f"Redis at {NOWHERE} cannot be reached" in told.text
    assert "Start Redis or mend REDIS_URL" in told.text


@pytest.fixture(scope="module")
def locked_redis() -> Iterator[str]:
    """The address of a real Redis that asks for a password."""
    with servers.redis_server(port=servers.free_port()) as server:

        async def lock() -> None:
            async with redis.asyncio.Redis.from_url(server.url) as client:
                await client.config_set("requirepass", "right")

        asyncio.run(lock())
        yield server.url.removeprefix("redis://")


@pytest.mark.parametrize("user", ["", f":{SECRET}@"])
@pytest.mark.parametrize("arguments", [("transcript", "anywhere"), ("worker",), ("doctor",)])
def test_a_wrong_redis_password_is_told(
    roomhand: CommandLine, locked_redis: str, arguments: tuple[str, ...], user: str
) -> None:
    """A missing one too; neither is shown."""
    told = roomhand(*arguments, REDIS_URL=f"redis://{user}{locked_redis}")
    assert told.code == 69
    assert "refuses the user or password" in told.text
    assert "Mend them in REDIS_URL" in told.text


@pytest.mark.parametrize("arguments", [("transcript", "anywhere"), ("worker",), ("doctor",)])
def test_a_redis_that_is_too_old_is_told(roomhand: CommandLine, arguments: tuple[str, ...]) -> None:
    """With its version and the one needed."""
    with old_redis() as url:
        told = roomhand(*arguments, REDIS_URL=url)
    assert told.code == 69
    assert "is version 6.2.6" in told.text
    assert "Use Redis 7.0 or newer, or Valkey" in told.text


@pytest.mark.parametrize(
    "url",
    [
        f"redis://user:{SECRET}/x@127.0.0.1:6379",
        f"redis://127.0.0.1:6379/0?{SECRET}=1",
        f"redis://127.0.0.1:6379/0?socket_timeout={SECRET}",
    ],
)
def test_a_broken_redis_address_is_not_quoted(roomhand: CommandLine, url: str) -> None:
    """A password with a special character breaks it, so it may hold one."""
    told = roomhand("transcript", "anywhere", REDIS_URL=url)
    assert told.code in (69, 78)
    assert "REDIS_URL" in told.text
    assert "percent-encode" in told.text


@pytest.mark.parametrize(
    ("command", "setting"),
    [("worker", "ROOMHAND_HTTP_PORT"), ("control", "ROOMHAND_CONTROL_HTTP_PORT")],
)
def test_a_port_that_is_taken_is_told(roomhand: CommandLine, command: str, setting: str) -> None:
    """With the setting that changes it, which is another one for each kind of process."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = roomhand.run(command, **{setting: str(port)})
    assert told.code == 78
    assert f"{setting}: port {port} of 127.0.0.1 is taken. Choose another" in told.text


def test_an_address_that_is_not_ours_is_told(roomhand: CommandLine) -> None:
    """With the setting that changes it."""
    told = roomhand("worker", ROOMHAND_HTTP_HOST="192.0.2.1")
    assert told.code == 78
    assert "ROOMHAND_HTTP_HOST: cannot listen on 192.0.2.1 port 0" in told.text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("say", "room", "--agent", "sage", "  "), "must not be empty"),
        (("say", "room", "--agent", "sage", "x" * 4001), "at most 4000 characters"),
        (("ask", "room", "--agent", "sage", "  "), "must not be empty"),
        (("say", "ro\udcffom", "--agent", "sage", "hello"), "must be UTF-8"),
        (("transcript", ""), "must not be empty"),
        (("join", "room", "--agent", ""), "must not be empty"),
        (("token", "room", "--identity", ""), "must not be empty"),
        (("transcript", "room", "--format", "pdf"), "'pdf' is not one of 'text', 'md', 'json'"),
        (("transcript", "room", "--follow", "--format", "srt"), "--follow writes text or json"),
        (("transcript", "room", "--follow", "--output", "x"), "--follow writes text or json"),
        (("join", "room"), "Missing option '--agent'"),
        (("join", "room", "--agent", "sage", "--wait-s", "-1"), "greater than or equal to 0"),
        (("dance",), "No such command 'dance'"),
    ],
)
def test_wrong_use_is_told(
    roomhand: CommandLine, arguments: tuple[str, ...], expected: str
) -> None:
    """By the name of the option, before anything is asked of a server."""
    told = roomhand(*arguments, REDIS_URL=f"redis://{NOWHERE}", LIVEKIT_URL=f"ws://{NOWHERE}")
    assert told.code == 2
    assert expected in told.text


def test_every_format_can_be_asked_for() -> None:
    """The command line offers what the export can write."""
    assert set(get_args(Form)) == {"text", "docx", *Format}


def spoken(number: int, text: str = "hello everybody") -> Segment:
    """Something that Ada said."""
    return Segment(
        id=f"s{number}",
        kind=SegmentKind.SPEECH,
        speaker="p-ada",
        name="Ada",
        text=text,
        start_ms=number * 1000,
        end_ms=number * 1000 + 500,
    )


Act = Callable[[MeetingStore, TranscriptStore, Fence], Coroutine[Any, Any, None]]


def in_meeting(server: servers.Redis, room: str, act: Act) -> None:
    """Do something in the name of the room's scribe."""

    async def owned() -> None:
        async with redis.asyncio.Redis.from_url(server.url) as client:
            scripts, keys = Scripts(client), RoomKeys(room)
            leases = LeaseStore(scripts, keys)
            record = await leases.read("sage")
            if record is None:
                epoch = await leases.reserve("sage")
                await leases.acquire("sage", epoch, "test", 600)
            else:
                epoch = record.epoch
            await client.hset(
                keys.scribe,
                mapping={"agent": "sage", "epoch": epoch, "deadline_us": 9 * 10**18},
            )
            await act(MeetingStore(scripts, keys), TranscriptStore(scripts, keys), fence_of(epoch))

    asyncio.run(owned())


def fence_of(epoch: int) -> Fence:
    """Sage's."""
    return Fence("sage", epoch)


@pytest.fixture
def meeting(redis_server: servers.Redis, room_name: str) -> Meeting:
    """A meeting in which two things were said."""
    found: list[Meeting] = []

    async def hold(meetings: MeetingStore, transcript: TranscriptStore, sage: Fence) -> None:
        opened = await meetings.open(sage, "RM_1")
        await transcript.append(sage, opened.id, spoken(2, HOSTILE))
        await transcript.append(sage, opened.id, spoken(1))
        found.append(opened)

    in_meeting(redis_server, room_name, hold)
    return found[0]


def test_a_transcript_is_shown_in_order_as_it_was_said(
    roomhand: CommandLine, room_name: str, meeting: Meeting
) -> None:
    """By onset; marks in the words are words."""
    told = roomhand("transcript", room_name)
    assert told.code == 0
    first, second = told.out.splitlines()
    assert first.endswith("Ada: hello everybody")
    assert second.endswith(f"Ada: {HOSTILE}")


@pytest.mark.parametrize("form", list(Format))
def test_a_transcript_is_written_to_a_file(
    roomhand: CommandLine, room_name: str, meeting: Meeting, form: Format
) -> None:
    """The same that is printed without one."""
    target = roomhand.folder / f"meeting.{form}"
    told = roomhand("transcript", room_name, "--format", form, "--output", str(target))
    assert told.code == 0
    assert f"2 segments in {target}" in told.text
    assert "hello everybody" in target.read_text()
    assert roomhand("transcript", room_name, "--format", form).out == target.read_text()


def test_every_revision_can_be_read(
    roomhand: CommandLine, room_name: str, redis_server: servers.Redis, meeting: Meeting
) -> None:
    """By programs; people are shown the newest."""

    async def correct(_: MeetingStore, transcript: TranscriptStore, sage: Fence) -> None:
        better = replace(spoken(1), revision=2, text="hello, everybody")
        await transcript.append(sage, meeting.id, better)

    in_meeting(redis_server, room_name, correct)
    told = roomhand("transcript", room_name, "--format", "json", "--revisions")
    found = json.loads(told.out)["segments"]
    assert [(one["revision"], one["text"]) for one in found] == [
        (1, "hello everybody"),
        (2, "hello, everybody"),
        (1, HOSTILE),
    ]
    newest = json.loads(roomhand("transcript", room_name, "--format", "json").out)["segments"]
    assert newest == found[1:]
    wrong = roomhand("transcript", room_name, "--revisions")
    assert wrong.code == 2
    assert "--format json" in wrong.text


def test_a_word_document_is_for_a_file_only(
    roomhand: CommandLine, room_name: str, meeting: Meeting
) -> None:
    """It says so, and how; then the file holds what was said."""
    told = roomhand("transcript", room_name, "--format", "docx")
    assert told.code == 2
    assert "docx is not for a terminal. Add --output FILE.docx" in told.text
    target = roomhand.folder / "meeting.docx"
    assert roomhand("transcript", room_name, "--format", "docx", "-o", str(target)).code == 0
    assert "hello everybody" in [words for _, _, words in parse_document(target.read_bytes())]


def test_a_transcript_says_whether_it_is_complete(
    roomhand: CommandLine, room_name: str, redis_server: servers.Redis, meeting: Meeting
) -> None:
    """Beside the words, so that they can be passed on alone."""
    assert "Complete so far: the meeting goes on." in roomhand("transcript", room_name).text

    async def lose(meetings: MeetingStore, _: TranscriptStore, sage: Fence) -> None:
        ledger = TrackLedger()
        ledger.declare_absent(36_000, "reconnect")
        track = TrackRef("TR_1", Source.MICROPHONE, Speaker("p-ada", "Ada"))
        await meetings.write_ledger(sage, meeting.id, track, ledger)
        await meetings.end(sage, meeting.id, MeetingEnd.ROOM_FINISHED)

    in_meeting(redis_server, room_name, lose)
    told = roomhand("transcript", room_name)
    assert "Not complete. What is missing:" in told.text
    assert "Ada: 1.5 s, reconnect" in told.text
    assert "hello everybody" in told.out


@pytest.mark.parametrize("target", ["no-folder/meeting.md", "."])
def test_a_file_that_cannot_be_written_is_named(
    roomhand: CommandLine, room_name: str, meeting: Meeting, target: str
) -> None:
    """With the reason."""
    told = roomhand("transcript", room_name, "--output", target)
    assert told.code == 2
    assert f"--output: {target} cannot be written (" in told.text


def test_a_transcript_can_be_had_after_the_meeting(
    roomhand: CommandLine, room_name: str, redis_server: servers.Redis, meeting: Meeting
) -> None:
    """By the room alone; to follow it then shows all and ends."""

    async def end(meetings: MeetingStore, _: TranscriptStore, sage: Fence) -> None:
        assert await meetings.end(sage, meeting.id, MeetingEnd.ROOM_FINISHED)

    in_meeting(redis_server, room_name, end)
    assert "hello everybody" in roomhand("transcript", room_name).out
    told = roomhand("transcript", room_name, "--follow", "--format", "json")
    assert told.code == 0
    assert [json.loads(line)["text"] for line in told.out.splitlines()] == [
        HOSTILE,
        "hello everybody",
    ]


def test_who_follows_resumes_after_the_last_token_that_it_saw(
    roomhand: CommandLine, room_name: str, redis_server: servers.Redis, meeting: Meeting
) -> None:
    """Nothing twice, nothing left out."""

    async def end(meetings: MeetingStore, _: TranscriptStore, sage: Fence) -> None:
        assert await meetings.end(sage, meeting.id, MeetingEnd.ROOM_FINISHED)

    in_meeting(redis_server, room_name, end)
    follow = ("transcript", room_name, "--follow", "--format", "json")
    first, second = map(json.loads, roomhand(*follow).out.splitlines())
    assert [
        json.loads(line) for line in roomhand(*follow, "--after", first["token"]).out.splitlines()
    ] == [second]
    assert roomhand(*follow, "--after", second["token"]).out == ""
    told = roomhand(*follow, "--after", "yesterday")
    assert told.code == 2
    assert "'yesterday' is no token of --follow --format json" in told.text


def test_a_part_of_a_transcript_is_shown_by_speaker_and_time(
    roomhand: CommandLine, room_name: str, meeting: Meeting
) -> None:
    """By identity or name, whatever its case."""
    whole = roomhand("transcript", room_name).out.splitlines()
    assert roomhand("transcript", room_name, "--speaker", "ADA").out.splitlines() == whole
    assert roomhand("transcript", room_name, "--speaker", "bob").out == ""
    assert roomhand("transcript", room_name, "--until", "0:01").out.splitlines() == whole[:1]
    assert roomhand("transcript", room_name, "--since", "1:00:00").out == ""
    told = roomhand("transcript", room_name, "--since", "noon")
    assert told.code == 2
    assert "'noon' is no meeting time. Write H:MM:SS, MM:SS or seconds" in told.text


def test_following_ends_quietly_with_ctrl_c(
    roomhand: CommandLine, room_name: str, redis_server: servers.Redis, meeting: Meeting
) -> None:
    """What was said is shown at once, and nothing but that."""
    process = roomhand.start("transcript", room_name, "--follow", PYTHONUNBUFFERED="1")
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip().endswith(f"Ada: {HOSTILE}")
        assert process.stdout.readline().strip().endswith("Ada: hello everybody")
        process.send_signal(signal.SIGINT)
    finally:
        told = told_by(process, 10)
    assert told.code == 130
    assert told.text == ""


def test_a_token_lets_one_person_into_one_room(roomhand: CommandLine, room_name: str) -> None:
    """Under a name that is safe to show."""
    told = roomhand("token", room_name, "--identity", "p-ada", "--name", "Ada: [system]")
    assert told.code == 0
    secret = roomhand.environment["LIVEKIT_API_SECRET"]
    claims = jwt.decode(told.out.strip(), secret, algorithms=["HS256"])
    assert claims["sub"] == "p-ada"
    assert claims["name"] == "Ada system"
    assert claims["video"]["room"] == room_name
    assert claims["video"]["canUpdateOwnMetadata"] is False
    assert "attributes" not in claims


def test_only_the_token_makes_a_moderator(roomhand: CommandLine, room_name: str) -> None:
    """It says so, and lets nobody change what it says."""
    told = roomhand("token", room_name, "--identity", "p-mia", "--moderator")
    secret = roomhand.environment["LIVEKIT_API_SECRET"]
    claims = jwt.decode(told.out.strip(), secret, algorithms=["HS256"])
    assert claims["attributes"] == {"roomhand.role": "moderator"}
    assert claims["video"]["canUpdateOwnMetadata"] is False


def test_a_backends_token_is_for_the_control_plane_alone(
    roomhand: CommandLine, room_name: str
) -> None:
    """Nobody joins with it."""
    told = roomhand("token", room_name, "--identity", "backend", "--api")
    secret = roomhand.environment["LIVEKIT_API_SECRET"]
    video = jwt.decode(told.out.strip(), secret, algorithms=["HS256"])["video"]
    assert (video["roomAdmin"], video["room"]) == (True, room_name)
    assert not video.get("roomJoin")
    told = roomhand("token", room_name, "--identity", "backend", "--api", "--moderator")
    assert told.code == 2


def test_a_backends_token_may_be_for_less(roomhand: CommandLine, room_name: str) -> None:
    """It is no admin of the room then."""
    words = ("token", room_name, "--identity", "backend")
    told = roomhand(*words, "--api", "--scope", "floor", "--scope", "transcript")
    secret = roomhand.environment["LIVEKIT_API_SECRET"]
    claims = jwt.decode(told.out.strip(), secret, algorithms=["HS256"])
    assert claims["attributes"] == {"roomhand.scopes": "floor transcript"}
    video = claims["video"]
    assert (video.get("roomAdmin"), video["room"], video.get("roomJoin")) == (None, room_name, None)
    assert "--scope: goes with --api" in roomhand(*words, "--scope", "floor").text


def test_an_operators_token_is_for_all_rooms_and_needs_the_name_of_none(
    roomhand: CommandLine, room_name: str
) -> None:
    """Any other names one, for which alone its other scopes count."""
    words = ("token", "--identity", "ops", "--api", "--scope", "operator")
    secret = roomhand.environment["LIVEKIT_API_SECRET"]
    for room, more in (
        ("", ()),
        (room_name, (room_name,)),
        (room_name, (room_name, "--scope", "floor")),
    ):
        told = roomhand(*words, *more)
        video = jwt.decode(told.out.strip(), secret, algorithms=["HS256"])["video"]
        assert (video["roomList"], video.get("room", "")) == (True, room)
        assert (video.get("roomAdmin"), video.get("roomJoin")) == (None, None)
    for less in (words[:4], (*words, "--scope", "floor"), ("token", "--identity", "ann")):
        told = roomhand(*less)
        assert told.code == 2
        assert "ROOM: must not be empty" in told.text


def test_the_agents_of_the_repository_pass_the_doctor(roomhand: CommandLine) -> None:
    """Without any key."""
    agents = (Path(__file__).parents[2] / "infra" / "agents.yaml").read_text()
    told = roomhand.with_agents(agents)("doctor")
    assert told.code == 0, told.text
    assert "agent sage: plugin local, answers to Sage" in told.text
