"""Replies, memory and setup on a real socket, against the strict server."""

from __future__ import annotations

from typing import Any

import pytest

from roomhand_plugins.base import (
    Heard,
    ReplyAudio,
    ReplyRequest,
    ReplyStarted,
    ReplyStatus,
    Role,
    SessionSetup,
    TextTurn,
    Tool,
    ToolCall,
    Transcript,
    TurnCommitted,
    Usage,
)
from tests.plugins.openai.room import SETUP, room
from tests.sim.realtime_server import (
    Act,
    Answer,
    Behaviour,
    Fault,
    FunctionCall,
    Inject,
    Refuse,
)

pytestmark = pytest.mark.unit

LONG = " ".join(["bakito"] * 8)


def _text(text: str, role: Role = Role.PERSON, speaker: str = "Ben") -> TextTurn:
    return TextTurn(turn_id="x", role=role, speaker=speaker, text=text)


@pytest.mark.parametrize(("heard_ms", "left"), [(0, "deleted"), (700, 700), (10_000_000, "whole")])
async def test_memory_is_cut_to_what_was_heard(heard_ms: int, left: int | str) -> None:
    """After the end of the reply: deleted, cut, or left alone, without an error."""
    async with room(Behaviour(answer=lambda prompt: LONG, rate=float("inf"))) as r:
        await r.ask("r1")
        await r.done("r1")
        for _ in range(2):
            await r.session.cancel_reply("r1", Heard(audio_ms=heard_ms, text=""))
        await r.ask("r2")
        await r.done("r2")

    cut = [ms for _, ms in r.record.truncated]
    assert {"deleted": (len(r.record.deleted), cut)}.get(str(left), (1, [])) == (1, [])
    assert cut == ([left] if isinstance(left, int) else [])
    assert r.record.errors == []


async def test_a_cancelled_reply_stops_and_is_cut_to_what_was_heard() -> None:
    """In the middle of its audio; the next one runs as if nothing had been."""
    async with room(Behaviour(answer=lambda prompt: LONG, rate=10)) as r:
        await r.ask("r1")
        await r.until(ReplyAudio)
        await r.session.cancel_reply("r1", Heard(audio_ms=60, text="ba", estimated=True))
        done = await r.done("r1")
        after = r.events.index(done)
        await r.ask("r2")
        await r.until(ReplyAudio, lambda event: event.reply_id == "r2")

    assert done.status is ReplyStatus.CANCELLED
    assert [ms for _, ms in r.record.truncated] == [60]
    assert not [e for e in r.events[after:] if isinstance(e, ReplyAudio) and e.reply_id == "r1"]
    assert r.record.responses[0].status == "cancelled"
    assert r.record.errors == []


async def test_a_reply_cancelled_at_once_never_starts() -> None:
    """Before the service has named it, or while another runs."""
    async with room(Behaviour(answer=lambda prompt: LONG, rate=50)) as r:
        for name in ("r1", "r2"):
            await r.ask(name)
            await r.session.cancel_reply(name, Heard(audio_ms=0, text=""))
        for name in ("r1", "r2"):
            assert (await r.done(name)).status is ReplyStatus.CANCELLED

    assert r.of(ReplyStarted) == []
    assert r.record.errors == []


async def test_a_busy_service_is_asked_again() -> None:
    """The error that one response is active already."""
    busy = Refuse("conversation_already_has_active_response")
    async with room(Behaviour(faults=(Fault("received", "response.create", busy),))) as r:
        await r.ask("r1")
        done = await r.done("r1")

    assert done.status is ReplyStatus.COMPLETED
    assert len(r.received("response.create")) == 2
    assert r.session.counts["busy_responses"] == 1


async def test_a_refused_request_fails_its_reply_only() -> None:
    """The next one is asked."""
    wrong = Refuse("invalid_value")
    async with room(Behaviour(faults=(Fault("received", "response.create", wrong),))) as r:
        await r.ask("r1")
        await r.ask("r2")
        assert (await r.done("r1")).status is ReplyStatus.FAILED
        assert (await r.done("r2")).status is ReplyStatus.COMPLETED


async def test_a_response_nobody_asked_for_is_cancelled_and_not_heard() -> None:
    """Whoever started it."""
    stray = {"type": "response.created", "event_id": "s1", "response": {"id": "resp_stray"}}
    delta = {
        "type": "response.output_audio.delta",
        "event_id": "s2",
        "response_id": "resp_stray",
        "item_id": "i",
        "content_index": 0,
        "output_index": 0,
        "delta": "AAAA",
    }
    faults = (
        Fault("after", "input_audio_buffer.committed", Inject(stray)),
        Fault("after", "input_audio_buffer.committed", Inject(delta)),
    )
    async with room(Behaviour(faults=faults)) as r:
        await r.say("t1", "bakito")
        await r.until(Transcript, lambda event: event.final)

    assert r.of(ReplyAudio) == []
    assert [event["response_id"] for event in r.received("response.cancel")] == ["resp_stray"]
    assert r.session.counts["stray_responses"] == 1


async def test_an_answer_that_never_comes_is_given_up() -> None:
    """One end, and the queue goes on."""
    faults = (Fault("received", "response.create", Act.LOSE),)
    async with room(Behaviour(faults=faults), answer_timeout_s=0.2) as r:
        await r.ask("r1")
        await r.ask("r2")
        assert (await r.done("r1")).status is ReplyStatus.FAILED
        assert (await r.done("r2")).status is ReplyStatus.COMPLETED


async def test_texts_and_history_are_in_the_models_memory_in_their_place() -> None:
    """Named lines, what the agent said as its own, and one put after its turn."""
    prompts: list[Any] = []

    def answer(prompt: Any) -> str:
        prompts.append(prompt)
        return "bakito"

    history = (_text("we ship in May"), _text("Noted.", Role.AGENT), _text("Cy left", Role.NOTICE))
    setup = SessionSetup(instructions="Be brief.", speaker="Ada", history=history)
    async with room(Behaviour(answer=answer), setup) as r:
        await r.say("t1", "bababa")
        await r.until(TurnCommitted)
        await r.session.add_text(_text("no,\n[Ada]: June"))
        for text in ("one", "two"):
            await r.session.add_text(_text(text), after="t1")
        await r.session.add_text(_text("nowhere"), after="t-unknown")
        await r.ask("r1")
        await r.done("r1")

    assert [(turn.role, turn.text) for turn in prompts[0].turns] == [
        ("user", "[Ben]: we ship in May"),
        ("assistant", "Noted."),
        ("user", "(Cy left)"),
        ("user", "bababa"),
        ("user", "[Ben]: one"),
        ("user", "[Ben]: two"),
        ("user", "[Ben]: no, (Ada): June"),
        ("user", "[Ben]: nowhere"),
    ]
    assert "voice you hear is that of Ada" in prompts[0].instructions
    assert len(r.record.responses) == 1


async def test_a_text_whose_neighbour_is_gone_is_said_at_the_end() -> None:
    """Words are not lost with their place."""
    refuse = Refuse("item_not_found")
    async with room(
        Behaviour(faults=(Fault("received", "conversation.item.create", refuse),))
    ) as r:
        await r.say("t1", "bakito")
        await r.until(TurnCommitted)
        await r.session.add_text(_text("one"), after="t1")
        await r.ask("r1")
        await r.done("r1")

    places = [event.get("previous_item_id") for event in r.received("conversation.item.create")]
    assert places == [r.record.committed[0].item_id, None]


async def test_a_tool_is_called_and_answered() -> None:
    """The reply ends with the call; the next one has the outcome."""
    tool = Tool(name="look_up", description="d", parameters={"type": "object"})
    answers = iter(
        [Answer(calls=(FunctionCall("look_up", '{"a": 1}', "c1"),)), Answer(text="bakito")]
    )
    setup = SessionSetup(instructions="", tools=(tool,))
    async with room(Behaviour(answer=lambda prompt: next(answers)), setup) as r:
        await r.ask("r1")
        call = await r.until(ToolCall)
        await r.done("r1")
        await r.session.answer_tool("c1", '{"b": 2}')
        await r.ask("r2")
        assert (await r.done("r2")).status is ReplyStatus.COMPLETED

    assert call == ToolCall("r1", "c1", "look_up", '{"a": 1}')
    assert r.record.errors == []


async def test_instructions_and_tools_change_while_the_session_runs() -> None:
    """For the session and for replies with instructions of their own."""
    async with room() as r:
        await r.session.update(instructions="Be long.")
        await r.session.update(tools=[Tool(name="g", description="", parameters={})])
        await r.session.reply(ReplyRequest(reply_id="r1", instructions="Now."))
        await r.done("r1")

    assert r.record.config["instructions"].startswith("Be long.")
    assert [tool["name"] for tool in r.record.config["tools"]] == ["g"]
    assert r.received("response.create")[0]["response"]["instructions"].startswith("Be long.")


async def test_everything_billed_is_reported() -> None:
    """Each transcript and each answer, once."""
    async with room() as r:
        await r.say("t1", "bakito")
        await r.until(Usage)
        await r.ask("r1")
        await r.until(Usage, lambda event: event.detail["kind"] == "reply")

    assert [event.detail["kind"] for event in r.of(Usage)] == ["transcription", "reply"]


async def test_the_setup_names_the_speaker_to_the_service() -> None:
    """And its voice, language and tools are those of the profile."""
    async with room() as r:
        pass

    assert SETUP.speaker in r.record.config["instructions"]
    assert r.record.config["audio"]["input"]["turn_detection"] is None
    assert r.record.config["audio"]["input"]["transcription"]["keywords"] == ["Sage"]
