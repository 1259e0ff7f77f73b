"""The rotation gate: people who never pause, to a provider whose sessions live for 20 seconds."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterable
from dataclasses import dataclass

import psutil

from roomhand.room.open_session import OpenSession
from roomhand_plugins.openai.session import OpenAISession
from tests.sim.drawing import LEAD_S, cast_of
from tests.sim.meeting import Score, as_figures
from tests.sim.script import SAID_EACH_S, Script, Trouble, Turn
from tests.sim.tones import speaker_words
from tests.soak.tally import Tally
from tests.soak.tool_call import survives
from tests.system.gathering import perform
from tests.system.stage import Tap, Venue

NAMES = ("Anna", "Ben")
LIMIT_S = 20.0
SPEAK_S = 100.0
"""Each without a pause; so a round is some ten rotations."""
FEWEST_ROTATIONS = len(NAMES) * round(SPEAK_S / LIMIT_S)
"""In a round: with fewer some session would have outlived its limit. Twenty rounds have the 200
that a whole run needs."""
MOST_SOCKETS = 4


@dataclass(frozen=True, slots=True)
class Left:
    """What a process holds after a round. Its resident memory is noted and not judged: the people,
    the recordings and the servers of the test are in it too, and grow without any rotation."""

    sessions: int
    sockets: int
    tasks: int

    @classmethod
    def now(cls) -> Left:
        """Of this process."""
        gc.collect()
        kinds = (OpenSession, OpenAISession)
        sessions = sum(type(one) in kinds for one in gc.get_objects())
        sockets = len(psutil.Process().net_connections())
        return cls(sessions, sockets, len(asyncio.all_tasks()))

    def grown(self, since: Left) -> bool:
        """Whether this is more than the first round left."""
        return (
            self.sessions > since.sessions
            or self.sockets > since.sockets + MOST_SOCKETS
            or self.tasks > since.tasks
        )


_first: list[Left] = []
"""After the first round of this process."""


def monologues(seed: int) -> Script:
    """Everybody speaks at once, and never pauses for long enough to end a turn."""
    count = round(SPEAK_S / SAID_EACH_S)
    turns = (
        Turn(person, LEAD_S, tuple(speaker_words(person, count, seed=seed)))
        for person in range(len(NAMES))
    )
    return Script(cast_of(NAMES), tuple(turns), Trouble(sessions_live_s=LIMIT_S))


def judge(outcome: Score, rotations: int, *, complete: bool) -> Tally:
    """One meeting. ``complete``: its transcript says so of itself."""
    figures, few = as_figures(outcome), rotations < FEWEST_ROTATIONS
    tally = Tally()
    tally.add(words_said=figures.pop("said"), faults_injected=rotations, **figures)
    tally.add(rotations=rotations, too_few_rotations=few)
    tally.add(failures=few or not (outcome.faultless and outcome.carried and complete))
    return tally


async def rotation(venues: Iterable[tuple[int, Venue]]) -> Tally:
    """Some rounds, each a meeting of its own in this process: what is left over afterwards adds
    up."""
    tally = Tally()
    for seed, venue in venues:
        with Tap().open() as tap:
            held = await perform(venue, tap, monologues(seed))
        found = held.minutes.completeness()
        tally.add(holes_listed=len(found.holes))
        meeting = judge(held.score, held.sessions - len(NAMES), complete=found.complete)
        if meeting.counts["failures"]:
            print(f"round {seed}: {held.score}, {held.sessions} sessions, missing: {held.missing}")
        tally.merge(meeting)
        del held
        called = await survives(seed)
        left = Left.now()
        _first.append(left)
        grown = left.grown(_first[0])
        tally.add(tool_calls=1, tool_calls_lost=not called, grown=grown)
        tally.add(failures=not called or grown)
        tally.note("resident_mib", psutil.Process().memory_info().rss / 2**20)
        tally.note("sessions_left", left.sessions)
        tally.note("sockets", left.sockets)
        tally.note("tasks", left.tasks)
    return tally
