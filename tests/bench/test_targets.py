"""A bench whose target is missed names it, and fails."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import barge_in, latency, tail
from tests.bench.barge_in import RATES, Found
from tests.sim import servers
from tests.soak.samples import faultless

pytestmark = pytest.mark.unit

COUNTS = ("speech", "backchannel", "cough", "echo alone", "speech over an echo")


WHOLE = faultless(100)


def good() -> Found:
    """Every target met, with room to spare."""
    times = {name: [target / 2] * 20 for name, target in barge_in.TARGETS.items()}
    counts = Counter({f"{kind}: all": 100 for kind in COUNTS})
    counts |= Counter({"speech: stopped": 100, "speech over an echo: stopped": 100})
    return Found(times=times, counts=counts)


def test_nothing_is_missed_where_all_is_well() -> None:
    assert barge_in.missed(good()) == []


@pytest.mark.parametrize("name", barge_in.TARGETS)
def test_a_time_above_its_target_is_missed(name: str) -> None:
    """And one that nobody measured is not met."""
    found = good()
    found.times[name] = [barge_in.TARGETS[name] * 2] * 20
    assert barge_in.missed(found) == [name]
    del found.times[name]
    assert barge_in.missed(found) == [name]


@pytest.mark.parametrize("kind", COUNTS)
def test_a_share_above_its_target_is_missed(kind: str) -> None:
    found = good()
    found.counts[f"{kind}: stopped"] = 10 if found.counts[f"{kind}: stopped"] == 0 else 90
    [name] = barge_in.missed(found)
    assert name in RATES


@pytest.mark.parametrize("how", tail.TARGETS)
def test_an_end_that_lasts_too_long_is_missed(how: str) -> None:
    ends = {name: {"p95": target} for name, target in tail.TARGETS.items()}
    assert tail.missed(ends) == []
    ends[how] = {"p95": tail.TARGETS[how] + 1}
    assert tail.missed(ends) == [how]


@pytest.mark.parametrize(
    ("p95", "lost", "names"),
    [
        (latency.TARGET_P95_MS, 0, []),
        (latency.TARGET_P95_MS + 0.1, 0, ["platform_ms p95"]),
        (1.0, 2, ["2 words lost"]),
        (99.0, 1, ["platform_ms p95", "1 words lost"]),
    ],
)
def test_a_caption_that_is_late_or_never_comes_is_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, p95: float, lost: int, names: list[str]
) -> None:
    """And the bench fails."""

    async def measured(*_: object) -> latency.Measured:
        return latency.Measured([latency.Share(p95, 0.0)] * 100, replace(WHOLE, lost=lost))

    for name in ("livekit_server", "redis_server"):
        monkeypatch.setattr(servers, name, nullcontext)
    monkeypatch.setattr(latency, "measure", measured)
    monkeypatch.setattr(latency, "rehearse", lambda plugins: None)
    report = tmp_path / "report.json"
    monkeypatch.setattr("sys.argv", ["latency", "--report", str(report)])
    assert latency.main() == (1 if names else 0)
    told = json.loads(report.read_text())
    assert (told["missed"], told["lost"], told["n"]) == (names, lost, 100)
