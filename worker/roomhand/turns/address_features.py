"""Pure: what stands around a name, as the marks by which a learned judge tells a call.

Words near the name by their place, all words by their side, the word sets of the language that
they belong to, and the pauses that were written down. Accents, digits and names make no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from roomhand.turns.address_lexicon import plain
from roomhand.turns.address_namings import Naming
from roomhand.turns.address_text import Sentence, begins_with, contains

_NEAR = 4
"""Words on either side whose place counts."""
_FAR = 20
"""Words on either side that count at all."""
_EDGE = "$"
_NAME = "@"
_FLAGS = (
    *("comma_before", "comma_after", "asks", "quoted", "possessive", "exact"),
    *("listed", "offered", "opened", "marked"),
)


def features(naming: Naming, spoken: Sequence[Sentence], number: int) -> Iterator[str]:
    """Of one occurrence of a name, in sentence ``number`` of what was spoken."""
    yield from _shape(naming)
    left = _known(tuple(reversed(naming.before[-_FAR:])), naming)
    right = _known(naming.after[:_FAR], naming)
    sets = naming.lexicon.sets_of
    yield from _side("l", left, naming.comma_before, sets)
    yield from _side("r", right, naming.comma_after, sets)
    yield f"l0r0={_at(left, 0)} {_at(right, 0)}"
    for one in sets.get(_at(left, 0), ("-",)):
        for other in sets.get(_at(right, 0), ("-",)):
            yield f"L0R0={one} {other}"
    yield from _clauses(naming, left, right, sets)
    yield from _phrases(naming)
    if number:
        yield from _beside("p", _known(spoken[number - 1].words[-_FAR:], naming), sets)
    if number + 1 < len(spoken):
        yield from _beside("n", _known(spoken[number + 1].words[:_FAR], naming), sets)


def _shape(naming: Naming) -> Iterator[str]:
    """Where in its sentence the name stands, and what marks are beside it."""
    yield "always"
    for flag in _FLAGS:
        if getattr(naming, flag):
            yield flag
            yield f"{flag} marked={naming.marked}"
    place = f"{min(len(naming.before), 3)}:{min(len(naming.after), 3)}"
    commas = f"{naming.comma_before:d}{naming.comma_after:d}"
    yield f"place={place}"
    yield f"place={place} commas={commas} asks={naming.asks} marked={naming.marked}"
    yield f"commas={commas} exact={naming.exact} marked={naming.marked}"
    yield f"place={place} exact={naming.exact}"
    yield f"later={min(len(naming.comma_later), 2)} asks={naming.asks}"
    if naming.since_colon is not None:
        yield "colon"
        yield f"colon={len(naming.before) - naming.since_colon == 0}"


def _side(
    side: str, said: Sequence[str], comma: bool, sets: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Words from the name outwards."""
    for at in range(_NEAR):
        word = _at(said, at)
        yield f"{side}{at}={word}"
        for one in sets.get(word, ()):
            yield f"{side}{at}S={one}"
            if not at:
                yield f"{side}0S={one} {comma}"
    yield f"{side}0={_at(said, 0)} {comma}"
    yield f"{side}01={_at(said, 0)} {_at(said, 1)}"
    yield f"{side}012={_at(said, 0)} {_at(said, 1)} {_at(said, 2)}"
    yield f"{side}12={_at(said, 1)} {_at(said, 2)}"
    for one in sets.get(_at(said, 0), ("-",)):
        for other in sets.get(_at(said, 1), ("-",)):
            yield f"{side}01S={one} {other}"
    for at in range(2):
        for length in (1, 2, 3):
            yield f"{side}{at}e={_at(said, at)[-length:]}"
    yield f"{side}z={said[-1] if said else _EDGE}"
    yield f"{side}zz={' '.join(said[-2:])}"
    for one in sets.get(said[-1], ()) if said else ():
        yield f"{side}zS={one}"
    yield from _beside(side, said, sets)


def _beside(side: str, said: Sequence[str], sets: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Words whose place does not count."""
    found = {f"{side}={word}" for word in said}
    found |= {f"{side}={word} {other}" for word, other in pairwise(said)}
    found |= {f"{side}S={one}" for word in said for one in sets.get(word, ())}
    yield from sorted(found)


def _clauses(
    naming: Naming, left: Sequence[str], right: Sequence[str], sets: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """The words behind the commas further on, and those around the last one before."""
    for at in naming.comma_later[:3]:
        yield f"rc={_at(right, at)}"
        yield f"rcc={_at(right, at)} {_at(right, at + 1)}"
        for one in sets.get(_at(right, at), ()):
            yield f"rcS={one}"
    if naming.since_comma and not naming.comma_before:
        at = len(naming.before) - naming.since_comma
        yield f"lc={_at(left, at - 1)}"
        yield f"lc={_at(left, at - 1)} {_at(left, at)}"
        for one in sets.get(_at(left, at - 1), ()):
            yield f"lcS={one}"


def _phrases(naming: Naming) -> Iterator[str]:
    """Kinds of phrases: right behind the name, right before it, anywhere on one side."""
    before, after = naming.before[-_FAR:], naming.after[:_FAR]
    for kind, known in naming.lexicon.phrases_by_kind.items():
        if begins_with(after, known):
            yield f"r0P={kind}"
        if any(before[-length:] in known for length in range(1, _NEAR + 1)):
            yield f"l0P={kind}"
        if contains(before, known):
            yield f"lP={kind}"
        if contains(after, known):
            yield f"rP={kind}"


def _at(said: Sequence[str], place: int) -> str:
    return said[place] if 0 <= place < len(said) else _EDGE


def _known(said: Sequence[str], naming: Naming) -> tuple[str, ...]:
    """Without accents; a name of the room is any name, and a number any number."""
    return tuple(_spelled(word, naming.people) for word in said)


def _spelled(word: str, people: frozenset[str]) -> str:
    bare = plain(word)
    if bare in people or bare.removesuffix("'s") in people:
        return _NAME
    return "#" if bare.isdigit() else bare
