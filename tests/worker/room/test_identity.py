"""The identity contract, as a table: whatever people, devices and names do, a word is under who
said it.

Real ears hear a fake room, and real sessions have the scripted model recognise what was said; every
word is one sample value that nobody else says. What LiveKit itself decides about joining, names and
kinds is in ``test_ears`` and the system tests, on a real server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias, cast

import numpy as np
import pytest
from livekit import rtc

from roomhand.attribution.conversation import Conversation
from roomhand.attribution.identity import Kind, Source, TrackRef
from roomhand.attribution.segments import Turn
from roomhand.room.ears import Ears, EarsOptions
from roomhand.room.sessions import SessionOptions, Sessions
from roomhand.settings import VadKind
from roomhand_plugins.base import SessionSetup, Transcript
from roomhand_plugins.scripted import ScriptedPlugin
from tests.virtual_time import in_virtual_time
from tests.worker.room.session_stage import FRAME, WORD, RememberingSink, recognise
from tests.worker.room.test_ear import FakeStream

pytestmark = pytest.mark.unit

LOUD = 9_000
"""Added to the number of a word, so that a detector of loudness takes it for speech."""
MICROPHONE = rtc.TrackSource.SOURCE_MICROPHONE
SCREEN = rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO
PERSON = rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD
SIP = rtc.ParticipantKind.PARTICIPANT_KIND_SIP


class Row(NamedTuple):
    """Who said what, as the transcript has it."""

    identity: str
    name: str
    word: int
    track: str
    source: Source = Source.MICROPHONE
    kind: Kind = Kind.PERSON


@dataclass(eq=False)
class FakeParticipant:
    """As much of one as the ears look at."""

    identity: str
    name: str
    kind: Any
    sid: str
    attributes: dict[str, str] = field(default_factory=dict)
    track_publications: dict[str, FakePublication] = field(default_factory=dict)


@dataclass(eq=False)
class FakePublication:
    """A track that becomes audible when somebody subscribes."""

    room: FakeRoom
    owner: FakeParticipant
    sid: str
    source: Any
    kind: Any = rtc.TrackKind.KIND_AUDIO
    encryption_type: Any = rtc.EncryptionType.NONE
    muted: bool = False
    track: object | None = None
    audible: asyncio.Event = field(default_factory=asyncio.Event)

    def set_subscribed(self, wanted: bool) -> None:
        """The server answers a moment later."""
        if wanted and self.track is None:
            asyncio.get_running_loop().call_later(0.05, self._arrive)

    def _arrive(self) -> None:
        self.track = object()
        self.audible.set()
        self.room.emit("track_subscribed", self.track, self, self.owner)


class FakeRoom:
    """Tells its handlers what happens, in the order of the SDK."""

    def __init__(self) -> None:
        self.remote_participants: dict[str, FakeParticipant] = {}
        self._handlers: dict[str, Callable[..., None]] = {}
        self._count = 0

    def on(self, event: str, handler: Callable[..., None]) -> None:
        """As the real one."""
        self._handlers[event] = handler

    def off(self, event: str, handler: Callable[..., None]) -> None:
        """As the real one."""
        self._handlers.pop(event, None)

    def emit(self, event: str, *arguments: object) -> None:
        """Something has happened."""
        if event in self._handlers:
            self._handlers[event](*arguments)

    def join(self, identity: str, name: str = "", kind: Any = PERSON) -> FakeParticipant:
        """Somebody comes."""
        self._count += 1
        joined = FakeParticipant(identity, name, kind, f"PA_{self._count}")
        self.remote_participants[identity] = joined
        self.emit("participant_connected", joined)
        return joined

    def publish(self, who: FakeParticipant, source: Any = MICROPHONE) -> FakePublication:
        """A new track with a sid of its own."""
        self._count += 1
        made = FakePublication(self, who, f"TR_{self._count}", source)
        who.track_publications[made.sid] = made
        self.emit("track_published", made, who)
        return made

    def unpublish(self, published: FakePublication) -> None:
        """The track is gone."""
        who = published.owner
        del who.track_publications[published.sid]
        if published.track is not None:
            self.emit("track_unsubscribed", published.track, published, who)
        self.emit("track_unpublished", published, who)

    def leave(self, who: FakeParticipant) -> None:
        """With all tracks."""
        for published in list(who.track_publications.values()):
            self.unpublish(published)
        if self.remote_participants.get(who.identity) is who:
            del self.remote_participants[who.identity]
        self.emit("participant_disconnected", who)

    def rename(self, who: FakeParticipant, name: str) -> None:
        """As the real one tells it."""
        old, who.name = who.name, name
        self.emit("participant_name_changed", who, old, name)


class RouterByTrack:
    """A fake router: whoever has the track brings the frames."""

    lost_frames = 0

    def __init__(self) -> None:
        self.streams: dict[int, FakeStream] = {}

    def open(self, track: object, *, frame_ms: int, **callbacks: Any) -> FakeStream:
        """As the real one."""
        self.streams[id(track)] = FakeStream(callbacks["on_frame"], callbacks["on_end"])
        return self.streams[id(track)]

    async def aclose(self) -> None:
        """As the real one."""
        for stream in self.streams.values():
            await stream.aclose()


class Record(RememberingSink):
    """Keeps who said what, as it would be written down."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []

    def words(self, track: TrackRef, turn: Turn, end_ms: int | None, words: Transcript) -> None:
        super().words(track, turn, end_ms, words)
        if words.final and words.text:
            speaker = track.speaker
            value = int(words.text.removeprefix("w").partition(":")[0]) - LOUD
            kind, source = speaker.kind, track.source
            self.rows.append(Row(speaker.identity, speaker.name, value, track.sid, source, kind))


class Scene:
    """A room, an agent that transcribes it, and what it wrote."""

    def __init__(self) -> None:
        self.room, self.record, self.router = FakeRoom(), Record(), RouterByTrack()
        now = asyncio.get_running_loop().time
        self.sessions = Sessions(
            plugin=ScriptedPlugin({}, transcribe=recognise),
            setup=lambda track: SessionSetup(instructions="", speaker=""),
            options=SessionOptions(),
            meeting_id="m1",
            memory=Conversation(),
            sink=self.record,
            now=now,
        )
        self.ears = Ears(
            cast(rtc.Room, self.room),
            options=EarsOptions(vad=VadKind.ENERGY),
            clock_ms=lambda: round(now() * 1000),
            listener=self.sessions.listen,
            notice=lambda kind, track, why: None,
            router=cast(Any, self.router),
        )

    async def say(self, published: FakePublication, word: int) -> None:
        """One word, with silence around it, in time."""
        silence, spoken = np.zeros(WORD * 4, "<i2"), np.full(WORD, LOUD + word, "<i2")
        pcm = np.concatenate([silence, spoken, silence])
        await published.audible.wait()
        for at in range(0, len(pcm), FRAME):
            await asyncio.sleep(FRAME / 24_000)
            self.router.streams[id(published.track)].on_frame(pcm[at : at + FRAME].tobytes())


@asynccontextmanager
async def scene(before: Callable[[FakeRoom], None] = lambda room: None) -> AsyncIterator[Scene]:
    """The agent comes, after what was ``before``, and goes when the block is over."""
    made = Scene()
    before(made.room)
    made.ears.start()
    yield made
    await asyncio.sleep(1)
    await made.ears.aclose()
    await made.sessions.aclose()


Case: TypeAlias = Callable[[Scene, int], Awaitable[list[Row]]]
"""Plays it with words from a number on; what has to be in the record."""


async def comes_back(s: Scene, word: int) -> list[Row]:
    """Gone, and back under the same identity and another name: one person, named as of then."""
    rows = []
    for number, name in enumerate(("Anna", "Anna K.")):
        anna = s.room.join("p-anna", name)
        track = s.room.publish(anna)
        await s.say(track, word + number)
        s.room.leave(anna)
        await asyncio.sleep(2)
        rows.append(Row("p-anna", name, word + number, track.sid))
    return rows


async def is_renamed(s: Scene, word: int) -> list[Row]:
    """While the track goes on: each word under the name of when it was said."""
    ben = s.room.join("p-ben", "Ben")
    track = s.room.publish(ben)
    await s.say(track, word)
    s.room.rename(ben, "Benno")
    await s.say(track, word + 1)
    return [Row("p-ben", "Ben", word, track.sid), Row("p-ben", "Benno", word + 1, track.sid)]


async def is_renamed_before_the_words_come(s: Scene, word: int) -> list[Row]:
    """What was being said keeps the name under which it began."""
    bea = s.room.join("p-bea", "Bea")
    track = s.room.publish(bea)
    speaking = asyncio.create_task(s.say(track, word))
    await asyncio.sleep(1.0)
    s.room.rename(bea, "Beatrice")
    await speaking
    return [Row("p-bea", "Bea", word, track.sid)]


async def has_two_devices(s: Scene, word: int) -> list[Row]:
    """Two identities under one name, who speak at once: two speakers, never one."""
    rows, speaking = [], []
    for number, identity in enumerate(("p-cleo-phone", "p-cleo-laptop")):
        track = s.room.publish(s.room.join(identity, "Cleo"))
        speaking.append(s.say(track, word + number))
        rows.append(Row(identity, "Cleo", word + number, track.sid))
    await asyncio.gather(*speaking)
    return rows


async def moves_to_another_device(s: Scene, word: int) -> list[Row]:
    """The same identity joins again, which throws the first one out: one person, two tracks."""
    first = s.room.join("p-dora", "Dora")
    old = s.room.publish(first)
    await s.say(old, word)
    s.room.leave(first)
    new = s.room.publish(s.room.join("p-dora", "Dora"))
    await s.say(new, word + 1)
    return [Row("p-dora", "Dora", word, old.sid), Row("p-dora", "Dora", word + 1, new.sid)]


async def shares_a_screen_with_sound(s: Scene, word: int) -> list[Row]:
    """Microphone and screen audio at once: one person, told apart by the source."""
    emil = s.room.join("p-emil", "Emil")
    own, shared = s.room.publish(emil), s.room.publish(emil, SCREEN)
    await asyncio.gather(s.say(own, word), s.say(shared, word + 1))
    return [
        Row("p-emil", "Emil", word, own.sid),
        Row("p-emil", "Emil", word + 1, shared.sid, Source.SCREEN_AUDIO),
    ]


async def telephones(s: Scene, word: int) -> list[Row]:
    """A SIP caller without a display name is shown by the identity."""
    track = s.room.publish(s.room.join("sip_49301234", kind=SIP))
    await s.say(track, word)
    return [Row("sip_49301234", "sip_49301234", word, track.sid, kind=Kind.SIP)]


async def publishes_before_the_join_is_told(s: Scene, word: int) -> list[Row]:
    """The event of the track comes first; whose it is says the track."""
    early = FakeParticipant("p-early", "Early", PERSON, "PA_early")
    track = s.room.publish(early)
    await s.say(track, word)
    s.room.remote_participants["p-early"] = early
    s.room.emit("participant_connected", early)
    await s.say(track, word + 1)
    return [Row("p-early", "Early", word + n, track.sid) for n in range(2)]


async def publishes_anew(s: Scene, word: int) -> list[Row]:
    """The microphone is unpublished and published again, under a new track id."""
    finn = s.room.join("p-finn", "Finn")
    rows = []
    for number in range(2):
        track = s.room.publish(finn)
        await s.say(track, word + number)
        s.room.unpublish(track)
        rows.append(Row("p-finn", "Finn", word + number, track.sid))
    return rows


async def has_the_name_of_another(s: Scene, word: int) -> list[Row]:
    """Two people with one name, which is the identity of a third: three speakers."""
    rows, speaking = [], []
    for number, identity in enumerate(("p-gus", "p-gwen", "p-gil")):
        track = s.room.publish(s.room.join(identity, "p-gil"))
        speaking.append(s.say(track, word + number))
        rows.append(Row(identity, "p-gil", word + number, track.sid))
    await asyncio.gather(*speaking)
    return rows


CASES: tuple[Case, ...] = (
    comes_back,
    is_renamed,
    is_renamed_before_the_words_come,
    has_two_devices,
    moves_to_another_device,
    shares_a_screen_with_sound,
    telephones,
    publishes_before_the_join_is_told,
    publishes_anew,
    has_the_name_of_another,
)


@pytest.mark.parametrize("case", CASES, ids=[case.__name__ for case in CASES])
@in_virtual_time
async def test_every_word_is_under_who_said_it(case: Case) -> None:
    """Once, under the name of then, on its track."""
    async with scene() as s:
        expected = await case(s, 1)
    assert sorted(s.record.rows) == sorted(expected)
    assert s.record.lost == []


@in_virtual_time
async def test_everybody_at_once_is_still_everybody() -> None:
    """All of the table in one room, and somebody who was there before the agent."""
    there: list[FakePublication] = []

    def before(room: FakeRoom) -> None:
        there.append(room.publish(room.join("p-first", "First")))

    async with scene(before) as s:
        played = await asyncio.gather(
            s.say(there[0], 0), *(case(s, 10 * (n + 1)) for n, case in enumerate(CASES))
        )
    expected = [Row("p-first", "First", 0, there[0].sid)]
    for rows in played[1:]:
        expected += rows or []
    assert sorted(s.record.rows) == sorted(expected)
