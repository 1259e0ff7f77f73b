"""What a run leaves behind: the transcript in every format, the report, and the table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from roomhand.attribution.export import Format, export
from roomhand.attribution.segments import Segment
from tests.demo.play import Play
from tests.demo.result import Result


def write(
    folder: Path, play: Play, segments: Sequence[Segment], result: Result, report: Path | None
) -> list[Path]:
    """Write every file; gives their paths."""
    title = f"Demo meeting, seed {play.script.seed}"
    files = {folder / f"transcript.{form}": export(segments, form, title) for form in Format}
    script = play.script
    sayings = (each.saying for each in play.spoken)
    said = "".join(f"{script.name_of(saying.who)}: {saying.text}\n" for saying in sayings)
    files[folder / "script.txt"] = said
    figures = json.dumps(result.as_dict(), indent=2) + "\n"
    files[folder / "report.json"] = figures
    if report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        files[report] = figures
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return list(files)


def show(console: Console, result: Result, files: Sequence[Path]) -> None:
    """The files and the table."""
    console.print("written: " + ", ".join(str(path) for path in files), soft_wrap=True)
    table = Table(title=f"seed {result.seed}, {result.speech_s:.0f} s of speech")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("allowed", justify="right")
    table.add_column("")
    for what, measured, allowed, holds in result.rows():
        mark = "[green]ok[/]" if holds else "[bold red]RED[/]"
        table.add_row(what, measured, allowed, mark)
    console.print(table)
    if result.heard_at_listener:
        console.print(f'a listener\'s recogniser heard the answer as: "{result.heard_at_listener}"')
    verdict = "[bold green]all of it holds[/]" if result.passed else "[bold red]RED[/]"
    console.print(f"seed {result.seed}: {verdict}")
