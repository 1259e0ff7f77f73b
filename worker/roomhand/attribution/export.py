"""A transcript as Markdown, JSON, SRT or WebVTT. Pure: from segments to text and back.

Names and words are hostile input: whatever they hold, a cue stays one cue under one name. Each
speaker has cues of his own, also where several speak at once; order is by onset. What is known of
the meeting's completeness stands at the top, but for SubRip, which has no place for it.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from pysubs2 import SSAEvent, SSAFile

from roomhand.attribution.completeness import Completeness, Hole
from roomhand.attribution.identity import Kind, safe_name
from roomhand.attribution.people import people
from roomhand.attribution.segments import Segment, SegmentKind, in_order, revisions_in_order


class Format(StrEnum):
    """What a transcript can be written as; the value is the file's extension."""

    MARKDOWN = "md"
    JSON = "json"
    SRT = "srt"
    VTT = "vtt"


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle. ``name`` is empty for a gap or notice. Times are meeting time."""

    start_ms: int
    end_ms: int
    name: str
    text: str


def export(
    segments: Iterable[Segment],
    as_format: Format,
    title: str = "Meeting",
    found: Completeness | None = None,
    *,
    revisions: bool = False,
) -> str:
    """The transcript of a meeting as text, ending with a line break.

    ``found``: what is known of its completeness, to be stated. ``revisions``: every one of each
    segment, not only the newest.
    """
    ordered = revisions_in_order(segments) if revisions else in_order(segments)
    return _WRITERS[as_format](ordered, title, found)


def is_shown(segment: Segment) -> bool:
    """Whether people are to see it; JSON has everything."""
    return segment.kind is not SegmentKind.DOUBTED


def cues(segments: Iterable[Segment]) -> list[Cue]:
    """What subtitles show: one line for each segment that has words, cleaned."""
    shown = ((one, _words(one)) for one in in_order(segments) if is_shown(one))
    return [
        Cue(
            start_ms=max(0, segment.start_ms),
            end_ms=max(0, segment.start_ms, segment.end_ms),
            name=_speaker(segment),
            text=text,
        )
        for segment, text in shown
        if text
    ]


def overlaps(shown: Sequence[Cue]) -> list[tuple[Cue, tuple[str, ...]]]:
    """Each cue, and the names of who was already speaking, and still was, when it began."""
    running: list[Cue] = []
    found = []
    for cue in shown:
        running = [one for one in running if one.end_ms > cue.start_ms]
        names = dict.fromkeys(one.name for one in running if one.name != cue.name)
        found.append((cue, tuple(names) if cue.name else ()))
        if cue.name:
            running.append(cue)
    return found


def meanwhile(over: Sequence[str]) -> str:
    """What stands behind the name of somebody who began while others spoke."""
    return f" (over {', '.join(over)})" if over else ""


def statement(found: Completeness) -> list[str]:
    """Lines for people: whether a transcript is complete, and each of its holes."""
    if found.complete:
        return ["Complete." if found.ended else "Complete so far: the meeting goes on."]
    return ["Not complete. What is missing:", *map(_hole_line, found.holes)]


def _hole_line(hole: Hole) -> str:
    name, length = safe_name(hole.name, fallback=safe_name(hole.identity)), hole.length_ms / 1000
    when = "" if hole.start_ms is None else f"{clock(hole.start_ms)} "
    return f"{when}{name}: {length:.1f} s, {_one_line(hole.reason)}"


def line_of(segment: Segment) -> str:
    """One line for a terminal: time, name, words; what is no speech stands in brackets."""
    text, name = _words(segment), _speaker(segment)
    said = f"{name}: {text}" if name else f"[{text}]"
    return f"{clock(segment.start_ms)}  {said}"


def parse_json(text: str) -> list[Segment]:
    """The segments of an export. Raises ValueError, KeyError or TypeError where it is none."""
    return [Segment.from_json(json.dumps(fields)) for fields in json.loads(text)["segments"]]


def parse_srt(text: str) -> list[Cue]:
    """The cues of an export."""
    return [_split_srt(event) for event in SSAFile.from_string(text, "srt", keep_html_tags=True)]


def parse_vtt(text: str) -> list[Cue]:
    """The cues of an export."""
    return [_split_vtt(event) for event in SSAFile.from_string(text, "vtt", keep_html_tags=True)]


def _to_markdown(segments: Sequence[Segment], title: str, found: Completeness | None) -> str:
    lines = [f"# {_markdown(_one_line(title))}", ""]
    if found is not None:
        first, *holes = statement(found)
        lines += [f"*{_markdown(first)}*", "", *(f"- {_markdown(hole)}" for hole in holes)]
        lines += [""] if holes else []
    for cue, over in overlaps(cues(segments)):
        lines += [f"`{clock(cue.start_ms)}` {_markdown_said(cue, over)}", ""]
    return "\n".join(lines)


def _markdown_said(cue: Cue, over: Sequence[str]) -> str:
    if not cue.name:
        return f"*{_markdown(cue.text)}*"
    return f"**{_markdown(cue.name)}{_markdown(meanwhile(over))}:** {_markdown(cue.text)}"


def _to_json(segments: Sequence[Segment], title: str, found: Completeness | None) -> str:
    body: dict[str, object] = {"title": title}
    if found is not None:
        body |= {"ended": found.ended, "complete": found.complete}
        if found.reason is not None:
            body["end_reason"] = found.reason
        body["holes"] = [asdict(hole) for hole in found.holes]
    body["people"] = [asdict(one) | {"name": one.name} for one in people(segments)]
    body["segments"] = [json.loads(segment.to_json()) for segment in segments]
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _to_srt(segments: Sequence[Segment], title: str, found: Completeness | None) -> str:
    return _subtitles(segments, "srt", _srt_line)


def _to_vtt(segments: Sequence[Segment], title: str, found: Completeness | None) -> str:
    text = _subtitles(segments, "vtt", _vtt_line)
    if found is None:
        return text
    head, body = text.split("\n", 1)
    note = "\n".join(srt_text(line).replace("--", "––") for line in statement(found))
    return f"{head}\n\nNOTE\n{note}\n{body or chr(10)}"


_WRITERS: dict[Format, Callable[[Sequence[Segment], str, Completeness | None], str]] = {
    Format.MARKDOWN: _to_markdown,
    Format.JSON: _to_json,
    Format.SRT: _to_srt,
    Format.VTT: _to_vtt,
}


def _subtitles(segments: Sequence[Segment], extension: str, line: Callable[[Cue], str]) -> str:
    subtitles = SSAFile()
    subtitles.events = [
        SSAEvent(start=cue.start_ms, end=cue.end_ms, text=line(cue)) for cue in cues(segments)
    ]
    return subtitles.to_string(extension, keep_ssa_tags=True)


# SubRip has no way to write these as text; what looks the same takes their place.
_LOOKALIKES = str.maketrans({"<": "‹", ">": "›", "\\": "⧵", "{": "❴", "}": "❵", "[": "❲", "]": "❳"})
_TIMESTAMP = re.compile(r"(?<=\d):(?=\d)")


def _srt_line(cue: Cue) -> str:
    return f"{cue.name}: {srt_text(cue.text)}" if cue.name else f"[{srt_text(cue.text)}]"


def srt_text(text: str) -> str:
    """Words as SubRip shows them. Digits around a colon could be read as the time of a cue."""
    return _TIMESTAMP.sub("∶", text.translate(_LOOKALIKES))


def _split_srt(event: SSAEvent) -> Cue:
    name, mark, text = event.text.partition(": ")
    if event.text.startswith("[") or not mark:
        name, text = "", event.text.removeprefix("[").removesuffix("]")
    return Cue(event.start, event.end, name, text)


def _vtt_line(cue: Cue) -> str:
    if not cue.name:
        return f"[{_vtt(cue.text)}]"
    return f"<v {_vtt(cue.name)}>{_vtt(cue.text)}"


def _vtt(text: str) -> str:
    """Escaped: markup, arrows, the backslash of pysubs2, and colons that could be a time."""
    escaped = html.escape(text, quote=False).replace("--", "&#45;&#45;").replace("\\", "&#92;")
    return _TIMESTAMP.sub("&#58;", escaped)


def _split_vtt(event: SSAEvent) -> Cue:
    voice = re.fullmatch(r"<v ([^>]*)>(.*)", event.text)
    name, text = voice.groups() if voice else ("", event.text[1:-1])
    return Cue(event.start, event.end, html.unescape(name), html.unescape(text))


def _words(segment: Segment) -> str:
    """What is shown of it: words that were cut off end in a dash, a gap says whose words lack."""
    text = _one_line(segment.text)
    if segment.kind is SegmentKind.GAP and segment.speaker:
        heard = segment.speaker_kind is Kind.AGENT
        return f"{_name(segment)} {'spoke' if heard else 'was not heard'}: {text}"
    return f"{text} —" if segment.interrupted and text else text


def _name(segment: Segment) -> str:
    return safe_name(segment.name, fallback=safe_name(segment.speaker))


def _speaker(segment: Segment) -> str:
    if segment.kind in (SegmentKind.GAP, SegmentKind.NOTICE):
        return ""
    return _name(segment)


def _one_line(text: str) -> str:
    """Printable, on one line. Control and format characters (Unicode C) vanish."""
    kept = (" " if ch.isspace() else ch for ch in text if ch.isspace() or _printable(ch))
    return " ".join("".join(kept).split())


def _printable(character: str) -> bool:
    return unicodedata.category(character)[0] != "C"


def _markdown(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|!~&])", r"\\\1", text)


def clock(ms: int) -> str:
    """Meeting time as H:MM:SS."""
    minutes, seconds = divmod(max(0, ms) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
