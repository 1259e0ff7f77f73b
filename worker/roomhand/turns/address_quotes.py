"""Pure: is what stands around a name somebody's quoted words?"""

from __future__ import annotations

from roomhand.turns.address_clause import behind, closes, elliptic, governed, opens, questioned
from roomhand.turns.address_commands import order_of
from roomhand.turns.address_lexicon import Lexicon
from roomhand.turns.address_namings import Naming
from roomhand.turns.address_text import contains
from roomhand.turns.orders import Order

_REPORT_REACH = 4
"""How many words before a name a reporting verb is looked for."""
_FAR_REPORT_REACH = 5
"""Where a comma stands before the name."""
_WRITTEN_REACH = 6
_NEAR = 2
_SHORTEST_SUBJECT = 2
_UNFINISHED_REACH = 4
_LATEST_SPEECH = 3
_SHORTEST_REPORT = 2
_LONGEST_ASKING = 5
_OBEYED = (Order.HOLD, Order.RESUME, Order.SILENT, Order.CANCEL)


def reported(naming: Naming) -> bool:
    """Shortly before the name, somebody is quoted; "as you said" is no quotation."""
    if _behind_a_colon(naming) and not opens(naming):
        return True
    if closes(naming) and naming.comma_before and naming.asks:
        return False
    written = naming.lexicon.texts & set(naming.before[-_WRITTEN_REACH:])
    if order_of(naming.before, naming.lexicon, whole=True) in _OBEYED or _asks_leave(naming):
        return False
    if _cited(naming):
        return True
    if naming.previous in naming.lexicon.question_tags:
        return False
    bare = [word for word in naming.before if word not in naming.lexicon.openers]
    read = written and bool(naming.lexicon.reading & set(bare[-_NEAR:]))
    titled = naming.previous in naming.lexicon.texts and not closes(naming)
    if (read or titled) and not questioned(naming):
        return True
    if _speech_first(naming):
        return True
    if _quoted_without_verb(naming):
        return True
    if governed(naming, naming.lexicon.governors) or naming.previous in naming.lexicon.you:
        return False
    inserted = behind(naming, naming.lexicon.insertions)
    if inserted and naming.previous not in naming.lexicon.requests:
        return behind(naming, naming.lexicon.reported)
    if you_reported(naming) or (closes(naming) and questioned(naming)):
        return False
    if behind(naming, naming.lexicon.reported) or elliptic(naming):
        return not elliptic(naming)
    own_words = naming.comma_before and closes(naming) and len(naming.before) > _SHORTEST_REPORT
    if own_words and naming.lexicon.first_person & set(naming.before[:_SHORTEST_REPORT]):
        return False
    reach = _FAR_REPORT_REACH if naming.comma_before else _REPORT_REACH
    first = max(0, len(naming.before) - reach)
    return any(_reports(naming, at) for at in range(first, len(naming.before)))


def _asks_leave(naming: Naming) -> bool:
    """ "They asked if, oh, tell me, Sage": the speaker breaks off to ask."""
    before, lexicon = naming.before, naming.lexicon
    asking = lexicon.insertions
    length = next((n for n in range(_LONGEST_ASKING, 0, -1) if before[-n:] in asking), 0)
    earlier = before[:-length] if length else ()
    return bool(earlier) and earlier[-1] in lexicon.openers and not _reports_near(earlier, lexicon)


def _reports_near(said: tuple[str, ...], lexicon: Lexicon) -> bool:
    return bool(lexicon.reporting & set(said[-_NEAR - 1 :]))


def _behind_a_colon(naming: Naming) -> bool:
    """ "My boss every day: good morning, Sage": openers at most between the colon and the name.

    Behind "she asked:" it is quoted to the end.
    """
    if naming.since_colon is None:
        return False
    lexicon, before, colon = naming.lexicon, naming.before, naming.since_colon
    verbs = lexicon.reporting - lexicon.requests - lexicon.first_person
    near = range(max(1, colon - _REPORT_REACH), colon)
    told = any(before[at] in verbs and before[at - 1] not in lexicon.nominal for at in near)
    return told or set(before[colon:]) <= lexicon.openers


def _speech_first(naming: Naming) -> bool:
    """ "She wrote on the form Sage please wait": nothing else happens before the quotation."""
    lexicon, before = naming.lexicon, naming.before
    verbs = lexicon.reporting | (lexicon.reading if lexicon.texts & set(before) else frozenset())
    first = next((at for at, word in enumerate(before) if word in verbs), len(before))
    if first > _LATEST_SPEECH or closes(naming) or before[first + 1 :] == ():
        return False
    who = lexicon.subjects | naming.people | lexicon.nominal | lexicon.first_person
    after_it = before[first + 1 + (before[first + 1] in lexicon.subjects) :]
    clause = lexicon.finite | lexicon.second | lexicon.subjects | lexicon.you
    clause |= lexicon.conjunctions - lexicon.comparing - lexicon.nominal
    spoken = bool(who & set(before[: first + 2])) and not lexicon.you & set(before[:first])
    return spoken and not set(after_it) & (clause | lexicon.question_words)


def _quoted_without_verb(naming: Naming) -> bool:
    """ "And he like hey Sage", "my aunt always Sage": who speaks, and no verb."""
    lexicon, before = naming.lexicon, list(naming.before)
    while before and before[-1] in lexicon.greetings:
        before.pop()
    if len(before) < _SHORTEST_SUBJECT:
        return False
    if len(before) < len(naming.before) and tuple(before[-2:]) in lexicon.reported:
        return True
    who = lexicon.nominal | lexicon.subjects | naming.people
    verbs = lexicon.finite | lexicon.requests | lexicon.second
    speaker = set(before[:-1]) - lexicon.joining
    return before[-1] in lexicon.quoting and bool(who & speaker) and not verbs & speaker


def _cited(naming: Naming) -> bool:
    """ "You start with hey Sage": a call as part of somebody's sentence."""
    lexicon, before = naming.lexicon, list(naming.before)
    if naming.comma_before or naming.previous not in lexicon.openers:
        return False
    while before and before[-1] in lexicon.openers:
        before.pop()
    greeted = naming.previous in lexicon.greetings
    if (behind(naming, lexicon.wishes) or greeted) and lexicon.chatting & set(naming.before):
        return True
    if closes(naming) and not greeted:
        return False
    governors = lexicon.governors if greeted else lexicon.reading | lexicon.reporting
    return bool(before) and before[-1] in governors


def _reports(naming: Naming, at: int) -> bool:
    """The word quotes somebody; in "can you say it again" it quotes nobody."""
    before, lexicon = naming.before, naming.lexicon
    if before[at] not in lexicon.reporting:
        return False
    start = naming.since_comma if naming.since_comma <= at else 0
    light = lexicon.openers | lexicon.particles | lexicon.adversative
    opened = set(before[start:at]) <= light
    if opened and before[at] in lexicon.requests and naming.comma_before:
        return False
    before_it = before[max(0, at - 2) : at]
    fused = set(before_it[-1:]) & lexicon.you & lexicon.second - lexicon.after_verb
    asked = len(before_it) > 1 and before_it[1] in lexicon.you and before_it[0] in lexicon.inverted
    wanted = contains(before[max(0, at - _UNFINISHED_REACH) : at], lexicon.unfinished)
    return not (asked or fused or wanted)


def you_reported(naming: Naming) -> bool:
    """ "As you said Sage", where no "if you say Sage" is meant."""
    before, lexicon = naming.before[-3:], naming.lexicon
    if len(before) < 3 or before[1] not in lexicon.you or before[2] not in lexicon.reporting:
        return False
    asked = questioned(naming) and before[0] not in lexicon.conjunctions
    return before[0] in lexicon.comparing or asked


def reported_after(naming: Naming) -> bool:
    """ "Sage, stop, she said": the report follows, at the end or before an "and"."""
    after, lexicon = naming.after, naming.lexicon
    alone = len(after) - 1 in naming.comma_later and after[-1] in lexicon.speech
    if alone or _inserted(naming) or _reported_of_a_third(naming):
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


def _inserted(naming: Naming) -> bool:
    """ "Sage, says she, you are right": who speaks stands directly behind the name."""
    after, lexicon = naming.after, naming.lexicon
    who = lexicon.thirds | lexicon.nominal
    between = naming.comma_after and bool(naming.comma_later) and not naming.asks
    return between and after[0] in lexicon.reporting and after[1] in who if after[1:] else False


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
