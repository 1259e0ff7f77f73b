"""``python -m tests.soak`` runs the long gates and says what they found; exit code 1: one is red.

A run in which nobody said a word, or in which a gate that injects faults injected none, proves
nothing and is red too, and so is a whole one that breaks a limit of the gate or has measured too
little to tell. With ``--report`` every part is written when it is done, and a report that
is there already is gone on from: a run that was ended costs only the part it was in. A part that
crashes is a failure, and is written and gone on from like any other.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.sim import servers
from tests.soak.gates import GATES, Gate, Ground
from tests.soak.limits import broken, untold
from tests.soak.tally import Tally


async def run(
    gates: Mapping[str, Gate], rounds: int | None, report: Path | None, rooms: int | None = None
) -> dict[str, str]:
    """Why each gate is red; empty where it is green."""
    tallies = _read(report)
    with servers.livekit_server() as livekit, servers.redis_server() as redis:
        ground = Ground(livekit, redis, rooms)
        for name, gate in gates.items():
            tally = tallies.setdefault(name, Tally())
            wanted = gate.rounds if rounds is None else rounds
            while (done := int(tally.counts["rounds"])) < wanted:
                part = range(done, min(done + gate.part, wanted))
                began_s = time.monotonic()
                tally.merge(await _part(gate, ground, part))
                tally.add(rounds=len(part), wall_s=time.monotonic() - began_s)
                _write(report, tallies)
                print(f"{name}: {len(part) + done} of {wanted}, {_line(tally)}", flush=True)
            print(f"{name} {json.dumps(tally.figures())}", flush=True)
    return {name: _red(gate, tallies[name]) for name, gate in gates.items()}


async def _part(gate: Gate, ground: Ground, rounds: range) -> Tally:
    """What these rounds found. That something never came about is an exception: unwritten, the part
    would be run again by whoever goes on from the report, until all of it is green."""
    try:
        return await gate.run(ground, rounds)
    except Exception:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise  # who was interrupted may fail to tidy up, which says nothing of the product
        traceback.print_exc()
        tally = Tally()
        tally.add(failures=1, crashed=1)
        return tally


def _red(gate: Gate, tally: Tally) -> str:
    if not tally.counts["words_said"]:
        return "nobody said a word"
    if gate.injects and not tally.counts["faults_injected"]:
        return "no fault was injected"
    if tally.counts["rounds"] <= gate.rounds and tally.counts["wall_s"] > gate.longest_s:
        return f"it took longer than {gate.longest_s / 60:.0f} minutes"
    whole = tally.counts["rounds"] >= gate.rounds
    why = [f"{tally.counts[one]} {one}" for one in ("failures", "crashed") if tally.counts[one]]
    why += broken(gate.limits, tally, whole=whole)
    why += [f"the report has no {name}" for name in untold(gate.report, tally) if whole]
    return "; ".join(why)


def _line(tally: Tally) -> str:
    return f"{tally.counts['failures']} failures, {tally.counts['wall_s']:.0f} s"


def _read(report: Path | None) -> dict[str, Tally]:
    if report is None or not report.exists():
        return {}
    try:
        found = json.loads(report.read_text(encoding="utf-8"))
        return {name: Tally.of_json(part) for name, part in found.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SystemExit(f"{report} is no report of a soak: name another file") from None


def _write(report: Path | None, tallies: Mapping[str, Tally]) -> None:
    if report is not None:
        text = json.dumps({name: tally.as_json() for name, tally in tallies.items()}, indent=1)
        report.write_text(text + "\n", encoding="utf-8")


@contextmanager
def _planted(
    options: argparse.ArgumentParser, given: argparse.Namespace, chosen: Mapping[str, Gate]
) -> Iterator[None]:
    """A run that must be red; what it finds is of no worth to any other."""
    if given.plant is None:
        yield
        return
    known = chosen[given.only].plants if given.only else {}
    if given.plant not in known:
        options.error(f"--plant needs --only with a gate that has it: {', '.join(known) or 'none'}")
    if given.report is not None:
        options.error("--plant: leave out --report, a planted run is no part of one")
    with pytest.MonkeyPatch.context() as patch:
        known[given.plant](patch)
        yield


def main(arguments: Sequence[str] | None = None, gates: Mapping[str, Gate] = GATES) -> int:
    """Run what was asked for; returns the exit code."""
    options = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    options.add_argument("--only", choices=sorted(gates), help="run one gate")
    options.add_argument("--rounds", type=int, help="rounds of each gate, instead of its own")
    options.add_argument("--rooms", type=int, help="rooms at a time, in gates that have several")
    options.add_argument("--report", type=Path, help="JSON file: written, and gone on from")
    options.add_argument("--plant", help="a fault of the product, which the gate must find")
    given = options.parse_args(arguments)
    chosen = {given.only: gates[given.only]} if given.only else gates
    with _planted(options, given, chosen):
        found = asyncio.run(run(chosen, given.rounds, given.report, given.rooms))
    red = {name: why for name, why in found.items() if why}
    for name, why in red.items():
        print(f"red: {name}: {why}")
    if not red:
        print("all green")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
