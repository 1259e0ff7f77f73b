"""Entries of a transcript, and their tokens: where in the writing order a reader stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from roomhand.attribution.segments import Segment
from roomhand.coordination.scripts import text

BEGINNING = "0-0"
"""The resume token from which everything is read."""

Raw: TypeAlias = tuple[bytes | str, dict[bytes | str, bytes | str]]
"""A stream entry as the client returns it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One segment of the transcript. ``token`` resumes reading after it."""

    token: str
    segment: Segment


def place(token: str) -> tuple[int, int]:
    """Tokens in order. Raises ValueError where it is none."""
    milliseconds, _, number = token.partition("-")
    return int(milliseconds), int(number)


def entries_of(reply: Any) -> list[Raw]:
    """The entries in the answer to XREAD of one stream, under either protocol of the client."""
    if not reply:
        return []
    if isinstance(reply, dict):
        (entries,) = reply.values()
        return list(entries[0]) if entries and isinstance(entries[0], list) else list(entries)
    return list(reply[0][1])


def fields_of(raw: Raw) -> dict[str, str]:
    """The fields of one stream entry as text."""
    return {text(name): text(value) for name, value in raw[1].items()}


def entry_of(raw: Raw) -> Entry:
    """A stream entry as one of the transcript."""
    return Entry(text(raw[0]), Segment.from_json(fields_of(raw)["segment"]))
