"""How a record of a scripted meeting fails: every fault it can have, counted in words. Pure.

The words of a speaker are theirs alone, so that a word shows whose it is. ``score`` compares any
record of the meeting with what its script makes one expect; every fault it can find is a count, and
``faultless`` is the one check that all meetings are held to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise

from tests.sim.error_rates import ErrorRates, error_rates
from tests.sim.expected import Fate, Said, expected_transcript, fate
from tests.sim.script import Script

MOST_DAMAGED = 50
"""One word in so many may come out of the SFU damaged; with more, a round proves nothing."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A piece of a record: who is said to have said ``text``, under which name, on which track."""

    identity: str
    name: str
    track: str
    start_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Attendant:
    """A person of the script, as the room knows them. ``track``: the newest one of ``tracks``."""

    identity: str
    name: str
    track: str
    earlier: tuple[str, ...] = ()

    @property
    def tracks(self) -> tuple[str, ...]:
        """All of them, in order."""
        return (*self.earlier, self.track)


@dataclass(frozen=True, slots=True)
class Score:
    """Faults of a record, in words; ``said`` is how many there were to get right."""

    said: int
    lost: int
    damaged: int
    """Not in the record because the audio that came out of the SFU did not hold them any more."""
    doubled: int
    misattributed: int
    misnamed: int
    """Under the right identity, but another display name or track."""
    disordered: int
    """Pairs of one person's words that stand in the wrong order."""
    overheard: int
    """Said while muted, or while nobody subscribed, and in the record all the same."""
    invented: int
    rates: ErrorRates = field(default=ErrorRates(0.0, 0.0))
    """Over the words that arrived: ``named`` is 0 where nothing is wrong."""

    @property
    def faultless(self) -> bool:
        """Every word that arrived, once, in order, under the right name; and nothing else."""
        return self.said > self.damaged and not any(self.faults.values())

    @property
    def faults(self) -> dict[str, int]:
        """What is wrong, by name."""
        counts = as_figures(self)
        return {name: count for name, count in counts.items() if name not in ("said", "damaged")}

    @property
    def carried(self) -> bool:
        """At most two words in a hundred (or one) were damaged on their way; more prove nothing.

        A machine that is short of processor time does that: the jitter buffer then repeats and
        stretches what it has.
        """
        return self.damaged <= max(1, self.said // MOST_DAMAGED)


def _arrived(_person: int, _word: str) -> bool:
    return True


def score(
    script: Script,
    people: Sequence[Attendant],
    record: Iterable[Recorded],
    arrived: Callable[[int, str], bool] = _arrived,
) -> Score:
    """Hold a record against the script. ``people`` are in the order of its cast; ``arrived`` tells
    of a person's word that is missing whether it came out of the SFU whole."""
    pieces = sorted(record, key=lambda piece: piece.start_ms)
    due = {word: said for said in expected_transcript(script) for word in said.words}
    found = Counter(word for piece in pieces for word in piece.text.split())
    number_of = {role.identity: number for number, role in enumerate(script.cast)}
    missing = [word for word in due if word not in found]
    gone = [word for word in missing if not arrived(number_of[due[word].identity], word)]
    pairs = [(piece, due[word]) for piece in pieces for word in piece.text.split() if word in due]
    own = [(piece, said) for piece, said in pairs if piece.identity == said.identity]
    hidden = _hidden(script)
    return Score(
        said=len(due),
        lost=len(missing) - len(gone),
        damaged=len(gone),
        doubled=sum(found[word] - 1 for word in due if found[word] > 1),
        misattributed=len(pairs) - len(own),
        misnamed=sum(
            (piece.name, piece.track) != (said.name, _track(people, number_of, said))
            for piece, said in own
        ),
        disordered=sum(_disordered(script, number, pieces) for number in range(script.people)),
        overheard=sum(found[word] for word in hidden),
        invented=sum(count for word, count in found.items() if word not in {*due, *hidden}),
        rates=error_rates(_texts(due, gone), _recorded(pieces)),
    )


def _hidden(script: Script) -> set[str]:
    unheard = (turn for turn in script.turns if fate(script, turn) is not Fate.HEARD)
    return {word for turn in unheard for word in turn.words}


def _track(people: Sequence[Attendant], number_of: Mapping[str, int], said: Said) -> str:
    tracks = people[number_of[said.identity]].tracks
    return tracks[said.publication] if said.publication < len(tracks) else ""


def _texts(due: Mapping[str, Said], gone: Collection[str]) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for word, said in due.items():
        if word not in gone:
            texts.setdefault(said.identity, []).append(word)
    return {identity: " ".join(words) for identity, words in texts.items()}


def _recorded(pieces: Iterable[Recorded]) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for piece in pieces:
        texts.setdefault(piece.identity, []).append(piece.text)
    return {identity: " ".join(words) for identity, words in texts.items()}


def _disordered(script: Script, person: int, pieces: Sequence[Recorded]) -> int:
    place = {word: at for at, word in enumerate(script.words_of(person))}
    seen = [place[word] for piece in pieces for word in piece.text.split() if word in place]
    return sum(later < earlier for earlier, later in pairwise(seen))


def as_figures(outcome: Score) -> dict[str, int]:
    """The counts, for a report."""
    return {name: count for name, count in asdict(outcome).items() if name != "rates"}
