"""Which items of the service are which turn, where the service finds the turns. Pure.

The service says where in the audio each of its items lies; a turn owns the items that overlap it
most. Its words are those of its items, in the order of the audio. The service may split a turn of
ours, or join two: the one with the smaller share then has no words of its own.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field

from roomhand_plugins.base import (
    PluginError,
    SpeechStarted,
    SpeechStopped,
    Transcript,
    TurnCommitted,
    TurnFailed,
    TurnId,
)
from roomhand_plugins.openai.effects import Effect, Send
from roomhand_plugins.openai.turns import Words, remember


@dataclass(slots=True)
class _Item:
    item_id: str
    start: int | None = None
    end: int | None = None
    owner: _Turn | None = None
    committed: bool = False
    text: str = ""
    words: Words | None = None
    failure: str | None = None

    @property
    def settled(self) -> bool:
        return self.words is not None or self.failure is not None


@dataclass(slots=True)
class _Turn:
    turn_id: TurnId
    begin: int
    end: int | None = None
    items: list[_Item] = field(default_factory=list)
    shared: list[_Item] = field(default_factory=list)
    """Items that overlap it, but another turn more."""
    due: float = 0.0
    committed: bool = False
    settled: bool = False
    discarded: bool = False


class DetectedTurns:
    """As ``Turns``. ``transcripts``: whether the service was asked for any."""

    def __init__(self, limit_s: float, *, transcripts: bool, counts: Counter[str]) -> None:
        self._limit_s = limit_s
        self._transcripts = transcripts
        self._counts = counts
        self._open: _Turn | None = None
        self._awaited: OrderedDict[TurnId, _Turn] = OrderedDict()
        self._turns: OrderedDict[TurnId, _Turn] = OrderedDict()
        self._items: OrderedDict[str, _Item] = OrderedDict()

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
        turn = self._close(turn_id, at)
        turn.due = now + self._limit_s
        self._awaited[turn_id] = turn
        return self._review(turn)

    def discard(self, turn_id: TurnId, at: int) -> list[Effect]:
        turn = self._close(turn_id, at)
        turn.discarded = turn.settled = True
        heard = [_delete(item) for item in turn.items]
        return [Send({"type": "input_audio_buffer.clear"}), *heard]

    def speech_started(self, item_id: str, at: int) -> list[Effect]:
        item = self._item(item_id)
        if item.start is not None:
            self._counts["duplicate_events"] += 1
            return []
        item.start = at
        return [SpeechStarted(at)]

    def speech_stopped(self, item_id: str, at: int) -> list[Effect]:
        item = self._item(item_id)
        if item.end is not None:
            self._counts["duplicate_events"] += 1
            return []
        item.end = at
        return [SpeechStopped(at)]

    def committed(self, item_id: str) -> list[Effect]:
        item = self._item(item_id)
        if item.committed:
            self._counts["duplicate_events"] += 1
            return []
        item.committed = True
        touched = self._touched(item)
        if not touched:
            self._counts["stray_items"] += 1
            return []
        item.owner = max(touched, key=lambda turn: _overlap(turn, item))
        item.owner.items.append(item)
        if item.owner.discarded:
            return [_delete(item)]
        for turn in touched:
            if turn is not item.owner:
                turn.shared.append(item)
        return [effect for turn in touched for effect in self._review(turn)]

    def audio_added(self, item_id: str) -> list[Effect]:
        return []

    def commit_refused(self, event_id: str, reason: str) -> list[Effect] | None:
        return None

    def words(self, item_id: str, more: str) -> list[Effect]:
        item = self._item(item_id)
        if item.settled or not more:
            return []
        item.text += more
        turn = item.owner
        if turn is None or turn.settled:
            return []
        return [self._transcript(turn, final=False)]

    def completed(self, item_id: str, words: Words) -> list[Effect]:
        item = self._item(item_id)
        if item.settled:
            self._counts["duplicate_events"] += 1
            return []
        item.words, item.text = words, words.text
        if item.owner is not None and not item.owner.settled:
            return self._review(item.owner)
        if item.owner is not None and item.owner.discarded:
            return []
        self._counts["unattributed_transcripts"] += 1
        return [
            Transcript(
                turn_id=None,
                text=words.text,
                final=True,
                item_id=item_id,
                span=_span(item),
                language=words.language,
                confidence=words.confidence,
            )
        ]

    def failed(self, item_id: str, reason: str) -> list[Effect]:
        item = self._item(item_id)
        if item.settled:
            return []
        item.failure = reason
        return self._review(item.owner) if item.owner else []

    def overdue(self, now: float) -> list[Effect]:
        late = [turn for turn in self._awaited.values() if turn.due <= now]
        self._counts["overdue_turns"] += len(late)
        effects: list[Effect] = []
        for turn in late:
            heard = turn.items or turn.shared
            reason = "no transcript in time" if heard else "the service heard no speech in it"
            self._settle(turn)
            effects.append(TurnFailed(turn.turn_id, reason))
        return effects

    def item_of(self, turn_id: TurnId) -> str | None:
        turn = self._turns.get(turn_id)
        return turn.items[-1].item_id if turn and turn.items else None

    def _review(self, turn: _Turn) -> list[Effect]:
        """What can be said about a turn now: nothing before it has ended here and there."""
        if turn.settled or turn.end is None or self._unfinished(turn):
            return []
        if not turn.items and not turn.shared:
            return []
        effects: list[Effect] = []
        if not turn.committed:
            turn.committed = True
            named = (turn.items or turn.shared)[-1]
            effects.append(TurnCommitted(turn.turn_id, named.item_id))
        if self._transcripts and not all(item.settled for item in turn.items):
            return effects
        self._settle(turn)
        failure = next((item.failure for item in turn.items if item.failure is not None), None)
        if failure is not None:
            effects.append(TurnFailed(turn.turn_id, failure))
        elif self._transcripts:
            effects.append(self._transcript(turn, final=True))
        return effects

    def _unfinished(self, turn: _Turn) -> bool:
        """Speech that the service has begun to hear, and not committed, reaches into the turn."""
        return any(
            not item.committed and item.start is not None and _overlap(turn, item) > 0
            for item in self._items.values()
        )

    def _transcript(self, turn: _Turn, *, final: bool) -> Transcript:
        items = sorted(turn.items, key=lambda item: item.start or 0)
        heard = [item.words for item in items if item.words is not None]
        sure = [words.confidence for words in heard if words.confidence is not None]
        return Transcript(
            turn_id=turn.turn_id,
            text=" ".join(item.text.strip() for item in items if item.text.strip()),
            final=final,
            item_id=items[-1].item_id if items else None,
            span=None if turn.end is None else (turn.begin, turn.end),
            language=next((words.language for words in heard if words.language), None),
            confidence=min(sure) if final and len(sure) == len(items) and sure else None,
        )

    def _touched(self, item: _Item) -> list[_Turn]:
        return [turn for turn in self._turns.values() if _overlap(turn, item) > 0]

    def _item(self, item_id: str) -> _Item:
        item = self._items.get(item_id)
        if item is None:
            item = _Item(item_id)
            remember(self._items, item_id, item)
        return item

    def _close(self, turn_id: TurnId, at: int) -> _Turn:
        turn = self._open
        if turn is None or turn.turn_id != turn_id:
            raise PluginError(f"turn {turn_id} is not open: begin it first")
        self._open, turn.end = None, at
        return turn

    def _settle(self, turn: _Turn) -> None:
        turn.settled = True
        self._awaited.pop(turn.turn_id, None)


def _overlap(turn: _Turn, item: _Item) -> float:
    """Samples that both cover; an end that is not known yet is far away."""
    if item.start is None:
        return 0
    far = float("inf")
    end = min(far if turn.end is None else turn.end, far if item.end is None else item.end)
    return end - max(turn.begin, item.start)


def _span(item: _Item) -> tuple[int, int] | None:
    return None if item.start is None or item.end is None else (item.start, item.end)


def _delete(item: _Item) -> Send:
    return Send({"type": "conversation.item.delete", "item_id": item.item_id})
