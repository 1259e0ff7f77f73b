"""What a new session is told of a long conversation: the newest turns whole, the older ones short.

Pure. A model that is given too much text answers worse and costs more; one that is given only the
end has forgotten who promised what. Nothing is made up here: old turns are cut, never reworded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roomhand.attribution.conversation import Entry
from roomhand_plugins.base import Role, TextTurn

CONDENSED_ID = "condensed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """``whole`` newest turns are told as they are, as long as they have fewer than ``characters``
    together. Of the older ones the newest are told as one note of at most ``note`` characters, in
    which each has at most ``line``."""

    whole: int = 200
    characters: int = 24_000
    note: int = 6_000
    line: int = 120


def condense(entries: Sequence[Entry], lengths: Lengths) -> tuple[TextTurn, ...]:
    """For the history of a session, oldest first; ``entries`` in order of onset."""
    first = len(entries)
    left = lengths.characters
    while first > 0 and len(entries) - first < lengths.whole:
        left -= len(entries[first - 1].text)
        if left < 0:
            break
        first -= 1
    whole = tuple(entry.as_text() for entry in entries[first:])
    note = _note(entries[:first], lengths)
    return (note, *whole) if note else whole


def _note(entries: Sequence[Entry], lengths: Lengths) -> TextTurn | None:
    lines: list[str] = []
    left = lengths.note
    for entry in reversed(entries):
        line = f"{entry.name or 'Note'}: {_short(entry.text, lengths.line)}"
        left -= len(line) + 1
        if left < 0:
            break
        lines.append(line)
    if not lines:
        return None
    missing = len(entries) - len(lines)
    head = f"Earlier in this meeting, cut short{f', {missing} turns left out' if missing else ''}:"
    text = " / ".join([head, *reversed(lines)])
    at_ms = entries[-1].start_ms
    return TextTurn(turn_id=CONDENSED_ID, role=Role.NOTICE, speaker="", text=text, at_ms=at_ms)


def _short(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 2].rpartition(" ")[0] + " …" if " " in text[: limit - 2] else text[:limit]
