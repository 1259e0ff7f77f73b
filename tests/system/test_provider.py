"""A model provider that is slow, goes away, expires or refuses: no word lost, none doubled."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from roomhand.attribution.segments import SegmentKind
from roomhand.bridge.circuit import Circuit, CircuitLimits
from roomhand.room.provision import Provider, Provision
from tests.sim.realtime_server import Act, Behaviour, Fault, RealtimeServer, Refusal
from tests.system.gathering import read_captions
from tests.system.monologue import GAP, audio_of, heard_through, turns
from tests.system.stage import LISTENER, Tap, Venue, openai_plugin, people, sitting
from tests.worker.room.strict_listener import eventually

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

APPEND, COMMIT = "input_audio_buffer.append", "input_audio_buffer.commit"


async def test_a_slow_handshake_costs_latency_and_no_words(venue: Venue, tap: Tap) -> None:
    """0.1, 2 and 10 s before the provider lets us in, each in a room of its own."""
    rooms = [
        heard_through(
            replace(venue, room=f"{venue.room}-{delay_s}"),
            tap,
            Behaviour(handshake_delay_s=delay_s),
            turns(2),
        )
        for delay_s in (0.1, 2.0, 10.0)
    ]
    for minutes, records in await asyncio.gather(*rooms):
        assert len(records) == 1
        assert not minutes.of(GAP)


async def test_a_lost_socket_costs_no_words(venue: Venue, tap: Tap) -> None:
    """At the first sound, in a word, at the commit: what was under way is sent again, whole."""
    faults = [Fault("received", *at) for at in ((APPEND, Act.DROP, 1), (APPEND, Act.DROP, 9))]
    faults.append(Fault("received", COMMIT, Act.DROP, 1))
    rooms = [
        heard_through(
            replace(venue, room=f"{venue.room}-{number}"),
            tap,
            [Behaviour(faults=(fault,)), Behaviour()],
            turns(2),
        )
        for number, fault in enumerate(faults)
    ]
    for minutes, records in await asyncio.gather(*rooms):
        assert len(records) == 2
        assert not minutes.of(GAP)


async def test_sessions_that_expire_in_a_meeting_cost_no_words(venue: Venue, tap: Tap) -> None:
    """Every session ends after two and a half seconds, in the middle of a word or not."""
    brief = Behaviour(session_limit_s=2.5)
    minutes, records = await heard_through(venue, tap, brief, turns(4))
    assert len(records) >= 3
    assert not minutes.of(GAP)


async def test_a_refused_key_is_said_once_and_not_tried_again(venue: Venue) -> None:
    """Notice and holes in the record, one attempt per person, the agent stays at its work."""
    locked = Behaviour(api_keys=["sk-other"])
    async with (
        RealtimeServer(locked) as server,
        sitting(venue, openai_plugin(server), LISTENER) as held,
        people(venue, "Anna") as [(anna, known)],
    ):
        await held.seat.hears(known.track)
        await anna.say(audio_of(turns(3, words=2)), step_ms=50)
        await held.seat.until(lambda now: len(now.of(GAP)) == 3)
        assert held.seat.holding.lease.is_valid()
        assert [ref.sid for ref in held.seat.agent._ears.heard] == [known.track]
        await eventually(lambda: server._attempts == 1)
    [notice] = held.minutes.of(SegmentKind.NOTICE)
    assert "refuses" in notice.text
    assert [gap.speaker for gap in held.minutes.of(GAP)] == ["p-anna"] * 3
    assert set(held.minutes.unaccounted.values()) == {0}


async def test_a_stand_in_serves_and_gives_back_and_people_are_told_once_each_time(
    venue: Venue,
) -> None:
    """The first is out of order when the meeting begins; no word is lost at either change."""
    broken = Behaviour(refusal=Refusal(503, "server_error", "Overloaded."))
    said = turns(6)
    captions: dict[str, tuple[str, str, str]] = {}
    async with RealtimeServer([broken, Behaviour()]) as first, RealtimeServer() as second:
        provision = Provision(
            [
                Provider(name, openai_plugin(server), Circuit(CircuitLimits(), name))
                for name, server in (("first", first), ("second", second))
            ],
            return_s=5.0,
        )
        async with (
            sitting(venue, provision, LISTENER) as held,
            people(venue, "Anna") as [(anna, known)],
        ):
            provision.changed = held.seat.agent.provider_changed
            read_captions(anna.room, captions)
            await held.seat.hears(known.track)
            await anna.say(audio_of(said), step_ms=50)
            await held.seat.until(lambda now: said[-1][-1] in now.words_of("p-anna"))
        served = [len(server.sessions) for server in (first, second)]
    told = [one.text for one in held.minutes.of(SegmentKind.NOTICE)]
    assert served == [1, 1]
    assert len(told) == 2
    assert told[0].startswith("The model provider is now second (")
    assert told[1] == "The model provider is now first"
    shown = [text for identity, _, text in captions.values() if identity.startswith("sage~")]
    assert shown == ["The model provider is now second", "The model provider is now first"]
    assert held.minutes.words_of("p-anna") == [word for turn in said for word in turn]
    assert held.minutes.completeness().complete
