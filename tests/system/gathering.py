"""A scripted meeting, held in real time in a room with an agent, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from livekit import rtc

from roomhand.room.captions import TOPIC
from tests.sim.meeting import Attendant, Score, Script, make_script, score
from tests.sim.realtime_server import Behaviour, RealtimeServer
from tests.system.stage import Minutes, Tap, Venue, openai_plugin, people, sitting
from tests.worker.room.speaking_person import Person

NAMES = ("Anna", "Ben", "Cleo", "Dan")
POLL_S = 0.05


@dataclass
class Held:
    """What became of a meeting."""

    script: Script
    present: list[Attendant]
    minutes: Minutes
    captions: dict[str, tuple[str, str, str]]
    """Final text by segment: identity, track, text."""
    tap: Tap
    sessions: int
    """That the provider was asked for."""

    @property
    def score(self) -> Score:
        def arrived(person: int, word: str) -> bool:
            return self.tap.arrived(self.present[person].track, word)

        return score(self.script, self.present, self.minutes.speech, arrived)

    @property
    def missing(self) -> list[str]:
        """Words that are in no segment: whose, when it was said, and what is recorded around it."""
        recorded = {word for one in self.minutes.speech for word in one.text.split()}
        found = []
        for turn in self.script.turns:
            identity = self.present[turn.person].identity
            own = [one for one in self.minutes.speech if one.identity == identity]
            for number, word in enumerate(turn.words):
                if word not in recorded:
                    around = set(turn.words[max(0, number - 1) : number + 2])
                    near = [f"{a.start_ms}: {a.text}" for a in own if around & set(a.text.split())]
                    found.append(f"{identity} {word} ({number}): {near}")
        return found


async def hold(
    venue: Venue, tap: Tap, names: tuple[str, ...], length_s: float, *, seed: int = 0
) -> Held:
    """People hold a scripted meeting with an agent, in real time."""
    return await perform(venue, tap, names, make_script(len(names), length_s, seed=seed))


async def perform(
    venue: Venue,
    tap: Tap,
    names: tuple[str, ...],
    script: Script,
    behaviour: Behaviour | None = None,
) -> Held:
    """People say what a script has them say, to an agent with such a provider."""
    captions: dict[str, tuple[str, str, str]] = {}
    async with (
        RealtimeServer(behaviour or Behaviour()) as server,
        sitting(venue, openai_plugin(server)) as held,
        people(venue, *names) as present,
    ):
        read_captions(present[0][0].room, captions)
        await held.seat.hears(*(attendant.track for _, attendant in present))
        await asyncio.gather(*(speak(script, at, who) for at, (who, _) in enumerate(present)))
        words = sum(len(turn.words) for turn in script.turns)
        await settle(lambda: sum(len(text.split()) for _, _, text in captions.values()) >= words)
        attendants = [attendant for _, attendant in present]
        sessions = len(server.sessions)
    return Held(script, attendants, held.minutes, captions, tap, sessions)


async def speak(script: Script, number: int, person: Person) -> None:
    await person.say(script.audio_of(number), step_ms=50)


async def settle(done: Callable[[], bool], limit_s: float = 5) -> None:
    """Wait until it is so, or for the limit: what is missing then is the test's to find."""
    for _ in range(round(limit_s / POLL_S)):
        if done():
            return
        await asyncio.sleep(POLL_S)


def read_captions(room: rtc.Room, into: dict[str, tuple[str, str, str]]) -> None:
    """Keep every final caption that a person in the room is shown."""
    reading: set[asyncio.Task[None]] = set()

    async def read(stream: rtc.TextStreamReader, identity: str) -> None:
        text = await stream.read_all()
        about = stream.info.attributes or {}
        if about["lk.transcription_final"] == "true":
            into[about["lk.segment_id"]] = (identity, about["lk.transcribed_track_id"], text)

    def start(stream: rtc.TextStreamReader, identity: str) -> None:
        task = asyncio.create_task(read(stream, identity))
        reading.add(task)
        task.add_done_callback(reading.discard)

    room.register_text_stream_handler(TOPIC, start)
