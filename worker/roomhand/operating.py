"""Commands for who runs a deployment: what there is of it, and what is moved or erased."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated

import typer

from roomhand.errors import NotFoundError
from roomhand.listing import agent_line, meeting_line, room_line, usage_line, worker_line
from roomhand.terminal import Agent, AsJson, Room, not_empty, not_empty_if_given, out, reach


def agents(
    room: Annotated[
        str | None,
        typer.Argument(help="Only of this LiveKit room", callback=not_empty_if_given),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the agents that are wanted or run, and which process runs each."""
    for one in reach(lambda c: c.agents(room)):
        out.print(json.dumps(asdict(one)) if as_json else agent_line(one))


def rooms(as_json: AsJson = False) -> None:
    """List the rooms with agents: the meeting of each, who runs there and who is awaited."""
    for one in reach(lambda c: c.rooms()):
        out.print(json.dumps(asdict(one)) if as_json else room_line(one))


def meetings(room: Room, as_json: AsJson = False) -> None:
    """List the meetings of a room, the newest first: those in Redis and in the archive."""
    for one in reach(lambda c: c.meetings(room).all()):
        out.print(json.dumps(asdict(one)) if as_json else meeting_line(one))


def workers(as_json: AsJson = False) -> None:
    """List the workers that live, how full they are and what they run."""
    for one in reach(lambda c: c.workers().all()):
        out.print(one.record.model_dump_json() if as_json else worker_line(one))


def usage(as_json: AsJson = False) -> None:
    """Show what runs now, and what the workers that live have used since they started."""
    found = reach(lambda c: c.usage())
    told = asdict(found)
    flat = told | told.pop("used").model_dump()
    out.print(json.dumps(flat) if as_json else usage_line(found))


def drain(
    worker: Annotated[str, typer.Argument(help="Id, of roomhand workers", callback=not_empty)],
) -> None:
    """Have a worker take no more agents, hand over those that it has, and end."""
    if not reach(lambda c: c.workers().drain(worker)):
        raise NotFoundError(
            f"no worker {worker} was heard of lately. roomhand workers lists those that live"
        )
    out.print(f"{worker} drains, and ends when it has no agent any more")


def hand_over(room: Room, agent: Agent) -> None:
    """Have another process run an agent, from the next quiet moment on."""
    out.print(reach(lambda c: c.hand_over(room, agent)))


def redispatch(room: Room, agent: Agent) -> None:
    """Send for a stuck agent anew, at once; a process that runs it ends in the middle of a word."""
    reach(lambda c: c.redispatch(room, agent))
    out.print(f"{agent} is sent for anew. roomhand agents {room} shows when it is there")


def erase(
    room: Room,
    meeting: Annotated[str, typer.Argument(help="Id, of roomhand meetings", callback=not_empty)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first")] = False,
) -> None:
    """Erase a meeting that is over, for good: in Redis and in the archive."""
    if not yes:
        typer.confirm(f"Erase all that was said in {meeting} of {room}, for good?", abort=True)
    reach(lambda c: c.meetings(room).erase(meeting))
    out.print(f"{meeting} of {room} is erased")


COMMANDS: Mapping[str, Callable[..., None]] = {
    "agents": agents,
    "rooms": rooms,
    "meetings": meetings,
    "workers": workers,
    "usage": usage,
    "drain": drain,
    "hand-over": hand_over,
    "redispatch": redispatch,
    "erase": erase,
}
"""By the word that is written."""
