"""Lines whose meaning depends on the situation they were said in: situations/LANGUAGE_NUMBER.txt.

Written as the lines that teach were (lines/README.md), from the policy alone. A scene begins with
``@ AGENT; people: A, B; agents: X``; its first person speaks. Every other line is a mark, a letter
for the situation, and what was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from roomhand.profiles import Policy
from roomhand.turns.address import Names, Situation
from roomhand.turns.orders import Order

FOLDER = Path(__file__).parent / "situations"
MARKS: Mapping[str, tuple[bool, Order | None]] = {
    "+": (True, None),
    "-": (False, None),
    "x": (False, Order.CANCEL),
    "h": (True, Order.HOLD),
    "r": (True, Order.RESUME),
    "s": (True, Order.SILENT),
    "c": (True, Order.CALL_ON),
}
"""Whether the agent was addressed, and the order that it was given."""
LETTERS = {
    "F": "the speaker was answered a moment ago",
    "O": "somebody else was",
    "L": "the speaker was, minutes ago",
    "Q": "the agent has just asked the speaker something",
    "A": "the speaker is alone with the agent",
    "N": "nothing of that",
    "P": "policy open",
    "W": "policy follow_up, and somebody else was answered a moment ago",
    "R": "policy raise_hand",
}
_POLICIES = {"P": Policy.OPEN, "W": Policy.FOLLOW_UP, "R": Policy.RAISE_HAND}
_NOW_MS = 600_000
_AGO_MS = {"F": 3_000, "O": 3_000, "Q": 3_000, "W": 3_000, "L": 180_000}
_SCENE = re.compile(r"@\s*(?P<agent>[^;]+);\s*people:(?P<people>[^;]*);\s*agents:(?P<agents>.*)")


@dataclass(frozen=True, slots=True)
class Said:
    """One line."""

    letter: str
    text: str
    names: Names
    situation: Situation
    addressed: bool
    order: Order | None


def said(folder: Path = FOLDER) -> Iterator[Said]:
    """Every line. Raises ValueError with file and line number."""
    for path in sorted(folder.glob("*.txt")):
        yield from _of_file(path)


def _of_file(path: Path) -> Iterator[Said]:
    agent, people, agents = "", [""], [""]
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if scene := _SCENE.fullmatch(line.strip()):
            agent = scene["agent"].strip()
            people, agents = _listed(scene["people"]), _listed(scene["agents"])
            continue
        mark, letter, text = [*line.split(" ", 2), "", ""][:3]
        if not line.strip():
            continue
        if mark not in MARKS or letter not in LETTERS or not text or not agent:
            raise ValueError(f"{path.name}:{number}: write a mark, a letter and a text")
        others = people[:1] if letter == "A" else [*people, *agents]
        situation = _situation(letter, path.stem[:2], people, agents)
        yield Said(letter, text, Names((agent,), tuple(others)), situation, *MARKS[mark])


def _situation(letter: str, language: str, people: list[str], agents: list[str]) -> Situation:
    speaker, other = people[0], people[-1]
    alone = letter == "A"
    return Situation(
        speaker=speaker,
        now_ms=_NOW_MS,
        people=1 if alone else len(people),
        agents=1 if alone else 1 + len(agents),
        answered=(other if letter in "OW" else speaker) if letter in _AGO_MS else None,
        answered_ms=_NOW_MS - _AGO_MS.get(letter, 0),
        policy=_POLICIES.get(letter, Policy.ADDRESSED),
        asked=speaker if letter == "Q" else None,
        language=language,
    )


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
