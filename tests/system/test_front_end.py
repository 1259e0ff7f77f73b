"""An agent as a plain LiveKit client sees and steers it, while it hears and speaks in a room."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest
from livekit import rtc

from roomhand.attribution.identity import AGENT_ATTRIBUTE
from roomhand.attribution.segments import SegmentKind
from roomhand.profiles import AddressOptions, Policy
from roomhand.room.presence import FLOOR_ATTRIBUTE, STATE_ATTRIBUTE
from tests.sim import tones
from tests.sim.realtime.behaviour import Answer
from tests.sim.realtime_server import Behaviour, Prompt, RealtimeServer
from tests.system.hearing import AgentListener
from tests.system.stage import RATE, Seat, Venue, openai_plugin, people, profile, sitting
from tests.worker.room.speaking_person import Person, hush
from tests.worker.room.strict_listener import eventually

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

VOCABULARY = ("sage", "what", "did", "we", "decide", "hold", "on")
QUESTION = "sage what did we decide"
TRIES = 4
ANSWER = tones.speaker_words(40, 6)
LONG_ANSWER = tones.speaker_words(41, 24)


@dataclass
class Client:
    """A participant without a microphone who looks and presses buttons."""

    person: Person
    seen: list[tuple[str, str]] = field(default_factory=list)
    """(LiveKit's state, floor), at every change."""

    def watch(self) -> Client:
        """Keep what the agent shows from now on."""
        self.person.room.on("participant_attributes_changed", self._changed)
        return self

    @property
    def agent(self) -> rtc.RemoteParticipant | None:
        """Found as a front end finds it."""
        there = self.person.room.remote_participants.values()
        return next((one for one in there if one.attributes.get(AGENT_ATTRIBUTE) == "sage"), None)

    @property
    def floor(self) -> str:
        """What is shown now."""
        return self.agent.attributes.get(FLOOR_ATTRIBUTE, "") if self.agent else ""

    async def press(self, method: str, **payload: object) -> str:
        """Call a method of the agent; the floor state that it answers with."""
        assert self.agent is not None
        answer = await self.person.room.local_participant.perform_rpc(
            destination_identity=self.agent.identity,
            method=f"roomhand.{method}",
            payload=json.dumps(payload),
        )
        return str(json.loads(answer)["floor"])

    def _changed(self, changed: dict[str, str], who: rtc.Participant) -> None:
        if who.attributes.get(AGENT_ATTRIBUTE) == "sage":
            shown = who.attributes
            self.seen.append((shown.get(STATE_ATTRIBUTE, ""), shown.get(FLOOR_ATTRIBUTE, "")))


@dataclass
class Scene:
    """Sage with Anna and Ben, somebody who listens, and a client."""

    seat: Seat
    listener: AgentListener
    client: Client
    anna: Person
    prompts: list[Prompt]

    async def ask(self) -> None:
        """Anna asks Sage, again where the machine damaged her words."""
        spoken = tones.encode([w for token in QUESTION.split() for w in tones.as_words(token)])
        for _ in range(TRIES):
            known = len((await self.seat.minutes()).of(SegmentKind.SPEECH))
            await self.anna.say(np.concatenate([spoken, hush(700, rate=RATE)]), step_ms=50)
            minutes = await self.seat.until(
                lambda now, known=known: len(now.of(SegmentKind.SPEECH)) > known
            )
            if any(one.text == QUESTION for one in minutes.of(SegmentKind.SPEECH)):
                return
        raise AssertionError("the machine is too busy to carry audio")

    @property
    def sound(self) -> int:
        """How many frames with sound came from Sage so far."""
        return len(self.listener.recording.audible())


@asynccontextmanager
async def scene(
    venue: Venue, words: list[str], policy: Policy = Policy.ADDRESSED, think_s: float = 0.0
) -> AsyncIterator[Scene]:
    """For as long as the block runs."""
    prompts: list[Prompt] = []

    def answer(prompt: Prompt) -> Answer:
        prompts.append(prompt)
        return Answer(text=" ".join(words), think_s=think_s)

    chosen = profile(address=AddressOptions(policy=policy))
    async with (
        RealtimeServer(Behaviour(vocabulary=VOCABULARY, answer=answer)) as server,
        sitting(venue, openai_plugin(server), chosen) as held,
        people(venue, "Anna", "Ben") as [(anna, anna_known), (_, ben_known)],
    ):
        listener = await AgentListener.enter(venue)
        client = Client(await venue.person("p-client", name="Client")).watch()
        await held.seat.hears(anna_known.track, ben_known.track)
        await eventually(lambda: client.floor)
        yield Scene(held.seat, listener, client, anna, prompts)
        await client.person.leave()
        await listener.close()


async def test_the_room_sees_it_listen_think_and_speak(venue: Venue) -> None:
    """In LiveKit's words and in the floor's, in this order, and back."""
    async with scene(venue, ANSWER, think_s=1.0) as stage:
        assert stage.client.floor == "idle"
        await stage.ask()
        await eventually(lambda: stage.client.floor == "speaking")
        await stage.seat.until(lambda now: now.of(SegmentKind.AGENT))
        await eventually(lambda: stage.client.floor == "idle")
    states = [state for state, _ in stage.client.seen]
    order = [states.index("thinking"), states.index("speaking"), len(states) - 1]
    assert order == sorted(order)
    assert states[-1] == "listening"
    assert ("speaking", "speaking") in stage.client.seen


async def test_a_button_holds_it_in_the_middle_of_a_word(venue: Venue) -> None:
    """It is silent at once, and answers on the resume what it could not say."""
    async with scene(venue, LONG_ANSWER) as stage:
        await stage.ask()
        await eventually(lambda: stage.sound > 100)
        assert await stage.client.press("hold") == "held"
        await asyncio.sleep(0.3)
        silent = stage.sound
        await asyncio.sleep(1.5)
        assert stage.sound == silent
        assert stage.client.floor == "held"
        minutes = await stage.seat.until(lambda now: now.of(SegmentKind.AGENT))
        assert minutes.of(SegmentKind.AGENT)[0].interrupted
        await stage.client.press("resume")
        await eventually(lambda: stage.sound > silent + 100)
        assert len(stage.prompts) == 2


async def test_a_raised_hand_makes_no_sound_until_it_is_called_on(venue: Venue) -> None:
    """The room sees it; neither sound nor caption nor segment comes of it."""
    async with scene(venue, ANSWER, Policy.RAISE_HAND) as stage:
        await stage.ask()
        await eventually(lambda: stage.client.floor == "hand_raised")
        await asyncio.sleep(1.5)
        assert stage.sound == 0
        assert stage.prompts == []
        assert (await stage.seat.minutes()).of(SegmentKind.AGENT) == []
        await stage.client.press("call_on")
        minutes = await stage.seat.until(lambda now: now.of(SegmentKind.AGENT))
        await eventually(lambda: stage.client.floor == "idle")
    assert minutes.of(SegmentKind.AGENT)[0].text.split() == ANSWER
    assert stage.sound > 0
