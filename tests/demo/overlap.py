"""How long people heard the agent while a person spoke. Pure: from levels to milliseconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BRIDGE_MS = 500
"""A shorter gap between two sounds of one voice is a pause in its speech, not the end of it."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Milliseconds. ``total_ms`` counts only sound of the agent; ``longest_ms`` is the longest time
    for which it did not stop, its pauses included."""

    total_ms: int
    longest_ms: int


def on_time(arrivals_s: Sequence[float], step_ms: int) -> list[float]:
    """When each step was due: steps that waited for the reader move back to their place.

    A step cannot be later than its successor less its own length.
    """
    due = list(arrivals_s)
    for index in range(len(due) - 2, -1, -1):
        due[index] = min(due[index], due[index + 1] - step_ms / 1000)
    return due


def sounding(
    due_s: Sequence[float], level_db: Sequence[float], audible_db: float, step_ms: int
) -> set[int]:
    """The steps of the clock, numbered from its zero, in which something is audible."""
    steps = zip(due_s, level_db, strict=True)
    return {round(due * 1000 / step_ms) for due, level in steps if level > audible_db}


def speech(sounds: Iterable[int], step_ms: int) -> set[int]:
    """Sounds with the short gaps between them."""
    reach = BRIDGE_MS // step_ms
    filled: set[int] = set()
    last: int | None = None
    for step in sorted(sounds):
        begin = last if last is not None and step - last <= reach else step
        filled.update(range(begin, step + 1))
        last = step
    return filled


def together_ms(agents: Sequence[set[int]], step_ms: int) -> int:
    """For how long more than one agent was audible."""
    heard = Counter(step for sounds in agents for step in sounds)
    return step_ms * sum(count > 1 for count in heard.values())


def overlap(agent: set[int], people: Iterable[set[int]], step_ms: int) -> Overlap:
    """Steps in which the agent is audible while any person speaks, and how long it goes on."""
    spoken = set().union(*(speech(sounds, step_ms) for sounds in people))
    longest = run = 0
    last: int | None = None
    for step in sorted(speech(agent, step_ms) & spoken):
        run = run + 1 if last is not None and step == last + 1 else 1
        longest = max(longest, run)
        last = step
    return Overlap(total_ms=len(agent & spoken) * step_ms, longest_ms=longest * step_ms)
