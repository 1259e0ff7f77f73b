"""The soak command tells green from red, and nothing from green."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.soak.__main__ import main
from tests.soak.gates import Figures, Gate
from tests.system.stage import Venue

pytestmark = [pytest.mark.livekit, pytest.mark.redis]


def planted(figures: Figures) -> Gate:
    async def run(venue: Callable[[], Venue], rounds: int) -> Figures:
        return figures

    return Gate(run, 2)


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({"said": 7, "failures": 0}, 0),
        ({"said": 7, "failures": 1}, 1),
        ({"said": 0, "failures": 0}, 1),
        ({}, 1),
    ],
)
def test_only_words_without_failures_are_green(figures: Figures, code: int, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    arguments = ["--only", "planted", "--report", str(report)]
    assert main(arguments, {"planted": planted(figures)}) == code
    assert json.loads(report.read_text()) == {"planted": {"rounds": 2, **figures}}
