"""The exports of one meeting, to the letter, and read by libraries that did not write them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest
import srt
import webvtt

from roomhand.attribution.export import (
    Cue,
    Format,
    cues,
    export,
    overlaps,
    parse_json,
    parse_srt,
    parse_vtt,
    srt_text,
)
from roomhand.attribution.segments import in_order
from tests.worker.attribution.golden import FOLDER, FOUND, MEETING, TITLE

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("as_format", Format)
def test_an_export_is_what_it_was(as_format: Format) -> None:
    """A change of a format is seen in the file beside this test, and is meant."""
    golden = (FOLDER / f"meeting.{as_format}").read_text(encoding="utf-8")
    assert export(MEETING, as_format, TITLE, FOUND) == golden


def test_another_reader_finds_the_same_subrip_cues() -> None:
    """Times to the millisecond, names and words."""
    read = list(srt.parse((FOLDER / "meeting.srt").read_text(encoding="utf-8")))
    shown = cues(MEETING)
    assert [(one.start.total_seconds() * 1000, one.end.total_seconds() * 1000) for one in read] == [
        (cue.start_ms, cue.end_ms) for cue in shown
    ]
    for one, cue in zip(read, shown, strict=True):
        assert one.content.startswith(f"{cue.name}: " if cue.name else "[")
        assert srt_text(cue.text) in one.content


def test_another_reader_finds_the_same_webvtt_voices() -> None:
    """And the note is no cue."""
    read = webvtt.read(str(FOLDER / "meeting.vtt")).captions
    shown = cues(MEETING)
    assert [(one.voice or "", one.start) for one in read] == [
        (cue.name, f"{_hours(cue.start_ms)}") for cue in shown
    ]


def test_json_states_what_is_missing() -> None:
    """For programs."""
    body = json.loads((FOLDER / "meeting.json").read_text(encoding="utf-8"))
    assert (body["ended"], body["complete"]) == (True, False)
    assert [(hole["name"], hole["start_ms"]) for hole in body["holes"]] == [
        ("Ben", 9000),
        ("Chloé", None),
    ]


def test_json_comes_back_as_the_meeting_was() -> None:
    """Every field of every segment."""
    assert parse_json((FOLDER / "meeting.json").read_text(encoding="utf-8")) == in_order(MEETING)


@pytest.mark.parametrize(
    ("as_format", "read"),
    [
        (Format.JSON, lambda text: cues(parse_json(text))),
        (Format.SRT, parse_srt),
        (Format.VTT, parse_vtt),
    ],
)
def test_who_spoke_over_whom_comes_back_from_a_format_with_times(
    as_format: Format, read: Callable[[str], Sequence[Cue]]
) -> None:
    """Chloé began while Ben went on; nobody else did. Documents for reading say it in words."""
    found = overlaps(read((FOLDER / f"meeting.{as_format}").read_text(encoding="utf-8")))
    assert [(cue.name, over) for cue, over in found if over] == [("Chloé", ("Ben",))]


def test_who_spoke_over_whom_stands_in_markdown() -> None:
    """Word documents say it alike, see test_document."""
    text = (FOLDER / "meeting.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if "(over " in line] == [
        "`0:00:05` **Chloé (over Ben):** Attends, s'il te plaît."
    ]


def _hours(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
