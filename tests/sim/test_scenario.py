"""A scenario file becomes a script, or says which field is wrong and how to mend it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from roomhand.errors import ConfigError
from tests.sim.drawing import STOCK
from tests.sim.scenario import load_scenario, parse_scenario
from tests.sim.script import Rename, Trouble, Window
from tests.sim.tones import speaker_of, speaker_words

pytestmark = pytest.mark.unit

FULL = """
seed: 3
people:
  - name: Anna
    says: [{at_s: 1.0, words: 4}, {at_s: 9.0, words: 2}]
    mutes: [{from_s: 4.5, to_s: 7.0}]
    renames: [{at_s: 8.0, name: Annie}]
  - {name: Ben, joins_s: 3, leaves_s: 25, republishes_s: [14]}
talk: {from_s: 10.5, to_s: 24.0, overlap: 0.2}
faults:
  - {kind: provider_lost, at_s: 5}
  - {kind: provider_slow, by_s: 2}
  - {kind: sessions_end, after_s: 20}
  - {kind: track_lost, who: p-anna, from_s: 12, to_s: 16}
"""


def test_everything_that_a_file_can_say_is_in_the_script() -> None:
    script = parse_scenario(FULL, "full.yaml")
    anna, ben = script.cast
    assert (anna.identity, anna.mutes) == ("p-anna", (Window(4.5, 7.0),))
    assert (anna.renames, anna.unheard) == ((Rename(8.0, "Annie"),), (Window(12, 16),))
    assert script.published(1) == (Window(3, 14), Window(14, 25))
    assert ben.leaves_s == 25
    assert script.trouble == Trouble(handshake_s=2, sessions_live_s=20, lost_s=(5,))
    assert script.words_of(0)[:6] == speaker_words(0, STOCK, seed=3)[:6]
    assert {speaker_of(word) for word in script.words_of(1)} == {1}
    assert len(script.turns_of(1)) > 1


def test_the_same_file_is_the_same_meeting_and_another_seed_is_another() -> None:
    assert parse_scenario(FULL, "a") == parse_scenario(FULL, "b")
    assert parse_scenario(FULL, "a") != parse_scenario(FULL.replace("seed: 3", "seed: 4"), "b")


def test_json_will_do(tmp_path: Path) -> None:
    path = tmp_path / "meeting.json"
    path.write_text(json.dumps({"people": [{"name": "Anna", "says": [{"at_s": 1, "words": 2}]}]}))
    assert load_scenario(path).words == 2


def test_drawn_turns_keep_away_from_everything_that_would_make_them_uncertain() -> None:
    """No seed draws a word into a mute, a change of tracks, or another turn of its speaker."""
    for seed in range(30):
        script = parse_scenario(FULL.replace("seed: 3", f"seed: {seed}"), "drawn")
        assert script.words > 12


def test_speech_aloud_takes_as_long_as_its_voice_needs() -> None:
    text = "{speech: voices, people: [{name: Anna, says: [{at_s: 1, text: good morning}]}]}"
    script = parse_scenario(text, "aloud", measure=lambda text, voice: len(text) / 10)
    assert script.turns[0].end_s == pytest.approx(2.2)
    with pytest.raises(ConfigError, match="nobody measures"):
        parse_scenario(text, "aloud")


SAYS = {"name": "Anna", "says": [{"at_s": 2, "words": 2}]}


def with_anna(**fields: Any) -> dict[str, Any]:
    """A file with one person."""
    return {"people": [SAYS | fields]}


@pytest.mark.parametrize(
    ("file", "where", "problem"),
    [
        ({}, "people", "missing"),
        ({"people": [{"name": "Anna"}]}, "people", "nobody says a word"),
        (with_anna(mute=[]), "people.0.mute", "is not a known field"),
        (with_anna(says=[{"at_s": 1}]), "people.0.says.0", "either words (how many) or text"),
        (with_anna(says=[{"at_s": 1, "text": "hello"}]), "people.0.says.0.text", "no tone word"),
        (with_anna(says=[{"at_s": -1, "words": 1}]), "people.0.says.0.at_s", "greater than"),
        (with_anna(mutes=[{"from_s": 3, "to_s": 3}]), "people.0.mutes.0", "must be after"),
        (with_anna(mutes=[{"from_s": 2.5, "to_s": 4}]), "people.0.mutes", "half muted"),
        (with_anna(mutes=[{"from_s": 90, "to_s": 99}]), "people.0.mutes", "has no track"),
        (with_anna(renames=[{"at_s": 2.2, "name": "A"}]), "people.0.renames", "two names"),
        (with_anna(leaves_s=2), "people.0.says", "has no track"),
        (with_anna(joins_s=4, leaves_s=3), "people.0.leaves_s", "not after joins_s"),
        (with_anna(republishes_s=[2.1]), "people.0.says", "has no track"),
        (with_anna(republishes_s=[99]), "people.0.republishes_s", "is not there then"),
        (with_anna(says=[SAYS["says"][0]] * 2), "people.0.says", "still speaks"),
        ({"people": [SAYS, SAYS]}, "people.0.identity", "p-anna is taken"),
        (
            with_anna() | {"faults": [{"kind": "track_lost", "who": "x", "from_s": 1, "to_s": 2}]},
            "faults.0.who",
            "x is nobody",
        ),
        (with_anna() | {"faults": [{"kind": "fire", "at_s": 1}]}, "faults.0", "fire"),
        (with_anna() | {"talk": {"from_s": 4, "to_s": 9, "overlap": 2}}, "talk.overlap", "less"),
    ],
)
def test_a_fault_is_named_with_field_and_fix(file: Any, where: str, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_scenario(json.dumps(file), "bad.json")
    found = [fault for fault in raised.value.faults if problem in fault.problem]
    assert [fault.where for fault in found][:1] == [f"bad.json {where}"], raised.value.faults
    assert all(fault.fix for fault in raised.value.faults)


def test_text_that_is_no_file_of_any_kind_is_refused_with_its_line() -> None:
    with pytest.raises(ConfigError, match=r"bad.yaml:2: is neither YAML nor JSON"):
        parse_scenario("people:\n  - [", "bad.yaml")
