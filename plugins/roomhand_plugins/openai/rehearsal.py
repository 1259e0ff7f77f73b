"""Does once, with nobody listening, what the first session would hold up every voice with.

The packages below load modules and build types when they are first used: 130 ms in which the event
loop takes no audio.
"""

from __future__ import annotations

import json
from typing import Any

import anyio
import anyio.lowlevel
import websockets.asyncio.client
import websockets.sync.client  # noqa: F401  the client imports both with the first connection

from roomhand_plugins.openai.wire import decode

_ITEM = {"id": "i", "type": "message", "role": "user", "content": [{"type": "input_audio"}]}
_TOKENS = {"type": "tokens", "total_tokens": 1, "input_tokens": 1, "output_tokens": 1}
_RESPONSE: dict[str, Any] = {
    "id": "r",
    "object": "realtime.response",
    "status": "completed",
    "status_details": {"type": "completed"},
    "output": [_ITEM],
    "output_modalities": ["audio"],
    "metadata": {"a": "b"},
}
_SESSION = {"type": "realtime", "model": "m", "audio": {"input": {"turn_detection": None}}}
_WORDS = {"item_id": "i", "content_index": 0, "logprobs": [{"token": "a", "logprob": -0.1}]}
_EVENTS: tuple[dict[str, Any], ...] = (
    {"type": "session.created", "session": _SESSION},
    {"type": "session.updated", "session": {**_SESSION, "type": "transcription"}},
    {"type": "input_audio_buffer.committed", "item_id": "i"},
    {"type": "conversation.item.added", "item": _ITEM},
    {"type": "conversation.item.done", "item": _ITEM},
    {"type": "conversation.item.input_audio_transcription.delta", "delta": "a", **_WORDS},
    {
        "type": "conversation.item.input_audio_transcription.completed",
        "transcript": "a",
        "usage": _TOKENS,
        **_WORDS,
    },
    {"type": "response.created", "response": _RESPONSE},
    {"type": "response.output_item.added", "response_id": "r", "output_index": 0, "item": _ITEM},
    {"type": "response.content_part.added", "part": {"type": "audio"}},
    {
        "type": "response.done",
        "response": {**_RESPONSE, "usage": {"total_tokens": 1, "input_token_details": {}}},
    },
    {"type": "error", "error": {"type": "invalid_request_error", "message": "m"}},
)


def rehearse() -> None:
    """Where no event loop runs yet."""
    for event in _EVENTS:
        decode(json.dumps(event))
    anyio.run(anyio.lowlevel.checkpoint)
