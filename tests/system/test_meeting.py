"""A meeting through a real SFU into a real Redis: every word, once, under the right name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from livekit import rtc

from roomhand.attribution.identity import TrackRef
from roomhand.attribution.segments import SegmentKind, Turn
from roomhand.room import audience, ears
from roomhand.room.captions import TOPIC
from roomhand.room.recorder import Recorder
from roomhand.room.router import HandleRouter
from roomhand.room.session_listener import SessionListener
from roomhand_plugins.base import Transcript
from tests.sim.meeting import Attendant, Score, Script, make_script, score
from tests.sim.realtime_server import RealtimeServer
from tests.system.stage import Minutes, Tap, Venue, openai_plugin, people, sitting
from tests.worker.room.speaking_person import Person

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

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

    @property
    def score(self) -> Score:
        def arrived(person: int, word: str) -> bool:
            return self.tap.arrived(self.present[person].track, word)

        return score(self.script, self.present, self.minutes.speech, arrived)


async def hold(venue: Venue, tap: Tap, names: tuple[str, ...], length_s: float) -> Held:
    """People hold a scripted meeting with an agent, in real time."""
    script = make_script(len(names), length_s)
    captions: dict[str, tuple[str, str, str]] = {}
    async with (
        RealtimeServer() as server,
        sitting(venue, openai_plugin(server)) as held,
        people(venue, *names) as present,
    ):
        read_captions(present[0][0].room, captions)
        await held.seat.hears(*(attendant.track for _, attendant in present))
        await asyncio.gather(*(speak(script, at, who) for at, (who, _) in enumerate(present)))
        words = sum(len(turn.words) for turn in script.turns)
        await settle(lambda: sum(len(text.split()) for _, _, text in captions.values()) >= words)
        attendants = [attendant for _, attendant in present]
    return Held(script, attendants, held.minutes, captions, tap)


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


async def test_four_people_for_a_minute(venue: Venue, tap: Tap) -> None:
    """No word lost, doubled, moved or invented, in the record and in the captions; every sample
    of every track accounted for; and the agent, whom nobody called, silent."""
    held = await hold(venue, tap, NAMES, 60)
    assert held.script.overlap >= 0.2
    assert held.score.said >= 130
    assert held.score.faultless, held.score
    shown = {
        segment.id: (segment.speaker, segment.track, segment.text)
        for segment in held.minutes.of(SegmentKind.SPEECH)
    }
    assert held.captions == shown
    assert {segment.kind for segment in held.minutes.segments} == {SegmentKind.SPEECH}
    assert len(held.minutes.ledgers) == len(NAMES)
    assert set(held.minutes.unaccounted.values()) == {0}
    assert held.minutes.dropped == {}


def swap_names(patch: pytest.MonkeyPatch) -> None:
    """The ears take Anna for Ben, and Ben for Anna."""
    other = {"p-anna": ("p-ben", "Ben"), "p-ben": ("p-anna", "Anna")}
    honest = audience.track_ref

    def swapped(*about: Any) -> TrackRef:
        ref = honest(*about)
        identity, name = other[ref.speaker.identity]
        return replace(ref, speaker=replace(ref.speaker, identity=identity, name=name))

    patch.setattr(ears, "track_ref", swapped)


def drop_a_word(patch: pytest.MonkeyPatch) -> None:
    """Half a second of Anna's speech becomes silence between ear and session."""
    honest = SessionListener.on_audio
    spoken: list[int] = []

    def deaf(self: SessionListener, start: int, pcm: bytes) -> None:
        anna = self._run.track.speaker.identity == "p-anna"
        if anna and (spoken or any(pcm[1::2])):
            spoken.append(start)
        if 24 <= len(spoken) < 36:
            pcm = bytes(len(pcm))
        honest(self, start, pcm)

    patch.setattr(SessionListener, "on_audio", deaf)


def double_words(patch: pytest.MonkeyPatch) -> None:
    """Every turn is recorded once more under another id."""
    honest = Recorder.words

    def twice(
        self: Recorder, track: TrackRef, turn: Turn, end_ms: int | None, words: Transcript
    ) -> None:
        honest(self, track, turn, end_ms, words)
        honest(self, track, replace(turn, id=f"{turn.id}.again"), end_ms, words)

    patch.setattr(Recorder, "words", twice)


def mix_up_tracks(patch: pytest.MonkeyPatch) -> None:
    """The router gives the first track's frames to the second one's ear, and the other way."""
    honest = HandleRouter.open
    takers: list[Callable[[bytes], None]] = []

    def mixed(self: HandleRouter, track: rtc.Track, **how: Any) -> Any:
        number = len(takers)
        takers.append(how["on_frame"])
        how["on_frame"] = lambda pcm: takers[(number ^ 1) % len(takers)](pcm)
        return honest(self, track, **how)

    patch.setattr(HandleRouter, "open", mixed)


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (swap_names, "misattributed"),
        (drop_a_word, "lost"),
        (double_words, "doubled"),
        (mix_up_tracks, "misattributed"),
    ],
)
async def test_a_planted_fault_is_found(
    venue: Venue,
    tap: Tap,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[pytest.MonkeyPatch], None],
    fault: str,
) -> None:
    """Each turns the check of the meeting above red, for its own reason."""
    plant(monkeypatch)
    held = await hold(venue, tap, NAMES[:2], 7)
    assert not held.score.faultless
    assert getattr(held.score, fault) > 0, held.score
