"""The command line: ``roomhand --help``.

Exit codes: 0 success, 1 nobody said yes, 2 wrong use, 130 ctrl-C, and after sysexits.h 66 no such
room, worker, meeting or agent, 69 a service is unavailable, 70 a bug of the control plane's, 75 try
again later, 78 the configuration is wrong.
"""

from __future__ import annotations

import asyncio
import re
import sys
import warnings
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from roomhand import __version__
from roomhand.admin import LiveKitAdmin, livekit_admin
from roomhand.attribution.export import statement
from roomhand.attribution.identity import safe_name
from roomhand.attribution.segments import in_order
from roomhand.attribution.selection import Selection, meeting_time_ms
from roomhand.coordination.commands import Say
from roomhand.coordination.entry import BEGINNING
from roomhand.deployment import Deployment, ModeratedFloor
from roomhand.doctor import Finding, examine, plugin_faults
from roomhand.errors import ConfigError, Fault, RoomhandError
from roomhand.floor_control import Act
from roomhand.floor_lines import floor_json, floor_line
from roomhand.log import configure_logging
from roomhand.minutes import Form, followed, minutes
from roomhand.operating import COMMANDS
from roomhand.profiles import Policy, Profile, load_profiles
from roomhand.settings import Settings, load_settings
from roomhand.terminal import (
    Agent,
    Room,
    by_api,
    err,
    not_empty,
    not_empty_if_given,
    out,
    reach,
    run,
    told_api,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="AI participants for LiveKit rooms with several people.",
)
HERE = ("worker", "control", "token", "doctor")
"""Commands that need the deployment's own settings."""


class Scope(StrEnum):
    """What a backend's token may be for: the first two in one room, the last in all."""

    FLOOR = "floor"
    TRANSCRIPT = "transcript"
    OPERATOR = "operator"


def _speakable(text: str) -> str:
    try:
        return Say(text=not_empty(text)).text
    except ValidationError as error:
        raise typer.BadParameter(error.errors()[0]["msg"]) from None


def _meeting_time(text: str) -> int:
    try:
        return meeting_time_ms(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _resume_token(text: str) -> str:
    if not re.fullmatch(r"\d+-\d+", text):
        raise typer.BadParameter(
            f"{text!r} is no token of --follow --format json, as 17-0 would be"
        )
    return text


@app.callback()
def options(
    context: typer.Context,
    api: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Go by the API there, https://HOST:PORT, with the token in ROOMHAND_API_TOKEN",
        ),
    ] = None,
) -> None:
    """Where the commands go."""
    if api is not None and context.invoked_subcommand in HERE:
        problem = f"{context.invoked_subcommand} does not go by the API"
        raise typer.BadParameter(problem, param_hint="--api")
    told_api.set(api)


@app.command()
def worker() -> None:
    """Run a worker: takes agents into rooms until SIGTERM, then drains."""
    from roomhand.worker import Worker

    settings = load_settings()
    configure_logging(settings.log_level, json_lines=settings.log_json)
    profiles = _checked_profiles(settings)
    asyncio.run(Worker(settings, profiles).run())


@app.command()
def control() -> None:
    """Run the control plane, which brings agents back whose process died; any number may run."""
    from roomhand.control.plane import ControlPlane

    settings = load_settings()
    configure_logging(settings.log_level, json_lines=settings.log_json)
    asyncio.run(ControlPlane(settings).run())


@app.command()
def join(
    room: Room,
    agent: Agent,
    create: Annotated[bool, typer.Option(help="Open the room if it is not open")] = False,
    wait_s: Annotated[float, typer.Option(min=0, help="How long to wait for the agent")] = 15,
) -> None:
    """Bring an agent into a room and wait until it is there."""
    if by_api() is None:
        _known_agent(load_settings(), agent)
    identity = reach(lambda c: c.join(room, agent, create=create, wait_s=wait_s))
    out.print(f"{agent} is in {room} as {identity}")


@app.command()
def leave(room: Room, agent: Agent) -> None:
    """Make an agent leave a room."""
    out.print(reach(lambda c: c.leave(room, agent)))


for _word, _command in COMMANDS.items():
    app.command(_word)(_command)


@app.command()
def say(
    room: Room,
    agent: Agent,
    text: Annotated[str, typer.Argument(help="What to say aloud", callback=_speakable)],
) -> None:
    """Make an agent say something; it waits for a quiet moment."""
    out.print(reach(lambda c: c.say(room, agent, text)))


@app.command()
def ask(
    room: Room,
    agent: Agent,
    text: Annotated[str, typer.Argument(help="What to ask it", callback=_speakable)],
) -> None:
    """Have an agent answer aloud what you ask it here; it waits for a quiet moment."""
    out.print(reach(lambda c: c.ask(room, agent, text)))


@app.command()
def floor(
    room: Room,
    act: Annotated[Act, typer.Argument(help="What to do; without it, watch")] = Act.WATCH,
    agent: Annotated[
        str | None,
        typer.Option(
            "--agent",
            "-a",
            help="Only this agent; without it, the whole room",
            callback=not_empty_if_given,
        ),
    ] = None,
    to: Annotated[Policy | None, typer.Option(help="With policy: the one to follow")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="With watch: a JSON object a line")
    ] = False,
) -> None:
    """Watch who speaks and who waits in a room, or moderate its agents."""
    _floor_options(act, agent, to, as_json)
    if act is Act.WATCH:
        line = floor_json if as_json else floor_line
        reach(lambda c: c.floor(room).watch(lambda view: out.print(line(view))))
    else:
        out.print(reach(lambda c: _moderate(c.floor(room), act, agent, to)))


@app.command()
def transcript(
    room: Room,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Show it as it grows")] = False,
    meeting: Annotated[str | None, typer.Option(help="Meeting id; the newest by default")] = None,
    form: Annotated[
        Form, typer.Option("--format", help="With --follow: text, or json with a segment a line")
    ] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write")] = None,
    speaker: Annotated[
        list[str] | None, typer.Option(help="Only this person, by identity or name; again for more")
    ] = None,
    since: Annotated[
        int | None, typer.Option(help="From this meeting time on, H:MM:SS", parser=_meeting_time)
    ] = None,
    until: Annotated[
        int | None, typer.Option(help="Up to this meeting time, H:MM:SS", parser=_meeting_time)
    ] = None,
    revisions: Annotated[
        bool, typer.Option("--revisions", help="With json: every revision, not only the newest")
    ] = False,
    after: Annotated[
        str, typer.Option(help="With --follow: resume after this token", callback=_resume_token)
    ] = BEGINNING,
) -> None:
    """Show or export what was said in a room."""
    wanted = Selection(tuple(speaker or ()), since, until)
    if follow:
        if output is not None or form not in ("text", "json"):
            raise typer.BadParameter("--follow writes text or json to the terminal only")
        reach(lambda c: _follow(c, room, meeting, after, form, wanted))
        return
    if revisions and form != "json":
        raise typer.BadParameter("goes with --format json", param_hint="--revisions")
    if form == "docx" and output is None:
        raise typer.BadParameter("docx is not for a terminal. Add --output FILE.docx")
    every, found = reach(lambda c: c.transcript(room, meeting))
    kept = [one for one in (every if revisions else in_order(every)) if wanted.holds(one)]
    made = minutes(kept, form, room, found, revisions=revisions)
    if output is None:
        out.print(made.decode(), end="")
    else:
        _write(output, made)
        err.print(f"{len({one.id for one in kept})} segments in {output}")
    if form == "text" or output is not None:
        err.print("\n".join(statement(found)))


async def _follow(
    control: Deployment, room: str, meeting: str | None, after: str, form: Form, wanted: Selection
) -> None:
    async for entry in control.follow(room, meeting, after):
        line = followed(entry, form)
        if line is not None and wanted.holds(entry.segment):
            out.print(line)


@app.command()
def token(
    identity: Annotated[str, typer.Option(help="Identity of the person", callback=not_empty)],
    name: Annotated[str, typer.Option(help="Display name")] = "",
    moderator: Annotated[bool, typer.Option("--moderator", help="May also mute agents")] = False,
    for_api: Annotated[
        bool, typer.Option("--api", help="For a backend that calls the control plane, not to join")
    ] = False,
    scopes: Annotated[
        list[Scope] | None,
        typer.Option(
            "--scope", help="With --api: for this alone, not for everything; again for more"
        ),
    ] = None,
    room: Annotated[
        str,
        typer.Argument(
            help="Name of the LiveKit room; an operator's token needs none",
            callback=lambda name: name and not_empty(name),
        ),
    ] = "",
) -> None:
    """Print a token with which a person joins a room, or a backend calls the control plane."""
    if scopes and not for_api:
        raise typer.BadParameter("goes with --api", param_hint="--scope")
    if for_api and (moderator or name):
        raise typer.BadParameter("is for nobody who joins", param_hint="--api")
    if not room and scopes != [Scope.OPERATOR]:
        raise typer.BadParameter("must not be empty", param_hint="ROOM")

    async def signed(admin: LiveKitAdmin) -> str:
        if for_api:
            return admin.api_token(room, identity, scopes or ())
        shown = safe_name(name, fallback=identity)
        return admin.join_token(room, identity, shown, moderator=moderator)

    out.print(run(livekit_admin(load_settings()), signed))


@app.command()
def doctor() -> None:
    """Check LiveKit, Redis, profiles, plugins and the network, and say what to do."""
    settings = load_settings()
    findings = asyncio.run(examine(settings))
    for finding in findings:
        _show(finding)
    failed = [finding.exit_code for finding in findings if not finding.ok]
    if failed:
        raise typer.Exit(failed[0])


@app.command()
def version() -> None:
    """Print the version."""
    out.print(__version__)


def _floor_options(act: Act, agent: str | None, to: Policy | None, as_json: bool) -> None:
    if act in (Act.GIVE, Act.POLICY) and not agent:
        raise typer.BadParameter(f"{act} needs one agent", param_hint="--agent")
    if act is Act.WATCH and agent:
        raise typer.BadParameter("watch shows the whole room", param_hint="--agent")
    if (act is Act.POLICY) is (to is None):
        raise typer.BadParameter("goes with policy, and policy with it", param_hint="--to")
    if as_json and act is not Act.WATCH:
        raise typer.BadParameter("goes with watch only", param_hint="--json")


async def _moderate(floor: ModeratedFloor, act: Act, agent: str | None, to: Policy | None) -> str:
    match act:
        case Act.HOLD:
            return await floor.hold(agent)
        case Act.RESUME:
            return await floor.resume(agent)
        case Act.TAKE:
            return await floor.take(agent)
        case Act.GIVE if agent:
            return await floor.give(agent)
        case Act.POLICY if agent and to:
            return await floor.policy(agent, to)
        case Act.MUTE | Act.UNMUTE:
            return await floor.mute(agent, act is Act.MUTE)
    raise AssertionError(f"{act} with {agent} and {to} was let through")


def _checked_profiles(settings: Settings) -> dict[str, Profile]:
    profiles = load_profiles(settings.profiles)
    faults = [f for profile in profiles.values() for f in plugin_faults(settings, profile)]
    if faults:
        raise ConfigError(faults)
    return profiles


def _known_agent(settings: Settings, agent: str) -> None:
    profiles = load_profiles(settings.profiles)
    if agent not in profiles:
        known = ", ".join(profiles)
        fault = Fault("--agent", f"{agent} is not in {settings.profiles}", f"Known are: {known}")
        raise ConfigError([fault])


def _write(output: Path, made: bytes) -> None:
    try:
        output.write_bytes(made)
    except OSError as error:
        raise typer.BadParameter(
            f"{output} cannot be written ({error.strerror}). Name a file in a folder that is there",
            param_hint="--output",
        ) from None


def _show(finding: Finding) -> None:
    mark, style = ("ok  ", "green") if finding.ok else ("FAIL", "red")
    if finding.ok and finding.fix:
        mark, style = "note", "yellow"
    out.print(mark, style=style, end=" ")
    out.print(f"{finding.subject}: {finding.detail}")
    if finding.fix:
        out.print(f"     {finding.fix}")


def main() -> None:
    """Run the command line; every error of ours is one clear message and an exit code."""
    # LiveKit's own development key is short, and everybody who uses it would be told each time.
    warnings.filterwarnings("ignore", message="The HMAC key is")
    try:
        app(prog_name="roomhand")
    except RoomhandError as error:
        for line in str(error).splitlines():
            err.print(f"roomhand: {line}")
        sys.exit(error.exit_code)
