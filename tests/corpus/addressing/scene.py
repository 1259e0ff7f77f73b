"""The line that begins a scene: ``@ NAME; people: A, B; agents: X``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"@\s*(?P<names>[^;]+);\s*people:(?P<people>[^;]*);\s*agents:(?P<agents>.*)")


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is there. ``agents`` are others than the one whose ``names`` are given."""

    names: tuple[str, ...]
    people: tuple[str, ...]
    agents: tuple[str, ...]


def scene_of(line: str) -> Scene | None:
    """None for a line that begins none."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        return None
    return Scene(*(_listed(found[part]) for part in ("names", "people", "agents")))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())
