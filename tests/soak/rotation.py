"""The rotation gate: people who never pause, to a provider whose sessions live for 20 seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import psutil

from tests.sim.meeting import LEAD_S, SAID_EACH_S, Script, Turn
from tests.sim.realtime_server import Behaviour
from tests.sim.tones import speaker_words
from tests.soak.tally import Tally
from tests.system.gathering import perform
from tests.system.stage import Tap, Venue

NAMES = ("Anna", "Ben")
LIMIT_S = 20.0
SPEAK_S = 100.0
"""Each without a pause; so a round is some ten rotations."""


def monologues(seed: int) -> Script:
    """Everybody speaks at once, and never pauses for long enough to end a turn."""
    count = round(SPEAK_S / SAID_EACH_S)
    return Script(
        len(NAMES),
        tuple(
            Turn(person, LEAD_S, tuple(speaker_words(person, count, seed=seed)))
            for person in range(len(NAMES))
        ),
    )


async def rotation(venues: Iterable[tuple[int, Venue]]) -> Tally:
    """Some rounds, each a meeting of its own in this process: what is left over afterwards adds
    up."""
    tally = Tally()
    process = psutil.Process()
    for seed, venue in venues:
        with Tap().open() as tap:
            held = await perform(
                venue, tap, NAMES, monologues(seed), Behaviour(session_limit_s=LIMIT_S)
            )
        outcome = asdict(held.score)
        found = held.minutes.completeness()
        rotations = held.sessions - len(NAMES)
        tally.add(
            words_said=outcome.pop("said"),
            faults_injected=rotations,
            rotations=rotations,
            holes_listed=len(found.holes),
            **outcome,
        )
        whole = held.score.faultless and held.score.carried and found.complete
        tally.add(failures=not whole)
        tally.note("resident_mib", process.memory_info().rss / 2**20)
        tally.note("sockets", len(process.net_connections()))
    return tally
