"""Answers about the meeting from what was said in it: rules, no model, no invention.

Every answer is made of fixed phrases and of *quotes*; a quote is a run of words of one person's
turn, always said together with that person's name. What was not said is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from roomhand_plugins.base import Role, TextTurn
from roomhand_plugins.local.wording import (
    EXACT,
    content,
    exact_name,
    like_name,
    likeness,
    tokens,
)

MAX_QUOTE_WORDS = 28
MAX_QUOTES = 3
MAX_SUMMARY = 6
NOTABLE_WORDS = 4
"""A shorter turn is not worth a place in a summary."""
_SPEAKING = (Role.PERSON, Role.OTHER_AGENT)


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of one turn, as its speaker said them."""

    turn_id: str
    speaker: str
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say, and whose words are in it."""

    text: str
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the meeting it is about.

    ``turns`` are oldest first. ``asked_by`` is who asks; ``names`` are all names that may occur,
    the agent's too.
    """

    text: str
    asked_by: str
    turns: Sequence[TextTurn]
    names: Sequence[str] = ()

    @property
    def words(self) -> list[str]:
        """Its words in lower case."""
        return tokens(self.text)

    def statements(self) -> list[TextTurn]:
        """What people said, without this question and earlier ones like it.

        Another agent only repeats what people said: it counts where it is asked about by name.
        """
        mine = tokens(self.text)
        said = [
            turn
            for turn in self.turns
            if turn.role is Role.PERSON
            or (turn.role is Role.OTHER_AGENT and exact_name(mine, [turn.speaker]))
        ]
        return [turn for turn in said if tokens(turn.text) != mine and not _asks(turn.text)]

    def speakers(self) -> list[str]:
        """Everybody who said something, in order of their first turn."""
        people = (turn.speaker for turn in self.turns if turn.role in _SPEAKING)
        return list(dict.fromkeys(name for name in people if name))


Rule = Callable[[Question], Answer | None]

_SUMMARY = re.compile(
    r"\b(sum+ (it |this |that |everything |the meeting )?up|some (it )?up|summar\w*|recap\w*|"
    r"what (have|has|did|do) (we|been|everybody|everyone) (\w+ )?"
    r"(talk\w*|discuss\w*|sa(y|id)|decid\w*))"
)
_REPEAT = re.compile(
    r"\b(repeat|say (that|it) again|once more|come again|pardon|what did you (just )?say)\b"
)
_PROMISE_ASKED = re.compile(r"\b(promis\w*|action items?|to do list|commit(ted|ment\w*)|take on)\b")
_PROMISE_MADE = re.compile(
    r"\b(i|we)('ll| will| promise\w*| am going to|'m going to| shall| intend to)\b|\bpromis\w+"
)
_NAME_PLACE = re.compile(
    r"\b(?:did|does|has|have|what) ((?:(?!did|does|has|have)\w+ ){1,2}?)"
    r"(?:say|said|tell|told|mention|think|talk|promis|speak)"
)
_OWN_ASKED = re.compile(r"\b(did|have) i\b|\bi (said|say|told|mention)")
_WHO = re.compile(r"\b(who|whose|anybody|anyone|somebody|someone)\b")
_HAND_OVER = re.compile(
    r"\b(?:ask|over to|(?:pass|give) (?:it|this|that) (?:on )?to) (?:the )?(.+)"
)
_QUESTION = re.compile(
    r"^(\w+ ){0,2}"
    r"(what|who|whose|when|where|why|how|which|did|does|can you|could you|please|sum up)\b"
)


def answer(question: Question) -> Answer:
    """The best answer that the meeting allows; that it allows none is also an answer."""
    for rule in _RULES:
        found = rule(question)
        if found is not None:
            return found
    return _unknown(question)


def _repeated(question: Question) -> Answer | None:
    if not _REPEAT.search(question.text.lower()) or _person(question):
        return None
    own = [turn.text for turn in question.turns if turn.role is Role.AGENT]
    return Answer(f"I said: {own[-1]}") if own else Answer("I have not said anything yet.")


def _summary(question: Question) -> Answer | None:
    if not _SUMMARY.search(question.text.lower()):
        return None
    person = _person(question)
    notable = [
        turn
        for turn in question.statements()
        if len(tokens(turn.text)) >= NOTABLE_WORDS and person in (None, turn.speaker)
    ]
    if not notable:
        return Answer("Nothing has been said yet that I could sum up.")
    return _quoted(question, notable[-MAX_SUMMARY:], ())


def _promises(question: Question) -> Answer | None:
    if not _PROMISE_ASKED.search(question.text.lower()):
        return None
    person = _person(question)
    made = [
        turn
        for turn in question.statements()
        if _PROMISE_MADE.search(turn.text.lower()) and person in (None, turn.speaker)
    ]
    topic = _topic(question)
    about = _best(made, topic) if topic else []
    if not made:
        return Answer(f"I have not heard {person or 'anybody'} promise anything.")
    return _quoted(question, (about or made)[-MAX_QUOTES:], topic)


def _said_by(question: Question) -> Answer | None:
    person = _person(question)
    if person is None or _WHO.search(question.text.lower()):
        return None
    own = [turn for turn in question.statements() if turn.speaker == person]
    topic = _topic(question)
    if not own:
        return Answer(f"I have not heard {_object(question, person)} say anything yet.")
    if not topic:
        return _quoted(question, own[-2:], ())
    found = _best(own, topic)
    if found:
        return _quoted(question, found[:MAX_QUOTES], topic)
    others = _best(question.statements(), topic)[:1]
    nothing = f"I have not heard {_object(question, person)} say anything about {_phrase(topic)}."
    if not others:
        return Answer(nothing)
    instead = _quoted(question, others, topic)
    return Answer(f"{nothing} But {instead.text}", instead.quotes)


def _said_about(question: Question) -> Answer | None:
    topic = _topic(question)
    found = _best(question.statements(), topic) if topic else []
    return _quoted(question, found[:MAX_QUOTES], topic) if found else None


def _unknown(question: Question) -> Answer:
    topic = _topic(question)
    if not topic:
        return Answer("I did not understand the question. Ask me who said what in this meeting.")
    return Answer(f"I do not know. I have not heard anybody speak about {_phrase(topic)}.")


def _handed_over(question: Question) -> Answer | None:
    """Call whoever is to be asked, by name, and put the question to them."""
    found = _HAND_OVER.search(" ".join(question.words))
    if found is None:
        return None
    first, *rest = found.group(1).split()
    names = [name for name in question.names if name != question.asked_by]
    name = exact_name([first], names) or like_name([first], names)
    if name is None:
        return None
    asked = " ".join(rest)
    if not _asks(asked):
        asked = _last_asked(question) or "can you take this"
    return Answer(f"{name}, {asked}?")


def _last_asked(question: Question) -> str:
    """The newest question of the meeting before this one, without the name it was put to."""
    mine = tokens(question.text)
    for turn in reversed(question.turns):
        if turn.role in _SPEAKING and _asks(turn.text) and tokens(turn.text) != mine:
            words = turn.text.rstrip(".!?").split()
            called = exact_name(tokens(words[0]), question.names)
            return " ".join(words[1:] if called else words)
    return ""


_RULES: tuple[Rule, ...] = (_handed_over, _repeated, _summary, _promises, _said_by, _said_about)
"""In this order; the first that has something to say wins."""


def _person(question: Question) -> str | None:
    """Whose words are asked for: the speaker named in the question, or the one who asks."""
    speakers = question.speakers()
    others = [name for name in speakers if name != question.asked_by]
    place = _name_place(question)
    named = exact_name(place, speakers) or exact_name(question.words, [*others, *speakers])
    if named:
        return named
    if question.asked_by and _OWN_ASKED.search(question.text.lower()):
        return question.asked_by
    return like_name(place, others)


def _name_place(question: Question) -> list[str]:
    """The words where a name must be, however it was misheard: "did ... say"."""
    place = _NAME_PLACE.search(" ".join(question.words))
    return place.group(1).split() if place else []


def _topic(question: Question) -> tuple[str, ...]:
    """What the question is about: its content words, without any name."""
    names = [*question.names, *question.speakers()]
    parts = [part for name in names for part in tokens(name)]
    return tuple(content(question.words, [*parts, *_name_place(question)]))


def _best(turns: Iterable[TextTurn], topic: Sequence[str]) -> list[TextTurn]:
    """Turns about a topic, best first, later first among equals; far worse ones are left out."""
    scored = [(_score(turn, topic), number, turn) for number, turn in enumerate(turns)]
    ranked = sorted((each for each in scored if each[0] > 0), reverse=True, key=lambda e: e[:2])
    return [turn for score, _, turn in ranked if score >= 0.75 * ranked[0][0]]


def _score(turn: TextTurn, topic: Sequence[str]) -> float:
    said = tokens(turn.text)
    return sum(max((likeness(asked, word) for word in said), default=0.0) for asked in topic)


def _quoted(question: Question, turns: Sequence[TextTurn], topic: Sequence[str]) -> Answer:
    quotes = tuple(_quote(turn, topic) for turn in turns)
    parts = []
    for quote in quotes:
        who = "You" if quote.speaker == question.asked_by else quote.speaker or "Somebody"
        parts.append(f"{who} said: {quote.words}.")
    return Answer(" ".join(parts), quotes)


def _quote(turn: TextTurn, topic: Sequence[str]) -> Quote:
    """The turn, or of a long one the part around the topic."""
    words = turn.text.split()
    if len(words) > MAX_QUOTE_WORDS:
        hits = [n for n, word in enumerate(words) if _hit(word, topic)]
        middle = hits[len(hits) // 2] if hits else len(words)
        first = min(max(0, middle - MAX_QUOTE_WORDS // 2), len(words) - MAX_QUOTE_WORDS)
        words = words[first : first + MAX_QUOTE_WORDS]
    return Quote(turn.turn_id, turn.speaker, " ".join(words).rstrip(".!?,;: "))


def _hit(word: str, topic: Sequence[str]) -> bool:
    said = tokens(word)
    return any(likeness(asked, each) >= EXACT for asked in topic for each in said)


def _asks(text: str) -> bool:
    """Whether a turn is itself a question, which is no evidence of anything."""
    return text.rstrip().endswith("?") or bool(_QUESTION.match(" ".join(tokens(text))))


def _object(question: Question, person: str) -> str:
    return "you" if person == question.asked_by else person


def _phrase(topic: Sequence[str]) -> str:
    return " ".join(topic[:4])
