"""What was said in a follow-up, as an answer, alone or among people is judged as by the policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomhand.turns.address import judge
from tests.corpus.addressing.situations import LETTERS, Said, said

pytestmark = pytest.mark.unit

LINES = list(said())
FLOORS = {"precision": 0.94, "recall": 0.97}
"""What was reached on 1200 lines as they were written; half of what is wrong is dialect."""


def rates(lines: list[Said]) -> dict[str, float]:
    """Precision and recall."""
    found = [(one.addressed, judge(one.text, one.names, one.situation).addressed) for one in lines]
    right = found.count((True, True))
    return {
        "precision": right / (right + found.count((False, True))),
        "recall": right / (right + found.count((True, False))),
    }


def test_the_judge_keeps_what_it_reached() -> None:
    found = rates(LINES)
    assert {name: rate for name, rate in found.items() if rate < FLOORS[name]} == {}


def test_every_situation_is_there() -> None:
    """Each with calls and with others."""
    kinds = {(one.letter, one.addressed) for one in LINES}
    assert kinds == {(letter, addressed) for letter in LETTERS for addressed in (True, False)}


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "en_1.txt").write_text("@ Sage; people: Ann; agents:\n+ Z Sage, hello?\n")
    with pytest.raises(ValueError, match=r"en_1\.txt:2"):
        list(said(tmp_path))
