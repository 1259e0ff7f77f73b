"""Transcripts as Word documents."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from roomhand.attribution.completeness import Completeness, Hole
from roomhand.attribution.export import clock, cues
from roomhand.document import document, parse_document
from tests.worker.attribution.golden import MEETING
from tests.worker.attribution.test_export import HOSTILE, segment

pytestmark = pytest.mark.unit


def test_every_cue_comes_back() -> None:
    """Time, who, and words, in the order of the meeting."""
    shown = cues(MEETING)
    rows = parse_document(document(MEETING))
    assert [(time, words) for time, _, words in rows] == [
        (clock(cue.start_ms), cue.text) for cue in shown
    ]
    assert all(who.startswith(cue.name) for (_, who, _), cue in zip(rows, shown, strict=True))


def test_who_began_while_another_spoke_is_marked() -> None:
    """Overlap can be read."""
    ann, bob = segment(0, end_ms=5000), segment(1, speaker="bob", name="Bob", text="wait")
    assert [who for _, who, _ in parse_document(document([ann, bob]))] == ["Ann", "Bob (over Ann)"]


def test_names_and_words_stay_what_they_are() -> None:
    """No mark-up, control character or tab of theirs makes a cue."""
    hostile = [segment(n, name=text, text=f"x{text}") for n, text in enumerate(HOSTILE)]
    rows = parse_document(document(hostile, title="".join(HOSTILE)))
    assert [words for _, _, words in rows] == [cue.text for cue in cues(hostile)]


def test_its_holes_stand_at_the_top() -> None:
    """As anybody who opens it must see."""
    found = Completeness(ended=True, holes=(Hole("bob", "Bob", "reconnect", 1500, 61_000),))
    with zipfile.ZipFile(BytesIO(document(MEETING, found=found))) as file:
        text = file.read("word/document.xml").decode()
    assert text.index("0:01:01 Bob: 1.5 s, reconnect") < text.index("Good morning")


def test_the_same_transcript_is_the_same_document() -> None:
    """It can be compared, and is written twice without a change."""
    assert _parts(document(MEETING)) == _parts(document(MEETING))


def _parts(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(file)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}
