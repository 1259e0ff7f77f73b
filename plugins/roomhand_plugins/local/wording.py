"""Words compared as a hard-of-hearing listener would: by stem, and by likeness of letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

EXACT = 1.0
LIKE = 0.6
"""Weight of a word that is only like the one asked for."""
LIKENESS = 0.82
"""Letters in common from which two words may be one, misheard."""
NAME_LIKENESS = 0.66
"""The same for names, where the choice is small."""

_STOP = frozenset(
    word
    for line in (
        "a about actually after again all also am an and any anybody anyone anything are as ask",
        "at be because been before being but by can concerning could d did do does doing done",
        "down each else every everybody everyone exactly for from get give go going good got had",
        "has have having he hear heard hello her here hey hi him his how i if in into is it its",
        "just know last let like ll m made make may maybe me mean meeting mention mentioned",
        "mentions might more most much must my no nobody not now of off ok okay on once one or",
        "other our out over please promise promised promises re really recap regarding remind",
        "repeat s said say saying says she should so some somebody someone something speak spoke",
        "sum summarise summarize summary sure t talk talked talking tell than thank thanks that",
        "the their them then there these they thing things think thinks this those to today told",
        "too um until up us ve very was way we well were what whats when where whether which",
        "while who whom whose why will with word words would yes yet you your",
    )
    for word in line.split()
)


def tokens(text: str) -> list[str]:
    """Lower-case words without accents; apostrophes stay inside. Letters of any script count."""
    folded = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    bare = "".join(ch for ch in folded if not unicodedata.combining(ch))
    return re.findall(r"[^\W_]+(?:'[^\W_]+)?", bare)


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The word without the commonest English endings; never shorter than three letters."""
    word = word.split("'")[0]
    for ending, instead in (
        ("ies", "y"), ("sses", "ss"), ("ing", ""), ("edly", ""), ("ed", ""), ("es", ""),
        ("ly", ""), ("s", ""),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: len(word) - len(ending)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def is_content(word: str) -> bool:
    """Whether a word says what a sentence is about."""
    return word.split("'")[0] not in _STOP and len(word) > 1


def content(words: Iterable[str], ignored: Iterable[str] = ()) -> list[str]:
    """The words that say what a sentence is about, each once, in order."""
    left_out = {stem(word) for word in ignored}
    kept = (word for word in words if is_content(word) and stem(word) not in left_out)
    return list(dict.fromkeys(kept))


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> float:
    """``EXACT`` for one stem, ``LIKE`` for words that one could mishear, else 0."""
    a, b = stem(one), stem(other)
    if a == b:
        return EXACT
    if min(len(a), len(b)) < 4 or abs(len(a) - len(b)) > 2:
        return 0.0
    return LIKE if SequenceMatcher(None, a, b).ratio() >= LIKENESS else 0.0


def exact_name(words: Sequence[str], names: Iterable[str]) -> str | None:
    """The first name of which a part is one of the words."""
    heard = {word.removesuffix("'s") for word in words}
    return next((name for name in names if heard & set(tokens(name))), None)


def like_name(words: Sequence[str], names: Iterable[str]) -> str | None:
    """The name most like one word, or two words together; for words where a name must be."""
    pairs = [first + second for first, second in pairwise(words)]
    heard = [word.removesuffix("'s") for word in [*words, *pairs]]
    scored = [
        (max(SequenceMatcher(None, part, word).ratio() for part in tokens(name)), name)
        for name in names
        for word in heard
        if tokens(name)
    ]
    best, name = max(scored, default=(0.0, ""))
    return name if best >= NAME_LIKENESS else None
