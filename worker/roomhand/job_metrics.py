"""The metrics of the job processes, which they leave in files that the worker adds up.

prometheus-client keeps the files of ended processes for ever: its gauges would count rooms that are
gone, and a worker that has run for weeks would read thousands of files at each scrape. So counts
of the ended are folded into one file a kind, and their gauges vanish with them.
"""

from __future__ import annotations

import json
import struct
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from roomhand.coordination.workers import Usage
from roomhand.metrics import WORKER

UNREADABLE = (OSError, RuntimeError, ValueError, struct.error, psutil.Error)
"""What reading files that others write may raise: one may be half written, or gone."""
_ENDED = "ended"
"""Takes the place of the process id in the name of a file of folded counts."""
_WORKERS_OWN = "roomhand_worker_"
_TRACKS = "roomhand_ears_tracks"


def family() -> set[int]:
    """This process and all that come from it and live."""
    own = psutil.Process()
    return {own.pid} | {child.pid for child in own.children(recursive=True)}


class JobMetrics(Collector):
    """Roomhand's metrics in the files of ``folder``; LiveKit's own are on its own port."""

    def __init__(self, folder: Path, alive: Callable[[], Collection[int]] = family) -> None:
        self._folder = folder
        self._alive = alive
        self._files = MultiProcessCollector(None, path=str(folder))  # type: ignore[no-untyped-call]

    def collect(self) -> Iterator[Metric]:
        """The sum over all processes so far; of gauges, over those alive."""
        self.fold_ended()
        for metric in self._files.collect():  # type: ignore[no-untyped-call]
            if metric.name.startswith("roomhand_") and not metric.name.startswith(_WORKERS_OWN):
                yield metric

    def usage(self) -> Usage:
        """What all jobs have used so far. Raises ``UNREADABLE``."""
        totals: defaultdict[str, float] = defaultdict(float)
        tokens: defaultdict[str, float] = defaultdict(float)
        for metric in self.collect():
            for sample in metric.samples:
                totals[sample.name] += sample.value
                if sample.name == "roomhand_provider_tokens_total":
                    tokens["{direction}_{kind}_tokens".format(**sample.labels)] += sample.value
        return Usage(
            sessions_opened=round(totals["roomhand_bridge_sessions_opened_total"]),
            audio_sent_s=totals["roomhand_bridge_audio_sent_seconds_total"],
            audio_billed_s=totals["roomhand_provider_audio_seconds_total"],
            input_text_tokens=round(tokens["input_text_tokens"]),
            input_audio_tokens=round(tokens["input_audio_tokens"]),
            output_text_tokens=round(tokens["output_text_tokens"]),
            output_audio_tokens=round(tokens["output_audio_tokens"]),
        )

    def tracks(self, alive: Collection[int]) -> list[int]:
        """Tracks that each job process heard when it last told, of those that live."""
        found = []
        for process in alive:
            file = str(self._folder / f"gauge_livesum_{process}.db")
            with suppress(FileNotFoundError, struct.error):  # it has told nothing yet
                values = MmapedDict.read_all_values_from_file(file)  # type: ignore[no-untyped-call]
                found += [
                    round(value) for key, value, *_ in values if json.loads(key)[1] == _TRACKS
                ]
        return found

    def fold_ended(self) -> None:
        """Add what ended processes counted to the files of the ended, and remove theirs."""
        files = {file: file.stem.rpartition("_") for file in self._folder.glob("*.db")}
        alive = {str(pid) for pid in self._alive()} | {_ENDED}
        for file, (kind, _, process) in files.items():
            if process not in alive:
                if not kind.startswith("gauge"):
                    _add(file, self._folder / f"{kind}_{_ENDED}.db")
                file.unlink()


def exposition(jobs: JobMetrics) -> bytes:
    """The text of ``/metrics``: the worker's own, and the sum of its jobs'."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(jobs)
    return generate_latest(WORKER) + generate_latest(registry)


def _add(file: Path, total: Path) -> None:
    sums = MmapedDict(str(total))  # type: ignore[no-untyped-call]
    try:
        for key, value, at, _ in MmapedDict.read_all_values_from_file(str(file)):  # type: ignore[no-untyped-call]
            held, _ = sums.read_value(key)  # type: ignore[no-untyped-call]
            sums.write_value(key, held + value, at)  # type: ignore[no-untyped-call]
    finally:
        sums.close()  # type: ignore[no-untyped-call]
