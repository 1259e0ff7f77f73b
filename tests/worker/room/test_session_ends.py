"""Why a session ended is in the ledger of the track that it heard, one word for each way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from roomhand.attribution.ends import SessionEnd
from roomhand.room.sessions import SessionOptions
from roomhand_plugins.scripted.script import FaultKind
from tests.virtual_time import in_virtual_time
from tests.worker.room.session_stage import Person, Stage, stage

pytestmark = pytest.mark.unit


async def talk(stage: Stage, anna: Person) -> None:
    """For longer than a session of 20 s lives."""
    await anna.speak(*range(1, 161))
    await anna.wait(3)


async def fall_silent(stage: Stage, anna: Person) -> None:
    """One word, and then nothing for long."""
    await anna.speak(1)
    await anna.wait(30)


async def be_slow(stage: Stage, anna: Person) -> None:
    """The words of a turn do not come."""
    stage.plugin.hold_transcripts()
    await anna.speak(1)
    await anna.wait(12)
    stage.plugin.release_transcripts()
    await anna.wait(2)


def strike(fault: FaultKind) -> Callable[[Stage, Person], Awaitable[None]]:
    """This happens to the session after one word."""

    async def happen(stage: Stage, anna: Person) -> None:
        await anna.speak(1)
        stage.plugin.strike(fault)
        await anna.wait(1)

    return happen


@dataclass(frozen=True)
class Way:
    """How a session may end first."""

    happens: Callable[[Stage, Person], Awaitable[None]]
    script: Mapping[str, Any] = field(default_factory=dict)
    options: SessionOptions = field(default_factory=SessionOptions)


WAYS: Mapping[SessionEnd, Way] = {
    SessionEnd.IDLE: Way(fall_silent, options=SessionOptions(session_idle_s=20)),
    SessionEnd.RENEWED: Way(fall_silent, {"session_s": 20}),
    SessionEnd.RELIEVED: Way(talk, {"session_s": 20}),
    SessionEnd.NO_TRANSCRIPT: Way(be_slow, options=SessionOptions(transcript_due_s=5)),
    SessionEnd.EXPIRED: Way(strike(FaultKind.EXPIRE)),
    SessionEnd.LOST: Way(strike(FaultKind.LOSE_SOCKET)),
    SessionEnd.RATE_LIMITED: Way(strike(FaultKind.RATE_LIMIT)),
    SessionEnd.SERVER_ERROR: Way(strike(FaultKind.SERVER_ERROR)),
}


@pytest.mark.parametrize("end", WAYS)
@in_virtual_time
async def test_each_way_of_ending_has_its_word(end: SessionEnd) -> None:
    way = WAYS[end]
    async with stage(way.script, way.options) as s:
        anna = s.person("anna")
        await way.happens(s, anna)
        assert set(anna.ledger.sessions) == {end}, anna.ledger
        await anna.speak(999)
    assert anna.ledger.sessions[SessionEnd.CLOSING] >= 1
    assert anna.ledger.sessions.total() == s.opened
