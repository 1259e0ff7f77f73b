"""A part that crashes is in the report, and no later one can hide it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.sim import servers
from tests.soak.__main__ import main
from tests.soak.gates import Gate, Ground
from tests.soak.tally import Tally

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def no_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here asks them."""
    for name in ("livekit_server", "redis_server"):
        monkeypatch.setattr(servers, name, nullcontext)


def striking(strike: Callable[[], Awaitable[None]]) -> Gate:
    """A gate of three rounds to which this happens in the second."""

    async def run(ground: Ground, seeds: range) -> Tally:
        if 1 in seeds:
            await strike()
        tally = Tally()
        tally.add(words_said=1)
        return tally

    return Gate(run, 3)


@pytest.fixture
def hears_interrupts() -> Iterator[None]:
    """Whoever starts this run in the background may have it ignore ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


async def never_comes_back() -> None:
    """As ``eventually_true`` tells it."""
    raise AssertionError("it did not happen in time")


async def is_interrupted() -> None:
    """By ctrl-C, and its tidying fails for it."""
    try:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(10)
    finally:
        raise AssertionError("a process was gone already")


def test_a_part_that_crashes_is_a_failure_that_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The parts after it are run, and who goes on from the report finds it there."""
    report = tmp_path / "report.json"
    gates = {"planted": striking(never_comes_back)}
    for _ in range(2):
        assert main(["--report", str(report)], gates) == 1
        found = json.loads(report.read_text())["planted"]
        names = ("rounds", "words_said", "failures", "crashed")
        assert [found[name] for name in names] == [3, 2, 1, 1]
    told = capsys.readouterr()
    assert "AssertionError: it did not happen in time" in told.err
    assert "red: planted: 1 failures; 1 crashed" in told.out


@pytest.mark.usefixtures("hears_interrupts")
def test_a_run_that_is_interrupted_has_not_crashed(tmp_path: Path) -> None:
    """Its part is not in the report, and is run again."""
    report = tmp_path / "report.json"
    with pytest.raises((KeyboardInterrupt, AssertionError)):
        main(["--report", str(report)], {"planted": striking(is_interrupted)})
    found = json.loads(report.read_text())["planted"]
    assert (found["rounds"], "crashed" in found) == (1, False)
