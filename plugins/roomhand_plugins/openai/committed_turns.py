"""Which item of the service is which turn, where we commit the turns ourselves. Pure.

The service names an item when it commits the audio, in the order of our commits; so the oldest
commit without an item owns the next one, and everything later is keyed by the item's id. It names
it twice, so that a lost event does not give every later turn the words of another.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass

from roomhand_plugins.base import PluginError, Transcript, TurnCommitted, TurnFailed, TurnId
from roomhand_plugins.openai.effects import Effect, Send
from roomhand_plugins.openai.turns import Words, remember


@dataclass(slots=True)
class _Turn:
    turn_id: TurnId
    begin: int
    end: int = 0
    event_id: str = ""
    item_id: str | None = None
    due: float = 0.0
    settled: bool = False


@dataclass(slots=True)
class _Item:
    turn: _Turn | None = None
    """Until the commit is acknowledged this is a guess, good enough for interim text only."""
    text: str = ""
    committed: bool = False
    acknowledged: bool = False
    """By the event that is there for it, and not only by being added."""
    settled: bool = False


class CommittedTurns:
    """As ``Turns``. ``transcripts``: whether the service was asked for any."""

    def __init__(self, limit_s: float, *, transcripts: bool, counts: Counter[str]) -> None:
        self._limit_s = limit_s
        self._transcripts = transcripts
        self._counts = counts
        self._open: _Turn | None = None
        self._unnamed: deque[_Turn] = deque()
        self._awaited: OrderedDict[TurnId, _Turn] = OrderedDict()
        self._turns: OrderedDict[TurnId, _Turn] = OrderedDict()
        self._items: OrderedDict[str, _Item] = OrderedDict()
        self._commits = 0

    @property
    def due(self) -> float | None:
        return next((turn.due for turn in self._awaited.values()), None)

    def begin(self, turn_id: TurnId, at: int) -> None:
        if self._open is not None:
            raise PluginError(f"turn {self._open.turn_id} is open: end or discard it first")
        if turn_id in self._turns:
            raise PluginError(f"turn {turn_id} was used before: choose a new turn_id")
        self._open = _Turn(turn_id, at)
        remember(self._turns, turn_id, self._open)

    def end(self, turn_id: TurnId, at: int, now: float) -> list[Effect]:
        turn = self._close(turn_id)
        self._commits += 1
        turn.end, turn.event_id, turn.due = at, f"turn_{self._commits}", now + self._limit_s
        self._unnamed.append(turn)
        self._awaited[turn_id] = turn
        return [Send({"type": "input_audio_buffer.commit", "event_id": turn.event_id})]

    def discard(self, turn_id: TurnId, at: int) -> list[Effect]:
        self._close(turn_id).settled = True
        return [Send({"type": "input_audio_buffer.clear"})]

    def speech_started(self, item_id: str, at: int) -> list[Effect]:
        return []

    def speech_stopped(self, item_id: str, at: int) -> list[Effect]:
        return []

    def committed(self, item_id: str) -> list[Effect]:
        item = self._item(item_id)
        if item.acknowledged:
            self._counts["duplicate_events"] += 1
            return []
        item.acknowledged = True
        return [] if item.committed else self._commit(item_id, item)

    def audio_added(self, item_id: str) -> list[Effect]:
        item = self._item(item_id)
        return [] if item.committed else self._commit(item_id, item)

    def _commit(self, item_id: str, item: _Item) -> list[Effect]:
        item.committed = True
        item.turn = turn = self._unnamed.popleft() if self._unnamed else None
        if turn is None:
            self._counts["stray_items"] += 1
            return []
        turn.item_id = item_id
        if turn.settled:
            return []
        effects: list[Effect] = [TurnCommitted(turn.turn_id, item_id)]
        if item.settled:
            effects += self._fail(turn, "its transcript came before its commit")
        elif not self._transcripts:
            self._settle(turn)
        elif item.text:
            effects += self._interim(item_id, item)
        return effects

    def commit_refused(self, event_id: str, reason: str) -> list[Effect] | None:
        turn = next((turn for turn in self._unnamed if turn.event_id == event_id), None)
        if turn is None:
            return None
        self._unnamed.remove(turn)
        return self._fail(turn, reason)

    def words(self, item_id: str, more: str) -> list[Effect]:
        item = self._item(item_id)
        if item.settled or not more:
            return []
        item.text += more
        return self._interim(item_id, item)

    def completed(self, item_id: str, words: Words) -> list[Effect]:
        item = self._item(item_id)
        if item.settled:
            self._counts["duplicate_events"] += 1
            return []
        item.settled = True
        turn = item.turn if item.committed else None
        if turn is not None and turn.settled:
            turn = None
        if turn is None:
            self._counts["unattributed_transcripts"] += 1
        else:
            self._settle(turn)
        return [
            Transcript(
                turn_id=turn.turn_id if turn else None,
                text=words.text,
                final=True,
                item_id=item_id,
                span=(turn.begin, turn.end) if turn else None,
                language=words.language,
                confidence=words.confidence,
            )
        ]

    def failed(self, item_id: str, reason: str) -> list[Effect]:
        item = self._item(item_id)
        if item.settled:
            return []
        item.settled = True
        return self._fail(item.turn, reason) if item.turn and item.committed else []

    def overdue(self, now: float) -> list[Effect]:
        late = [turn for turn in self._awaited.values() if turn.due <= now]
        self._counts["overdue_turns"] += len(late)
        return [effect for turn in late for effect in self._fail(turn, "no transcript in time")]

    def item_of(self, turn_id: TurnId) -> str | None:
        turn = self._turns.get(turn_id)
        return turn.item_id if turn else None

    def _item(self, item_id: str) -> _Item:
        item = self._items.get(item_id)
        if item is None:
            item = _Item(self._likely_turn())
            remember(self._items, item_id, item)
        return item

    def _likely_turn(self) -> _Turn | None:
        """Words may stream before the commit: then they are of the oldest uncommitted audio."""
        guessed = [item.turn for item in self._items.values() if not item.committed]
        waiting = [*self._unnamed, *([self._open] if self._open else [])]
        return next((turn for turn in waiting if turn not in guessed), None)

    def _interim(self, item_id: str, item: _Item) -> list[Effect]:
        turn = item.turn
        if turn is None or turn.settled:
            return []
        span = (turn.begin, turn.end) if turn.end else None
        return [
            Transcript(
                turn_id=turn.turn_id, text=item.text, final=False, item_id=item_id, span=span
            )
        ]

    def _close(self, turn_id: TurnId) -> _Turn:
        turn = self._open
        if turn is None or turn.turn_id != turn_id:
            raise PluginError(f"turn {turn_id} is not open: begin it first")
        self._open = None
        return turn

    def _settle(self, turn: _Turn) -> None:
        turn.settled = True
        self._awaited.pop(turn.turn_id, None)

    def _fail(self, turn: _Turn, reason: str) -> list[Effect]:
        if turn.settled:
            return []
        self._settle(turn)
        return [TurnFailed(turn.turn_id, reason)]
