"""Pure: is a name in the middle of its sentence called?"""

from __future__ import annotations

from roomhand.turns.address_clause import (
    behind,
    closes,
    complete,
    form_after,
    governed,
    near_miss_is_plain,
    questioned,
    spoken_to,
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
from roomhand.turns.address_lexicon import Lexicon
from roomhand.turns.address_namings import Naming
from roomhand.turns.address_quotes import you_reported
from roomhand.turns.orders import Order

_SHORTEST_CLAUSE = 3
_OBEYED = {None, Order.CANCEL}
_NEAR = 3


def calls_inside(naming: Naming) -> bool:
    """Whether a name in the middle of its sentence is called: the first part that can tell does."""
    found = form(naming.after, naming.people, naming.lexicon, listed=naming.listed, at_once=True)
    for decide in (_by_neighbours, _by_commas, _by_question, _by_clause):
        decided = decide(naming, found)
        if decided is not None:
            return decided
    return False


def _by_neighbours(naming: Naming, found: Form) -> bool | None:
    """What stands directly beside the name decides."""
    lexicon = naming.lexicon
    if spoken_to(naming) and found is not Form.ABOUT and not naming.marked:
        return naming.after[0] not in lexicon.joining
    waited_for = naming.previous in lexicon.awaiting and not naming.comma_before
    if not waited_for and order_of(naming.before, lexicon, whole=True) not in _OBEYED:
        return True
    if behind(naming, lexicon.modal_you) and naming.after[0] in lexicon.datives:
        return not naming.marked
    if behind(naming, lexicon.unfinished) and len(naming.after) > 1 and not naming.marked:
        return naming.after[0] not in lexicon.joining
    if naming.after[0] in lexicon.both_you and naming.previous in lexicon.joining:
        return len(naming.after) > 1 and is_second(naming.after[1], lexicon)
    opposite = naming.before[:-1] if naming.previous in lexicon.tags else naming.before
    if opposite[-2:-1] and opposite[-2] in lexicon.joining and opposite[-1] in lexicon.both_you:
        return not closes(naming)
    contrast = (
        naming.before[-2:-1] == () or naming.before[-2] in lexicon.adversative | lexicon.joining
    )
    if naming.previous in lexicon.both_you and contrast and found is Form.TO_YOU:
        return True
    return None


def _by_commas(naming: Naming, found: Form) -> bool | None:
    """Its own commas decide, or words behind which a question follows."""
    lexicon = naming.lexicon
    if behind(naming, lexicon.asking) and found is not Form.ABOUT:
        return naming.after[0] not in lexicon.joining
    if _set_off(naming) and set(naming.before[naming.since_comma :][:2]) & lexicon.cleft:
        return True
    if _set_off(naming) and _taken_up(naming):
        return False
    if _set_off(naming):
        alone = not naming.listed and naming.previous not in naming.people
        if naming.asks and alone:
            return True
        if naming.after[0] not in lexicon.you and resumed(naming.after, lexicon):
            return False
        apart = found is not Form.ABOUT and naming.previous not in naming.people
        return apart and not _predicate_behind(naming, found)
    return None


def _by_question(naming: Naming, found: Form) -> bool | None:
    """A question before the name goes on behind it, or is complete and another follows."""
    lexicon = naming.lexicon
    if _subject_behind(naming):
        return False
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
    return None


def _by_clause(naming: Naming, found: Form) -> bool:
    """A new clause begins with the name, and is said to its owner."""
    lexicon = naming.lexicon
    if found is not Form.TO_YOU or not near_miss_is_plain(naming):
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
    governors = lexicon.subordinating
    if naming.comma_after:
        governors = lexicon.governors
    if lexicon.you & set(naming.after[:_NEAR]):
        governors -= lexicon.negations
    return you_reported(naming) or not governed(naming, governors)


def _subject_behind(naming: Naming) -> bool:
    """ "Cuando venga Sage", "à quoi sert Sage": a verb, and its subject behind it."""
    lexicon, before = naming.lexicon, naming.before
    if not lexicon.inversion or naming.comma_before or len(before) < _SHORTEST_CLAUSE - 1:
        return False
    opened = before[-2] in lexicon.conjunctions | lexicon.question_words
    own = lexicon.second | lexicon.closing | lexicon.pronouns | lexicon.complete | lexicon.speaking
    return opened and before[-1] not in own and is_third(before[-1], lexicon)


def _set_off(naming: Naming) -> bool:
    """Commas on both sides, or an opener behind the first ("but Sage, can you")."""
    since = naming.before[naming.since_comma :] if naming.since_comma else naming.before[:0]
    light = naming.lexicon.openers | naming.lexicon.adversative
    opened = bool(since) and set(since) <= light
    return naming.comma_after and (naming.comma_before or opened)


def _taken_up(naming: Naming) -> bool:
    """ "She is a bit strict, Sage, when she grades": a third person on both sides, and no "you"."""
    lexicon, since = naming.lexicon, naming.before[naming.since_comma :]
    if lexicon.you & {*naming.before, *naming.after[:_NEAR]}:
        return False
    return bool(lexicon.thirds & set(since[:1]) and lexicon.thirds & set(naming.after))


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
        return before[-2] not in verb_final and naming.previous not in lexicon.governors
    if not scene and not verbs & set(before[:-1]):
        return False
    governors = lexicon.subordinating
    whole = complete(naming) or scene
    return whole and not governed(naming, governors) and near_miss_is_plain(naming)


def _asking(lexicon: Lexicon) -> frozenset[str]:
    return lexicon.late | lexicon.you


def _topic_before(naming: Naming) -> bool:
    """ "The second verse, Sage, how does it start": a noun or an adverb, and then a question."""
    lexicon, before, after = naming.lexicon, naming.before, naming.after
    known = lexicon.finite | lexicon.second | lexicon.subjects | naming.people
    starts = lexicon.nominal | lexicon.prepositions | lexicon.joining
    if known & set(before[-_NEAR:]) or before[0] not in starts or not naming.exact:
        return False
    asked = after[0] in lexicon.question_words | lexicon.you_subjects
    asked = asked or inverted(after, naming.people, lexicon)
    return asked and not governed(naming, lexicon.subordinating)


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
    linked = bool(set(naming.before[-2:-1]) & lexicon.linking)
    complete_before = linked or naming.previous in lexicon.closing
    complete_before = complete_before and first not in lexicon.unchanged
    if behind(naming, lexicon.asides) or complete_before:
        return False
    return not plain and naming.previous not in lexicon.openers | lexicon.particles
