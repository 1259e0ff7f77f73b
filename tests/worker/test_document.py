"""Transcripts as Word documents."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.etree import ElementTree

import pytest

from roomhand.attribution.completeness import Completeness, Hole
from roomhand.attribution.export import clock, cues
from roomhand.document import document, parse_document
from tests.worker.attribution.golden import FOLDER, FOUND, MEETING, TITLE
from tests.worker.attribution.test_export import HOSTILE, segment

pytestmark = pytest.mark.unit


WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WORD = f"{{{WORDS}}}"


def test_a_document_is_what_it_was() -> None:
    """A change of its text or its marks is seen in the file beside this test, and is meant."""
    golden = (FOLDER / "meeting.document.xml").read_text(encoding="utf-8")
    assert _indented(_body(document(MEETING, TITLE, FOUND))) == golden


def test_another_reader_finds_the_same_paragraphs() -> None:
    """By the standard's own tags: title, what is missing, and each cue with who spoke over whom."""
    body = _body(document(MEETING, TITLE, FOUND))
    shown = [_text(paragraph) for paragraph in body.iter(f"{WORD}p")]
    assert shown == [
        "Budget",
        "Not complete. What is missing:",
        "0:00:09 Ben: 1.5 s, overwritten",
        "Chloé: 0.4 s, reconnect",
        "0:00:00\tAnna\tGood morning, everybody.",
        "0:00:02\tBen\tThe price is <b>5 --> 7</b> & rising; see *all* of it.",
        "0:00:05\tChloé (over Ben)\tAttends, s'il te plaît.",
        "0:00:09\t\tBen was not heard: overwritten",
        "1:02:05\tSage\tBen said that the price —",
        "1:02:08\t\tChloé (microphone): the limit of 2 tracks is reached",
    ]


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


def _body(file: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(_parts(file)["word/document.xml"])


def _indented(body: ElementTree.Element) -> str:
    """A line for each tag, so that a difference can be read."""
    ElementTree.register_namespace("w", WORDS)
    ElementTree.indent(body)
    return ElementTree.canonicalize(ElementTree.tostring(body, encoding="unicode")) + "\n"


def _text(paragraph: ElementTree.Element) -> str:
    signs = {f"{WORD}tab": "\t"}
    return "".join(signs.get(one.tag, one.text or "") for one in paragraph.iter() if _written(one))


def _written(element: ElementTree.Element) -> bool:
    return element.tag in (f"{WORD}t", f"{WORD}tab")
