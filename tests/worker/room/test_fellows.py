"""The ears and the voices of fellow agents in a real room: kept to know an echo, and not heard."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from livekit import rtc

from roomhand.attribution.identity import AGENT_ATTRIBUTE
from roomhand.clock import own_now_s
from roomhand.room import fellows as fellows_module
from roomhand.room.ears_options import EarsOptions
from roomhand.room.fellows import Fellows
from roomhand.room.router import open_router
from roomhand.turns.own_voice import OwnVoice
from roomhand.turns.played import FLOOR_DB, Played
from tests.sim import servers
from tests.worker.room.speaking_person import Person, hush, token, tone
from tests.worker.room.strict_listener import eventually

pytestmark = pytest.mark.livekit


@contextlib.asynccontextmanager
async def listening(server: servers.LiveKit, room: str) -> AsyncIterator[tuple[Fellows, rtc.Room]]:
    """An agent's ear for its fellows; nothing is open afterwards."""
    joined = rtc.Room()
    admission = token(server, room, "sage~1", kind="agent", attributes={AGENT_ATTRIBUTE: "sage"})
    await joined.connect(server.url, admission, rtc.RoomOptions(auto_subscribe=False))
    router = open_router()
    fellows = Fellows(joined, router, EarsOptions(), OwnVoice())
    fellows.start()
    try:
        yield fellows, joined
    finally:
        await asyncio.wait_for(fellows.aclose(), 10)
        assert all(line.stream is None for line in fellows._lines.values())
        await asyncio.wait_for(router.aclose(), 10)
        await asyncio.wait_for(joined.disconnect(), 10)


async def agent(server: servers.LiveKit, room: str, name: str = "max") -> Person:
    """A fellow, without a voice yet."""
    attributes = {AGENT_ATTRIBUTE: name}
    return await Person.join(server, room, f"{name}~7", kind="agent", attributes=attributes)


def plays(voice: Played) -> bool:
    """Whether a voice has just been heard."""
    return voice.sounded(own_now_s(), 0.2)


def loudest_db(voice: Played) -> float:
    """In the last half second."""
    now_s = own_now_s()
    return float(voice.levels(int(now_s * 100) - 10, 50, now_s).max())


async def has_begun(fellows: Fellows, count: int = 1) -> None:
    """Wait until so many fellows' tracks bring frames."""
    await eventually(lambda: sum(line.heard for line in fellows._lines.values()) == count)


async def test_what_a_fellow_says_is_known_and_its_silence_is_not_kept(
    livekit_server: servers.LiveKit, room_name: str
) -> None:
    async with listening(livekit_server, room_name) as (fellows, _):
        assert len(fellows.voices) == 1, "alone in the room there is only the own voice"
        peer = await agent(livekit_server, room_name)
        await peer.publish()
        await has_begun(fellows)
        [_, voice] = fellows.voices
        await peer.say(hush(600))
        assert not plays(voice)
        assert voice._end == 0
        await peer.say(tone(600))
        assert plays(voice)
        assert loudest_db(voice) > FLOOR_DB + 30
        await peer.leave()


async def test_a_fellow_that_was_there_before_is_known_too(
    livekit_server: servers.LiveKit, room_name: str
) -> None:
    """And a person, or another vendor's agent, is none."""
    peer = await agent(livekit_server, room_name)
    ann = await Person.join(livekit_server, room_name, "ann")
    other = await Person.join(livekit_server, room_name, "other", kind="agent")
    for who in (peer, ann, other):
        await who.publish()
    async with listening(livekit_server, room_name) as (fellows, joined):
        await has_begun(fellows)
        assert len(fellows.voices) == 2
        subscribed = {
            participant.identity
            for participant in joined.remote_participants.values()
            for publication in participant.track_publications.values()
            if publication.subscribed
        }
        assert subscribed == {"max~7"}
    for who in (peer, ann, other):
        await who.leave()


async def test_a_fellow_that_publishes_anew_is_the_same_voice(
    livekit_server: servers.LiveKit, room_name: str
) -> None:
    """As after a full reconnect of it: how it comes back stays known."""
    async with listening(livekit_server, room_name) as (fellows, _):
        peer = await agent(livekit_server, room_name)
        await peer.publish()
        await has_begun(fellows)
        before = list(fellows.voices)
        await peer.unpublish()
        await peer.publish()
        await has_begun(fellows)
        await peer.say(tone(500))
        assert fellows.voices == before
        assert plays(before[1])
        await peer.leave()


async def test_a_full_reconnect_of_the_ears_finds_the_fellow_again(
    livekit_server: servers.LiveKit, room_name: str
) -> None:
    async with listening(livekit_server, room_name) as (fellows, joined):
        peer = await agent(livekit_server, room_name)
        await peer.publish()
        await has_begun(fellows)
        reconnected = asyncio.Event()
        joined.on("reconnected", reconnected.set)
        await joined.simulate_scenario(rtc.SimulateScenarioKind.SIMULATE_FULL_RECONNECT)
        await asyncio.wait_for(reconnected.wait(), 15)
        saying = asyncio.create_task(peer.say(tone(3000)))
        await eventually(lambda: plays(fellows.voices[-1]))
        await saying
        assert len(fellows.voices) == 2
        await peer.leave()


async def test_the_last_words_of_a_fellow_that_leaves_are_known_a_little_longer(
    livekit_server: servers.LiveKit, room_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may still be on their way back."""
    monkeypatch.setattr(fellows_module, "TAIL_S", 0.6)
    async with listening(livekit_server, room_name) as (fellows, joined):
        peer = await agent(livekit_server, room_name)
        await peer.publish()
        await has_begun(fellows)
        await peer.leave()
        await eventually(lambda: not joined.remote_participants)
        assert len(fellows.voices) == 2
        await eventually(lambda: len(fellows.voices) == 1, 2)
