"""What the service says, as the types of the ``openai`` package. Pure.

The package's own parser tries every type for every event and takes an unknown one for the first in
its list; here the event's own name chooses the type, and a name that nobody knows is told apart.
Fields that an event lacks are None, as look-alikes of the service leave out what they do not need;
events are malformed only without the fields that say what they are about.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

from openai import BaseModel
from openai.types.realtime.realtime_server_event import RealtimeServerEvent


class UnknownEventError(Exception):
    """An event that this version does not know."""


class MalformedEventError(Exception):
    """A message that is no event, or lacks what it must have."""


def _by_name() -> Mapping[str, type[BaseModel]]:
    union = get_args(RealtimeServerEvent)[0]
    return {
        name: model
        for model in get_args(union)
        for name in get_args(model.model_fields["type"].annotation)
    }


_TYPES = _by_name()
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "input_audio_buffer.committed": ("item_id",),
    "input_audio_buffer.speech_started": ("item_id", "audio_start_ms"),
    "input_audio_buffer.speech_stopped": ("item_id", "audio_end_ms"),
    "conversation.item.input_audio_transcription.delta": ("item_id",),
    "conversation.item.input_audio_transcription.completed": ("item_id", "transcript"),
    "conversation.item.input_audio_transcription.failed": ("item_id",),
    "response.created": ("response",),
    "response.done": ("response",),
    "response.output_item.added": ("response_id", "item"),
    "response.output_audio.delta": ("response_id", "item_id", "delta"),
    "response.output_audio_transcript.delta": ("response_id", "delta"),
    "response.output_text.delta": ("response_id", "delta"),
    "response.function_call_arguments.done": ("response_id", "call_id", "arguments"),
    "session.created": ("session",),
    "session.updated": ("session",),
    "error": ("error",),
}


def decode(data: str | bytes) -> BaseModel:
    """One message of the service. Raises UnknownEventError or MalformedEventError."""
    try:
        fields: Any = json.loads(data)
    except ValueError:
        raise MalformedEventError("not JSON") from None
    if not isinstance(fields, dict) or not isinstance(fields.get("type"), str):
        raise MalformedEventError("no type")
    name: str = fields["type"]
    if name not in _TYPES:
        raise UnknownEventError(name[:64])
    missing = [field for field in _NEEDED.get(name, ()) if fields.get(field) is None]
    if missing:
        raise MalformedEventError(f"{name} without {missing[0]}")
    return _TYPES[name].construct(**fields)
