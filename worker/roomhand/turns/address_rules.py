"""Pure: what an occurrence of a name is: the first rule of an ordered table that holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from roomhand.turns.address_clause import (
    behind,
    closes,
    complete,
    elliptic,
    form_after,
    governed,
    opens,
    pointed_out,
    questioned,
    to_somebody,
    wants,
)
from roomhand.turns.address_commands import order_of
from roomhand.turns.address_forms import (
    Form,
    form,
    inverted,
    is_request,
    is_second,
    is_third,
    resumed,
)
from roomhand.turns.address_lexicon import Lexicon, plain
from roomhand.turns.address_namings import Names, Naming, namings
from roomhand.turns.address_quotes import reported, reported_after, you_reported
from roomhand.turns.address_text import Sentence, name_words, without
from roomhand.turns.orders import Order

_NEVER = 1_000_000
_SHORTEST_CLAUSE = 3
_NEAR = 3
_OBEYED = {None, Order.CANCEL}
_LONGEST_REMARK = 4


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


def _near_miss_is_plain(naming: Naming) -> bool:
    """A misheard name does not count where a noun is as likely ("the next stage")."""
    lexicon = naming.lexicon
    if naming.exact or naming.listed or naming.comma_before:
        return True
    if naming.previous in lexicon.pronouns and closes(naming):
        return naming.before[-2:-1] == () or naming.before[-2] not in lexicon.governors
    if naming.previous not in lexicon.nominal:
        return True
    ends = naming.previous in lexicon.closing - lexicon.pronouns
    ends = ends and (closes(naming) or form_after(naming) is Form.TO_YOU)
    return ends and not set(naming.before[-2:-1]) & lexicon.governors


def _calls_at_start(naming: Naming) -> bool:
    after, lexicon = naming.after, naming.lexicon
    found = form_after(naming)
    greeted = naming.previous in lexicon.greetings | lexicon.responses
    greeted = greeted or behind(naming, lexicon.asking)
    thanked = naming.exact and behind(naming, lexicon.thanks)
    if thanked and after and after[0] not in lexicon.joining:
        return True
    if behind(naming, lexicon.asking) and len(after) > 1 and after[0] in lexicon.joining:
        return after[1] not in lexicon.speaking and plain(after[1]) not in naming.people
    if naming.comma_after and set(after[:1]) & lexicon.relatives and _described(naming):
        return False
    if found in {Form.TO_YOU, Form.NOTHING}:
        counted = lexicon.counted if lexicon.compounds else frozenset()
        clear = found is Form.TO_YOU and not set(after[:1]) & counted
        return naming.exact or clear or greeted or _orders(naming)
    if not naming.exact:
        return greeted and found is Form.UNCLEAR and after[0] not in lexicon.inverted
    if naming.listed:
        return naming.comma_after or (found is Form.UNCLEAR and naming.asks)
    if greeted and after[0] in lexicon.again | lexicon.nominal:
        return True
    if found is Form.UNCLEAR and (naming.asks or (greeted and after[0] not in lexicon.inverted)):
        return True
    return naming.comma_after and after[0] not in naming.people and not _described(naming)


def _described(naming: Naming) -> bool:
    """The comma after the name begins a remark about its owner, or takes the name up again."""
    lexicon = naming.lexicon
    taken_up = naming.after[0] not in lexicon.you and resumed(naming.after, lexicon)
    if naming.after[0] in lexicon.again or taken_up:
        return not naming.asks
    return any(_tells(naming, at) for at in naming.comma_later)


def _tells(naming: Naming, at: int) -> bool:
    """What the name began goes on with its verb behind this comma ("Sage, of course, knew")."""
    lexicon, rest = naming.lexicon, naming.after[at:]
    inserted = naming.after[0] in lexicon.relatives | lexicon.articles
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
    return said and _near_miss_is_plain(naming)


def _calls_inside(naming: Naming) -> bool:
    lexicon = naming.lexicon
    found = form(naming.after, naming.people, lexicon, listed=naming.listed, at_once=True)
    waited_for = naming.previous in lexicon.awaiting and not naming.comma_before
    if not waited_for and order_of(naming.before, lexicon, whole=True) not in _OBEYED:
        return True
    if behind(naming, lexicon.modal_you) and naming.after[0] in lexicon.datives:
        return not naming.marked
    if behind(naming, lexicon.unfinished) and len(naming.after) > 1 and not naming.marked:
        return naming.after[0] not in lexicon.joining
    if naming.after[0] in lexicon.both_you and naming.previous in lexicon.joining:
        return len(naming.after) > 1 and is_second(naming.after[1], lexicon)
    contrast = (
        naming.before[-2:-1] == () or naming.before[-2] in lexicon.adversative | lexicon.joining
    )
    if naming.previous in lexicon.both_you and contrast and found is Form.TO_YOU:
        return True
    if behind(naming, lexicon.asking) and found is not Form.ABOUT:
        return naming.after[0] not in lexicon.joining
    if _set_off(naming) and set(naming.before[naming.since_comma :][:2]) & lexicon.cleft:
        return True
    if _set_off(naming):
        alone = not naming.listed and naming.previous not in naming.people
        if naming.after[0] not in lexicon.you and resumed(naming.after, lexicon):
            return False
        if naming.asks and alone:
            return True
        apart = found is not Form.ABOUT and naming.previous not in naming.people
        return apart and not _predicate_behind(naming, found)
    asked = questioned(naming) or behind(naming, lexicon.asking)
    asked = asked or naming.previous in lexicon.complete
    if naming.after[0] in lexicon.whether and asked:
        prior = lexicon.telling | lexicon.prepositions - lexicon.complete
        return naming.previous not in prior
    if naming.after[0] in lexicon.that and questioned(naming) and not naming.marked:
        return naming.previous not in lexicon.governors | lexicon.clause_governors
    turned = form_after(naming) is Form.TO_YOU and bool(_asking(lexicon) & set(naming.after))
    if (found is Form.TO_YOU or turned) and _behind_a_clause(naming):
        return True
    if lexicon.you & set(naming.before) and naming.after[0] in lexicon.topic:
        return questioned(naming) and not governed(naming, lexicon.governors)
    if found is not Form.TO_YOU or not _near_miss_is_plain(naming):
        return False
    if naming.after[0] in lexicon.articles - lexicon.question_words and not naming.comma_before:
        return False
    loose = not naming.comma_before and naming.previous not in lexicon.openers
    if (
        loose
        and naming.after[0] in lexicon.speaking - lexicon.you
        and not lexicon.you & set(naming.after[1:_NEAR])
        and not behind(naming, lexicon.asides)
    ):
        return False
    if not naming.comma_before and _runs_on(naming):
        return False
    governors = lexicon.clause_governors | lexicon.conjunctions
    if naming.comma_after:
        governors = lexicon.governors
    return you_reported(naming) or not governed(naming, governors)


def _begins(naming: Naming) -> bool:
    return opens(naming) or naming.comma_before


def _set_off(naming: Naming) -> bool:
    """Commas on both sides, or an opener behind the first ("but Sage, can you")."""
    since = naming.before[naming.since_comma :] if naming.since_comma else naming.before[:0]
    light = naming.lexicon.openers | naming.lexicon.adversative
    opened = bool(since) and set(since) <= light
    return naming.comma_after and (naming.comma_before or opened)


def _behind_a_clause(naming: Naming) -> bool:
    """A whole sentence stands before the name, and says all it has to."""
    lexicon, before = naming.lexicon, naming.before
    verbs = lexicon.finite | lexicon.second | lexicon.requests
    verbs |= lexicon.speaking - lexicon.closing
    if len(before) < _SHORTEST_CLAUSE or naming.listed:
        return False
    scene = before[0] in lexicon.scenes
    if _topic_before(naming):
        return True
    verb_final = lexicon.finite | lexicon.second - lexicon.governors - lexicon.reporting
    if scene and lexicon.verb_first and naming.previous in verb_final - lexicon.reporting:
        return naming.previous not in lexicon.governors
    if not scene and not verbs & set(before[:-1]):
        return False
    governors = lexicon.clause_governors | lexicon.conjunctions
    whole = complete(naming) or scene
    return whole and not governed(naming, governors) and _near_miss_is_plain(naming)


def _asking(lexicon: Lexicon) -> frozenset[str]:
    return lexicon.late | lexicon.you


def _topic_before(naming: Naming) -> bool:
    """ "The second verse, Sage, how does it start": a noun or an adverb, and then a question."""
    lexicon, before, after = naming.lexicon, naming.before, naming.after
    known = lexicon.finite | lexicon.second | lexicon.subjects | naming.people
    starts = lexicon.nominal | lexicon.prepositions | lexicon.joining
    if known & set(before[-_NEAR:]) or before[0] not in starts or not naming.exact:
        return False
    asked = after[0] in lexicon.question_words or inverted(after, naming.people, lexicon)
    return asked and not governed(naming, lexicon.clause_governors | lexicon.conjunctions)


def _predicate_behind(naming: Naming, found: Form) -> bool:
    """ "My neighbour, Sage, has it too": the commas set off another name of the subject."""
    lexicon, after = naming.lexicon, naming.after
    spoken = lexicon.you | lexicon.speaking - lexicon.nominal
    if naming.asks or found is Form.TO_YOU or spoken & set(naming.before):
        return naming.listed and not naming.asks and found is not Form.TO_YOU
    return naming.listed or (
        after[0] in lexicon.finite and not inverted(after, naming.people, lexicon)
    )


def _runs_on(naming: Naming) -> bool:
    """What looks like a new question or request may go on with the sentence before.

    "How do you switch Sage off when you want", "last time Sage read it out".
    """
    after, lexicon = naming.after, naming.lexicon
    first = after[0]
    if inverted(after, naming.people, lexicon):
        return False
    if first in lexicon.question_words:
        return questioned(naming)
    if not is_request(first, lexicon) or naming.comma_after or first in lexicon.pleas:
        return False
    if set(naming.before[:1]) & lexicon.nominal and not lexicon.finite & set(naming.before):
        return True
    plain = len(after) > 1 and after[1] in lexicon.pronoun_objects
    if behind(naming, lexicon.asides):
        return False
    return not plain and naming.previous not in lexicon.openers | lexicon.particles


def _with_you(naming: Naming) -> bool:
    """ "You and Sage": somebody else is spoken to."""
    lexicon, before, after = naming.lexicon, naming.before, naming.after
    joined = len(before) > 1 and before[-1] in lexicon.joining and before[-2] in lexicon.both_you
    joined = joined and not naming.comma_before
    joins = len(after) > 1 and after[0] in lexicon.joining and after[1] in lexicon.both_you
    return joined or (joins and not naming.comma_after)


def _corrected(naming: Naming) -> bool:
    """ "Sage, sorry, Max, can you": the name was a slip, and another's follows."""
    own = {*name_words(naming.name)}
    at = next((at for at, word in enumerate(naming.after) if plain(word) in naming.people), 0)
    between = set(naming.after[:at])
    slip = bool(between & (naming.lexicon.responses | naming.lexicon.refusals))
    light = naming.lexicon.openers | naming.lexicon.responses | naming.lexicon.refusals
    return slip and between <= light and plain(naming.after[at]) not in own


def _unmarked(naming: Naming) -> bool:
    """Pauses are written elsewhere and none beside the name: it belongs to its clause."""
    if not naming.marked or naming.listed:
        return False
    lexicon = naming.lexicon
    since = list(without(naming.before[naming.since_comma :], lexicon.asides))
    begun = naming.comma_before or set(since) <= lexicon.openers | lexicon.joining
    greeted = begun and naming.previous in lexicon.greetings
    ended = naming.comma_after or closes(naming)
    if begun and (ended or greeted):
        return False
    asked = naming.after[:1] and naming.after[0] in lexicon.question_words
    return not (begun and (asked or inverted(naming.after, naming.people, lexicon)))


_RULES: tuple[tuple[str, Callable[[Naming], bool]], ...] = (
    ("mention", lambda naming: naming.possessive),
    ("quoted", lambda naming: naming.quoted),
    ("quoted", lambda naming: naming.exact and _begins(naming) and reported_after(naming)),
    ("mention", lambda naming: naming.exact and (_unmarked(naming) or _with_you(naming))),
    ("", lambda naming: _with_you(naming) or _unmarked(naming)),
    ("mention", lambda naming: naming.exact and _corrected(naming)),
    ("called_first", lambda naming: opens(naming) and _calls_at_start(naming)),
    ("mention", lambda naming: opens(naming) and naming.exact),
    ("", opens),
    ("quoted", reported),
    ("ends_question", lambda naming: closes(naming) and _calls_at_end(naming)),
    ("called_inside", lambda naming: not closes(naming) and _calls_inside(naming)),
    ("mention", lambda naming: naming.exact),
    ("", lambda naming: True),
)
"""The first rule that holds names what the occurrence is. A near miss that calls nobody is no
name at all."""
CALLS = ("called_first", "called_inside", "ends_question")


def _within_quotes(found: Sequence[Called]) -> list[Called]:
    """A quotation without marks goes on to the end of its sentence, and the name with it."""
    begun: dict[int, int] = {}
    for called in found:
        if called.reason == "quoted" and not called.naming.marked:
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


def strongest(
    spoken: Sequence[Sentence], sought: Sequence[str], names: Names, lexicon: Lexicon
) -> Called | None:
    """The strongest thing that happens to any of the names; None if none is said."""
    found = [
        Called(next(reason for reason, holds in _RULES if holds(naming)), number, naming)
        for number, sentence in enumerate(spoken)
        for naming in _whole_names([*namings(sentence, sought, names, lexicon)])
    ]
    found = _within_quotes(found)
    ranked = (*CALLS, "mention", "quoted")
    said = [called for called in found if called.reason]
    return min(said, key=lambda called: ranked.index(called.reason), default=None)
