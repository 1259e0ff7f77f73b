"""The items of one session, in order, and the rules for changing them."""

from __future__ import annotations

import base64
import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.sim.realtime.behaviour import Turn
from tests.sim.realtime.wire import JSON, ClientError

BYTES_PER_MS = 48
_MAX_ID = 32
_PARTS = {
    "system": ("input_text",),
    "user": ("input_text", "input_audio", "input_image"),
    "assistant": ("output_text",),
}


@dataclass(slots=True)
class Spoken:
    """One word of an answer; it ends ``end_ms`` into the item's audio."""

    text: str
    end_ms: float


@dataclass(slots=True)
class Item:
    """One item: what the client is shown (``wire``) and what only the server knows."""

    wire: JSON
    audio: bytearray = field(default_factory=bytearray)
    heard: str = ""
    """Words in the audio of a user's item."""
    spoken: list[Spoken] = field(default_factory=list)
    """Words in the audio of an assistant's item, as far as it was sent."""

    @property
    def id(self) -> str:
        """The item's name, unique in its session."""
        return str(self.wire["id"])

    @property
    def role(self) -> str:
        """Who said it; for tool items, their type."""
        return str(self.wire.get("role") or self.wire["type"])

    @property
    def audio_ms(self) -> float:
        """How much audio it holds."""
        return len(self.audio) / BYTES_PER_MS

    @property
    def has_output_audio(self) -> bool:
        """Whether it is an answer that was spoken."""
        return any(part.get("type") == "output_audio" for part in self.wire.get("content", ()))

    @property
    def text(self) -> str:
        """All its words, as the model knows them."""
        if self.wire["type"] != "message":
            return str(self.wire.get("output", self.wire.get("arguments", "")))
        parts = [part["text"] for part in self.wire["content"] if part.get("text")]
        parts += [self.heard] if self.heard else []
        parts += [word.text for word in self.spoken]
        return " ".join(parts)

    def retrieved(self) -> JSON:
        """The item with its audio."""
        audio = base64.b64encode(self.audio).decode()
        parts = [
            part | {"audio": audio} if part.get("type") in ("input_audio", "output_audio") else part
            for part in self.wire.get("content", ())
        ]
        return self.wire | {"content": parts} if parts else self.wire


class Conversation:
    """The ordered items of one session."""

    def __init__(self, index: int) -> None:
        self._prefix = f"item_{index:03}"
        self._numbers = itertools.count(1)
        self._items: list[Item] = []

    def mint(self) -> str:
        """A new item id."""
        return f"{self._prefix}{next(self._numbers):06}"

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The conversation as the model sees it."""
        return tuple(Turn(item.role, item.text, item.id) for item in self._items)

    @property
    def audio_ms(self) -> dict[str, float]:
        """How much audio each role's items hold."""
        totals = {"user": 0.0, "assistant": 0.0}
        for item in self._items:
            if item.role in totals:
                totals[item.role] += item.audio_ms
        return totals

    def append(self, item: Item) -> str | None:
        """Put an item at the end; the id of the one before it."""
        before = self._items[-1].id if self._items else None
        self._items.append(item)
        return before

    def create(self, wire: JSON, previous_item_id: str | None) -> tuple[Item, str | None]:
        """Put a client's item after another (``root``: first, None: last). Raises ClientError."""
        item = self.new(wire)
        if previous_item_id is None:
            return item, self.append(item)
        place = 0 if previous_item_id == "root" else self._place(previous_item_id, "create") + 1
        self._items.insert(place, item)
        return item, self._items[place - 1].id if place else None

    def new(self, wire: JSON) -> Item:
        """A client's item, checked but in no conversation yet. Raises ClientError."""
        item_id = wire.get("id") or self.mint()
        if len(item_id) > _MAX_ID:
            raise ClientError(
                "string_above_max_length",
                f"Invalid 'item.id': string too long. Expected at most {_MAX_ID} characters.",
                param="item.id",
            )
        if any(item.id == item_id for item in self._items):
            raise ClientError(
                "item_create_duplicate_item_id", f"Item {item_id} already exists.", param="item.id"
            )
        if wire["type"] == "function_call_output":
            self._check_call(wire["call_id"])
        audio = _checked_parts(wire)
        status = wire.get("status", "completed")
        fixed = {"id": item_id, "object": "realtime.item", "status": status}
        return Item(wire=wire | fixed, audio=bytearray(audio))

    def get(self, item_id: str, verb: str = "retrieve") -> Item:
        """An item by its id. Raises ClientError."""
        return self._items[self._place(item_id, verb)]

    def delete(self, item_id: str) -> None:
        """Forget an item. Raises ClientError."""
        del self._items[self._place(item_id, "delete")]

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> None:
        """Cut an answer to its first milliseconds. Raises ClientError."""
        item = self.get(item_id, "truncate")
        if item.role != "assistant":
            raise ClientError("invalid_value", "Only model output audio messages can be truncated.")
        if not item.has_output_audio or audio_end_ms == 0:
            raise ClientError(
                "unsupported_content_type", "Only audio content can be truncated.", param="item_id"
            )
        if content_index != 0:
            raise ClientError(
                "invalid_value",
                f"Content index {content_index} is out of range.",
                param="content_index",
            )
        if not 0 < audio_end_ms <= item.audio_ms:
            raise ClientError(
                "invalid_value",
                f"Audio content of {item.audio_ms:.0f}ms is already shorter than {audio_end_ms}ms",
                param="audio_end_ms",
            )
        del item.audio[audio_end_ms * BYTES_PER_MS :]
        item.spoken = [word for word in item.spoken if word.end_ms <= audio_end_ms]
        item.wire["content"] = [{"type": "output_audio"}]

    def _place(self, item_id: str, verb: str) -> int:
        for place, item in enumerate(self._items):
            if item.id == item_id:
                return place
        raise ClientError(
            f"item_{verb}_invalid_item_id",
            f"Item with item_id '{item_id}' not found.",
            param="previous_item_id" if verb == "create" else "item_id",
        )

    def _check_call(self, call_id: str) -> None:
        if not any(item.wire.get("call_id") == call_id for item in self._items):
            raise ClientError(
                "invalid_tool_call_id",
                f"Tool call ID '{call_id}' not found in conversation.",
                param="item.call_id",
            )


def _checked_parts(wire: JSON) -> bytes:
    """The audio of a client's message. Raises ClientError for parts that its role may not have."""
    if wire["type"] not in ("message", "function_call", "function_call_output"):
        raise ClientError("invalid_value", f"A client cannot create a {wire['type']}.")
    audio = b""
    for index, part in enumerate(wire.get("content", ())):
        kind, name = part.get("type"), f"item.content[{index}]"
        if kind not in _PARTS[wire["role"]]:
            raise ClientError(
                "invalid_value",
                f"Invalid value: '{kind}'. A {wire['role']} message takes: "
                + ", ".join(_PARTS[wire["role"]]),
                param=f"{name}.type",
            )
        if kind in ("input_text", "output_text") and not part.get("text"):
            raise ClientError(
                "missing_required_parameter",
                f"Missing required parameter: '{name}.text'.",
                param=f"{name}.text",
            )
        if kind == "input_audio":
            audio += decoded(part.get("audio"), f"{name}.audio")
    return audio


def decoded(text: Any, name: str) -> bytes:
    """Base64 of 16-bit samples. Raises ClientError."""
    try:
        pcm = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        raise ClientError(
            "invalid_value", f"Invalid '{name}'. Expected base64-encoded audio bytes.", param=name
        ) from None
    if len(pcm) % 2:
        raise ClientError(
            "invalid_value", f"Invalid '{name}': half a 16-bit sample at the end.", param=name
        )
    return pcm
