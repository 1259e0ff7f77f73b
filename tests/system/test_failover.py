"""An agent outlives the process that runs it."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest

from roomhand.admin import LiveKitAdmin, livekit_admin
from roomhand.attribution.identity import parse_agent_identity
from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.control.webhooks import PATH
from roomhand.remote import RoomControl
from roomhand.room.recorder import ABSENT
from tests.sim import restart, servers, tones
from tests.sim.realtime_server import RealtimeServer
from tests.system.office import Office, control_plane, eventually_true, job_process, office
from tests.system.stage import RATE, Venue, people
from tests.worker.room.speaking_person import Person, hush

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

WORDS = tones.speaker_words(0, 6)


@asynccontextmanager
async def meeting(
    venue: Venue, folder: Path
) -> AsyncIterator[tuple[Office, Person, RealtimeServer]]:
    """Sage and Anna in a room, a worker and a control plane, and the model."""
    async with (
        RealtimeServer() as server,
        office(venue, server, folder) as worker,
        control_plane(venue, folder),
    ):
        await worker.run("join", venue.room, "--agent", "sage", "--create")
        async with people(venue, "Anna") as [(anna, _)]:
            yield worker, anna, server


async def say_until_recorded(venue: Venue, anna: Person, words: list[str], text: str = "") -> None:
    """Say it until the transcript has it whole: a busy machine damages words on their way.
    ``text``: how it is written, where that is not the words."""
    sound = [hush(400, rate=RATE), tones.encode(words), hush(900, rate=RATE)]

    async def recorded() -> bool:
        await anna.say(np.concatenate(sound), step_ms=50)
        return (text or " ".join(words)) in [one.text for one in await transcript(venue)]

    await eventually_true(recorded)


async def transcript(venue: Venue) -> list[Segment]:
    """As anybody would read it."""
    async with RoomControl.open(venue.settings()) as control:
        segments, _ = await control.transcript(venue.room, None)
    return segments


async def epoch_there(admin: LiveKitAdmin, room: str) -> int:
    """Of the agent that is in the room; 0 without one."""
    parsed = parse_agent_identity((await admin.agents(room)).get("sage", ""))
    return parsed[1] if parsed else 0


@asynccontextmanager
async def two_workers(
    venue: Venue, folder: Path
) -> AsyncIterator[tuple[Office, Person, Callable[[], Awaitable[bool]]]]:
    """A worker that has Sage, who has heard Anna, and an idle one; whether Sage has moved."""
    other = folder / "other"
    other.mkdir()
    async with (
        meeting(venue, folder) as (worker, anna, server),
        livekit_admin(venue.settings()) as admin,
    ):
        await say_until_recorded(venue, anna, WORDS[:3])
        before = await epoch_there(admin, venue.room)

        async def moved() -> bool:
            return await epoch_there(admin, venue.room) > before

        async with office(venue, server, other):
            yield worker, anna, moved
            await worker.run("leave", venue.room, "--agent", "sage")


async def test_an_agent_whose_job_process_is_killed_comes_back(
    venue: Venue, tmp_path: Path
) -> None:
    """It hears again, is muted as before, and the transcript says when nobody heard."""
    async with (
        meeting(venue, tmp_path) as (worker, anna, server),
        livekit_admin(venue.settings()) as admin,
    ):
        await say_until_recorded(venue, anna, WORDS[:3])
        await worker.run("floor", venue.room, "mute", "--agent", "sage")
        await anna.say(hush(2500, rate=RATE), step_ms=50)
        before = await epoch_there(admin, venue.room)
        job_process(worker.process.pid, server.url).kill()

        async def back() -> bool:
            return await epoch_there(admin, venue.room) > before

        await eventually_true(back)
        await say_until_recorded(venue, anna, WORDS[3:])
        assert list(await admin.agents(venue.room)) == ["sage"]
        with pytest.raises(AssertionError, match="muted"):
            await worker.run("floor", venue.room, "give", "--agent", "sage")
        segments = await transcript(venue)
        await worker.run("leave", venue.room, "--agent", "sage")

    [gap] = [one for one in segments if one.kind is SegmentKind.GAP]
    speech = [one for one in segments if one.kind is SegmentKind.SPEECH]
    last = max(one.start_ms for one in speech if one.epoch == before)
    first = min(one.start_ms for one in speech if one.epoch > before)
    assert gap.text == ABSENT
    assert last < gap.start_ms < gap.end_ms <= first
    assert " ".join(WORDS[:3]) in [one.text for one in speech]


async def test_an_agent_that_was_told_to_leave_stays_away(venue: Venue, tmp_path: Path) -> None:
    """Its place in the transcript has no gap when it is asked to come again."""
    async with (
        meeting(venue, tmp_path) as (worker, anna, _),
        livekit_admin(venue.settings()) as admin,
    ):
        await say_until_recorded(venue, anna, WORDS[:3])
        await worker.run("leave", venue.room, "--agent", "sage")
        await anna.say(hush(3000, rate=RATE), step_ms=50)
        assert await admin.agents(venue.room) == {}
        await worker.run("join", venue.room, "--agent", "sage")
        await say_until_recorded(venue, anna, WORDS[3:])
        segments = await transcript(venue)
        await worker.run("leave", venue.room, "--agent", "sage")
    assert {one.kind for one in segments} == {SegmentKind.SPEECH}


async def test_an_agent_whose_worker_is_killed_comes_back_in_another(
    venue: Venue, tmp_path: Path
) -> None:
    """Nobody gives a hint: its lease runs out."""
    async with two_workers(venue, tmp_path) as (worker, anna, moved):
        parent = psutil.Process(worker.process.pid)
        for process in (parent, *parent.children(recursive=True)):
            process.kill()
        await eventually_true(moved)
        await say_until_recorded(venue, anna, WORDS[3:])
        segments = await transcript(venue)
    assert [one.text for one in segments if one.kind is SegmentKind.GAP] == [ABSENT]


async def test_a_worker_that_is_told_to_end_hands_its_agent_over(
    venue: Venue, tmp_path: Path
) -> None:
    """To another worker, while somebody talks: no word is lost or doubled, and nothing is a gap."""
    async with two_workers(venue, tmp_path) as (worker, anna, moved):
        worker.process.send_signal(signal.SIGTERM)
        said = await _talk_until_ended(anna, worker.process)
        assert worker.process.returncode == 0
        assert await moved()
        await say_until_recorded(venue, anna, WORDS[3:])
        segments = await transcript(venue)
    words = [word for one in segments for word in one.text.split()]
    counts = {word: words.count(word) for word in said}
    assert {word: count for word, count in counts.items() if count != 1} == {}
    assert {one.kind for one in segments} == {SegmentKind.SPEECH}
    assert len({one.epoch for one in segments}) == 2


async def test_an_agent_is_handed_over_on_request(venue: Venue, tmp_path: Path) -> None:
    """Here to another process of the same worker."""
    async with (
        meeting(venue, tmp_path) as (worker, anna, _),
        livekit_admin(venue.settings()) as admin,
    ):
        await say_until_recorded(venue, anna, WORDS[:3])
        before = await epoch_there(admin, venue.room)
        told = await worker.run("hand-over", venue.room, "--agent", "sage")
        assert told.strip() == "handing over at a quiet moment"

        async def given() -> bool:
            listed = json.loads(await worker.run("agents", venue.room, "--json"))
            return int(listed["epoch"]) > before

        await eventually_true(given)
        await say_until_recorded(venue, anna, WORDS[3:])
        assert "sage run by" in await worker.run("agents", venue.room)
        segments = await transcript(venue)
        await worker.run("leave", venue.room, "--agent", "sage")
    assert {one.kind for one in segments} == {SegmentKind.SPEECH}


async def _talk_until_ended(anna: Person, process: asyncio.subprocess.Process) -> list[str]:
    """Sentences of four words with short pauses; what was said."""
    said: list[str] = []
    stock = tones.speaker_words(1, 160)
    for at in range(0, len(stock), 4):
        if process.returncode is not None:
            return said
        words = stock[at : at + 4]
        said += words
        await anna.say(np.concatenate([tones.encode(words), hush(700, rate=RATE)]), step_ms=50)
    raise AssertionError("the worker does not end")


@pytest.mark.parametrize("told", [False, True])
async def test_agents_come_back_with_livekit_server(
    redis_server: servers.Redis, room_name: str, tmp_path: Path, told: bool
) -> None:
    """It dies and forgets its rooms. Once people are there again the agent has another owner and
    another meeting, though its process came back by itself. That a room closed when its server
    ended means nothing, where it tells the control plane so."""
    hooks = servers.free_port()
    livekit = restart.livekit(f"http://127.0.0.1:{hooks}{PATH}" if told else "")
    livekit.start()
    async with AsyncExitStack() as stack:
        stack.callback(livekit.close)
        venue = Venue(livekit.server, redis_server, room_name)
        server = await stack.enter_async_context(RealtimeServer())
        worker = await stack.enter_async_context(office(venue, server, tmp_path))
        await stack.enter_async_context(control_plane(venue, tmp_path, hooks))
        admin = await stack.enter_async_context(livekit_admin(venue.settings()))
        await worker.run("join", venue.room, "--agent", "sage", "--create")
        before = await epoch_there(admin, venue.room)
        await asyncio.to_thread(livekit.close if told else livekit.kill)
        await asyncio.to_thread(livekit.start)
        async with people(venue, "Anna") as [(anna, _)]:

            async def back() -> bool:
                return await epoch_there(admin, venue.room) > before

            await eventually_true(back, 90)
            await say_until_recorded(venue, anna, WORDS[:3])
            await worker.run("leave", venue.room, "--agent", "sage")
