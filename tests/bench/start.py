"""What a job process takes to begin, and a worker of how much memory: Roomhand's and the stock one.

    python -m tests.bench.start --processes 6 --report FILE

Both serve a real livekit-server with so many warm processes that wait for a job. The stock worker
is livekit-agents' own with the same jobs, nothing else set. Processor time is what the system says
of each process once none takes any more; memory its own share (USS) and, of a whole worker, with
what its processes share counted once (PSS).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import yaml

from tests.bench.control import spent_s
from tests.sim import servers
from tests.worker.command_line import environment_of

MIB = 1 << 20
QUIET_S = 2.0
LIMIT_S = 120.0
KINDS = {"roomhand": ("-m", "roomhand", "worker"), "stock": ("-m", "tests.bench.start_stock")}
AGENT = {"name": "sage", "plugin": "openai", "options": {"api_key": "sk-test"}}


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one worker with its warm processes. ``job_``: medians of one of these."""

    job_cpu_s: float
    job_own_mib: float
    worker_mib: float


def main() -> int:
    """Print and write the figures. Returns an exit code: a job that begins no cheaper is red."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=6)
    parser.add_argument("--report", type=Path)
    given = parser.parse_args()
    costs = asyncio.run(measure(given.processes))
    for kind, cost in costs.items():
        print(
            f"{kind}: a job begins with {cost.job_cpu_s:.2f} s of a core and {cost.job_own_mib:.0f}"
            f" MiB of its own; worker and {given.processes} jobs {cost.worker_mib:.0f} MiB"
        )
    if given.report:
        found = {kind: asdict(cost) for kind, cost in costs.items()}
        given.report.write_text(json.dumps(found) + "\n", encoding="utf-8")
    ours, stock = costs["roomhand"], costs["stock"]
    return 0 if ours.job_cpu_s < stock.job_cpu_s and ours.worker_mib < stock.worker_mib else 1


async def measure(processes: int) -> dict[str, Cost]:
    """One worker after the other."""
    found = {}
    with servers.livekit_server() as livekit, servers.redis_server() as redis:
        for kind, arguments in KINDS.items():
            with tempfile.TemporaryDirectory() as folder:
                profiles = Path(folder) / "agents.yaml"
                profiles.write_text(yaml.safe_dump({"agents": [AGENT]}), encoding="utf-8")
                environment = os.environ | environment_of(livekit, redis)
                environment |= {
                    "ROOMHAND_PROFILES": str(profiles),
                    "ROOMHAND_IDLE_PROCESSES": str(processes),
                    "ROOMHAND_WORKER_NAME": f"start-{kind}",
                }
                found[kind] = await _cost(arguments, environment, processes)
    return found


async def _cost(arguments: Sequence[str], environment: dict[str, str], processes: int) -> Cost:
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    everybody: list[psutil.Process] = []
    try:
        async with asyncio.timeout(LIMIT_S):
            while not (jobs := await _quiet_jobs(worker.pid, processes)):
                assert worker.returncode is None, "the worker has ended"
        serving = psutil.Process(worker.pid)
        everybody = [serving, *serving.children(recursive=True)]
        return Cost(
            statistics.median(spent_s(job) for job in jobs),
            statistics.median(job.memory_full_info().uss for job in jobs) / MIB,
            sum(one.memory_full_info().pss for one in everybody) / MIB,
        )
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()
        psutil.wait_procs(everybody, timeout=10)


async def _quiet_jobs(pid: int, processes: int) -> list[psutil.Process]:
    """The processes that wait for a job, once all are there and none has anything left to do."""
    before = {job: spent_s(job) for job in _jobs(pid)}
    await asyncio.sleep(QUIET_S)
    after = {job: spent_s(job) for job in _jobs(pid)}
    quiet = before.keys() == after.keys() and all(
        after[job] - before[job] < 0.02 * QUIET_S for job in after
    )
    return list(after) if quiet and len(after) >= processes else []


def _jobs(pid: int) -> list[psutil.Process]:
    """Children of the process that they are forked from."""
    return [job for child in psutil.Process(pid).children() for job in child.children()]


if __name__ == "__main__":
    sys.exit(main())
