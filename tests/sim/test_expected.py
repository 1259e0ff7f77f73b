"""What a record must say follows from the script alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.sim.drawing import NAMES, draw
from tests.sim.expected import Fate, TrackTime, expected_ledger, expected_transcript, fate
from tests.sim.scenario import parse_scenario
from tests.sim.script import Script, Window
from tests.sim.tones import decode

pytestmark = pytest.mark.unit

TEXT = """
people:
  - name: Anna
    leaves_s: 30
    says:
      - {at_s: 2, text: bababa}
      - {at_s: 6, text: bababe}
      - {at_s: 12, text: bababi}
      - {at_s: 18, text: bababo}
      - {at_s: 26, text: babada}
    mutes: [{from_s: 5, to_s: 8}]
    renames: [{at_s: 15, name: Annie}]
    republishes_s: [22]
  - {name: Ben, says: [{at_s: 2.2, text: debaba}]}
faults: [{kind: track_lost, who: p-anna, from_s: 11, to_s: 14}]
"""


@pytest.fixture
def script() -> Script:
    """Anna mutes herself, is lost for a while, takes another name, and publishes anew."""
    return parse_scenario(TEXT, "test")


def test_only_what_can_be_heard_is_expected_by_its_onset_and_under_the_name_of_then(
    script: Script,
) -> None:
    """A muted word is nobody's; a word that no subscription brought is a hole."""
    found = [(one.name, one.publication, *one.words) for one in expected_transcript(script)]
    assert found == [
        ("Anna", 0, "bababa"),
        ("Ben", 0, "debaba"),
        ("Annie", 0, "bababo"),
        ("Annie", 1, "babada"),
    ]
    fates = [fate(script, turn) for turn in script.turns_of(0)]
    heard, muted, unheard = Fate.HEARD, Fate.MUTED, Fate.UNHEARD
    assert fates == [heard, muted, unheard, heard, heard]


def test_each_track_has_its_time_its_absence_and_its_speech(script: Script) -> None:
    """Of a hole only what lies in the time of the track; of speech only what can be heard."""
    first, second, ben = expected_ledger(script)
    assert replace(first, spoken_s=0) == TrackTime("p-anna", 0, 22.0, {"reconnect": 3.0}, 0)
    assert replace(second, spoken_s=0) == TrackTime("p-anna", 1, 8.0, {}, 0)
    assert [first.spoken_s, second.spoken_s] == pytest.approx([0.84, 0.42])
    assert ben.published_s == pytest.approx(script.length_s)


def test_audio_has_every_word_in_its_place(script: Script) -> None:
    """Also that of a part of the meeting."""
    whole = decode(script.audio_of(0))
    starts = [round(word.first / 24_000, 1) for word in whole]
    assert (starts, whole[0].word) == ([2.0, 6.0, 12.0, 18.0, 26.0], "bababa")
    part = decode(script.audio_of(0, Window(22, 30)))
    assert [(word.word, round(word.first / 24_000, 1)) for word in part] == [("babada", 4.0)]
    assert len(script.audio_of(0, Window(22, 30))) == 8 * 24_000


@pytest.mark.parametrize("people", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("overlap", [0.0, 0.2, 0.4])
def test_a_drawn_meeting_has_the_overlap_that_was_asked_for(people: int, overlap: float) -> None:
    """Nobody interrupts himself, and everybody has words of their own."""
    for seed in range(5):
        script = draw(people, 60, overlap=overlap, seed=seed)
        assert script.overlap == pytest.approx(overlap if people > 1 else 0, abs=0.04)
        assert {role.name for role in script.cast} == set(NAMES[:people])
        assert {turn.person for turn in script.turns} == set(range(people))
        assert len({word for turn in script.turns for word in turn.words}) == script.words > 90
        assert script.length_s <= 60
        np.concatenate([script.audio_of(person) for person in range(people)])
