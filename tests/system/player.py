"""One person of a script, in a room in real time: comes, speaks, mutes, changes names, leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from tests.sim.meeting import Attendant
from tests.sim.script import Role, Script, Turn, Window
from tests.sim.tones import Samples
from tests.sim.voices import VOICES, speak
from tests.system.stage import RATE, Venue
from tests.worker.room.speaking_person import Person

STEP_MS = 50
LEAD_S = 0.3
"""Of a track that came late, what is left of the silence before its first word."""


def aloud(script: Script) -> Callable[[Turn], Samples]:
    """The sound of a turn in the voice of its speaker."""

    def spoken(turn: Turn) -> Samples:
        return speak(" ".join(turn.words), VOICES[script.cast[turn.person].voice])

    return spoken


@dataclass
class Player:
    """Person ``number`` of a script.

    ``hears``: waits until the agent hears a track. ``lose``: takes the agent's subscription to a
    person's track away, or gives it back.
    """

    venue: Venue
    script: Script
    number: int
    hears: Callable[[str], Awaitable[None]]
    lose: Callable[[str, str, bool], None]
    tracks: list[str] = field(default_factory=list)
    person: Person | None = None

    @property
    def role(self) -> Role:
        return self.script.cast[self.number]

    @property
    def attendant(self) -> Attendant:
        """As the room knows this person. Raises IndexError before ``arrive``."""
        *earlier, track = self.tracks
        return Attendant(self.role.identity, self.role.name, track, tuple(earlier))

    async def arrive(self) -> None:
        """Join, and be heard."""
        self.person = await self.venue.person(self.role.identity, name=self.role.name)
        await self._publish()

    async def play(self, began_s: float) -> None:
        """The whole part; ``began_s``: the loop's time at which the meeting began."""
        for number, part in enumerate(self.script.published(self.number)):
            await until(began_s + part.from_s)
            if number and self.person is not None:
                await self.person.unpublish()
                await self._publish()
            elif self.person is None:
                await self.arrive()
            await self._play(part, asyncio.get_running_loop().time() - began_s)
        if self.role.leaves_s is not None:
            await self.leave()

    async def leave(self) -> None:
        """Doing so twice does nothing."""
        person, self.person = self.person, None
        if person is not None:
            await person.leave()

    async def _publish(self) -> None:
        assert self.person is not None
        sid = await self.person.publish()
        self.tracks.append(sid)
        await self.hears(sid)

    async def _play(self, part: Window, now_s: float) -> None:
        """On one track. Who comes late leaves out silence, and no word."""
        assert self.person is not None
        turns = [turn for turn in self.script.turns_of(self.number) if part.holds(turn.window)]
        first_s = min((turn.start_s for turn in turns), default=part.to_s)
        from_s = max(part.from_s, min(now_s, first_s - LEAD_S))
        spoken = aloud(self.script) if turns and turns[0].spoken_s is not None else None
        rest = Window(from_s, part.to_s)
        sound = self.script.audio_of(self.number, rest, RATE, spoken)
        base_s = asyncio.get_running_loop().time() - from_s
        async with asyncio.TaskGroup() as acting:
            acting.create_task(self.person.say(sound, step_ms=STEP_MS))
            for at_s, act in self._cues():
                if rest.from_s <= at_s < rest.to_s:
                    acting.create_task(_at(base_s + at_s, act))

    def _cues(self) -> Iterator[tuple[float, Callable[[], Awaitable[None]]]]:
        role = self.role
        for window in role.mutes:
            yield window.from_s, lambda: self._mute(True)
            yield window.to_s, lambda: self._mute(False)
        for window in role.unheard:
            yield window.from_s, lambda: self._lose(True)
            yield window.to_s, lambda: self._lose(False)
        for rename in role.renames:
            yield rename.at_s, lambda name=rename.name: self._rename(name)  # type: ignore[misc]

    async def _mute(self, muted: bool) -> None:
        assert self.person is not None
        assert self.person.track is not None
        (self.person.track.mute if muted else self.person.track.unmute)()

    async def _lose(self, lost: bool) -> None:
        self.lose(self.role.identity, self.tracks[-1], lost)

    async def _rename(self, name: str) -> None:
        assert self.person is not None
        await self.person.room.local_participant.set_name(name)


async def until(at_s: float) -> None:
    """Sleep to a moment of the loop's clock."""
    await asyncio.sleep(max(0.0, at_s - asyncio.get_running_loop().time()))


async def _at(at_s: float, act: Callable[[], Awaitable[None]]) -> None:
    await until(at_s)
    await act()
