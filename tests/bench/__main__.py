"""All benches, or one: ``python -m tests.bench [--only NAME] [--report FILE]``.

Every bench is a process of its own, so that none inherits another's threads or memory.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

BENCHES = {
    "ears": ["tests.bench.ears"],
    "commit": ["tests.bench.commit"],
    "addressing": ["tests.bench.addressing"],
    "agents": ["tests.bench.agents"],
    "control": ["tests.bench.control"],
    "floor": ["tests.bench.floor"],
    "latency": ["tests.bench.latency"],
    "barge_in": ["tests.bench.barge_in"],
    "tail": ["tests.bench.tail"],
    "start": ["tests.bench.start"],
    "store": ["tests.bench.store"],
}


def main() -> int:
    """Run; write one report. Returns an exit code: of the last bench that failed, or 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted(BENCHES))
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    figures: dict[str, object] = {}
    failed = 0
    for name in [options.only] if options.only else BENCHES:
        print(f"== {name}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.json"
            module, *arguments = BENCHES[name]
            command = [sys.executable, "-m", module, *arguments, "--report", str(report)]
            failed = subprocess.call(command) or failed
            if report.exists():
                figures[name] = json.loads(report.read_text(encoding="utf-8"))
    if options.report:
        options.report.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return failed


if __name__ == "__main__":
    sys.exit(main())
