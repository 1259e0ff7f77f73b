"""Pure: what a recogniser writes when it misses a name by a little.

Conservative, because most near misses are ordinary words: one letter inserted ("stage", "sages"
for "sage"), or one swapped for a sound of its kin ("zage", but not "save"). A letter left out
counts only in names of six letters and more. Two spellings of one sound are the same ("novah",
"clara" and "klara"). Accents make no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest

_KIN = (
    "bp",
    "dt",
    "gj",
    "gk",
    "ck",
    "kq",
    "bv",
    "fv",
    "vw",
    "sz",
    "sx",
    "cs",
    "mn",
    "lr",
    "ln",
    "jy",
    "aeiouy",
)
_SOUNDS = (
    *(("ph", "f"), ("sch", "s"), ("th", "t"), ("ck", "k"), ("qu", "k"), ("x", "ks")),
    *(("ee", "i"), ("ir", "er"), ("ur", "er")),
    *(("ai", "e"), ("ay", "e"), ("ei", "e"), ("ey", "e"), ("ae", "e"), ("ea", "e")),
    *(("ou", "u"), ("au", "o"), ("oo", "u"), ("c", "k"), ("z", "s"), ("v", "f"), ("w", "f")),
    *(("y", "i"), ("ie", "i"), ("j", "i"), ("h", "")),
)
_MUTE = ("el", "en")
_WEAK = ("er", "ah", "ar", "or")
"""Ends that are heard as an "a"."""
_SILENT_ENDS = ("ne", "se", "que", "ce", "le")
"""Of which the e is not heard ("robine", "basilique")."""
_SHORTEST = 3
_SHORTEST_TO_LOSE = 6


def sounds_like(heard: Sequence[str], name: Sequence[str]) -> bool:
    """Whether ``heard``, as many words as the name has, may be the name: one word of it is off."""
    off = [(h, n) for h, n in zip(heard, name, strict=True) if h != n]
    anchored = len(name) > 1
    return len(off) == 1 and (_near(*off[0]) or (anchored and _near_in_sound(*off[0])))


def sounds_apart(heard: Sequence[str], name: str) -> bool:
    """Whether two words are one name, heard as two ("oh pal")."""
    joined = "".join(heard)
    alike = len(name) > _SHORTEST and abs(len(joined) - len(name)) <= 1
    return alike and _sound(joined) == _sound(name) != ""


def _near(heard: str, name: str) -> bool:
    if len(name) < _SHORTEST:
        return False
    if _sound(name) in {_sound(heard), _sound(heard.removesuffix("s"))}:
        return _sound(name) != ""
    alike = (_sound(heard), _sound(name))
    if _of_kin(heard, name) or (len(alike[1]) > _SHORTEST and _of_kin(*alike)):
        return True
    if len(heard) == len(name):
        return False
    if len(heard) == len(name) + 1:
        return _without_one(heard, name)
    return len(heard) + 1 == len(name) >= _SHORTEST_TO_LOSE and _without_one(name, heard)


def _near_in_sound(heard: str, name: str) -> bool:
    """Beside another word of the name that was heard right, a sound of its kin is near enough."""
    a, b = _sound(heard), _sound(name)
    return len(b) > 1 and _of_kin(a, b)


def _of_kin(heard: str, name: str) -> bool:
    """One letter is another of its kind."""
    if len(heard) != len(name):
        return False
    swapped = [(h, n) for h, n in zip(heard, name, strict=True) if h != n]
    return len(swapped) == 1 and any(set(swapped[0]) <= set(kin) for kin in _KIN)


@lru_cache(maxsize=1024)
def _sound(word: str) -> str:
    """A rough spelling by sound: no doubles, no h, one letter for one sound ("vogl", "vogel")."""
    if len(word) > _SHORTEST and word[-2:] in _MUTE:
        word = word[:-2] + word[-1]
    if len(word) > _SHORTEST + 1 and word.endswith(_WEAK):
        word = word[:-2] + "a"
    if len(word) > _SHORTEST and word.endswith(_SILENT_ENDS):
        word = word[:-1]
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    return "".join(a for a, b in zip_longest(word, word[1:]) if a != b)


def _without_one(longer: str, shorter: str) -> bool:
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
