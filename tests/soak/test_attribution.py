"""The attribution gate: each planted fault is red, and damaged audio is called by its name."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from tests.demo.score import Score as SentenceScore
from tests.sim import servers
from tests.sim.error_rates import ErrorRates
from tests.sim.meeting import Score
from tests.soak import attribution as module
from tests.soak.attribution import CELLS, GRID, Cell, attribution, judge, judge_aloud, sentences
from tests.soak.samples import faultless
from tests.system import plants
from tests.system.stage import Venue

CELL = Cell(16, 0.4)
GOOD = faultless(100)


@pytest.mark.livekit
@pytest.mark.redis
@pytest.mark.parametrize("name", plants.TRANSCRIPT)
async def test_a_planted_fault_is_found(
    livekit_server: servers.LiveKit,
    redis_server: servers.Redis,
    room_name: str,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """Two people, seven seconds: red, for the fault's own reason."""
    plant, fault = plants.TRANSCRIPT[name]
    plant(monkeypatch)
    venue = Venue(livekit_server, redis_server, room_name)
    found = await attribution([(2, venue)], length_s=7)
    assert found.counts["words_said"] > 0
    assert found.counts["failures"] == 1
    assert found.counts[fault] > 0, found.figures()
    assert found.counts[f"people_2_overlap_40_{fault}"] == found.counts[fault]


@pytest.mark.unit
def test_the_grid_has_every_cell_and_one_aloud() -> None:
    assert len(GRID) == 12
    assert [cell.name for cell in CELLS[-2:]] == ["people_16_overlap_40", "aloud"]


@pytest.mark.unit
def test_any_fault_is_a_failure() -> None:
    """A lost word, a hole in a meeting that had none, a ledger that does not balance."""
    assert judge(CELL, GOOD, 0, 0).counts["failures"] == 0
    for outcome, holes, imbalances in [(replace(GOOD, lost=1), 0, 0), (GOOD, 1, 0), (GOOD, 0, 1)]:
        assert judge(CELL, outcome, holes, imbalances).counts["failures"] == 1
    misnamed = replace(GOOD, rates=ErrorRates(named=0.01, cp=0.0))
    assert judge(CELL, misnamed, 0, 0).counts["failures"] == 1


@pytest.mark.unit
def test_audio_that_the_machine_damaged_is_red_and_not_the_products_fault(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Three words in a hundred are too many, two are counted."""
    found = judge(CELL, replace(GOOD, damaged=3), 0, 0)
    assert (found.counts["failures"], found.counts["not_carried"], found.counts["lost"]) == (
        1,
        1,
        0,
    )
    assert "3 of 100 words came out of the SFU damaged" in capsys.readouterr().out
    assert judge(CELL, replace(GOOD, damaged=2), 0, 0).counts["failures"] == 0


@pytest.mark.unit
@pytest.mark.parametrize(
    ("first", "held", "failures"),
    [
        (replace(GOOD, damaged=30, lost=1), 2, 0),
        (replace(GOOD, damaged=30, doubled=1), 1, 1),
        (replace(GOOD, damaged=30, misattributed=1), 1, 1),
        (replace(GOOD, damaged=30, misnamed=1), 1, 1),
    ],
)
async def test_a_meeting_is_held_again_only_where_the_machine_is_to_blame(
    monkeypatch: pytest.MonkeyPatch, room_name: str, first: Score, held: int, failures: int
) -> None:
    """Thirty damaged words excuse a lost one, and none that is written wrong; the next is good."""
    outcomes = [first, GOOD]
    rooms: list[str] = []

    async def hold(venue: Venue, *_: object) -> tuple[Any, float]:
        rooms.append(venue.room)
        minutes = SimpleNamespace(completeness=lambda: SimpleNamespace(holes=()))
        return SimpleNamespace(score=outcomes.pop(0), minutes=minutes, imbalances=()), 50.0

    monkeypatch.setattr(module, "_hold", hold)
    nowhere: Any = None
    venue = Venue(nowhere, nowhere, room_name)
    found = (await module._in_tones(CELL, venue, 1, "ws://127.0.0.1:1", 7)).counts
    assert rooms == [f"{room_name}-{number}" for number in range(held)]
    assert (found["failures"], found["held_again"]) == (failures, held - 1)
    wrong = sum(found[name] for name in ("doubled", "misattributed", "misnamed"))
    assert (wrong, found["lost"]) == (failures, 0)


@pytest.mark.unit
def test_aloud_a_wrong_word_is_a_rate_and_a_lost_sentence_a_failure() -> None:
    rates = ErrorRates(named=0.13, cp=0.12)
    heard = judge_aloud(CELLS[-1], 90, SentenceScore({}, 0, 0, 0), rates, 0)
    assert (heard.counts["failures"], heard.samples["aloud_named_wer"]) == (0, [0.13])
    for wrong in [
        SentenceScore({}, 1, 0, 0),
        SentenceScore({}, 0, 1, 0),
        SentenceScore({}, 0, 0, 1),
    ]:
        assert judge_aloud(CELLS[-1], 90, wrong, rates, 0).counts["failures"] == 1
    slow = judge_aloud(CELLS[-1], 90, SentenceScore({}, 0, 0, 0), rates, 3)
    assert (slow.counts["failures"], slow.counts["holes_listed"]) == (1, 3)


@pytest.mark.speech
def test_people_who_speak_aloud_overlap_and_never_interrupt_themselves() -> None:
    script = sentences(4, 12)
    assert {turn.person for turn in script.turns} == {0, 1, 2, 3}
    assert 0.1 < script.overlap < 0.4
    for person in range(4):
        turns = script.turns_of(person)
        assert all(a.end_s + 1 < b.start_s for a, b in pairwise(turns))
