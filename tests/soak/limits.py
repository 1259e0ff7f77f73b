"""What a gate may measure at most, and what its report has to tell. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tests.soak.tally import Tally

FEWEST = 20
"""Samples of which the 95th percentile is another than the worst."""

EVERY = ("rounds", "faults_injected", "words_said", "lost", "doubled", "wall_s")
TRANSCRIPT_REPORT = (*EVERY, "misattributed", "holes_listed")
"""Of the gates that ask who said what."""
OWNERSHIP_REPORT = (
    *EVERY,
    "recover_ms_p95",
    "unable_to_speak_ms_p95",
    "zombie_heard_ms",
    "zombie_segments",
)
"""Of the gates that take the agent away from its owner."""


@dataclass(frozen=True, slots=True)
class Limit:
    """``sampled`` names the samples, in the unit of ``most``. Without ``worst`` 95 of 100 have to
    keep it, for which there must be at least 20."""

    sampled: str
    most: float
    worst: bool = False

    @property
    def fewest(self) -> int:
        """Samples without which nothing can be said."""
        return 1 if self.worst else FEWEST

    @property
    def figure(self) -> str:
        """Its name in the report."""
        return f"{self.sampled}_max" if self.worst else f"{self.sampled}_p95"

    def broken(self, tally: Tally, *, whole: bool) -> str:
        """Why it is not kept; empty where it is, and where a run that is not ``whole`` has too few
        samples to tell."""
        count = len(tally.samples.get(self.sampled, ()))
        if count < self.fewest:
            few = f"{self.figure} needs {self.fewest} samples and has {count}"
            return few if whole else ""
        found = tally.figures()[self.figure]
        return f"{self.figure} is {found:g}, at most {self.most:g}" if found > self.most else ""


@dataclass(frozen=True, slots=True)
class Share:
    """Of all that is counted as ``of``, at most so much is counted as ``counted``, too. A few
    rounds may be odd ones: it takes 20, or all."""

    counted: str
    of: str
    most: float

    @property
    def figure(self) -> str:
        """Its name in a sentence."""
        return f"{self.counted} of {self.of}"

    def broken(self, tally: Tally, *, whole: bool) -> str:
        """As ``Limit`` has it."""
        some, every = tally.counts[self.counted], tally.counts[self.of]
        enough = whole or tally.counts["rounds"] >= FEWEST
        if not enough or some <= self.most * every:
            return ""
        return f"{self.figure} is {some / every if every else some:g}, at most {self.most:g}"


NEVER_ABSENT = Limit("absent_ms", 0.0, worst=True)
"""Who hands over leaves no moment without the agent in the room."""


def broken(limits: Sequence[Limit | Share], tally: Tally, *, whole: bool) -> Iterator[str]:
    """Why each limit that is not kept is not."""
    return filter(None, (limit.broken(tally, whole=whole) for limit in limits))


def untold(report: Collection[str], tally: Tally) -> list[str]:
    """What the report should tell and does not."""
    return [name for name in report if name not in tally.figures()]
