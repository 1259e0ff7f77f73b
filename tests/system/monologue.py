"""One person speaks to an agent whose provider misbehaves; no word may be lost or doubled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from roomhand.attribution.segments import SegmentKind
from tests.sim import tones
from tests.sim.realtime_server import Behaviour, RealtimeServer, SessionRecord
from tests.system.stage import LISTENER, RATE, Minutes, Tap, Venue, openai_plugin, people, sitting
from tests.worker.room.speaking_person import hush

GAP = SegmentKind.GAP


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
