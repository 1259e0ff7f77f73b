"""A room for the barge-in bench: an agent that speaks, a person with a microphone who listens.

The real ears find the voice, the real table decides, the real mouth acts; what a scribe would write
comes so many milliseconds after the end of a turn, as the conductor would be told it.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

import numpy as np
from livekit import rtc

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.identity import TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.room.ears import Ears, EarsOptions
from roomhand.room.listening import TrackListener
from roomhand.room.mouth import Mouth
from roomhand.settings import VadKind
from roomhand.turns.barge_in import Action, BargeIn, Patience, State
from roomhand.turns.gate import PublishGate
from roomhand.turns.interjection import Interjections
from roomhand_plugins.base import ReplyText
from tests.bench.barge_in_sounds import Sound
from tests.sim import servers
from tests.worker.room.listening_person import RATE, Listener, join
from tests.worker.room.loudspeaker import Loudspeaker, microphone

TICK_S = 0.05


def now_s() -> float:
    """The clock that the listener's recording uses too."""
    return time.monotonic()


@dataclass
class Noted:
    """When what happened, in one reply; each action's first time."""

    received_s: float = 0.0
    """The reply's audio was there."""
    started_s: float = 0.0
    """Its first audio went to the SDK."""
    decided_s: float = 0.0
    """The detector's first report of the voice."""
    quieter_s: float = 0.0
    """The first lowered audio was handed to the SDK."""
    acts: list[tuple[Action, float]] = field(default_factory=list)
    turns: int = 0

    def first(self, action: Action) -> float:
        """When; 0 if never."""
        return next((at_s for act, at_s in self.acts if act is action), 0.0)

    def count(self, action: Action) -> int:
        """How often."""
        return sum(act is action for act, _ in self.acts)


class TimedMouth(Mouth):
    """Notes when lowered audio was handed over."""

    noted: Noted

    async def _capture(self, reply: object, samples: int, now: float) -> None:
        lowered = self._fader.target != 1.0
        await super()._capture(reply, samples, now)  # type: ignore[arg-type]
        if lowered and not self.noted.quieter_s:
            self.noted.quieter_s = now_s()


class Bob(TrackListener):
    """What the ears tell of the person's track, for the table."""

    def __init__(self, scene: Scene, anchor: Anchor) -> None:
        self._scene = scene
        self._anchor = anchor
        self._start_ms = 0

    def on_audio(self, start: int, pcm: bytes) -> None:
        pass

    def on_speech_start(self, onset: int) -> None:
        self._start_ms = self._anchor.ms(onset)
        self._scene.noted.turns += 1
        self._scene.table.turn("bob", self._start_ms, now_s())

    def on_speech_end(self, end: int, voiced: int) -> None:
        self._scene.act(self._scene.table.quiet("bob", now_s()))
        self._scene.transcribe(self._start_ms)

    def on_judged(self, upto: int) -> None:
        pass

    def on_renamed(self, track: TrackRef) -> None:
        pass

    def on_ended(self, reason: str) -> None:
        pass


class Scene:
    """One room. ``scribe_ms``: from the end of a turn to its words; None: none come."""

    def __init__(self, agent: rtc.Room, listener: Listener, *, scribe_ms: int, echo: bool) -> None:
        self.room, self.listener = agent, listener
        self.gate = PublishGate(lambda: 1e12)
        self.mouth = TimedMouth(
            agent, self.gate, on_started=self._on_started, on_ended=self._on_ended
        )
        self.table = BargeIn(Patience())
        self.noted = self.mouth.noted = Noted()
        self.scribe_ms: int | None = scribe_ms
        self.said = Sound("", "en", np.zeros(0, np.int16))
        self.source: rtc.AudioSource
        self._number = 0
        self._ticking = asyncio.create_task(self._tick())
        self.ears = Ears(
            agent,
            options=EarsOptions(vad=VadKind.NEURAL),
            clock_ms=lambda: int(now_s() * 1000),
            listener=self._listen,
            notice=lambda kind, ref, what: None,
            voice=self._voice,
            own_voice=self.mouth.own_voice if echo else None,
        )

    @staticmethod
    async def open(
        server: servers.LiveKit, name: str, *, scribe_ms: int = 300, echo: bool = True
    ) -> Scene:
        """Both are in the room and hear each other."""
        agent = await join(server, name, "sage~1", kind="agent", auto_subscribe=False)
        listener = Listener(await join(server, name, "bob"))
        scene = Scene(agent, listener, scribe_ms=scribe_ms, echo=echo)
        scene.ears.start()
        await scene.mouth.open()
        scene.source, _ = await microphone(listener.room)
        await listener.listen(1500)
        return scene

    async def close(self) -> None:
        """Leave."""
        self._ticking.cancel()
        await asyncio.gather(self._ticking, return_exceptions=True)
        await self.ears.aclose()
        await self.mouth.close()
        await self.listener.close()
        await asyncio.wait_for(self.room.disconnect(), 10)

    def begin(self, pcm: bytes, words: list[tuple[str, int]] | None = None) -> str:
        """Start a reply: all of its audio, and words with the milliseconds of their ends."""
        self._number += 1
        reply_id = str(self._number)
        self.noted = self.mouth.noted = Noted()
        self.gate.open(self._number, 1e12)
        self.mouth.begin(reply_id, self._number)
        self.act(self.table.begin(now_s()))
        self.noted.received_s = now_s()
        self.mouth.push(reply_id, pcm)
        for word, end_ms in words or ():
            self.mouth.text(reply_id, ReplyText(reply_id, f" {word}", end_ms))
        self.mouth.finish(reply_id)
        return reply_id

    async def interject(self, said: Sound) -> float:
        """The person says it; returns when it began."""
        self.said = said
        began_s = now_s()
        samples = said.samples
        frame = rtc.AudioFrame(samples.tobytes(), RATE, 1, len(samples))
        await self.source.capture_frame(frame)
        return began_s

    async def settled(self, limit_s: float = 3.0) -> None:
        """Until the agent has stopped, or words that are due have long come."""
        deadline_s = now_s() + limit_s
        while now_s() < deadline_s and self.table.state is not State.SILENT:
            await self.listener.listen(50)

    async def quiet(self, since_s: float) -> None:
        """Until what was said since then is over, and the detector has seen it end."""
        rest_s = max(0.0, since_s + self.said.ms / 1000 - now_s())
        await self.listener.listen(round(rest_s * 100) * 10 + 900)

    def act(self, action: Action | None) -> None:
        """Do what the table says, and note when."""
        if action is None:
            return
        self.noted.acts.append((action, now_s()))
        if action is Action.STOP:
            self.mouth.stop(str(self._number))
        else:
            getattr(self.mouth, action.value)()

    def transcribe(self, start_ms: int) -> None:
        """A turn is over: its words come, if they come."""
        if self.scribe_ms is not None:
            words = Interjections(self.said.language).judge(self.said.text, final=True)
            loop = asyncio.get_running_loop()
            loop.call_later(
                self.scribe_ms / 1000,
                lambda: self.act(self.table.words("bob", start_ms, words, now_s())),
            )

    def _voice(self, ref: TrackRef, voiced_ms: float) -> None:
        if voiced_ms and not self.noted.decided_s:
            self.noted.decided_s = now_s()
        self.act(
            self.table.voice("bob", voiced_ms, now_s())
            if voiced_ms
            else self.table.quiet("bob", now_s())
        )

    def _listen(self, ref: TrackRef, anchor: Anchor, ledger: TrackLedger) -> TrackListener:
        return Bob(self, anchor)

    def _on_started(self, reply_id: str) -> None:
        self.noted.started_s = now_s()

    def _on_ended(self, *end: object) -> None:
        if self.table.state is not State.SILENT:
            self.table.end(now_s())

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self.act(self.table.tick(now_s()))


class EchoingRoom(Loudspeaker):
    """The person of the scene has a loudspeaker."""

    def __init__(self, scene: Scene, delay_ms: int, level_db: float) -> None:
        super().__init__(scene.listener, scene.source, delay_ms, level_db)
        self._scene = scene

    async def interject(self, said: Sound) -> float:
        """As ``Scene.interject``, into the same microphone."""
        self._scene.said = said
        self.say(said.samples)
        return now_s()


async def random_pause(listener: Listener, low_ms: int, high_ms: int) -> None:
    """To the millisecond."""
    await listener.listen(random.randrange(low_ms, high_ms, 10))
    await asyncio.sleep(random.random() * 0.01)
