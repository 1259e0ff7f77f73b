"""The soak command tells green from red, and nothing from green."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.soak.__main__ import main
from tests.soak.gates import Gate, Ground
from tests.soak.tally import Tally

pytestmark = [pytest.mark.livekit, pytest.mark.redis]


def planted(**counts: int) -> Gate:
    """A gate of four rounds, two at a time, that finds this in each part."""

    async def run(ground: Ground, seeds: range) -> Tally:
        tally = Tally()
        tally.add(**counts)
        tally.note("tail_ms", *seeds)
        return tally

    return Gate(run, 4, part=2, injects=True)


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ({"words_said": 7, "faults_injected": 1}, 0),
        ({"words_said": 7, "faults_injected": 1, "failures": 1}, 1),
        ({"words_said": 0, "faults_injected": 1}, 1),
        ({"words_said": 7, "faults_injected": 0}, 1),
        ({}, 1),
    ],
)
def test_only_words_and_faults_without_failures_are_green(
    counts: dict[str, int], code: int, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    arguments = ["--only", "planted", "--report", str(report)]
    assert main(arguments, {"planted": planted(**counts)}) == code
    found = json.loads(report.read_text())["planted"]
    assert found["rounds"] == 4
    assert {name: found[name] for name in counts} == {k: v * 2 for k, v in counts.items()}
    assert (found["tail_ms_p50"], found["tail_ms_max"]) == (1, 3)


def test_a_gate_that_takes_longer_than_an_hour_is_red(tmp_path: Path) -> None:
    """Unless more rounds were asked for than it has."""
    slow = {"planted": planted(words_said=1, faults_injected=1, wall_s=1500)}
    assert main([], slow) == 0
    slower = {"planted": planted(words_said=1, faults_injected=1, wall_s=1801)}
    assert main([], slower) == 1
    assert main(["--rounds", "6"], slower) == 0


def test_a_run_goes_on_from_its_report(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    gates = {"planted": planted(words_said=1, faults_injected=1)}
    assert main(["--rounds", "2", "--report", str(report)], gates) == 0
    assert main(["--report", str(report)], gates) == 0
    found = json.loads(report.read_text())["planted"]
    assert (found["rounds"], found["words_said"]) == (4, 2)
    assert found["samples"]["tail_ms"] == [0, 1, 2, 3]


def test_a_file_that_is_no_report_is_left_alone(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text("[1]")
    with pytest.raises(SystemExit, match="is no report"):
        main(["--report", str(report)], {"planted": planted()})
    assert report.read_text() == "[1]"


def test_a_planted_fault_is_in_the_product_for_one_run_only(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It needs a gate that knows it, and goes into no report."""
    there: list[bool] = []

    async def run(ground: Ground, seeds: range) -> Tally:
        there.append(hasattr(Tally, "planted"))
        tally = Tally()
        tally.add(words_said=1, failures=there[-1])
        return tally

    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(Tally, "planted", True, raising=False)

    gates = {"planted": Gate(run, 1, plants={"swap": plant})}
    assert main(["--only", "planted", "--plant", "swap"], gates) == 1
    assert main(["--only", "planted"], gates) == 0
    assert there == [True, False]
    for wrong in (["--plant", "swap"], ["--only", "planted", "--plant", "melt"]):
        with pytest.raises(SystemExit):
            main(wrong, gates)
        assert "--plant needs --only" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--only", "planted", "--plant", "swap", "--report", "x.json"], gates)
