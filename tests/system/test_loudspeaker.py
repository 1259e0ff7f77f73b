"""Two agents and somebody without headphones: an agent's echo is nobody's words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from roomhand.attribution.segments import SegmentKind
from roomhand.coordination.floor_channel import FloorChannel
from roomhand.turns.floor_event import Event, RoomEvent
from roomhand.turns.floor_request import Status
from tests.sim import tones
from tests.system.company import Member, Model, assembly
from tests.system.stage import Venue
from tests.system.test_agent import carried, say_clearly
from tests.worker.room.loudspeaker import Without
from tests.worker.room.strict_listener import eventually

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

BEN = "p-ben"
ECHO_DB = -10.0


@asynccontextmanager
async def ben(venue: Venue, agent: str, delay_ms: int) -> AsyncIterator[Without]:
    """He is in the room for as long as the block runs."""
    person = await Without.enter(
        venue.livekit, venue.room, BEN, agent, delay_ms=delay_ms, db=ECHO_DB
    )
    try:
        yield person
    finally:
        await person.leave()


@asynccontextmanager
async def floor_events(member: Member) -> AsyncIterator[list[Event]]:
    """What is told of the floor from now on."""
    holding = member.seat.holding
    told: list[Event] = []
    async with FloorChannel(holding.scripts, holding.keys).listen() as events:

        async def keep() -> None:
            async for event in events:
                told.append(event)

        keeping = asyncio.create_task(keep())
        try:
            yield told
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("delay_ms", [60, 400])
async def test_an_agents_echo_is_nobodys_words_to_another_and_who_talks_over_it_is_heard(
    venue: Venue, delay_ms: int
) -> None:
    """Sage transcribes and is silent while Max speaks, twice: it neither reports a person nor
    writes a word of it. Into the second reply Ben speaks, and Max stops for him."""
    model = Model(tones.speaker_words(41, 12))
    words = tones.speaker_words(3, 6)
    async with (
        assembly(venue, ("sage", "max"), ("Anna",), {"max": model}) as room,
        ben(venue, "max", delay_ms) as person,
    ):
        [(anna, _)] = room.present
        scribe, speaking = room.scribe, room["max"]
        assert scribe.name == "sage"
        for member in (scribe, speaking):
            await member.seat.hears(person.sid)
        async with floor_events(scribe) as told:
            await say_clearly(scribe.seat, anna, "max what did we decide")
            first = await room.until(1)
            await asyncio.sleep(2)
        await say_clearly(scribe.seat, anna, "max what did we decide today")
        await eventually(lambda: speaking.seat.agent._mouth.speaking)
        await asyncio.sleep(2)
        await person.say(words)
        await eventually(lambda: not speaking.seat.agent._mouth.speaking)
        await scribe.seat.until(lambda now: now.words_of(BEN))
    granted = [event.event for event in told].index(Status.GRANTED)
    assert RoomEvent.PEOPLE_STARTED not in [event.event for event in told[granted:]]
    [answer] = first.of(SegmentKind.AGENT)
    assert not answer.interrupted
    assert first.words_of(BEN) == []
    minutes = scribe.sitting.minutes
    assert [one.interrupted for one in minutes.of(SegmentKind.AGENT)] == [False, True]
    # The turn begins a moment before his voice, where the echo alone is heard.
    own = [word for word in minutes.words_of(BEN) if word in words]
    assert len(minutes.words_of(BEN)) - len(own) <= 1, "words of the agent are written as his"
    assert carried(own, words)
