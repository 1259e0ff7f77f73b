"""Pure: was this utterance meant for the agent, and is it an order?

The policy is docs/addressing.md. A name that is called (at the start, at the end, between commas)
addresses; a name in somebody's sentence or quotation is a mention and does not. Recognisers give
no commas, so what stands around the name decides; commas and question marks only help where there
are some. In doubt the agent was not addressed: a question asked twice is better than an
interruption. English, German, French and Spanish share the rules and bring words of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from roomhand.profiles import Policy
from roomhand.turns.address_clause import form_after
from roomhand.turns.address_commands import order_of
from roomhand.turns.address_forms import Form, asks
from roomhand.turns.address_languages import LEXICONS, lexicon_for
from roomhand.turns.address_lexicon import Lexicon, plain
from roomhand.turns.address_namings import Names
from roomhand.turns.address_rules import (
    CALLED_AFTER_ALL_FROM,
    OTHER_CALLED_FROM,
    Called,
    strongest,
)
from roomhand.turns.address_text import Sentence, contains, name_words, sentences, without
from roomhand.turns.backchannels import is_backchannel, only_listens
from roomhand.turns.orders import Order

__all__ = ["Names", "Order", "Situation", "Verdict", "early", "judge"]

_HANDOVER_REACH = 5
"""Words before a name in which the word is passed to it."""
REPLY_S = 20.0
"""So long after its own question the agent takes what the person asked says for the answer."""


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

    @property
    def alone(self) -> bool:
        """One person and this agent."""
        return self.people == 1 and self.agents == 1 and not self.from_agent

    @property
    def replies(self) -> bool:
        """The speaker was asked something by the agent, a moment ago."""
        return self.asked == self.speaker and self._within(max(REPLY_S, self.follow_up_s))

    @property
    def follows_up(self) -> bool:
        """The agent has just spoken to the speaker; under ``follow_up`` to anybody."""
        if self.answered is None or self.from_agent:
            return False
        theirs = self.answered == self.speaker or self.policy is Policy.FOLLOW_UP
        return theirs and self._within(self.follow_up_s)

    def _within(self, seconds: float) -> bool:
        return 0 <= self.now_ms - self.answered_ms <= seconds * 1000


@dataclass(frozen=True, slots=True)
class _Heard:
    """An utterance, and what happened in it to the agent's names and to the others'."""

    sentences: Sequence[Sentence]
    words: Sequence[str]
    lexicon: Lexicon
    own: Called | None
    other: Called | None

    @property
    def called(self) -> bool:
        """The agent was called, and nobody else before it in the same sentence."""
        if self.own is None or not self.own.calls:
            return False
        rival = self.other is not None and self.other.reason == "called_first"
        rival = rival and self.other is not None and self.other.sentence == self.own.sentence
        rival = rival and not self._thanked
        return not (rival and self.own.reason != "called_first")

    @property
    def _thanked(self) -> bool:
        """The other was only thanked: what follows is for somebody else."""
        thanks = {phrase[-1] for phrase in self.lexicon.thanks}
        return self.other is not None and self.other.naming.previous in thanks


def judge(utterance: str, names: Names, situation: Situation) -> Verdict:
    """The verdict on a final text, or on an interim one as if it ended here."""
    if situation.policy is Policy.SILENT:
        return Verdict(False, "silent")
    heard = _hear(utterance, names, situation.language)
    if not heard.words:
        return Verdict(False, "nothing_said")
    order = None if situation.from_agent else _order(heard, names, situation)
    if order is Order.CANCEL and (heard.called or _called_off(heard, situation)):
        return Verdict(False, "dismissed", order)
    if heard.own is not None and heard.called:
        return Verdict(True, heard.own.reason, order)
    if heard.other is not None and heard.other.calls:
        return Verdict(False, "other_called")
    if situation.from_agent:
        return _from_agent(heard, names)
    return _by_situation(heard, situation, order)


def get_ready() -> None:
    """Judge once in every language: the first time takes up to 50 ms, since sets are built then."""
    for language, lexicon in LEXICONS.items():
        known = sorted(lexicon.vocabulary)[:2]
        situation = Situation(speaker="", now_ms=0, people=2, language=language)
        judge(f"Sage {' '.join(known)}", Names(("Sage",)), situation)


def early(interim: str, names: Names, situation: Situation) -> bool:
    """Whether an unfinished text already calls the agent so plainly that preparing is worth it.

    Its exact name first, and words that are said to somebody after it. To prepare, never to speak:
    how the text goes on may still call the agent off.
    """
    verdict = judge(interim, names, situation)
    own = _hear(interim, names, situation.language).own
    if own is None or not verdict.addressed or verdict.order or verdict.reason != "called_first":
        return False
    return own.naming.exact and form_after(own.naming) is Form.TO_YOU


def _handed_over(found: Called, lexicon: Lexicon) -> bool:
    near, previous = found.naming.before[-_HANDOVER_REACH:], found.naming.previous
    by_verb = lexicon.handing - lexicon.prepositions
    handing = previous in by_verb or (previous in lexicon.handing and bool(by_verb & set(near)))
    return contains(near, lexicon.handovers) or handing


def _hear(utterance: str, names: Names, language: str) -> _Heard:
    spoken = sentences(utterance)
    words = [word for sentence in spoken for word in sentence.words]
    lexicon = lexicon_for(words, language)
    own = strongest(spoken, names.own, names, lexicon, CALLED_AFTER_ALL_FROM)
    exact = replace(names, tolerance=0)
    other = strongest(spoken, names.others, exact, lexicon, OTHER_CALLED_FROM)
    return _Heard(spoken, words, lexicon, own, other)


def _order(heard: _Heard, names: Names, situation: Situation) -> Order | None:
    """What the words are an order to do, without the names."""
    parts = _unnamed(heard, names)
    said = [word for part in parts for word in part]
    if _meant_for_another(heard):
        return Order.CANCEL
    raised = situation.policy is Policy.RAISE_HAND
    if raised and set(said) <= heard.lexicon.openers and said:
        return Order.CALL_ON
    order = order_of(said, heard.lexicon) or _order_beside(heard, parts)
    if order is not Order.CANCEL and _asks_besides(parts, heard.lexicon):
        return None
    return order if order is not Order.CALL_ON or raised else None


def _unnamed(heard: _Heard, names: Names) -> list[list[str]]:
    """The words of each sentence, without the names."""
    own = heard.own
    known = {word for name in (*names.own, *names.others) for word in name_words(name)}
    parts: list[list[str]] = []
    for number, sentence in enumerate(heard.sentences):
        span = own.naming.span if own is not None and own.sentence == number else (0, 0)
        places = enumerate(sentence.words)
        said = (word for at, word in places if not span[0] <= at < span[1])
        parts.append([word for word in said if plain(word) not in known])
    return parts


def _order_beside(heard: _Heard, parts: Sequence[Sequence[str]]) -> Order | None:
    """In the sentence of the call alone, or on one side of it, where the other asks nothing.

    "There I am again. Sage, go on", "just a second Sage the other phone is ringing".
    """
    if heard.own is None or not heard.own.calls:
        return None
    naming, lexicon = heard.own.naming, heard.lexicon
    piece = naming.after[: next(iter(naming.comma_later), 0)] if naming.comma_after else ()
    if order_of(piece, lexicon, whole=True) is Order.CANCEL:
        return Order.CANCEL
    if found := order_of(parts[heard.own.sentence], lexicon):
        return found
    if naming.asks:
        return None
    for side, other in ((naming.before, naming.after), (naming.after, naming.before)):
        found = order_of(side, lexicon, whole=True)
        if found and not asks(other, naming.people, lexicon):
            return found
    return None


def _asks_besides(parts: Sequence[Sequence[str]], lexicon: Lexicon) -> bool:
    """A sentence of its own asks for something that is no order."""
    light = lexicon.openers | lexicon.pleas
    heavy = (part for part in parts if not set(part) <= light)
    asking = (part for part in heavy if asks(part, frozenset(), lexicon))
    return len(parts) > 1 and any(order_of(part, lexicon) is None for part in asking)


def _meant_for_another(heard: _Heard) -> bool:
    """ "Sorry Sage, that was for Max"."""
    own, other = heard.own, heard.other
    if own is None or other is None or own.reason == "quoted":
        return False
    before = other.naming.before
    right_before = any(before[-len(one) :] == one for one in heard.lexicon.meant_for)
    return right_before and own.naming.span[0] < other.naming.span[0] and _opening(own)


def _opening(own: Called) -> bool:
    return not set(own.naming.before) - own.naming.lexicon.openers


def _called_off(heard: _Heard, situation: Situation) -> bool:
    """ "Not you" right beside the agent's name, or said by who is talking with it anyway."""
    if heard.own is None:
        with_agent = situation.alone or situation.follows_up
        with_agent = with_agent and not situation.replies
        return with_agent and not (heard.other is not None and heard.other.calls)
    naming = heard.own.naming
    governors = heard.lexicon.governors | heard.lexicon.reporting
    if heard.own.reason == "quoted" or naming.previous in governors - heard.lexicon.openers:
        return False
    if not naming.before or not naming.after or naming.comma_before or naming.comma_after:
        return True
    if naming.after[0] not in heard.lexicon.explaining and not heard.lexicon.you & set(
        naming.before
    ):
        return False
    return order_of(naming.before, heard.lexicon, whole=True) is Order.CANCEL


def _from_agent(heard: _Heard, names: Names) -> Verdict:
    if heard.own is not None and _handed_over(heard.own, heard.lexicon):
        return Verdict(True, "handed_over")
    return Verdict(False, heard.own.reason if heard.own else "not_addressed")


def _by_situation(heard: _Heard, situation: Situation, order: Order | None) -> Verdict:
    named = heard.own.reason if heard.own is not None else ""
    if situation.replies and not named:
        return _reply(heard, situation, order)
    if _asks_nothing(heard, situation.language):
        return Verdict(False, "backchannel")
    if situation.alone:
        return Verdict(True, "alone", order)
    if named:
        return Verdict(False, named)
    if situation.follows_up:
        return Verdict(True, "follow_up", order)
    if situation.policy is Policy.OPEN and _asks(heard):
        return Verdict(True, "open")
    return Verdict(False, "not_addressed")


def _reply(heard: _Heard, situation: Situation, order: Order | None) -> Verdict:
    """To the agent's own question "yeah" is an answer, and "go ahead" is no order."""
    answers = heard.lexicon.assents & set(heard.words) and not only_listens(heard.words)
    if not answers and _asks_nothing(heard, situation.language):
        return Verdict(False, "backchannel")
    answered = heard.lexicon.responses & set(heard.words)
    kept = {Order.SILENT} if answered else {Order.HOLD, Order.SILENT}
    return Verdict(True, "reply", order if order in kept else None)


def _asks_nothing(heard: _Heard, language: str) -> bool:
    """A listener's sounds, thanks, or both."""
    rest = list(without(heard.words, heard.lexicon.thanks))
    return not rest or is_backchannel(" ".join(rest), language)


def _asks(heard: _Heard) -> bool:
    """The utterance ends with a question or a request."""
    last = heard.sentences[-1]
    if heard.lexicon.first_person & set(last.words[:1]) and not last.asks:
        return last.words[-1] in heard.lexicon.pleas
    if asks(last.words, frozenset(), heard.lexicon) or last.words[-1] in heard.lexicon.pleas:
        return True
    return last.asks and not heard.lexicon.reporting & set(last.words)
