"""Pure: what an occurrence of a name is: the first rule of an ordered table that holds.

Of the agent's own name, what written lines taught may overrule them: the rules are its best marks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from roomhand.turns.address_clause import (
    behind,
    closes,
    complete,
    elliptic,
    form_after,
    governed,
    near_miss_is_plain,
    opens,
    pointed_out,
    to_somebody,
    wants,
)
from roomhand.turns.address_commands import order_of
from roomhand.turns.address_features import features
from roomhand.turns.address_forms import (
    Form,
    inverted,
    is_third,
    resumed,
)
from roomhand.turns.address_inside import calls_inside
from roomhand.turns.address_lexicon import Lexicon, plain
from roomhand.turns.address_namings import Names, Naming, namings
from roomhand.turns.address_quotes import reported, reported_after
from roomhand.turns.address_text import Sentence, name_words, without
from roomhand.turns.address_weighing import signs, told
from roomhand.turns.address_weights import learned
from roomhand.turns.orders import Order

_NEVER = 1_000_000
CALLED_FROM = 0.2
"""So likely what the rules take for a call must be one."""
CALLED_AFTER_ALL_FROM = 0.98
"""So likely it must be a call where no rule says what it is: doubt is settled by silence. The lines
that teach are harder than people's talk, and silence of the rules tells more than those say."""
OTHER_CALLED_FROM = 0.8
"""The same of another's name: then the agent is silent, and less sure is sure enough."""


@dataclass(frozen=True, slots=True)
class Called:
    """What happened to a name in which sentence."""

    reason: str
    sentence: int
    naming: Naming

    @property
    def calls(self) -> bool:
        """Whether its owner was addressed by it."""
        return self.reason in CALLS


def _orders(naming: Naming) -> bool:
    lexicon, last = naming.lexicon, naming.previous
    if last in lexicon.governors and (last,) in lexicon.courtesies and not naming.comma_before:
        return False
    return order_of(naming.before, naming.lexicon, whole=True) is not None


def _calls_at_start(naming: Naming) -> bool:
    after, lexicon = naming.after, naming.lexicon
    found = form_after(naming)
    greeted = naming.previous in lexicon.greetings | lexicon.responses
    greeted = greeted or behind(naming, lexicon.asking)
    thanked = naming.exact and behind(naming, lexicon.thanks)
    if thanked and after and after[0] not in lexicon.joining:
        return True
    if naming.exact and not naming.listed and naming.before and _orders(naming):
        return True
    if behind(naming, lexicon.asking) and len(after) > 1 and after[0] in lexicon.joining:
        return after[1] not in lexicon.speaking and plain(after[1]) not in naming.people
    if naming.comma_after and set(after[:1]) & lexicon.relatives and _described(naming):
        return False
    if found in {Form.TO_YOU, Form.NOTHING}:
        counted = lexicon.counted if lexicon.compounds else frozenset()
        clear = found is Form.TO_YOU and not set(after[:1]) & counted
        return naming.exact or clear or greeted or _orders(naming)
    if not naming.exact and naming.comma_after and naming.asks:
        return True
    if not naming.exact:
        return greeted and found is Form.UNCLEAR and after[0] not in lexicon.inverted
    if naming.listed:
        return naming.comma_after or (found is Form.UNCLEAR and naming.asks)
    topic = after[1:2] if after[0] in lexicon.joining else after[:1]
    if greeted and set(topic) & (lexicon.again | lexicon.nominal):
        return True
    if found is Form.UNCLEAR and (naming.asks or (greeted and after[0] not in lexicon.inverted)):
        return True
    return naming.comma_after and after[0] not in naming.people and not _described(naming)


def _described(naming: Naming) -> bool:
    """The comma after the name begins a remark about its owner, or takes the name up again."""
    lexicon = naming.lexicon
    if naming.after[1:2] and naming.after[1] in lexicon.titles:
        return False
    taken_up = naming.after[0] not in lexicon.you and resumed(naming.after, lexicon)
    if naming.after[0] in lexicon.again or taken_up:
        return not naming.asks
    return any(_tells(naming, at) for at in naming.comma_later)


def _tells(naming: Naming, at: int) -> bool:
    """What the name began goes on with its verb behind this comma ("Sage, of course, knew")."""
    lexicon, rest = naming.lexicon, naming.after[at:]
    inserted = naming.after[0] in lexicon.relatives | lexicon.articles
    while inserted and len(rest) > 1 and rest[0] in lexicon.clitics | lexicon.particles:
        rest = rest[1:]
    if not rest or naming.asks or rest[0] in lexicon.again:
        return False
    if not inserted and form_after(naming) is Form.TO_YOU:
        return False
    if rest[0] in lexicon.inverted:
        return not inverted(rest, naming.people, lexicon)
    return is_third(rest[0], lexicon)


def _calls_at_end(naming: Naming) -> bool:
    if _orders(naming):
        return True
    cut_off = naming.comma_before and naming.previous not in naming.people
    if cut_off and naming.previous not in naming.lexicon.joining:
        return True
    argument = governed(naming, naming.lexicon.governors) and not elliptic(naming)
    if naming.offered and not naming.comma_after:
        return False
    if argument or pointed_out(naming) or wants(naming):
        return False
    said = to_somebody(naming) or complete(naming)
    return said and near_miss_is_plain(naming)


def _begins(naming: Naming) -> bool:
    return opens(naming) or naming.comma_before


def _with_you(naming: Naming) -> bool:
    """ "You and Sage": somebody else is spoken to."""
    lexicon, before, after = naming.lexicon, naming.before, naming.after
    joined = len(before) > 1 and before[-1] in lexicon.joining and before[-2] in lexicon.both_you
    joined = joined and not naming.comma_before
    joins = len(after) > 1 and after[0] in lexicon.joining and after[1] in lexicon.both_you
    return joined or (joins and not naming.comma_after and not _beside_another(naming))


def _beside_another(naming: Naming) -> bool:
    """ "Sage and you, Ben, can you": both of them are."""
    lexicon, after = naming.lexicon, naming.after
    joins = len(after) > 2 and after[0] in lexicon.joining and after[1] in lexicon.both_you
    return joins and opens(naming) and plain(after[2]) in naming.people


def _corrected(naming: Naming) -> bool:
    """ "Sage, sorry, Max, can you": the name was a slip, and another's follows."""
    own = {*name_words(naming.name)}
    at = next((at for at, word in enumerate(naming.after) if plain(word) in naming.people), 0)
    between = set(naming.after[:at])
    said = between | set(naming.after[at + 1 : at + 2] if at else ())
    slip = bool(said & (naming.lexicon.responses | naming.lexicon.refusals))
    light = naming.lexicon.openers | naming.lexicon.responses | naming.lexicon.refusals
    return slip and between <= light and plain(naming.after[at]) not in own


def _unmarked(naming: Naming) -> bool:
    """Pauses are written elsewhere and none beside the name: it belongs to its clause."""
    if not naming.marked or naming.listed or _beside_another(naming):
        return False
    lexicon = naming.lexicon
    since = list(without(naming.before[naming.since_comma :], lexicon.asides))
    begun = naming.comma_before or set(since) <= lexicon.openers | lexicon.joining
    begun = begun or behind(naming, lexicon.wishes | lexicon.asking)
    begun = begun or order_of(since, lexicon, whole=True) is not None
    greeted = begun and naming.previous in lexicon.greetings
    light = bool(naming.after) and naming.after[0] in lexicon.tags | lexicon.fillers
    ended = naming.comma_after or closes(naming) or (light and 1 in naming.comma_later)
    ended = ended or set(naming.after) <= lexicon.tags | lexicon.fillers
    if begun and (ended or greeted):
        return False
    first = naming.after[:1]
    asked = not naming.opened and bool(lexicon.question_words & set(first))
    asked = asked or bool(lexicon.you_subjects & set(first))
    begun_anew = naming.previous in lexicon.joining | lexicon.adversative | lexicon.openers
    to_you = naming.after[1:2] and naming.after[1] in lexicon.you and _inverted_to(naming)
    return not ((begun and (asked or _inverted_to(naming))) or (begun_anew and to_you))


def _inverted_to(naming: Naming) -> bool:
    """A question that is marked as one, or of a pronoun: "Sage does the notes" is none."""
    lexicon, after = naming.lexicon, naming.after
    if not inverted(after, naming.people, lexicon):
        return False
    return naming.asks or after[1] in lexicon.you


class _Rule(NamedTuple):
    """``settles``: False where it is only what is left when nothing else was found."""

    reason: str
    holds: Callable[[Naming], bool]
    settles: bool = True


_RULES = (
    _Rule("mention", lambda naming: naming.possessive),
    _Rule("quoted", lambda naming: naming.quoted),
    _Rule("quoted", lambda naming: naming.exact and _begins(naming) and reported_after(naming)),
    _Rule("mention", lambda naming: naming.exact and (_unmarked(naming) or _with_you(naming))),
    _Rule("", lambda naming: _with_you(naming) or _unmarked(naming)),
    _Rule("mention", lambda naming: naming.exact and _corrected(naming)),
    _Rule("", _corrected),
    _Rule("called_first", lambda naming: opens(naming) and _calls_at_start(naming)),
    _Rule("mention", lambda naming: opens(naming) and naming.exact, settles=False),
    _Rule("", opens, settles=False),
    _Rule("quoted", reported),
    _Rule("ends_question", lambda naming: closes(naming) and _calls_at_end(naming)),
    _Rule("quoted", lambda naming: not closes(naming) and calls_inside(naming) and told(naming)),
    _Rule("called_inside", lambda naming: not closes(naming) and calls_inside(naming)),
    _Rule("mention", lambda naming: naming.exact or _called_off(naming), settles=False),
    _Rule("", lambda naming: True, settles=False),
)
"""The first rule that holds names what the occurrence is. A near miss that calls nobody is no
name at all."""
CALLS = ("called_first", "called_inside", "ends_question")


def _called_off(naming: Naming) -> bool:
    """A near miss behind "never mind" calls nobody, and still says who is meant."""
    return order_of(naming.before, naming.lexicon, whole=True) is Order.CANCEL


def _within_quotes(found: Sequence[Called]) -> list[Called]:
    """A quotation without quotes goes on to the end of its sentence, and the name with it."""
    begun: dict[int, int] = {}
    for called in found:
        naming = called.naming
        open_ended = not naming.marked or naming.since_colon is not None
        if called.reason == "quoted" and open_ended and not naming.quoted:
            begun.setdefault(called.sentence, called.naming.span[0])
    return [
        replace(one, reason="quoted")
        if one.naming.span[0] > begun.get(one.sentence, _NEVER)
        else one
        for one in found
    ]


def _whole_names(found: Sequence[Naming]) -> list[Naming]:
    """Without those that are a part of a longer name ("Klein" of "Herr Klein")."""

    def within(one: Naming) -> bool:
        start, end = one.span
        longer = (other.span for other in found if other.span != one.span)
        return any(first <= start and end <= last for first, last in longer)

    return [one for one in found if not within(one)]


def marks(naming: Naming, spoken: Sequence[Sentence], number: int) -> Iterator[str]:
    """By which the learned judge knows an occurrence in sentence ``number``.

    Each of its surroundings also as one of its language; then the rule that decides, and every
    rule and sign that would hold by itself.
    """
    for mark in features(naming, spoken, number):
        yield mark
        yield f"{naming.lexicon.language} {mark}"
    holding = [at for at, rule in enumerate(_RULES[:-1]) if rule.holds(naming)]
    yield f"rule={_RULES[holding[0] if holding else -1].reason}"
    yield from (f"rule{at}" for at in holding)
    yield from (f"sign={sign}" for sign in signs(naming))


def _rule(naming: Naming) -> _Rule:
    return next(rule for rule in _RULES if rule.holds(naming))


def _learned_reason(
    naming: Naming, spoken: Sequence[Sentence], number: int, after_all: float
) -> str:
    """What the rules say, unless the lines taught something else that is sure enough. Of a name at
    the end there is nothing to come that could still tell: there the rules know most."""
    rule = _rule(naming)
    ruled_a_call = rule.reason in CALLS
    if _orders(naming) if ruled_a_call else rule.settles or closes(naming):
        return rule.reason
    enough = CALLED_FROM if ruled_a_call else after_all
    called = learned().likelihood(marks(naming, spoken, number)) >= enough
    if called == ruled_a_call:
        return rule.reason
    if called:
        return "called_first" if opens(naming) else "called_inside"
    return "mention" if naming.exact else ""


def strongest(
    spoken: Sequence[Sentence],
    sought: Sequence[str],
    names: Names,
    lexicon: Lexicon,
    after_all: float,
) -> Called | None:
    """The strongest thing that happens to any of the names; None if none is said. ``after_all``: so
    likely a call must be where no rule says what a name is."""
    judged = [
        Called(_learned_reason(naming, spoken, number, after_all), number, naming)
        for number, sentence in enumerate(spoken)
        for naming in occurrences(sentence, sought, names, lexicon)
    ]
    ranked = (*CALLS, "mention", "quoted")
    said = [called for called in _within_quotes(judged) if called.reason]
    return min(said, key=lambda called: ranked.index(called.reason), default=None)


def occurrences(
    sentence: Sentence, sought: Sequence[str], names: Names, lexicon: Lexicon
) -> list[Naming]:
    """Where these names are in a sentence."""
    return _whole_names([*namings(sentence, sought, names, lexicon)])
