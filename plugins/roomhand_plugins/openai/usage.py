"""What the service billed. Pure."""

from __future__ import annotations

from typing import Any

from roomhand_plugins.base import Usage


def usage_of_response(response: Any, model: str) -> Usage | None:
    """The bill of a response, if it carries one."""
    used = response.usage
    if used is None:
        return None
    given = getattr(used, "input_token_details", None)
    made = getattr(used, "output_token_details", None)
    return Usage(
        input_text_tokens=_count(given, "text_tokens"),
        input_audio_tokens=_count(given, "audio_tokens"),
        cached_tokens=_count(given, "cached_tokens"),
        output_text_tokens=_count(made, "text_tokens"),
        output_audio_tokens=_count(made, "audio_tokens"),
        model=model,
        detail={"kind": "reply", "total_tokens": _count(used, "total_tokens")},
    )


def usage_of_transcription(event: Any, model: str) -> Usage | None:
    """The bill of a transcript: by duration or by tokens, as the model is billed."""
    used = event.usage
    if used is None:
        return None
    given = getattr(used, "input_token_details", None)
    return Usage(
        input_text_tokens=_count(given, "text_tokens"),
        input_audio_tokens=_count(given, "audio_tokens"),
        output_text_tokens=_count(used, "output_tokens"),
        audio_seconds=float(getattr(used, "seconds", None) or 0.0),
        model=model,
        detail={"kind": "transcription"},
    )


def _count(source: Any, name: str) -> int:
    return int(getattr(source, name, None) or 0)
