"""What the service says, as it comes over the wire."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomhand_plugins.base import (
    Closed,
    ReplyAudio,
    ReplyDone,
    ReplyStatus,
    SpeechStarted,
    SpeechStopped,
    ToolCall,
    Transcript,
    TurnCommitted,
    TurnFailed,
    Usage,
)
from roomhand_plugins.openai.dialogue import _HANDLERS, Dialogue
from roomhand_plugins.openai.effects import Send
from roomhand_plugins.openai.options import read_options
from roomhand_plugins.openai.wire import _NEEDED, _TYPES

pytestmark = pytest.mark.unit

_SCRIBE = "conversation.item.input_audio_transcription"


def _dialogue(**options: Any) -> Dialogue:
    return Dialogue(read_options({"api_key": "k", **options}, {}))


def _receive(dialogue: Dialogue, type_: str, **fields: Any) -> list[Any]:
    return dialogue.receive(json.dumps({"type": type_, **fields}), 1.0)


def _turn(dialogue: Dialogue, name: str = "t1") -> None:
    dialogue.turns.begin(name, 0)
    dialogue.turns.end(name, 2400, 0.0)


def _ask(dialogue: Dialogue, name: str = "r1") -> str:
    """The event id of the request."""
    send: Any = dialogue.replies.ask(name, {"metadata": {"roomhand_reply": name}}, 0.0)[0]
    return str(send.message["event_id"])


def _response(name: str = "r1", **fields: Any) -> dict[str, Any]:
    return {"id": "resp_1", "metadata": {"roomhand_reply": name}, **fields}


def test_every_event_that_is_handled_exists() -> None:
    """In the types of the package, with the fields that we need."""
    assert set(_HANDLERS) <= set(_TYPES)
    for name, fields in _NEEDED.items():
        assert set(fields) <= set(_TYPES[name].model_fields), name


def test_unknown_malformed_and_repeated_events_are_counted() -> None:
    """And nothing else happens."""
    dialogue = _dialogue()
    _turn(dialogue)

    for data in ("not json", "[]", "{}", '{"type": 1}', '{"type": "response.done"}'):
        assert dialogue.receive(data, 0.0) == []
    assert _receive(dialogue, "response.telepathy", event_id="e0") == []
    first = _receive(dialogue, "input_audio_buffer.committed", event_id="e1", item_id="i1")
    again = _receive(dialogue, "input_audio_buffer.committed", event_id="e1", item_id="i1")

    assert (first, again) == ([TurnCommitted("t1", "i1")], [])
    assert dialogue.counts == {"malformed_events": 5, "unknown_events": 1, "duplicate_events": 1}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(_HANDLERS)), st.data())
def test_nothing_the_service_says_raises(name: str, data: st.DataObject) -> None:
    """Any field of any event may hold anything."""
    dialogue = _dialogue()
    _turn(dialogue)
    _ask(dialogue)
    fields = {field: data.draw(_JSON) for field in _TYPES[name].model_fields if field != "type"}

    _receive(dialogue, name, **fields)


def test_confidence_is_the_mean_probability_of_a_token() -> None:
    """From the log probabilities, where the model reports them; and the bill comes along."""
    dialogue = _dialogue()
    _turn(dialogue)
    _receive(dialogue, "input_audio_buffer.committed", item_id="i1")

    transcript, usage = _receive(
        dialogue,
        f"{_SCRIBE}.completed",
        item_id="i1",
        transcript="good day",
        languages=[{"code": "en"}],
        logprobs=[{"token": "x", "bytes": [], "logprob": math.log(p)} for p in (0.5, 0.5)],
        usage={"type": "duration", "seconds": 1.5},
    )

    assert isinstance(transcript, Transcript)
    assert transcript.confidence == pytest.approx(0.5)
    assert transcript.language == "en"
    assert usage == Usage(
        audio_seconds=1.5, model="gpt-live-transcribe", detail={"kind": "transcription"}
    )


def test_a_transcript_without_a_bill_is_a_transcript() -> None:
    """Look-alikes of the service leave out what they do not need."""
    dialogue = _dialogue()
    _turn(dialogue)
    _receive(dialogue, "input_audio_buffer.committed", item_id="i1")

    said = _receive(dialogue, f"{_SCRIBE}.completed", item_id="i1", transcript="x")

    assert [type(event) for event in said] == [Transcript]


def test_a_failed_transcript_names_its_reason() -> None:
    """By the code of its error."""
    dialogue = _dialogue()
    _turn(dialogue)
    _receive(dialogue, "input_audio_buffer.committed", item_id="i1")

    said = _receive(dialogue, f"{_SCRIBE}.failed", item_id="i1", error={"code": "too_noisy"})

    assert said == [TurnFailed("t1", "too_noisy")]


def test_speech_of_the_services_detector_is_in_samples() -> None:
    """24 for each of its milliseconds."""
    dialogue = _dialogue(turn_detection="server_vad")
    said = _receive(
        dialogue, "input_audio_buffer.speech_started", item_id="i", audio_start_ms=100
    ) + _receive(dialogue, "input_audio_buffer.speech_stopped", item_id="i", audio_end_ms=300)

    assert said == [SpeechStarted(2400), SpeechStopped(7200)]


def test_a_reply_is_billed_by_kind_of_token() -> None:
    """Cached tokens are part of the input."""
    dialogue = _dialogue()
    _ask(dialogue)
    _receive(dialogue, "response.created", response=_response())
    usage = {
        "total_tokens": 100,
        "input_token_details": {"text_tokens": 10, "audio_tokens": 20, "cached_tokens": 5},
        "output_token_details": {"text_tokens": 30, "audio_tokens": 40},
    }

    done, billed = _receive(
        dialogue, "response.done", response=_response(status="completed", usage=usage)
    )

    assert done == ReplyDone("r1", ReplyStatus.COMPLETED)
    assert (billed.input_text_tokens, billed.input_audio_tokens) == (10, 20)
    assert (billed.cached_tokens, billed.output_text_tokens) == (5, 30)
    assert billed.output_audio_tokens == 40


@pytest.mark.parametrize(
    ("status", "details", "end"),
    [
        ("incomplete", {"reason": "max_output_tokens"}, "incomplete"),
        ("failed", {"error": {"code": "server_error"}}, "failed"),
        ("cancelled", {"reason": "turn_detected"}, "cancelled"),
        ("novel", None, "failed"),
    ],
)
def test_a_reply_ends_as_the_service_says(status: str, details: Any, end: str) -> None:
    """With its reason."""
    dialogue = _dialogue()
    _ask(dialogue)
    response = _response(status=status, status_details=details)

    done = _receive(dialogue, "response.done", response=response)[0]

    assert (done.reply_id, done.status) == ("r1", end)


def test_an_empty_account_ends_the_session_even_if_only_a_reply_says_so() -> None:
    """Opening again would go on for ever."""
    dialogue = _dialogue()
    _ask(dialogue)
    details = {"error": {"code": "insufficient_quota", "type": "insufficient_quota"}}
    response = _response(status="failed", status_details=details)

    said = _receive(dialogue, "response.done", response=response)

    assert said[0] == ReplyDone("r1", ReplyStatus.FAILED, "insufficient_quota")
    assert said[-1] == Closed("refused", retryable=False, detail="insufficient_quota")


def test_audio_that_is_no_base64_is_left_out() -> None:
    """Counted; the rest of the reply is heard."""
    dialogue = _dialogue()
    _ask(dialogue)
    _receive(dialogue, "response.created", response=_response())
    place = {"response_id": "resp_1", "item_id": "i1", "content_index": 0}

    broken = _receive(dialogue, "response.output_audio.delta", **place, delta="%%%")
    pcm = base64.b64encode(b"\x01\x02").decode()
    whole = _receive(dialogue, "response.output_audio.delta", **place, delta=pcm)

    assert (broken, whole) == ([], [ReplyAudio("r1", b"\x01\x02")])
    assert dialogue.counts["malformed_events"] == 1


def test_a_tool_call_without_a_name_takes_that_of_its_item() -> None:
    """Older servers name the tool only there."""
    dialogue = _dialogue()
    _ask(dialogue)
    _receive(dialogue, "response.created", response=_response())
    item = {"type": "function_call", "id": "i1", "call_id": "c1", "name": "f", "arguments": ""}
    _receive(dialogue, "response.output_item.added", response_id="resp_1", item=item)

    said = _receive(
        dialogue,
        "response.function_call_arguments.done",
        response_id="resp_1",
        item_id="i1",
        call_id="c1",
        arguments="{}",
    )

    assert said == [ToolCall("r1", "c1", "f", "{}")]


def test_an_error_finds_the_request_it_is_about() -> None:
    """A reply, a commit, a text, or nothing of ours."""
    dialogue = _dialogue()
    asked = _ask(dialogue)
    _turn(dialogue)

    def error(event_id: str | None, code: str = "invalid_value") -> list[Any]:
        return _receive(dialogue, "error", error={"code": code, "event_id": event_id})

    assert error(asked)[0] == ReplyDone("r1", ReplyStatus.FAILED, "invalid_value")
    assert error("turn_1") == [TurnFailed("t1", "invalid_value")]
    assert error("session_tools") == error(None) == []
    assert dialogue.counts["passing_errors"] == 2


def test_a_busy_error_without_an_id_means_the_open_request() -> None:
    """Nothing else of ours can be busy."""
    dialogue = _dialogue()
    _ask(dialogue)

    busy = {"code": "conversation_already_has_active_response"}
    assert _receive(dialogue, "error", error=busy) == []
    again = dialogue.overdue(10.0)

    assert [send.message["type"] for send in again if isinstance(send, Send)] == ["response.create"]


def test_expiry_ends_the_session() -> None:
    """Another one will do."""
    said = _receive(_dialogue(), "error", error={"code": "session_expired", "message": "60 min"})

    assert said == [Closed("expired", retryable=True, detail="session_expired: 60 min")]
