"""The command line's way by the API: it finds what it finds by Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio

from roomhand.attribution.ends import MeetingEnd
from roomhand.client import connection
from roomhand.client import control as by_api
from roomhand.client.control import ApiControl
from roomhand.control import api as served_api
from roomhand.coordination.commands import Command, Outcome, Status
from roomhand.coordination.entry import BEGINNING, Entry
from roomhand.coordination.floor import FloorStore
from roomhand.coordination.floor_view import FloorView
from roomhand.coordination.hints import Hints, Place
from roomhand.coordination.keys import WORKERS, WORKERS_DRAINING, WORKERS_SEEN
from roomhand.coordination.wanted import WantedStore
from roomhand.coordination.workers import Usage, WorkerBoard, WorkerJob, WorkerRecord
from roomhand.errors import (
    CommandError,
    ConfigError,
    MeetingNotFoundError,
    NotFoundError,
    RefusedError,
    RoomhandError,
    ServiceError,
)
from roomhand.profiles import Policy
from roomhand.remote import RoomControl
from roomhand.settings import ApiSettings
from tests.worker.control.api_stage import ApiStage, api_stage
from tests.worker.control.certificates import Authority, Issued
from tests.worker.control.served import done, serving, token
from tests.worker.coordination.samples import answered, spoken
from tests.worker.room.strict_listener import eventually

pytestmark = pytest.mark.redis


@pytest.fixture
async def stage(
    redis_client: redis.asyncio.Redis, room_name: str, tmp_path: Path
) -> AsyncIterator[ApiStage]:
    """A room that is open, with sage in it."""
    async with api_stage(redis_client, room_name, tmp_path) as made:
        yield made


def settings_for(stage: ApiStage, auth: str | None = None, **more: Any) -> ApiSettings:
    """Of a command line with this token; without one, for everything in the room."""
    given = token(room_admin=True, room=stage.room) if auth is None else auth
    where = {"api": f"http://{stage.served.address}", "api_token": given}
    return ApiSettings(**(where | more))


@pytest.fixture
async def control(stage: ApiStage) -> AsyncIterator[ApiControl]:
    """By the API, with a token for everything in the room."""
    async with ApiControl.open(settings_for(stage)) as made:
        yield made


@pytest.fixture
def direct(stage: ApiStage) -> RoomControl:
    """By Redis."""
    return RoomControl(stage.livekit, stage.scripts, stage.archive)  # type: ignore[arg-type]


async def test_a_transcript_is_the_same_either_way(
    stage: ApiStage, control: ApiControl, direct: RoomControl
) -> None:
    """Every revision of every segment, over several pages, and what it lacks."""
    meeting = await stage.meet(
        *(spoken(number) for number in range(3, 700)),
        answered(1, interrupted=True),
        spoken(2, revision=2, text="better", confidence=0.25, language="de"),
        spoken(2),
    )
    for _ in range(2):
        found = await control.transcript(stage.room, None)
        assert found == await direct.transcript(stage.room, meeting.id)
        await stage.meetings.end(stage.sage, meeting.id, MeetingEnd.ROOM_CLOSED)
    assert found[1].reason is MeetingEnd.ROOM_CLOSED
    with pytest.raises(MeetingNotFoundError):
        await control.transcript(stage.room, "m404")


async def test_a_transcript_that_changes_while_its_pages_are_read_lacks_nothing(
    stage: ApiStage, control: ApiControl, direct: RoomControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words that were said early may be written late, before the page that is read."""
    monkeypatch.setattr(by_api, "PAGE", 2)
    meeting = await stage.meet(*(spoken(number) for number in range(3, 8)))
    late, original = [spoken(2), spoken(1)], control._connection.call

    async def call(method: Any, request: Any) -> Any:
        page = await original(method, request)
        if getattr(request, "page_token", "") and late:
            await stage.store.append(stage.sage, meeting.id, late.pop())
        return page

    monkeypatch.setattr(control._connection, "call", call)
    found = await control.transcript(stage.room, None)
    assert found == await direct.transcript(stage.room, meeting.id)
    assert len(found[0]) == 7


async def test_a_transcript_is_followed_the_same_either_way(
    stage: ApiStage, control: ApiControl, direct: RoomControl
) -> None:
    """From the beginning, and from any token on."""
    meeting = await stage.meet(spoken(1), spoken(2), answered(3))
    await stage.end(meeting)

    async def all_of(way: ApiControl | RoomControl, after: str) -> list[Entry]:
        return [one async for one in way.follow(stage.room, None, after)]

    every = await all_of(control, BEGINNING)
    assert every == await all_of(direct, BEGINNING)
    assert len(every) == 3
    assert await all_of(control, every[0].token) == every[1:]


async def test_who_follows_is_told_everything_once_though_connections_end(
    redis_client: redis.asyncio.Redis,
    room_name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As the API ends each after a while."""
    short = (("grpc.max_connection_age_ms", 200), ("grpc.max_connection_age_grace_ms", 50))
    monkeypatch.setattr(served_api, "_OPTIONS", short)
    monkeypatch.setattr(connection, "LASTED_S", 0)
    begun: list[str] = []
    async with api_stage(redis_client, room_name, tmp_path) as stage:
        meeting = await stage.meet(spoken(0))
        async with ApiControl.open(settings_for(stage)) as control:
            original = control._connection.stream

            def counted(method: Any, request: Any) -> Any:
                begun.append(request.after)
                return original(method, request)

            monkeypatch.setattr(control._connection, "stream", counted)
            told: list[str] = []

            async def follow() -> None:
                async for entry in control.follow(stage.room, None, BEGINNING):
                    told.append(entry.segment.id)

            following = asyncio.create_task(follow())
            for number in range(1, 5):
                streams = len(begun)
                await eventually(lambda since=streams: len(begun) > since)  # type: ignore[misc]
                await stage.store.append(stage.sage, meeting.id, spoken(number))
            await stage.end(meeting)
            await asyncio.wait_for(following, 20)
    assert told == ["s0", "s1", "s2", "s3", "s4"]
    assert len(begun) >= 4


async def test_a_stream_that_breaks_at_once_is_not_begun_again_and_again(
    stage: ApiStage, control: ApiControl
) -> None:
    """Nobody is there."""
    await stage.meet(spoken(1))
    stage.scripts.client = redis.asyncio.Redis(host="127.0.0.1", port=9)
    with pytest.raises(ServiceError):
        await asyncio.wait_for(anext(control.follow(stage.room, "m1", BEGINNING)), 10)


async def test_meetings_and_agents_are_the_same_either_way(
    stage: ApiStage, control: ApiControl, direct: RoomControl
) -> None:
    await stage.end(await stage.meet(spoken(1), sid="RM_1"))
    await stage.meet(spoken(1), sid="RM_2")
    found = await control.meetings(stage.room).all()
    assert found == await direct.meetings(stage.room).all()
    assert [one.sid for one in found] == ["RM_2", "RM_1"]
    await WantedStore(stage.scripts, stage.keys).start("sage", "ann")
    await WantedStore(stage.scripts, stage.keys).instruct("sage", "Be brief.")
    await WantedStore(stage.scripts, stage.keys).start("nova", "ben")
    agents = await control.agents(stage.room)
    assert agents == await direct.agents(stage.room)
    assert [(one.agent, one.instructions) for one in agents] == [
        ("nova", ""),
        ("sage", "Be brief."),
    ]


async def test_agents_of_several_pages_are_the_same_either_way(
    stage: ApiStage, control: ApiControl, direct: RoomControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_api, "PAGE", 2)
    wanted = WantedStore(stage.scripts, stage.keys)
    for number in range(5):
        await wanted.start(f"nova-{number}", "ann")
    agents = await control.agents(stage.room)
    assert agents == await direct.agents(stage.room)
    assert len(agents) == 6


async def test_workers_are_the_same_either_way(stage: ApiStage, direct: RoomControl) -> None:
    """Also those of a second page; whether one was asked to drain is not told apart."""
    await stage.scripts.client.delete(WORKERS, WORKERS_SEEN, WORKERS_DRAINING)
    board = WorkerBoard(stage.scripts)
    jobs = (WorkerJob(room="blue", agent="sage"),)
    usage = Usage(sessions_opened=3, audio_sent_s=1.5, input_audio_tokens=7, audio_billed_s=0.5)
    for number in range(501):
        record = WorkerRecord(id=f"w{number:03}", host="h", slots=4, jobs=jobs, usage=usage)
        load = {"load": 0.5, "load_parts": {"jobs": 0.25, "cpu": 0.5}} if number else {}
        await board.announce(record.model_copy(update=load))
    operator = token(room_list=True, scopes="operator")
    async with ApiControl.open(settings_for(stage, operator)) as control:
        found, used = await control.workers().all(), await control.usage()
    expected = await direct.workers().all()
    assert [one.record for one in found] == [one.record for one in expected]
    assert len(found) == 501
    assert used == await direct.usage()
    assert used.used.input_audio_tokens == 7 * 501


async def test_an_agent_comes_goes_and_does_what_it_is_asked(
    stage: ApiStage, control: ApiControl
) -> None:
    heard: list[Command] = []

    async def obey(command: Command) -> Outcome:
        heard.append(command)
        refused = command.kind == "ask"
        return Outcome(status=Status.REFUSED if refused else Status.DONE, detail=command.kind)

    fence = await stage.served.run_agent(obey, "nova")
    there = await control.join(stage.room, "nova", create=False, wait_s=5)
    assert there.startswith("nova~")
    assert fence.agent == "nova"
    assert await control.say(stage.room, "nova", "hello") == "say"
    assert await control.hand_over(stage.room, "nova") == "hand_over"
    with pytest.raises(RefusedError, match="ask: refused"):
        await control.ask(stage.room, "nova", "why?")
    assert [one.kind for one in heard] == ["say", "hand_over", "ask"]


async def test_who_waits_for_an_agent_in_vain_is_told(stage: ApiStage, control: ApiControl) -> None:
    """And a room that is not open is opened only where that is wanted."""
    with pytest.raises(CommandError, match="nova did not come"):
        await control.join(stage.room, "nova", create=False, wait_s=0)
    stage.livekit.rooms.clear()
    with pytest.raises(NotFoundError, match="is not open"):
        await control.join(stage.room, "nova", create=False, wait_s=0)
    with pytest.raises(CommandError):
        await control.join(stage.room, "nova", create=True, wait_s=0)
    assert stage.livekit.rooms == {stage.room}
    assert await control.leave(stage.room, "nova") == f"nova has left {stage.room}"
    hints = Hints(stage.scripts.client)
    await hints.forget(Place(stage.room, "nova"))


async def test_the_floor_is_watched_as_it_changes(stage: ApiStage, control: ApiControl) -> None:
    """Shown once for each change, not for what changes nothing, and as Redis shows it; also what
    tells nobody: a lease that runs out."""
    views: list[FloorView] = []
    floor = FloorStore(stage.scripts, stage.keys)

    async def is_shown(count: int) -> None:
        await eventually(lambda: len(views) >= count)
        assert views[-1] == await floor.view()

    watching = asyncio.create_task(control.floor(stage.room).watch(views.append))
    try:
        await is_shown(1)
        await floor.hold("ann")
        await is_shown(2)
        await floor.hold("ann")
        await floor.resume("ann")
        await is_shown(3)
        await stage.scripts.client.hset(stage.keys.floor, "held_by", "ben")
        await is_shown(4)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    assert [view.held_by for view in views] == ["", "ann", "", "ben"]


async def test_the_floor_is_moderated(stage: ApiStage, control: ApiControl) -> None:
    await stage.served.run_agent(done, "nova")
    floor = control.floor(stage.room)
    assert "is held" in await floor.hold(None)
    assert "is free again" in await floor.resume(None)
    assert await floor.take(None) == "nobody had the floor"
    assert await floor.mute("nova", True) == "nova: done"
    assert await floor.policy("nova", Policy.OPEN) == "nova: done"
    assert "is next" in await floor.give("nova")
    with pytest.raises(NotFoundError):
        await floor.hold("echo")


async def test_a_token_that_will_not_do_is_told_by_its_variable(stage: ApiStage) -> None:
    for auth in ("", "no.token.atall", token(room_admin=True, room="another")):
        more = {} if auth else {"api_token": None}
        async with ApiControl.open(settings_for(stage, auth, **more)) as control:
            with pytest.raises(ConfigError, match="ROOMHAND_API_TOKEN: "):
                await control.say(stage.room, "sage", "hello")


async def test_where_nobody_answers_the_address_is_named(stage: ApiStage) -> None:
    settings = settings_for(stage, api="http://127.0.0.1:9")
    async with ApiControl.open(settings) as control:
        with pytest.raises(ServiceError, match=r"the API at http://127\.0\.0\.1:9: UNAVAILABLE"):
            await control.agents(stage.room)


def over_tls(address: str, room: str, ca: Path | None, own: Issued | None) -> ApiSettings:
    """Of a command line that knows this authority, and has this certificate."""
    return ApiSettings(
        api=f"https://{address}",
        api_token=token(room_admin=True, room=room),  # type: ignore[arg-type]
        api_ca=ca,
        api_cert=own.cert if own else None,
        api_key=own.key if own else None,
    )


async def test_it_goes_by_tls_too(
    redis_client: redis.asyncio.Redis, room_name: str, tmp_path: Path
) -> None:
    """With a certificate of its own where the API wants one."""
    ours, theirs = Authority(tmp_path, "ours"), Authority(tmp_path, "theirs")
    used, own = ours.issue("api"), theirs.issue("ops")
    tls: dict[str, Any] = {
        "control_tls_cert": used.cert,
        "control_tls_key": used.key,
        "control_tls_client_ca": theirs.cert,
    }
    async with serving(redis_client, room_name, **tls) as there:
        for ca, mine, reached in (
            (ours.cert, own, True),
            (ours.cert, None, False),
            (theirs.cert, own, False),
        ):
            settings = over_tls(there.address, room_name, ca, mine)
            async with ApiControl.open(settings) as control:
                try:
                    assert await control.agents(room_name) == []
                except RoomhandError as error:
                    assert not reached, error  # noqa: PT017
                else:
                    assert reached


async def test_a_file_that_cannot_be_read_is_told_by_its_variable(tmp_path: Path) -> None:
    missing = tmp_path / "ca.pem"
    with pytest.raises(ConfigError, match=r"ROOMHAND_API_CA: .*ca\.pem cannot be read"):
        async with ApiControl.open(over_tls("127.0.0.1:9", "blue", missing, None)):
            pass
