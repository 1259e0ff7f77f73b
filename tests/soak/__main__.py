"""``python -m tests.soak`` runs the long gates and says what they found; exit code 1: one is red.

A run in which nobody said a word proves nothing and is red too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.sim import servers
from tests.soak.gates import GATES, Figures, Gate, new_venue


async def run(gates: Mapping[str, Gate], rounds: int | None) -> dict[str, Figures]:
    """The figures of each gate."""
    found: dict[str, Figures] = {}
    with servers.livekit_server() as livekit, servers.redis_server() as redis:
        for name, gate in gates.items():
            count = gate.rounds if rounds is None else rounds
            figures = await gate.run(lambda: new_venue(livekit, redis), count)
            found[name] = {"rounds": count, **figures}
            print(name, json.dumps(found[name]), flush=True)
    return found


def green(figures: Figures) -> bool:
    """Whether a gate ran at all, and found nothing."""
    return figures.get("said", 0) > 0 and figures.get("failures", 0) == 0


def main(arguments: Sequence[str] | None = None, gates: Mapping[str, Gate] = GATES) -> int:
    """Run what was asked for; returns the exit code."""
    options = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    options.add_argument("--only", choices=sorted(gates), help="run one gate")
    options.add_argument("--rounds", type=int, help="rounds of each gate, instead of its own")
    options.add_argument("--report", type=Path, help="file to write the figures to, as JSON")
    given = options.parse_args(arguments)
    chosen = {given.only: gates[given.only]} if given.only else gates
    found = asyncio.run(run(chosen, given.rounds))
    if given.report:
        given.report.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    red = [name for name, figures in found.items() if not green(figures)]
    print(f"red: {', '.join(red)}" if red else "all green")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
