"""The agent's one memory of the room: who said what, in order of onset. Pure, bounded.

A turn has one entry, whoever brings its words and under whatever name: two reports of one track
whose onsets lie within 300 ms are the same turn, and the later one replaces the earlier.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from roomhand.attribution.identity import safe_name
from roomhand_plugins.base import Role, TextTurn

SAME_ONSET_MS = 300
DEFAULT_LIMIT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One turn. ``turn_id`` of a reply is its reply id; ``identity`` of an agent is its name.

    ``text`` of the agent's own turns is what was heard; ``interrupted`` says there was more.
    """

    turn_id: str
    identity: str
    name: str
    role: Role
    text: str
    start_ms: int
    track: str = ""
    """Track sid of a person's turn: with the onset, it tells the same turn from another."""
    interrupted: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", safe_name(self.name))
        object.__setattr__(self, "text", " ".join(self.text.split()))

    def is_turn_of(self, other: Entry) -> bool:
        """Whether both report the same turn."""
        if self.turn_id == other.turn_id:
            return True
        near = abs(self.start_ms - other.start_ms) <= SAME_ONSET_MS
        return bool(self.track) and self.track == other.track and near

    def as_text(self) -> TextTurn:
        """For a model."""
        text = f"{self.text} …" if self.interrupted else self.text
        return TextTurn(
            turn_id=self.turn_id, role=self.role, speaker=self.name, text=text, at_ms=self.start_ms
        )


Besides: TypeAlias = Callable[[Entry], bool]
"""Which entries to leave out."""


def _none(_: Entry) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Kept:
    entry: Entry
    serial: int

    @property
    def order(self) -> tuple[int, int]:
        return self.entry.start_ms, self.serial


class Conversation:
    """Holds the newest ``limit`` entries; ``dropped`` counts those that gave way.

    A listener remembers a *mark* and asks what is new ``since`` then; words that come late are
    new when they come, and still stand where they were spoken.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        if limit < 1:
            raise ValueError("a conversation holds at least one entry")
        self.dropped = 0
        self._limit = limit
        self._kept: list[_Kept] = []
        self._pending: dict[str, Entry] = {}
        self._due_ms: dict[str, int] = {}
        self._serial = 0
        self._observers: list[Callable[[], None]] = []

    @property
    def mark(self) -> int:
        """Everything so far."""
        return self._serial

    def observe(self, observer: Callable[[], None]) -> None:
        """Call ``observer`` after every change."""
        self._observers.append(observer)

    def expect(self, entry: Entry) -> None:
        """Somebody speaks; the words are to come. ``text`` is not used."""
        self._pending.pop(entry.turn_id, None)
        self._pending[entry.turn_id] = entry
        if len(self._pending) > self._limit:
            self._pending.pop(next(iter(self._pending)))
        self._changed()

    def forget(self, turn_id: str) -> None:
        """The words of this turn will not come."""
        if self._pending.pop(turn_id, None):
            self._changed()

    def expect_until(self, turn_id: str, due_ms: int) -> None:
        """Words that are still expected of this turn are not waited for after then."""
        if turn_id in self._pending:
            self._due_ms[turn_id] = due_ms

    def give_up(self, now_ms: int) -> None:
        """Words that were expected until before now will not come."""
        overdue = [turn_id for turn_id, due_ms in self._due_ms.items() if due_ms < now_ms]
        for turn_id in overdue:
            del self._due_ms[turn_id]
            self.forget(turn_id)

    def settle(self, entry: Entry) -> None:
        """The words of this turn, by whatever name, will not come. Its text is not used."""
        self._pending = {
            name: pending
            for name, pending in self._pending.items()
            if not pending.is_turn_of(entry)
        }
        self._changed()

    def say(self, entry: Entry) -> None:
        """Final words, or better ones of a turn that has some. No words: nothing was said."""
        if entry.text:
            self._keep(entry)
        self.settle(entry)

    def pending(self, before_ms: int | None = None, besides: Besides = _none) -> tuple[Entry, ...]:
        """Who spoke before then, and has no words yet; in order of onset."""
        waiting = (
            entry
            for entry in self._pending.values()
            if (before_ms is None or entry.start_ms < before_ms) and not besides(entry)
        )
        return tuple(sorted(waiting, key=lambda entry: entry.start_ms))

    def since(self, mark: int, besides: Besides = _none) -> tuple[Entry, ...]:
        """What was said or corrected after ``mark`` was taken, in order of onset."""
        return tuple(
            kept.entry for kept in self._kept if kept.serial > mark and not besides(kept.entry)
        )

    def history(self, limit: int, besides: Besides = _none) -> tuple[Entry, ...]:
        """The newest ``limit`` entries, oldest first."""
        entries = [kept.entry for kept in self._kept if not besides(kept.entry)]
        return tuple(entries[max(0, len(entries) - limit) :])

    def _keep(self, entry: Entry) -> None:
        place = self._place(entry)
        if place is not None:
            old = self._kept[place].entry
            if replace(entry, turn_id=old.turn_id, start_ms=old.start_ms) == old:
                return
            del self._kept[place]
        self._serial += 1
        bisect.insort(self._kept, _Kept(entry, self._serial), key=lambda kept: kept.order)
        if len(self._kept) > self._limit:
            del self._kept[0]
            self.dropped += 1

    def _place(self, entry: Entry) -> int | None:
        """Searched from the newest: a report is nearly always about a recent turn."""
        for place in range(len(self._kept) - 1, -1, -1):
            if self._kept[place].entry.is_turn_of(entry):
                return place
        return None

    def _changed(self) -> None:
        for observer in self._observers:
            observer()
