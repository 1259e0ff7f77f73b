"""What a person sees in the terminal while the meeting runs: live, or as plain lines."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from roomhand.attribution.export import in_order, line_of
from roomhand.attribution.segments import Segment
from tests.demo.observer import Observer
from tests.demo.script import Script
from tests.demo.watch import Watch

REFRESH_S = 0.2
LINES = 16
INTERIM_S = 6.0
"""Interim words older than this are of a turn that came to nothing."""


@contextlib.asynccontextmanager
async def shown(
    console: Console, script: Script, watch: Watch, observer: Observer, *, plain: bool
) -> AsyncIterator[None]:
    """Show the meeting for as long as the block runs."""
    if plain:
        watch.on_segment = lambda segment: _print(console, segment)
        for segment in list(watch.segments):
            _print(console, segment)
        floor = asyncio.create_task(_print_floor(console, watch))
        try:
            yield
        finally:
            await _ended(floor)
        return
    with Live(console=console, refresh_per_second=1 / REFRESH_S, transient=True) as live:
        drawing = asyncio.create_task(_draw(live, script, watch, observer))
        try:
            yield
        finally:
            await _ended(drawing)
    for segment in in_order(watch.segments):
        _print(console, segment)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _print(console: Console, segment: Segment) -> None:
    console.print(line_of(segment), markup=False, soft_wrap=True)


async def _print_floor(console: Console, watch: Watch) -> None:
    last = ""
    while True:
        holder = watch.holder.agent if watch.holder else ""
        if holder != last:
            console.print(f"         floor: {holder or 'free'}", markup=False)
            last = holder
        await asyncio.sleep(REFRESH_S / 2)


async def _draw(live: Live, script: Script, watch: Watch, observer: Observer) -> None:
    while True:
        live.update(_screen(script, watch, observer))
        await asyncio.sleep(REFRESH_S)


def _screen(script: Script, watch: Watch, observer: Observer) -> RenderableType:
    return Group(
        Panel(_people(script, watch, observer), title="in the room", title_align="left"),
        Panel(_transcript(watch), title="transcript", title_align="left"),
    )


def _people(script: Script, watch: Watch, observer: Observer) -> Table:
    table = Table.grid(padding=(0, 2))
    for character in script.cast:
        speaks = observer.speaks(character.identity)
        mark = Text("● speaks", "bold green") if speaks else Text("○", "dim")
        name = Text(character.name, "bold" if speaks else "")
        table.add_row(mark, name, f"{character.voice} voice")
    speaks = observer.agent_speaks
    holds = watch.holder is not None
    mark = Text("● speaks", "bold cyan") if speaks else Text("○", "dim")
    floor = Text("holds the floor", "bold cyan") if holds else Text("the floor is free", "dim")
    table.add_row(mark, Text(script.agent, "bold" if speaks else ""), Text("agent, ").append(floor))
    return table


def _transcript(watch: Watch) -> Text:
    lines = [Text(line_of(segment)) for segment in in_order(watch.segments)]
    now_s = time.monotonic()
    lines += [
        Text(f"         {segment.name}: {segment.text} …", "dim italic")
        for segment, came_s in watch.interims.values()
        if segment.text and now_s - came_s < INTERIM_S
    ]
    return Text("\n").join(lines[-LINES:])
