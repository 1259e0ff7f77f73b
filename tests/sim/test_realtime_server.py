"""The mock Realtime server, driven by the unmodified ``openai`` client."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from openai.types.realtime.realtime_server_event import RealtimeServerEvent
from openai.types.realtime.session_update_event_param import Session

from tests.sim.realtime.client import base64_of, openai_client, received_until, talker
from tests.sim.realtime_server import (
    Answer,
    Behaviour,
    FunctionCall,
    Prompt,
    RealtimeServer,
    Transcribing,
)
from tests.sim.tones import GAP_S, WORD_S, as_words, decode, encode, encode_text, speaker_words

pytestmark = pytest.mark.unit

WORDS = speaker_words(3, 6)
WORD_MS = round((WORD_S + GAP_S) * 1000)
MANUAL: Session = {
    "type": "realtime",
    "audio": {"input": {"turn_detection": None, "transcription": {"model": "gpt-live-transcribe"}}},
}


def audio_in(events: list[RealtimeServerEvent]) -> bytes:
    return b"".join(
        base64.b64decode(event.delta)
        for event in events
        if event.type == "response.output_audio.delta"
    )


def words_in(pcm: bytes) -> list[str]:
    return [word.word for word in decode(np.frombuffer(pcm, dtype="<i2"))]


async def test_the_unmodified_client_gets_the_exact_transcript_of_what_it_committed() -> None:
    async with RealtimeServer() as server, openai_client(server) as client:
        await client.session.update(session=MANUAL)
        await client.input_audio_buffer.append(audio=base64_of(WORDS))
        await client.input_audio_buffer.commit()
        events = await received_until(
            client, "conversation.item.input_audio_transcription.completed"
        )
        record = await server.session(0)
    last = events[-1]
    assert last.type == "conversation.item.input_audio_transcription.completed"
    assert last.transcript == " ".join(WORDS)
    assert last.usage.type == "duration"
    assert record.committed[0].words == tuple(WORDS)
    assert record.committed[0].item_id == last.item_id
    assert record.audio == encode(WORDS).tobytes()


async def test_the_unmodified_client_can_decode_the_answer() -> None:
    async with RealtimeServer(Behaviour(rate=100)) as server, openai_client(server) as client:
        await client.session.update(session=MANUAL)
        await client.input_audio_buffer.append(audio=base64_of(WORDS))
        await client.input_audio_buffer.commit()
        await client.response.create()
        events = await received_until(client, "response.done")
    assert words_in(audio_in(events)) == WORDS
    last = events[-1]
    assert last.type == "response.done"
    assert last.response.status == "completed"
    assert last.response.usage is not None
    assert last.response.usage.output_token_details is not None
    assert last.response.usage.output_token_details.audio_tokens == 6 * WORD_MS / 50


async def test_the_events_of_a_response_come_in_the_usual_order() -> None:
    answer = Behaviour(answer=lambda _: "bakito", delta_ms=1000)
    async with RealtimeServer(answer) as server, openai_client(server) as client:
        await received_until(client, "session.created")
        await client.response.create()
        events = await received_until(client, "response.done")
    assert [event.type for event in events] == [
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
    ]


async def test_the_model_remembers_a_truncated_answer_only_as_far_as_it_was_heard() -> None:
    seen: list[Prompt] = []

    def answer(prompt: Prompt) -> str:
        seen.append(prompt)
        return " ".join(WORDS)

    behaviour = Behaviour(answer=answer, rate=1000)
    async with RealtimeServer(behaviour) as server, openai_client(server) as client:
        await client.response.create()
        events = await received_until(client, "response.done")
        item_id = next(e.item.id for e in events if e.type == "response.output_item.done")
        assert item_id
        await client.conversation.item.truncate(
            item_id=item_id, content_index=0, audio_end_ms=2 * WORD_MS + 100
        )
        await received_until(client, "conversation.item.truncated")
        await client.response.create()
        await received_until(client, "response.done")
        record = await server.session(0)
    assert [turn.text for turn in seen[1].turns] == [" ".join(WORDS[:2])]
    assert record.truncated == [(item_id, 2 * WORD_MS + 100)]


async def test_a_cancelled_response_stops_and_says_so() -> None:
    slow = Behaviour(answer=lambda _: " ".join(WORDS), rate=1)
    async with RealtimeServer(slow) as server, openai_client(server) as client:
        await client.response.create()
        await received_until(client, "response.output_audio.delta", times=2)
        await client.response.cancel()
        events = await received_until(client, "response.done")
        record = await server.session(0)
    last = events[-1]
    assert last.type == "response.done"
    assert last.response.status == "cancelled"
    assert last.response.status_details is not None
    assert last.response.status_details.reason == "client_cancelled"
    assert 200 <= record.responses[0].sent_ms < 6 * WORD_MS
    assert record.responses[0].status == "cancelled"


async def test_a_second_response_is_refused_while_one_is_active() -> None:
    slow = Behaviour(answer=lambda _: " ".join(WORDS), rate=1)
    async with RealtimeServer(slow) as server, openai_client(server) as client:
        await client.response.create()
        await received_until(client, "response.created")
        await client.response.create(event_id="second")
        error = (await received_until(client, "error"))[-1]
    assert error.type == "error"
    assert error.error.code == "conversation_already_has_active_response"
    assert error.error.event_id == "second"


async def test_responses_beside_the_conversation_run_in_parallel_and_leave_no_item() -> None:
    slow = Behaviour(answer=lambda prompt: prompt.last_user_text or "bababa", rate=20)
    async with RealtimeServer(slow) as server, openai_client(server) as client:
        await client.response.create()
        for number in range(2):
            await client.response.create(
                response={
                    "conversation": "none",
                    "metadata": {"number": str(number)},
                    "output_modalities": ["text"],
                    "input": [
                        {
                            "type": "message",
                            "role": "user",
                            "content": [{"type": "input_text", "text": WORDS[number]}],
                        }
                    ],
                }
            )
        events = await received_until(client, "response.done", times=3)
    texts = {e.text for e in events if e.type == "response.output_text.done"}
    assert texts == set(WORDS[:2])
    assert sum(event.type == "conversation.item.added" for event in events) == 1


async def test_a_tool_call_and_its_answer_go_through_the_conversation() -> None:
    def answer(prompt: Prompt) -> Answer:
        if prompt.turns[-1:] and prompt.turns[-1].role == "function_call_output":
            return Answer(text=prompt.turns[-1].text)
        return Answer(calls=(FunctionCall("clock", '{"zone": "UTC"}', "call_7"),))

    fast = Behaviour(answer=answer, rate=100)
    async with RealtimeServer(fast) as server, openai_client(server) as client:
        await client.response.create()
        events = await received_until(client, "response.done")
        call = next(e for e in events if e.type == "response.function_call_arguments.done")
        assert (call.name, call.arguments, call.call_id) == ("clock", '{"zone": "UTC"}', "call_7")
        await client.conversation.item.create(
            item={"type": "function_call_output", "call_id": "call_7", "output": "bakito"}
        )
        await client.response.create()
        events = await received_until(client, "response.done")
    assert words_in(audio_in(events)) == ["bakito"]


@pytest.mark.parametrize(
    ("answer", "status", "detail"),
    [
        (Answer(status="failed", error_code="server_error"), "failed", "server_error"),
        (Answer(text="bakito", status="incomplete"), "incomplete", "max_output_tokens"),
    ],
)
async def test_a_response_ends_as_the_behaviour_says(
    answer: Answer, status: str, detail: str
) -> None:
    behaviour = Behaviour(answer=lambda _: answer, rate=100)
    async with RealtimeServer(behaviour) as server, openai_client(server) as client:
        await client.response.create()
        done = (await received_until(client, "response.done"))[-1]
    assert done.type == "response.done"
    assert done.response.status == status
    details = done.response.status_details
    assert details is not None
    assert detail in (details.reason, details.error and details.error.code)


async def test_rate_limits_are_announced_and_then_kept() -> None:
    limited = Behaviour(requests_left=1, rate=1000)
    async with RealtimeServer(limited) as server, openai_client(server) as client:
        await client.response.create()
        limits = (await received_until(client, "rate_limits.updated"))[-1]
        assert limits.type == "rate_limits.updated"
        assert limits.rate_limits[0].remaining == 0
        await client.response.create()
        done = (await received_until(client, "response.done"))[-1]
    assert done.type == "response.done"
    assert done.response.status_details is not None
    assert done.response.status_details.error is not None
    assert done.response.status_details.error.code == "rate_limit_exceeded"


async def test_plain_words_of_the_vocabulary_are_heard_as_such() -> None:
    behaviour = Behaviour(vocabulary=("sage", "hello"), rate=1000)
    async with RealtimeServer(behaviour) as server, talker(server) as client:
        await client.manual_turns()
        await client.say([*as_words("Hello Sage"), "bakito"])
        done = await client.until("conversation.item.input_audio_transcription.completed")
        assert done["transcript"] == "hello sage bakito"
        await client.send("response.create")
        await client.until("response.done")
    spoken = encode_text("hello sage bakito").tobytes()
    sent = [e["delta"] for e in client.events if e["type"] == "response.output_audio.delta"]
    assert b"".join(map(base64.b64decode, sent)) == spoken


async def test_a_word_cut_by_a_commit_is_in_neither_transcript() -> None:
    pcm = encode(WORDS[:3]).tobytes()
    middle_of_second = (WORD_MS + 180) * 48
    async with RealtimeServer() as server, talker(server) as client:
        await client.manual_turns()
        for piece in (pcm[:middle_of_second], pcm[middle_of_second:]):
            audio = base64.b64encode(piece).decode()
            await client.send("input_audio_buffer.append", audio=audio)
            await client.send("input_audio_buffer.commit")
            await client.until("conversation.item.input_audio_transcription.completed")
        record = await server.session(0)
    assert [item.words for item in record.committed] == [(WORDS[0],), (WORDS[2],)]
    assert [(item.first, item.end) for item in record.committed] == [
        (0, middle_of_second // 2),
        (middle_of_second // 2, len(pcm) // 2),
    ]


async def test_transcripts_can_come_late_in_the_wrong_order_fail_or_never_come() -> None:
    plans = [
        Transcribing(after_items=1),
        Transcribing(),
        Transcribing(outcome="failed"),
        Transcribing(outcome="never"),
        Transcribing(text="thank you for watching", deltas=False),
    ]
    async with RealtimeServer(Behaviour(transcribing=plans.__getitem__)) as server:
        async with talker(server) as client:
            await client.manual_turns()
            items = [await client.say([word]) for word in WORDS[:5]]
            await client.until("conversation.item.input_audio_transcription.completed")
        ends = [
            (items.index(event["item_id"]), event["type"].rsplit(".", 1)[1])
            for event in client.events
            if event["type"].endswith((".completed", ".failed"))
        ]
    assert sorted(ends) == [(0, "completed"), (1, "completed"), (2, "failed"), (4, "completed")]
    assert ends.index((1, "completed")) < ends.index((0, "completed"))


async def test_live_deltas_come_before_the_commit_under_the_id_of_the_later_item() -> None:
    async with RealtimeServer(Behaviour(live_deltas=True)) as server, talker(server) as client:
        await client.manual_turns()
        await client.send("input_audio_buffer.append", audio=base64_of(WORDS[:2], gap_s=0.2))
        first = await client.until("conversation.item.input_audio_transcription.delta")
        second = await client.until("conversation.item.input_audio_transcription.delta")
        assert first["delta"] + second["delta"] == " ".join(WORDS[:2])
        await client.send("input_audio_buffer.commit")
        committed = await client.until("input_audio_buffer.committed")
        assert committed["item_id"] == first["item_id"] == second["item_id"]
        done = await client.until("conversation.item.input_audio_transcription.completed")
    assert done["transcript"] == " ".join(WORDS[:2])


async def test_each_item_names_the_one_before_it() -> None:
    async with RealtimeServer(Behaviour(rate=1000)) as server, talker(server) as client:
        await client.manual_turns()
        first = await client.say(WORDS[:1])
        await client.send("response.create")
        answer = (await client.until("conversation.item.added"))["item"]
        if answer["role"] == "user":
            answer = (await client.until("conversation.item.added"))["item"]
        await client.until("response.done")
        await client.say(WORDS[1:2])
        record = await server.session(0)
    assert [item.previous_item_id for item in record.committed] == [None, answer["id"]]
    assert record.committed[0].item_id == first


async def test_every_session_may_behave_in_its_own_way() -> None:
    behaviours = [Behaviour(answer=lambda _: "bababa"), Behaviour(answer=lambda _: "zozozo")]
    async with RealtimeServer(behaviours) as server:
        for expected in ("bababa", "zozozo", "zozozo"):
            async with talker(server) as client:
                await client.send("response.create")
                await client.until("response.done")
            record = server.sessions[-1]
            assert record.responses[0].text == expected
            await record.until(lambda r: r.ended)
