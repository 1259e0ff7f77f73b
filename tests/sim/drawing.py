"""Who speaks when, drawn from a seed: people take turns, with a given share of overlap. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.sim.script import SAID_EACH_S, TAIL_S, Role, Script, Turn, Window
from tests.sim.tones import GAP_S, speaker_words

LEAD_S = 1.0
TURN_WORDS = (3, 6, 2, 5, 8, 4)
PAUSE_S = 0.12
"""Between two speakers who do not overlap."""
LONG_PAUSE_S = 0.5
LONG_PAUSE_EVERY = 6
MOST_OF_A_TURN = 0.6
"""Of two turns, what may be said at once."""
LATER_S = 0.25
"""Until it is looked again whether somebody may speak."""
STOCK = 400
"""Words that one person has."""

NAMES = (
    *("Anna", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gita", "Hugo"),
    *("Ida", "Jon", "Kira", "Leo", "Mia", "Nils", "Olga", "Paul"),
)


def cast_of(names: Sequence[str]) -> tuple[Role, ...]:
    """People who are there from the beginning to the end; identities as ``p-anna``."""
    return tuple(Role(f"p-{name.lower()}", name) for name in names)


def draw(people: int, length_s: float, *, overlap: float = 0.22, seed: int = 0) -> Script:
    """A meeting of so many people, all there all the time, in tone words."""
    cast = cast_of(NAMES[:people])
    window = Window(LEAD_S, length_s - TAIL_S)
    talk = draw_turns(people, window, overlap=overlap, stock=stock_of(people, seed))
    return Script(cast, tuple(talk))


def stock_of(people: int, seed: int) -> list[Iterator[str]]:
    """Words that are each person's alone."""
    return [iter(speaker_words(person, STOCK, seed=seed)) for person in range(people)]


def draw_turns(
    people: int,
    window: Window,
    *,
    overlap: float,
    stock: Sequence[Iterator[str]],
    free: Callable[[int, Window], bool] = lambda person, window: True,
) -> list[Turn]:
    """Turns within a window. ``free`` tells whether a person may speak then."""
    talk = _Talk(people, overlap, free)
    start_s = window.from_s
    while True:
        count = TURN_WORDS[len(talk.turns) % len(TURN_WORDS)]
        spoken_s = count * SAID_EACH_S - GAP_S
        if start_s + spoken_s > window.to_s:
            return talk.turns
        person = talk.next_speaker(Window(start_s, start_s + spoken_s))
        if person is None:
            start_s += LATER_S
            continue
        words = tuple(next(stock[person]) for _ in range(count))
        talk.add(Turn(person, round(start_s, 3), words))
        start_s = talk.next_start_s()


@dataclass
class _Talk:
    people: int
    overlap: float
    free: Callable[[int, Window], bool]
    turns: list[Turn] = field(default_factory=list)
    said: dict[int, int] = field(default_factory=dict)
    done_s: dict[int, float] = field(default_factory=dict)
    spoken_s: float = 0.0
    """With at least one voice."""
    both_s: float = 0.0
    end_s: float = 0.0

    def next_speaker(self, window: Window) -> int | None:
        """Who said least, of those who may speak and did not speak last."""
        last = self.turns[-1].person if self.turns and self.people > 1 else None
        able = [
            person
            for person in range(self.people)
            if person != last
            and self.done_s.get(person, 0.0) + PAUSE_S <= window.from_s
            and self.free(person, window)
        ]
        return min(able, key=lambda person: self.said.get(person, 0), default=None)

    def add(self, turn: Turn) -> None:
        self.turns.append(turn)
        self.said[turn.person] = self.said.get(turn.person, 0) + len(turn.words)
        self.done_s[turn.person] = turn.end_s
        both_s = max(0.0, min(self.end_s, turn.end_s) - turn.start_s)
        self.both_s += both_s
        self.spoken_s += turn.end_s - turn.start_s - both_s
        self.end_s = max(self.end_s, turn.end_s)

    def next_start_s(self) -> float:
        """Into the last turn while too little was said at once, else after it."""
        owed_s = self.overlap * self.spoken_s - self.both_s
        turn = self.turns[-1]
        if owed_s > 0 and self.people > 1:
            shared_s = min(owed_s * 2, MOST_OF_A_TURN * (turn.end_s - turn.start_s))
            return max(turn.start_s + PAUSE_S, turn.end_s - shared_s)
        long = len(self.turns) % LONG_PAUSE_EVERY == 0
        return self.end_s + (LONG_PAUSE_S if long else PAUSE_S)
