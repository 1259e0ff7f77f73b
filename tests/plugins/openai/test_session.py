"""Sessions on a real socket, against the strict server: turns, replies, memory, ends."""

from __future__ import annotations

from typing import Any

import pytest

from roomhand_plugins.base import (
    Closed,
    ClosingSoon,
    Heard,
    ReplyAudio,
    ReplyDone,
    ReplyRequest,
    ReplyStarted,
    ReplyStatus,
    Role,
    SessionClosedError,
    SessionSetup,
    TextTurn,
    Tool,
    ToolCall,
    Transcript,
    TurnCommitted,
    TurnFailed,
    Usage,
)
from tests.plugins.openai.room import SETUP, room
from tests.sim.realtime_server import (
    Act,
    Answer,
    Behaviour,
    CloseWith,
    Fault,
    FunctionCall,
    Inject,
    Refuse,
    Transcribing,
)
from tests.sim.tones import encode_text

pytestmark = pytest.mark.unit

LONG = " ".join(["bakito"] * 8)


def _text(text: str, role: Role = Role.PERSON, speaker: str = "Ben") -> TextTurn:
    return TextTurn(turn_id="x", role=role, speaker=speaker, text=text)


async def test_every_sample_of_a_turn_arrives_in_order() -> None:
    """However small the frames; the server's audio is ours, byte for byte."""
    pcm = encode_text("bakito bababa").tobytes()
    async with room() as r:
        await r.session.begin_turn("t1")
        for start in range(0, len(pcm), 960):
            await r.session.send_audio(pcm[start : start + 960])
        await r.session.end_turn("t1")
        final = await r.until(Transcript, lambda event: event.final)

    assert bytes(r.record.audio) == pcm
    assert (final.text, final.span) == ("bakito bababa", (0, len(pcm) // 2))
    assert len(r.received("input_audio_buffer.append")) <= len(pcm) // 4800 + 1


async def test_transcripts_in_the_wrong_order_late_failed_or_never_find_their_turns() -> None:
    """Each turn has its own outcome, and none waits for another."""
    plans = [
        Transcribing(after_items=1),
        Transcribing(outcome="failed"),
        Transcribing(outcome="never"),
        Transcribing(),
    ]
    behaviour = Behaviour(transcribing=lambda number: plans[number])
    words = ["bakito", "bababa", "dododo", "tototo"]
    async with room(behaviour, transcript_timeout_s=1) as r:
        for number, word in enumerate(words):
            await r.say(f"t{number}", word)
        failed = await r.until(TurnFailed, lambda event: event.turn_id == "t2")
        finals = {e.turn_id: e.text for e in r.of(Transcript) if e.final}
        items = [e.item_id for e in r.of(TurnCommitted)]

    heard = [" ".join(committed.words) for committed in r.record.committed]
    assert failed.reason == "no transcript in time"
    assert finals == {"t0": heard[0], "t3": heard[3]}
    assert [e.turn_id for e in r.of(TurnFailed)] == ["t1", "t2"]
    assert items == [committed.item_id for committed in r.record.committed]


@pytest.mark.parametrize("samples", [0, 1, 2399])
async def test_a_turn_too_short_for_the_service_is_filled_with_silence(samples: int) -> None:
    """Never an error; positions still count only what was given."""
    async with room() as r:
        await r.session.begin_turn("t1")
        await r.session.send_audio(bytes(2 * samples))
        await r.session.end_turn("t1")
        await r.say("t2", "bakito")
        final = await r.until(Transcript, lambda event: event.turn_id == "t2" and event.final)

    assert r.record.errors == []
    assert final.span is not None
    assert final.span[0] == samples
    assert r.record.committed[0].end == 2400


async def test_words_that_stream_before_the_commit_are_interim_words_of_the_open_turn() -> None:
    """So captions grow while a person still speaks."""
    async with room(Behaviour(live_deltas=True)) as r:
        await r.session.begin_turn("t1")
        await r.session.send_audio(encode_text("bakito bababa").tobytes())
        early = await r.until(Transcript)
        assert r.record.committed == []
        await r.session.end_turn("t1")
        final = await r.until(Transcript, lambda event: event.final)

    assert (early.turn_id, early.final) == ("t1", False)
    assert final.turn_id == "t1"


async def test_a_discarded_turn_is_in_nobodys_memory() -> None:
    """Nor in the next turn's audio."""
    async with room() as r:
        await r.session.begin_turn("cough")
        await r.session.send_audio(encode_text("bababa").tobytes())
        await r.session.discard_turn("cough")
        await r.say("t1", "bakito")
        await r.until(Transcript, lambda event: event.final)

    assert [committed.words for committed in r.record.committed] == [("bakito",)]


async def test_the_server_finds_the_turns_where_it_is_asked_to() -> None:
    """Ours are tied to its items by position; nobody answers unasked."""
    pcm = encode_text("bakito").tobytes() + bytes(48 * 700)
    async with room(turn_detection="server_vad", transcription_model="gpt-4o-transcribe") as r:
        for name in ("t1", "t2"):
            await r.session.begin_turn(name)
            await r.session.send_audio(pcm)
            await r.session.end_turn(name)
        await r.until(Transcript, lambda event: event.turn_id == "t2" and event.final)

    assert [(e.turn_id, e.text) for e in r.of(Transcript) if e.final] == [
        ("t1", "bakito"),
        ("t2", "bakito"),
    ]
    assert r.record.responses == []


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


async def test_duplicated_events_are_ignored() -> None:
    """Every event of the service twice."""
    async with room(Behaviour(faults=(Fault("before", "*", Act.DUPLICATE, nth=None),))) as r:
        await r.say("t1", "bakito")
        await r.until(Transcript, lambda event: event.final)
        await r.ask("r1")
        await r.done("r1")
        await r.until(Usage, lambda event: event.detail["kind"] == "reply")
        played = sum(len(event.pcm) for event in r.of(ReplyAudio))

    assert len([e for e in r.of(Transcript) if e.final]) == len(r.of(TurnCommitted)) == 1
    assert len(r.of(ReplyStarted)) == len(r.of(ReplyDone)) == 1
    assert played // 48 == r.record.responses[0].sent_ms


async def test_the_end_of_the_session_is_announced_and_then_comes() -> None:
    """Expiry may be repaired by a new session."""
    async with room(Behaviour(session_limit_s=1.5, answer=lambda prompt: LONG, rate=1)) as r:
        soon = await r.until(ClosingSoon)
        await r.ask("r1")
        closed = await r.until(Closed)

        assert 0 < soon.in_s <= 1.5
        assert (closed.reason, closed.retryable) == ("expired", True)
        assert r.of(ReplyDone) == [ReplyDone("r1", ReplyStatus.FAILED, "session expired")]
        assert r.events[-1] is closed
        with pytest.raises(SessionClosedError, match="expired"):
            await r.session.send_audio(b"")


@pytest.mark.parametrize(
    ("action", "reason", "retryable"),
    [
        (Act.DROP, "lost", True),
        (CloseWith(1011, "oops"), "server_error", True),
        (CloseWith(4000, "invalid_request_error.insufficient_quota"), "refused", False),
    ],
)
@pytest.mark.parametrize(
    "moment", ["input_audio_buffer.committed", "response.created", "response.output_audio.delta"]
)
async def test_a_session_that_ends_says_so_once_after_its_replies(
    moment: str, action: Any, reason: str, retryable: bool
) -> None:
    """Wherever it was: pending replies first, then one Closed."""
    faults = (Fault("after", moment, action),)
    async with room(Behaviour(answer=lambda prompt: LONG, faults=faults)) as r:
        await r.session.begin_turn("t1")
        await r.session.send_audio(encode_text("bakito").tobytes())
        for name in ("r1", "r2"):
            await r.ask(name)
        await r.session.end_turn("t1")
        closed = await r.until(Closed)

    assert (closed.reason, closed.retryable) == (reason, retryable)
    assert [event.reply_id for event in r.of(ReplyDone)] == ["r1", "r2"]
    assert {event.status for event in r.of(ReplyDone)} == {ReplyStatus.FAILED}
    assert r.events[-1] is closed
    assert r.of(TurnFailed) == []


async def test_a_fatal_error_ends_the_session_for_good() -> None:
    """No loop of new sessions on a dead account; the key is not quoted."""
    refuse = Refuse("account_deactivated", "The account of sk-test is gone.")
    async with room(Behaviour(faults=(Fault("received", "response.create", refuse),))) as r:
        await r.ask("r1")
        closed = await r.until(Closed)

    assert (closed.reason, closed.retryable) == ("refused", False)
    assert "sk-test" not in closed.detail
    assert len(r.of(ReplyDone)) == 1


async def test_a_half_open_connection_is_noticed() -> None:
    """The peer is there, but does not even answer pings."""
    faults = (Fault("received", "response.create", Act.FREEZE),)
    async with room(Behaviour(faults=faults), ping_interval_s=0.2, ping_timeout_s=0.2) as r:
        await r.ask("r1")
        closed = await r.until(Closed)

    assert (closed.reason, closed.retryable) == ("lost", True)


async def test_closing_ends_what_was_asked() -> None:
    """By our own wish: cancelled, not failed; and a second close does nothing."""
    async with room(Behaviour(answer=lambda prompt: LONG, rate=1)) as r:
        await r.ask("r1")
        await r.until(ReplyAudio)
        await r.session.close()
        await r.session.close()
        await r.reader

    assert (await r.done("r1")).status is ReplyStatus.CANCELLED
    assert r.events[-1] == Closed("closed", retryable=True)


async def test_the_setup_names_the_speaker_to_the_service() -> None:
    """And its voice, language and tools are those of the profile."""
    async with room() as r:
        pass

    assert SETUP.speaker in r.record.config["instructions"]
    assert r.record.config["audio"]["input"]["turn_detection"] is None
    assert r.record.config["audio"]["input"]["transcription"]["keywords"] == ["Sage"]
