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

from roomhand.attribution.export import line_of
from roomhand.attribution.segments import Segment, in_order
from roomhand.coordination.floor_view import FloorView
from roomhand.floor_lines import floor_line
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
        watch.on_floor = lambda view: _print_floor(console, view)
        yield
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


def _print_floor(console: Console, floor: FloorView) -> None:
    if floor.holder or floor.queue:
        console.print(f"         floor: {floor_line(floor)}", markup=False, soft_wrap=True)


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
    for agent in (script.agent, script.other_agent):
        speaks = observer.agent_speaks(agent)
        mark = Text("● speaks", "bold cyan") if speaks else Text("○", "dim")
        floor = _floor_of(agent.lower(), watch.floor)
        table.add_row(mark, Text(agent, "bold" if speaks else ""), Text("agent, ").append(floor))
    return table


def _floor_of(agent: str, floor: FloorView | None) -> Text:
    """Whether an agent has the floor or waits for it, and why."""
    if floor is None:
        return Text("")
    if floor.holder and floor.holder.agent == agent:
        return Text(f"has the floor ({floor.holder.reason})", "bold cyan")
    waiting = [(place, one) for place, one in enumerate(floor.queue, 1) if one.agent == agent]
    if waiting:
        place, one = waiting[0]
        return Text(f"waits at place {place} ({one.reason})", "yellow")
    return Text("listens", "dim")


def _transcript(watch: Watch) -> Text:
    lines = [Text(line_of(segment)) for segment in in_order(watch.segments)]
    now_s = time.monotonic()
    lines += [
        Text(f"         {segment.name}: {segment.text} …", "dim italic")
        for segment, came_s in watch.interims.values()
        if segment.text and now_s - came_s < INTERIM_S
    ]
    return Text("\n").join(lines[-LINES:])
