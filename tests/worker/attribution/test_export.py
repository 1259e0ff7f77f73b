"""Transcripts as files: whatever is said by whoever is called whatever."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomhand.attribution.export import (
    Cue,
    Format,
    cues,
    export,
    parse_json,
    parse_srt,
    parse_vtt,
    srt_text,
)
from roomhand.attribution.identity import Kind, Source
from roomhand.attribution.segments import Segment, SegmentKind, in_order

pytestmark = pytest.mark.unit

HOSTILE = [
    "-->",
    "00:00:01,000 --> 00:00:02,000",
    "00:00:01.000 00:00:02.000",
    "\n\n2\n",
    "\r\n",
    "\u2028",
    "<v Bob>",
    "</v>",
    "<b>",
    "&lt;",
    "&",
    r"\N",
    r"\h",
    "{\\an8}",
    "{",
    "]",
    "[",
    "WEBVTT",
    "NOTE",
    "STYLE",
    ": ",
    "Bob: ",
    "\u202e",
    "\x00",
    "**",
    "# ",
    "7",
    " ",
]
words = st.lists(
    st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    max_size=4,
).map("".join)


def segment(number: int = 0, **changes: Any) -> Segment:
    """What Ann said."""
    fields: dict[str, Any] = {
        "id": f"s{number}",
        "kind": SegmentKind.SPEECH,
        "speaker": "ann",
        "name": "Ann",
        "text": "hello",
        "start_ms": number * 1000,
        "end_ms": number * 1000 + 800,
        "source": Source.MICROPHONE,
    }
    return Segment(**(fields | changes))


segments = st.lists(
    st.builds(
        Segment,
        id=st.uuids().map(str),
        kind=st.sampled_from(SegmentKind),
        speaker=words,
        name=words,
        text=words,
        start_ms=st.integers(0, 90 * 3_600_000),
        end_ms=st.integers(0, 99 * 3_600_000),
        speaker_kind=st.sampled_from(Kind),
        source=st.sampled_from([*Source, None]),
        revision=st.integers(1, 3),
        confidence=st.none() | st.floats(0, 1),
    ),
    max_size=3,
)


@settings(max_examples=40, deadline=None)
@given(segments)
def test_json_comes_back_as_it_was(given_segments: list[Segment]) -> None:
    """Every field of every segment, in the order of the meeting."""
    assert parse_json(export(given_segments, Format.JSON)) == in_order(given_segments)


@settings(max_examples=40, deadline=None)
@given(segments)
def test_webvtt_comes_back_as_shown(given_segments: list[Segment]) -> None:
    """No name or word makes, ends or moves a cue."""
    assert parse_vtt(export(given_segments, Format.VTT)) == cues(given_segments)


@settings(max_examples=40, deadline=None)
@given(segments)
def test_srt_comes_back_as_shown(given_segments: list[Segment]) -> None:
    """But for the few signs that SubRip has no way to write."""
    shown = [
        Cue(cue.start_ms, cue.end_ms, cue.name, srt_text(cue.text)) for cue in cues(given_segments)
    ]
    assert parse_srt(export(given_segments, Format.SRT)) == shown


@settings(max_examples=40, deadline=None)
@given(segments)
def test_every_arrow_of_a_subtitle_file_is_a_cues(given_segments: list[Segment]) -> None:
    """A player that looks for arrows finds the cues and nothing else."""
    for as_format in (Format.SRT, Format.VTT):
        assert export(given_segments, as_format).count("-->") == len(cues(given_segments))


@settings(max_examples=40, deadline=None)
@given(segments)
def test_every_segment_is_one_paragraph_of_markdown(given_segments: list[Segment]) -> None:
    """No name or word begins a line, and no mark-up comes from them."""
    lines = export(given_segments, Format.MARKDOWN).splitlines()[2:]
    paragraphs = [line for line in lines if line]
    assert len(paragraphs) == len(cues(given_segments))
    assert all(line.startswith("`") for line in paragraphs)


def test_people_who_speak_at_once_have_cues_of_their_own() -> None:
    """By onset, whatever the order of arrival."""
    ann = segment(0, end_ms=5000)
    bob = segment(1, speaker="bob", name="Bob", text="wait")
    assert export([bob, ann], Format.SRT) == (
        "1\n00:00:00,000 --> 00:00:05,000\nAnn: hello\n\n"
        "2\n00:00:01,000 --> 00:00:01,800\nBob: wait\n\n"
    )


def test_the_latest_revision_counts() -> None:
    """However the revisions arrived."""
    first, second = segment(text="helo"), segment(text="hello", revision=2)
    assert in_order([second, first]) == [second]


def test_webvtt_names_the_voice() -> None:
    """As its standard has it; gaps have no voice."""
    gap = segment(1, kind=SegmentKind.GAP, name="", text="reconnecting")
    assert export([segment(text="1 < 2 & 3"), gap], Format.VTT) == (
        "WEBVTT\n\n"
        "1\n00:00:00.000 --> 00:00:00.800\n<v Ann>1 &lt; 2 &amp; 3\n\n"
        "2\n00:00:01.000 --> 00:00:01.800\n[ann was not heard: reconnecting]\n\n"
    )


def test_what_an_agent_said_and_nobody_wrote_is_told_as_such() -> None:
    """People heard it."""
    gap = segment(kind=SegmentKind.GAP, speaker_kind=Kind.AGENT, text="its model wrote no text")
    assert "*Ann spoke: its model wrote no text*" in export([gap], Format.MARKDOWN)


def test_markdown_is_for_reading() -> None:
    """Title, time, name, words."""
    later = segment(3725, text="it costs *2*")
    assert export([later], Format.MARKDOWN, "Plans") == (
        "# Plans\n\n`1:02:05` **Ann:** it costs \\*2\\*\n"
    )


@pytest.mark.parametrize("as_format", Format)
def test_an_empty_meeting_is_a_file_too(as_format: Format) -> None:
    """Nothing said is no error."""
    text = export([], as_format)
    assert "-->" not in text
    parsers = {Format.JSON: parse_json, Format.SRT: parse_srt, Format.VTT: parse_vtt}
    if as_format in parsers:
        assert parsers[as_format](text) == []
