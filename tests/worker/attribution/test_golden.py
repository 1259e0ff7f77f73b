"""The exports of one meeting, to the letter, and read by libraries that did not write them."""

from __future__ import annotations

import json

import pytest
import srt
import webvtt

from roomhand.attribution.export import Format, cues, export, srt_text
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


def _hours(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
