"""A model provider that is slow, goes away, expires or refuses: no word lost, none doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from roomhand.attribution.segments import SegmentKind
from tests.sim import tones
from tests.sim.realtime_server import Act, Behaviour, Fault, RealtimeServer, SessionRecord
from tests.system.stage import LISTENER, RATE, Minutes, Tap, Venue, openai_plugin, people, sitting
from tests.worker.room.speaking_person import hush
from tests.worker.room.strict_listener import eventually

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

APPEND, COMMIT = "input_audio_buffer.append", "input_audio_buffer.commit"


def turns(count: int, words: int = 4) -> list[list[str]]:
    """So many turns of different words."""
    stock = tones.speaker_words(0, count * words)
    return [stock[at : at + words] for at in range(0, len(stock), words)]


def audio_of(said: Sequence[Sequence[str]], pause_ms: int = 900) -> tones.Samples:
    """The turns with a pause around each."""
    pause = hush(pause_ms, rate=RATE)
    spoken = [piece for turn in said for piece in (tones.encode(turn), pause)]
    return np.concatenate([pause, *spoken])


async def heard_through(
    venue: Venue,
    tap: Tap,
    behaviours: Behaviour | Sequence[Behaviour],
    said: Sequence[Sequence[str]],
    **options: object,
) -> tuple[Minutes, list[SessionRecord]]:
    """Anna says this to an agent with such a provider; the words that came out damaged are 0."""
    words = [word for turn in said for word in turn]
    async with (
        RealtimeServer(behaviours) as server,
        sitting(venue, openai_plugin(server, **options), LISTENER) as held,
        people(venue, "Anna") as [(anna, known)],
    ):
        await held.seat.hears(known.track)
        await anna.say(audio_of(said), step_ms=50)
        await held.seat.until(
            lambda now: set(now.words_of("p-anna")) >= set(words[-2:]) or now.of(GAP)
        )
        records = server.sessions
    lost = [word for word in words if word not in held.minutes.words_of("p-anna")]
    damaged = [word for word in lost if not tap.arrived(known.track, word)]
    assert len(damaged) * 20 <= len(words), "the machine is too busy to carry audio"
    assert [word for word in lost if word not in damaged] == []
    found = held.minutes.words_of("p-anna")
    assert found == [word for word in words if word not in damaged], "doubled or in disorder"
    assert set(held.minutes.unaccounted.values()) == {0}
    assert held.minutes.dropped == {}
    return held.minutes, records


GAP = SegmentKind.GAP


async def test_a_slow_handshake_costs_latency_and_no_words(venue: Venue, tap: Tap) -> None:
    """0.1, 2 and 10 s before the provider lets us in, each in a room of its own."""
    rooms = [
        heard_through(
            replace(venue, room=f"{venue.room}-{delay_s}"),
            tap,
            Behaviour(handshake_delay_s=delay_s),
            turns(3),
        )
        for delay_s in (0.1, 2.0, 10.0)
    ]
    for minutes, records in await asyncio.gather(*rooms):
        assert len(records) == 1
        assert not minutes.of(GAP)


@pytest.mark.parametrize(
    ("event", "nth"),
    [(APPEND, 9), (COMMIT, 1), (APPEND, 1)],
    ids=["mid-word", "at the commit", "at the first sound"],
)
async def test_a_lost_socket_costs_no_words(venue: Venue, tap: Tap, event: str, nth: int) -> None:
    """What was under way is sent again, whole, on the next session."""
    broken = Behaviour(faults=(Fault("received", event, Act.DROP, nth),))
    minutes, records = await heard_through(venue, tap, [broken, Behaviour()], turns(2))
    assert len(records) == 2
    assert not minutes.of(GAP)


async def test_sessions_that_expire_in_a_meeting_cost_no_words(venue: Venue, tap: Tap) -> None:
    """Every session of this provider ends after three seconds, in the middle of a word or not."""
    brief = Behaviour(session_limit_s=3.0)
    minutes, records = await heard_through(venue, tap, brief, turns(5))
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
