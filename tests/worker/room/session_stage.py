"""A stage for sessions: people whose every sample can be told apart, and a sink that remembers.

A *word* is 200 ms of one sample value. The scripted model "recognises" a turn by listing the
values it got, with a mark on those that came shorter or longer than they were spoken.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.conversation import Conversation
from roomhand.attribution.ends import TrackEnd
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.attribution.segments import Turn
from roomhand.room.pulse import Pulse
from roomhand.room.sessions import ReplyEvent, SessionOptions, Sessions, SessionState
from roomhand_plugins.base import (
    ReplyAudio,
    ReplyDone,
    SessionSetup,
    Transcript,
    Usage,
)
from roomhand_plugins.scripted import ScriptedPlugin

WORD = 4_800
FRAME = 1_200
VAD_SPEECH = 1_440
VAD_SILENCE = 12_000


def recognise(pcm: bytes) -> str:
    """The words in a turn: ``w7`` is whole, ``w7:4799`` has lost a sample."""
    samples = np.frombuffer(pcm, dtype="<i2")
    edges = np.flatnonzero(np.diff(samples)) + 1
    runs = np.split(samples, edges) if samples.size else []
    words = [(int(run[0]), run.size) for run in runs if run[0]]
    return " ".join(f"w{v}" if size == WORD else f"w{v}:{size}" for v, size in words)


class RememberingSink:
    """Keeps all that it is told. ``heard`` maps a turn id to its final words."""

    def __init__(self) -> None:
        self.started: list[tuple[str, Turn]] = []
        self.ended: list[str] = []
        self.final: list[tuple[str, str, str]] = []
        self.interim: list[str] = []
        self.lost: list[tuple[str, str]] = []
        self.doubted: list[str] = []
        self.stray: list[str] = []
        self.replies: list[ReplyEvent] = []
        self.billed: list[str] = []
        self.states: list[tuple[str, SessionState]] = []
        self._news = Pulse()

    async def until(self, reached: Callable[[], bool], limit_s: float = 10.0) -> None:
        """Wait for it, looking after every outcome and every reply's event."""
        async with asyncio.timeout(limit_s):
            while not reached():
                await self._news.next()

    def speech_started(self, track: TrackRef, turn: Turn) -> None:
        """As ``SessionSink``."""
        self.started.append((track.speaker.identity, turn))

    def speech_ended(self, track: TrackRef, turn: Turn, end_ms: int) -> None:
        """As ``SessionSink``."""
        self.ended.append(turn.id)

    def words(self, track: TrackRef, turn: Turn, end_ms: int | None, words: Transcript) -> None:
        """As ``SessionSink``."""
        if words.final:
            self.final.append((track.speaker.identity, turn.id, words.text))
        else:
            self.interim.append(words.text)
        self._news.beat()

    def words_doubted(self, track: TrackRef, turn: Turn, end_ms: int, words: Transcript) -> None:
        """As ``SessionSink``."""
        self.doubted.append(words.text)

    def turn_lost(self, track: TrackRef, turn: Turn, end_ms: int, reason: str) -> None:
        """As ``SessionSink``."""
        self.lost.append((turn.id, reason))
        self._news.beat()

    def stray_words(self, track: TrackRef | None, words: Transcript) -> None:
        """As ``SessionSink``."""
        self.stray.append(words.text)

    def reply_event(self, event: ReplyEvent) -> None:
        """As ``SessionSink``."""
        self.replies.append(event)
        self._news.beat()

    def usage(self, track: TrackRef | None, usage: Usage) -> None:
        """As ``SessionSink``."""
        self.billed.append(track.speaker.identity if track else "mouth")

    def provider_state(self, track: TrackRef | None, state: SessionState, detail: str) -> None:
        """As ``SessionSink``."""
        self.states.append((track.speaker.identity if track else "mouth", state))

    def said(self, identity: str) -> str:
        """All final words of one person, in order of their coming."""
        return " ".join(text for who, _, text in self.final if who == identity and text)

    def done(self, reply_id: str) -> list[str]:
        """How a reply ended: one status, if all is well."""
        ends = [event for event in self.replies if isinstance(event, ReplyDone)]
        return [str(event.status) for event in ends if event.reply_id == reply_id]

    def audio_of(self, reply_id: str) -> int:
        """Samples of a reply."""
        audio = [event for event in self.replies if isinstance(event, ReplyAudio)]
        return sum(len(event.pcm) // 2 for event in audio if event.reply_id == reply_id)


@dataclass
class Person:
    """A fake ear for one person: gives frames in time, and judges speech like a real one."""

    stage: Stage
    identity: str
    source: Source = Source.MICROPHONE
    ledger: TrackLedger = field(default_factory=TrackLedger)
    subscription: int = 0

    def __post_init__(self) -> None:
        self.subscribe()

    def subscribe(self) -> None:
        """A subscription of the track begins now."""
        speaker = Speaker(self.identity, self.identity.capitalize())
        sid = f"TR_{self.identity}_{self.source}"
        self.track = TrackRef(sid, self.source, speaker, self.subscription)
        self.ledger = TrackLedger()
        self.stage.ledgers.append((self.track, self.ledger))
        now_ms = round(asyncio.get_running_loop().time() * 1000)
        self.listener = self.stage.sessions.listen(self.track, Anchor(now_ms), self.ledger)
        self.received = self.voiced = 0
        self.speaks = False

    def end(self) -> None:
        """The subscription ends."""
        self.listener.on_ended(TrackEnd.UNPUBLISHED)
        self.subscription += 1

    async def speak(
        self,
        *values: int,
        before_s: float = 0.3,
        after_s: float = 0.8,
        voiced_ms: int | None = None,
    ) -> None:
        """Words without a pause, with silence around them; all of it voice, if not told less."""
        words = np.concatenate([np.full(WORD, value, dtype="<i2") for value in values])
        onset = self.received + round(before_s * 24_000)
        pcm = np.concatenate(
            [
                np.zeros(round(before_s * 24_000), dtype="<i2"),
                words,
                np.zeros(round(after_s * 24_000), dtype="<i2"),
            ]
        )
        self.voiced = len(words) if voiced_ms is None else voiced_ms * 24
        await self._play(pcm, onset, onset + len(words))

    async def wait(self, seconds: float) -> None:
        """Silence."""
        await self._play(np.zeros(round(seconds * 24_000), dtype="<i2"), None, 0)

    async def _play(self, pcm: NDArray[np.int16], onset: int | None, end: int) -> None:
        for at in range(0, len(pcm), FRAME):
            await asyncio.sleep(len(pcm[at : at + FRAME]) / 24_000)
            self.give(pcm[at : at + FRAME].tobytes())
            if onset is not None and not self.speaks and self.received >= onset + VAD_SPEECH:
                self.listener.on_speech_start(onset)
                self.speaks, onset = True, None
            if self.speaks and self.received >= end + VAD_SILENCE:
                self.listener.on_speech_end(end, self.voiced)
                self.speaks = False
            self.listener.on_judged(max(0, self.received - VAD_SPEECH))

    def give(self, pcm: bytes) -> None:
        """One frame."""
        self.ledger.receive(len(pcm) // 2)
        self.listener.on_audio(self.received, pcm)
        self.received += len(pcm) // 2


class Stage:
    """Sessions with the scripted plugin, in virtual time."""

    def __init__(
        self, script: Mapping[str, Any], options: SessionOptions, *, hears: bool = True
    ) -> None:
        self.plugin = ScriptedPlugin(script, transcribe=recognise)
        self.sink = RememberingSink()
        self.memory = Conversation()
        self.ledgers: list[tuple[TrackRef, TrackLedger]] = []
        self.sessions = Sessions(
            plugin=self.plugin,
            setup=lambda track: SessionSetup(
                instructions="Be brief.", speaker=track.speaker.name if track else ""
            ),
            options=options,
            meeting_id="m1",
            memory=self.memory,
            sink=self.sink,
            hears=hears,
            now=asyncio.get_running_loop().time,
        )

    def person(self, identity: str, source: Source = Source.MICROPHONE) -> Person:
        """Somebody joins and is heard."""
        return Person(self, identity, source)

    @property
    def opened(self) -> int:
        """Sessions asked for so far."""
        return self.count("open")

    def count(self, moment: str) -> int:
        """How often something happened to the plugin."""
        return Counter(str(call.moment) for call in self.plugin.calls)[moment]

    def check_samples(self) -> None:
        """No sample is without a place."""
        for track, ledger in self.ledgers:
            assert ledger.unaccounted(self.sessions.held(track)) == 0, (track.sid, ledger)


@asynccontextmanager
async def stage(
    script: Mapping[str, Any] | None = None,
    options: SessionOptions | None = None,
    *,
    hears: bool = True,
) -> AsyncIterator[Stage]:
    """Afterwards everything is closed: samples counted, each turn done once, no task left."""
    before = asyncio.all_tasks()
    made = Stage(script or {}, options or SessionOptions(), hears=hears)
    yield made
    made.check_samples()
    await made.sessions.aclose()
    made.check_samples()
    await made.plugin.close()
    assert asyncio.all_tasks() == before
    outcomes = Counter([turn for _, turn, _ in made.sink.final])
    outcomes.update(turn for turn, _ in made.sink.lost)
    assert set(outcomes.values()) <= {1}, "a turn has one outcome"
    if hears and made.sessions.hears:
        assert set(outcomes) == {turn.id for _, turn in made.sink.started}
    assert sorted(made.sink.ended) == sorted(turn.id for _, turn in made.sink.started)
