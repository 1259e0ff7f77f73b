"""A meeting's transcript as a file, in any of the forms that people ask for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

from roomhand.attribution.completeness import Completeness
from roomhand.attribution.export import Format, export, is_shown, line_of
from roomhand.attribution.segments import Segment
from roomhand.coordination.entry import Entry
from roomhand.document import document

Form = Literal["text", "md", "json", "srt", "vtt", "docx"]


def minutes(
    segments: Sequence[Segment],
    form: Form,
    title: str,
    found: Completeness,
    *,
    revisions: bool = False,
) -> bytes:
    """The whole file; ``text`` is a line a segment, for terminals. ``revisions``: JSON has not only
    the newest of each segment."""
    if form == "docx":
        return document(segments, title, found)
    if form == "text":
        return "".join(f"{line_of(one)}\n" for one in segments if is_shown(one)).encode()
    every = revisions and form == "json"
    return export(segments, Format(form), title, found, revisions=every).encode()


def followed(entry: Entry, form: Form) -> str | None:
    """One line of a transcript that grows, or None where this form does not show it. JSON carries
    the token that resumes after it."""
    if form == "text":
        return line_of(entry.segment) if is_shown(entry.segment) else None
    return json.dumps({"token": entry.token, **asdict(entry.segment)}, ensure_ascii=False)
