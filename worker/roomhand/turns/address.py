"""Pure: was this utterance meant for the agent? First version, for English.

A name that is called (at the start, at the end, between commas) addresses; a name in somebody's
sentence or quotation is a mention and does not. Recognisers give no commas, so what stands around
the name decides; commas and question marks only help where there are some. In doubt the agent was
not addressed: a question asked twice is better than an interruption.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from roomhand.profiles import Policy
from roomhand.turns import address_words as words
from roomhand.turns.near_miss import sounds_like

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[.!?;:…,\"“”«»]")
_STOPS = frozenset(".!?;:…")
_QUOTES = frozenset('"“”«»')
_REPORT_REACH = 3
"""How many words before a name a reporting verb is looked for."""
_LONGEST_OPENING = 6


class Order(StrEnum):
    """What an utterance tells the agent about its own behaviour: carried out, not answered."""

    HOLD = "hold"
    """Say nothing more until told to resume, or asked by name."""
    RESUME = "resume"
    SILENT = "silent"
    """Only listen until called by name."""
    CANCEL = "cancel"
    """Forget it: it also ends what the agent was about to do."""
    CALL_ON = "call_on"
    """The hand that it raised was seen: speak."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` is a short word for logs and tables; it never holds what was said."""

    addressed: bool
    reason: str
    order: Order | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the room looks like at the onset of the utterance, ``now_ms``.

    ``answered`` is the identity of the person whom the agent spoke to last, and ``answered_ms``
    when it stopped speaking; ``asked`` is set where its last words were a question to somebody.
    ``people`` and ``agents`` count everybody in the room. ``language`` is a BCP 47 tag; English
    is understood beside it. ``from_agent``: another agent said it.
    """

    speaker: str
    now_ms: int
    people: int
    agents: int = 1
    answered: str | None = None
    answered_ms: int = 0
    follow_up_s: float = 8.0
    policy: Policy = Policy.ADDRESSED
    asked: str | None = None
    language: str = "en"
    from_agent: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """``own`` are the names that the agent answers to, ``others`` everybody else's in the room.

    ``tolerance`` 0 takes only exact names; 1 also what a recogniser makes of them ("stage").
    """

    own: tuple[str, ...]
    others: tuple[str, ...] = ()
    tolerance: int = 1


def judge(utterance: str, names: Names, situation: Situation) -> Verdict:
    """The verdict on a final text, or on an interim one as if it ended here."""
    if situation.policy is Policy.SILENT:
        return Verdict(False, "silent")
    sentences = _sentences(utterance)
    said = [word for sentence in sentences for word in sentence.words]
    if not said:
        return Verdict(False, "nothing_said")
    called = _called(sentences, names.own, names)
    other = _called(sentences, names.others, names)
    if any(f" {phrase} " in f" {' '.join(said)} " for phrase in words.DISMISSALS):
        return Verdict(False, "dismissed")
    if called in _CALLS and not (called == "ends_question" and other in _CALLS):
        return Verdict(True, called)
    if other in _CALLS:
        return Verdict(False, "other_called")
    return _by_situation(said, called, situation)


def _by_situation(said: Sequence[str], called: str, situation: Situation) -> Verdict:
    if set(said) <= words.BACKCHANNELS:
        return Verdict(False, "backchannel")
    if situation.people == 1 and situation.agents == 1:
        return Verdict(True, "alone")
    if called:
        return Verdict(False, called)
    since_ms = situation.now_ms - situation.answered_ms
    asked_again = situation.answered == situation.speaker
    if asked_again and 0 <= since_ms <= situation.follow_up_s * 1000:
        return Verdict(True, "follow_up")
    return Verdict(False, "not_addressed")


@dataclass(frozen=True, slots=True)
class _Sentence:
    words: tuple[str, ...]
    commas: frozenset[int]
    """A comma stands before the word of this index."""
    quoted: frozenset[int]
    asks: bool


def _sentences(utterance: str) -> list[_Sentence]:
    found: list[_Sentence] = []
    said: list[str] = []
    commas: set[int] = set()
    quoted: set[int] = set()
    in_quotes = False
    for token in [*_TOKEN.findall(utterance.lower().replace("’", "'")), "."]:
        if token in _QUOTES:
            in_quotes = not in_quotes
        elif token == ",":
            commas.add(len(said))
        elif token not in _STOPS:
            if in_quotes:
                quoted.add(len(said))
            said.append(token)
        elif said and not in_quotes:
            asks = token == "?"
            found.append(_Sentence(tuple(said), frozenset(commas), frozenset(quoted), asks))
            said, commas, quoted = [], set(), set()
    if said:
        found.append(_Sentence(tuple(said), frozenset(commas), frozenset(quoted), False))
    return found


@dataclass(frozen=True, slots=True)
class _Naming:
    """One occurrence of a name and what stands around it."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    comma_before: bool
    comma_after: bool
    asks: bool
    quoted: bool
    possessive: bool
    exact: bool
    people: frozenset[str]
    """First words of all names of the room."""

    @property
    def previous(self) -> str:
        return self.before[-1] if self.before else ""


def _namings(sentence: _Sentence, sought: Sequence[str], names: Names) -> Iterator[_Naming]:
    people = frozenset(
        name.lower().split()[0] for name in (*names.own, *names.others) if name.strip()
    )
    whole_is_quoted = len(sentence.quoted) == len(sentence.words)
    for name in sought:
        parts = tuple(name.lower().split())
        for at in range(len(sentence.words) - len(parts) + 1 if parts else 0):
            there = sentence.words[at : at + len(parts)]
            plain = (*there[:-1], there[-1].removesuffix("'s"))
            exact = plain == parts
            taken = bool(people & set(there))
            if not exact and (taken or not names.tolerance or not sounds_like(there, parts)):
                continue
            end = at + len(parts)
            yield _Naming(
                before=sentence.words[:at],
                after=sentence.words[end:],
                comma_before=at in sentence.commas,
                comma_after=end in sentence.commas,
                asks=sentence.asks,
                quoted=at in sentence.quoted and not whole_is_quoted,
                possessive=plain != there,
                exact=exact,
                people=people,
            )


class _Form(Enum):
    """How a sentence goes on after the name that it began with."""

    NOTHING = auto()
    TO_YOU = auto()
    ABOUT = auto()
    UNCLEAR = auto()


def _form(rest: Sequence[str], people: frozenset[str]) -> _Form:
    if len(rest) > 2 and rest[0] == "and" and rest[1] in people:
        return _form(rest[2:], people)
    if not rest:
        return _Form.NOTHING
    first, *more = rest
    if first in words.SUBJECTS:
        return _Form.TO_YOU if _asks_by_order(rest, people) else _Form.UNCLEAR
    if first in words.QUESTION_WORDS | words.REQUESTS | words.FIRST_AND_SECOND:
        return _Form.TO_YOU
    if first in words.FILLERS:
        return _form(more, people)
    third = first.endswith(("s", "ed")) and first not in words.NO_THIRD_PERSON
    if first in words.SAID_OF_A_THIRD or third:
        return _Form.ABOUT
    return _Form.UNCLEAR


def _asks_by_order(rest: Sequence[str], people: frozenset[str]) -> bool:
    """Verb before subject: "can you", "did Ben"."""
    return len(rest) > 1 and rest[1] in words.SUBJECTS.get(rest[0], frozenset()) | (
        people if rest[0] in words.SUBJECTS else frozenset()
    )


def _opens(naming: _Naming) -> bool:
    """Nothing but openers and other names stands before the name."""
    allowed = words.OPENERS | naming.people
    return len(naming.before) <= _LONGEST_OPENING and set(naming.before) <= allowed


def _closes(naming: _Naming) -> bool:
    return set(naming.after) <= words.TAGS


def _to_somebody(naming: _Naming) -> bool:
    """What stands before the name is a question, a request, or speaks of "you"."""
    said = list(naming.before)
    while said and said[0] in words.OPENERS - words.REQUESTS - words.YOU:
        del said[0]
    if not said:
        return False
    first_word_asks = said[0] in words.QUESTION_WORDS | words.REQUESTS
    ordered = _asks_by_order(said, naming.people)
    return first_word_asks or ordered or naming.asks or bool(words.YOU & set(said))


def _reported(naming: _Naming) -> bool:
    """Shortly before the name, somebody is quoted; "as you said" is no quotation."""
    near = naming.before[-_REPORT_REACH:]
    if naming.previous in words.OBJECT_GOVERNORS | {"you"} or _you_reported(naming.before):
        return False
    return bool(words.REPORTING & set(near))


def _you_reported(before: Sequence[str]) -> bool:
    return len(before) > 1 and before[-2] == "you" and before[-1] in words.REPORTING


def _calls_at_start(naming: _Naming) -> bool:
    form = _form(naming.after, naming.people)
    if form in {_Form.TO_YOU, _Form.NOTHING}:
        return naming.exact or form is _Form.TO_YOU or naming.previous in words.GREETINGS
    if form is _Form.ABOUT or not naming.exact:
        return False
    listed = naming.comma_after and naming.after[0] in naming.people
    greeted = naming.previous in words.GREETINGS
    return greeted or naming.asks or (naming.comma_after and not listed)


def _calls_at_end(naming: _Naming) -> bool:
    if naming.comma_before and naming.previous not in naming.people | {"and", "or"}:
        return True
    governed = naming.previous in words.OBJECT_GOVERNORS and not naming.comma_before
    pointed_out = " ".join(naming.before) in words.IDENTIFYING
    return not governed and not pointed_out and _to_somebody(naming)


def _calls_inside(naming: _Naming) -> bool:
    form = _form(naming.after, naming.people)
    if naming.comma_before and naming.comma_after:
        return form is not _Form.ABOUT
    if _to_somebody(naming) and naming.after[0] in words.TOPIC:
        return naming.previous not in words.OBJECT_GOVERNORS
    governed = naming.previous in words.CLAUSE_GOVERNORS and not _you_reported(naming.before)
    return form is _Form.TO_YOU and not governed


_RULES: tuple[tuple[str, Callable[[_Naming], bool]], ...] = (
    ("mention", lambda naming: naming.possessive),
    ("quoted", lambda naming: naming.quoted),
    ("called_first", lambda naming: _opens(naming) and _calls_at_start(naming)),
    ("mention", lambda naming: _opens(naming) or not naming.exact),
    ("quoted", _reported),
    ("ends_question", lambda naming: _closes(naming) and _calls_at_end(naming)),
    ("called_inside", lambda naming: not _closes(naming) and _calls_inside(naming)),
    ("mention", lambda naming: True),
)
"""The first rule that holds names what the occurrence is."""
_CALLS = ("called_first", "called_inside", "ends_question")


def _called(sentences: Sequence[_Sentence], sought: Sequence[str], names: Names) -> str:
    """The strongest thing that happens to any of the names; empty if none is said."""
    found = [
        next(reason for reason, holds in _RULES if holds(naming))
        for sentence in sentences
        for naming in _namings(sentence, sought, names)
    ]
    return next((reason for reason in (*_CALLS, "mention", "quoted") if reason in found), "")
