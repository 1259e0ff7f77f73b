"""What a recogniser does to a sentence, imitated by rule: no capitals, no marks, small mistakes.

Pure and deterministic: the same text, language, names and seed give the same words on every
machine. Only ``Random.random`` is drawn from, the one method whose sequence Python promises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

Draw = Callable[[], float]
Choice = TypeVar("Choice")

MISHEAR_NAME_RATE = 0.3
HOMOPHONE_RATE = 0.25
DROP_RATE = 0.15
SWAP_RATE = 0.15
JOIN_RATE = 0.5
SPLIT_RATE = 0.5

DROPPED = {
    "en": {"a", "the", "um", "uh", "so", "just", "well", "then", "please"},
    "de": {"der", "die", "ein", "eine", "mal", "äh", "also", "doch", "denn", "so", "bitte"},
    "fr": {"le", "la", "un", "une", "euh", "bon", "ben", "alors", "ne", "donc", "très"},
    "es": {"el", "la", "un", "una", "pues", "eh", "este", "ya", "lo", "bueno"},
}
SWAPPED = {
    "en": {"the": "a", "a": "the", "in": "on", "on": "in", "and": "an", "of": "off"},
    "de": {"den": "dem", "dem": "den", "der": "die", "die": "der", "ein": "eine", "im": "in"},
    "fr": {"le": "la", "la": "le", "de": "des", "du": "de", "un": "une", "au": "aux", "en": "on"},
    "es": {"el": "la", "la": "el", "un": "una", "de": "del", "los": "las", "por": "para"},
}
HOMOPHONES = {
    "en": {
        "their": "there", "there": "their", "two": "to", "for": "four", "right": "write",
        "know": "no", "hear": "here", "would": "wood", "weather": "whether", "whole": "hole",
        "week": "weak", "which": "witch", "our": "are", "your": "you're", "its": "it's",
        "by": "buy", "one": "won", "read": "red", "site": "sight", "than": "then",
        "board": "bored", "too": "to", "we're": "were", "where": "wear", "four": "for",
    },
    "de": {
        "das": "dass", "dass": "das", "seid": "seit", "denn": "den", "ist": "isst",
        "mal": "mahl", "wieder": "wider", "man": "mann", "war": "wahr", "in": "ihn",
        "viel": "fiel", "mehr": "meer", "wird": "wirt", "bis": "biss", "statt": "stadt",
        "rad": "rat", "sie": "sieh", "fast": "fasst", "hast": "hasst", "ihr": "ihre",
    },
    "fr": {
        "à": "a", "a": "à", "et": "est", "est": "et", "ou": "où", "où": "ou", "ces": "ses",
        "ce": "se", "c'est": "ces", "son": "sont", "on": "ont", "ont": "on", "là": "la",
        "quel": "quelle", "peu": "peut", "peut": "peu", "ça": "sa", "faut": "faux",
        "fait": "fais", "temps": "tant", "dans": "d'en", "compte": "conte", "voix": "voie",
    },
    "es": {
        "hay": "ay", "vez": "ves", "sí": "si", "él": "el", "tú": "tu", "más": "mas",
        "qué": "que", "mí": "mi", "ha": "a", "he": "e", "hola": "ola", "cómo": "como",
        "está": "esta", "cuánto": "cuanto", "haya": "halla", "hasta": "asta", "a": "ha",
        "quién": "quien", "hacer": "a ser", "iba": "iva",
    },
}  # fmt: skip
JOINED = {
    "en": {
        ("going", "to"): "gonna", ("want", "to"): "wanna", ("got", "to"): "gotta",
        ("all", "right"): "alright", ("may", "be"): "maybe",
        ("kind", "of"): "kinda", ("in", "to"): "into",
        ("do", "you"): "dyou", ("could", "you"): "couldya",
    },
    "de": {
        ("noch", "mal"): "nochmal", ("so", "was"): "sowas", ("kannst", "du"): "kannste",
        ("hast", "du"): "haste", ("so", "ein"): "sonen", ("hab", "ich"): "habich",
        ("zur", "zeit"): "zurzeit", ("was", "ist"): "wasis", ("ach", "so"): "achso",
        ("wie", "viele"): "wieviele", ("wie", "viel"): "wieviel",
    },
    "fr": {
        ("tu", "as"): "t'as", ("tu", "es"): "t'es", ("je", "suis"): "j'suis",
        ("il", "y"): "ily", ("je", "sais"): "j'sais", ("peut", "être"): "peutêtre",
        ("est", "ce"): "esse", ("qu'est", "ce"): "kesse", ("vas", "y"): "vasy",
        ("se", "que"): "ceux", ("tout", "le"): "toule",
    },
    "es": {
        ("a", "ver"): "haber", ("por", "qué"): "porque", ("si", "no"): "sino",
        ("de", "el"): "del", ("a", "el"): "al", ("o", "sea"): "osea",
        ("otra", "vez"): "otravez", ("tal", "vez"): "talvez", ("lo", "de"): "lode",
        ("que", "se"): "quese", ("es", "que"): "esque",
    },
}  # fmt: skip
SPLIT = {
    "en": {
        "everybody": "every body", "everyone": "every one", "anyone": "any one",
        "workshop": "work shop", "cannot": "can not", "before": "be four", "again": "a gain",
        "about": "a bout", "between": "be tween", "already": "all ready", "headline": "head line",
    },
    "de": {
        "wochenende": "wochen ende", "elternabende": "eltern abende", "protokoll": "proto koll",
        "brandschutz": "brand schutz", "tagesordnung": "tages ordnung", "vorhin": "vor hin",
        "eigentlich": "eigent lich", "leitfaden": "leid faden", "kürbissuppe": "kürbis suppe",
        "betriebsrat": "betriebs rat", "übrigens": "über ins", "sofort": "so fort",
    },
    "fr": {
        "toujours": "tout jour", "maintenant": "main tenant", "surtout": "sur tout",
        "bientôt": "bien tôt", "pourquoi": "pour quoi", "combien": "con bien",
        "pourtant": "pour tant", "parler": "par les", "ensuite": "en suite", "début": "des buts",
        "l'entretien": "l'entre tien",
    },
    "es": {
        "también": "tan bien", "porque": "por que", "ahora": "a hora", "sino": "si no",
        "demás": "de más", "acerca": "a cerca", "todavía": "toda vía", "antes": "an tes",
        "conmigo": "con migo", "momento": "mo mento", "parece": "para ese", "según": "se un",
    },
}  # fmt: skip
KIN_LETTERS = {
    "a": "e", "e": "i", "i": "e", "o": "u", "u": "o", "m": "n", "n": "m", "b": "p", "p": "b",
    "d": "t", "t": "d", "g": "k", "k": "g", "c": "k", "s": "z", "z": "s", "v": "f", "f": "v",
    "x": "s", "l": "r", "r": "l", "j": "y",
}  # fmt: skip
VOWELS = "aeiouáéíóú"
LAST_LETTERS = {True: "snrh", False: "se"}  # after a vowel, after a consonant


def add_noise(
    text: str, language: str, names: Sequence[str], others: Sequence[str], seed: str
) -> str:
    """The words of ``text`` as a recogniser of ``language`` (en, de, fr, es) might write them.

    ``names`` are the agent's own names: they may be misheard by one letter. ``others`` are the
    names of everybody else: they are left whole, for the judge is told them. No word of a name
    is dropped, split or joined to another, and the first word is never dropped.
    """
    draw = Random(seed).random
    own = {spoken_words(name)[-1] for name in names}
    kept = own | {word for name in (*names, *others) for word in spoken_words(name)}
    words = _joined(_changed(spoken_words(text), language, kept, draw), language, kept, draw)
    return " ".join(
        mishear(w, draw) if _hit(w in own, MISHEAR_NAME_RATE, draw) else w for w in words
    )


def spoken_words(text: str) -> list[str]:
    """The words without capitals and marks; an apostrophe inside a word stays."""
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*'?", text.lower().replace("’", "'"))


def mishear(name: str, draw: Draw) -> str:
    """The name with one letter put in, or one letter changed for its kin."""
    padded = f" {name} "
    single = [at for at, a in enumerate(name) if a not in (padded[at], padded[at + 2])]
    changeable = [at for at in single if name[at] in KIN_LETTERS]
    if changeable and draw() < 0.5:
        at = _pick(changeable, draw)
        return name[:at] + KIN_LETTERS[name[at]] + name[at + 1 :]
    doubled = [at for at in single if 0 < at < len(name) - 1 and name[at] not in VOWELS]
    if name.startswith("s") and draw() < 0.5:
        return "st" + name[1:]
    if doubled and draw() < 0.4:
        at = _pick(doubled, draw)
        return name[:at] + name[at] + name[at:]
    return name + _pick(LAST_LETTERS[name[-1] in VOWELS], draw)


def _changed(words: list[str], language: str, kept: set[str], draw: Draw) -> list[str]:
    """Each word that is no name: dropped, replaced, split or left."""
    result: list[str] = []
    for number, word in enumerate(words):
        if word in kept:
            result.append(word)
        elif _hit(number > 0 and word in DROPPED[language], DROP_RATE, draw):
            continue
        elif _hit(word in HOMOPHONES[language], HOMOPHONE_RATE, draw):
            result.append(HOMOPHONES[language][word])
        elif _hit(word in SWAPPED[language], SWAP_RATE, draw):
            result.append(SWAPPED[language][word])
        elif _hit(word in SPLIT[language], SPLIT_RATE, draw):
            result += SPLIT[language][word].split()
        else:
            result.append(word)
    return result


def _joined(words: list[str], language: str, kept: set[str], draw: Draw) -> list[str]:
    """Some neighbours that run into each other, written as one word; names are left out."""
    result: list[str] = []
    for word in words:
        pair = (result[-1], word) if result else ("", word)
        free = pair in JOINED[language] and not kept.intersection(pair)
        if _hit(free, JOIN_RATE, draw):
            result[-1] = JOINED[language][pair]
        else:
            result.append(word)
    return result


def _hit(possible: bool, rate: float, draw: Draw) -> bool:
    return possible and draw() < rate


def _pick(choices: Sequence[Choice], draw: Draw) -> Choice:
    return choices[int(draw() * len(choices))]
