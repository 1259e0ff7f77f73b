"""What workers log, by room and wall clock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any


def newest(logs: Iterable[Path], message: str) -> dict[str, float]:
    """Wall clock of the newest such line in any of the logs, by room."""
    times = [(line["room"], _at_s(line)) for line in _lines(logs, f'"{message}"')]
    return dict(sorted(times, key=lambda one: one[1]))


def around(logs: Iterable[Path], room: str, from_s: float, to_s: float) -> list[str]:
    """What was logged of a room then, as logged, the oldest first."""
    told = [line for line in _lines(logs, f'"{room}"') if from_s <= _at_s(line) <= to_s]
    return [json.dumps(line) for line in sorted(told, key=_at_s)]


def _lines(logs: Iterable[Path], part: str) -> Iterator[dict[str, Any]]:
    for log in logs:
        for line in log.read_text().splitlines():
            if part in line:
                yield json.loads(line)


def _at_s(line: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(line["time"]).timestamp()
