"""What workers log, by room and wall clock."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path


def newest(logs: Iterable[Path], message: str) -> dict[str, float]:
    """Wall clock of the newest such line in any of the logs, by room."""
    lines = (
        json.loads(line)
        for log in logs
        for line in log.read_text().splitlines()
        if f'"{message}"' in line
    )
    times = [(line["room"], datetime.fromisoformat(line["time"]).timestamp()) for line in lines]
    return dict(sorted(times, key=lambda one: one[1]))
