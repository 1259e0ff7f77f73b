"""Which owners of an agent are in a room at the same time."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from livekit import rtc

from roomhand.attribution.identity import parse_agent_identity
from roomhand.room.presence import STATE_ATTRIBUTE
from roomhand.turns.visible import AgentState
from tests.sim.script import Window


@dataclass(frozen=True, slots=True)
class Stay:
    """An owner was there, by the wall clock."""

    epoch: int
    from_s: float
    to_s: float


@dataclass
class Roster:
    """Notes who comes and goes, as every client of the room is told."""

    room: rtc.Room
    stays: list[Stay] = field(default_factory=list)
    _there: dict[int, float] = field(default_factory=dict)
    """Since when, by epoch."""

    def watch(self) -> None:
        """From now on."""
        self.room.on("participant_connected", self._came)
        self.room.on("participant_disconnected", self._went)
        for participant in self.room.remote_participants.values():
            self._came(participant)

    @property
    def anybody(self) -> bool:
        """The agent is there, whoever runs it."""
        return bool(self._there)

    @property
    def heard(self) -> bool:
        """The agent is there and says that it listens."""
        unheard = AgentState.INITIALIZING
        return any(
            one.attributes.get(STATE_ATTRIBUTE, unheard) != unheard
            for one in self.room.remote_participants.values()
        )

    @property
    def seen(self) -> list[Stay]:
        """All stays; those that go on have no end."""
        return [*self.stays, *(Stay(one, at_s, math.inf) for one, at_s in self._there.items())]

    def close(self) -> None:
        """Who is still there was there until now."""
        self.room.off("participant_connected", self._came)
        self.room.off("participant_disconnected", self._went)
        for epoch in list(self._there):
            self._end(epoch)

    def _came(self, participant: rtc.RemoteParticipant) -> None:
        parsed = parse_agent_identity(participant.identity)
        if parsed is not None:
            self._there.setdefault(parsed[1], time.time())

    def _went(self, participant: rtc.RemoteParticipant) -> None:
        parsed = parse_agent_identity(participant.identity)
        if parsed is not None and parsed[1] in self._there:
            self._end(parsed[1])

    def _end(self, epoch: int) -> None:
        self.stays.append(Stay(epoch, self._there.pop(epoch), time.time()))


def together(stays: Sequence[Stay]) -> list[Window]:
    """Each time in which more than one was there."""
    steps = sorted([(one.from_s, 1) for one in stays] + [(one.to_s, -1) for one in stays])
    there, since_s, found = 0, math.nan, list[Window]()
    for at_s, step in steps:
        if there == 1 and step == 1:
            since_s = at_s
        elif there == 2 and step == -1:
            found.append(Window(since_s, at_s))
        there += step
    return found


def together_s(stays: Sequence[Stay]) -> list[float]:
    """For how long more than one was there, each time, in seconds."""
    return [one.to_s - one.from_s for one in together(stays)]


def absent_s(stays: Sequence[Stay], window: Window) -> float:
    """For how long of the window nobody was there, in seconds."""
    reached_s, found = window.from_s, 0.0
    for stay in sorted(stays, key=lambda one: one.from_s):
        found += max(0.0, min(stay.from_s, window.to_s) - reached_s)
        reached_s = max(reached_s, stay.to_s)
    return found + max(0.0, window.to_s - reached_s)
