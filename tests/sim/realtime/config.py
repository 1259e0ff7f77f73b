"""The configuration of a session: what it begins with and what may change."""

from __future__ import annotations

import copy
from typing import Any

from tests.sim.realtime.wire import JSON, ClientError

PCM: JSON = {"type": "audio/pcm", "rate": 24_000}

_DETECTION: dict[str, JSON] = {
    "server_vad": {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 500,
        "idle_timeout_ms": None,
        "create_response": True,
        "interrupt_response": True,
    },
    "semantic_vad": {
        "type": "semantic_vad",
        "eagerness": "auto",
        "create_response": True,
        "interrupt_response": True,
    },
}
_WITHOUT_VAD = ("gpt-live-transcribe", "gpt-realtime-whisper")
_ONLY_MODELS = {
    "delay": ("gpt-realtime-whisper",),
    "keywords": ("gpt-transcribe", "gpt-live-transcribe"),
    "languages": ("gpt-transcribe", "gpt-live-transcribe"),
}
_RANGES = {
    ("audio", "output", "speed"): (0.25, 1.5),
    ("audio", "input", "turn_detection", "threshold"): (0.0, 1.0),
    ("audio", "input", "turn_detection", "prefix_padding_ms"): (0, 60_000),
    ("audio", "input", "turn_detection", "silence_duration_ms"): (0, 60_000),
    ("max_output_tokens",): (1, 4096),
}


def realtime(session_id: str, model: str, expires_at: int) -> JSON:
    """What a conversation session begins with."""
    hearing = {
        "format": PCM,
        "transcription": None,
        "noise_reduction": None,
        "turn_detection": _DETECTION["server_vad"],
    }
    return copy.deepcopy(
        {
            "type": "realtime",
            "object": "realtime.session",
            "id": session_id,
            "model": model,
            "expires_at": expires_at,
            "output_modalities": ["audio"],
            "instructions": "",
            "tools": [],
            "tool_choice": "auto",
            "max_output_tokens": "inf",
            "audio": {
                "input": hearing,
                "output": {"format": PCM, "voice": "marin", "speed": 1.0},
            },
        }
    )


def transcription(session_id: str, expires_at: int) -> JSON:
    """What a transcription session begins with: no model, no speech detection."""
    hearing = {
        "format": PCM,
        "transcription": None,
        "noise_reduction": None,
        "turn_detection": None,
    }
    return copy.deepcopy(
        {
            "type": "transcription",
            "object": "realtime.transcription_session",
            "id": session_id,
            "expires_at": expires_at,
            "audio": {"input": hearing},
        }
    )


def updated(config: JSON, change: JSON, *, has_spoken: bool) -> JSON:
    """``config`` with ``change`` merged in. Raises ClientError; ``config`` is never touched.

    ``has_spoken``: assistant audio exists, so the voice is fixed.
    """
    if change["type"] != config["type"]:
        raise ClientError(
            "invalid_value",
            f"Passing a {change['type']} session update event to a {config['type']} session is "
            "not allowed.",
            param="session.type",
        )
    if change.get("model", config.get("model")) != config.get("model"):
        raise ClientError(
            "invalid_value", "The model of a session cannot be changed.", param="session.model"
        )
    after: JSON = _merged(config, change)
    if has_spoken and _at(after, "audio", "output", "voice") != config["audio"]["output"]["voice"]:
        raise ClientError(
            "cannot_update_voice",
            "Cannot update a conversation's voice if assistant audio is present.",
            param="session.audio.output.voice",
        )
    _check(after)
    return after


def _merged(before: Any, change: Any) -> Any:
    if not isinstance(before, dict) or not isinstance(change, dict):
        return copy.deepcopy(change)
    after = copy.deepcopy(before)
    for name, value in change.items():
        if name == "turn_detection" and value is not None:
            old = after.get(name)
            base = old if old and old["type"] == value["type"] else _DETECTION[value["type"]]
            after[name] = base | value
        elif name == "format":
            after[name] = copy.deepcopy(value)
        else:
            after[name] = _merged(after.get(name), value)
    return after


def _check(config: JSON) -> None:
    for side in ("input", "output"):
        _check_format(_at(config, "audio", side, "format"), f"session.audio.{side}.format")
    if config.get("output_modalities") not in (None, ["audio"], ["text"]):
        raise ClientError(
            "invalid_value",
            "Invalid value for 'session.output_modalities': only ['audio'] or ['text'].",
            param="session.output_modalities",
        )
    for path, (low, high) in _RANGES.items():
        value = _at(config, *path)
        if isinstance(value, int | float) and not low <= value <= high:
            name = ".".join(("session", *path))
            raise ClientError(
                "invalid_value", f"Invalid '{name}': must be {low} to {high}.", param=name
            )
    _check_transcription(config)


def _check_format(value: Any, name: str) -> None:
    if value is None or value == PCM:
        return
    if value.get("type") == "audio/pcm" and "rate" not in value:
        raise ClientError(
            "missing_required_parameter",
            f"Missing required parameter: '{name}.rate'.",
            param=f"{name}.rate",
        )
    raise ClientError(
        "invalid_value", f"Invalid value for '{name}': this server takes {PCM} only.", param=name
    )


def _check_transcription(config: JSON) -> None:
    heard = _at(config, "audio", "input", "transcription")
    if not heard:
        return
    name, model = "session.audio.input.transcription", heard.get("model")
    if model is None:
        raise ClientError(
            "missing_required_parameter",
            f"Missing required parameter: '{name}.model'.",
            param=f"{name}.model",
        )
    for option, models in _ONLY_MODELS.items():
        if heard.get(option) is not None and model not in models:
            raise ClientError(
                "invalid_value",
                f"'{option}' is not supported by {model}.",
                param=f"{name}.{option}",
            )
    if "languages" in heard and not heard["languages"]:
        raise ClientError(
            "invalid_value", "'languages' must not be empty.", param=f"{name}.languages"
        )
    if heard.get("prompt") and model == "gpt-realtime-whisper":
        raise ClientError("invalid_value", f"'prompt' is not supported by {model}.", param=name)
    is_listening = config["type"] == "transcription"
    if is_listening and model in _WITHOUT_VAD and config["audio"]["input"]["turn_detection"]:
        raise ClientError(
            "invalid_value",
            f"Turn detection is not supported by {model}.",
            param="session.audio.input.turn_detection",
        )


def _at(config: Any, *path: str) -> Any:
    for name in path:
        config = config.get(name) if isinstance(config, dict) else None
    return config
