"""What addressing must know of a language: sets of words, and what each is good for. Data only."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache

from roomhand.turns.orders import Order

Phrases = frozenset[tuple[str, ...]]


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """The text without its accents, as many a recogniser writes it."""
    marks = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in marks if not unicodedata.combining(mark))


def words(text: str) -> frozenset[str]:
    """The words of a text, each with its accents and without."""
    return frozenset(text.split()) | frozenset(plain(text).split())


def phrases(text: str) -> Phrases:
    """The phrases between the bars of a text, each with its accents and without."""
    return frozenset(tuple(one.split()) for one in (text + "|" + plain(text)).split("|"))


def paired(*parts: str) -> str:
    """Every piece of the first text with every one of the next, all between bars.

    A piece may be empty: "wait|hold on" with "|a moment" makes four phrases.
    """
    made = [""]
    for part in parts:
        made = [f"{one} {more}".strip() for one in made for more in part.split("|")]
    return "|".join(made)


def combined(*parts: str) -> Phrases:
    """The same as phrases; an empty piece leaves its part out."""
    return phrases(paired(*parts))


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """One language. All lower case, straight apostrophes, no hyphens."""

    language: str
    """BCP 47."""
    greetings: frozenset[str]
    """Said before a name, they make it a call whatever follows."""
    responses: frozenset[str] = frozenset()
    """Answers, thanks, apologies: before a name they are said to its owner."""
    openers: frozenset[str]
    """May stand before a name that begins a sentence."""
    lone_openers: frozenset[str] = frozenset()
    """May stand there only if nothing follows the name."""
    asides: Phrases
    """Stand between two parts of a sentence and belong to neither ("let's see")."""
    wishes: Phrases = frozenset()
    """Greetings of several words ("good morning")."""
    asking: Phrases = frozenset()
    """As much, and a question follows ("I wonder")."""
    to_you: Phrases
    """Anywhere behind a name, as much ("a question for you")."""
    turning: Phrases
    """Behind a name, they show that its owner is spoken to ("one more thing")."""
    fillers: frozenset[str]
    """Say nothing about how a sentence goes on."""
    tags: frozenset[str]
    """May stand after a name that ends a sentence."""
    question_tags: frozenset[str] = frozenset()
    """End a clause and ask for assent ("hein"): what is behind them begins another."""
    pleas: frozenset[str]
    """The last word of a plea: what it ends is a request."""
    joining: frozenset[str]
    """Between two names they make a list of them."""

    choosing: frozenset[str] = frozenset()
    """Those of them that leave a choice."""
    adversative: frozenset[str] = frozenset()
    """Begin another clause against the one before ("but")."""
    question_words: frozenset[str]
    relative: Mapping[str, frozenset[str]]
    """Those of them that question nothing unless one of these words follows."""
    relatives: frozenset[str] = frozenset()
    """Behind a name and a comma they may speak of its owner."""
    in_situ: frozenset[str] = frozenset()
    """Question words that may stand anywhere in their question."""
    requests: frozenset[str]
    """Verbs in the form of a request."""
    request_endings: tuple[str, ...] = ()
    """What may be added to one of them; the accents move then."""
    second: frozenset[str]
    """Verbs of the second person, and whatever else is only said to somebody."""
    second_endings: tuple[str, ...] = ()
    listed_endings: tuple[str, ...] = ()
    """Of a request to several."""
    you_subjects: frozenset[str]
    """"You" as a subject, or a verb that needs none: wherever they stand, somebody is asked."""
    after_verb: frozenset[str] = frozenset()
    """Directly behind a verb they make it a question ("ergänzt du")."""
    formal: frozenset[str] = frozenset()
    """The polite "you" behind a verb with one of the ``formal_ends``: a request."""
    formal_ends: tuple[str, ...] = ()
    formal_plural: frozenset[str] = frozenset()
    """Verbs behind it as a subject, beside those of the ``plural``."""
    late: frozenset[str]
    """Question words that show a question wherever they stand behind a name."""
    pronoun_objects: frozenset[str]
    """Behind a request, they show that it is one."""
    told_me: tuple[str, ...] = ()
    """Behind a request or its ending: what is asked for is told to the speaker."""
    to_whom: frozenset[str] = frozenset()
    """Prepositions before a stressed "you"."""
    first_person: frozenset[str] = frozenset()
    """"I said", in one word or with its verb behind."""
    speaking: frozenset[str]
    """Begin a sentence that is said to somebody: "I", "we", "you"."""
    you: frozenset[str]
    both_you: frozenset[str] = frozenset()
    """"You" as it stands in a list."""
    inverted: Mapping[str, frozenset[str]]
    """Verb -> words that make it a question when they follow ("is there", "will the")."""
    names_invert: frozenset[str] = frozenset()
    """The verbs among them that also a name makes a question ("did Ben")."""
    inversion: bool = True
    """A verb of the third person may stand before its subject ("qué dice Sage")."""
    verb_first: bool = False
    """A sentence that begins with its verb is a question."""
    plural: frozenset[str] = frozenset()
    """Verbs of more than one: after one name they begin a question."""

    third: frozenset[str]
    """Directly after a name, they make a statement about its owner."""
    third_endings: tuple[str, ...] = ()
    plural_endings: tuple[str, ...] = ()
    """Of a verb behind a noun that is no singular ("les enfants demandent")."""
    finite_endings: tuple[str, ...] = ()
    """Of a verb directly behind a question word."""
    not_third: frozenset[str] = frozenset()
    """End so without being such a verb."""
    clitics: frozenset[str] = frozenset()
    """May stand between a subject and its verb."""
    clitic_endings: tuple[str, ...] = ()
    """Of a second person's verb behind one of them."""
    reflexive: frozenset[str] = frozenset()
    """The clitics of a third person alone."""
    habits: frozenset[str] = frozenset()
    """What would be a request is a statement with one of these ("always")."""
    resuming: frozenset[str] = frozenset()
    """As a second word behind a name they stand for it ("Sage, on l'utilise")."""
    scenes: frozenset[str] = frozenset()
    """Begin a clause before the question ("before we wrap up")."""
    scene_verbs: frozenset[str] = frozenset()
    """Behind one of them, as good as "we"."""
    topics: frozenset[str] = frozenset()
    """Alone behind a name, they ask for something ("your opinion", "status")."""
    asked_later: Phrases = frozenset()
    """Behind a noun, they ask about it ("the invoice, is it")."""
    stated_endings: tuple[str, ...] = ()
    """What an unknown verb ends in if it is no request; none where that cannot be told."""
    object_starts: frozenset[str] = frozenset()
    """Begin what such a request is about."""
    remarks: frozenset[str] = frozenset()
    """Behind a name and nothing else, they answer somebody ("Sage too")."""
    again: frozenset[str] = frozenset()
    """Take up a name in a statement about its owner ("Sage, il dort")."""
    articles: frozenset[str]

    governors: frozenset[str]
    """Directly before a name they make it a part of their own phrase: a mention."""
    split: Phrases = frozenset()
    """Some of them as they are written when their syllables are heard apart."""
    objects: frozenset[str] = frozenset()
    determiners: frozenset[str] = frozenset()
    """Behind one of these a governor is a noun ("the update")."""
    released: frozenset[str] = frozenset()
    """The verbs among them that take one of the ``objects`` ("what") instead of a name."""
    verb_after: frozenset[str] = frozenset()
    """Directly behind one of these stands a verb."""
    bound: frozenset[str] = frozenset()
    """Prepositions behind a reflexive verb ("dich auf"), elsewhere a part of the verb."""
    reflexives: frozenset[str] = frozenset()
    verb_ends: tuple[str, ...] = ()
    """How such a verb ends, where that tells it from a noun."""
    complete: frozenset[str] = frozenset()
    """Verbs that say all by themselves ("do you agree")."""
    object_clitics: frozenset[str] = frozenset()
    """Before a verb they are its object ("tu peux l'envoyer")."""
    closing: frozenset[str] = frozenset()
    """Pronouns, adverbs and the like that end a clause."""
    closing_ends: tuple[str, ...] = ()
    """Of adverbs that do."""
    saxon: bool = False
    """An owner's name ends in an s without a mark."""
    compounds: bool = False
    """A noun may stand behind a noun ("the design stage"): a misheard name there is none."""
    timing: frozenset[str] = frozenset()
    """Prepositions before the last word of a complete clause ("by noon")."""
    linking: frozenset[str] = frozenset()
    """Verbs before its last word, which is an adjective ("c'est possible")."""
    titles: frozenset[str] = frozenset()
    """Nouns that a name may stand behind as a part of them ("the assistant Sage")."""
    indefinite: frozenset[str] = frozenset()
    """Before such a noun: no particular one is named."""
    naming: frozenset[str] = frozenset()
    """Verbs of giving a name."""
    modal_you: Phrases = frozenset()
    """Questions that want an object and a verb ("kannst du"): a dative behind the name is it."""
    datives: frozenset[str] = frozenset()
    unfinished: Phrases = frozenset()
    """Want a verb behind them, so that a name there belongs to nothing ("could you")."""
    copulas: frozenset[str] = frozenset()
    """Behind a question word and a noun they need no more ("qué hora es")."""
    conjunctions: frozenset[str]
    clause_governors: frozenset[str]
    """Directly before a name with more behind it they open a clause about its owner."""
    particles: frozenset[str]
    """May stand between a governor and its name."""
    identifying: Phrases
    """The whole of what is said before a name that is only pointed out."""
    reporting: frozenset[str]
    """Shortly before a name, what follows is somebody's quoted words."""
    quoting: frozenset[str] = frozenset()
    """Directly before a name, where no verb stands before them, they quote ("she always")."""
    comparing: frozenset[str]
    """"As you said" is no quotation."""
    reported: Phrases
    """As much, directly before a name ("he's like")."""
    vocal: frozenset[str] = frozenset()
    """Verbs of uttering: anywhere before a name, they may present what follows as a quotation."""
    presenting: frozenset[str] = frozenset()
    """Present what follows as somebody's very words ("literally")."""
    unchanged: frozenset[str] = frozenset()
    """Requests that may as well tell what was done ("put")."""
    auxiliaries: frozenset[str] = frozenset()
    """Verbs that end a subordinate clause where the language puts its verb last."""
    tag_questions: Phrases = frozenset()
    """Turn the statement before them into a question ("isn't it")."""
    chatting: frozenset[str] = frozenset()
    """Verbs of speaking to somebody: a greeting behind them is quoted."""
    cleft: frozenset[str] = frozenset()
    """Begin what the speaker wants, before the "is" of a request ("what we need, Sage, is")."""
    texts: frozenset[str] = frozenset()
    """Things on which words are written."""
    reading: frozenset[str] = frozenset()
    """Directly before a name behind one of them, they quote what is written."""
    subjects: frozenset[str]
    """Beside a reporting verb behind a name: "Sage, stop, she said"."""
    thirds: frozenset[str]
    other_subjects: frozenset[str] = frozenset()
    """Directly behind a name and before a verb, they begin a clause of their own."""
    pointing: frozenset[str] = frozenset()
    """Those of them that take the name up before one of the ``resuming_verbs`` ("das ist")."""
    resuming_verbs: frozenset[str] = frozenset()
    impersonal: frozenset[str] = frozenset()
    """Behind one of the ``thirds``, it stands for nobody ("il faut")."""
    speech: frozenset[str]
    """A third person, and verbs of speaking that are used of one behind a quotation."""
    topic: frozenset[str]
    """After "what do you think NAME", the topic of the question."""
    genitive: frozenset[str] = frozenset()
    """Begin a part of what stands before them ("Sage from accounting")."""
    nominal: frozenset[str]
    """Before a noun: what follows directly is no misheard name."""
    pronouns: frozenset[str]
    """Those of them that may end a sentence."""

    orders: Mapping[Order, Phrases]
    assents: frozenset[str]
    """With one of these, what else would be a backchannel answers a question."""
    thanks: Phrases
    """Ask for nothing, as backchannels do."""
    courtesies: Phrases
    """Said around an order without changing it."""
    negations: frozenset[str]
    stressed_you: frozenset[str]
    spoken_to: frozenset[str]
    """"Not ... you", with one of these verbs between or before: nobody was called."""
    agreeing: frozenset[str] = frozenset()
    """With a stressed "you" they deny an opinion, not a call ("not agreed with you")."""
    refusals: frozenset[str] = frozenset()
    """Before a cancellation, they break off whatever was begun ("what's the no forget it")."""
    meant_for: Phrases
    """With another's name behind it, it cancels by itself."""
    meant: Phrases
    """"I meant Max": belongs to a cancellation, with all that follows."""
    explaining: frozenset[str]
    """Begin the reason of an order, which is no part of it."""
    whether: frozenset[str] = frozenset()
    """Begin a question within a question."""
    that: frozenset[str] = frozenset()
    telling: frozenset[str] = frozenset()
    """Verbs that want somebody before such a question ("ask Sage if")."""
    awaiting: frozenset[str] = frozenset()
    """Behind an order to wait: what follows is waited for."""
    transitive: frozenset[str] = frozenset()
    """Orders of one word that may have an object, and then ask for something else."""
    handing: frozenset[str]
    """Shortly before a name, in the mouth of an agent, they pass the word to its owner."""
    handovers: Phrases
    """The same for several words."""

    @cached_property
    def insertions(self) -> Phrases:
        """What may stand between two parts of a sentence."""
        return self.asides | self.asking

    @cached_property
    def subordinating(self) -> frozenset[str]:
        """Before a name they make its owner a part of their clause, who is not called."""
        return self.clause_governors | self.conjunctions

    @cached_property
    def counted(self) -> frozenset[str]:
        """Numbers and the like: behind a noun they belong to it ("stage two")."""
        possessive = self.you | self.speaking
        return self.nominal - self.question_words - self.articles - possessive

    @cached_property
    def adverbial(self) -> frozenset[str]:
        """Begin a phrase that says how or when, and nothing of what stands before them."""
        return (self.prepositions | self.negations - self.clitics) - self.genitive

    @cached_property
    def asking_first(self) -> frozenset[str]:
        """First words of a question or a request."""
        return self.question_words | self.requests | self.second | frozenset(self.inverted)

    @cached_property
    def prepositions(self) -> frozenset[str]:
        """What governs a name and is no verb."""
        verbs = self.third | self.names_invert | self.requests | self.second
        return self.governors - verbs - self.question_words

    @cached_property
    def finite(self) -> frozenset[str]:
        """Verbs of a third person, or of whatever stands before or behind them."""
        verbs = frozenset(self.inverted) if self.verb_first else self.names_invert
        return self.third | self.plural | verbs

    @cached_property
    def listed(self) -> frozenset[str]:
        """Every word that is good for something by itself: none of them is a misheard name."""
        found: set[str] = set(self.inverted)
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, frozenset):
                found |= {one for one in value if isinstance(one, str)}
        return frozenset(found)

    @cached_property
    def sets_of(self) -> Mapping[str, tuple[str, ...]]:
        """For every word that is good for something by itself, the names of its sets."""
        found: dict[str, list[str]] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Mapping) and field.name != "orders":
                value = frozenset(value)
            if isinstance(value, frozenset):
                for one in sorted(word for word in value if isinstance(word, str)):
                    found.setdefault(one, []).append(field.name)
        return {word: tuple(names) for word, names in found.items()}

    @cached_property
    def phrases_by_kind(self) -> Mapping[str, Phrases]:
        """The sets of phrases by their names, orders by theirs."""
        found = {str(order): known for order, known in self.orders.items()}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, frozenset) and value and isinstance(next(iter(value)), tuple):
                found[field.name] = value
        return found

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word known, to tell the language of an utterance by."""
        found = set(self.listed)
        for phrases_ in (*self.orders.values(), self.courtesies, self.asides, self.turning):
            found |= {word for phrase in phrases_ for word in phrase}
        return frozenset(found)
