"""The development part of the corpus, as a gate, and the properties that hold for any text.

The held-out part is measured by ``tests.bench.addressing`` alone.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomhand.profiles import Policy
from roomhand.turns.address import Names, Situation, early, judge
from tests.bench.addressing import (
    DEVELOPMENT,
    Judged,
    Line,
    confusion,
    false_starts_an_hour,
    judge_all,
    load,
    measure,
    met,
    orders,
    rules,
    wake_phrase,
    whole_word,
    wilson,
)

pytestmark = pytest.mark.unit

LINES = load(DEVELOPMENT)
LANGUAGES = ("en", "de", "fr", "es")
FLOOR_PRECISION = 0.97
FLOOR_RECALL = 0.95
FLOOR_ORDERS = 0.9
SOME = 200


@cache
def judged() -> list[Judged]:
    """All of them, once: it takes seconds."""
    return judge_all(LINES, rules)


def of(language: str) -> list[Line]:
    """The lines of one language."""
    return [line for line in LINES if line.language == language]


def judged_of(language: str) -> list[Judged]:
    """The same with their verdicts."""
    return [(line, verdict) for line, verdict in judged() if line.language == language]


def rates(found: list[Judged]) -> tuple[float, float]:
    """Precision and recall."""
    counted = confusion(found)
    return counted["precision"]["rate"], counted["recall"]["rate"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rules_keep_what_they_reached(language: str) -> None:
    """On the development part, in every language."""
    precision, recall = rates(judged_of(language))
    assert precision >= FLOOR_PRECISION
    assert recall >= FLOOR_RECALL


@pytest.mark.parametrize("language", LANGUAGES)
def test_orders_are_understood(language: str) -> None:
    """And none is invented where none was given."""
    found = orders(judged_of(language))
    assert found["understood"]["rate"] >= FLOOR_ORDERS
    assert found["invented"] == 0


def test_a_planted_fault_is_seen_by_the_gate() -> None:
    """Labels that are the wrong way round for one line in twenty."""
    spoilt = [
        (replace(line, label=not line.label) if number % 20 == 0 else line, verdict)
        for number, (line, verdict) in enumerate(judged())
    ]
    precision, recall = rates(spoilt)
    assert precision < FLOOR_PRECISION
    assert recall < FLOOR_RECALL
    assert met(measure(LINES[:SOME]))
    assert not met(measure([line for line, _ in spoilt[:SOME]]))


def test_the_rules_are_far_above_both_baselines() -> None:
    """False starts an hour: at most a tenth of either."""
    ours = false_starts_an_hour(judged())
    assert ours * 10 <= false_starts_an_hour(judge_all(LINES, whole_word))
    assert ours * 10 <= false_starts_an_hour(judge_all(LINES, wake_phrase))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_development_part_is_wide_enough(language: str) -> None:
    """Every language has its three hundred lines, half of them noisy, no id twice."""
    lines = of(language)
    assert len(lines) >= 300
    assert abs(sum(line.noisy for line in lines) / len(lines) - 0.5) < 0.05
    assert max(Counter(line.id for line in lines).values()) == 1
    assert {line.label for line in lines} == {True, False}


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (50, 100, 0.404, 0.596)],
)
def test_intervals_are_those_of_wilson(right: int, of: int, low: float, high: float) -> None:
    """Known values, the ends of the range among them."""
    assert wilson(right, of) == pytest.approx((low, high), abs=0.001)


PIECES = [
    *("Sage", "sage", "max", "hey", ",", "?", ":", '"', "what", "you", "stop"),
    *("never", "mind", "not", "said", "and"),
]


@given(
    text=st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join),
    own=st.text(max_size=12) | st.just("Sage"),
    other=st.text(max_size=12) | st.just("Max"),
    now=st.builds(
        Situation,
        speaker=st.just("ada"),
        now_ms=st.just(5_000),
        people=st.integers(1, 3),
        answered=st.sampled_from([None, "ada", "ben"]),
        language=st.sampled_from(["en", "de-DE", "fr", "es-MX", "pt", ""]),
        policy=st.sampled_from(Policy),
        asked=st.sampled_from([None, "ada"]),
        from_agent=st.booleans(),
    ),
)
@settings(max_examples=400, deadline=None)
def test_no_text_and_no_name_is_too_strange(
    text: str, own: str, other: str, now: Situation
) -> None:
    """Everything is judged, nothing raises, and a reason never holds what was said."""
    names = Names((own,), (other,))
    verdict = judge(text, names, now)
    assert verdict.reason in REASONS
    assert verdict.addressed or verdict.order in {None, "cancel"}
    assert early(text, names, now) <= verdict.addressed


REASONS = {
    *("silent", "nothing_said", "dismissed", "called_first", "called_inside", "ends_question"),
    *("mention", "quoted", "other_called", "handed_over", "backchannel", "alone", "follow_up"),
    *("reply", "open", "not_addressed"),
}


HOSTILE = [
    "sage ", "sage, ", "sage and max ", "you say sage ", "is it that stage ", "never mind ", '" ',
    "wait a moment ", "word ", ", ", "a", "hey sage what ", "l'", "ß",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_time_does_not_grow_with_a_hostile_text(piece: str) -> None:
    """Of an endless utterance only the end is judged: a hundred times the text, no more time."""
    names = Names(("Sage",), ("Max", "Ben"))
    now = Situation(speaker="ada", now_ms=5_000, people=3)

    def spent_s(times: int) -> float:
        text = piece * times
        begun = time.process_time()
        judge(text, names, now)
        return time.process_time() - begun

    assert spent_s(1_000_000) < 5 * spent_s(10_000) + 0.2
