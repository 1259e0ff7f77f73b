"""A scripted meeting, held in real time in a room with an agent, and what became of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from livekit import rtc

from roomhand.room.captions import TOPIC
from roomhand_plugins.base import Plugin
from tests.sim.balance import Imbalance, imbalances
from tests.sim.drawing import draw
from tests.sim.expected import expected_transcript
from tests.sim.meeting import Attendant, Score, score
from tests.sim.realtime_server import Behaviour, RealtimeServer
from tests.sim.script import Script, Trouble
from tests.system.player import Player, until
from tests.system.stage import Minutes, Seat, Tap, Venue, openai_plugin, sitting

POLL_S = 0.05
SETTLE_S = 5.0
"""Longest wait for words that may have been damaged on their way."""
WORDS_S = 120.0
"""Longest wait for the words of turns that a model has."""


@dataclass
class Held:
    """What became of a meeting."""

    script: Script
    present: list[Attendant]
    minutes: Minutes
    captions: dict[str, tuple[str, str, str]]
    """Final text by segment: identity, track, text."""
    captions_s: dict[str, float]
    """When it was there, by ``time.monotonic``."""
    tap: Tap
    sessions: int
    """That the provider was asked for; 0 where it is not ours to ask."""
    began_ms: int
    """When the script began, in the time of the meeting."""
    got: int | None
    """Samples that the provider got, where it was given none twice and is ours to ask."""

    @property
    def score(self) -> Score:
        """The record against the script."""
        return score(self.script, self.present, self.minutes.speech, self.arrived)

    def arrived(self, person: int, word: str) -> bool:
        """Whether a person's word came out of the SFU whole."""
        return any(self.tap.arrived(track, word) for track in self.present[person].tracks)

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

    @property
    def imbalances(self) -> list[Imbalance]:
        """The ledgers against the script."""
        return imbalances(self.script, self.present, self.minutes.accounts, got=self.got)


@dataclass
class _Provider:
    plugin: Plugin
    server: RealtimeServer | None = None

    @property
    def sessions(self) -> int:
        return len(self.server.sessions) if self.server else 0

    def got(self, trouble: Trouble) -> int | None:
        """Nothing is sent twice where no session fails or ends."""
        if self.server is None or trouble.faults:
            return None
        return sum(len(record.audio) // 2 for record in self.server.sessions)

    def break_sockets(self) -> None:
        """As a network does: without a word."""
        assert self.server is not None, "only our own provider's sockets can be broken"
        listening = self.server._server
        assert listening is not None
        for connection in list(listening.connections):
            connection.transport.abort()


async def hold(
    venue: Venue, tap: Tap, people: int, length_s: float, *, overlap: float = 0.22, seed: int = 0
) -> Held:
    """So many people hold a drawn meeting with an agent, in real time."""
    return await perform(venue, tap, draw(people, length_s, overlap=overlap, seed=seed))


async def perform(
    venue: Venue, tap: Tap, script: Script, plugin: Plugin | None = None, **settings: Any
) -> Held:
    """People do what a script has them do, with an agent in the room. ``plugin``: its model, if
    that is not the mock provider, in this process."""
    captions: dict[str, tuple[str, str, str]] = {}
    captions_s: dict[str, float] = {}
    async with (
        _provider(script.trouble, plugin) as provider,
        sitting(venue, provider.plugin, **settings) as held,
        _players(venue, held.seat, script) as players,
    ):
        rooms = [player.person.room for player in players if player.person is not None]
        read_captions(rooms[-1], captions, captions_s)
        began_s, began_ms = asyncio.get_running_loop().time(), held.seat.holding.clock_ms()
        async with asyncio.TaskGroup() as playing:
            for player in players:
                playing.create_task(player.play(began_s))
            for at_s in script.trouble.lost_s:
                playing.create_task(_break(provider, began_s + at_s))
        words = sum(len(said.words) for said in expected_transcript(script))
        await settle(lambda: sum(len(text.split()) for _, _, text in captions.values()) >= words)
        await settle(lambda: not owes_words(held.seat), WORDS_S)
        present = [player.attendant for player in players]
    sessions, got = provider.sessions, provider.got(script.trouble)
    return Held(script, present, held.minutes, captions, captions_s, tap, sessions, began_ms, got)


@asynccontextmanager
async def _provider(trouble: Trouble, plugin: Plugin | None) -> AsyncIterator[_Provider]:
    if plugin is not None:
        yield _Provider(plugin)
        return
    behaviour = Behaviour(
        handshake_delay_s=trouble.handshake_s, session_limit_s=trouble.sessions_live_s
    )
    async with RealtimeServer(behaviour) as server:
        yield _Provider(openai_plugin(server), server)


@asynccontextmanager
async def _players(venue: Venue, seat: Seat, script: Script) -> AsyncIterator[Sequence[Player]]:
    """Everybody; who joins at 0 is heard already. At least one does."""

    def lose(identity: str, sid: str, lost: bool) -> None:
        there = seat.room.remote_participants[identity]
        there.track_publications[sid].set_subscribed(not lost)

    async with AsyncExitStack() as stack:
        players = [
            Player(venue, script, number, seat.hears, lose) for number in range(script.people)
        ]
        for player in players:
            stack.push_async_callback(player.leave)
            if not player.role.joins_s:
                await player.arrive()
        yield players


async def _break(provider: _Provider, at_s: float) -> None:
    await until(at_s)
    provider.break_sockets()


def owes_words(seat: Seat) -> bool:
    """Whether a turn waits for its words."""
    return any(list(lane.uplink.turns) for lane in seat.agent._sessions._all())


async def settle(done: Callable[[], bool], limit_s: float = SETTLE_S) -> None:
    """Wait until it is so, or for the limit: what is missing then is the test's to find."""
    for _ in range(round(limit_s / POLL_S)):
        if done():
            return
        await asyncio.sleep(POLL_S)


def read_captions(
    room: rtc.Room,
    into: dict[str, tuple[str, str, str]],
    at_s: dict[str, float] | None = None,
) -> None:
    """Keep every final caption that a person in the room is shown, and when it was there."""
    reading: set[asyncio.Task[None]] = set()

    async def read(stream: rtc.TextStreamReader, identity: str) -> None:
        text = await stream.read_all()
        about = stream.info.attributes or {}
        if about["lk.transcription_final"] == "true":
            if at_s is not None:
                at_s[about["lk.segment_id"]] = time.monotonic()
            into[about["lk.segment_id"]] = (identity, about["lk.transcribed_track_id"], text)

    def start(stream: rtc.TextStreamReader, identity: str) -> None:
        task = asyncio.create_task(read(stream, identity))
        reading.add(task)
        task.add_done_callback(reading.discard)

    room.register_text_stream_handler(TOPIC, start)
