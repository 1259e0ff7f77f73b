"""Pure: is a piece of a sentence said to somebody, or about somebody?"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from roomhand.turns.address_lexicon import Lexicon, Phrases, plain
from roomhand.turns.address_text import without
from roomhand.turns.orders import Order

_LONGEST_ORDER = 5
_MODEST_REST = 3
"""A cancellation may say so many words more and still be nothing else."""


class Form(Enum):
    """How a sentence goes on after the name that it began with."""

    NOTHING = auto()
    TO_YOU = auto()
    ABOUT = auto()
    UNCLEAR = auto()


def form(
    rest: Sequence[str], people: frozenset[str], lexicon: Lexicon, *, listed: bool = False
) -> Form:
    """What the words behind a name make of it; ``listed``: behind more than one name."""
    rest = _without_fillers(rest, lexicon)
    if not rest:
        return Form.NOTHING
    if plain(rest[0]) in people:
        ahead = form(rest[1:], people, lexicon, listed=True)
        return ahead if ahead is Form.TO_YOU else Form.UNCLEAR
    said_to = _by_first_words(rest, people, lexicon, listed)
    if said_to is Form.UNCLEAR and rest[-1] in lexicon.pleas:
        return Form.TO_YOU
    return said_to


def _without_fillers(rest: Sequence[str], lexicon: Lexicon) -> Sequence[str]:
    start = 0
    while start < len(rest) and rest[start] in lexicon.fillers:
        start += 1
    return rest[start:]


def _by_first_words(
    rest: Sequence[str], people: frozenset[str], lexicon: Lexicon, listed: bool
) -> Form:
    first = rest[0]
    if inverted(rest, people, lexicon) or _begins_with_order(rest, lexicon):
        return Form.TO_YOU
    if listed and first not in lexicon.third and lexicon.you & set(rest[:3]):
        return Form.TO_YOU
    if first in lexicon.clitics:
        return _behind_clitics(rest, lexicon)
    if first in lexicon.third or first in lexicon.again:
        return Form.ABOUT
    if first in lexicon.inverted:
        return Form.UNCLEAR
    if first in lexicon.plural:
        return Form.ABOUT if listed else Form.TO_YOU
    if first in lexicon.requests and (listed or lexicon.habits & set(rest[:4])):
        return Form.TO_YOU if first in lexicon.pleas else Form.UNCLEAR
    if first in lexicon.question_words | lexicon.requests | lexicon.speaking:
        return Form.TO_YOU
    return _by_ending(first, lexicon)


def _by_ending(verb: str, lexicon: Lexicon) -> Form:
    if verb in lexicon.second:
        return Form.TO_YOU
    if verb in lexicon.third:
        return Form.ABOUT
    if verb in lexicon.not_third:
        return Form.UNCLEAR
    if lexicon.second_endings and verb.endswith(lexicon.second_endings):
        return Form.TO_YOU
    if lexicon.third_endings and verb.endswith(lexicon.third_endings):
        return Form.ABOUT
    return Form.UNCLEAR


def _behind_clitics(rest: Sequence[str], lexicon: Lexicon) -> Form:
    at = next((at for at, word in enumerate(rest) if word not in lexicon.clitics), None)
    found = Form.UNCLEAR if at is None else _by_ending(rest[at], lexicon)
    addressed = at is not None and rest[at].endswith(lexicon.clitic_endings or (" ",))
    if found is Form.UNCLEAR and addressed:
        return Form.TO_YOU
    if found is Form.UNCLEAR and rest[0] in lexicon.speaking:
        return Form.TO_YOU
    return found


def is_third(verb: str, lexicon: Lexicon) -> bool:
    """Whether a word is a verb that speaks of a third person."""
    return _by_ending(verb, lexicon) is Form.ABOUT


def inverted(said: Sequence[str], people: frozenset[str], lexicon: Lexicon) -> bool:
    """Verb before subject: "can you", "did Ben"."""
    if len(said) < 2 or said[0] not in lexicon.inverted:
        return False
    named = said[0] in lexicon.names_invert and plain(said[1]) in people
    return named or said[1] in lexicon.inverted[said[0]]


def asks(said: Sequence[str], people: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether it is a question or a request by its words, after what may open any sentence."""
    start = 0
    weak = lexicon.openers - lexicon.requests - lexicon.you - lexicon.question_words
    while start < len(said) and (said[start] in weak or plain(said[start]) in people):
        start += 1
    rest = said[start:]
    if not rest:
        return False
    strong = lexicon.question_words | lexicon.requests | lexicon.second | lexicon.plural
    endings = lexicon.second_endings and rest[0].endswith(lexicon.second_endings)
    return rest[0] in strong or bool(endings) or inverted(rest, people, lexicon)


def _begins_with_order(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """Of an order to wait only the whole: "a moment ago" begins like one."""
    beginnings = {tuple(rest[:length]) for length in range(2, _LONGEST_ORDER + 1)}
    return any(
        tuple(rest) in known or (order is not Order.HOLD and not beginnings.isdisjoint(known))
        for order, known in lexicon.orders.items()
    )


def order_of(said: Sequence[str], lexicon: Lexicon) -> Order | None:
    """The order that these words are and nothing else; names are left out by the caller."""
    if _cancels(said, lexicon):
        return Order.CANCEL
    soft = lexicon.pleas | lexicon.particles
    return _plain_order(said, lexicon) or _plain_order(
        [word for word in said if word not in soft], lexicon
    )


def _plain_order(said: Sequence[str], lexicon: Lexicon) -> Order | None:
    for order in (Order.SILENT, Order.HOLD, Order.RESUME, Order.CALL_ON):
        known = lexicon.orders[order]
        if _has(said, known) and not list(without(said, known | lexicon.courtesies)):
            return order
    return None


def _cancels(said: Sequence[str], lexicon: Lexicon) -> bool:
    at = next(
        (at for at in range(len(said)) if _has(said[at:], lexicon.meant, only_first=True)), None
    )
    said = said if at is None or not _has(said[:at], lexicon.orders[Order.CANCEL]) else said[:at]
    known = lexicon.orders[Order.CANCEL]
    if not _has(said, known):
        return False
    rest = list(without(said, known | lexicon.courtesies | lexicon.meant))
    questions = lexicon.question_words - lexicon.openers
    return len(rest) <= _MODEST_REST and not questions & set(rest)


def _has(said: Sequence[str], known: Phrases, *, only_first: bool = False) -> bool:
    longest = max(len(phrase) for phrase in known)
    starts = range(1) if only_first else range(len(said))
    return any(
        tuple(said[at : at + length]) in known
        for at in starts
        for length in range(1, min(longest, len(said) - at) + 1)
    )
