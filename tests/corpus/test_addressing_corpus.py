"""The held-out utterances keep what their page promises."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.corpus.addressing.noise import add_noise, mishear, spoken_words

pytestmark = pytest.mark.unit

Line = dict[str, Any]

FILE = Path(__file__).parent / "addressing" / "held_out.jsonl"
LANGUAGES = ("en", "de", "fr", "es")
ADDRESSED = {
    "vocative_start", "vocative_end", "vocative_inside", "near_miss", "together", "follow_up",
    "reply", "alone", "hand_over", "hold", "resume", "silent", "call_on", "open",
}  # fmt: skip
NOT_ADDRESSED = {
    "mention", "quotation", "other_name", "cancellation", "backchannel", "people", "late",
    "lookalike", "stranger",
}  # fmt: skip
POLICIES = {"addressed", "follow_up", "raise_hand", "facilitator", "open", "hold", "silent"}
FIELDS = {
    "id": str, "language": str, "text": str, "clean": str, "names": list, "people": list,
    "agents": list, "speaker": str, "situation": dict, "label": bool, "category": str,
    "noisy": bool,
}  # fmt: skip
SITUATION = {"now_ms", "answered", "answered_ms", "asked", "policy", "from_agent"}
INSIDE_WINDOW_MS = 5_000
OUTSIDE_WINDOW_MS = 60_000


def read() -> list[Line]:
    return [json.loads(row) for row in FILE.read_text(encoding="utf-8").splitlines()]


LINES = read()


def share(lines: list[Line], categories: set[str]) -> float:
    return sum(line["category"] in categories for line in lines) / len(lines)


def of(language: str) -> list[Line]:
    return [line for line in LINES if line["language"] == language]


def age_ms(line: Line) -> int | None:
    situation = line["situation"]
    if situation["answered"] is None:
        return None
    return int(situation["now_ms"] - situation["answered_ms"])


def test_there_are_at_least_four_hundred_lines() -> None:
    assert len(LINES) >= 400


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_at_least_a_hundred_lines(language: str) -> None:
    assert len(of(language)) >= 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_fifths_of_each_language_are_mentions_and_quotations(language: str) -> None:
    assert share(of(language), {"mention", "quotation"}) >= 0.40


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_little_over_two_fifths_of_each_language_are_addressed(language: str) -> None:
    assert 0.40 <= share(of(language), ADDRESSED) <= 0.45


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_of_the_policy_is_there_in_each_language(language: str) -> None:
    assert {line["category"] for line in of(language)} == ADDRESSED | NOT_ADDRESSED


@pytest.mark.parametrize("language", LANGUAGES)
def test_half_of_each_language_is_noisy(language: str) -> None:
    assert 0.45 <= sum(line["noisy"] for line in of(language)) / len(of(language)) <= 0.55


def test_no_id_and_no_text_is_there_twice() -> None:
    for field in ("id", "text", "clean"):
        assert [value for value, n in Counter(x[field] for x in LINES).items() if n > 1] == []


def test_no_two_lines_share_their_first_four_words() -> None:
    starts = Counter(tuple(spoken_words(line["clean"])[:4]) for line in LINES)
    assert [start for start, n in starts.items() if n > 1 and len(start) == 4] == []


def test_nobody_calls_themselves() -> None:
    assert [x["id"] for x in LINES if x["speaker"] in x["clean"]] == []


def test_many_agent_names_are_used() -> None:
    assert len({name for line in LINES for name in line["names"]}) >= 8


@pytest.mark.parametrize("line", LINES, ids=[line["id"] for line in LINES])
def test_a_line_has_valid_fields(line: Line) -> None:
    assert set(line) == {*FIELDS, "order"}
    assert all(type(line[field]) is kind for field, kind in FIELDS.items())
    assert line["id"].startswith(line["language"] + "-")
    assert 1 <= len(line["people"]) <= 6
    assert 1 <= 1 + len(line["agents"]) <= 3
    names = [*line["names"], *line["people"], *line["agents"]]
    assert len(set(names)) == len(names)
    assert line["text"].strip()


@pytest.mark.parametrize("line", LINES, ids=[line["id"] for line in LINES])
def test_a_situation_is_possible(line: Line) -> None:
    situation = line["situation"]
    assert set(situation) == SITUATION
    assert situation["policy"] in POLICIES
    assert situation["answered"] in {None, *line["people"]}
    assert situation["asked"] in {None, *line["people"]}
    assert (situation["answered"] is None) == (situation["answered_ms"] is None)
    assert (age_ms(line) or 1) > 0
    assert line["speaker"] in (line["agents"] if situation["from_agent"] else line["people"])


@pytest.mark.parametrize("line", LINES, ids=[line["id"] for line in LINES])
def test_a_label_and_an_order_fit_the_row_of_the_policy(line: Line) -> None:
    category, order, label = line["category"], line["order"], line["label"]
    assert label is (category in ADDRESSED)
    if category in {"hold", "resume", "silent", "call_on"}:
        assert order == category
    elif category == "cancellation":
        assert order == "cancel"
    elif category == "alone":
        assert order in {None, "hold"}
    else:
        assert order is None
    assert (line["situation"]["policy"] == "raise_hand") or category != "call_on"


@pytest.mark.parametrize("line", LINES, ids=[line["id"] for line in LINES])
def test_a_situation_fits_the_row_of_the_policy(line: Line) -> None:
    category, situation, age = line["category"], line["situation"], age_ms(line)
    answered, speaker = situation["answered"], line["speaker"]
    alone = len(line["people"]) == 1 and not line["agents"]
    if category == "follow_up":
        assert age is not None
        assert age <= INSIDE_WINDOW_MS
        assert answered == speaker or situation["policy"] == "follow_up"
    elif category == "stranger":
        assert age is not None
        assert age <= INSIDE_WINDOW_MS
        assert answered != speaker
        assert situation["policy"] == "addressed"
    elif category == "late":
        assert age is not None
        assert age >= OUTSIDE_WINDOW_MS
    elif category == "reply":
        assert situation["asked"] == speaker
    elif category == "hand_over":
        assert situation["from_agent"]
    assert alone == (category == "alone") or category in {"cancellation", "backchannel"}


@pytest.mark.parametrize("line", LINES, ids=[line["id"] for line in LINES])
def test_the_text_is_the_clean_one_or_its_noise(line: Line) -> None:
    if not line["noisy"]:
        assert line["text"] == line["clean"]
        return
    others = [*line["people"], *line["agents"]]
    made = add_noise(line["clean"], line["language"], line["names"], others, line["id"])
    assert line["text"] == made


def test_noise_leaves_no_capitals_and_no_marks_but_apostrophes() -> None:
    for line in LINES:
        if line["noisy"]:
            assert line["text"] == line["text"].lower()
            assert all(x.isalnum() or x in " '" for x in line["text"]), line["id"]


def test_noise_changes_words_and_not_only_marks_in_many_lines() -> None:
    noisy = [line for line in LINES if line["noisy"]]
    changed = [x for x in noisy if x["text"].split() != spoken_words(x["clean"])]
    assert 0.4 <= len(changed) / len(noisy) <= 0.9


def test_noise_mishears_the_name_in_some_lines_and_not_in_most() -> None:
    named = [
        line
        for line in LINES
        if line["noisy"] and spoken_words(line["names"][0])[-1] in spoken_words(line["clean"])
    ]
    missed = [x for x in named if spoken_words(x["names"][0])[-1] not in x["text"].split()]
    assert 0.1 <= len(missed) / len(named) <= 0.5


def test_noise_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    text = "So, would you please ask the two of them where we're going to meet next week?"
    made = {add_noise(text, "en", ["Sage"], [], f"seed {n}") for n in range(20)}
    again = {add_noise(text, "en", ["Sage"], [], f"seed {n}") for n in range(20)}
    assert made == again
    assert len(made) > 5


def test_a_misheard_name_differs_by_one_letter() -> None:
    drawn = iter([0.9, 0.1] + [0.0] * 10)
    assert mishear("sage", lambda: next(drawn)) == "stage"
    kin = iter([0.0, 0.0])
    assert mishear("milo", lambda: next(kin)) == "nilo"
    ending = iter([0.9, 0.9, 0.9, 0.0])
    assert mishear("sage", lambda: next(ending)) == "sages"


def test_the_names_of_others_are_never_misheard() -> None:
    for line in LINES:
        for name in (*line["people"], *line["agents"]):
            if line["noisy"] and name in line["clean"].split():
                assert name.lower() in line["text"].split(), line["id"]
