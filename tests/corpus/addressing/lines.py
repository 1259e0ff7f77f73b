"""Lines that were written to teach the judge: ``lines/LANGUAGE_WRITER.txt``.

A scene begins with ``@ NAME; people: A, B; agents: X``. Every other line is a mark and what was
said: ``+`` the agent was called, ``-`` it was not, ``x`` it was called off, ``h`` told to hold,
``r`` to resume, ``s`` to be silent, ``c`` called on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.addressing.noise import add_noise
from tests.corpus.addressing.scene import scene_of

FOLDER = Path(__file__).parent / "lines"
MARKS = {"+": None, "-": None, "x": "cancel", "h": "hold", "r": "resume", "s": "silent"}
MARKS |= {"c": "call_on"}


@dataclass(frozen=True, slots=True)
class Taught:
    """One line. ``called``: its speaker spoke to the agent; nobody is sure of one called off."""

    writer: str
    language: str
    names: tuple[str, ...]
    others: tuple[str, ...]
    text: str
    called: bool
    order: str | None

    def noisy(self, seed: str) -> str:
        """As a recogniser might write it."""
        return add_noise(self.text, self.language, self.names, self.others, f"{seed} {self.text}")


def taught(folder: Path = FOLDER) -> Iterator[Taught]:
    """Every line, in the order of the files. Raises ValueError with file and line number."""
    for path in sorted(folder.glob("*.txt")):
        yield from _of_file(path)


def _of_file(path: Path) -> Iterator[Taught]:
    language, _, writer = path.stem.partition("_")
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        mark, _, text = row.strip().partition(" ")
        if not mark:
            continue
        if mark == "@":
            scene = scene_of(row)
            if scene is None:
                raise ValueError(f"{path.name}:{number}: write @ NAME; people: A, B; agents: X")
            names = scene.names
            others = (*scene.people, *scene.agents)
        elif mark not in MARKS or not names or not text:
            raise ValueError(f"{path.name}:{number}: write a mark of {' '.join(MARKS)} and a text")
        else:
            called = mark not in "-x"
            yield Taught(writer, language, names, others, text, called, MARKS[mark])
