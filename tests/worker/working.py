"""A real worker process, as a person starts it, and what it says of itself."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.sim import servers
from tests.worker.command_line import CommandLine
from tests.worker.room.speaking_person import Person, hush, tone

LIMIT_S = 45.0
FoundT = TypeVar("FoundT")


def until(look: Callable[[], FoundT | None], limit_s: float = LIMIT_S) -> FoundT:
    """What ``look`` finds, as soon as it finds something true."""
    deadline_s = time.monotonic() + limit_s
    while not (found := look()):
        assert time.monotonic() < deadline_s, f"not so within {limit_s:g} s: {look}"
        time.sleep(0.05)
    return found


@dataclass
class WorkingWorker:
    """``roomhand worker``, its port and its log."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    scratch: Path

    def get(self, page: str) -> tuple[int, str]:
        """Status and text of a page; status 0 while nobody listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{page}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def is_ready(self) -> bool:
        """Whether it takes jobs; fails the test if it has ended."""
        assert self.process.poll() is None, self.log.read_text()
        return self.get("/readyz") == (200, "ok\n")

    def metrics(self) -> dict[str, float]:
        """The sum over the labels of every sample, by name. Raises ValueError for bad text."""
        sums: dict[str, float] = {}
        families = [family.name for family in self.families()]
        assert len(families) == len(set(families)), "no family may come twice"
        for family in self.families():
            for sample in family.samples:
                sums[sample.name] = sums.get(sample.name, 0) + sample.value
        return sums

    def families(self) -> list[Metric]:
        """``/metrics``, parsed."""
        return list(text_string_to_metric_families(self.get("/metrics")[1]))

    def measured(self) -> set[int]:
        """The processes of which it still has metrics apart from the others'."""
        names = [file.stem.rpartition("_")[2] for file in self.scratch.glob("*/*.db")]
        return {int(name) for name in names if name.isdigit()}

    def records(self) -> list[dict[str, object]]:
        """Its log so far. Raises ValueError where a line is not JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def family(self) -> list[psutil.Process]:
        """Its processes besides itself."""
        return psutil.Process(self.process.pid).children(recursive=True)


@contextmanager
def working(
    roomhand: CommandLine, *, called: str = "worker", **changed: str
) -> Iterator[WorkingWorker]:
    """A worker that takes jobs; killed with all that is its own at the end, if it still runs.

    ``called``: its files, where there are several workers.
    """
    log, scratch, port = (
        roomhand.folder / f"{called}.log",
        roomhand.folder / f"{called}.tmp",
        servers.free_port(),
    )
    scratch.mkdir()
    own = {"ROOMHAND_HTTP_PORT": str(port), "TMPDIR": str(scratch), "ROOMHAND_VAD": "energy"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "roomhand", "worker"],
            cwd=roomhand.folder,
            env=roomhand.environ(own | changed),
            stdout=out,
            stderr=out,
        )
    worker = WorkingWorker(process, port, log, scratch)
    try:
        until(worker.is_ready)
        yield worker
    finally:
        if process.poll() is None:
            left = worker.family()
            process.kill()
            for child in left:
                if child.is_running():
                    child.kill()
        process.wait(10)


async def speak_in(server: servers.LiveKit, room: str, *, stay_s: float = 0.0) -> None:
    """A person joins, says something that energy finds, stays on for a while, and leaves."""
    person = await Person.join(server, room, "p-ada", name="Ada")
    await person.publish()
    await asyncio.sleep(1)
    await person.say(tone(1200))
    await person.say(hush(1000))
    await asyncio.sleep(stay_s)
    await person.leave()
