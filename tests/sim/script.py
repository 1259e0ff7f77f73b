"""A meeting as it is to be held: who is there when, who says what when, what goes wrong. Pure.

Everything that a record of it must say follows from here (``expected``). Times are seconds of the
meeting, which begins when everybody who joins at 0 is heard.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from tests.sim.tones import GAP_S, WORD_S, Samples, encode

TAIL_S = 1.5
"""Silence after the last word, which ends its turn."""
SAID_EACH_S = WORD_S + GAP_S
OVERLAP_STEP_S = 0.02


@dataclass(frozen=True, slots=True)
class Window:
    """From one moment to another."""

    from_s: float
    to_s: float

    def meets(self, other: Window) -> bool:
        """Whether they have any time in common."""
        return self.from_s < other.to_s and other.from_s < self.to_s

    def holds(self, other: Window) -> bool:
        """Whether the other lies wholly in this one."""
        return self.from_s <= other.from_s and other.to_s <= self.to_s

    def widened(self, before_s: float, after_s: float) -> Window:
        """With so much more on each side; negative: with less."""
        return Window(self.from_s - before_s, self.to_s + after_s)


@dataclass(frozen=True, slots=True)
class Turn:
    """One person says words, from ``start_s`` on. ``spoken_s``: for how long, if it is not in tone
    words."""

    person: int
    start_s: float
    words: tuple[str, ...]
    spoken_s: float | None = None

    @property
    def end_s(self) -> float:
        spoken_s = len(self.words) * SAID_EACH_S - GAP_S if self.spoken_s is None else self.spoken_s
        return self.start_s + spoken_s

    @property
    def window(self) -> Window:
        return Window(self.start_s, self.end_s)


@dataclass(frozen=True, slots=True)
class Rename:
    """From then on the person is shown under another name."""

    at_s: float
    name: str


@dataclass(frozen=True, slots=True)
class Role:
    """One person of the meeting. ``leaves_s`` None: stays to the end."""

    identity: str
    name: str
    joins_s: float = 0.0
    leaves_s: float | None = None
    mutes: tuple[Window, ...] = ()
    renames: tuple[Rename, ...] = ()
    republishes_s: tuple[float, ...] = ()
    """When the track gives way to a new one."""
    unheard: tuple[Window, ...] = ()
    """When the agent's subscription to the track is gone."""
    voice: str = "middle"
    """Of ``tests.sim.voices``, where people do not speak in tone words."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the provider does."""

    handshake_s: float = 0.0
    sessions_live_s: float | None = None
    lost_s: tuple[float, ...] = ()
    """When every socket breaks."""

    @property
    def faults(self) -> int:
        """How many faults are injected, as far as that does not depend on the course of events."""
        return bool(self.handshake_s) + (self.sessions_live_s is not None) + len(self.lost_s)


@dataclass(frozen=True, slots=True)
class Script:
    """A whole meeting. ``turns`` are in order of onset; ``Turn.person`` counts through ``cast``."""

    cast: tuple[Role, ...]
    turns: tuple[Turn, ...]
    trouble: Trouble = field(default=Trouble())

    @property
    def people(self) -> int:
        return len(self.cast)

    @property
    def length_s(self) -> float:
        return max(turn.end_s for turn in self.turns) + TAIL_S

    @property
    def words(self) -> int:
        """How many are said."""
        return sum(len(turn.words) for turn in self.turns)

    @property
    def faults(self) -> int:
        """How many things go wrong, or change under way."""
        ways = sum(
            len(role.unheard) + len(role.republishes_s) + len(role.mutes) + len(role.renames)
            for role in self.cast
        )
        return ways + self.trouble.faults

    @property
    def overlap(self) -> float:
        """Share of the spoken time in which at least two speak."""
        steps = np.zeros(int(self.length_s / OVERLAP_STEP_S) + 1, np.int16)
        for turn in self.turns:
            begin, end = (int(at_s / OVERLAP_STEP_S) for at_s in (turn.start_s, turn.end_s))
            steps[begin:end] += 1
        return float((steps > 1).sum() / (steps > 0).sum())

    def turns_of(self, person: int) -> tuple[Turn, ...]:
        """What one person says, in order."""
        return tuple(turn for turn in self.turns if turn.person == person)

    def words_of(self, person: int) -> list[str]:
        """All that one person says, in order."""
        return [word for turn in self.turns_of(person) for word in turn.words]

    def published(self, person: int) -> tuple[Window, ...]:
        """When each of a person's tracks is there."""
        role = self.cast[person]
        leaves_s = self.length_s if role.leaves_s is None else role.leaves_s
        edges = (role.joins_s, *role.republishes_s, leaves_s)
        return tuple(Window(*pair) for pair in pairwise(edges))

    def audio_of(
        self,
        person: int,
        part: Window | None = None,
        rate: int = 24_000,
        spoken: Callable[[Turn], Samples] | None = None,
    ) -> Samples:
        """What one person's microphone gives during ``part`` (the whole meeting), mono.

        ``spoken``: the sound of a turn, if it is not in tone words.
        """
        part = part or Window(0.0, self.length_s)
        audio = np.zeros(round((part.to_s - part.from_s) * rate), np.int16)
        for turn in self.turns_of(person):
            if not part.holds(turn.window):
                continue
            sound = spoken(turn) if spoken else encode(turn.words, rate)
            at = round((turn.start_s - part.from_s) * rate)
            sound = sound[: len(audio) - at]
            assert not audio[at : at + len(sound)].any(), "nobody interrupts himself"
            audio[at : at + len(sound)] = sound
        return audio
