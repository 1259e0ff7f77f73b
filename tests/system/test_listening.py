"""An agent whose plugin only listens: everything is written down, and it cannot speak."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from roomhand.attribution.segments import SegmentKind
from roomhand.room.presence import FLOOR_ATTRIBUTE
from tests.sim import tones
from tests.sim.realtime_server import Behaviour, RealtimeServer
from tests.system.stage import RATE, Tap, Venue, openai_plugin, people, profile, sitting
from tests.worker.room.speaking_person import hush
from tests.worker.room.strict_listener import eventually

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

CALL = "minutes what did we decide"


async def test_it_transcribes_everybody_and_is_silent_also_when_called(
    venue: Venue, tap: Tap
) -> None:
    """Its sessions have no model that could answer; nobody hears a track of it."""
    behaviour = Behaviour(vocabulary=CALL.split())
    said = {"Anna": tones.as_words(CALL), "Ben": tones.speaker_words(1, 5)}
    async with (
        RealtimeServer(behaviour) as server,
        sitting(venue, openai_plugin(server, listen_only=True), profile("minutes")) as held,
        people(venue, *said) as present,
    ):
        tracks = {known.name: known.track for _, known in present}
        await held.seat.hears(*tracks.values())
        quiet = hush(900, rate=RATE)
        audio = {
            name: np.concatenate([quiet, tones.encode(of), quiet]) for name, of in said.items()
        }
        await asyncio.gather(*(who.say(audio[known.name], step_ms=50) for who, known in present))
        minutes = await held.seat.until(lambda now: len(now.of(SegmentKind.SPEECH)) == 2)
        agent = held.seat.room.local_participant
        await eventually(lambda: agent.attributes.get(FLOOR_ATTRIBUTE) == "silent")
        assert dict(agent.track_publications) == {}
        assert [one.config["type"] for one in server.sessions] == ["transcription"] * 2
        text = " ".join(tap.carried(tracks["Ben"], said["Ben"]))
        assert {one.name: one.text for one in minutes.of(SegmentKind.SPEECH)}["Ben"] == text
    assert held.minutes.of(SegmentKind.AGENT) == held.minutes.of(SegmentKind.NOTICE) == []
    assert held.minutes.completeness().complete
