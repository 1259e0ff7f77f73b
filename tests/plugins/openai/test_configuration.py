"""What a session is told about itself."""

from __future__ import annotations

from typing import Any

import pytest
from openai.types.realtime import (
    RealtimeSessionCreateRequest,
    RealtimeTranscriptionSessionCreateRequest,
)
from pydantic import TypeAdapter

from roomhand_plugins.base import PluginError, ReplyRequest, SessionSetup, Tool
from roomhand_plugins.openai.configuration import instructions_of, response_of, session_of
from roomhand_plugins.openai.options import read_options

pytestmark = pytest.mark.unit

SETUP = SessionSetup(
    instructions="Be brief.",
    speaker="Ada",
    voice="cedar",
    language="de-CH",
    names=("Sage", "Ada"),
    tools=(Tool(name="f", description="d", parameters={"type": "object"}),),
)


def _session(**options: Any) -> Any:
    session: Any = session_of(read_options({"api_key": "k", **options}, {}), SETUP)
    TypeAdapter(RealtimeSessionCreateRequest).validate_python(session)
    return session


def test_the_session_is_nested_and_never_answers_by_itself() -> None:
    """GA shape, 24 kHz both ways, no turn detection of the service."""
    session = _session()

    pcm = {"type": "audio/pcm", "rate": 24_000}
    assert session["audio"]["input"]["format"] == session["audio"]["output"]["format"] == pcm
    assert session["audio"]["input"]["turn_detection"] is None
    assert session["output_modalities"] == ["audio"]
    assert session["audio"]["output"]["voice"] == "cedar"
    assert [tool["name"] for tool in session["tools"]] == ["f"]


def test_a_listening_session_is_told_how_to_transcribe_and_nothing_else() -> None:
    """No instructions, voice or tools: there is no model that could use them."""
    options = read_options({"api_key": "k", "listen_only": True}, {})
    session: Any = session_of(options, SETUP)
    TypeAdapter(RealtimeTranscriptionSessionCreateRequest).validate_python(session)

    assert set(session) == {"type", "audio"}
    assert session["type"] == "transcription"
    assert set(session["audio"]) == {"input"}
    heard = session["audio"]["input"]["transcription"]
    assert (heard["languages"], heard["keywords"]) == (["de"], ["Sage", "Ada"])


@pytest.mark.parametrize("detection", ["server_vad", "semantic_vad"])
def test_the_services_detection_starts_and_stops_no_reply(detection: str) -> None:
    """The floor is ours."""
    told = _session(turn_detection=detection)["audio"]["input"]["turn_detection"]

    assert told == {"type": detection, "create_response": False, "interrupt_response": False}


@pytest.mark.parametrize(
    ("model", "hints"),
    [
        ("gpt-live-transcribe", {"languages": ["de"], "keywords": ["Sage", "Ada"]}),
        ("gpt-4o-transcribe", {"language": "de", "prompt": "Sage, Ada"}),
        ("gpt-realtime-whisper", {"language": "de"}),
        ("somebody-elses", {"language": "de"}),
    ],
)
def test_transcription_gets_the_hints_its_model_takes(model: str, hints: dict[str, Any]) -> None:
    """The service refuses the others."""
    session = _session(transcription_model=model)

    assert session["audio"]["input"]["transcription"] == {"model": model, **hints}
    assert ("include" in session) is (model == "gpt-4o-transcribe")


def test_options_reach_the_session() -> None:
    """Each in its GA place."""
    session = _session(
        transcription_model=None,
        noise_reduction="far_field",
        reasoning_effort="low",
        max_output_tokens=700,
        retention_ratio=0.8,
        speed=1.1,
    )

    assert "transcription" not in session["audio"]["input"]
    assert session["audio"]["input"]["noise_reduction"] == {"type": "far_field"}
    assert session["reasoning"] == {"effort": "low"}
    assert session["max_output_tokens"] == 700
    assert session["truncation"] == {"type": "retention_ratio", "retention_ratio": 0.8}
    assert session["audio"]["output"]["speed"] == 1.1


def test_instructions_name_the_speaker_and_are_the_same_every_time() -> None:
    """The service's cache needs the same bytes."""
    whole = instructions_of(SETUP, SETUP.instructions)

    assert whole.startswith("Be brief.\n\nThe voice you hear is that of Ada.")
    assert "de-CH" in whole
    assert whole == instructions_of(SETUP, SETUP.instructions)


def test_a_plain_reply_repeats_no_instructions() -> None:
    """Those of the session hold."""
    request = ReplyRequest(reply_id="r1", asked_by="Ada")

    assert response_of(request, "Ada", "Be brief.") == {"metadata": {"roomhand_reply": "r1"}}


def test_instructions_of_a_reply_add_to_those_of_the_session() -> None:
    """For the service they would replace them."""
    request = ReplyRequest(reply_id="r1", instructions="Now sum up.", asked_by="Ben")

    response = response_of(request, "Ada", "Be brief.")

    assert response["instructions"] == "Be brief.\n\nNow sum up.\n\nAnswer Ben."


def test_verbatim_speech_is_refused_with_a_way_out() -> None:
    """No realtime model promises it."""
    with pytest.raises(PluginError, match="Put the text into instructions"):
        response_of(ReplyRequest(reply_id="r1", verbatim="Hello."), "", "")
    with pytest.raises(PluginError, match="longer than 512"):
        response_of(ReplyRequest(reply_id="r" * 513), "", "")
