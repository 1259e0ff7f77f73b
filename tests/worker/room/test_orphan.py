"""Who is killed takes the processes along that it made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.unit

WORKER = """
import multiprocessing, threading, time
from roomhand.room.orphan import end_with_worker

def job():
    end_with_worker(grace_s=0.1)
    threading.Thread(target=time.sleep, args=(60,)).start()

if __name__ == "__main__":
    child = multiprocessing.get_context("forkserver").Process(target=job)
    child.start()
    print(child.pid, flush=True)
    child.join()
"""


def test_a_job_that_cannot_end_ends_with_its_worker(tmp_path: Path) -> None:
    """Though a thread of its own would keep it."""
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        job = psutil.Process(int(worker.stdout.readline()))
        assert job.is_running()
        worker.kill()
    _, alive = psutil.wait_procs([job], 10)
    for process in alive:
        process.kill()
    assert alive == []
