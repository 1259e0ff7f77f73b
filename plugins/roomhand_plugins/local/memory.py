"""What one session remembers of the meeting: attributed turns in order, bounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from roomhand_plugins.base import Heard, TextTurn


class Memory:
    """Turns of people, other agents and this agent, oldest first, at most ``limit``."""

    def __init__(self, limit: int, history: Iterable[TextTurn] = ()) -> None:
        self._limit = limit
        self._turns: list[TextTurn] = []
        for turn in history:
            self.put(turn)

    def __iter__(self) -> Iterator[TextTurn]:
        return iter(tuple(self._turns))

    def __len__(self) -> int:
        return len(self._turns)

    def put(self, turn: TextTurn, after: str | None = None) -> None:
        """Add a turn behind the turn ``after`` (at the end, if None or unknown). A turn that is
        known already gets the new text and keeps its place."""
        known = self._place(turn.turn_id)
        if known is not None:
            self._turns[known] = turn
            return
        place = self._place(after) if after is not None else None
        self._turns.insert(len(self._turns) if place is None else place + 1, turn)
        del self._turns[: -self._limit]

    def forget(self, turn_id: str) -> None:
        """Remove a turn; an unknown one is no error."""
        self._turns = [turn for turn in self._turns if turn.turn_id != turn_id]

    def cut(self, turn_id: str, heard: Heard) -> None:
        """Keep of an answer what people heard; what nobody heard is forgotten."""
        place = self._place(turn_id)
        if place is None:
            return
        if heard.audio_ms <= 0:
            self.forget(turn_id)
            return
        old = self._turns[place]
        shorter = heard.text if len(heard.text) < len(old.text) else old.text
        self._turns[place] = replace(old, text=shorter)

    def _place(self, turn_id: str) -> int | None:
        places = (n for n, turn in enumerate(self._turns) if turn.turn_id == turn_id)
        return next(places, None)
