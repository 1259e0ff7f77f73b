"""A scripted meeting: who says which tone words when, what a transcript must say, and how it fails.

The words of a speaker are theirs alone, so that a word shows whose it is. ``score`` compares any
record of the meeting with the script; every fault it can find is a count, and ``faultless`` is the
one check that all meetings are held to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from tests.sim.tones import GAP_S, WORD_S, Samples, encode, speaker_of, speaker_words

LEAD_S = 1.0
TAIL_S = 1.5
TURN_WORDS = (3, 6, 2, 5, 8, 4)
OVERLAP_SHARE = 0.22
"""Of a turn, said before the turn before it is over."""
PAUSE_S = 0.5
PAUSE_EVERY = 6
SAID_EACH_S = WORD_S + GAP_S


@dataclass(frozen=True, slots=True)
class Turn:
    """One person says words, from ``start_s`` of the meeting on."""

    person: int
    start_s: float
    words: tuple[str, ...]

    @property
    def end_s(self) -> float:
        return self.start_s + len(self.words) * SAID_EACH_S - GAP_S


@dataclass(frozen=True, slots=True)
class Script:
    """A whole meeting of ``people`` people."""

    people: int
    turns: tuple[Turn, ...]

    @property
    def length_s(self) -> float:
        return max(turn.end_s for turn in self.turns) + TAIL_S

    @property
    def overlap(self) -> float:
        """Share of the spoken time in which at least two speak."""
        step_s = 0.02
        steps = np.zeros(int(self.length_s / step_s) + 1, np.int8)
        for turn in self.turns:
            steps[int(turn.start_s / step_s) : int(turn.end_s / step_s)] += 1
        return float((steps > 1).sum() / (steps > 0).sum())

    def words_of(self, person: int) -> list[str]:
        """All that one person says, in order."""
        return [word for turn in self.turns if turn.person == person for word in turn.words]

    def audio_of(self, person: int, rate: int = 24_000) -> Samples:
        """What one person's microphone gives from the beginning to the end, mono."""
        audio = np.zeros(round(self.length_s * rate), np.int16)
        for turn in self.turns:
            if turn.person == person:
                spoken = encode(turn.words, rate)
                at = round(turn.start_s * rate)
                assert not audio[at : at + len(spoken)].any(), "nobody interrupts himself"
                audio[at : at + len(spoken)] = spoken
        return audio


def make_script(people: int, length_s: float, *, seed: int = 0) -> Script:
    """People take turns, most of them before the other one has finished, until ``length_s``."""
    stock = [iter(speaker_words(person, 400, seed=seed)) for person in range(people)]
    turns: list[Turn] = []
    said = [0] * people
    start_s, number, person = LEAD_S, 0, 0
    while True:
        count = TURN_WORDS[number % len(TURN_WORDS)]
        words = tuple(next(stock[person]) for _ in range(count))
        turn = Turn(person, start_s, words)
        if turn.end_s + TAIL_S > length_s:
            return Script(people, tuple(turns))
        turns.append(turn)
        said[person] += count
        others = (other for other in range(people) if other != person)
        person = min(others, key=said.__getitem__)
        number += 1
        spoken_s = turn.end_s - turn.start_s
        pause = number % PAUSE_EVERY == 0
        start_s = turn.end_s + (PAUSE_S if pause else -OVERLAP_SHARE * spoken_s)


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
    """A person of the script, as the room knows them."""

    identity: str
    name: str
    track: str


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
    invented: int

    @property
    def faultless(self) -> bool:
        """Every word that arrived, once, in order, under the right name; and nothing else."""
        others = {"said", "damaged"}
        faults = {name: count for name, count in asdict(self).items() if name not in others}
        return self.said > self.damaged and not any(faults.values())

    @property
    def carried(self) -> bool:
        """At most two words in a hundred were damaged on their way; more prove nothing.

        A machine that is short of processor time does that: the jitter buffer then repeats and
        stretches what it has.
        """
        return 50 * self.damaged <= self.said


def _arrived(_person: int, _word: str) -> bool:
    return True


def score(
    script: Script,
    people: Sequence[Attendant],
    record: Iterable[Recorded],
    arrived: Callable[[int, str], bool] = _arrived,
) -> Score:
    """Hold a record against the script. ``people`` are in the order of the script; ``arrived``
    tells of a person's word that is missing whether it came out of the SFU whole."""
    pieces = sorted(record, key=lambda piece: piece.start_ms)
    number_of = {person.identity: number for number, person in enumerate(people)}
    said = {word for turn in script.turns for word in turn.words}
    found = Counter(word for piece in pieces for word in piece.text.split())
    misattributed = misnamed = 0
    for piece in pieces:
        number = number_of.get(piece.identity)
        for word in piece.text.split():
            if word not in said:
                continue
            if number is None or speaker_of(word) != number:
                misattributed += 1
            elif (piece.name, piece.track) != (people[number].name, people[number].track):
                misnamed += 1
    missing = [word for word in said if word not in found]
    lost = sum(arrived(speaker_of(word), word) for word in missing)
    return Score(
        said=len(said),
        lost=lost,
        damaged=len(missing) - lost,
        doubled=sum(found[word] - 1 for word in said if found[word] > 1),
        misattributed=misattributed,
        misnamed=misnamed,
        disordered=sum(_disordered(script, number, pieces) for number in range(script.people)),
        invented=sum(count for word, count in found.items() if word not in said),
    )


def _disordered(script: Script, person: int, pieces: Sequence[Recorded]) -> int:
    place = {word: at for at, word in enumerate(script.words_of(person))}
    seen = [place[word] for piece in pieces for word in piece.text.split() if word in place]
    return sum(later < earlier for earlier, later in pairwise(seen))


def as_figures(outcome: Score) -> Mapping[str, int]:
    """For a report."""
    return asdict(outcome)
