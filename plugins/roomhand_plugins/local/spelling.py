"""A guess at how a name is spoken, in the sounds of the CMU dictionary, for names it lacks."""

from __future__ import annotations

import unicodedata

_SOUNDS = {
    "sch": "SH", "tch": "CH", "igh": "AY", "eau": "OW", "ough": "AO",
    "ch": "CH", "sh": "SH", "th": "TH", "ph": "F", "ck": "K", "gh": "G", "qu": "K W",
    "ng": "NG", "wh": "W", "zh": "ZH", "kh": "K", "ee": "IY", "ea": "IY", "oo": "UW", "ou": "AW",
    "ow": "OW", "oa": "OW", "ai": "EY", "ay": "EY", "ei": "AY", "ie": "IY", "au": "AO", "aw": "AO",
    "oi": "OY", "oy": "OY", "er": "ER", "ir": "ER", "ur": "ER", "ar": "AA R", "or": "AO R",
    "a": "AA", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH",
    "j": "JH", "k": "K", "l": "L", "m": "M", "n": "N", "o": "OW", "p": "P", "q": "K", "r": "R",
    "s": "S", "t": "T", "u": "UW", "v": "V", "w": "W", "x": "K S", "y": "IY", "z": "Z",
}  # fmt: skip
_SOFT = {"c": "S", "g": "JH"}
"""Before e, i and y."""
_LONGEST = 4


def pronunciation(name: str) -> str:
    """Sounds separated by blanks. Letters outside a to z count by their base letter or not at all;
    a name without any letter is spoken as ``AH``."""
    folded = unicodedata.normalize("NFKD", name.lower())
    letters = "".join(ch for ch in folded if "a" <= ch <= "z")
    sounds: list[str] = []
    at = 0
    while at < len(letters):
        size, sound = _sound_at(letters, at)
        if sound and not (sounds and sounds[-1] == sound):
            sounds.append(sound)
        at += size
    return " ".join(sounds) or "AH"


def _sound_at(letters: str, at: int) -> tuple[int, str]:
    for size in range(min(_LONGEST, len(letters) - at), 1, -1):
        piece = letters[at : at + size]
        if piece in _SOUNDS:
            return size, _SOUNDS[piece]
    letter = letters[at]
    following = letters[at + 1 : at + 2]
    if letter in _SOFT and following and following in "eiy":
        return 1, _SOFT[letter]
    last = at == len(letters) - 1
    if letter == "e" and last and at > 2:
        return 1, ""
    if letter == "y" and at == 0:
        return 1, "Y"
    if letter == "a" and last and at > 1:
        return 1, "AH"
    return 1, _SOUNDS[letter]
