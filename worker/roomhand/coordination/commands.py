"""Commands to an agent: what they are, and the way to whichever process owns it."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from roomhand.coordination.connection import reported
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore, whole_ms
from roomhand.coordination.scripts import Scripts, text
from roomhand.errors import CommandError, NotFoundError
from roomhand.profiles import Policy

MAX_WAITING = 256
_POLL_S = 0.05
PATIENCE_S = 10.0
"""So long an outcome is waited for where nobody says otherwise."""


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Say(_Command):
    """Speak this text, word for word where the model can."""

    kind: Literal["say"] = "say"
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class Ask(_Command):
    """Answer this as if somebody had asked it by name."""

    kind: Literal["ask"] = "ask"
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class Interrupt(_Command):
    """Stop speaking now."""

    kind: Literal["interrupt"] = "interrupt"


class Mute(_Command):
    """Do not speak until told otherwise (``muted`` False); go on listening."""

    kind: Literal["mute"] = "mute"
    muted: bool = True


class Hold(_Command):
    """Say nothing until told to resume, or asked by name; keep what was being said."""

    kind: Literal["hold"] = "hold"


class Resume(_Command):
    """End a hold, and say what it kept."""

    kind: Literal["resume"] = "resume"


class Give(_Command):
    """Speak next: what it had to say, or else the next point of the meeting.

    The sender then puts the agent first in the floor's queue.
    """

    kind: Literal["give"] = "give"


class Take(_Command):
    """Stop speaking, and forget what you were about to say."""

    kind: Literal["take"] = "take"


class ChangePolicy(_Command):
    """Follow this policy until the next change or the end of the meeting, whatever the profile
    says, and whichever process runs the agent."""

    kind: Literal["policy"] = "policy"
    policy: Policy


class Stop(_Command):
    """Leave the room for good."""

    kind: Literal["stop"] = "stop"
    reason: Annotated[str, Field(max_length=200)] = "asked to stop"


class Instruct(_Command):
    """Read anew what you are told in this room (``WantedStore.instructions``)."""

    kind: Literal["instruct"] = "instruct"


class HandOver(_Command):
    """Let another process take the agent at a quiet moment."""

    kind: Literal["hand_over"] = "hand_over"


class Move(_Command):
    """The same, and only to this worker: its id on the worker board."""

    kind: Literal["move"] = "move"
    worker: Annotated[str, Field(min_length=1, max_length=400)]


Command: TypeAlias = (
    Say
    | Ask
    | Interrupt
    | Mute
    | Hold
    | Resume
    | Give
    | Take
    | ChangePolicy
    | Stop
    | Instruct
    | HandOver
    | Move
)
_OF_ITS_PROCESS = (Stop, Instruct, HandOver, Move)
"""Meant for the process that runs the agent now, and not for one that comes later."""
_COMMAND: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="kind")])


class Status(StrEnum):
    """How a command ended."""

    DONE = "done"
    REFUSED = "refused"
    """The agent understood and would not; the detail says why."""
    FAILED = "failed"
    EXPIRED = "expired"
    """Nobody took it before the sender's time was up; it was not carried out."""
    LOST = "lost"
    """The process that began it ended: it may have happened, and is not repeated."""


class Outcome(_Command):
    """What became of a command. ``detail`` is for a person."""

    status: Status
    detail: str = ""


def parse_command(body: str) -> Command:
    """A command from JSON. Raises CommandError that names the field."""
    try:
        return _COMMAND.validate_json(body)
    except ValidationError as error:
        faults = "; ".join(_fault(list(e["loc"]), e["msg"]) for e in error.errors())
        raise CommandError(f"not a command: {faults}") from None


def _fault(location: list[int | str], problem: str) -> str:
    where = ".".join(str(part) for part in location) or "command"
    return f"{where}: {problem[:1].lower()}{problem[1:]}"


class CommandSender:
    """Sends commands to the agents of one room."""

    def __init__(self, scripts: Scripts, keys: RoomKeys) -> None:
        self._scripts = scripts
        self._keys = keys
        self._leases = LeaseStore(scripts, keys)

    async def send(
        self,
        agent: str,
        command: Command,
        request_id: str | None = None,
        timeout_s: float = PATIENCE_S,
    ) -> Outcome:
        """Have a command carried out at most once, and return what became of it.

        The same ``request_id`` again returns the same outcome. Who is wanted and not there yet, or
        not any more, takes it on coming, unless it is meant for a process. Raises NotFoundError
        where nobody takes it, CommandError where no outcome came in time (it says whether the agent
        runs; the command is void after that time unless it was begun) or too many commands wait,
        RedisError without an answer.
        """
        request_id = request_id or uuid4().hex
        result = await self._queue(agent, command, request_id, timeout_s)
        until_s = asyncio.get_running_loop().time() + timeout_s
        while result is None or not result.startswith("{"):
            if asyncio.get_running_loop().time() >= until_s:
                raise CommandError(await self._why_no_outcome(agent, command, result, timeout_s))
            await asyncio.sleep(_POLL_S)
            with reported():
                raw = await self._scripts.client.hget(self._keys.results(agent), request_id)
            result = None if raw is None else text(raw)
        return Outcome.model_validate_json(result)

    async def _queue(
        self, agent: str, command: Command, request_id: str, timeout_s: float
    ) -> str | None:
        answer = await self._scripts.run(
            "command_send",
            {
                "agents": self._keys.agents,
                "wanted": self._keys.wanted,
                "commands": self._keys.commands(agent),
                "results": self._keys.results(agent),
            },
            {
                "agent": agent,
                "request_id": request_id,
                "body": command.model_dump_json(),
                "ttl_ms": whole_ms(timeout_s),
                "limit": MAX_WAITING,
                "waits": int(not isinstance(command, _OF_ITS_PROCESS)),
            },
        )
        if answer.word == "not_running":
            raise NotFoundError(f"agent {agent} is not in room {self._keys.room}")
        if answer.word == "full":
            raise CommandError(f"{answer['waiting']} commands already wait for {agent}")
        return answer["result"] if answer.word == "known" else None

    async def _why_no_outcome(
        self, agent: str, command: Command, result: str | None, timeout_s: float
    ) -> str:
        record = await self._leases.read(agent)
        if record is None or not record.alive:
            state = "no process runs the agent now"
        elif result and result.startswith("claimed"):
            state = "the agent runs and has begun it, but has not finished"
        else:
            state = "the agent runs, but has not taken it"
        return f"{command.kind}: no outcome within {timeout_s:g} s; {state}"
