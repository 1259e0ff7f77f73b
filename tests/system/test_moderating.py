"""A moderator outside of the room gives, takes and holds the floor of two agents in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import numpy as np
import pytest

from roomhand.admin import livekit_admin
from roomhand.attribution.segments import SegmentKind
from roomhand.coordination.floor_view import FloorView
from roomhand.floor_control import FloorControl
from roomhand.room.presence import FLOOR_ATTRIBUTE
from tests.sim import tones
from tests.sim.realtime_server import Behaviour, Prompt, RealtimeServer
from tests.system.hearing import AgentListener
from tests.system.stage import RATE, Seat, Venue, openai_plugin, people, profile, sitting
from tests.worker.room.speaking_person import Person, hush
from tests.worker.room.strict_listener import eventually

pytestmark = [pytest.mark.livekit, pytest.mark.redis, pytest.mark.timeout(180)]

VOCABULARY = ("sage", "nova", "what", "did", "we", "decide")
NAMES = ("sage", "nova")
TRIES = 4


@dataclass
class Panel:
    """Sage and Nova, who have much to say, Anna, and a moderator."""

    seats: dict[str, Seat]
    listeners: dict[str, AgentListener]
    anna: Person
    moderator: FloorControl
    views: list[FloorView]

    async def ask(self, agent: str) -> None:
        """Anna asks one of them, again where the machine damaged her words."""
        question = f"{agent} what did we decide"
        spoken = tones.encode([w for token in question.split() for w in tones.as_words(token)])
        seat = self.seats["sage"]
        for _ in range(TRIES):
            known = len((await seat.minutes()).of(SegmentKind.SPEECH))
            await self.anna.say(np.concatenate([spoken, hush(700, rate=RATE)]), step_ms=50)
            minutes = await seat.until(
                lambda now, known=known: len(now.of(SegmentKind.SPEECH)) > known
            )
            if minutes.of(SegmentKind.SPEECH)[-1].text == question:
                return
        raise AssertionError("the machine is too busy to carry audio")

    def sound(self, agent: str) -> list[float]:
        """When there was sound of this agent."""
        return self.listeners[agent].recording.audible()

    async def speaks(self, agent: str, frames: int = 60) -> None:
        """Wait until so much more is heard of it."""
        before = len(self.sound(agent))
        await eventually(lambda: len(self.sound(agent)) > before + frames)

    async def is_silent(self, agent: str, for_s: float = 1.0) -> None:
        """Nothing is heard of it, once its tail is over."""
        await asyncio.sleep(0.4)
        before = len(self.sound(agent))
        await asyncio.sleep(for_s)
        assert len(self.sound(agent)) == before

    def shown(self, agent: str) -> str:
        """The floor state that the room sees of an agent."""
        there = self.anna.room.remote_participants.values()
        found = [one for one in there if one.identity.startswith(f"{agent}~")]
        return found[0].attributes.get(FLOOR_ATTRIBUTE, "") if found else ""


def answer_of(agent: str) -> Behaviour:
    """A model that talks for seconds."""
    words = tones.speaker_words(50 + NAMES.index(agent), 30)

    def answer(prompt: Prompt) -> str:
        return " ".join(words)

    return Behaviour(vocabulary=VOCABULARY, answer=answer)


@asynccontextmanager
async def panel(venue: Venue) -> AsyncIterator[Panel]:
    """For as long as the block runs."""
    async with (
        RealtimeServer(answer_of("sage")) as first,
        RealtimeServer(answer_of("nova")) as second,
        sitting(venue, openai_plugin(first)) as sage,
        sitting(venue, openai_plugin(second), profile("nova")) as nova,
        people(venue, "Anna", "Ben") as [(anna, anna_known), (_, ben_known)],
        livekit_admin(venue.settings()) as admin,
    ):
        listeners = {name: await AgentListener.enter(venue, name) for name in NAMES}
        seats = {"sage": sage.seat, "nova": nova.seat}
        for seat in seats.values():
            await seat.hears(anna_known.track, ben_known.track)
        moderator = FloorControl(admin, sage.seat.holding.scripts, venue.room)
        views: list[FloorView] = []
        watching = asyncio.create_task(moderator.watch(views.append))
        yield Panel(seats, listeners, anna, moderator, views)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        for listener in listeners.values():
            await listener.close()


async def test_the_floor_is_given_to_an_agent_while_another_speaks(venue: Venue) -> None:
    """The other stops, the given one speaks though nobody asked it, never both at once."""
    async with panel(venue) as stage:
        await stage.ask("nova")
        await stage.speaks("nova")
        said = await stage.moderator.give("sage")
        assert said.startswith("sage is next")
        await stage.speaks("sage")
        first, last = min(stage.sound("sage")), max(stage.sound("nova"))
        assert last < first, "they spoke at once"
        await stage.is_silent("nova")
    holders = [view.holder.agent for view in stage.views if view.holder]
    assert list(dict.fromkeys(holders)) == ["nova", "sage"]


async def test_a_held_floor_lets_agents_wait_and_a_taken_one_ends_their_words(
    venue: Venue,
) -> None:
    """The room sees the queue; the moderator who watches sees its reasons."""
    async with panel(venue) as stage:
        await stage.moderator.hold(None)
        await stage.ask("nova")
        await eventually(lambda: stage.shown("nova") == "queued:1")
        await stage.is_silent("nova")
        await eventually(lambda: stage.views[-1].queue)
        [waiting] = stage.views[-1].queue
        assert (waiting.agent, waiting.reason) == ("nova", "address")
        assert stage.views[-1].held_by
        await stage.moderator.resume(None)
        await stage.speaks("nova")
        assert stage.shown("nova") == "speaking"
        assert await stage.moderator.take(None) == "nova lost the floor"
        await stage.is_silent("nova")
        minutes = await stage.seats["nova"].until(lambda now: now.of(SegmentKind.AGENT))
        assert minutes.of(SegmentKind.AGENT)[0].interrupted
        await eventually(lambda: stage.views[-1].holder is None)
        await eventually(lambda: stage.shown("nova") == "idle")


async def test_muted_in_the_middle_of_a_word(venue: Venue) -> None:
    """One agent is; the other answers on."""
    async with panel(venue) as stage:
        await stage.ask("nova")
        await stage.speaks("nova")
        assert await stage.moderator.mute("nova", True) == "nova: muted"
        await stage.is_silent("nova")
        await eventually(lambda: stage.shown("nova") == "muted")
        await stage.ask("sage")
        await stage.speaks("sage")
        await stage.moderator.mute(None, False)
        await eventually(lambda: stage.shown("nova") == "idle")
