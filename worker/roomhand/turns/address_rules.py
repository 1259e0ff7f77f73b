"""Pure: what an occurrence of a name is: the first rule of an ordered table that holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from roomhand.turns.address_forms import (
    Form,
    asks,
    asks_later,
    form,
    inverted,
    is_request,
    is_second,
    is_third,
    order_of,
    resumed,
)
from roomhand.turns.address_lexicon import Lexicon, Phrases
from roomhand.turns.address_namings import Names, Naming, namings
from roomhand.turns.address_text import Sentence, without
from roomhand.turns.orders import Order

_REPORT_REACH = 4
"""How many words before a name a reporting verb is looked for."""
_FAR_REPORT_REACH = 5
"""Where a comma stands before the name."""
_SHORTEST_REPORT = 2
_LONGEST_PHRASE = 5
_LONGEST_ELLIPSE = 5
_LONGEST_OPENING = 6
_PARTICLES = 2
"""So many may stand between a governor and the name."""


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


def form_after(naming: Naming) -> Form:
    """How the sentence goes on after the name."""
    return form(naming.after, naming.people, naming.lexicon, listed=naming.listed)


def _opens(naming: Naming) -> bool:
    """Nothing but openers and other names stands before the name."""
    allowed = naming.lexicon.openers | naming.people
    if form_after(naming) in {Form.NOTHING, Form.TO_YOU}:
        allowed |= naming.lexicon.lone_openers
    before = list(without(naming.before[: _LONGEST_OPENING + 1], naming.lexicon.asides))
    if len(naming.before) > _LONGEST_OPENING or not set(before) <= allowed:
        return False
    return not _governed(naming, naming.lexicon.governors - naming.lexicon.openers)


def _closes(naming: Naming) -> bool:
    return set(naming.after) <= naming.lexicon.tags


def _governed(naming: Naming, governors: frozenset[str]) -> bool:
    """The name belongs to the phrase before it. A comma cuts it off."""
    if naming.comma_before or _behind(naming, naming.lexicon.asides) or _released(naming):
        return False
    for back, word in enumerate(reversed(naming.before)):
        if word in governors:
            noun = naming.before[-back - 2 : -back - 1]
            return not set(noun) & naming.lexicon.determiners
        if word not in naming.lexicon.particles or back >= _PARTICLES:
            return False
    return False


def _behind(naming: Naming, phrases: Phrases) -> bool:
    """One of the phrases stands directly before the name."""
    before = naming.before[-_LONGEST_PHRASE:]
    return any(before[at:] in phrases for at in range(len(before)))


def _released(naming: Naming) -> bool:
    """ "What do we need, Sage": the verb has its object, so the name is none."""
    asked = naming.lexicon.objects & set(naming.before[:-1])
    return bool(asked) and len(naming.before) > 2 and naming.previous in naming.lexicon.released


def _unopened(naming: Naming) -> tuple[str, ...]:
    """What stands before the name, without what may open any sentence."""
    before, openers = naming.before, naming.lexicon.openers - naming.lexicon.question_words
    start = 0
    while start < len(before) and before[start] in openers:
        start += 1
    return before[start:]


def _questioned(naming: Naming) -> bool:
    return asks(naming.before, naming.people, naming.lexicon)


def _to_somebody(naming: Naming) -> bool:
    """What stands before the name is a question, a request, or speaks of "you"."""
    lexicon = naming.lexicon
    said_to = bool(lexicon.you & set(naming.before)) or asks_later(naming.before, lexicon)
    return _questioned(naming) or naming.asks or said_to or _elliptic(naming)


def _elliptic(naming: Naming) -> bool:
    """ "And the second question, Sage": no verb, and a question all the same."""
    before, lexicon = naming.before, naming.lexicon
    if not 3 <= len(before) <= _LONGEST_ELLIPSE:
        return False
    noun = before[-2] in lexicon.articles | lexicon.nominal
    return before[0] in lexicon.joining and before[1] in lexicon.articles and noun


def _orders(naming: Naming) -> bool:
    return order_of(naming.before, naming.lexicon, whole=True) is not None


def _reported(naming: Naming) -> bool:
    """Shortly before the name, somebody is quoted; "as you said" is no quotation."""
    if naming.colon_before and not _opens(naming):
        return True
    if _governed(naming, naming.lexicon.governors) or naming.previous in naming.lexicon.you:
        return False
    if _you_reported(naming) or (_closes(naming) and _questioned(naming)):
        return False
    if _behind(naming, naming.lexicon.reported) or _elliptic(naming):
        return not _elliptic(naming)
    reach = _FAR_REPORT_REACH if naming.comma_before else _REPORT_REACH
    first = max(0, len(naming.before) - reach)
    return any(_reports(naming, at) for at in range(first, len(naming.before)))


def _reports(naming: Naming, at: int) -> bool:
    """The word quotes somebody; in "can you say it again" it quotes nobody."""
    before, lexicon = naming.before, naming.lexicon
    if before[at] not in lexicon.reporting:
        return False
    asked = at > 1 and before[at - 1] in lexicon.you and before[at - 2] in lexicon.inverted
    return not asked


def _you_reported(naming: Naming) -> bool:
    """ "As you said Sage", where no "if you say Sage" is meant."""
    before, lexicon = naming.before[-3:], naming.lexicon
    if len(before) < 3 or before[1] not in lexicon.you or before[2] not in lexicon.reporting:
        return False
    return before[0] in lexicon.comparing or _questioned(naming)


def _near_miss_is_plain(naming: Naming) -> bool:
    """A misheard name does not count where a noun is as likely ("the next stage")."""
    lexicon = naming.lexicon
    if naming.exact or naming.listed or naming.comma_before:
        return True
    if naming.previous in lexicon.pronouns and _closes(naming):
        return naming.before[-2:-1] == () or naming.before[-2] not in lexicon.governors
    return naming.previous not in lexicon.nominal


def _calls_at_start(naming: Naming) -> bool:
    after, lexicon = naming.after, naming.lexicon
    found = form_after(naming)
    greeted = naming.previous in lexicon.greetings
    if found in {Form.TO_YOU, Form.NOTHING}:
        return naming.exact or found is Form.TO_YOU or greeted or _orders(naming)
    if not naming.exact:
        return greeted and found is Form.UNCLEAR and after[0] not in lexicon.inverted
    if naming.listed:
        return naming.comma_after or (found is Form.UNCLEAR and naming.asks)
    if greeted and after[0] in lexicon.again:
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
    about = {form(naming.after[at:], naming.people, lexicon) for at in naming.comma_later}
    return naming.after[0] in lexicon.articles and Form.ABOUT in about


def _calls_at_end(naming: Naming) -> bool:
    if _orders(naming):
        return True
    cut_off = naming.comma_before and naming.previous not in naming.people
    if cut_off and naming.previous not in naming.lexicon.joining:
        return True
    governed = _governed(naming, naming.lexicon.governors) and not _elliptic(naming)
    if governed or _pointed_out(naming):
        return False
    return _to_somebody(naming) and _near_miss_is_plain(naming)


def _pointed_out(naming: Naming) -> bool:
    """ "Is that Sage", "was sagt Sage": the name is the subject of what stands before it."""
    lexicon, before = naming.lexicon, _unopened(naming)
    if before in lexicon.identifying or naming.before in lexicon.identifying:
        return True
    if naming.comma_before or not before:
        return False
    if len(before) == 2 and is_second(before[0], lexicon) and before[1] in lexicon.you:
        return True
    verb_next = len(before) == 2 and before[0] in lexicon.question_words
    if verb_next and is_third(before[1], lexicon):
        return True
    if not lexicon.inversion or before[-1] not in lexicon.third:
        return False
    return len(before) == 1 or before[-2] in lexicon.question_words


def _calls_inside(naming: Naming) -> bool:
    lexicon = naming.lexicon
    found = form(naming.after, naming.people, lexicon, listed=naming.listed, at_once=True)
    if order_of(naming.before, lexicon, whole=True) not in {None, Order.CANCEL}:
        return True
    if naming.comma_before and naming.comma_after:
        return found is not Form.ABOUT and naming.previous not in naming.people
    if lexicon.you & set(naming.before) and naming.after[0] in lexicon.topic:
        return _questioned(naming) and not _governed(naming, lexicon.governors)
    if found is not Form.TO_YOU or not _near_miss_is_plain(naming):
        return False
    if naming.after[0] in lexicon.articles - lexicon.question_words and not naming.comma_before:
        return False
    loose = not naming.comma_before and naming.previous not in lexicon.openers
    if (
        loose
        and naming.after[0] in lexicon.speaking - lexicon.you
        and not _behind(naming, lexicon.asides)
    ):
        return False
    if not naming.comma_before and _runs_on(naming):
        return False
    governors = lexicon.clause_governors | lexicon.conjunctions
    if naming.comma_after:
        governors = lexicon.governors
    return _you_reported(naming) or not _governed(naming, governors)


def _reported_after(naming: Naming) -> bool:
    """ "Sage, stop, she said": the report follows, at the end or before an "and"."""
    after, lexicon = naming.after, naming.lexicon
    if _reported_of_a_third(naming):
        return True
    for at in range(_SHORTEST_REPORT, len(after)):
        pair = {*after[at - 1 : at + 1]}
        ends = at + 1 == len(after) or after[at + 1] in lexicon.joining
        who = lexicon.subjects | naming.people
        asked = at == _SHORTEST_REPORT and after[0] in lexicon.inverted
        if asked or not ends or not pair & lexicon.reporting or not pair & who:
            continue
        if not lexicon.question_words & set(after[max(0, at - 4) : at - 1]):
            return True
    return False


def _reported_of_a_third(naming: Naming) -> bool:
    """ "Sage, turn it down, she kept shouting": she, and not who was asked about."""
    after, lexicon = naming.after, naming.lexicon
    thirds = lexicon.subjects & lexicon.thirds
    governors = lexicon.conjunctions | lexicon.question_words
    for at in range(_SHORTEST_REPORT, len(after)):
        near = after[max(0, at - 1) : at + 3]
        if after[at].removeprefix("qu'") not in thirds or not lexicon.speech & set(near):
            continue
        earlier = set(after[max(0, at - 2) : at])
        if not earlier & governors:
            return True
    return False


def _runs_on(naming: Naming) -> bool:
    """What looks like a new question or request may go on with the sentence before.

    "How do you switch Sage off when you want", "last time Sage read it out".
    """
    after, lexicon = naming.after, naming.lexicon
    first = after[0]
    if inverted(after, naming.people, lexicon):
        return False
    if first in lexicon.question_words:
        return _questioned(naming)
    if not is_request(first, lexicon) or naming.comma_after or first in lexicon.pleas:
        return False
    plain = len(after) > 1 and after[1] in lexicon.pronoun_objects
    if _behind(naming, lexicon.asides):
        return False
    return not plain and naming.previous not in lexicon.openers | lexicon.particles


_RULES: tuple[tuple[str, Callable[[Naming], bool]], ...] = (
    ("mention", lambda naming: naming.possessive),
    ("quoted", lambda naming: naming.quoted),
    ("quoted", lambda naming: naming.exact and _opens(naming) and _reported_after(naming)),
    ("called_first", lambda naming: _opens(naming) and _calls_at_start(naming)),
    ("mention", lambda naming: _opens(naming) and naming.exact),
    ("", _opens),
    ("quoted", _reported),
    ("ends_question", lambda naming: _closes(naming) and _calls_at_end(naming)),
    ("called_inside", lambda naming: not _closes(naming) and _calls_inside(naming)),
    ("mention", lambda naming: naming.exact),
    ("", lambda naming: True),
)
"""The first rule that holds names what the occurrence is. A near miss that calls nobody is no
name at all."""
CALLS = ("called_first", "called_inside", "ends_question")


def strongest(
    spoken: Sequence[Sentence], sought: Sequence[str], names: Names, lexicon: Lexicon
) -> Called | None:
    """The strongest thing that happens to any of the names; None if none is said."""
    found = [
        Called(next(reason for reason, holds in _RULES if holds(naming)), number, naming)
        for number, sentence in enumerate(spoken)
        for naming in namings(sentence, sought, names, lexicon)
    ]
    ranked = (*CALLS, "mention", "quoted")
    said = [called for called in found if called.reason]
    return min(said, key=lambda called: ranked.index(called.reason), default=None)
