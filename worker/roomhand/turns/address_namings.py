"""Pure: where the names of a room occur in a sentence, and what stands around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from roomhand.turns.address_lexicon import Lexicon, plain
from roomhand.turns.address_text import Sentence, name_words
from roomhand.turns.near_miss import sounds_apart, sounds_like

_ELISIONS = frozenset({"c", "d", "j", "l", "m", "n", "qu", "s", "t", "jusqu", "lorsqu", "puisqu"})
_REACH = 60
"""Words on either side of a name that can say what it is."""
_LONGEST_LIST = 12
"""Words on either side of a name that can belong to one list with it."""


@dataclass(frozen=True, slots=True)
class Names:
    """``own`` are the names that the agent answers to, ``others`` everybody else's in the room.

    ``tolerance`` 0 takes only exact names; 1 also what a recogniser makes of them ("stage").
    """

    own: tuple[str, ...]
    others: tuple[str, ...] = ()
    tolerance: int = 1


@dataclass(frozen=True, slots=True)
class Naming:
    """One occurrence of a name. Of a list ("Max and Sage"), what stands around the whole list."""

    name: str
    span: tuple[int, int]
    """First word of the name itself, and the one behind it."""
    before: tuple[str, ...]
    after: tuple[str, ...]
    comma_before: bool
    comma_after: bool
    comma_later: tuple[int, ...]
    """Commas further on, counted in words of ``after``."""
    asks: bool
    quoted: bool
    possessive: bool
    exact: bool
    listed: bool
    offered: bool
    """One of several to choose from ("Max or Sage")."""
    people: frozenset[str]
    """Words of all names of the room."""
    lexicon: Lexicon
    since_comma: int = 0
    """Where in ``before`` the words behind its last comma begin."""
    since_colon: int | None = None
    """The same of its last colon; None without one."""
    opened: bool = False
    """The name is inside the question, behind its opening mark ("¿y Luna qué dijo?")."""
    marked: bool = False
    """The speaker's pauses were written down, as commas and full stops."""

    @property
    def previous(self) -> str:
        """The word before."""
        return self.before[-1] if self.before else ""


def namings(
    sentence: Sentence, sought: Sequence[str], names: Names, lexicon: Lexicon
) -> Iterator[Naming]:
    """Every occurrence of the names that are sought, near misses among them."""
    people = frozenset(
        word for name in (*names.own, *names.others) for word in name_words(name) if len(word) > 1
    )
    spelled = tuple(plain(word) for word in sentence.words)
    for name in sought:
        parts = name_words(name)
        for at in range(len(spelled) - len(parts) + 1 if parts else 0):
            there = spelled[at : at + len(parts)]
            possessive = there[-1].endswith("'s") or _elided(there[0], parts[0])
            possessive = possessive or _genitive(spelled, at, parts, lexicon)
            bare = _bare(there, parts)
            missed = bare != parts
            if missed and not (names.tolerance and _missed(bare, parts, people, lexicon)):
                continue
            yield _naming(
                sentence, name, (at, at + len(parts)), possessive, not missed, people, lexicon
            )
        yield from _apart(sentence, name, spelled, people, lexicon) if names.tolerance else ()


def _apart(
    sentence: Sentence,
    name: str,
    spelled: tuple[str, ...],
    people: frozenset[str],
    lexicon: Lexicon,
) -> Iterator[Naming]:
    """A name of one word that was heard as two, neither of which is a name or governs one."""
    parts = name_words(name)
    for at in range(len(spelled) - 1 if len(parts) == 1 else 0):
        pair = spelled[at : at + 2]
        known = people | lexicon.governors | lexicon.clitics
        if sounds_apart(pair, parts[0]) and not known & set(pair):
            yield _naming(sentence, name, (at, at + 2), False, False, people, lexicon)


def _genitive(spelled: tuple[str, ...], at: int, parts: tuple[str, ...], lexicon: Lexicon) -> bool:
    """ "Wolfs Schätzung": where a language writes it so, and no question or request follows."""
    end = at + len(parts)
    following = spelled[end : end + 1]
    inflected = lexicon.saxon and spelled[end - 1] == parts[-1] + "s"
    return inflected and bool(following) and not set(following) & lexicon.asking_first


def _elided(word: str, name: str) -> bool:
    head, mark, tail = word.partition("'")
    return bool(mark) and head in _ELISIONS and tail == name


def _bare(there: tuple[str, ...], parts: tuple[str, ...]) -> tuple[str, ...]:
    first = parts[0] if _elided(there[0], parts[0]) else there[0]
    whole = (first, *there[1:])
    return (*whole[:-1], whole[-1].removesuffix("'s"))


def _missed(
    there: tuple[str, ...], parts: tuple[str, ...], people: frozenset[str], lexicon: Lexicon
) -> bool:
    if not sounds_like(there, parts):
        return False
    off = {heard for heard, part in zip(there, parts, strict=True) if heard != part}
    ordinary = off & lexicon.listed if len(parts) == 1 else frozenset()
    return not (off & people or ordinary)


def _naming(
    sentence: Sentence,
    name: str,
    span: tuple[int, int],
    possessive: bool,
    exact: bool,
    people: frozenset[str],
    lexicon: Lexicon,
) -> Naming:
    words = sentence.words
    start, end = _list_around(words, span, people, lexicon.joining)
    return Naming(
        name=name,
        span=span,
        before=_nearest(words[:start]),
        after=words[end : end + _REACH],
        comma_before=start in sentence.commas,
        comma_after=end in sentence.commas,
        comma_later=tuple(sorted(at - end for at in sentence.commas if at > end)),
        asks=sentence.asks,
        quoted=span[0] in sentence.quoted and len(sentence.quoted) < len(words),
        possessive=possessive,
        exact=exact,
        listed=(start, end) != span,
        offered=bool(lexicon.choosing & {*words[start : span[0]], *words[span[1] : end]}),
        people=people,
        lexicon=lexicon,
        since_comma=_last(sentence.commas - {start}, start) or 0,
        since_colon=_last(sentence.colons, start),
        opened=0 in sentence.commas,
        marked=sentence.marked,
    )


def _last(marks: frozenset[int], start: int) -> int | None:
    """The last mark before a name, in words of what is kept before it."""
    last = max((at for at in marks if at <= start), default=None)
    return None if last is None else max(0, last - max(0, start - _REACH - 1))


def _nearest(before: tuple[str, ...]) -> tuple[str, ...]:
    """Where words are left out an empty one stands for them: the next begins no sentence."""
    return before if len(before) <= _REACH else ("", *before[-_REACH:])


def _list_around(
    words: Sequence[str], span: tuple[int, int], people: frozenset[str], joining: frozenset[str]
) -> tuple[int, int]:
    """The bounds of a list of names; those of the name alone where nothing joins it to others."""
    start, end = span
    while 0 < start > span[0] - _LONGEST_LIST and _continues(
        words[start - 1], words[start - 2 : start - 1], people, joining
    ):
        start -= 1
    while end < min(len(words), span[1] + _LONGEST_LIST) and _continues(
        words[end], words[end + 1 : end + 2], people, joining
    ):
        end += 1
    joined = joining & {*words[start : span[0]], *words[span[1] : end]}
    return (start, end) if joined else span


def _continues(
    word: str, beyond: Sequence[str], people: frozenset[str], joining: frozenset[str]
) -> bool:
    if plain(word) in people:
        return True
    return word in joining and bool(beyond) and plain(beyond[0]) in people
