"""Several agents of one room, each with a model of its own, and people among them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from roomhand.attribution.segments import SegmentKind
from roomhand.profiles import Profile
from roomhand.room.company import fellows
from tests.sim import tones
from tests.sim.meeting import Attendant
from tests.sim.realtime_server import Behaviour, Prompt, RealtimeServer
from tests.system.hearing import WordListener
from tests.system.stage import (
    Minutes,
    Seat,
    Sitting,
    Venue,
    openai_plugin,
    people,
    profile,
    sitting,
)
from tests.worker.room.speaking_person import Person
from tests.worker.room.strict_listener import eventually

AGENTS = ("sage", "max", "nova")
VOCABULARY = (*AGENTS, "what", "did", "we", "decide", "today", "can", "you", "take", "this")


@dataclass
class Model:
    """What one agent's model says, and what it was shown before; its voice is its own."""

    words: list[str]
    prompts: list[Prompt] = field(default_factory=list)

    def answer(self, prompt: Prompt) -> str:
        """For the provider."""
        self.prompts.append(prompt)
        return " ".join(self.words)

    def was_shown(self, text: str, of: str) -> bool:
        """Whether its last prompt holds this as the words of somebody else."""
        return any(of in turn.text and text in turn.text for turn in self.prompts[-1].turns)


@dataclass
class Member:
    """One agent of the room."""

    name: str
    model: Model
    server: RealtimeServer
    sitting: Sitting
    listener: WordListener

    @property
    def seat(self) -> Seat:
        """Where it works."""
        return self.sitting.seat

    @property
    def opened(self) -> int:
        """Sessions that its provider saw."""
        return len(self.server.sessions)


@dataclass
class Assembly:
    """Agents and people, all of whom hear all people."""

    members: dict[str, Member]
    present: list[tuple[Person, Attendant]]

    def __getitem__(self, agent: str) -> Member:
        return self.members[agent]

    @property
    def scribe(self) -> Member:
        """Who transcribes the people. Raises StopIteration where nobody does."""
        return next(one for one in self.members.values() if one.seat.holding.scribe.is_scribe)

    @property
    def opened(self) -> dict[str, int]:
        """Sessions by agent."""
        return {name: member.opened for name, member in self.members.items()}

    async def until(self, agents_spoke: int) -> Minutes:
        """The record, once agents have been heard so often."""
        seat = next(iter(self.members.values())).seat
        return await seat.until(lambda now: len(now.of(SegmentKind.AGENT)) >= agents_spoke, 30)


@asynccontextmanager
async def member(
    venue: Venue, chosen: Profile, model: Model, **settings: Any
) -> AsyncIterator[Member]:
    """One agent, and somebody who listens to nobody else."""
    behaviour = Behaviour(vocabulary=VOCABULARY, answer=model.answer)
    async with (
        RealtimeServer(behaviour) as server,
        sitting(venue, openai_plugin(server), chosen, **settings) as held,
    ):
        listener = await WordListener.enter(venue, chosen.name)
        yield Member(chosen.name, model, server, held, listener)
        await listener.close()


@asynccontextmanager
async def assembly(
    venue: Venue,
    agents: Sequence[str] = AGENTS,
    names: Sequence[str] = ("Anna", "Ben"),
    models: dict[str, Model] | None = None,
    **settings: Any,
) -> AsyncIterator[Assembly]:
    """The first agent is the scribe. Afterwards each one's ``sitting.minutes`` are complete."""
    given = models or {}
    async with AsyncExitStack() as stack:
        members: dict[str, Member] = {}
        for number, name in enumerate(agents):
            model = given.get(name) or Model(tones.speaker_words(40 + number, 5))
            entering = member(venue, profile(name), model, **settings)
            members[name] = await stack.enter_async_context(entering)
        present = await stack.enter_async_context(people(venue, *names))
        tracks = [known.track for _, known in present]
        await asyncio.gather(*(one.seat.hears(*tracks) for one in members.values()))
        seats = [(one.seat.agent._room, name) for name, one in members.items()]
        await eventually(lambda: all(len(fellows(*seat)) >= len(agents) - 1 for seat in seats))
        yield Assembly(members, present)
