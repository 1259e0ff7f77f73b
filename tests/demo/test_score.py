"""The judge of words: silent about what a recogniser gets wrong, loud about what we do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.demo.plant import Plant, plant
from tests.demo.rehearsal import rehearsed
from tests.demo.score import score

pytestmark = pytest.mark.unit

SEEDS = range(100)


@pytest.mark.parametrize("error_rate", [0.0, 0.08, 0.15])
def test_a_recogniser_s_errors_are_word_errors_and_nothing_else(error_rate: float) -> None:
    rates: list[float] = []
    for seed in SEEDS:
        _, spoken, heard = rehearsed(seed, error_rate)
        scored = score(spoken, heard)
        assert (scored.misattributed, scored.lost, scored.doubled) == (0, 0, 0), seed
        rates += scored.wer_by_identity.values()
    assert sum(rates) / len(rates) == pytest.approx(error_rate, abs=0.05)


@pytest.mark.parametrize("error_rate", [0.0, 0.15])
@pytest.mark.parametrize("fault", list(Plant))
def test_a_planted_fault_is_always_found(fault: Plant, error_rate: float) -> None:
    for seed in SEEDS:
        _, spoken, heard = rehearsed(seed, error_rate)
        scored = score(spoken, plant(heard, fault, seed))
        found = {
            Plant.SWAP: scored.misattributed,
            Plant.DROP: scored.lost,
            Plant.DOUBLE: scored.doubled,
        }
        assert found[fault] > 0, seed


def test_names_swapped_in_the_whole_transcript_put_nearly_every_word_under_a_wrong_name() -> None:
    script, spoken, heard = rehearsed(1)
    one, other, _ = (who.identity for who in script.cast)
    swap = {one: other, other: one}
    swapped = [replace(s, speaker=swap.get(s.speaker, s.speaker)) for s in heard]
    theirs = sum(len(s.text.split()) for s in heard if s.speaker in swap)
    assert score(spoken, swapped).misattributed > 0.7 * theirs


@pytest.mark.parametrize("seed", range(40))
def test_names_swapped_where_two_speak_at_once_are_found(seed: int) -> None:
    script, spoken, heard = rehearsed(seed)
    pair = next(beat for beat in script.beats if len(beat.sayings) == 2)
    texts = {saying.text.lower() for saying in pair.sayings}
    first, second = (s for s in heard if s.text in texts)
    swap = {first.speaker: second.speaker, second.speaker: first.speaker}
    swapped = [replace(s, speaker=swap[s.speaker]) if s.text in texts else s for s in heard]
    assert score(spoken, heard).misattributed == 0
    assert score(spoken, swapped).misattributed >= 5


def test_words_of_one_in_the_turn_of_another_are_found() -> None:
    _, spoken, heard = rehearsed(1)
    source, target = heard[0], heard[1]
    near = replace(target, start_ms=source.start_ms)
    moved = [
        replace(source, text=" ".join(source.text.split()[:-3])),
        replace(near, text=" ".join([*source.text.split()[-3:], target.text])),
        *heard[2:],
    ]
    assert score(spoken, moved).misattributed >= 2


def test_a_turn_transcribed_twice_under_another_id_is_doubled_not_misattributed() -> None:
    _, spoken, heard = rehearsed(5)
    again = replace(heard[0], id="again", text=" ".join(heard[0].text.split()[2:]))
    scored = score(spoken, [*heard, again])
    assert scored.doubled >= 3
    assert scored.misattributed == 0


def test_a_turn_in_two_segments_is_neither_lost_nor_doubled() -> None:
    _, spoken, heard = rehearsed(5)
    words = heard[0].text.split()
    middle_ms = (heard[0].start_ms + heard[0].end_ms) // 2
    first = replace(heard[0], text=" ".join(words[:4]), end_ms=middle_ms)
    second = replace(heard[0], id="b", text=" ".join(words[4:]), start_ms=middle_ms)
    scored = score(spoken, [first, second, *heard[1:]])
    assert (scored.misattributed, scored.lost, scored.doubled) == (0, 0, 0)


def test_an_older_revision_counts_no_more() -> None:
    _, spoken, heard = rehearsed(2)
    better = replace(heard[0], revision=2)
    scored = score(spoken, [replace(heard[0], text="nothing of it"), *heard[1:], better])
    assert (scored.lost, scored.doubled) == (0, 0)


def test_an_empty_transcript_has_lost_everything() -> None:
    _, spoken, heard = rehearsed(2)
    assert score(spoken, []).lost == sum(len(s.text.split()) for s in heard)
