"""A room for system tests: a real SFU and Redis, one agent in this process, people who publish."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import redis.asyncio
from livekit import rtc

from roomhand.admin import livekit_admin
from roomhand.attribution.completeness import Completeness, completeness
from roomhand.attribution.identity import AGENT_ATTRIBUTE, agent_identity
from roomhand.attribution.ledger import Account, TrackLedger
from roomhand.attribution.segments import Segment, SegmentKind, in_order
from roomhand.coordination.fencing import Fence
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.scripts import Scripts
from roomhand.coordination.transcript import TranscriptReader
from roomhand.profiles import AddressOptions, Policy, Profile
from roomhand.room.agent import RoomAgent
from roomhand.room.ear import Ear
from roomhand.room.encryption import encryption_of
from roomhand.room.holding import Holding, take_hold
from roomhand.settings import Settings, VadKind
from roomhand_plugins.base import Plugin
from roomhand_plugins.openai import OpenAIPlugin
from tests.sim import servers, tones
from tests.sim.meeting import Attendant, Recorded
from tests.sim.realtime_server import RealtimeServer
from tests.worker.room.speaking_person import Person, token
from tests.worker.room.strict_listener import eventually

RATE = 24_000


def openai_plugin(server: RealtimeServer, **options: Any) -> OpenAIPlugin:
    """The plugin that ships, with the strict mock server as its service."""
    return OpenAIPlugin({"base_url": server.url, "api_key": "sk-test", **options}, environ={})


def profile(name: str = "sage", **fields: Any) -> Profile:
    """An agent that answers to its name."""
    return Profile(name=name, plugin="openai", **fields)


LISTENER = profile(address=AddressOptions(policy=Policy.SILENT))
"""Alone with one person, any other agent would answer."""


@dataclass
class Venue:
    """The servers, and one room on them."""

    livekit: servers.LiveKit
    redis: servers.Redis
    room: str

    def settings(self, **overrides: Any) -> Settings:
        """For tone words, unless told otherwise."""
        given: dict[str, Any] = {
            "livekit_url": self.livekit.url,
            "livekit_api_key": self.livekit.api_key,
            "livekit_api_secret": self.livekit.api_secret,
            "redis_url": self.redis.url,
            "profiles": Path("not-read.yaml"),
            "vad": VadKind.ENERGY,
        }
        return Settings(**(given | overrides))

    async def person(self, identity: str, **options: Any) -> Person:
        """Somebody joins, without a microphone yet."""
        return await Person.join(self.livekit, self.room, identity, **({"rate": RATE, **options}))


@dataclass
class Minutes:
    """What Redis holds of a meeting."""

    segments: list[Segment]
    accounts: list[Account]

    def of(self, kind: SegmentKind) -> list[Segment]:
        """Segments of one kind, in the order of the meeting."""
        return [segment for segment in self.segments if segment.kind is kind]

    @property
    def speech(self) -> list[Recorded]:
        """Who said what."""
        return [
            Recorded(one.speaker, one.name, one.track, one.start_ms, one.text)
            for one in self.of(SegmentKind.SPEECH)
        ]

    def words_of(self, identity: str) -> list[str]:
        """All that is recorded of one person."""
        return [
            word
            for segment in self.of(SegmentKind.SPEECH)
            if segment.speaker == identity
            for word in segment.text.split()
        ]

    def ledgers_of(self, identity: str) -> list[TrackLedger]:
        """Of every subscription to a person's tracks."""
        return [one.ledger for one in self.accounts if one.identity == identity]

    def completeness(self) -> Completeness:
        """As if the meeting had ended."""
        return completeness(self.segments, self.accounts, ended=True)

    @property
    def unaccounted(self) -> dict[str, int]:
        """Samples that no ledger explains, by subscription; 0 each where all is well."""
        return {one.name: one.ledger.unaccounted() for one in self.accounts}

    @property
    def dropped(self) -> dict[str, int]:
        """Samples lost to every session, by reason."""
        total: Counter[str] = Counter()
        for one in self.accounts:
            total.update(one.ledger.dropped)
        return dict(total)


@dataclass
class Seat:
    """One agent at work."""

    agent: RoomAgent
    holding: Holding
    room: rtc.Room
    stopped: list[str] = field(default_factory=list)

    async def hears(self, *sids: str) -> None:
        """Wait until these tracks arrive."""
        await eventually(lambda: set(sids) <= {ref.sid for ref in self.agent._ears.heard})

    async def minutes(self) -> Minutes:
        """The record as of now."""
        keys, scripts = self.holding.keys, self.holding.scripts
        reader = TranscriptReader(scripts, keys, self.agent._archive)
        entries = await reader.read(self.holding.meeting.id)
        accounts = await MeetingStore(scripts, keys).accounts(self.holding.meeting.id)
        return Minutes(in_order(entry.segment for entry in entries), accounts)

    async def until(self, found: Any, limit_s: float = 15) -> Minutes:
        """The record, as soon as it is like that. Raises AssertionError after ``limit_s``."""
        deadline_s = asyncio.get_running_loop().time() + limit_s
        while not found(minutes := await self.minutes()):
            assert asyncio.get_running_loop().time() < deadline_s, minutes.segments
            await asyncio.sleep(0.05)
        return minutes


@dataclass
class Sitting:
    """A seat, and the final record once the agent has left."""

    seat: Seat
    final: Minutes | None = None

    @property
    def minutes(self) -> Minutes:
        """Raises AssertionError while the agent is there."""
        assert self.final is not None, "the agent has not left yet"
        return self.final


@asynccontextmanager
async def sitting(
    venue: Venue, plugin: Plugin, chosen: Profile | None = None, **settings: Any
) -> AsyncIterator[Sitting]:
    """An agent in the room for as long as the block runs; then ``minutes`` are complete."""
    chosen = chosen or profile()
    configured = venue.settings(**settings)
    client = redis.asyncio.Redis.from_url(venue.redis.url)
    epoch = await LeaseStore(Scripts(client), RoomKeys(venue.room)).reserve(chosen.name)
    joined = rtc.Room()
    admission = token(
        venue.livekit,
        venue.room,
        agent_identity(chosen.name, epoch),
        name=chosen.shown_as,
        kind="agent",
        attributes={AGENT_ATTRIBUTE: chosen.name},
    )
    async with livekit_admin(configured) as admin:
        options = rtc.RoomOptions(auto_subscribe=False, encryption=encryption_of(configured))
        await asyncio.wait_for(joined.connect(venue.livekit.url, admission, options), 10)
        holding = await take_hold(
            configured,
            client,
            room=venue.room,
            sid=await joined.sid,
            fence=Fence(chosen.name, epoch),
            owner="test",
            on_state=lambda state: None,
            transcribes=plugin.capabilities.transcripts,
        )
        stopped: list[str] = []
        agent = RoomAgent(
            settings=configured,
            profile=chosen,
            plugin=plugin,
            room=joined,
            holding=holding,
            admin=admin,
            on_stop=stopped.append,
        )
        await agent.start()
        held = Sitting(Seat(agent, holding, joined, stopped))
        try:
            yield held
        finally:
            async with asyncio.timeout(30):
                await agent.close()
                held.final = await held.seat.minutes()
                await holding.lease.close()
                await joined.disconnect()
                await client.aclose()


class Tap:
    """The audio of every track exactly as it came out of the SDK, before anything of ours."""

    SHIFTS = range(0, 120, 8)
    """Samples: a word counts as arrived if it can be read on each of the decoder's grids."""

    def __init__(self) -> None:
        self.audio: dict[str, bytearray] = {}
        self._words: dict[str, set[str]] = {}

    @contextmanager
    def open(self) -> Iterator[Tap]:
        """Listen to all ears of this process."""
        take = Ear._take_frame

        def tapped(ear: Ear, pcm: bytes) -> None:
            self.audio.setdefault(ear.ref.sid, bytearray()).extend(pcm)
            take(ear, pcm)

        Ear._take_frame = tapped  # type: ignore[method-assign, assignment]
        try:
            yield self
        finally:
            Ear._take_frame = take  # type: ignore[method-assign]

    def carried(self, sid: str, words: list[str]) -> list[str]:
        """What is left of these words; at most one may have been damaged on its way."""
        left = [word for word in words if self.arrived(sid, word)]
        assert len(left) >= len(words) - 1, "the machine is too busy to carry audio"
        return left

    def arrived(self, sid: str, word: str) -> bool:
        """Whether a word came out of this track undamaged. Ask when the track has ended."""
        if sid not in self._words:
            samples = np.frombuffer(bytes(self.audio.get(sid, b"")), np.int16)
            read = [{w.word for w in tones.decode(samples[shift:])} for shift in self.SHIFTS]
            self._words[sid] = set.intersection(*read)
        return word in self._words[sid]


@asynccontextmanager
async def people(venue: Venue, *names: str) -> AsyncIterator[list[tuple[Person, Attendant]]]:
    """People with microphones; the identity is the name in lower case after ``p-``."""
    present: list[tuple[Person, Attendant]] = []
    try:
        for name in names:
            identity = f"p-{name.lower()}"
            person = await venue.person(identity, name=name)
            sid = await person.publish()
            present.append((person, Attendant(identity, name, sid)))
        yield present
    finally:
        for person, _ in present:
            await person.leave()
