"""What a long gate counts: numbers that add up over rounds, and samples that are ranked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """Of some rounds. ``rounds``, ``wall_s``, ``words_said``, ``faults_injected`` and ``failures``
    mean the same in every gate, and so does what limits.py names; the others are the gate's own."""

    counts: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[float]] = field(default_factory=dict)

    def add(self, **counts: float) -> None:
        """Count on."""
        for name, count in counts.items():
            self.counts[name] += count  # type: ignore[assignment]

    def note(self, name: str, *values: float) -> None:
        """Keep samples of a measured quantity."""
        self.samples.setdefault(name, []).extend(round(value, 3) for value in values)

    def merge(self, other: Tally) -> None:
        """Add another part of the same gate."""
        self.counts.update(other.counts)
        for name, values in other.samples.items():
            self.note(name, *values)

    def figures(self) -> dict[str, float]:
        """The counts, and p50, p95 and max of what was sampled."""
        found: dict[str, float] = {
            name: round(count, 3) for name, count in sorted(self.counts.items())
        }
        for name, values in sorted(self.samples.items()):
            found[f"{name}_p50"] = _ranked(values, 0.5)
            found[f"{name}_p95"] = _ranked(values, 0.95)
            found[f"{name}_max"] = max(values, default=0.0)
        return found

    def as_json(self) -> dict[str, Any]:
        """For the report, from which ``of_json`` goes on."""
        return {**self.figures(), "counts": dict(self.counts), "samples": self.samples}

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Tally:
        """Raises KeyError or TypeError where this is no part of a report."""
        samples = {name: list(values) for name, values in found["samples"].items()}
        return cls(Counter(found["counts"]), samples)


def _ranked(values: list[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[math.ceil(share * len(ranked)) - 1] if ranked else 0.0
