"""What may be said in a demo: lines that the offline recogniser was measured to understand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

LINES = Path(__file__).resolve().parent.parent / "sim" / "lines.json"
SUMMARIES = (
    "{agent}, what have we talked about?",
    "{agent}, what did we talk about?",
    "{agent}, what did we decide today?",
)
"""Understood without an error in all three voices."""
OTHER_AGENT = "Oscar"
HANDOVERS = ("{agent}, please ask {other}.", "Okay {agent}, please ask {other}.")


@dataclass(frozen=True, slots=True)
class Line:
    """One measured line. ``facts`` are the words that only this line brings into a meeting."""

    kind: str
    text: str
    topic: str = ""
    person: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """All measured lines, and the agents' names that they use."""

    agent: str
    lines: tuple[Line, ...]
    summaries: tuple[str, ...] = field(default=())
    other_agent: str = OTHER_AGENT
    handovers: tuple[str, ...] = field(default=())
    """How one agent is told to pass the last question on to the other."""

    def of(self, kind: str) -> tuple[Line, ...]:
        """Every line of a kind."""
        return tuple(line for line in self.lines if line.kind == kind)

    @property
    def topics(self) -> tuple[str, ...]:
        """Everything that a fact can be about."""
        return tuple(dict.fromkeys(line.topic for line in self.of("statement")))

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody who can be asked about."""
        return tuple(dict.fromkeys(line.person for line in self.of("question")))

    def question(self, person: str, topic: str) -> str | None:
        """How to ask what a person said about a topic, if that was measured."""
        asked = (q for q in self.of("question") if (q.person, q.topic) == (person, topic))
        return next((line.text for line in asked), None)


def load_lines(path: Path = LINES) -> Lines:
    """Read the measured lines. Raises OSError, KeyError or ValueError where they are not."""
    table = json.loads(path.read_text(encoding="utf-8"))
    lines = tuple(
        Line(
            kind=line["kind"],
            text=line["text"],
            topic=line["topic"],
            person=line["person"],
            facts=tuple(word for word in line["key"] if word != line["topic"]),
        )
        for line in table["lines"]
    )
    agent = table["agent"]
    handovers = tuple(text.format(agent=agent, other=OTHER_AGENT) for text in HANDOVERS)
    summaries = tuple(text.format(agent=agent) for text in SUMMARIES)
    return Lines(agent, lines, summaries, handovers=handovers)
