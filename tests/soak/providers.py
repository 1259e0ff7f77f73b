"""The provider gate: whatever a provider does, words are written down, or missed and listed.

Two people speak, five times as fast as real time, to sessions over a real socket. The first
sessions of every run are broken in ways that a seed draws; the later ones work.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.completeness import Completeness, completeness
from roomhand.attribution.conversation import Conversation
from roomhand.attribution.ends import TrackEnd
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import Account, TrackLedger
from roomhand.attribution.segments import GAP_SUFFIX, Segment, SegmentKind, Turn
from roomhand.bridge.circuit import Circuit, CircuitLimits
from roomhand.bridge.reopening import ReopeningLimits
from roomhand.errors import ProviderError
from roomhand.room.provision import Provider, Provision
from roomhand.room.sessions import SessionOptions, Sessions
from roomhand_plugins.base import ReplyRequest, SessionSetup, Transcript
from roomhand_plugins.openai import OpenAIPlugin
from tests.sim.realtime.behaviour import Action
from tests.sim.realtime_server import (
    Act,
    Behaviour,
    CloseWith,
    Fault,
    Inject,
    RealtimeServer,
    Refusal,
    Transcribing,
    Wait,
)
from tests.sim.tones import Samples, encode, speaker_of, speaker_words
from tests.soak.tally import Tally
from tests.worker.room.session_stage import RememberingSink

PEOPLE = 2
TURNS = 4
BROKEN = 4
"""Sessions of a run that may be broken."""
AT_ONCE = 4
MOST_IN_HOLES = 0.3
"""Of the words: a hole excuses each, but who lists nothing but holes transcribes nothing. It is
about three times what was measured (0.11)."""
FRAME = 1_200
PAUSE = np.zeros(19_200, dtype=np.int16)
SETTLED_S = 20.0
SPOKEN = (
    "input_audio_buffer.committed",
    "conversation.item.added",
    "conversation.item.input_audio_transcription.delta",
    "conversation.item.input_audio_transcription.completed",
)
ASKED = ("session.update", "input_audio_buffer.append", "input_audio_buffer.commit")
UNKNOWN = {"type": "conversation.mood.changed", "event_id": "event_x", "mood": "fine"}
FOREIGN = {
    "type": "conversation.item.input_audio_transcription.completed",
    "event_id": "event_y",
    "item_id": "item_nobody",
    "content_index": 0,
    "transcript": "bababa",
    "usage": {"type": "duration", "seconds": 1.0},
}
OPTIONS = SessionOptions(
    max_turn_s=10.0,
    transcript_due_s=2.5,
    stall_s=2.0,
    tries=4,
    reopening=ReopeningLimits(first_s=0.05, longest_s=0.5),
)
CIRCUIT = CircuitLimits(failures=3, reopening=ReopeningLimits(first_s=0.2, longest_s=1.0))
PATIENCE = {
    "connect_timeout_s": 3.0,
    "ping_interval_s": 0.5,
    "ping_timeout_s": 0.5,
    "answer_timeout_s": 2.0,
    "transcript_timeout_s": 2.0,
}


def _handshake(drawn: random.Random) -> Behaviour:
    delay_s = drawn.uniform(0.1, 2.0)
    return drawn.choice([Behaviour(handshake_delay_s=delay_s), Behaviour(created_delay_s=delay_s)])


def _refusal(drawn: random.Random) -> Behaviour:
    status, code = drawn.choice(
        [(429, "rate_limit_exceeded"), (500, "server_error"), (503, "server_error")]
    )
    late = drawn.random() < 0.3
    refusal = Refusal(status, code, "Not now.", after_upgrade=late, retry_after_s=0.2)
    return Behaviour(refusal=refusal)


def _expiry(drawn: random.Random) -> Behaviour:
    return Behaviour(session_limit_s=drawn.uniform(0.5, 2.5))


def _cut(drawn: random.Random) -> Behaviour:
    cuts: list[Action] = [Act.DROP, Act.FREEZE, CloseWith(1011, "oops"), CloseWith(1001)]
    action = drawn.choice([*cuts, CloseWith(1013)])
    if drawn.random() < 0.5:
        nth = drawn.randrange(1, 30)
        return Behaviour(faults=(Fault("received", drawn.choice(ASKED), action, nth),))
    event, nth = drawn.choice(SPOKEN), drawn.randrange(1, 4)
    before = drawn.random() < 0.5
    return Behaviour(faults=(Fault("before" if before else "after", event, action, nth),))


def _events(drawn: random.Random) -> Behaviour:
    actions: list[Action] = [Act.LOSE, Act.DUPLICATE, Wait(0.5), Inject(UNKNOWN), Inject(FOREIGN)]
    event, nth = drawn.choice(SPOKEN), drawn.randrange(1, 4)
    return Behaviour(faults=(Fault("before", event, drawn.choice(actions), nth),))


def _transcripts(drawn: random.Random) -> Behaviour:
    plans = [
        Transcribing(outcome=drawn.choice(["completed", "completed", "failed", "never"]))
        if drawn.random() < 0.3
        else Transcribing(delay_s=drawn.uniform(0, 1), after_items=drawn.randrange(2))
        for _ in range(8)
    ]
    return Behaviour(transcribing=lambda number: plans[number % len(plans)])


def _bad_key(drawn: random.Random) -> Behaviour:
    return Behaviour(refusal=Refusal()) if drawn.random() < 0.1 else _refusal(drawn)


FAULTS: tuple[Callable[[random.Random], Behaviour], ...] = (
    _handshake,
    _refusal,
    _expiry,
    _cut,
    _cut,
    _events,
    _transcripts,
    _bad_key,
)


class Book(RememberingSink):
    """Keeps segments as they would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.segments: list[Segment] = []

    def words(self, track: TrackRef, turn: Turn, end_ms: int | None, words: Transcript) -> None:
        """As ``SessionSink``."""
        if words.final and words.text.strip():
            self._keep(SegmentKind.SPEECH, track, turn, end_ms or turn.start_ms, words.text)
        super().words(track, turn, end_ms, words)

    def turn_lost(self, track: TrackRef, turn: Turn, end_ms: int, reason: str) -> None:
        """As ``SessionSink``."""
        self._keep(SegmentKind.GAP, track, turn, end_ms, reason)
        super().turn_lost(track, turn, end_ms, reason)

    def _keep(self, kind: SegmentKind, track: TrackRef, turn: Turn, end_ms: int, text: str) -> None:
        self.segments.append(
            Segment(
                id=turn.id + (GAP_SUFFIX if kind is SegmentKind.GAP else ""),
                kind=kind,
                speaker=track.speaker.identity,
                name=track.speaker.name,
                text=text,
                start_ms=turn.start_ms,
                end_ms=end_ms,
                track=track.sid,
            )
        )

    def of(self, identity: str, kind: SegmentKind) -> list[Segment]:
        """In order of onset."""
        found = [one for one in self.segments if one.speaker == identity and one.kind is kind]
        return sorted(found, key=lambda one: one.start_ms)


@dataclass
class Person:
    """One who speaks. ``said`` has every word with its middle in meeting time."""

    number: int
    sessions: Sessions
    ledger: TrackLedger = field(default_factory=TrackLedger)
    said: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.identity = f"p{self.number}"
        speaker = Speaker(self.identity, f"Person {self.number}")
        self.track = TrackRef(f"TR{self.number}", Source.MICROPHONE, speaker)
        self._listener = self.sessions.listen(self.track, Anchor(0), self.ledger)
        self._given = 0

    async def speak(self, turns: Iterable[list[str]]) -> None:
        """Turns with pauses between them; then the track ends."""
        for words in turns:
            await self._give(PAUSE)
            onset, wave = self._given, encode(words)
            length = len(wave) // len(words)
            self.said += [
                (word, (onset + at * length + length // 2) // 24) for at, word in enumerate(words)
            ]
            await self._give(wave[:FRAME])
            self._listener.on_speech_start(onset)
            await self._give(wave[FRAME:])
            end = self._given
            await self._give(PAUSE)
            self._listener.on_speech_end(end, end - onset)
            self._listener.on_judged(self._given)
        self._listener.on_ended(TrackEnd.UNPUBLISHED)

    async def _give(self, wave: Samples) -> None:
        for at in range(0, len(wave), FRAME):
            pcm = wave[at : at + FRAME].tobytes()
            self.ledger.receive(len(pcm) // 2)
            self._listener.on_audio(self._given, pcm)
            self._given += len(pcm) // 2
            await asyncio.sleep(0.01)


async def providers(seeds: Iterable[int]) -> Tally:
    """Some runs, a few of them at once."""
    tally, turnstile = Tally(), asyncio.Semaphore(AT_ONCE)

    async def one(seed: int) -> None:
        async with turnstile:
            tally.merge(await run(seed))

    await asyncio.gather(*(one(seed) for seed in seeds))
    return tally


async def run(seed: int) -> Tally:
    """One run, judged."""
    drawn = random.Random(seed)
    broken = [drawn.choice(FAULTS)(drawn) for _ in range(BROKEN)]
    used: set[int] = set()

    def behaviour(index: int) -> Behaviour:
        used.add(index)
        return broken[index] if index < BROKEN else Behaviour()

    book = Book()
    async with RealtimeServer(behaviour) as server:
        options = {"base_url": server.url, "api_key": "sk-test", **PATIENCE}
        openai = OpenAIPlugin(options, environ={})
        plugin = Provision([Provider("openai", openai, Circuit(CIRCUIT, str(seed)))])
        sessions = Sessions(
            plugin=plugin,
            setup=lambda track: SessionSetup(instructions="Be brief."),
            options=OPTIONS,
            meeting_id="m1",
            memory=Conversation(),
            sink=book,
        )
        people = [Person(number, sessions) for number in range(PEOPLE)]
        await asyncio.gather(*(person.speak(_turns(person, seed)) for person in people))
        if drawn.random() < 0.5:
            await _ask(sessions)
        await _settle(book)
        await sessions.aclose()
        await plugin.close()
    tally = _judge(seed, people, book)
    tally.add(faults_injected=len(used & set(range(BROKEN))), sessions=len(used))
    return tally


def _turns(person: Person, seed: int) -> list[list[str]]:
    drawn = random.Random(f"{seed}/{person.number}")
    lengths = [drawn.randrange(1, 9) for _ in range(TURNS)]
    stock = speaker_words(person.number, sum(lengths), seed=seed)
    return [[stock.pop() for _ in range(length)] for length in lengths]


async def _ask(sessions: Sessions) -> None:
    try:
        await sessions.reply("p0", ReplyRequest(reply_id="r1"))
    except ProviderError:
        return


async def _settle(book: Book) -> None:
    """Until every turn has its outcome, or for long enough."""
    try:
        await book.until(lambda: len(book.final) + len(book.lost) >= len(book.started), SETTLED_S)
    except TimeoutError:
        return


def _judge(seed: int, people: list[Person], book: Book) -> Tally:
    accounts = [
        Account("sage", one.identity, one.track.sid, one.track.source, 0, one.ledger)
        for one in people
    ]
    found = completeness(book.segments, accounts, ended=True)
    tally = Tally()
    for person in people:
        tally.merge(_judge_words(person, book))
    unaccounted = sum(abs(person.ledger.unaccounted()) for person in people)
    hidden = int(_is_hidden(people, book, found))
    tally.add(unaccounted_samples=unaccounted, holes_listed=len(found.holes), hidden_holes=hidden)
    wrong = ("lost", "doubled", "misattributed", "unaccounted_samples", "hidden_holes")
    bad = {name: tally.counts[name] for name in wrong if tally.counts[name]}
    if bad:
        print(f"round {seed}: {bad}", flush=True)
    tally.add(failures=bool(bad))
    return tally


def _judge_words(person: Person, book: Book) -> Tally:
    heard = [
        word for one in book.of(person.identity, SegmentKind.SPEECH) for word in one.text.split()
    ]
    gaps = book.of(person.identity, SegmentKind.GAP)
    missing = [(word, at_ms) for word, at_ms in person.said if word not in heard]
    listed = [at for _, at in missing if any(one.start_ms <= at <= one.end_ms for one in gaps)]
    tally = Tally()
    tally.add(
        words_said=len(person.said),
        words_in_holes=len(listed),
        lost=len(missing) - len(listed),
        doubled=len(heard) - len(set(heard)),
        misattributed=sum(speaker_of(word) != person.number for word in set(heard)),
    )
    return tally


def _is_hidden(people: list[Person], book: Book, found: Completeness) -> bool:
    heard = {word for one in book.segments for word in one.text.split()}
    missing = any(word not in heard for person in people for word, _ in person.said)
    return found.complete and (missing or bool(book.lost))
