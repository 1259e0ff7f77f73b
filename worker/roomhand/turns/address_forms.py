"""Pure: is a piece of a sentence said to somebody, or about somebody?"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from itertools import pairwise

from roomhand.turns.address_lexicon import Lexicon, Phrases, plain
from roomhand.turns.address_text import longest, without
from roomhand.turns.orders import Order

_LONGEST_ORDER = 5
_IN_SITU_REACH = 4
_LATE_REACH = 6
_LISTED_REACH = 8
_TO_OBEY = (Order.SILENT, Order.HOLD, Order.RESUME, Order.CALL_ON)
_LONGEST_DENIAL = 12
_DENIAL_REACH = 3
_MODEST_REST = 4
_LOOSE_REST = 6
"""A cancellation may say so many words more and still be nothing else."""


class Form(Enum):
    """How a sentence goes on after the name that it began with."""

    NOTHING = auto()
    TO_YOU = auto()
    ABOUT = auto()
    UNCLEAR = auto()


def form(
    rest: Sequence[str],
    people: frozenset[str],
    lexicon: Lexicon,
    *,
    listed: bool = False,
    at_once: bool = False,
) -> Form:
    """What the words behind a name make of it.

    ``listed``: behind more than one name; ``at_once``: only the very first words may tell.
    """
    if begins_with(rest, lexicon.turning) or _begins_with_order(rest, lexicon):
        return Form.TO_YOU
    rest = _without_fillers(rest, lexicon)
    if not rest:
        return Form.NOTHING
    named = next((at for at, word in enumerate(rest) if plain(word) not in people), len(rest))
    if named:
        return _behind_names(rest[named:], people, lexicon)
    found = _by_first_words(rest, people, lexicon, listed)
    if found is Form.UNCLEAR and not (rest[0] in lexicon.inverted or listed or at_once):
        asked = lexicon.in_situ & set(rest[:_IN_SITU_REACH]) or rest[-1] in lexicon.pleas
        return Form.TO_YOU if asked or _turns_to_you(rest, lexicon) else found
    return found


def _behind_names(rest: Sequence[str], people: frozenset[str], lexicon: Lexicon) -> Form:
    """Names that nothing joins may be called as well, or begin a sentence of their own."""
    ahead = _by_first_words(rest, people, lexicon, True) if rest else Form.UNCLEAR
    to_you = ahead is Form.TO_YOU or _turns_to_you(rest, lexicon)
    return Form.TO_YOU if to_you else Form.UNCLEAR


def asks_later(said: Sequence[str], lexicon: Lexicon) -> bool:
    """Somewhere the verb stands before "we" or "you"."""
    speaks = lexicon.you | lexicon.speaking
    return any(
        b in speaks and (b in lexicon.inverted.get(a, ()) or a in lexicon.plural)
        for a, b in pairwise(said)
    )


def _turns_to_you(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """Further on, what began otherwise is said to somebody ("tomorrow, can you")."""
    asked = asks_later(rest, lexicon)
    late = (lexicon.you_subjects | lexicon.late) & set(rest)
    return asked or bool(late) or contains(rest, lexicon.to_you)


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
    if first in lexicon.joining:
        return Form.ABOUT
    if listed and first not in lexicon.third and lexicon.you & set(rest[:_LISTED_REACH]):
        return Form.TO_YOU
    if listed and first.endswith(lexicon.listed_endings or (" ",)):
        return Form.TO_YOU
    if len(rest) > 1 and rest[1] in lexicon.after_verb:
        return Form.TO_YOU
    if begins_with(rest, lexicon.turning):
        return Form.TO_YOU
    if first in lexicon.clitics:
        return _behind_clitics(rest, lexicon)
    if first in lexicon.again and lexicon.late & set(rest[:_LATE_REACH]):
        return Form.TO_YOU
    if first in lexicon.third or first in lexicon.again:
        return Form.ABOUT
    if first in lexicon.plural:
        return Form.ABOUT if listed else Form.TO_YOU
    if first in lexicon.inverted:
        return Form.UNCLEAR
    if first in lexicon.speaking - lexicon.you and resumed(rest, lexicon):
        return Form.UNCLEAR
    if first in lexicon.relative and not set(rest[1:2]) & lexicon.relative[first]:
        return Form.UNCLEAR
    if first in lexicon.question_words | lexicon.speaking:
        return Form.TO_YOU
    if is_request(first, lexicon):
        several = listed and not set(rest[:2]) & (lexicon.pleas | lexicon.pronoun_objects)
        doubtful = several or lexicon.habits & set(rest[:4])
        return Form.UNCLEAR if doubtful else Form.TO_YOU
    return _by_ending(first, lexicon)


def is_request(word: str, lexicon: Lexicon) -> bool:
    """A verb in the form of a request, whatever is added to it ("dime", "fasse")."""
    bare = plain(word)
    stems = (bare.removesuffix(end) for end in lexicon.request_endings if bare.endswith(end))
    return word in lexicon.requests or any(stem in lexicon.requests for stem in stems)


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
    if found is Form.UNCLEAR and rest[0] in lexicon.reflexive:
        return Form.ABOUT
    addressed = at is not None and rest[at].endswith(lexicon.clitic_endings or (" ",))
    return Form.TO_YOU if found is Form.UNCLEAR and addressed else found


def is_second(verb: str, lexicon: Lexicon) -> bool:
    """Whether a word is a verb of the second person."""
    return _by_ending(verb, lexicon) is Form.TO_YOU


def is_third(verb: str, lexicon: Lexicon) -> bool:
    """Whether a word is a verb that speaks of a third person."""
    return _by_ending(verb, lexicon) is Form.ABOUT


def resumed(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """The second word stands for the name before ("on l'utilise")."""
    second = rest[1] if len(rest) > 1 else ""
    head, mark, _ = second.partition("'")
    return second in lexicon.resuming or head + mark in lexicon.resuming


def begins_with(said: Sequence[str], phrases: Phrases) -> bool:
    """Whether the first words are one of the phrases."""
    lengths = range(1, longest(phrases) + 1)
    return any(tuple(said[:length]) in phrases for length in lengths)


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
    strong = lexicon.question_words | lexicon.second | lexicon.plural
    if rest[0] in strong or is_request(rest[0], lexicon) or inverted(rest, people, lexicon):
        return True
    second = rest[1] if len(rest) > 1 and rest[0] in lexicon.clitics else ""
    if second.endswith(lexicon.clitic_endings or (" ",)):
        return True
    if lexicon.verb_first and len(rest) > 1 and rest[0] in lexicon.third | set(lexicon.inverted):
        return True
    return bool(lexicon.in_situ & set(rest)) or is_second(rest[0], lexicon)


def _begins_with_order(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """Of an order to wait only the whole: "a moment ago" begins like one."""
    beginnings = {tuple(rest[:length]) for length in range(2, _LONGEST_ORDER + 1)}
    return any(
        tuple(rest) in known or (order is not Order.HOLD and not beginnings.isdisjoint(known))
        for order, known in lexicon.orders.items()
    )


def order_of(said: Sequence[str], lexicon: Lexicon, *, whole: bool = False) -> Order | None:
    """The order that these words are and nothing else; names are left out by the caller.

    Of a cancellation a few words more are forgiven, unless the ``whole`` must be one.
    """
    soft = lexicon.pleas | lexicon.particles | lexicon.fillers
    hard = [word for word in said if word not in soft]
    for part in (said, hard, _without_reason(said, lexicon), _without_reason(hard, lexicon)):
        if found := _plain_order(part, lexicon):
            return found
    if _cancels(said, lexicon, 0 if whole else _MODEST_REST):
        return Order.CANCEL
    return None if whole else _loose_order(said, lexicon)


def _without_reason(said: Sequence[str], lexicon: Lexicon) -> Sequence[str]:
    """Not "we need to think" behind "wait", but all of it where it asks something."""
    starts = [at for at, word in enumerate(said) if at and word in lexicon.explaining]
    cut = next((at for at in starts if _plain_order(said[:at], lexicon)), len(said))
    return said if lexicon.late & set(said[cut:]) else said[:cut]


def _plain_order(said: Sequence[str], lexicon: Lexicon) -> Order | None:
    for order in _TO_OBEY:
        known = lexicon.orders[order]
        if contains(said, known) and not list(without(said, known | lexicon.courtesies)):
            return order
    return None


def _loose_order(said: Sequence[str], lexicon: Lexicon) -> Order | None:
    """An order of several words, with a few more that ask for nothing else."""
    busy = lexicon.question_words | lexicon.requests | lexicon.second
    for order in _TO_OBEY:
        few = 0 if order is Order.HOLD else 1
        known = frozenset(phrase for phrase in lexicon.orders[order] if len(phrase) > few)
        if not contains(said, known):
            continue
        rest = list(without(said, known | lexicon.courtesies))
        if len(rest) <= _LOOSE_REST and not busy & set(rest):
            return order
    return None


def _cancels(said: Sequence[str], lexicon: Lexicon, more: int) -> bool:
    """A cancellation of one word stands alone: "nothing" and "leave" are said for much else."""
    known = lexicon.orders[Order.CANCEL]
    starts = (at for at in range(len(said)) if begins_with(said[at:], lexicon.meant))
    meant_at = next((at for at in starts if contains(said[:at], known)), len(said))
    said = said[:meant_at]
    if more and _denies_you(said, lexicon) and len(said) <= _LONGEST_DENIAL:
        return True
    if not contains(said, known):
        return False
    if more and _cancels_first(said, lexicon):
        return True
    rest = list(without(said, known | lexicon.courtesies | lexicon.meant))
    phrase = contains(said, frozenset(phrase for phrase in known if len(phrase) > 1))
    busy = (lexicon.question_words | lexicon.second) - lexicon.openers
    return len(rest) <= (more if phrase else 0) and not busy & set(rest)


def _cancels_first(said: Sequence[str], lexicon: Lexicon) -> bool:
    """It begins with the cancellation, and a reason follows ("never mind, we found it")."""
    known = lexicon.orders[Order.CANCEL]
    starts = [at for at, word in enumerate(said) if at and word in lexicon.explaining]
    parts = (said[:at] for at in starts)
    whole = (not list(without(part, known | lexicon.courtesies)) for part in parts)
    cut = next((at for at, fits in zip(starts, whole, strict=True) if fits), None)
    if cut is None or not contains(said[:cut], known):
        return False
    return not lexicon.late & set(said[cut:]) and said[-1] not in lexicon.pleas


def _denies_you(said: Sequence[str], lexicon: Lexicon) -> bool:
    """ "That was not for you": a negation, a verb of speaking, and the stressed "you"."""
    if lexicon.question_words & set(said[:1]):
        return False
    for at, word in enumerate(said):
        near = said[max(0, at - _DENIAL_REACH) : at + _DENIAL_REACH + 1]
        if word not in lexicon.stressed_you or not lexicon.negations & set(near):
            continue
        between = [one for one in near if one in lexicon.spoken_to]
        if between and not lexicon.second & set(near):
            return True
    return False


def contains(said: Sequence[str], phrases: Phrases) -> bool:
    """Whether one of the phrases is among the words."""
    return any(begins_with(said[at:], phrases) for at in range(len(said)))
