"""A performance without rooms: what a script would leave behind, with a recogniser's errors."""

from __future__ import annotations

import random
from collections.abc import Sequence

from roomhand.attribution.identity import Kind as SpeakerKind
from roomhand.attribution.segments import Segment, SegmentKind
from tests.demo.asking import load_asking
from tests.demo.lines import load_lines
from tests.demo.score import Spoken
from tests.demo.script import Kind, Script, draw

MS_PER_WORD = 330
VAD_LATE_MS, VAD_LONG_MS = 40, 200


def rehearsed(seed: int, error_rate: float = 0.0) -> tuple[Script, list[Spoken], list[Segment]]:
    """Script, what was spoken when, and its transcript.

    The few words that pass a question on were measured to arrive as they are.
    """
    script = draw(seed, load_lines(), load_asking())
    spoken = performed(script)
    rng = random.Random(seed)
    vocabulary = sorted({word for s in script.sayings for word in s.text.lower().split()})
    heard = [
        _segment(script, each, _misheard(each.saying.text, rate, vocabulary, rng))
        for each in spoken
        for rate in [0.0 if each.saying.kind is Kind.HANDOVER else error_rate]
    ]
    return script, spoken, heard


def performed(script: Script) -> list[Spoken]:
    """Every saying with times as they would be."""
    spoken: list[Spoken] = []
    now_ms = 0
    for beat in script.beats:
        now_ms += round(beat.gap_s * 1000)
        for saying in beat.sayings:
            start_ms = now_ms + round(saying.later_s * 1000)
            end_ms = start_ms + MS_PER_WORD * len(saying.text.split())
            spoken.append(Spoken(saying, start_ms, end_ms))
        now_ms = max(each.end_ms for each in spoken)
    return spoken


def agent_says(text: str, start_ms: int, *, interrupted: bool = False) -> Segment:
    """A segment of the agent."""
    return Segment(
        id=f"agent.{start_ms}",
        kind=SegmentKind.AGENT,
        speaker="sage",
        name="Sage",
        text=text,
        start_ms=start_ms,
        end_ms=start_ms + MS_PER_WORD * len(text.split()),
        speaker_kind=SpeakerKind.AGENT,
        interrupted=interrupted,
    )


def _segment(script: Script, spoken: Spoken, text: str) -> Segment:
    who = spoken.saying.who
    return Segment(
        id=f"{who}.{spoken.start_ms}",
        kind=SegmentKind.SPEECH,
        speaker=who,
        name=script.name_of(who),
        text=text,
        start_ms=spoken.start_ms + VAD_LATE_MS,
        end_ms=spoken.end_ms + VAD_LONG_MS,
    )


def _misheard(text: str, rate: float, vocabulary: Sequence[str], rng: random.Random) -> str:
    """Some words taken for another one of the meeting, some missed, some made up."""
    heard: list[str] = []
    for word in text.lower().split():
        if rng.random() >= rate:
            heard.append(word)
        else:
            heard += rng.choice(([], [rng.choice(vocabulary)], [word, rng.choice(vocabulary)]))
    return " ".join(heard)
