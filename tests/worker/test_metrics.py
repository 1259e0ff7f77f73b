"""What job processes counted outlives them, what they gauged does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from roomhand.coordination.workers import Usage
from roomhand.job_metrics import JobMetrics, exposition, family
from roomhand.metrics import Mirror

pytestmark = pytest.mark.unit

JOB = """
import sys
from roomhand import metrics
metrics.TRACKS.set(3)
metrics.REPLIES.labels("completed").inc(2)
metrics.FLOOR_WAIT_S.observe(0.3)
metrics.ROOMS.set(7)
metrics.SESSIONS_OPENED.inc(2)
metrics.AUDIO_SENT_S.inc(1.5)
metrics.AUDIO_SECONDS.inc(0.5)
for number, (direction, kind) in enumerate(
    [("input", "text"), ("input", "audio"), ("output", "text"), ("output", "audio")], start=1
):
    metrics.TOKENS.labels(direction, kind).inc(number)
print("measured", flush=True)
sys.stdin.read()
"""


def run_job(folder: Path) -> subprocess.Popen[str]:
    """A job process that has measured something, and waits."""
    job = subprocess.Popen(
        [sys.executable, "-c", JOB],
        env={"PROMETHEUS_MULTIPROC_DIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert job.stdout is not None
    assert job.stdout.readline() == "measured\n"
    return job


def samples(folder: Path) -> dict[str, float]:
    """What a scrape reads, without labels but the bucket's."""
    text = exposition(JobMetrics(folder)).decode()
    return {
        sample.name + sample.labels.get("le", ""): sample.value
        for metric in text_string_to_metric_families(text)
        for sample in metric.samples
    }


def test_jobs_are_added_up_and_an_ended_one_leaves_its_counts(tmp_path: Path) -> None:
    """However often somebody looks, and however many end."""
    first, second = run_job(tmp_path), run_job(tmp_path)
    both = samples(tmp_path)
    assert both["roomhand_ears_tracks"] == 6
    for job, tracks in ((first, 3), (second, None)):
        job.communicate("")
        for _ in range(2):
            now = samples(tmp_path)
            assert now.get("roomhand_ears_tracks") == tracks
            assert now["roomhand_mouth_replies_total"] == 4
            assert now["roomhand_floor_wait_seconds_count"] == 2
            assert now["roomhand_floor_wait_seconds_bucket0.2"] == 0
            assert now["roomhand_floor_wait_seconds_bucket0.5"] == 2
            assert now["roomhand_floor_wait_seconds_sum"] == pytest.approx(0.6)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "counter_ended.db",
        "histogram_ended.db",
    ]


def test_tracks_are_told_by_each_process_that_lives(tmp_path: Path) -> None:
    """Nothing by one that has measured nothing yet, or that was just forgotten."""
    first, second = run_job(tmp_path), run_job(tmp_path)
    jobs = JobMetrics(tmp_path)
    (tmp_path / "gauge_livesum_1.db").touch()
    assert jobs.tracks([first.pid, second.pid, 1, 2]) == [3, 3]
    first.communicate("")
    assert jobs.tracks([second.pid]) == [3]
    second.communicate("")


def test_the_workers_own_numbers_come_from_the_worker(tmp_path: Path) -> None:
    """A job process has them too, because it loads the same module, and they mean nothing."""
    job = run_job(tmp_path)
    try:
        text = exposition(JobMetrics(tmp_path)).decode()
        assert text.count("# TYPE roomhand_worker_rooms gauge") == 1
        assert samples(tmp_path)["roomhand_worker_rooms"] == 0
    finally:
        job.communicate("")


def test_only_processes_of_this_worker_are_its_family() -> None:
    """Another that runs under the number of an ended job keeps nothing alive."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        own = family()
        child.communicate(b"\n")
    assert {psutil.Process().pid, child.pid} <= own
    assert psutil.Process().ppid() not in own
    assert child.pid not in family()


def test_a_mirror_tells_only_what_is_new() -> None:
    """Counts are kept where they happen; the metric follows."""
    from prometheus_client import CollectorRegistry, Counter

    registry = CollectorRegistry()
    counts = {"late": 2}
    mirror = Mirror(Counter("drops", "", ["reason"], registry=registry), lambda: counts)
    mirror.update()
    mirror.update()
    counts |= {"late": 5, "full": 1}
    mirror.update()
    found = {reason: registry.get_sample_value("drops_total", {"reason": reason})
             for reason in ("late", "full")}  # fmt: skip
    assert found == {"late": 5, "full": 1}


def test_what_jobs_used_is_added_up_over_the_ended_too(tmp_path: Path) -> None:
    """As operators are told."""
    assert JobMetrics(tmp_path).usage() == Usage()
    for job in (run_job(tmp_path), run_job(tmp_path)):
        job.communicate("")
    assert JobMetrics(tmp_path).usage() == Usage(
        sessions_opened=4,
        audio_sent_s=3.0,
        audio_billed_s=1.0,
        input_text_tokens=2,
        input_audio_tokens=4,
        output_text_tokens=6,
        output_audio_tokens=8,
    )
