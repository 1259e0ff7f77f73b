"""The score counts each fault of a record as what it is, and a faultless record as faultless."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sim.drawing import draw
from tests.sim.error_rates import error_rates
from tests.sim.expected import expected_transcript
from tests.sim.meeting import Attendant, Recorded, Score, score
from tests.sim.script import Script, Window

pytestmark = pytest.mark.unit

SCRIPT = draw(3, 40, overlap=0.3, seed=5)
PEOPLE = [Attendant(role.identity, role.name, f"TR_{role.name}") for role in SCRIPT.cast]


def perfect(script: Script = SCRIPT, people: Sequence[Attendant] = PEOPLE) -> list[Recorded]:
    """The record that the script makes one expect."""
    tracks = {one.identity: one.track for one in people}
    return [
        Recorded(
            one.identity, one.name, tracks[one.identity], one.start_ms + 80, " ".join(one.words)
        )
        for one in expected_transcript(script)
    ]


def test_a_perfect_record_is_faultless() -> None:
    found = score(SCRIPT, PEOPLE, perfect())
    assert found.faultless
    assert (found.said, found.rates.named, found.rates.cp) == (SCRIPT.words, 0.0, 0.0)


def swap(record: list[Recorded]) -> list[Recorded]:
    """The first two speakers under each other's names."""
    anna, ben = PEOPLE[:2]
    other = {anna.identity: ben, ben.identity: anna}
    return [
        replace(one, identity=to.identity, name=to.name) if (to := other.get(one.identity)) else one
        for one in record
    ]


FAULTS: dict[str, Callable[[list[Recorded]], list[Recorded]]] = {
    "misattributed": swap,
    "lost": lambda record: [replace(record[0], text=record[0].text[7:]), *record[1:]],
    "doubled": lambda record: [*record, replace(record[3], text=record[3].text[-6:])],
    "misnamed": lambda record: [replace(record[0], name="Zoe"), *record[1:]],
    "disordered": lambda record: [
        replace(record[0], text=" ".join(reversed(record[0].text.split()))),
        *record[1:],
    ],
    "invented": lambda record: [*record, replace(record[0], text="zuzuzu")],
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_counted_as_what_it_is(name: str) -> None:
    found = score(SCRIPT, PEOPLE, FAULTS[name](perfect()))
    assert not found.faultless
    assert [fault for fault, count in found.faults.items() if count] == [name]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 6),
    st.sampled_from([0.0, 0.2, 0.4]),
    st.integers(0, 10_000),
    st.sampled_from(["none", "lose", "double", "move", "rename", "invent"]),
    st.randoms(use_true_random=False),
)
def test_any_single_fault_in_any_meeting_is_found(
    people: int, overlap: float, seed: int, fault: str, drawn: random.Random
) -> None:
    """And none where there is none; the rate by name is 0 exactly where no word is wrong."""
    script = draw(people, 15, overlap=overlap, seed=seed)
    present = [Attendant(role.identity, role.name, f"TR_{role.name}") for role in script.cast]
    record = perfect(script, present)
    at = drawn.randrange(len(record))
    one, words = record[at], record[at].text.split()
    if fault == "lose":
        words.pop(drawn.randrange(len(words)))
        record[at] = replace(one, text=" ".join(words))
    elif fault == "double":
        record.append(replace(one, text=drawn.choice(words), start_ms=one.start_ms + 9))
    elif fault == "move":
        record[at] = replace(one, identity=f"{one.identity}-not")
    elif fault == "rename":
        record[at] = replace(one, track="TR_other")
    elif fault == "invent":
        record.append(replace(one, text="zuzuzu"))
    found = score(script, present, record)
    assert found.faultless == (fault == "none")
    assert (found.rates.named > 0) == (fault not in ("none", "rename"))


def test_swapped_names_show_in_the_rate_by_name_and_in_no_other() -> None:
    """Why the usual rate is never a gate."""
    found = score(SCRIPT, PEOPLE, swap(perfect()))
    assert found.rates.cp == 0.0
    assert found.rates.named > 0.5


def test_words_that_the_network_damaged_are_nobodys_fault_but_too_many_prove_nothing() -> None:
    """They are told apart by what came out of the SFU."""
    record = perfect()
    gone = set(record[0].text.split())
    found = score(SCRIPT, PEOPLE, record[1:], lambda person, word: word not in gone)
    assert (found.damaged, found.lost, found.rates.named) == (len(gone), 0, 0.0)
    assert found.faultless
    assert not found.carried


def test_what_was_said_while_muted_may_not_be_in_the_record() -> None:
    first = SCRIPT.turns[0]
    muted = replace(SCRIPT.cast[0], mutes=(Window(first.start_s - 0.5, first.end_s + 0.5),))
    script = replace(SCRIPT, cast=(muted, *SCRIPT.cast[1:]))
    found: Score = score(script, PEOPLE, perfect())
    assert found.overheard == len(first.words)
    assert score(script, PEOPLE, perfect(script)).faultless


def test_an_empty_record_is_all_lost() -> None:
    found = score(SCRIPT, PEOPLE, [])
    assert (found.lost, found.rates.named, found.rates.cp) == (SCRIPT.words, 1.0, 1.0)


def test_the_rate_by_name_counts_words_of_somebody_who_said_nothing() -> None:
    assert error_rates({"a": "x y"}, {"a": "x y", "b": "z"}).named == 0.5
    with pytest.raises(ValueError, match="nobody said a word"):
        error_rates({}, {"a": "x"})
