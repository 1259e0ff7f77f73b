"""The command line: ``roomhand --help``.

Exit codes: 0 success, 2 wrong use, and after sysexits.h 69 a service is unavailable, 75 try again
later, 78 the configuration is wrong.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from roomhand import __version__
from roomhand.attribution.export import Format, export, line_of
from roomhand.doctor import Finding, check_plugin, examine
from roomhand.errors import ConfigError, Fault, RoomhandError
from roomhand.log import configure_logging
from roomhand.profiles import Profile, load_profiles
from roomhand.remote import RoomControl
from roomhand.settings import Settings, load_settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="AI participants for LiveKit rooms with several people.",
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
T = TypeVar("T")

Room = Annotated[str, typer.Argument(help="Name of the LiveKit room")]
Agent = Annotated[str, typer.Option("--agent", "-a", help="Agent's name in the profiles file")]


@app.command()
def worker() -> None:
    """Run a worker: takes agents into rooms until SIGTERM, then drains."""
    from roomhand.worker import Worker

    settings = load_settings()
    configure_logging(settings.log_level, json_lines=settings.log_json)
    profiles = _checked_profiles(settings)
    asyncio.run(Worker(settings, profiles).run())


@app.command()
def join(
    room: Room,
    agent: Agent,
    create: Annotated[bool, typer.Option(help="Open the room if it is not open")] = False,
    wait_s: Annotated[float, typer.Option(help="How long to wait for the agent")] = 15,
) -> None:
    """Bring an agent into a room and wait until it is there."""
    settings = load_settings()
    _known_agent(settings, agent)
    identity = _with_control(settings, lambda c: c.join(room, agent, create=create, wait_s=wait_s))
    out.print(f"{agent} is in {room} as {identity}")


@app.command()
def leave(room: Room, agent: Agent) -> None:
    """Make an agent leave a room."""
    settings = load_settings()
    out.print(_with_control(settings, lambda c: c.leave(room, agent)))


@app.command()
def say(
    room: Room, agent: Agent, text: Annotated[str, typer.Argument(help="What to say aloud")]
) -> None:
    """Make an agent say something; it waits for a quiet moment."""
    settings = load_settings()
    if not text.strip():
        raise ConfigError([Fault("TEXT", "is empty", "Give the words to say")])
    out.print(_with_control(settings, lambda c: c.say(room, agent, text)))


@app.command()
def transcript(
    room: Room,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Show it as it grows")] = False,
    meeting: Annotated[str | None, typer.Option(help="Meeting id; the newest by default")] = None,
    form: Annotated[str, typer.Option("--format", help=f"text, {', '.join(Format)}")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write")] = None,
) -> None:
    """Show or export what was said in a room."""
    settings = load_settings()
    if form != "text" and form not in list(Format):
        known = ", ".join(["text", *Format])
        raise ConfigError([Fault("--format", f"{form} is unknown", f"Use one of {known}")])
    if follow:
        _with_control(settings, lambda c: c.follow(room, meeting, out.print))
        return
    segments = _with_control(settings, lambda c: c.segments(room, meeting))
    text = (
        "\n".join(map(line_of, segments))
        if form == "text"
        else export(segments, Format(form), room)
    )
    if output is None:
        out.print(text, markup=False, soft_wrap=True)
    else:
        output.write_text(text, encoding="utf-8")
        err.print(f"{len(segments)} segments in {output}")


@app.command()
def token(
    room: Room,
    identity: Annotated[str, typer.Option(help="Identity of the person")],
    name: Annotated[str, typer.Option(help="Display name")] = "",
) -> None:
    """Print a token with which a person joins a room."""
    settings = load_settings()
    out.print(_with_control(settings, lambda c: c.token(room, identity, name)), soft_wrap=True)


@app.command()
def doctor() -> None:
    """Check LiveKit, Redis, profiles, plugins and the network, and say what to do."""
    settings = load_settings()
    findings = asyncio.run(examine(settings))
    for finding in findings:
        _show(finding)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(ConfigError.exit_code)


@app.command()
def version() -> None:
    """Print the version."""
    out.print(__version__)


def _with_control(settings: Settings, act: Callable[[RoomControl], Coroutine[Any, Any, T]]) -> T:
    async def run() -> T:
        async with RoomControl.open(settings) as control:
            return await act(control)

    return asyncio.run(run())


def _checked_profiles(settings: Settings) -> dict[str, Profile]:
    profiles = load_profiles(settings.profiles)
    for profile in profiles.values():
        check_plugin(settings, profile)
    return profiles


def _known_agent(settings: Settings, agent: str) -> None:
    profiles = load_profiles(settings.profiles)
    if agent not in profiles:
        known = ", ".join(profiles)
        fault = Fault("--agent", f"{agent} is not in {settings.profiles}", f"Known are: {known}")
        raise ConfigError([fault])


def _show(finding: Finding) -> None:
    mark = "[green]ok  [/]" if finding.ok else "[red]FAIL[/]"
    out.print(mark, end=" ")
    out.print(f"{finding.subject}: {finding.detail}", markup=False, soft_wrap=True)
    if finding.fix:
        out.print(f"     {finding.fix}", markup=False, soft_wrap=True)


def main() -> None:
    """Run the command line; every error of ours is one clear message and an exit code."""
    try:
        app()
    except RoomhandError as error:
        for line in str(error).splitlines():
            err.print(f"roomhand: {line}", markup=False, soft_wrap=True)
        sys.exit(error.exit_code)
