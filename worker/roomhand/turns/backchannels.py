"""Pure: sounds and words by which a listener says "go on", in four languages.

They ask for nothing and take nobody's turn: they stop no agent that speaks, and are no follow-up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_LONGEST = 4
"""Words in the longest of the phrases below."""

_ANYWHERE = "mm|mmm|mh|mmh|hm|hmm|mhm|mmhm|hmhm|m hm|mm hm|uh|um|ah|oh|eh|aha|ok|okay"
_LISTENING = frozenset(
    ["mm", "mmm", "mh", "mmh", "hm", "hmm", "mhm", "mmhm", "hmhm", "huh", "aha", "aja"]
)
_NEWS = frozenset(["ah", "oh", "och"])
_YES = frozenset(["yes", "ja", "oui", "si"])
_BY_LANGUAGE = {
    "en": "uh huh|huh|er|erm|nah|nope|right you are|righto|too right|quite|fair dos|for sure|i bet"
    "|i hear you|same|same here|okey doke|okey dokey|aye|ta|hah|ha|haha|for real"
    "|yeah|yep|yup|yes|ya|right|sure|sure thing|exactly|true"
    "|indeed|of course|absolutely|definitely|totally|certainly|precisely|agreed|i see"
    "|i know|i agree|got it|gotcha|understood|fine|good|very good|great|cool|nice"
    "|lovely|perfect|wow|alright|all right|fair|fair enough|makes sense"
    "|that makes sense|really|no way|interesting|good point|well|that's right"
    "|that's true|you're right|oh yeah|amazing|excellent|wonderful|awesome|no problem"
    "|grand|right on|ja",
    "de": "tja|jawohl|jawoll|soso|aso|ah so|eh klar|eh|logo|gell|allerdings|fein|bestens|spitze"
    "|gern|gerne|stimmt schon|von mir aus|meinetwegen|hört hört|schau an|sieh an|ei|gewiss"
    "|ja|jaja|jo|joa|jep|jup|na ja|naja|genau|ganz genau|stimmt|das stimmt|richtig"
    "|klar|na klar|alles klar|gut|sehr gut|schön|super|prima|toll|klasse|perfekt"
    "|ach|ach so|achso|ach ja|so so|verstehe|ich verstehe|verstanden|versteh ich"
    "|natürlich|selbstverständlich|eben|in ordnung|passt|das passt|einverstanden"
    "|absolut|echt|wirklich|na gut|äh|ähm|öhm|freilich|sicher|logisch|interessant"
    "|tatsächlich|ich weiß|weiß ich|guter punkt|so ist es|auf jeden fall|wow"
    "|passt schon|passt scho|na eh|nech|merci",
    "fr": "oui|ouais|mouais|d'accord|d accord|daccord|je suis d'accord|voilà|exact"
    "|exactement|tout à fait|bien sûr|bon|ah bon|je vois|je comprends|compris"
    "|j'ai compris|c'est ça|c'est vrai|c'est clair|hum|euh|heu|super|parfait"
    "|très bien|bien|entendu|ça marche|ça va|effectivement|en effet|absolument"
    "|ouin|ouaip|c'est beau|c'est bon|c'est noté|c'est sûr|c'est juste|c'est exact|c'est parfait"
    "|ça joue|ça va de soi|top|au top|nickel chrome|impeccable|bien vu|bien dit|ben oui|ben ouais"
    "|mais oui|eh oui|eh ben|ah d'accord|j'avoue|grave|tant mieux|chouette|magnifique|formidable"
    "|je te suis|je vous suis|on est d'accord|sans doute|peut être|ok d'ac|d'ac|oki|parfaitement"
    "|carrément|génial|nickel|vraiment|intéressant|bah|ben|hein|évidemment|pas mal"
    "|je sais|certainement|tiens|ah ouais|bien entendu|ça roule|wow",
    "es": "sí|claro|claro que sí|pues claro|vale|de acuerdo|estoy de acuerdo|bien|muy bien"
    "|bueno|exacto|exactamente|ajá|ya|ya veo|entiendo|lo entiendo|entendido"
    "|comprendo|correcto|perfecto|genial|por supuesto|eso|eso es|así es|es verdad"
    "|es cierto|cierto|verdad|desde luego|efectivamente|sin duda|totalmente|tal cual"
    "|mirá vos|mira tú|no me digas|qué cosas|fíjate|fijate|anda ya"
    "|quién lo diría|órale|ándale|sale|va|ah va|dale|listo|joya|bárbaro|chévere|okey|oki|ya va"
    "|tal cual es"
    "|claro está|cómo no|faltaría más|naturalmente|obvio|obviamente|seguro|fijo|ni que decir tiene"
    "|qué fuerte|qué bueno|qué guay|guay|mola|fenomenal|estupendamente|de lujo|ah bueno|ah vale"
    "|menos mal|ojalá|hombre claro|tienes razón|llevas razón|tenés razón|muy cierto|así mismo"
    "|interesante|en serio|anda|venga|estupendo|ya lo sé|lo sé|tiene sentido"
    "|buen punto|qué bien|vaya|wow|pues|pues sí|pues vale"
    "|anjá|así nomás|así nomás es",
}


def is_backchannel(text: str, language: str = "en") -> bool:
    """Whether all of the text is of this kind; ``language`` is a BCP 47 tag.

    English counts beside every language, and accents may be missing. No word at all is none.
    """
    known = _phrases(language.lower().split("-")[0])
    said = _WORD.findall(_plain(text))
    at = 0
    while at < len(said):
        longest = range(min(_LONGEST, len(said) - at), 0, -1)
        length = next((n for n in longest if tuple(said[at : at + n]) in known), 0)
        if not length:
            return False
        at += length
    return bool(said)


def only_listens(words: Sequence[str]) -> bool:
    """Whether words that are all of this kind answer nothing, not even a question: with a sound of
    listening among them, or one said twice ("ah, right", "okay, okay"). "Yes, yes" answers.

    Source: Heritage 1984, "A change-of-state token and aspects of its sequential placement".
    """
    said = [_plain(word) for word in words]
    yes = bool(_YES & set(said))
    twice = len(set(said)) < len(said) and not yes
    return twice or bool(_LISTENING & set(said)) or (bool(_NEWS & set(said)) and not yes)


@cache
def _phrases(language: str) -> frozenset[tuple[str, ...]]:
    parts = (_ANYWHERE, _BY_LANGUAGE["en"], _BY_LANGUAGE.get(language, ""))
    phrases = _plain("|".join(parts)).split("|")
    return frozenset(tuple(phrase.split()) for phrase in phrases if phrase)


def _plain(text: str) -> str:
    """Lower case, straight apostrophes, no accents."""
    lower = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(mark for mark in lower if not unicodedata.combining(mark))
