"""A meeting drawn from a seed: who is there, what they say, in which order. Pure.

Three people tell one fact each. Then come, in an order that the seed decides: two people who speak
at the same time, a sentence that only mentions the agent, a question to it, which it is then told
to pass on to a second agent, more facts, and remarks. At the end somebody asks for a summary and
somebody else interrupts it.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tests.demo.lines import Line, Lines

PEOPLE = 3
FACTS_AT_FIRST = 3
FEWEST_FACTS, MOST_FACTS = 5, 9
REMARKS = 4
ATTEMPTS = 500
GAPS_S = (0.3, 0.9)
"""Shortest and longest pause between two speakers."""
OVERLAP_S = (0.3, 1.2)
"""How long after the first the second of two begins."""


class Kind(StrEnum):
    """What a saying is for."""

    FACT = "fact"
    REMARK = "remark"
    MENTION = "mention"
    QUESTION = "question"
    HANDOVER = "handover"
    SUMMARY = "summary"
    INTERRUPTION = "interruption"


@dataclass(frozen=True, slots=True)
class Character:
    """A synthetic person. ``voice`` is a key of ``tests.sim.voices.VOICES``."""

    identity: str
    name: str
    voice: str


@dataclass(frozen=True, slots=True)
class Saying:
    """What one person says in one breath."""

    who: str
    """Identity."""
    kind: Kind
    text: str
    topic: str = ""
    facts: tuple[str, ...] = ()
    """Of a fact: its telling words. Of a question: those that a right answer holds."""
    about: str = ""
    """Of a question: the identity of who told the fact."""
    later_s: float = 0.0
    """Begins so long after its beat does."""


@dataclass(frozen=True, slots=True)
class Beat:
    """One saying, or two at the same time; ``gap_s`` after the one before."""

    sayings: tuple[Saying, ...]
    gap_s: float
    otherwise: Saying | None = None
    """What is asked where the answer was none: another question, if there is one to ask."""

    @property
    def kind(self) -> Kind:
        """What the beat is for."""
        return self.sayings[0].kind


@dataclass(frozen=True, slots=True)
class Script:
    """The whole meeting."""

    seed: int
    agent: str
    other_agent: str
    cast: tuple[Character, ...]
    beats: tuple[Beat, ...]

    @property
    def sayings(self) -> tuple[Saying, ...]:
        """Everything that is said, in order."""
        return tuple(saying for beat in self.beats for saying in beat.sayings)

    @property
    def prepared(self) -> tuple[Saying, ...]:
        """Everything that may be said."""
        otherwise = [beat.otherwise for beat in self.beats if beat.otherwise]
        return (*self.sayings, *otherwise)

    def answers(self, kind: Kind) -> str:
        """Which agent answers a call of this kind."""
        return self.other_agent if kind is Kind.HANDOVER else self.agent

    def name_of(self, identity: str) -> str:
        """A person's display name."""
        return next(c.name for c in self.cast if c.identity == identity)


def draw(seed: int, lines: Lines, understood: Mapping[str, Collection[str]]) -> Script:
    """The meeting of this seed. ``understood`` are the calls that may be made in each voice.

    Raises ValueError where the lines allow no meeting.
    """
    rng = random.Random(seed)
    enough = len(lines.topics) >= FEWEST_FACTS and len(lines.names) >= PEOPLE
    for _ in range(ATTEMPTS if enough else 0):
        script = _Draft(rng, lines, understood).script(seed)
        if script is not None:
            return script
    raise ValueError("these lines make no meeting: measure more with python -m tests.sim.vetting")


class _Draft:
    """One attempt at a meeting."""

    def __init__(
        self, rng: random.Random, lines: Lines, understood: Mapping[str, Collection[str]]
    ) -> None:
        self._rng = rng
        self._lines = lines
        names = rng.sample(lines.names, PEOPLE)
        tones = rng.sample(sorted(understood), PEOPLE)
        self._cast = tuple(
            Character(f"{name.lower()}-{rng.randrange(16**4):04x}", name, tone)
            for name, tone in zip(names, tones, strict=True)
        )
        topics = rng.sample(lines.topics, min(len(lines.topics), MOST_FACTS))
        self._facts: list[Line] = []
        for topic in topics:
            self._facts += self._new_fact(topic)
        self._spare = {
            kind: rng.sample(lines.of(kind), len(lines.of(kind)))
            for kind in ("remark", "mention", "interruption")
        }
        self._understood = {person.identity: understood[person.voice] for person in self._cast}
        self._told: list[Saying] = []
        self._beats: list[Beat] = []
        self._kept_out: tuple[str, ...] = ()

    def _new_fact(self, topic: str) -> list[Line]:
        """A fact whose telling words no other has, so that only the right answer holds them."""
        used = {word for fact in self._facts for word in fact.facts}
        new = [
            line
            for line in self._lines.of("statement")
            if line.topic == topic and not used & set(line.facts)
        ]
        return [self._rng.choice(new)] if new else []

    def script(self, seed: int) -> Script | None:
        """The meeting, or None where the facts are too few or no measured question fits."""
        if len(self._facts) < FEWEST_FACTS:
            return None
        for person in self._rng.sample(self._cast, FACTS_AT_FIRST):
            self._tell(person.identity)
        parts = [self._overlap, self._mention, self._ask]
        parts += [self._fact] * (len(self._facts) - 2) + [self._remark] * REMARKS
        self._rng.shuffle(parts)
        if not all(part() for part in parts):
            return None
        if not self._close():
            return None
        agents = self._lines.agent, self._lines.other_agent
        return Script(seed, *agents, self._cast, tuple(self._beats))

    def _somebody(self, *but: str) -> str:
        """Anybody but these, the last speakers, and who was just answered: their next words would
        be taken for a follow-up."""
        last = [saying.who for saying in self._beats[-1].sayings] if self._beats else []
        everybody = [person.identity for person in self._cast]
        allowed = [who for who in everybody if who not in (*but, *self._kept_out)]
        return self._rng.choice([who for who in allowed if who not in last] or allowed)

    def _add(self, *sayings: Saying) -> bool:
        self._beats.append(Beat(sayings, round(self._rng.uniform(*GAPS_S), 2)))
        return True

    def _tell(self, who: str, later_s: float = 0.0) -> bool:
        return self._add(self._next_fact(who, later_s))

    def _next_fact(self, who: str, later_s: float = 0.0) -> Saying:
        fact = self._facts.pop()
        saying = Saying(who, Kind.FACT, fact.text, fact.topic, fact.facts, later_s=later_s)
        self._told.append(saying)
        return saying

    def _fact(self) -> bool:
        return self._tell(self._somebody())

    def _overlap(self) -> bool:
        first = self._somebody()
        second = self._somebody(first)
        later_s = round(self._rng.uniform(*OVERLAP_S), 2)
        return self._add(self._next_fact(first), self._next_fact(second, later_s))

    def _mention(self) -> bool:
        return self._add(Saying(self._somebody(), Kind.MENTION, self._take("mention")))

    def _remark(self) -> bool:
        return self._add(Saying(self._somebody(), Kind.REMARK, self._take("remark")))

    def _ask(self) -> bool:
        who = self._somebody()
        questions = [
            Saying(who, Kind.QUESTION, text, fact.topic, fact.facts, fact.who)
            for fact in self._rng.sample(self._told, len(self._told))
            if fact.who != who and (text := self._question(who, fact)) is not None
        ]
        if not questions:
            return False
        self._kept_out = (who,)
        self._add(questions[0])
        self._beats[-1] = replace(self._beats[-1], otherwise=questions[-1])
        return self._hand_over(questions[0])

    def _hand_over(self, asked: Saying) -> bool:
        """Somebody wants to hear it from the other agent, too."""
        who = self._somebody()
        calls = [text for text in self._lines.handovers if text in self._understood[who]]
        if not calls:
            return False
        passed_on = replace(asked, who=who, kind=Kind.HANDOVER, text=self._rng.choice(calls))
        self._kept_out = (who,)
        return self._add(passed_on)

    def _question(self, who: str, fact: Saying) -> str | None:
        """How this person asks for a fact, if that is sure to be understood."""
        name = next(c.name for c in self._cast if c.identity == fact.who)
        text = self._lines.question(name, fact.topic)
        return text if text in self._understood[who] else None

    def _close(self) -> bool:
        answered, self._kept_out = self._kept_out, ()
        asker = self._somebody()
        calls = [text for text in self._lines.summaries if text in self._understood[asker]]
        if not calls:
            return False
        self._add(Saying(asker, Kind.SUMMARY, self._rng.choice(calls)))
        self._kept_out = (asker, *answered)
        self._add(Saying(self._somebody(), Kind.INTERRUPTION, self._take("interruption")))
        self._kept_out = (asker,)
        return self._remark()

    def _take(self, kind: str) -> str:
        line: Line = self._spare[kind].pop()
        return line.text
