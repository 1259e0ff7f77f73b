"""What is still heard of an agent after it was killed, frozen, or told to stop.

    python -m tests.bench.tail --runs 10 --report FILE

A process of its own speaks through the real mouth, with the usual 200 ms queued, into a real
livekit-server on loopback; the parent listens. Milliseconds from the signal, or from the call, to
the last 10 ms that a person would notice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import psutil

from roomhand.room.mouth import Mouth
from roomhand.turns.gate import PublishGate
from tests.sim import servers
from tests.worker.room.listening_person import Listener, join, tone

QUEUE_MS = 200
"""What the mouth keeps in the SDK's queue: a process that is gone takes none of it back."""
TARGETS = {
    "kill -9": QUEUE_MS + 250.0,
    "SIGSTOP": QUEUE_MS + 250.0,
    "revoke": 150.0,
    "pause": 150.0,
    "stop": 150.0,
}
"""Milliseconds at the 95th percentile: what is queued, and the way to a listener."""
HOWS = tuple(TARGETS)
LIMIT_S = 20.0
SILENT_DB = -60.0


async def speak(server: servers.LiveKit, room_name: str, how: str) -> None:
    """The agent: speaks until it is killed, or until SIGUSR1, when it does ``how`` and says when.

    Ends by itself after ``LIMIT_S``.
    """
    room = await join(server, room_name, "sage~1", kind="agent", auto_subscribe=False)
    gate = PublishGate(lambda: 1e12)
    mouth = Mouth(room, gate, queue_ms=QUEUE_MS)
    await mouth.open()
    gate.open(1, 1e12)
    mouth.begin("r", 1)
    mouth.push("r", tone(1000, LIMIT_S * 1000))

    def act() -> None:
        print(time.monotonic(), flush=True)
        if how == "revoke":
            gate.close()
        elif how == "pause":
            mouth.pause()
        else:
            mouth.stop("r")

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, act)
    await asyncio.sleep(LIMIT_S)
    await room.disconnect()


async def tail_ms(server: servers.LiveKit, how: str, number: int) -> float:
    """Of one agent's end."""
    room_name = f"bench-tail-{HOWS.index(how)}-{number}"
    listener = Listener(await join(server, room_name, "bob"))
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.tail", "--speak", room_name, "--how", how),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ
        | {
            "LIVEKIT_URL": server.url,
            "LIVEKIT_API_KEY": server.api_key,
            "LIVEKIT_API_SECRET": server.api_secret,
        },
    )
    assert child.stdout is not None
    try:
        async with asyncio.timeout(LIMIT_S):
            while len(listener.recording.audible()) < 60:
                await listener.listen(50)
            await asyncio.sleep(number % 7 * 0.01)
            cut_s = time.monotonic()
            if how == "kill -9":
                child.kill()
            elif how == "SIGSTOP":
                child.send_signal(signal.SIGSTOP)
            else:
                child.send_signal(signal.SIGUSR1)
                cut_s = float(await child.stdout.readline())
            await listener.listen(700)
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()
    last_s = max(listener.recording.audible(0, SILENT_DB))
    await listener.close()
    return (last_s - cut_s) * 1000


async def measure(server: servers.LiveKit, runs: int) -> dict[str, list[float]]:
    """Every end, so many times."""
    return {how: [await tail_ms(server, how, n) for n in range(runs)] for how in HOWS}


def missed(report: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The ends that last too long."""
    return [how for how, target_ms in TARGETS.items() if report[how]["p95"] > target_ms]


def main() -> int:
    """Run and report; or be the agent. Returns an exit code: 1 where a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--speak", help=argparse.SUPPRESS)
    parser.add_argument("--how", default="stop", help=argparse.SUPPRESS)
    options = parser.parse_args()
    psutil.cpu_percent()
    with servers.livekit_server() as server:
        if options.speak:
            asyncio.run(speak(server, options.speak, options.how))
            return 0
        tails = asyncio.run(measure(server, options.runs))
    busy = psutil.cpu_percent()
    report = {
        how: {
            "n": len(values),
            "p50": round(float(np.percentile(values, 50)), 1),
            "p95": round(float(np.percentile(values, 95)), 1),
            "max": round(max(values), 1),
        }
        for how, values in tails.items()
    }
    late = missed(report)
    for how, row in report.items():
        figures = f"{row['n']:4} {row['p50']:7} {row['p95']:7} {row['max']:7}"
        print(f"{how:10} {figures}  {TARGETS[how]:.0f} {'MISSED' if how in late else 'ok'}")
    print(f"machine {busy:.0f} % busy", "(above 85 %: not a fair run)" if busy > 85 else "")
    if options.report:
        whole = {"machine_busy_percent": busy, "milliseconds": report, "missed": late}
        options.report.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
