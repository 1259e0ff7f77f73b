"""A part of a transcript as the archive keeps it, and which part a reader needs next.

A part is a run of the stream without anything missing: all that was written after one token, up to
another. Both are its name, so whoever writes a part again writes the same, parts may overlap, and a
part that is missing is noticed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from roomhand.attribution.segments import Segment
from roomhand.coordination.entry import Entry, Raw, fields_of, place
from roomhand.coordination.scripts import text

_NAME = re.compile(r"(\d+)-(\d+)_(\d+)-(\d+)\.jsonl")
_LONGEST = 160
"""Of a name in a path: file systems take 255 bytes."""


@dataclass(frozen=True, slots=True)
class Span:
    """Everything after the token ``after`` up to and with ``to``."""

    after: str
    to: str

    @property
    def name(self) -> str:
        """Of the object; names sort as tokens do."""
        ends = (place(self.after), place(self.to))
        return "_".join(f"{ms:015}-{number:06}" for ms, number in ends) + ".jsonl"

    @staticmethod
    def of_name(name: str) -> Span | None:
        """The inverse; None for what is no part."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        first, first_number, last, last_number = map(int, match.groups())
        return Span(f"{first}-{first_number}", f"{last}-{last_number}")

    def follows(self, token: str) -> bool:
        """Whether it has what comes next after a token."""
        return place(self.after) <= place(token) < place(self.to)


@dataclass(frozen=True, slots=True)
class Part:
    """The entries of a span, as they were written. Never empty."""

    span: Span
    raws: tuple[Raw, ...]

    @staticmethod
    def after(token: str, raws: Sequence[Raw]) -> Part:
        """The run of entries that follows a token. Raises ValueError where it is empty."""
        if not raws:
            raise ValueError("a part holds at least one entry")
        return Part(Span(token, text(raws[-1][0])), tuple(raws))

    @property
    def ids(self) -> list[str]:
        """Of the segments in it."""
        return [json.loads(fields_of(raw)["segment"])["id"] for raw in self.raws]

    def to_bytes(self) -> bytes:
        """A JSON object a line. Segments stay as they were written, to the byte: any version of
        Roomhand makes the same part of the same entries."""
        return "".join(map(_line, self.raws)).encode()


def entries_of_part(content: bytes) -> list[Entry]:
    """What is in a part. Raises ValueError, KeyError or TypeError where it is none."""
    # Not splitlines: speech may hold what Unicode takes for the end of a line.
    read = (json.loads(line) for line in content.decode().rstrip("\n").split("\n"))
    return [Entry(one["token"], Segment.from_json(json.dumps(one["segment"]))) for one in read]


def next_span(spans: Iterable[Span], token: str) -> Span | None:
    """The part with what comes after a token, None where none has it.

    Of several that which ends first: where Redis lost its data and the parts begin anew, the old
    ones come before.
    """
    following = (one for one in spans if one.follows(token))
    return min(following, key=lambda span: place(span.to), default=None)


def folder(room: str, meeting: str) -> str:
    """Where the parts of a meeting are, whatever the room is called."""
    return f"{folder_of_room(room)}/{_encoded(meeting)}"


def folder_of_room(room: str) -> str:
    """Where the folders of its meetings are."""
    return _encoded(room)


def _line(raw: Raw) -> str:
    fields = fields_of(raw)
    agent, epoch = json.dumps(fields["agent"]), int(fields["epoch"])
    head = f'"token":"{text(raw[0])}","agent":{agent},"epoch":{epoch}'
    return f'{{{head},"segment":{fields["segment"]}}}\n'


def _encoded(name: str) -> str:
    """Letters, digits, ``-`` and ``_`` stay. What would be too long ends in a digest."""
    safe = re.sub(
        r"[^A-Za-z0-9_-]", lambda found: "".join(f"={b:02X}" for b in found[0].encode()), name
    )
    if len(safe) <= _LONGEST:
        return safe
    digest = hashlib.sha256(name.encode()).hexdigest()[:32]
    return f"{safe[: _LONGEST - 33]}={digest}"
