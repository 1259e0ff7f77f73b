"""Finds out in which voices a call to the agent is understood however it arrives.

    python -m tests.demo.asking

speaks every question of ``tests/sim/lines.json``, every way to ask for a summary and every way to
pass a question on, in every voice, shifted against the codec's frames, at several bit rates, louder
and softer, and asks the worker's own rules whether it was addressed and the brain whether its
answer is right. What passes every time is written to ``asking.json``; in a script nobody calls an
agent in other words. Ten minutes of one core.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np

from roomhand.turns.address import Names, Situation, judge
from roomhand_plugins.base import SAMPLE_RATE, Role, TextTurn
from roomhand_plugins.local.brain import Question, answer
from tests.demo.lines import Line, Lines, load_lines
from tests.demo.people import Samples
from tests.sim import hearing
from tests.sim.hearing import Listener, through_opus
from tests.sim.voices import VOICES, speak

ASKING = Path(__file__).with_name("asking.json")
ASKER, OTHER = "Jennifer", "Thomas"
SUMMED_UP = 3
"""So many turns must a summary quote to be one."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One way for a sentence to arrive at the recogniser."""

    shift_ms: int
    bits_per_s: int
    gain: float


ARRIVALS = (
    Arrival(0, 64_000, 1.0),
    Arrival(3, 64_000, 1.0),
    Arrival(7, 64_000, 0.9),
    Arrival(12, 64_000, 1.0),
    Arrival(16, 64_000, 0.8),
    Arrival(5, 32_000, 1.0),
    Arrival(14, 32_000, 0.9),
)


def load_asking(path: Path = ASKING) -> dict[str, frozenset[str]]:
    """Voice -> the sentences that are always understood in it. Raises OSError, ValueError."""
    table = json.loads(path.read_text(encoding="utf-8"))
    return {voice: frozenset(texts) for voice, texts in table["understood"].items()}


def arrived(text: str, voice: str, arrival: Arrival) -> Samples:
    """The sentence as it comes out of the room."""
    loud = np.round(speak(text, VOICES[voice]) * arrival.gain).astype(np.int16)
    shifted = np.pad(loud, (arrival.shift_ms * SAMPLE_RATE // 1000, SAMPLE_RATE // 3))
    with patch.object(hearing, "OPUS_BITS_PER_S", arrival.bits_per_s):
        return through_opus(shifted)


def understood(
    heard: str, told: Iterable[tuple[str, Line]], facts: Iterable[str], agent: str
) -> bool:
    """Whether the agent takes it as said to itself, and answers with these words."""
    told = list(told)
    people = {ASKER, OTHER, *(name for name, _ in told)}
    names = Names((agent,), tuple(sorted(people)))
    if not judge(heard, names, Situation(speaker="asker", now_ms=60_000, people=3)).addressed:
        return False
    turns = [
        TextTurn(turn_id=str(n), role=Role.PERSON, speaker=name, text=line.text, at_ms=n)
        for n, (name, line) in enumerate(told)
    ]
    said = answer(Question(heard, ASKER, turns, (agent, *sorted(people))))
    quotes = " ".join(quote.words.lower() for quote in said.quotes)
    return all(word in quotes for word in facts)


def _meeting(lines: Lines, person: str, topic: str) -> list[tuple[str, Line]]:
    """One fact about every topic; the one that is asked for is that person's."""
    facts = {line.topic: line for line in lines.of("statement")}
    return [(person if each == topic else OTHER, line) for each, line in facts.items()]


def _passes(listener: Listener, lines: Lines, text: str, voice: str, asked: Line | None) -> bool:
    person, topic = (asked.person, asked.topic) if asked else (OTHER, "")
    told = _meeting(lines, person, topic)
    facts = next((line.facts for _, line in told if line.topic == topic), None)
    wanted = (
        facts if facts is not None else [w for _, line in told[-SUMMED_UP:] for w in line.facts]
    )
    return all(
        understood(listener.hear(arrived(text, voice, each)), told, wanted, lines.agent)
        for each in ARRIVALS
    )


def hands_over(heard: str, lines: Lines) -> bool:
    """Whether the agent takes it as said to itself, and calls the other one by name."""
    names = Names((lines.agent,), (ASKER, OTHER, lines.other_agent))
    situation = Situation(speaker="asker", now_ms=60_000, people=3, agents=2)
    said = answer(Question(heard, ASKER, [], (lines.agent, ASKER, OTHER, lines.other_agent)))
    called = said.text.startswith(f"{lines.other_agent}, ")
    return called and judge(heard, names, situation).addressed


def measure(lines: Lines) -> Mapping[str, list[str]]:
    """By voice, what is understood every time."""
    kept: dict[str, list[str]] = {voice: [] for voice in VOICES}
    listener = Listener([lines.agent, ASKER, OTHER, lines.other_agent])
    for text in lines.handovers:
        for voice in VOICES:
            heard = (listener.hear(arrived(text, voice, each)) for each in ARRIVALS)
            if all(hands_over(each, lines) for each in heard):
                kept[voice].append(text)
    asked: list[tuple[str, Line | None]] = [(line.text, line) for line in lines.of("question")]
    for text, line in [*((summary, None) for summary in lines.summaries), *asked]:
        names = [lines.agent, ASKER, OTHER, *([line.person] if line else [])]
        listener = Listener(names)
        for voice in VOICES:
            passes = _passes(listener, lines, text, voice, line)
            print("+" if passes else "-", voice, text, file=sys.stderr, flush=True)
            if passes:
                kept[voice].append(text)
    return kept


def main() -> None:
    """Measure everything and write the file."""
    table = {"made_by": "python -m tests.demo.asking", "understood": measure(load_lines())}
    ASKING.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
