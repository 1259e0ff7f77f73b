"""Answers of the mock Realtime server: their events, their end, their place in memory."""

from __future__ import annotations

import pytest

from tests.sim.realtime.client import audio_in, openai_client, received_until, words_in
from tests.sim.realtime_server import (
    Answer,
    Behaviour,
    FunctionCall,
    Prompt,
    RealtimeServer,
)
from tests.sim.tones import GAP_S, WORD_S, speaker_words

pytestmark = pytest.mark.unit

WORDS = speaker_words(3, 6)
WORD_MS = round((WORD_S + GAP_S) * 1000)


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
