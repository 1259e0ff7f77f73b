"""The lines that teach can be read, and are what they say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.corpus.addressing.lines import taught
from tests.corpus.addressing.noise import HOMOPHONES

pytestmark = pytest.mark.unit

LINES = list(taught())


def test_every_line_has_a_language_with_noise_and_a_scene() -> None:
    assert {one.language for one in LINES} <= set(HOMOPHONES)
    assert all(one.names and one.text for one in LINES)
    assert len(LINES) > 1_000


def test_nobody_wrote_a_line_twice() -> None:
    """Of one scene; "Wait, Sage" may be said in two."""
    counts = Counter((one.language, one.writer, one.names, one.text) for one in LINES)
    assert [line for line, count in counts.items() if count > 1] == []


def test_noise_is_the_same_every_time() -> None:
    """By its seed and the line."""
    one = LINES[0]
    assert one.noisy("1") == one.noisy("1")
    assert {one.noisy(str(seed)) for seed in range(20)} != {one.noisy("1")}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("+ Sage, hello", "en_z.txt:1: write a mark"),
        ("@ Sage; people: Ann; agents:\n? Sage, hello", "en_z.txt:2: write a mark"),
        ("@ Sage", "en_z.txt:1: write @ NAME"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "en_z.txt").write_text(text)
    with pytest.raises(ValueError, match=problem):
        list(taught(tmp_path))
