"""The floor as somebody who looks at it sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from roomhand.coordination.entry import BEGINNING
from roomhand.coordination.scripts import Answer
from roomhand.turns.floor_request import Status


@dataclass(frozen=True, slots=True)
class FloorHolder:
    """Who is heard now. ``expires_in_ms`` is what is left of the grant if it is not renewed."""

    agent: str
    number: int
    expires_in_ms: int
    since_ms: int = 0
    """How long ago it was granted."""
    status: str = "granted"
    """``granted``, ``ending`` (the grace runs) or ``revoking`` (it has still to stop)."""
    reason: str = ""
    answers: str = ""


@dataclass(frozen=True, slots=True)
class FloorWaiting:
    """An agent in the queue. ``reason`` is why it wants to speak, ``waits_ms`` since when."""

    agent: str
    reason: str
    priority: int
    waits_ms: int
    answers: str = ""


@dataclass(frozen=True, slots=True)
class FloorView:
    """The floor of a room at one moment."""

    holder: FloorHolder | None
    queue: tuple[FloorWaiting, ...]
    """The next to be served first."""
    speaking: tuple[tuple[str, str], ...]
    """(agent, track): this agent hears a person speak on this track."""
    held_by: str
    """The moderator who lets nobody have the floor; empty while grants are made."""
    given: str
    """The agent whom a moderator gave the floor and that has not had it yet."""
    agent_turns: int
    """Turns of agents since a person last spoke."""
    newest: str = field(default=BEGINNING, compare=False)
    """Token of the last event that this view has taken in."""

    @property
    def standing(self) -> tuple[object, ...]:
        """What a watcher is told of, without the times that run by themselves."""
        holder = self.holder and (self.holder.agent, self.holder.number, self.holder.status)
        queue = tuple((one.agent, one.reason) for one in self.queue)
        return holder, queue, self.speaking, self.held_by, self.given


def parse_view(answer: Answer) -> FloorView:
    """From the answer of ``floor_read``."""
    now_us = answer.number("now_us")
    held = json.loads(answer["holder"]) if answer["holder"] else None
    speaking = (line.partition(" ") for line in answer["speaking"].splitlines())
    return FloorView(
        holder=_holder(held, now_us) if held else None,
        queue=tuple(_waiting(one, now_us) for one in json.loads(answer["queue"])),
        speaking=tuple(sorted((reporter, track) for reporter, _, track in speaking)),
        held_by=answer["held_by"],
        given=answer["given"],
        agent_turns=answer.number("agent_turns"),
        newest=answer["newest"],
    )


def _holder(record: dict[str, Any], now_us: int) -> FloorHolder:
    granted_us, status = int(record["granted_us"]), record["status"]
    began_us = int(record["began_us"]) or granted_us + int(record["begin_us"])
    if status == Status.GRANTED and now_us >= began_us + int(record["talk_us"]):
        status = Status.ENDING
    return FloorHolder(
        agent=record["agent"],
        number=int(record["number"]),
        expires_in_ms=-(-(int(record["deadline_us"]) - now_us) // 1000),
        since_ms=(now_us - granted_us) // 1000,
        status=status,
        reason=record["reason"],
        answers=record["answers"],
    )


def _waiting(record: dict[str, Any], now_us: int) -> FloorWaiting:
    return FloorWaiting(
        agent=record["agent"],
        reason=record["reason"],
        priority=int(record["priority"]),
        waits_ms=(now_us - int(record["arrived_us"])) // 1000,
        answers=record["answers"],
    )
