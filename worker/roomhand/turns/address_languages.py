"""Pure: which language an utterance is judged in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roomhand.turns import address_words_de, address_words_en, address_words_es, address_words_fr
from roomhand.turns.address_lexicon import Lexicon

LEXICONS: Mapping[str, Lexicon] = {
    "en": address_words_en.LEXICON,
    "de": address_words_de.LEXICON,
    "fr": address_words_fr.LEXICON,
    "es": address_words_es.LEXICON,
}


def lexicon_for(said: Sequence[str], language: str) -> Lexicon:
    """The language of the tag, or English where more of the words are English.

    A language that is not known here is judged as English.
    """
    own = LEXICONS.get(language.lower().split("-")[0], LEXICONS["en"])
    english = LEXICONS["en"]
    known = sum(word in own.vocabulary for word in said)
    return english if sum(word in english.vocabulary for word in said) > known else own
