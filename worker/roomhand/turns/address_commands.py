"""Pure: are these words an order about the agent's own behaviour?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from roomhand.turns.address_lexicon import Lexicon, Phrases
from roomhand.turns.address_text import begins_with, contains, longest, without
from roomhand.turns.orders import Order

_LONGEST_ORDER = 5
_TO_OBEY = (Order.HOLD, Order.SILENT, Order.RESUME, Order.CALL_ON)
_LONGEST_DENIAL = 12
_DENIAL_REACH = 3
_MODEST_REST = 4
_LOOSE_REST = 6
"""A cancellation may say so many words more and still be nothing else."""


def begins_with_order(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """Of an order to wait only the whole: "a moment ago" begins like one."""
    beginnings = {tuple(rest[:length]) for length in range(2, _LONGEST_ORDER + 1)}
    if order_of(rest, lexicon, whole=True) in _TO_OBEY:
        return True
    return any(
        tuple(rest) in known or (order is not Order.HOLD and not beginnings.isdisjoint(known))
        for order, known in lexicon.orders.items()
    )


def order_of(said: Sequence[str], lexicon: Lexicon, *, whole: bool = False) -> Order | None:
    """The order that these words are and nothing else; names are left out by the caller.

    Of a cancellation a few words more are forgiven, unless the ``whole`` must be one.
    """
    soft = lexicon.pleas | lexicon.particles | lexicon.fillers
    soft |= lexicon.responses - lexicon.you
    hard = [word for word in said if word not in soft]
    for part in (said, hard, _without_reason(said, lexicon), _without_reason(hard, lexicon)):
        if found := _plain_order(part, lexicon):
            return found
    if _cancels(said, lexicon, 0 if whole else _MODEST_REST):
        return Order.CANCEL
    return None if whole else _loose_order(said, lexicon)


def _without_reason(said: Sequence[str], lexicon: Lexicon) -> Sequence[str]:
    """Not "we need to think" behind "wait", but all of it where it asks something."""
    starts = _reasons(said, lexicon)
    cut = next((at for at in starts if _plain_order(said[:at], lexicon)), len(said))
    return said if lexicon.late & set(said[cut:]) else said[:cut]


def _reasons(said: Sequence[str], lexicon: Lexicon) -> list[int]:
    """Where a reason may begin; "the timer" is none behind "stop", but its object."""
    return [
        at
        for at, word in enumerate(said)
        if at and word in lexicon.explaining
        if not (word in lexicon.nominal and said[at - 1] in lexicon.transitive)
    ]


def _plain_order(said: Sequence[str], lexicon: Lexicon) -> Order | None:
    for order in _TO_OBEY:
        known = lexicon.orders[order]
        if contains(said, known) and not list(without(said, _joint(known, lexicon.courtesies))):
            return order
    hold, silent = lexicon.orders[Order.HOLD], lexicon.orders[Order.SILENT]
    both = _joint(_joint(hold, silent), lexicon.courtesies)
    if contains(said, hold) and contains(said, silent) and not list(without(said, both)):
        return Order.HOLD
    return None


def _loose_order(said: Sequence[str], lexicon: Lexicon) -> Order | None:
    """An order of several words, with a few more that ask for nothing else."""
    for order in _TO_OBEY:
        known = _longer(lexicon.orders[order], 1)
        if order is Order.HOLD:
            known = _verbs(lexicon.orders[order], lexicon.requests)
        words = lexicon.late if order is Order.CALL_ON else lexicon.question_words
        busy = words | lexicon.requests | lexicon.second
        if not contains(said, known):
            continue
        rest = list(without(said, _joint(known, lexicon.courtesies)))
        if len(rest) <= _LOOSE_REST and not busy & set(rest):
            return order
    return None


@cache
def _joint(some: Phrases, more: Phrases) -> Phrases:
    return some | more


@cache
def _longer(known: Phrases, few: int) -> Phrases:
    return frozenset(phrase for phrase in known if len(phrase) > few)


@cache
def _verbs(known: Phrases, requests: frozenset[str]) -> Phrases:
    """Orders to wait that ask for something: "wait", but not "moment" or "ten minutes"."""
    return frozenset(phrase for phrase in known if requests & set(phrase))


def _cancels(said: Sequence[str], lexicon: Lexicon, more: int) -> bool:
    """A cancellation of one word stands alone: "nothing" and "leave" are said for much else."""
    known = lexicon.orders[Order.CANCEL]
    starts = (at for at in range(len(said)) if begins_with(said[at:], lexicon.meant))
    meant_at = next((at for at in starts if contains(said[:at], known)), len(said))
    said = said[:meant_at]
    if more and _breaks_off(said, lexicon):
        return True
    if more and _denies_you(said, lexicon) and len(said) <= _LONGEST_DENIAL:
        return True
    if not contains(said, known):
        return False
    if more and _cancels_first(said, lexicon):
        return True
    rest = list(without(said, _joint(_joint(known, lexicon.courtesies), lexicon.meant)))
    if _asks_instead(list(without(said, known)), lexicon):
        return False
    phrase = contains(said, _longer(known, 1))
    busy = (lexicon.question_words | lexicon.second) - lexicon.openers
    if rest and (rest[0] in lexicon.governors or lexicon.stressed_you & set(said)):
        return False
    return len(rest) <= (more if phrase else 0) and not busy & set(rest)


def _breaks_off(said: Sequence[str], lexicon: Lexicon) -> bool:
    """ "What's the, no, forget it, I can see it": it ends with the cancellation and a reason."""
    known = lexicon.orders[Order.CANCEL]
    for at, word in enumerate(said):
        if word not in lexicon.refusals or not begins_with(said[at + 1 :], known):
            continue
        lengths = range(longest(known), 0, -1)
        length = next(n for n in lengths if tuple(said[at + 1 : at + 1 + n]) in known)
        rest = said[at + 1 + length :]
        asked = lexicon.late | lexicon.pleas
        if rest and rest[0] in lexicon.nominal - lexicon.pronouns:
            continue
        polite = bool(rest) and (rest[0],) in lexicon.courtesies
        if (not rest or polite or rest[0] in lexicon.explaining) and not asked & set(rest):
            return True
    return False


def _cancels_first(said: Sequence[str], lexicon: Lexicon) -> bool:
    """It begins with the cancellation, and a reason follows ("never mind, we found it")."""
    known = lexicon.orders[Order.CANCEL]
    starts = _reasons(said, lexicon)
    parts = (said[:at] for at in starts)
    whole = (
        contains(part, known)
        and set(without(part, _joint(known, lexicon.courtesies)))
        <= lexicon.fillers | lexicon.refusals
        for part in parts
    )
    cut = next((at for at, fits in zip(starts, whole, strict=True) if fits), None)
    if cut is None:
        return False
    reason = said[cut:]
    if lexicon.late & set(reason) or _asks_instead(reason, lexicon):
        return False
    return said[-1] not in lexicon.pleas


def _asks_instead(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """Another request follows ("forget the weather and tell us the score")."""
    objects, subjects = lexicon.pronoun_objects, lexicon.speaking
    return any(
        verb in lexicon.requests
        and (before in lexicon.joining or (behind in objects and before not in subjects))
        for before, verb, behind in zip(("", *rest), rest, (*rest[1:], ""), strict=False)
    )


def _denies_you(said: Sequence[str], lexicon: Lexicon) -> bool:
    """ "That was not for you": a negation, a verb of speaking, and the stressed "you"."""
    if lexicon.question_words & set(said[:1]):
        return False
    for at, word in enumerate(said):
        near = said[max(0, at - _DENIAL_REACH) : at + _DENIAL_REACH + 1]
        if word not in lexicon.stressed_you or not lexicon.negations & set(near):
            continue
        between = [one for one in near if one in lexicon.spoken_to]
        if between and not (lexicon.second | lexicon.agreeing) & set(near):
            return True
    return False
