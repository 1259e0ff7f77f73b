"""Which client events the mock Realtime server takes, and which server events may leave it."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from tests.sim.realtime.client import talker
from tests.sim.realtime.wire import CLIENT_EVENTS, ServerEventError, checked
from tests.sim.realtime_server import RealtimeServer

pytestmark = pytest.mark.unit

MESSAGE = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "x"}]}


def hearing(**fields: Any) -> dict[str, Any]:
    return {"session": {"type": "realtime", "audio": {"input": fields}}}


def item(**fields: Any) -> dict[str, Any]:
    return {"item": MESSAGE | fields}


def part(role: str, **fields: Any) -> dict[str, Any]:
    return item(role=role, content=[fields])


REFUSED = [
    ("no.such.event", {}, "invalid_value", "type"),
    ("transcription_session.update", {"session": {}}, "invalid_value", "type"),
    ("session.update", {}, "missing_required_parameter", "session"),
    ("session.update", {"session": {}}, "missing_required_parameter", "session.type"),
    ("session.update", {"session": {"type": "x"}}, "invalid_value", "session.type"),
    ("session.update", {"session": {"type": "transcription"}}, "invalid_value", "session.type"),
    (
        "session.update",
        {"session": {"type": "realtime", "modalities": ["audio"]}},
        "unknown_parameter",
        "session.modalities",
    ),
    (
        "session.update",
        {"session": {"type": "realtime", "temperature": 0.8}},
        "unknown_parameter",
        "session.temperature",
    ),
    (
        "session.update",
        {"session": {"type": "realtime", "model": "gpt-realtime"}},
        "invalid_value",
        "session.model",
    ),
    (
        "session.update",
        {"session": {"type": "realtime", "output_modalities": ["audio", "text"]}},
        "invalid_value",
        "session.output_modalities",
    ),
    (
        "session.update",
        {"session": {"type": "realtime", "max_output_tokens": 5000}},
        "invalid_value",
        "session.max_output_tokens",
    ),
    (
        "session.update",
        {"session": {"type": "realtime", "instructions": 7}},
        "invalid_type",
        "session.instructions",
    ),
    (
        "session.update",
        hearing(format={"type": "audio/pcm", "rate": 16_000}),
        "invalid_value",
        "session.audio.input.format.rate",
    ),
    (
        "session.update",
        hearing(format={"type": "audio/pcm"}),
        "missing_required_parameter",
        "session.audio.input.format.rate",
    ),
    (
        "session.update",
        hearing(format={"type": "audio/pcmu"}),
        "invalid_value",
        "session.audio.input.format",
    ),
    (
        "session.update",
        hearing(turn_detection={"type": "server_vad", "eagerness": "low"}),
        "unknown_parameter",
        "session.audio.input.turn_detection.eagerness",
    ),
    (
        "session.update",
        hearing(turn_detection={"type": "server_vad", "threshold": 1.5}),
        "invalid_value",
        "session.audio.input.turn_detection.threshold",
    ),
    (
        "session.update",
        hearing(transcription={"language": "en"}),
        "missing_required_parameter",
        "session.audio.input.transcription.model",
    ),
    (
        "session.update",
        hearing(transcription={"model": "gpt-live-transcribe", "delay": "low"}),
        "invalid_value",
        "session.audio.input.transcription.delay",
    ),
    (
        "session.update",
        hearing(transcription={"model": "gpt-live-transcribe", "languages": []}),
        "invalid_value",
        "session.audio.input.transcription.languages",
    ),
    ("input_audio_buffer.append", {}, "missing_required_parameter", "audio"),
    ("input_audio_buffer.append", {"audio": "!"}, "invalid_value", "audio"),
    ("input_audio_buffer.append", {"audio": "AAAA"}, "invalid_value", "audio"),
    ("input_audio_buffer.append", {"audio": "", "rate": 1}, "unknown_parameter", "rate"),
    ("input_audio_buffer.commit", {}, "input_audio_buffer_commit_empty", None),
    ("input_audio_buffer.commit", {"final": True}, "unknown_parameter", "final"),
    ("output_audio_buffer.clear", {}, "invalid_value", "type"),
    ("conversation.item.create", part("user", type="text", text="x"), "invalid_value", None),
    (
        "conversation.item.create",
        part("user", type="output_text", text="x"),
        "invalid_value",
        "item.content.0.type",
    ),
    (
        "conversation.item.create",
        part("system", type="input_audio", audio="AAA="),
        "invalid_value",
        "item.content.0.type",
    ),
    (
        "conversation.item.create",
        part("assistant", type="output_audio", audio="AAA="),
        "invalid_value",
        "item.content[0].type",
    ),
    (
        "conversation.item.create",
        part("user", type="input_text"),
        "missing_required_parameter",
        "item.content[0].text",
    ),
    ("conversation.item.create", item(id="x" * 33), "string_above_max_length", "item.id"),
    (
        "conversation.item.create",
        item() | {"previous_item_id": "nobody"},
        "item_create_invalid_item_id",
        "previous_item_id",
    ),
    (
        "conversation.item.create",
        {"item": {"type": "function_call_output", "call_id": "c", "output": ""}},
        "invalid_tool_call_id",
        "item.call_id",
    ),
    (
        "conversation.item.delete",
        {"item_id": "nobody"},
        "item_delete_invalid_item_id",
        "item_id",
    ),
    (
        "conversation.item.retrieve",
        {"item_id": "nobody"},
        "item_retrieve_invalid_item_id",
        "item_id",
    ),
    (
        "conversation.item.truncate",
        {"item_id": "nobody", "content_index": 0, "audio_end_ms": 1},
        "item_truncate_invalid_item_id",
        "item_id",
    ),
    (
        "conversation.item.truncate",
        {"item_id": "nobody", "content_index": 0, "audio_end_ms": 1.5},
        "invalid_type",
        "audio_end_ms",
    ),
    ("response.cancel", {}, "response_cancel_not_active", None),
    ("response.cancel", {"response_id": "nobody"}, "response_cancel_not_active", None),
    ("response.create", {"response": {"voice": "ash"}}, "unknown_parameter", "response.voice"),
    (
        "response.create",
        {"response": {"output_modalities": ["video"]}},
        "invalid_value",
        "response.output_modalities.0",
    ),
]


@pytest.mark.parametrize(("type_", "fields", "code", "param"), REFUSED)
async def test_a_wrong_event_gets_an_error_that_names_it_and_the_session_lives(
    type_: str, fields: dict[str, Any], code: str, param: str | None
) -> None:
    async with RealtimeServer() as server, talker(server) as client:
        error = await client.error_of(type_, **fields)
        assert error["code"] == code
        assert param is None or error["param"] == param
        assert error["type"] == "invalid_request_error"
        await client.send("input_audio_buffer.clear")
        await client.until("input_audio_buffer.cleared")


async def test_what_is_no_json_object_is_refused() -> None:
    async with RealtimeServer() as server, talker(server) as client:
        for text in ("{", "[]", "7", '{"event_id": "x"}'):
            await client.socket.send(text)
            assert (await client.until("error"))["error"]["type"] == "invalid_request_error"


def test_the_server_knows_every_client_event_of_the_package() -> None:
    assert len(CLIENT_EVENTS) == 11
    assert openai.__version__ >= "3.50"


@pytest.mark.parametrize(
    "event",
    [
        {"type": "no.such.event", "event_id": "e"},
        {"type": "input_audio_buffer.cleared"},
        {"type": "input_audio_buffer.cleared", "event_id": "e", "surprise": 1},
    ],
)
def test_a_server_event_that_the_package_does_not_know_cannot_leave(event: dict[str, Any]) -> None:
    with pytest.raises(ServerEventError):
        checked(event)
