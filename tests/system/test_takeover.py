"""What an agent knew, owed and was told outlives its process: killed, or told to hand over."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from roomhand.admin import LiveKitAdmin, livekit_admin
from roomhand.attribution.segments import Segment, SegmentKind
from tests.sim import tones
from tests.sim.realtime_server import Behaviour, Prompt, RealtimeServer
from tests.system.office import Office, control_plane, eventually_true, job_process, office
from tests.system.stage import Venue, people
from tests.system.test_failover import epoch_there, say_until_recorded, transcript
from tests.worker.room.speaking_person import Person

pytestmark = [pytest.mark.livekit, pytest.mark.redis, pytest.mark.timeout(300)]

VOCABULARY = ("sage", "what", "did", "we", "decide")
SMALL_TALK = tones.speaker_words(0, 3)
ANSWER = tones.speaker_words(44, 4)
TEXTS = [" ".join(tones.speaker_words(50 + at, 2)) for at in range(8)]


@dataclass
class Model:
    """Says what it is told to, word for word, or its answer; and notes what it was shown."""

    prompts: list[Prompt] = field(default_factory=list)

    def answer(self, prompt: Prompt) -> str:
        self.prompts.append(prompt)
        return text_in(prompt) or " ".join(ANSWER)


def text_in(prompt: Prompt) -> str:
    """The text that is to be said exactly; empty where there is none."""
    found = re.search(r'Say exactly this.*: "(.*)"', str(prompt.response.get("instructions")))
    return found[1] if found else ""


@dataclass
class Scene:
    """Sage among people, whoever runs it, and the model behind it."""

    venue: Venue
    folder: Path
    worker: Office
    plane: Office
    server: RealtimeServer
    model: Model
    anna: Person
    admin: LiveKitAdmin
    policy: str

    async def spoken(self, text: str) -> Segment:
        """What sage said that begins like this, once it is in the transcript."""
        await eventually_true(lambda: self._has_said(text))
        return (await self._said(text))[0]

    @asynccontextmanager
    async def moved(self, how: str) -> AsyncIterator[None]:
        """As ``moving``; inside sage has come back."""
        async with self.moving(how) as back:
            await back()
            yield

    @asynccontextmanager
    async def moving(self, how: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        """Sage's process is killed, or its worker is told to end and hands it over. Inside that has
        just begun, and what is yielded waits until sage is there again; it leaves at the end."""
        before = await epoch_there(self.admin, self.venue.room)

        async def there() -> bool:
            return await epoch_there(self.admin, self.venue.room) > before

        async def owned() -> bool:
            listed = json.loads(await self.worker.run("agents", self.venue.room, "--json"))
            return int(listed["epoch"]) > before

        async def back() -> None:
            await eventually_true(there, 60)
            await eventually_true(owned, 60)

        async with AsyncExitStack() as stack:
            if how == "killed":
                job_process(self.worker.process.pid, self.server.url).kill()
            else:
                other = self.folder / "other"
                other.mkdir()
                there_too = office(self.venue, self.server, other, policy=self.policy)
                await stack.enter_async_context(there_too)
                self.worker.process.send_signal(signal.SIGTERM)
            yield back
            await self.worker.run("leave", self.venue.room, "--agent", "sage")

    async def _has_said(self, text: str) -> bool:
        return bool(await self._said(text))

    async def _said(self, text: str) -> list[Segment]:
        segments = await transcript(self.venue)
        return [one for one in segments if one.kind is SegmentKind.AGENT and text in one.text]


@asynccontextmanager
async def scene(venue: Venue, folder: Path, policy: str = "addressed") -> AsyncIterator[Scene]:
    """Sage has heard Anna, who talked to Ben; its session is open."""
    model = Model()
    async with (
        RealtimeServer(Behaviour(vocabulary=VOCABULARY, answer=model.answer)) as server,
        office(venue, server, folder, policy=policy) as worker,
        control_plane(venue, folder) as plane,
        livekit_admin(venue.settings()) as admin,
    ):
        await worker.run("join", venue.room, "--agent", "sage", "--create")
        async with people(venue, "Anna", "Ben") as [(anna, _), _]:
            await say_until_recorded(venue, anna, SMALL_TALK)
            yield Scene(venue, folder, worker, plane, server, model, anna, admin, policy)


async def test_who_takes_over_knows_what_was_said_before(venue: Venue, tmp_path: Path) -> None:
    """By people and by the agent itself: its model is shown both, each once."""
    async with scene(venue, tmp_path) as at:
        question = [word for one in VOCABULARY for word in tones.as_words(one)]
        await say_until_recorded(venue, at.anna, question, " ".join(VOCABULARY))
        await at.spoken(ANSWER[0])
        async with at.moved("killed"):
            before = len(at.model.prompts)
            await at.worker.run("ask", venue.room, "what was that", "--agent", "sage")

            async def asked() -> bool:
                return len(at.model.prompts) > before

            await eventually_true(asked)
            shown = [turn.text for turn in at.model.prompts[before].turns]
    assert sum(" ".join(SMALL_TALK) in text for text in shown) == 1, shown
    assert [text for text in shown if " ".join(VOCABULARY) in text and "Anna" in text], shown
    assert sum(" ".join(ANSWER) in text for text in shown) == 1, shown


@pytest.mark.parametrize("how", ["killed", "handed over"])
async def test_a_raised_hand_outlives_its_process(venue: Venue, tmp_path: Path, how: str) -> None:
    """It says what the hand was raised for when it is called on, and says it once."""
    async with scene(venue, tmp_path, "raise_hand") as at:
        told = await at.worker.run("ask", venue.room, "what was that", "--agent", "sage")
        assert "raised its hand" in told
        async with at.moved(how):
            assert await _said_after(at, 2.0) == []
            await at.worker.run("floor", venue.room, "resume", "--agent", "sage")
            await at.spoken(ANSWER[0])
            assert "what was that" in str(at.model.prompts[-1].response)
            assert len(await _said_after(at, 1.0)) == 1


async def test_what_waits_for_the_floor_outlives_its_process(venue: Venue, tmp_path: Path) -> None:
    """A moderator holds the floor; who was told that a text is going to be said is not deceived."""
    async with scene(venue, tmp_path) as at:
        await at.worker.run("floor", venue.room, "hold")
        await at.worker.run("say", venue.room, TEXTS[0], "--agent", "sage")
        async with at.moved("killed"):
            assert await _said_after(at, 1.0) == []
            await at.worker.run("floor", venue.room, "resume")
            await at.spoken(TEXTS[0])
            assert len(await _said_after(at, 1.0)) == 1


async def _said_after(at: Scene, wait_s: float) -> list[Segment]:
    """All that sage has said by then."""
    await asyncio.sleep(wait_s)
    return [one for one in await transcript(at.venue) if one.kind is SegmentKind.AGENT]
