"""A meeting through a real SFU into a real Redis: every word, once, under the right name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roomhand.attribution.segments import SegmentKind
from tests.system.gathering import hold
from tests.system.stage import Tap, Venue

pytestmark = [pytest.mark.livekit, pytest.mark.redis]


@pytest.mark.timeout(240)
async def test_four_people_for_a_minute(venue: Venue, tap: Tap) -> None:
    """No word lost, doubled, moved or invented, in the record and in the captions; every sample
    of every track accounted for; and the agent, whom nobody called, silent."""
    held = await hold(venue, tap, 4, 60)
    if not held.score.carried:
        held = await hold(replace(venue, room=f"{venue.room}-again"), tap, 4, 60)
    assert held.script.overlap >= 0.2
    assert held.score.said >= 130
    assert held.score.carried, "the machine is too busy to carry audio"
    assert held.score.faultless, held.score
    shown = {
        segment.id: (segment.speaker, segment.track, segment.text)
        for segment in held.minutes.of(SegmentKind.SPEECH)
    }
    assert held.captions == shown
    assert not held.minutes.of(SegmentKind.AGENT)
    assert not held.minutes.of(SegmentKind.GAP)
    assert len(held.minutes.accounts) == 4
    assert held.imbalances == []
