"""Real models in a session: heard turns, attributed answers, and nothing that blocks the loop."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from roomhand_plugins.base import (
    SAMPLE_RATE,
    Event,
    Heard,
    ReplyAudio,
    ReplyDone,
    ReplyRequest,
    ReplyStatus,
    ReplyText,
    Role,
    SessionClosedError,
    SessionSetup,
    TextTurn,
    Transcript,
    TurnFailed,
)
from roomhand_plugins.conformance.witness import Witness
from roomhand_plugins.local import LocalPlugin
from tests.plugins.local.recognisers import recognisers
from tests.sim.voices import VOICES, speak

pytestmark = pytest.mark.speech

WAIT_S = 30.0
BUDGET = "The budget for the new project is forty thousand dollars."
SETUP = SessionSetup(instructions="", speaker="Laura", names=("Sage", "Martin"))


@pytest.fixture
async def plugin() -> AsyncIterator[LocalPlugin]:
    """A plugin with two recognisers and a voice without chance."""
    made = LocalPlugin({"noise_scale": 0.0, "noise_w": 0.0})
    yield made
    await made.close()


@pytest.fixture
async def witness(plugin: LocalPlugin) -> AsyncIterator[Witness]:
    """A session whose events are read."""
    session = await plugin.open(SETUP)
    watching = Witness(session, plugin.capabilities, WAIT_S)
    yield watching
    await session.close()
    await watching.until_ended()
    assert not watching.rules.broken


def said(text: str) -> npt.NDArray[np.int16]:
    """A sentence of one of the people."""
    return speak(text, VOICES["low"])


def spoken(events: list[Event]) -> str:
    """The words of all replies."""
    return "".join(event.text for event in events if isinstance(event, ReplyText))


def told(text: str, speaker: str = "Martin") -> TextTurn:
    """Something that another person said."""
    return TextTurn(turn_id=f"t-{text[:8]}", role=Role.PERSON, speaker=speaker, text=text)


async def test_a_turn_is_heard_with_its_place_in_the_audio(witness: Witness) -> None:
    """Words as said, interim words on the way, the span of the turn and not of what was before."""
    await witness.send_audio(bytes(2 * 1000))
    await witness.say("t1", said(BUDGET).tobytes())
    final = await witness.settled("t1")

    assert isinstance(final, Transcript)
    assert final.text == "the budget for the new project is forty thousand dollars"
    assert final.span == (1000, 1000 + len(said(BUDGET)))
    assert final.confidence is not None
    assert 0.3 < final.confidence <= 1
    interim = [event.text for event in witness.of(Transcript) if not event.final]
    assert interim
    assert final.text.startswith(interim[1])


async def test_the_name_of_the_agent_is_heard_where_it_is_only_mentioned(witness: Witness) -> None:
    """Without the names of the setup the dictionary's "say to bout" wins."""
    await witness.say("t1", said("I told Sage about that yesterday.").tobytes())
    final = await witness.settled("t1")

    assert isinstance(final, Transcript)
    assert "sage" in final.text.lower().split()


async def test_a_question_is_answered_from_what_another_person_said(witness: Witness) -> None:
    """The session heard the question; the fact came as text. The answer has name and fact, its
    audio is as long as its words say, and every word has its place."""
    await witness.session.add_text(told(BUDGET))
    await witness.say("t1", said("Sage, what did Martin say about the budget?").tobytes())
    await witness.reply(ReplyRequest(reply_id="r1"))
    done = await witness.done("r1")

    assert done.status is ReplyStatus.COMPLETED
    assert spoken(witness.events) == f"Martin said: {BUDGET}"
    audio_ms = sum(len(event.pcm) for event in witness.of(ReplyAudio)) * 1000 // 2 // SAMPLE_RATE
    ends = [event.audio_ms or 0 for event in witness.of(ReplyText)]
    assert all(one < other for one, other in pairwise(ends))
    assert ends[0] > 0
    assert audio_ms - 400 < ends[-1] <= audio_ms


async def test_only_what_was_heard_of_an_answer_is_remembered(witness: Witness) -> None:
    """A cut answer is repeated as far as people heard it; an unheard one never happened."""
    for number, heard in enumerate([Heard(audio_ms=500, text="It"), Heard(audio_ms=0, text="")]):
        await witness.reply(ReplyRequest(reply_id=f"r{number}", verbatim="It rains. It snows."))
        await witness.done(f"r{number}")
        await witness.session.cancel_reply(f"r{number}", heard)
    before = len(witness.events)
    await witness.reply(ReplyRequest(reply_id="again", question="Can you repeat that?"))
    await witness.done("again")

    assert spoken(witness.events[before:]) == "I said: It"


async def test_a_cancelled_answer_stops_between_its_sentences(witness: Witness) -> None:
    """Twenty sentences are asked for; few are made."""
    await witness.reply(ReplyRequest(reply_id="r1", verbatim="This is one of many. " * 20))
    await witness.until(ReplyAudio)
    await witness.session.cancel_reply("r1", Heard(audio_ms=20, text=""))
    done = await witness.done("r1")

    assert done.status is ReplyStatus.CANCELLED
    assert len(spoken(witness.events).split()) < 50


async def test_a_recogniser_that_dies_fails_its_turn_and_no_other(witness: Witness) -> None:
    """The turn has its outcome, and the next one gets a new process."""
    await witness.begin_turn("t1")
    await witness.send_audio(said(BUDGET).tobytes())
    await witness.until(Transcript)
    for child in recognisers():
        os.kill(child.pid, signal.SIGKILL)
    await witness.end_turn("t1")
    lost = await witness.settled("t1")
    await witness.say("t2", said(BUDGET).tobytes())

    assert isinstance(lost, TurnFailed)
    assert isinstance(await witness.settled("t2"), Transcript)


async def test_a_stopped_recogniser_makes_send_audio_wait_until_the_session_closes(
    plugin: LocalPlugin,
) -> None:
    """What waits is bounded by ``max_turn_s``, and nobody who waits is forgotten."""
    witness = Witness(await plugin.open(SETUP), plugin.capabilities, WAIT_S)
    await witness.begin_turn("t1")
    await witness.send_audio(said(BUDGET).tobytes())
    await witness.until(Transcript)
    for child in recognisers():
        os.kill(child.pid, signal.SIGSTOP)
    second = bytes(2 * SAMPLE_RATE)
    sending = asyncio.create_task(witness.session.send_audio(second * 60))
    done, _ = await asyncio.wait({sending}, timeout=0.3)
    assert not done
    await witness.session.close()

    with pytest.raises(SessionClosedError):
        await sending
    await witness.until_ended()


async def test_people_who_speak_at_once_are_heard_by_one_process_each(plugin: LocalPlugin) -> None:
    """Three people and two recognisers: all three are transcribed, each in their own session."""
    people = {
        "low": "I think that is a very good idea.",
        "middle": BUDGET,
        "high": "Thank you, that is enough for now.",
    }
    witnesses = []
    for voice, text in people.items():
        witness = Witness(await plugin.open(SETUP), plugin.capabilities, WAIT_S)
        await witness.say("t1", speak(text, VOICES[voice]).tobytes())
        witnesses.append(witness)
    finals = [await witness.settled("t1") for witness in witnesses]

    assert len(recognisers()) == 2
    for final, text in zip(finals, people.values(), strict=True):
        assert isinstance(final, Transcript)
        assert final.text.split()[-1] == text.lower().rstrip(".").split()[-1]
    await plugin.close()
    for witness in witnesses:
        await witness.until_ended()


async def test_hearing_and_speaking_leave_the_event_loop_free(witness: Witness) -> None:
    """Decoding and synthesis of several seconds, also on a busy machine: half of the loop's 2 ms
    sleeps end within 10 ms, and none is late by as much as one decoding would be (300 ms)."""
    await witness.say("warm", said(BUDGET).tobytes())
    await witness.settled("warm")
    await witness.reply(ReplyRequest(reply_id="warm", verbatim="It rains."))
    await witness.done("warm")
    late: list[float] = []
    loop = asyncio.get_running_loop()

    async def watch() -> None:
        while True:
            due = loop.time() + 0.002
            await asyncio.sleep(0.002)
            late.append(loop.time() - due)

    watching = asyncio.create_task(watch())
    await witness.say("t1", said(BUDGET).tobytes())
    await witness.reply(ReplyRequest(reply_id="r1", verbatim=f"{BUDGET} {BUDGET}"))
    await witness.settled("t1")
    await witness.done("r1")
    watching.cancel()

    late.sort()
    figures = [late[len(late) * part // 1000] * 1000 for part in (500, 950, 990, 999)]
    print("loop late by ms at p50, p95, p99, p99.9:", [round(each, 1) for each in figures])
    assert figures[0] < 10
    assert late[-1] < 0.15


async def test_a_chat_endpoint_that_fails_makes_the_reply_fail() -> None:
    """The rules do not answer in its place, and the reason is told."""
    plugin = LocalPlugin({"chat_url": "http://127.0.0.1:9/v1", "chat_model": "m"})
    witness = Witness(await plugin.open(SETUP), plugin.capabilities, WAIT_S)
    await witness.reply(ReplyRequest(reply_id="r1", question="What did Martin say?"))
    done = await witness.done("r1")

    assert done.status is ReplyStatus.FAILED
    assert "ChatError" in done.reason
    assert isinstance(done, ReplyDone)
    await plugin.close()
    await witness.until_ended()
