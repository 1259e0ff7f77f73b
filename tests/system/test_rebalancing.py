"""A worker that comes gets an agent of one that is full, and nobody in the room notices."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from roomhand.attribution.segments import SegmentKind
from tests.sim import tones
from tests.sim.realtime_server import RealtimeServer
from tests.soak.roster import Roster, Stay
from tests.system.office import Office, control_plane, eventually_true, office
from tests.system.stage import RATE, Venue, people
from tests.system.test_failover import say_until_recorded, transcript
from tests.worker.room.speaking_person import Person, hush

pytestmark = [pytest.mark.livekit, pytest.mark.redis, pytest.mark.timeout(300)]

WORDS = tones.speaker_words(0, 6)
ROOMS = 3
"""Rooms alone fill a worker here, to three quarters, so that livekit-server may draw either."""
MOVES = re.compile(r"^roomhand_control_agents_rebalanced_total\{.*\} 1\.0$", re.MULTILINE)
"""Of the control plane: one, though livekit-server may draw so often amiss that it comes late."""


async def rooms_by_worker(worker: Office) -> list[int]:
    """How many rooms each worker of the test has, the fullest first."""
    told = map(json.loads, (await worker.run("workers", "--json")).splitlines())
    name = worker.venue.room
    return sorted((len(one["jobs"]) for one in told if one["name"] == name), reverse=True)


def gaps_of(roster: Roster) -> list[Stay]:
    """Owners that came when nobody was there any more."""
    stays = sorted(roster.stays, key=lambda one: one.from_s)
    return [
        one
        for at, one in enumerate(stays)
        if at and one.from_s > max(earlier.to_s for earlier in stays[:at])
    ]


async def talk_until_shared(anna: Person, worker: Office) -> list[str]:
    """Sentences of four words with short pauses, until an agent has moved; what was said."""
    said: list[str] = []
    stock = tones.speaker_words(1, 160)
    for at in range(0, len(stock), 4):
        words = stock[at : at + 4]
        said += words
        await anna.say(np.concatenate([tones.encode(words), hush(700, rate=RATE)]), step_ms=50)
        if await rooms_by_worker(worker) == [2, 1]:
            return said
    raise AssertionError("no agent has moved")


async def test_an_agent_goes_from_a_full_worker_to_one_that_joins(
    venue: Venue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody talks: the roster is never without it, no word is lost or doubled, and then
    everybody stays."""
    monkeypatch.setenv("ROOMHAND_CORES", "32")
    other = tmp_path / "other"
    other.mkdir()
    rooms = [venue.room, *(f"{venue.room}-{number}" for number in range(1, ROOMS))]
    async with (
        RealtimeServer() as server,
        office(venue, server, tmp_path, max_jobs=ROOMS + 1) as worker,
        control_plane(venue, tmp_path) as plane,
    ):
        for room in rooms:
            await worker.run("join", room, "--agent", "sage", "--create")
        async with people(venue, "Anna") as [(anna, _)]:
            await say_until_recorded(venue, anna, WORDS[:3])
            roster = Roster(anna.room)
            roster.watch()
            async with office(venue, server, other, max_jobs=ROOMS + 1):
                said = await talk_until_shared(anna, worker)
                await eventually_true(lambda: is_counted(plane), 120)
                await say_until_recorded(venue, anna, WORDS[3:])
                segments = await transcript(venue)
                assert await rooms_by_worker(worker) == [2, 1]
                roster.close()
                for room in rooms:
                    await worker.run("leave", room, "--agent", "sage")
    words = [word for one in segments for word in one.text.split()]
    counts = {word: words.count(word) for word in said}
    assert {word: count for word, count in counts.items() if count != 1} == {}
    assert {one.kind for one in segments} == {SegmentKind.SPEECH}
    assert len({one.epoch for one in segments}) == 2
    assert len(roster.stays) == 2
    assert gaps_of(roster) == []


async def is_counted(plane: Office) -> bool:
    """The control plane has settled its move, and that was the only one."""
    _, page = await plane.page("metrics")
    return len(MOVES.findall(page)) == 1
