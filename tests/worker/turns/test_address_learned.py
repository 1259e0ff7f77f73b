"""What lines taught may overrule the rules, and belongs to the marks that it was learned from."""

from __future__ import annotations

import math

import numpy as np
import pytest

from roomhand.turns.address import get_ready
from roomhand.turns.address_languages import LEXICONS
from roomhand.turns.address_learned import Weights, hashes
from roomhand.turns.address_weights import learned
from tests.corpus.addressing.learn import example, fingerprint, sample

pytestmark = pytest.mark.unit


def weights(told: dict[str, float], bias: float = 0.0) -> Weights:
    """Of a few marks."""
    found = sorted((int(hashes([mark])[0]), weight) for mark, weight in told.items())
    return Weights(
        np.array([mark for mark, _ in found], np.uint32),
        np.array([weight for _, weight in found], np.float32),
        bias,
        fingerprint=0,
    )


def test_marks_add_up() -> None:
    """As in any logistic regression."""
    judge = weights({"comma": 2.0, "quoted": -3.0}, bias=0.5)
    assert judge.likelihood(["comma"]) == pytest.approx(1 / (1 + math.exp(-2.5)))
    assert judge.likelihood(["comma", "quoted"]) == pytest.approx(1 / (1 + math.exp(0.5)))


def test_a_mark_counts_once() -> None:
    """However often it was met."""
    judge = weights({"comma": 2.0})
    assert judge.likelihood(["comma", "comma"]) == judge.likelihood(["comma"])


def test_marks_that_were_never_met_tell_nothing() -> None:
    """Also those that would lie behind the last one."""
    judge = weights({"comma": 2.0}, bias=-1.0)
    for mark in ("a", "b", "c", "d", "e"):
        assert judge.likelihood([mark]) == pytest.approx(1 / (1 + math.exp(1.0)))


@pytest.mark.parametrize("weight", [1e6, -1e6])
def test_no_weight_is_too_heavy(weight: float) -> None:
    """The likelihood stays a number from 0 to 1."""
    assert 0 <= weights({"comma": weight}).likelihood(["comma"]) <= 1


def test_the_weights_were_learned_from_what_the_judge_sees_today() -> None:
    """Whoever changes a rule, a word or a mark learns again (tests/corpus/addressing/learn.py)."""
    assert fingerprint(map(example, sample())) == learned().fingerprint


def test_the_marks_are_in_order() -> None:
    """They are searched by halves."""
    assert np.all(np.diff(learned().marks.astype(np.int64)) > 0)


def test_a_process_that_got_ready_has_built_what_judging_needs() -> None:
    """The weights and the sets of every language, before a job comes."""
    learned.cache_clear()
    for lexicon in LEXICONS.values():
        lexicon.__dict__.pop("sets_of", None)
    get_ready()
    assert learned.cache_info().currsize == 1
    assert all("sets_of" in vars(lexicon) for lexicon in LEXICONS.values())
