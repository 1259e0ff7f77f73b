"""What a worker's load is measured from, on this machine."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from pydantic import SecretStr

from roomhand import load_watch
from roomhand.coordination.background import end_all
from roomhand.job_metrics import JobMetrics
from roomhand.load import LoadTerms, Part
from roomhand.load_watch import LoadWatch, processor_seconds, terms_of, usable_cores
from roomhand.settings import Settings

pytestmark = pytest.mark.unit

TERMS = LoadTerms(jobs=16, tracks=80.0, cores=1.0, expected_tracks=4)


def settings(**given: Any) -> Settings:
    """Of a worker."""
    return Settings(
        livekit_url="ws://x", livekit_api_key="k", livekit_api_secret=SecretStr("s"), **given
    )


def test_what_a_worker_carries_grows_with_its_cores() -> None:
    """Unless it is told."""
    assert terms_of(settings(), 2.0) == LoadTerms(16, 80.0, 2.0, 4)
    assert terms_of(settings(), 0.05).jobs == 1
    told = settings(max_jobs=3, tracks_per_core=10, cores=4, expected_tracks=9)
    assert terms_of(told, 2.0) == LoadTerms(3, 40.0, 4.0, 9)


@pytest.mark.parametrize(
    ("text", "cores"),
    [("50000 100000\n", 0.5), ("max 100000\n", None), ("99900000 100000\n", None), (None, None)],
)
def test_the_limit_of_a_container_is_kept(tmp_path: Path, text: str | None, cores: float) -> None:
    """Where there is one, and it is below what there is."""
    limit = tmp_path / "cpu.max"
    if text is not None:
        limit.write_text(text)
    assert usable_cores(limit) == (cores or len(os.sched_getaffinity(0)))


def test_processor_time_is_of_this_process_and_what_comes_from_it() -> None:
    """A child that works is seen, one that has ended is none of it."""
    code = "import time\nwhile time.process_time() < 0.3: pass\nprint(1, flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = processor_seconds()
        child.communicate(b"\n")
    assert found[child.pid] >= 0.25
    assert found[psutil.Process().pid] > 0
    assert child.pid not in processor_seconds()


async def test_a_loop_that_is_blocked_and_processes_that_work_are_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the worker whose loop and processes they are, which then takes no second job."""
    monkeypatch.setattr(load_watch, "MEASURE_S", 0.05)
    jobs: list[str] = []
    watch = LoadWatch(TERMS, JobMetrics(tmp_path), lambda: jobs)
    watching = asyncio.create_task(watch.run())
    await asyncio.sleep(0)
    for _ in range(6):
        await asyncio.sleep(0.15)
        time.sleep(0.5)  # noqa: ASYNC251 - it is what is measured
    assert watch.refusal() is None
    jobs.append("AJ_1")
    assert watch.refusal() is Part.LAG
    assert (watch.value, watch.parts[Part.LAG]) == (1.0, 1.0)
    assert not watching.done()
    await end_all([watching])


async def test_the_work_of_its_processes_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_watch, "MEASURE_S", 0.05)
    terms = LoadTerms(jobs=16, tracks=80.0, cores=0.1, expected_tracks=4)
    watch = LoadWatch(terms, JobMetrics(tmp_path), lambda: ["AJ_1"])
    watching = asyncio.create_task(watch.run())
    assert watch.refusal() is None
    for _ in range(5):
        await asyncio.to_thread(hashlib.pbkdf2_hmac, "sha256", b"", b"", 300_000)
    assert watch.refusal() is Part.CPU
    assert watch.value == 1.0
    await end_all([watching])


async def test_a_measurement_that_fails_is_told_and_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Else the worker would be as full as it was then, for ever."""
    monkeypatch.setattr(load_watch, "MEASURE_S", 0.0)
    measured = asyncio.Event()
    loop = asyncio.get_running_loop()
    outcomes = [OSError("no file is left"), psutil.AccessDenied(1)]

    def measure() -> dict[int, float]:
        if outcomes:
            raise outcomes.pop()
        loop.call_soon_threadsafe(measured.set)
        return {}

    monkeypatch.setattr(load_watch, "processor_seconds", measure)
    watching = asyncio.create_task(LoadWatch(TERMS, JobMetrics(tmp_path), lambda: []).run())
    await asyncio.wait_for(measured.wait(), 5)
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    await end_all([watching])


async def test_a_job_that_is_coming_is_counted(tmp_path: Path) -> None:
    """Before it runs."""
    terms = LoadTerms(jobs=1, tracks=80.0, cores=1.0, expected_tracks=4)
    watch = LoadWatch(terms, JobMetrics(tmp_path), lambda: [])
    with watch.coming():
        assert watch.refusal() is Part.JOBS
    assert watch.refusal() is None
