"""Pure: does a sentence tell of somebody who calls the name, or of what its owner did?

Behind a clause of its own a call looks the same as a quotation without marks: "the train is late
Sage what now" and "the coach comes in roaring Sage what now". No word of the first part decides
alone. Each of these tells a little, the weights are added, and in doubt nobody was called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from roomhand.turns.address_clause import behind, unopened
from roomhand.turns.address_lexicon import plain
from roomhand.turns.address_namings import Naming
from roomhand.turns.address_quotes import you_reported
from roomhand.turns.address_text import name_words

_ENOUGH = 2
_SUBJECT_REACH = 3


def told(naming: Naming) -> bool:
    """Whether there is more in it of a story than of a call."""
    if behind(naming, naming.lexicon.insertions) or you_reported(naming):
        return False
    return sum(weight for weight, holds in _EVIDENCE if holds(naming)) >= _ENOUGH


def signs(naming: Naming) -> Iterator[str]:
    """Which of the evidence there is, whatever it comes to."""
    return (holds.__name__.lstrip("_") for _, holds in _EVIDENCE if holds(naming))


def _somebody_utters(naming: Naming) -> bool:
    lexicon = naming.lexicon
    return bool((lexicon.vocal | lexicon.reporting - lexicon.requests) & set(naming.before))


def _third_person(naming: Naming) -> bool:
    """The sentence begins with somebody who is not here: "she", "my aunt", "the coach"."""
    lexicon, start = naming.lexicon, unopened(naming)[:_SUBJECT_REACH]
    if not start or (lexicon.speaking - lexicon.nominal) & set(start):
        return False
    return bool(lexicon.thirds & set(start)) or plain(start[0]) in naming.people


def _very_words(naming: Naming) -> bool:
    return bool(naming.lexicon.presenting & set(naming.before))


def _in_writing(naming: Naming) -> bool:
    before = set(naming.before)
    return bool(naming.lexicon.texts & before and naming.lexicon.reading & before)


def _habit(naming: Naming) -> bool:
    return bool(naming.lexicon.habits & set(naming.before))


def _said_before(naming: Naming) -> bool:
    spoken = tuple(map(plain, naming.before))
    return set(name_words(naming.name)) <= set(spoken)


def _said_to_you(naming: Naming) -> bool:
    return bool(naming.lexicon.you & set(naming.before))


_EVIDENCE: tuple[tuple[int, Callable[[Naming], bool]], ...] = (
    (2, _somebody_utters),
    (2, _very_words),
    (2, _in_writing),
    (1, _third_person),
    (1, _habit),
    (1, _said_before),
    (-1, _said_to_you),
)
