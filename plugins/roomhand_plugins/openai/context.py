"""Text turns as items of the conversation. Pure.

Names and words are hostile input: a line stays one line, and only we write square brackets, so that
nobody can speak in another's name.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, OrderedDict

from openai.types.realtime.conversation_item_param import ConversationItemParam

from roomhand_plugins.base import Role, TextTurn
from roomhand_plugins.openai.effects import Send
from roomhand_plugins.openai.turns import remember

_JOINERS = "\u200c\u200d"
"""Invisible, but part of words and emoji."""
_ROUND = str.maketrans("[]", "()")
_NAME_CHARS = 64


class Context:
    """Places text turns, and places them again where the service did not know the place."""

    def __init__(self, counts: Counter[str]) -> None:
        self._counts = counts
        self._placed: OrderedDict[str, ConversationItemParam] = OrderedDict()
        self._last_after: OrderedDict[str, str] = OrderedDict()
        self._texts = 0

    def add(self, turn: TextTurn, after_item: str | None) -> Send:
        """Say ``turn`` after an item and all texts put there before; None: at the end."""
        self._texts += 1
        item_id = f"text_{self._texts}"
        item = _item(item_id, turn)
        remember(self._placed, item_id, item)
        if after_item is None:
            return Send({"type": "conversation.item.create", "event_id": item_id, "item": item})
        previous = self._last_after.get(after_item, after_item)
        remember(self._last_after, after_item, item_id)
        return Send(
            {
                "type": "conversation.item.create",
                "event_id": item_id,
                "item": item,
                "previous_item_id": previous,
            }
        )

    def refused(self, event_id: str | None) -> list[Send] | None:
        """An error about a text of ours: say it once more, at the end. None: not about a text."""
        if event_id is None or not event_id.startswith("text_"):
            return None
        item = self._placed.pop(event_id, None)
        if item is None:
            self._counts["lost_texts"] += 1
            return []
        return [
            Send({"type": "conversation.item.create", "event_id": f"{event_id}_end", "item": item})
        ]


def answer_of(call_id: str, output: str) -> Send:
    """The outcome of a tool call."""
    item: ConversationItemParam = {
        "type": "function_call_output",
        "call_id": call_id,
        "output": output,
    }
    return Send({"type": "conversation.item.create", "item": item})


def line_of(turn: TextTurn) -> str:
    """A turn as one line that names its speaker; what the agent said itself carries no name."""
    words = _one_line(turn.text)
    match turn.role:
        case Role.AGENT:
            return words
        case Role.NOTICE:
            return f"({words})"
        case Role.PERSON | Role.OTHER_AGENT:
            return f"[{_one_line(turn.speaker)[:_NAME_CHARS] or 'someone'}]: {words}"


def _one_line(text: str) -> str:
    seen = (
        char if char in _JOINERS or not unicodedata.category(char).startswith("C") else " "
        for char in text
    )
    return " ".join("".join(seen).split()).translate(_ROUND)


def _item(item_id: str, turn: TextTurn) -> ConversationItemParam:
    if turn.role is Role.AGENT:
        return {
            "type": "message",
            "id": item_id,
            "role": "assistant",
            "content": [{"type": "output_text", "text": line_of(turn)}],
        }
    return {
        "type": "message",
        "id": item_id,
        "role": "user",
        "content": [{"type": "input_text", "text": line_of(turn)}],
    }
