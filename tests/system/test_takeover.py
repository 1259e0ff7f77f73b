"""What an agent knew, owed and was told outlives its process: killed, or told to hand over."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from roomhand.admin import LiveKitAdmin, livekit_admin
from roomhand.attribution.segments import Segment, SegmentKind
from tests.sim import tones
from tests.sim.realtime_server import Behaviour, Prompt, RealtimeServer
from tests.system.backend import DONE, Backend, Told, backend
from tests.system.hearing import AgentListener
from tests.system.office import Office, control_plane, eventually_true, job_process, office
from tests.system.stage import Venue, people
from tests.system.test_failover import epoch_there, say_until_recorded, transcript
from tests.worker.room.speaking_person import Person

pytestmark = [pytest.mark.livekit, pytest.mark.redis, pytest.mark.timeout(300)]

VOCABULARY = ("sage", "what", "did", "we", "decide")
SMALL_TALK = tones.speaker_words(0, 3)
ANSWER = tones.speaker_words(44, 4)
SPOKEN = tones.speaker_words(50, 80)
TEXTS = [" ".join(SPOKEN[at : at + 2]) for at in range(0, len(SPOKEN), 2)]
LONG = " ".join(tones.speaker_words(51, 220))
"""Longer than a hand-over waits for a quiet moment."""
EVERY_S = {"killed": 0.5, "handed over": 1.5}
"""A command follows the next: a hand-over needs a quiet moment between two."""
UNOBEYED = {"AGENT_NOT_FOUND", "COMMAND_UNANSWERED"}
"""What the API documents for a moment in which no process runs the agent."""
TOLD = "Speak slowly."
PATIENT = {"max_talk_s": 180}
IN_WORDS = r'(?:and nothing else|in writing): "(.*?)"'


@dataclass
class Model:
    """Says what it is told to, word for word, or its answer; and notes what it was shown."""

    prompts: list[Prompt] = field(default_factory=list)

    def answer(self, prompt: Prompt) -> str:
        self.prompts.append(prompt)
        return text_in(prompt) or " ".join(ANSWER)


def text_in(prompt: Prompt) -> str:
    """The text that is to be said, or answered by itself; empty where there is none."""
    found = re.search(IN_WORDS, str(prompt.response.get("instructions")))
    return found[1] if found and found[1] in (*TEXTS, LONG) else ""


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
                there_too = office(
                    self.venue, self.server, other, policy=self.policy, floor=PATIENT
                )
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
        office(venue, server, folder, policy=policy, floor=PATIENT) as worker,
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


async def test_what_it_says_when_there_is_no_quiet_moment_ends_with_the_hand_over(
    venue: Venue, tmp_path: Path
) -> None:
    """What was heard of it is in the transcript, cut short, and is not said again."""
    async with scene(venue, tmp_path) as at:
        before = await epoch_there(at.admin, venue.room)
        await at.worker.run("say", venue.room, LONG, "--agent", "sage")
        async with at.moved("handed over"):
            await asyncio.sleep(2)
            segments = await transcript(venue)
    [said] = [one for one in segments if one.kind is not SegmentKind.SPEECH]
    assert (said.kind, said.interrupted, said.epoch) == (SegmentKind.AGENT, True, before)
    assert said.text
    assert LONG.startswith(said.text)


async def _said_after(at: Scene, wait_s: float) -> list[Segment]:
    """All that sage has said by then."""
    await asyncio.sleep(wait_s)
    return [one for one in await transcript(at.venue) if one.kind is SegmentKind.AGENT]


def known_of(segments: list[Segment], text: str) -> tuple[int, int]:
    """How often a text was said, in whole or in part, and how often a notice names it."""
    spoken = [one.text.split() for one in segments if one.kind is SegmentKind.AGENT]
    notices = [one.text for one in segments if one.kind is SegmentKind.NOTICE]
    return sum(text.split()[0] in words for words in spoken), sum(text in one for one in notices)


async def commands(sender: Backend, every_s: float, over: asyncio.Event) -> dict[str, Told]:
    """Texts to say and to answer by turns, until it is over and two more were sent; each is sent
    when its time has come, whatever became of the one before."""
    sent: dict[str, Told] = {}
    left = 2
    async with asyncio.TaskGroup() as group:
        for number, text in enumerate(TEXTS):
            left -= over.is_set()
            if left < 0:
                break
            sent[text] = sender.ask(text) if number % 3 == 2 else sender.say(text)
            group.create_task(sent[text].send())
            await asyncio.sleep(every_s)
    return sent


@pytest.mark.parametrize("how", ["killed", "handed over"])
async def test_what_it_is_to_say_while_it_moves_is_said_once_or_refused(
    venue: Venue, tmp_path: Path, how: str
) -> None:
    """Whoever is told that it is done can rely on it; sent again it is the same command."""
    async with AsyncExitStack() as stack:
        at = await stack.enter_async_context(scene(venue, tmp_path))
        sender = await stack.enter_async_context(backend(at.plane, venue.room))
        listener = await AgentListener.enter(venue)
        stack.push_async_callback(listener.close)
        over = asyncio.Event()
        sending = asyncio.create_task(commands(sender, EVERY_S[how], over))
        await asyncio.sleep(2 * EVERY_S[how])
        async with at.moved(how):
            over.set()
            sent = await sending
            assert {outcome for one in sent.values() for outcome in one.outcomes} <= {
                DONE,
                *UNOBEYED,
            }
            for one in sent.values():
                await one.send()

            done = [text for text, one in sent.items() if DONE in one.outcomes]

            async def all_known() -> bool:
                segments = await transcript(venue)
                return all(any(known_of(segments, text)) for text in done)

            await eventually_true(all_known, 60)
            await asyncio.sleep(1)
            segments = await transcript(venue)
    told = {text: (*known_of(segments, text), one.outcomes) for text, one in sent.items()}
    for text, one in sent.items():
        said, noticed = known_of(segments, text)
        assert said <= 1, told
        assert DONE not in one.outcomes or said == 1 or noticed == 1, told
    twice = [word for word, count in Counter(listener.words).items() if count > 1]
    assert [word for word in twice if word in SPOKEN] == [], told


async def settings(sender: Backend, over: asyncio.Event) -> tuple[Told, Told]:
    """Unmute it, mute it and tell it something else, again and again until it is over; the last of
    the two that count."""
    number = 0
    while True:
        number += 1
        muting, telling = sender.mute(True), sender.instruct(f"{TOLD} {number}.")
        for one in (sender.mute(False), muting, telling):
            assert await one.send() in {DONE, *UNOBEYED}
        if over.is_set():
            return muting, telling
        await asyncio.sleep(0.2)


@pytest.mark.parametrize(
    ("how", "to_the_end"), [("killed", False), ("handed over", False), ("handed over", True)]
)
async def test_what_it_is_told_while_it_moves_holds_for_whoever_runs_it(
    venue: Venue, tmp_path: Path, how: str, to_the_end: bool
) -> None:
    """Muted it refuses, unmuted it answers as it was told to last; also where nothing more is sent
    once it has moved, and what it was told is all that its next owner knows."""
    async with scene(venue, tmp_path) as at, backend(at.plane, venue.room) as sender:
        over = asyncio.Event()
        setting = asyncio.create_task(settings(sender, over))
        await asyncio.sleep(1)
        if how == "killed":
            over.set()
            await setting
        async with at.moving(how) as back:
            if not to_the_end:
                over.set()
                await setting
            if how == "killed":
                telling = sender.instruct(f"{TOLD} Nobody may hear this.")
                assert await telling.send() in {DONE, *UNOBEYED}
            await back()
            over.set()
            muting, told = await setting
            if DONE not in muting.outcomes:
                assert await sender.mute(True).send() == DONE
            assert await sender.ask(TEXTS[0]).send() == "COMMAND_REFUSED"
            assert await sender.mute(False).send() == DONE
            assert await sender.ask(TEXTS[1]).send() == DONE
            await at.spoken(TEXTS[1].split()[0])
            assert len(await _said_after(at, 1.0)) == 1
    last = telling if how == "killed" else told
    assert [text_in(prompt) for prompt in at.model.prompts] == [TEXTS[1]]
    assert last.request.instructions in str(at.model.prompts[0].response)
