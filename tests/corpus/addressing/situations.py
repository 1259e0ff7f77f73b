"""Lines whose meaning depends on the situation they were said in: situations/LANGUAGE_NUMBER.txt.

Written as the lines that teach were (lines/README.md), from the policy alone. A scene begins with
``@ AGENT; people: A, B; agents: X``; its first person speaks. Every other line is a mark, a letter
for the situation, and what was said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from roomhand.profiles import Policy
from roomhand.turns.address import Names, Situation
from roomhand.turns.orders import Order
from tests.corpus.addressing.scene import Scene, scene_of

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
    scene: Scene | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if begun := scene_of(line):
            scene = begun
            continue
        mark, letter, text = [*line.split(" ", 2), "", ""][:3]
        if not line.strip():
            continue
        if mark not in MARKS or letter not in LETTERS or not text or scene is None:
            raise ValueError(f"{path.name}:{number}: write a mark, a letter and a text")
        others = scene.people[:1] if letter == "A" else (*scene.people, *scene.agents)
        situation = _situation(letter, path.stem[:2], scene)
        yield Said(letter, text, Names(scene.names, others), situation, *MARKS[mark])


def _situation(letter: str, language: str, scene: Scene) -> Situation:
    speaker, other = scene.people[0], scene.people[-1]
    alone = letter == "A"
    return Situation(
        speaker=speaker,
        now_ms=_NOW_MS,
        people=1 if alone else len(scene.people),
        agents=1 if alone else 1 + len(scene.agents),
        answered=(other if letter in "OW" else speaker) if letter in _AGO_MS else None,
        answered_ms=_NOW_MS - _AGO_MS.get(letter, 0),
        policy=_POLICIES.get(letter, Policy.ADDRESSED),
        asked=speaker if letter == "Q" else None,
        language=language,
    )
