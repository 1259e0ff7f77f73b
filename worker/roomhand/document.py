"""A transcript as a Word document (Office Open XML): from segments to bytes and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO

import docx

from roomhand.attribution.completeness import Completeness
from roomhand.attribution.export import clock, cues, meanwhile, overlaps, statement
from roomhand.attribution.identity import safe_name
from roomhand.attribution.segments import Segment

SAID = "Body Text"
"""The style of what was said."""
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
"""The same transcript is the same file."""


def document(
    segments: Iterable[Segment], title: str = "Meeting", found: Completeness | None = None
) -> bytes:
    """The transcript of a meeting as a .docx file, with a paragraph for each cue."""
    made = docx.Document()
    name = safe_name(title, fallback="Meeting")
    made.core_properties.title = name
    made.core_properties.created = made.core_properties.modified = _UNDATED
    made.add_heading(name, 0)
    for line in statement(found) if found is not None else ():
        made.add_paragraph(line)
    for cue, over in overlaps(cues(segments)):
        said = made.add_paragraph(style=SAID)
        said.add_run(clock(cue.start_ms))
        said.add_run(f"\t{cue.name}{meanwhile(over)}\t" if cue.name else "\t\t").bold = True
        said.add_run(cue.text).italic = not cue.name
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def parse_document(file: bytes) -> list[tuple[str, str, str]]:
    """Time, who, and words of every cue of a document."""
    paragraphs = docx.Document(BytesIO(file)).paragraphs
    parts = [one.text.split("\t", 2) for one in paragraphs if one.style and one.style.name == SAID]
    return [(time, name, words) for time, name, words in parts]
