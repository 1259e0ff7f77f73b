"""Pure: is what stands before a name complete without it?

"Can we afford Sage": the verb wants an object, and the name is it. "We need the total Sage": it
has one, so the name can only be a call.
"""

from __future__ import annotations

from collections.abc import Sequence

from roomhand.turns.address_forms import (
    Form,
    asks,
    asks_later,
    form,
    is_request,
    is_second,
    is_third,
)
from roomhand.turns.address_lexicon import Lexicon, Phrases
from roomhand.turns.address_namings import Naming
from roomhand.turns.address_text import without

_LONGEST_PHRASE = 5
_LONGEST_ELLIPSE = 5
_LONGEST_OPENING = 6
_PARTICLES = 2
"""So many may stand between a governor and the name."""
_NOUN_REACH = 3
"""A determiner stands at most so many words before its noun."""
_SHORTEST = 2
_IMPERSONAL = 3
_EMBEDDED_REACH = 6


def wants(naming: Naming) -> bool:
    """The last word is a verb that nothing has filled yet: the name is its object or subject."""
    lexicon = naming.lexicon
    said = _before(naming, lexicon.particles | lexicon.habits)
    if not said:
        return False
    if said[-1] in lexicon.bound and lexicon.reflexives & set(said):
        return True
    if len(said) < _SHORTEST or said[-1] in lexicon.complete | lexicon.closing | naming.people:
        return False
    filled = bool(lexicon.objects & set(said))
    if lexicon.verb_first and said[-1] in lexicon.you_subjects | lexicon.speaking and not filled:
        return said[-2] in (lexicon.governors | lexicon.plural) - lexicon.joining
    if said[-1].endswith(lexicon.closing_ends or (" ",)):
        return False
    elided, mark, _ = said[-1].partition("'")
    noun = said[-1].startswith(("l'", "d'", "qu'")) or elided + mark in lexicon.object_clitics
    if noun or not said[-1].endswith(lexicon.verb_ends or ("",)):
        return False
    head = list(said[:-1])
    while head and head[-1] in lexicon.particles | lexicon.object_clitics:
        if head[-1] in lexicon.object_clitics:
            return False
        head.pop()
    if not head or head[-1] not in lexicon.verb_after:
        return False
    return not lexicon.objects & set(head)


def complete(naming: Naming) -> bool:
    """Nothing is missing: a noun with its determiner, a pronoun, an adverb ends it."""
    lexicon = naming.lexicon
    said = _before(naming, lexicon.particles | lexicon.pleas)
    if behind(naming, lexicon.insertions) and not opens(naming):
        return True
    if _verb_last(naming):
        return True
    if len(said) < _SHORTEST or said[-1] in lexicon.titles | lexicon.governors:
        return False
    third = lexicon.thirds & set(said[:_SHORTEST])
    if (third and not lexicon.impersonal & set(said[1:_IMPERSONAL])) or lexicon.naming & set(said):
        return False
    if said[-1] in lexicon.closing or said[-2] in lexicon.timing | lexicon.linking:
        return True
    if said[-1].endswith(lexicon.closing_ends or (" ",)):
        return True
    if said[-1] in lexicon.openers:
        return False
    if lexicon.compounds and not naming.exact:
        return False
    return bool(lexicon.nominal & set(said[-_NOUN_REACH - 1 : -1])) and not wants(naming)


def _before(naming: Naming, light: frozenset[str]) -> Sequence[str]:
    """Since the last comma, without the light words directly before the name."""
    said = naming.before[naming.since_comma :] or naming.before
    end = len(said)
    while end > 1 and said[end - 1] in light:
        end -= 1
    return said[:end]


def form_after(naming: Naming) -> Form:
    """How the sentence goes on after the name."""
    return form(naming.after, naming.people, naming.lexicon, listed=naming.listed)


def opens(naming: Naming) -> bool:
    """Nothing but openers and other names stands before the name."""
    allowed = naming.lexicon.openers | naming.people
    if form_after(naming) in {Form.NOTHING, Form.TO_YOU}:
        allowed |= naming.lexicon.lone_openers
    asides = naming.lexicon.insertions
    before = list(without(naming.before[: _LONGEST_OPENING + 1], asides))
    if len(naming.before) > _LONGEST_OPENING or not set(before) <= allowed:
        return False
    return not governed(naming, naming.lexicon.governors - naming.lexicon.openers)


def closes(naming: Naming) -> bool:
    return set(naming.after) <= naming.lexicon.tags


def governed(naming: Naming, governors: frozenset[str]) -> bool:
    """The name belongs to the phrase before it. A comma cuts it off."""
    asides = naming.lexicon.insertions
    if naming.comma_before or behind(naming, asides) or released(naming):
        return False
    if _verb_last(naming):
        return False
    if _gives_a_name(naming) or behind(naming, naming.lexicon.split):
        return True
    for back, word in enumerate(reversed(naming.before)):
        if word in governors or word.removeprefix("d'") in governors:
            return not _noun(naming, back)
        if word not in naming.lexicon.particles or back >= _PARTICLES:
            return False
    return False


def _noun(naming: Naming, back: int) -> bool:
    """The word so far before the name has a determiner, so that it governs nothing."""
    at, lexicon = len(naming.before) - back - 2, naming.lexicon
    while at > 0 and naming.before[at] in lexicon.counted - lexicon.determiners:
        at -= 1
    return at >= 0 and naming.before[at] in lexicon.determiners


def _verb_last(naming: Naming) -> bool:
    """ "Wenn wir so spät dran sind": with its verb a subordinate clause is complete."""
    before, lexicon = naming.before[naming.since_comma :], naming.lexicon
    if naming.previous not in lexicon.auxiliaries or not closes(naming):
        return False
    begins = lexicon.conjunctions | lexicon.question_words
    starts = [at for at, word in enumerate(before) if word in begins]
    inner = before[starts[-1] + 1 : -1] if starts else ()
    return len(inner) >= _SHORTEST and not lexicon.auxiliaries & set(inner)


def _gives_a_name(naming: Naming) -> bool:
    """ "Call it Sage", where "your call, Sage" names nobody."""
    before, lexicon = naming.before, naming.lexicon
    verb = next((at for at in (1, 2) if set(before[-at:][:1]) & lexicon.naming), 0)
    if not verb or len(before) < _SHORTEST or questioned(naming):
        return False
    return not set(before[-verb - 1 : -verb]) & lexicon.determiners


def behind(naming: Naming, phrases: Phrases) -> bool:
    """One of the phrases stands directly before the name."""
    before = naming.before[-_LONGEST_PHRASE:]
    return any(before[at:] in phrases for at in range(len(before)))


def spoken_to(naming: Naming) -> bool:
    """ "Dime, Sage", "a ti, Sage": a stressed "you" or a request's "me" leaves no room for it."""
    lexicon, before = naming.lexicon, naming.before
    if naming.previous in lexicon.both_you and set(before[-2:-1]) & lexicon.to_whom:
        return not lexicon.negations & set(before)
    for me in lexicon.told_me:
        verb = "".join(before[-2:-1]) if naming.previous == me else naming.previous
        if naming.previous.endswith(me) and is_request(verb, lexicon):
            return True
    return False


def released(naming: Naming) -> bool:
    """ "What do we need, Sage": the verb has its object, so the name is none."""
    noun_asked = naming.before[-3:-2] and naming.before[-3] in naming.lexicon.question_words
    if noun_asked and naming.previous in naming.lexicon.copulas:
        return True
    asked = naming.lexicon.objects & set(naming.before[:-1])
    return bool(asked) and len(naming.before) > 2 and naming.previous in naming.lexicon.released


def unopened(naming: Naming) -> tuple[str, ...]:
    """What stands before the name, without what may open any sentence."""
    before, openers = naming.before, naming.lexicon.openers - naming.lexicon.question_words
    start = 0
    while start < len(before) and before[start] in openers:
        start += 1
    return before[start:]


def questioned(naming: Naming) -> bool:
    return asks(naming.before, naming.people, naming.lexicon)


def to_somebody(naming: Naming) -> bool:
    """What stands before the name is a question, a request, or speaks of "you"."""
    lexicon = naming.lexicon
    said_to = bool(lexicon.you & set(naming.before)) or asks_later(naming.before, lexicon)
    free = released(naming) and not naming.listed
    embedded = bool(lexicon.late & set(naming.before[-_EMBEDDED_REACH:]))
    asked = questioned(naming) or naming.asks or embedded or behind(naming, lexicon.tag_questions)
    return asked or said_to or elliptic(naming) or free


def elliptic(naming: Naming) -> bool:
    """ "And the second question, Sage": no verb, and a question all the same."""
    before, lexicon = naming.before, naming.lexicon
    if not 3 <= len(before) <= _LONGEST_ELLIPSE:
        return False
    noun = before[-2] in lexicon.articles | lexicon.nominal
    return before[0] in lexicon.joining and before[1] in lexicon.articles and noun


def pointed_out(naming: Naming) -> bool:
    """ "Is that Sage", "was sagt Sage": the name is the subject of what stands before it."""
    lexicon, before = naming.lexicon, unopened(naming)
    while before and before[-1] in lexicon.particles:
        before = before[:-1]
    if before in lexicon.identifying or naming.before in lexicon.identifying:
        return True
    if naming.comma_before or not before:
        return False
    if set(before[-2:-1]) & (lexicon.nominal - lexicon.indefinite) and before[-1] in lexicon.titles:
        return True
    if len(before) == 2 and is_second(before[0], lexicon) and before[1] in lexicon.you:
        return True
    verb_next = len(before) == 2 and before[0] in lexicon.question_words
    if verb_next and (is_third(before[1], lexicon) or _finite(before[1], lexicon)):
        return True
    if not lexicon.inversion or before[-1] not in lexicon.third:
        return False
    return len(before) == 1 or before[-2] in lexicon.question_words


def _finite(word: str, lexicon: Lexicon) -> bool:
    """By its ending, behind a question word ("wo steckt")."""
    return word not in lexicon.not_third and word.endswith(lexicon.finite_endings or (" ",))


def near_miss_is_plain(naming: Naming) -> bool:
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
