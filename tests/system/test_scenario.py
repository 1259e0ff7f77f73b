"""Meetings from scenario files, through a real SFU: the record and the ledger are as foretold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sim.scenario import load_scenario
from tests.system.gathering import Held, perform
from tests.system.stage import Tap, Venue

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

SCENARIOS = Path(__file__).parent / "scenarios"


def assert_as_foretold(held: Held) -> None:
    """Every word and every sample."""
    assert held.score.carried, "the machine is too busy to carry audio"
    assert held.score.faultless, held.score
    assert held.score.rates.named == 0.0
    assert held.imbalances == []


@pytest.mark.timeout(150)
async def test_people_who_come_go_and_mute_themselves(venue: Venue, tap: Tap) -> None:
    """Each word on the track of then; a muted one nowhere."""
    held = await perform(venue, tap, load_scenario(SCENARIOS / "coming_and_going.yaml"))
    assert_as_foretold(held)
    assert held.minutes.completeness().complete


@pytest.mark.timeout(150)
async def test_a_provider_and_a_network_that_fail(venue: Venue, tap: Tap) -> None:
    """Slow, lost and ending sessions cost no word; a lost track costs the words that were said
    meanwhile, and its time is listed as a hole."""
    held = await perform(venue, tap, load_scenario(SCENARIOS / "trouble.yaml"))
    assert_as_foretold(held)
    holes = held.minutes.completeness().holes
    assert [(hole.identity, hole.reason) for hole in holes] == [("p-ben", "reconnect")]
    assert holes[0].length_ms == pytest.approx(4000, abs=2000)
