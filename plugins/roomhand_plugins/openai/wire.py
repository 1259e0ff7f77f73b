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
_ITEM = {"item_id": str}
_NEEDED: Mapping[str, Mapping[str, type]] = {
    "input_audio_buffer.committed": _ITEM,
    "input_audio_buffer.speech_started": {**_ITEM, "audio_start_ms": int},
    "input_audio_buffer.speech_stopped": {**_ITEM, "audio_end_ms": int},
    "conversation.item.input_audio_transcription.delta": _ITEM,
    "conversation.item.input_audio_transcription.completed": {**_ITEM, "transcript": str},
    "conversation.item.input_audio_transcription.failed": _ITEM,
    "response.created": {"response": dict},
    "response.done": {"response": dict},
    "response.output_item.added": {"response_id": str, "item": dict},
    "response.output_audio.delta": {"response_id": str, **_ITEM, "delta": str},
    "response.output_audio_transcript.delta": {"response_id": str, "delta": str},
    "response.output_text.delta": {"response_id": str, "delta": str},
    "response.function_call_arguments.done": {
        "response_id": str,
        "call_id": str,
        "arguments": str,
    },
    "session.created": {"session": dict},
    "session.updated": {"session": dict},
    "error": {"error": dict},
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
    for field, kind in _NEEDED.get(name, {}).items():
        if not isinstance(fields.get(field), kind):
            raise MalformedEventError(f"{name} without {field}")
    return _TYPES[name].construct(**fields)
