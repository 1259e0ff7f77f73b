"""Words as they are compared."""

from __future__ import annotations

import pytest

from tests.demo.words import same, word_errors, words

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("The budget is $40,000.", "the budget is forty thousand dollars"),
        ("It costs $30 million!", "it costs thirty million dollars"),
        ("$30,000,000", "thirty million dollars"),
        ("up by 60%", "up by sixty percent"),
        ("sold 20,000 cameras", "sold twenty thousand cameras"),
        ("it’s 7 o'clock", "it's seven o'clock"),
        ("in 2031", "in 2031"),
    ],
)
def test_numbers_count_as_they_are_said(written: str, said: str) -> None:
    assert words(written) == said.split()


def test_error_rate_is_by_words_said() -> None:
    assert word_errors("One two, three four.", "one two tree four") == 0.25
    assert word_errors("one two", "") == 1.0


def test_same_words_are_paired_in_order() -> None:
    assert same(["a", "b", "c"], ["b", "x", "c"]) == [(1, 0), (2, 2)]
    assert same(["a", "b", "a", "c"], ["a", "c"]) == [(2, 0), (3, 1)]
    assert same([], ["a"]) == same(["a"], []) == []
