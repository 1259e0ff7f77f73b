"""Pure: is a piece of a sentence said to somebody, or about somebody?"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from itertools import pairwise

from roomhand.turns.address_commands import begins_with_order
from roomhand.turns.address_lexicon import Lexicon, plain
from roomhand.turns.address_text import begins_with, contains

_IN_SITU_REACH = 4
_LATE_REACH = 6
_LISTED_REACH = 8
_LONGEST_TOPIC = 6
_LONGEST_ASIDE = 4
_LONGEST_CRY = 3
_ELIDED = frozenset("lmtsnj")
_SHORTEST_CLAUSE = 3
_LONGEST_SUBJECT = 4
_TITLE_REACH = 3


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
    if begins_with(rest, lexicon.turning) or begins_with_order(rest, lexicon):
        return Form.TO_YOU
    pleaded = bool(lexicon.pleas & {*rest[1:3], *rest[-1:]}) and len(rest) > 1
    pleaded = pleaded or bool(lexicon.pleas & set(rest[1:]) and not lexicon.finite & set(rest))
    if pleaded and not listed and rest[0] not in lexicon.finite - lexicon.requests:
        return Form.TO_YOU
    rest = _without_fillers(rest, lexicon)
    if not rest:
        return Form.NOTHING
    topic = set(rest[:1]) if len(rest) == 1 else lexicon.topics & set(rest[:2])
    short = len(rest) <= _LONGEST_TOPIC and not lexicon.finite & set(rest)
    if short and topic & (lexicon.topics - lexicon.counted if at_once else lexicon.topics):
        return Form.TO_YOU
    named = next((at for at, word in enumerate(rest) if plain(word) not in people), len(rest))
    if named:
        return _behind_names(rest[named:], people, lexicon)
    found = _by_first_words(rest, people, lexicon, listed)
    if found is Form.UNCLEAR and not listed and not at_once and _without_verb(rest, lexicon):
        return Form.TO_YOU
    blocked = rest[0] in lexicon.inverted and rest[0] not in lexicon.prepositions
    if found is Form.UNCLEAR and not (blocked or listed or at_once):
        asked = lexicon.in_situ & set(rest[:_IN_SITU_REACH]) or rest[-1] in lexicon.pleas
        return Form.TO_YOU if asked or _turns_to_you(rest, lexicon) else found
    return found


def _without_verb(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """A clause that sets the scene, or a topic and no verb ("two things", "your view")."""
    if len(rest) > 1 and rest[0] in lexicon.scenes:
        known = lexicon.speaking | lexicon.scene_verbs | lexicon.formal
        return rest[1] in known or is_second(rest[1], lexicon)
    if len(rest) <= _LONGEST_CRY and not _tells(rest, lexicon):
        return True
    if rest[0] in lexicon.topics and len(rest) <= _LONGEST_TOPIC:
        return True
    if _about_something_else(rest, lexicon):
        return True
    begun = rest[0] in lexicon.nominal and len(rest) > 1 and rest[1] not in lexicon.titles
    if begun and any(pair in lexicon.asked_later for pair in pairwise(rest[1:])):
        return True
    if begun and _taken_up(rest, lexicon):
        return True
    begun = begun or (len(rest) > 1 and rest[0] in lexicon.adverbial)
    verbs = lexicon.finite | lexicon.titles
    if lexicon.compounds and any(word.endswith("ed") for word in rest):
        return False
    return begun and len(rest) <= _LONGEST_TOPIC and not verbs & set(rest[1:])


def _taken_up(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """ "The eight o'clock train, it still runs": a topic of its own, and then its pronoun."""
    opening = lexicon.conjunctions | lexicon.question_words | lexicon.joining | lexicon.prepositions
    pairs = list(pairwise(rest))[1:_LATE_REACH]
    return any(b in lexicon.thirds & lexicon.again and a not in opening for a, b in pairs)


def _tells(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether so few words may still say something about the name before them."""
    known = lexicon.finite | lexicon.remarks | lexicon.conjunctions | lexicon.habits
    if rest[0].partition("'")[0] in lexicon.clitics | _ELIDED or rest[0] in lexicon.clitics:
        return True
    if lexicon.clitics and lexicon.nominal & set(rest[1:]):
        return True
    ends = lexicon.third_endings + lexicon.stated_endings
    return bool(known & set(rest)) or any(word.endswith(ends or (" ",)) for word in rest)


def _about_something_else(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """A topic, and then another subject: the name is none ("the train is late")."""
    verbs = lexicon.finite
    ends = lexicon.plural_endings or (" ",)
    found = (word in verbs or (at > 1 and word.endswith(ends)) for at, word in enumerate(rest))
    first = next((at for at, is_verb in enumerate(found) if at and is_verb), len(rest))
    if first == 1 or lexicon.titles & set(rest[:_TITLE_REACH]):
        return False
    if len(rest) > _TITLE_REACH - 1 and resumed(rest[1:], lexicon):
        return False
    subject = lexicon.nominal - lexicon.genitive
    if rest[0] in subject and first <= _LONGEST_SUBJECT and first < len(rest) - 1:
        return True
    begun = rest[0] in lexicon.nominal | lexicon.prepositions
    spoken = lexicon.speaking | (lexicon.second - verbs - lexicon.nominal)
    return begun and bool(spoken & set(rest[1:first]))


def _behind_names(rest: Sequence[str], people: frozenset[str], lexicon: Lexicon) -> Form:
    """Names that nothing joins may be called as well, or begin a sentence of their own."""
    if rest and set(rest) <= lexicon.openers:
        return Form.NOTHING
    if len(rest) > 1 and rest[0] in lexicon.joining and rest[1] in lexicon.speaking:
        return Form.ABOUT
    ahead = _by_first_words(rest, people, lexicon, True) if rest else Form.UNCLEAR
    to_you = ahead is Form.TO_YOU or _turns_to_you(rest, lexicon)
    to_you = to_you or (bool(rest) and rest[0] in lexicon.third - lexicon.joining)
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


def _behind_and(rest: Sequence[str], people: frozenset[str], lexicon: Lexicon) -> Form:
    """ "And check the spelling", "but who pays", where "and I" belongs to a list."""
    if len(rest) > 2 and rest[0] in lexicon.both_you and plain(rest[1]) in people:
        return _by_first_words(rest[2:], people, lexicon, True)
    suggested = lexicon.speaking | lexicon.clitics | lexicon.second
    if rest and rest[0] in lexicon.whether and set(rest[1:2]) & suggested:
        return Form.TO_YOU
    if not rest or rest[0] in lexicon.speaking or plain(rest[0]) in people:
        return Form.ABOUT
    found = _by_first_words(rest, people, lexicon, False)
    return Form.TO_YOU if found is Form.TO_YOU and rest[0] in lexicon.asking_first else Form.ABOUT


def _without_fillers(rest: Sequence[str], lexicon: Lexicon) -> Sequence[str]:
    start = 0
    while start < len(rest):
        lengths = range(_LONGEST_ASIDE, 1, -1)
        aside = next((n for n in lengths if tuple(rest[start : start + n]) in lexicon.asides), 0)
        aside = 0 if rest[start] in lexicon.requests else aside
        if not aside and rest[start] not in lexicon.fillers:
            break
        start += aside or 1
    return rest[start:]


def _by_first_words(
    rest: Sequence[str], people: frozenset[str], lexicon: Lexicon, listed: bool
) -> Form:
    first = rest[0]
    if inverted(rest, people, lexicon) or begins_with_order(rest, lexicon):
        return Form.TO_YOU
    if first in lexicon.joining | lexicon.adversative:
        return _behind_and(rest[1:], people, lexicon)
    if _is_told(rest, lexicon, listed):
        return Form.TO_YOU
    if first in lexicon.clitics:
        return _behind_clitics(rest, lexicon)
    if first in lexicon.again and (lexicon.late | lexicon.you_subjects) & set(rest[:_LATE_REACH]):
        return Form.TO_YOU
    if _other_subject(rest, lexicon):
        return Form.TO_YOU
    if first in lexicon.particles and len(rest) > 1:
        found = _by_first_words(rest[1:], people, lexicon, listed)
        if found is Form.TO_YOU:
            return found
    if first in lexicon.thirds and set(rest[1:3]) & lexicon.impersonal:
        return Form.TO_YOU
    if _formal_subject(rest, lexicon) or _asks_by_preposition(rest, lexicon):
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
    if _bare_verb(rest, lexicon) and not listed:
        return Form.TO_YOU
    if is_request(first, lexicon):
        several = listed and not set(rest[:2]) & (lexicon.pleas | lexicon.pronoun_objects)
        doubtful = several or lexicon.habits & set(rest[:4])
        return Form.UNCLEAR if doubtful else Form.TO_YOU
    return _by_ending(first, lexicon)


def _is_told(rest: Sequence[str], lexicon: Lexicon, listed: bool) -> bool:
    """A request to several, a question or a request whatever its verb is."""
    first = rest[0]
    if listed and first not in lexicon.third and lexicon.you & set(rest[:_LISTED_REACH]):
        return True
    if listed and is_request(first, lexicon) and lexicon.pleas & set(rest[:3]):
        return True
    if listed and first.endswith(lexicon.listed_endings or (" ",)):
        return True
    if len(rest) > 1 and rest[1] in lexicon.after_verb and first not in lexicon.third:
        return True
    if begins_with(rest, lexicon.turning):
        return True
    formal = first.endswith(lexicon.formal_ends or (" ",)) and first not in lexicon.plural
    return formal and len(rest) > 1 and rest[1] in lexicon.formal


def _formal_subject(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """ "Sie wollten": "they" cannot take up the name of one."""
    plural = len(rest) > 1 and (rest[1] in lexicon.plural or rest[1] in lexicon.formal_plural)
    return plural and rest[0] in lexicon.formal


def _asks_by_preposition(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """ "By when", "in which year"."""
    first = lexicon.prepositions | lexicon.bound | lexicon.timing
    return len(rest) > 1 and rest[0] in first and rest[1] in lexicon.question_words


def _other_subject(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """ "There's an error", "that can't be right"."""
    if rest[0] not in lexicon.other_subjects or len(rest) < _SHORTEST_CLAUSE:
        return False
    verb = next((word for word in rest[1:] if word not in lexicon.clitics), "")
    verbs = lexicon.finite
    if rest[0] in lexicon.pointing:
        verbs -= lexicon.resuming_verbs
    return verb in verbs - lexicon.joining


def _bare_verb(rest: Sequence[str], lexicon: Lexicon) -> bool:
    """A word with no ending of a statement and an object behind it: a request ("compile the")."""
    if len(rest) < 2 or rest[0] in lexicon.listed or rest[0].endswith(lexicon.stated_endings):
        return False
    return bool(lexicon.stated_endings) and rest[1] in lexicon.object_starts


def is_request(word: str, lexicon: Lexicon) -> bool:
    """A verb in the form of a request, whatever is added to it ("dime", "fasse")."""
    bare = plain(word)
    if word not in lexicon.requests and word.endswith(lexicon.stated_endings or (" ",)):
        return False
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


def inverted(said: Sequence[str], people: frozenset[str], lexicon: Lexicon) -> bool:
    """Verb before subject: "can you", "did Ben"."""
    if len(said) < 2 or said[0] not in lexicon.inverted:
        return False
    if said[1] in lexicon.pronouns and lexicon.habits & set(said[2:_LATE_REACH]):
        return False
    named = said[0] in lexicon.names_invert and plain(said[1]) in people
    return named or said[1] in lexicon.inverted[said[0]]


def asks(said: Sequence[str], people: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether it is a question or a request by its words, after what may open any sentence."""
    start = 0
    weak = lexicon.openers - lexicon.requests - lexicon.you - lexicon.question_words
    while start < len(said) and (said[start] in weak or plain(said[start]) in people):
        if inverted(said[start:], people, lexicon):
            return True
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
    if len(rest) > 1 and rest[0] in lexicon.names_invert:
        return True
    if lexicon.verb_first and len(rest) > 1 and rest[0] in lexicon.finite - lexicon.plural:
        return True
    return bool(lexicon.in_situ & set(rest)) or is_second(rest[0], lexicon)
