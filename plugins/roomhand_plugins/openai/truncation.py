"""How the model's memory of a reply is cut to what people heard. Pure.

Each output item is cut by itself, never beyond the audio received for it: the service refuses a
longer cut, and an item of 0 ms can only be deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from roomhand_plugins.base import SAMPLE_RATE
from roomhand_plugins.openai.effects import Send

_BYTES_PER_MS = SAMPLE_RATE * 2 // 1000


@dataclass(slots=True)
class SpokenItem:
    """One spoken output item and how much of its audio has come, in bytes."""

    item_id: str
    received: int = 0
    content_index: int = 0

    @property
    def received_ms(self) -> int:
        """Whole milliseconds received, rounded down."""
        return self.received // _BYTES_PER_MS


def cuts(items: Iterable[SpokenItem], heard_ms: int, *, complete: bool) -> Iterator[Send]:
    """Messages that leave only the first ``heard_ms`` of a reply in the model's memory.

    ``complete``: the service had finished the reply, so an item heard to its end needs no cut. An
    unfinished one does: its text runs ahead of its audio, and only a cut removes that text.
    """
    left_ms = max(heard_ms, 0)
    for item in items:
        length_ms = item.received_ms
        keep_ms = min(left_ms, length_ms)
        left_ms -= keep_ms
        if keep_ms == 0:
            yield Send({"type": "conversation.item.delete", "item_id": item.item_id})
        elif keep_ms < length_ms or not complete:
            yield Send(
                {
                    "type": "conversation.item.truncate",
                    "item_id": item.item_id,
                    "content_index": item.content_index,
                    "audio_end_ms": keep_ms,
                }
            )
