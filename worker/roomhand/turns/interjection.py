"""Pure: whether the words that a person puts into the agent's speech ask for the floor."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum

from roomhand.turns.backchannels import is_backchannel

LONGEST_BACKCHANNEL = 6
"""Words. Whoever says more than that has something to say."""
UNFINISHED = 2
"""Words of an interim text that may still become a backchannel."""


class Words(StrEnum):
    """What is known of an utterance from its words."""

    UNKNOWN = "unknown"
    """None have come yet, or they may still become a backchannel."""
    NOTHING = "nothing"
    """It has none."""
    BACKCHANNEL = "backchannel"
    ONE_WORD = "one word"
    """One that is on no list: a recogniser makes such a word of a cough, too."""
    SPEECH = "speech"


CALLS: Mapping[str, str] = {
    "en": "stop|wait|no|nope|hold on|hang on|sorry|excuse me|pardon|hey|listen|but|enough|pause"
    "|quiet|shush|one moment|one second|just a moment|not now|question",
    "de": "stopp|halt|warte|warten sie|nein|nee|ne|moment|sekunde|entschuldigung|hör auf"
    "|hören sie auf|aber|ruhe|genug|frage|langsam|falsch",
    "fr": "attends|attendez|arrête|arrêtez|non|excusez moi|excuse moi|mais|un instant"
    "|une seconde|un moment|écoute|écoutez|ça suffit|assez|silence|faux",
    "es": "para|pare|espera|espere|alto|basta|perdón|perdona|disculpa|disculpe|pero|un momento"
    "|un segundo|oye|oiga|silencio|falso|pregunta",
}
"""What asks for the floor, however short it is."""
ALWAYS = "en"
"""Its calls count in every language, as its backchannels do."""

_WORD = re.compile(r"\w+")


class Interjections:
    """Judges words for one agent: its language, and the names that call it."""

    def __init__(self, language: str, names: Iterable[str] = ()) -> None:
        """``language`` is a BCP 47 tag; one without calls of its own has the English ones."""
        self._language = language
        own = CALLS.get(language.lower().split("-")[0], "")
        listed = [*CALLS[ALWAYS].split("|"), *own.split("|"), *names]
        self._calls = {phrase for call in listed if (phrase := _words(call))}
        self._longest = max(map(len, self._calls))

    def judge(self, text: str, *, final: bool) -> Words:
        """What ``text`` says; interim text may be the beginning of more."""
        words = _words(text)
        if not words:
            return Words.NOTHING if final else Words.UNKNOWN
        if len(words) <= LONGEST_BACKCHANNEL and is_backchannel(text, self._language):
            return Words.BACKCHANNEL
        if self._calls_for_the_floor(words):
            return Words.SPEECH
        if not final and len(words) <= UNFINISHED:
            return Words.UNKNOWN
        return Words.ONE_WORD if len(words) == 1 else Words.SPEECH

    def _calls_for_the_floor(self, words: tuple[str, ...]) -> bool:
        lengths = range(1, self._longest + 1)
        return any(words[at : at + n] in self._calls for at in range(len(words)) for n in lengths)


def _words(text: str) -> tuple[str, ...]:
    """Lower case, without accents: recognisers leave them out."""
    lower = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(mark for mark in lower if not unicodedata.combining(mark))
    return tuple(_WORD.findall(plain))
