"""How full a worker is, and whether it takes one more job. Decides only: measurements and ``now``
are given.

The load is the largest of four parts, each 1.0 where the worker is full. What a job that has just
come will cost shows only later, so for a while it counts as if people were there; one that is
accepted and does not run yet counts, too. Otherwise a burst would all be taken by one worker.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

ROOM_TRACKS = 5
"""A job costs as much as so many tracks, beside those that it hears (benchmarks.md, Ears)."""
YOUNG_S = 30.0
"""A job counts as having the expected tracks for so long: its people come one by one."""
CPU_FULL = 0.8
"""Share of the cores: above, the event loops of jobs begin to be late."""
LAG_FULL_S = 0.2
"""What a mouth has queued (``ROOMHAND_PLAYOUT_QUEUE_MS``): a later loop is heard."""
NEARLY = 0.99


class Part(StrEnum):
    """What a worker may run out of."""

    JOBS = "jobs"
    TRACKS = "tracks"
    CPU = "cpu"
    LAG = "lag"


_AGAIN_BELOW = {Part.JOBS: 1.0, Part.TRACKS: 0.95, Part.CPU: 0.85, Part.LAG: 0.6}
"""A part that was full stays so until it is below: else it would flap where it is measured."""


@dataclass(frozen=True, slots=True)
class LoadTerms:
    """What a worker can carry: so many jobs, so many tracks (a job counts as ``ROOM_TRACKS``), on
    so many cores; and the tracks that a job is expected to hear."""

    jobs: int
    tracks: float
    cores: float
    expected_tracks: int


@dataclass(frozen=True, slots=True)
class Measured:
    """Tracks heard now by each job process, in any order; cores used by all processes of the
    worker; how late the loop of its main process is."""

    tracks: Sequence[int] = ()
    cores_used: float = 0.0
    lag_s: float = 0.0


class WorkerLoad:
    """Knows since when each job runs, and which parts are full."""

    def __init__(self, terms: LoadTerms) -> None:
        self._terms = terms
        self._since_s: dict[str, float] = {}
        self._full: set[Part] = set()
        self._coming = 0
        self._tracks = 0
        self.parts: Mapping[Part, float] = dict.fromkeys(Part, 0.0)
        """Each from 0 to 1, which is full: for as long as it refuses, whatever is measured."""

    @property
    def value(self) -> float:
        """The largest of ``parts``."""
        return max(self.parts.values())

    def look(self, now_s: float, jobs: Collection[str], measured: Measured) -> None:
        """These jobs run now, by id. Those that are coming are not among them."""
        self._since_s = {job: self._since_s.get(job, now_s) for job in jobs}
        young = sum(now_s - since_s < YOUNG_S for since_s in self._since_s.values())
        self._tracks = tracks_expected(
            measured.tracks, len(jobs), young, self._terms.expected_tracks
        )
        found = {
            Part.JOBS: len(jobs) / self._terms.jobs,
            Part.TRACKS: self._weight(0) / self._terms.tracks,
            Part.CPU: measured.cores_used / (self._terms.cores * CPU_FULL),
            Part.LAG: measured.lag_s / LAG_FULL_S,
        }
        self._full = {part for part, value in found.items() if self._stays_full(part, value)}
        self.parts = {
            part: 1.0 if part in self._full else min(value, NEARLY) for part, value in found.items()
        }

    def refusal(self) -> Part | None:
        """What there is too little of for one more job, those that are coming included; None where
        it can be taken.

        A worker without a job takes one whatever is measured: it would wait for nothing.
        """
        if not self._since_s and not self._coming:
            return None
        if len(self._since_s) + self._coming >= self._terms.jobs:
            return Part.JOBS
        if self._weight(self._coming + 1) > self._terms.tracks:
            return Part.TRACKS
        return next((part for part in Part if part in self._full), None)

    @contextmanager
    def coming(self) -> Iterator[None]:
        """A job is being accepted while the block runs; then it runs, or does not come."""
        self._coming += 1
        try:
            yield
        finally:
            self._coming -= 1

    def _weight(self, more: int) -> int:
        """Of the jobs that run and so many more, in tracks."""
        jobs = len(self._since_s) + more
        return ROOM_TRACKS * jobs + self._tracks + more * self._terms.expected_tracks

    def _stays_full(self, part: Part, value: float) -> bool:
        if not self._since_s:
            return False
        if part is Part.TRACKS:
            value = self._weight(1) / self._terms.tracks
            return value > (_AGAIN_BELOW[part] if part in self._full else 1.0)
        return value >= (_AGAIN_BELOW[part] if part in self._full else 1.0)


def tracks_expected(heard: Sequence[int], jobs: int, young: int, at_least: int) -> int:
    """Tracks of all jobs, of which the ``young`` have ``at_least`` so many.

    Which process runs which job is not known: the young ones are taken for those that hear least.
    """
    most_first = sorted(heard, reverse=True)[:jobs]
    most_first += [0] * (jobs - len(most_first))
    old = jobs - young
    return sum(most_first[:old]) + sum(max(one, at_least) for one in most_first[old:])


class CoresUsed:
    """Cores that a changing set of processes used, over the last ``over_s``."""

    def __init__(self, over_s: float = 10.0) -> None:
        self._over_s = over_s
        self._known: Mapping[int, float] = {}
        self._used_s = 0.0
        self._marks: list[tuple[float, float]] = []

    @property
    def value(self) -> float:
        """0 before the second note."""
        if len(self._marks) < 2:
            return 0.0
        (begin_s, used_then_s), (end_s, used_s) = self._marks[0], self._marks[-1]
        return (used_s - used_then_s) / max(end_s - begin_s, 1e-9)

    def note(self, now_s: float, processor_s: Mapping[int, float]) -> None:
        """Processor seconds of each living process so far, by its number.

        One that was not known has used all of it since; one that has less than before is another.
        """
        if self._marks:
            self._used_s += sum(
                used_s - before_s if (before_s := self._known.get(pid, 0.0)) <= used_s else used_s
                for pid, used_s in processor_s.items()
            )
        self._known = dict(processor_s)
        self._marks.append((now_s, self._used_s))
        while len(self._marks) > 2 and self._marks[1][0] <= now_s - self._over_s:
            self._marks.pop(0)
