"""One person speaks to an agent whose provider misbehaves; no word may be lost or doubled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from roomhand.attribution.segments import SegmentKind
from tests.sim import tones
from tests.sim.realtime_server import Behaviour, RealtimeServer, SessionRecord
from tests.system.stage import LISTENER, RATE, Minutes, Tap, Venue, openai_plugin, people, sitting
from tests.worker.room.speaking_person import hush

GAP = SegmentKind.GAP


def turns(count: int, words: int = 4) -> list[list[str]]:
    """So many turns of different words."""
    stock = tones.speaker_words(0, count * words)
    return [stock[at : at + words] for at in range(0, len(stock), words)]


def audio_of(said: Sequence[Sequence[str]], pause_ms: int = 900) -> tones.Samples:
    """The turns with a pause around each."""
    pause = hush(pause_ms, rate=RATE)
    spoken = [piece for turn in said for piece in (tones.encode(turn), pause)]
    return np.concatenate([pause, *spoken])


@dataclass(frozen=True, slots=True)
class Heard:
    """What an agent made of one person's words. ``damaged``: they did not come out of the SFU
    whole."""

    words: list[str]
    minutes: Minutes
    records: list[SessionRecord]
    damaged: list[str]

    @property
    def recorded(self) -> list[str]:
        """In the order of the transcript."""
        return self.minutes.words_of("p-anna")

    @property
    def lost(self) -> list[str]:
        """Came whole to the agent, and are not in the transcript."""
        gone = {*self.recorded, *self.damaged}
        return [word for word in self.words if word not in gone]

    @property
    def doubled(self) -> int:
        """How many words there are too many."""
        return len(self.recorded) - len(set(self.recorded))

    @property
    def misattributed(self) -> int:
        """Words under another name."""
        others = {said.identity for said in self.minutes.speech} - {"p-anna"}
        return sum(len(self.minutes.words_of(one)) for one in others)

    @property
    def wrong(self) -> str:
        """The first fault; empty where there is none."""
        if len(self.damaged) * 20 > len(self.words):
            return "the machine is too busy to carry audio"
        if self.lost:
            return f"lost: {self.lost}"
        if self.recorded != [word for word in self.words if word not in self.damaged]:
            return f"doubled or in disorder: {self.recorded}"
        if self.misattributed:
            return f"under another name: {self.misattributed}"
        if set(self.minutes.unaccounted.values()) != {0}:
            return f"not accounted for: {self.minutes.unaccounted}"
        return f"dropped: {self.minutes.dropped}" if self.minutes.dropped else ""


async def say_through(
    venue: Venue,
    tap: Tap,
    behaviours: Behaviour | Sequence[Behaviour],
    said: Sequence[Sequence[str]],
    **options: object,
) -> Heard:
    """Anna says this to an agent with such a provider. Raises AssertionError where her last words
    do not come."""
    words = [word for turn in said for word in turn]
    async with (
        RealtimeServer(behaviours) as server,
        sitting(venue, openai_plugin(server, **options), LISTENER) as held,
        people(venue, "Anna") as [(anna, known)],
    ):
        await held.seat.hears(known.track)
        await anna.say(audio_of(said), step_ms=50)
        await held.seat.until(
            lambda now: set(now.words_of("p-anna")) >= set(words[-2:]) or now.of(GAP)
        )
        records = server.sessions
    found = held.minutes.words_of("p-anna")
    missing = (word for word in words if word not in found)
    damaged = [word for word in missing if not tap.arrived(known.track, word)]
    return Heard(words, held.minutes, records, damaged)


async def heard_through(
    venue: Venue,
    tap: Tap,
    behaviours: Behaviour | Sequence[Behaviour],
    said: Sequence[Sequence[str]],
    **options: object,
) -> tuple[Minutes, list[SessionRecord]]:
    """The same, and nothing may be wrong with it."""
    heard = await say_through(venue, tap, behaviours, said, **options)
    assert heard.wrong == ""
    return heard.minutes, heard.records
