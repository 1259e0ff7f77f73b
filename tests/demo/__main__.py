"""``python -m tests.demo``: watch a meeting of three people and an agent; see ``docs/demo.md``.

Exit codes: 0 everything holds, 1 something is red, 69 the demo could not run.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
from pathlib import Path

from rich.console import Console

from roomhand.errors import RoomhandError
from tests.demo.plant import Plant
from tests.demo.run import Options, run
from tests.demo.stage import DemoError

RED, CANNOT_RUN, INTERRUPTED = 1, 69, 130
FOLDER = Path("demo-output")


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description="A demo meeting.")
    parser.add_argument("--seed", type=int, help="who, what and in which order; else random")
    parser.add_argument("--keep", action="store_true", help="leave the room open afterwards")
    parser.add_argument("--plain", action="store_true", help="lines instead of a live view")
    parser.add_argument("--plant", type=Plant, choices=list(Plant), help="a fault to be found")
    parser.add_argument("--report", type=Path, help="file for the figures, as JSON")
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder for the files")
    given = parser.parse_args()
    return Options(
        seed=random.randrange(1_000_000) if given.seed is None else given.seed,
        keep=given.keep,
        plain=given.plain or not sys.stdout.isatty(),
        plant=given.plant,
        report=given.report,
        folder=given.output,
    )


async def _main(options: Options, console: Console) -> bool:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await run(options, console)


def main() -> int:
    """Run the demo; gives its exit code."""
    options, console = _options(), Console(highlight=False)
    try:
        return 0 if asyncio.run(_main(options, console)) else RED
    except (DemoError, RoomhandError) as error:
        console.print(f"demo: {error}", style="red", markup=False, soft_wrap=True)
        return CANNOT_RUN
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("ended")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
