"""Pure: an utterance as words, and where its commas, colons, quotes and question marks stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from roomhand.turns.address_lexicon import plain

MAX_WORDS = 600
"""Of a longer utterance only the last words are judged: who is meant shows at the end again."""
_MAX_CHARACTERS = 12 * MAX_WORDS
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.!?;:…,\"“”«»„¿¡]")
_SHORTENED = re.compile(r"\b(mrs?|ms|dr|dra|prof|st|sra?|srta|hr|fr|mme|mlle)\.(?=\s)")
"""Titles whose full stop ends no sentence."""
_STOPS = frozenset(".!?;…")
_COMMAS = frozenset(",:¿¡")
_QUOTES = frozenset('"“”«»„')
_MARKS = _STOPS | _COMMAS


@dataclass(frozen=True, slots=True)
class Sentence:
    """Lower case words; marks are kept apart, because recognisers often give none."""

    words: tuple[str, ...]
    commas: frozenset[int]
    """A comma or a colon stands before the word of this index."""
    colons: frozenset[int]
    quoted: frozenset[int]
    asks: bool
    marked: bool = False
    """The utterance has marks at all: what has none beside it belongs together."""


def sentences(utterance: str) -> list[Sentence]:
    """The sentences of an utterance; one without any mark is one sentence."""
    found: list[Sentence] = []
    said: list[str] = []
    marks: dict[str, set[int]] = {"commas": set(), "colons": set(), "quoted": set()}
    in_quotes = False
    tokens = _tokens(utterance)
    marked = not _MARKS.isdisjoint(tokens)
    for token in [*tokens, "."]:
        if token in _QUOTES:
            in_quotes = not in_quotes
        elif token in _COMMAS:
            marks["commas"].add(len(said))
            if token == ":":
                marks["colons"].add(len(said))
        elif token not in _STOPS:
            if in_quotes:
                marks["quoted"].add(len(said))
            said.append(token)
        elif said and not in_quotes:
            found.append(_sentence(said, marks, token == "?", marked))
            said, marks = [], {name: set() for name in marks}
    if said:
        found.append(_sentence(said, marks, False, marked))
    return found


def _sentence(said: list[str], marks: dict[str, set[int]], asks: bool, marked: bool) -> Sentence:
    places = {name: frozenset(at) for name, at in marks.items()}
    return Sentence(tuple(said), asks=asks, marked=marked, **places)


def _tokens(utterance: str) -> list[str]:
    text = utterance[-_MAX_CHARACTERS:].lower().replace("’", "'")
    text = _SHORTENED.sub(r"\1", unicodedata.normalize("NFC", text))
    return _TOKEN.findall(text)[-MAX_WORDS:]


@lru_cache(maxsize=4096)
def name_words(name: str) -> tuple[str, ...]:
    """A name as the words of a text would spell it, without accents."""
    found = _TOKEN.findall(name.lower().replace("’", "'"))
    return tuple(plain(word) for word in found if word not in _MARKS)


@cache
def longest(phrases: frozenset[tuple[str, ...]]) -> int:
    """Words in the longest of the phrases."""
    return max((len(phrase) for phrase in phrases), default=0)


def without(said: Sequence[str], phrases: frozenset[tuple[str, ...]]) -> Iterator[str]:
    """The words that belong to none of the phrases, the longest taken first."""
    at = 0
    while at < len(said):
        lengths = _lengths(phrases).get(said[at], ())
        taken = next((n for n in lengths if tuple(said[at : at + n]) in phrases), 0)
        if not taken:
            yield said[at]
        at += taken or 1


def begins_with(said: Sequence[str], phrases: frozenset[tuple[str, ...]]) -> bool:
    """Whether the first words are one of the phrases."""
    lengths = _lengths(phrases).get(said[0], ()) if said else ()
    return any(tuple(said[:length]) in phrases for length in lengths)


@cache
def _lengths(phrases: frozenset[tuple[str, ...]]) -> Mapping[str, Sequence[int]]:
    """By the first word, how many words the phrases have that begin with it, the longest first."""
    found: dict[str, set[int]] = {}
    for phrase in filter(None, phrases):
        found.setdefault(phrase[0], set()).add(len(phrase))
    return {first: sorted(lengths, reverse=True) for first, lengths in found.items()}


def contains(said: Sequence[str], phrases: frozenset[tuple[str, ...]]) -> bool:
    """Whether one of the phrases is among the words."""
    firsts = _lengths(phrases)
    return any(word in firsts and begins_with(said[at:], phrases) for at, word in enumerate(said))
