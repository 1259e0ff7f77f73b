"""Which agent goes from the fullest worker to the emptiest. Decides only: what the workers tell and
``now_s`` (Redis time) are given.

What one agent costs is not told, so each counts as the average of its worker. Where that is wrong
a move may overshoot; an agent therefore never goes back to where it was moved from, so two workers
cannot play ping-pong with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from roomhand.coordination.hints import Place
from roomhand.coordination.workers import SeenWorker, WorkerRecord
from roomhand.load import Part

_GOES_ALONG = (Part.JOBS, Part.TRACKS, Part.CPU)
"""Parts of a load of which an agent takes its share with it."""


@dataclass(frozen=True, slots=True)
class BalanceTerms:
    """When to move.

    ``gap`` is between the loads of the fullest and the emptiest, from one look to the next; the
    target stays below ``ceiling``. ``pause_s`` lies between two moves, ``rest_s`` between two of
    one agent. For ``memory_s`` one that did not come is left alone, and one that came does not go
    back; ``patience_s`` is given to it to come. A worker that started less than ``young_s`` ago or
    said nothing for ``silent_s`` is waited for.
    """

    gap: float = 0.4
    ceiling: float = 0.6
    pause_s: float = 60.0
    rest_s: float = 600.0
    memory_s: float = 3600.0
    patience_s: float = 90.0
    young_s: float = 10.0
    silent_s: float = 4.0


@dataclass(frozen=True, slots=True)
class Transfer:
    """An agent goes from one worker to another; their loads before."""

    place: Place
    source: str
    target: str
    source_load: float
    target_load: float


@dataclass(slots=True)
class _Past:
    """What was done with one agent; ``been``: workers that it was moved from."""

    asked_s: float
    rests_until_s: float
    been: set[str] = field(default_factory=set)


class Balancer:
    """Asks for one move at a time, and knows those before."""

    def __init__(self, terms: BalanceTerms | None = None) -> None:
        self._terms = terms or BalanceTerms()
        self._past: dict[Place, _Past] = {}
        self._awaited: Transfer | None = None
        self._asked_s: float | None = None
        self._fullest = ""

    def settle(self, now_s: float, workers: Sequence[SeenWorker]) -> tuple[Transfer, bool] | None:
        """The move that was asked for, and whether the agent came; None while that is open."""
        transfer = self._awaited
        if transfer is None or self._asked_s is None:
            return None
        there = {one.record.id for one in workers if transfer.place in _places(one.record)}
        came = transfer.target in there and transfer.source not in there
        if not came and now_s < self._asked_s + self._terms.patience_s:
            return None
        if not came:
            self._past[transfer.place].rests_until_s = now_s + self._terms.memory_s
        self._awaited = None
        return transfer, came

    def choose(self, now_s: float, workers: Sequence[SeenWorker]) -> Transfer | None:
        """Whom to move now. It counts as asked for."""
        pair = uneven(now_s, workers, self._terms)
        before, self._fullest = self._fullest, pair[0].id if pair else ""
        if pair is None or self._fullest != before or self._is_pausing(now_s):
            return None
        self._forget(now_s)
        source, target = pair
        places = self._movable(now_s, workers, source, target)
        if not places or source.load is None or target.load is None:
            return None
        transfer = Transfer(places[0], source.id, target.id, source.load, target.load)
        past = self._past.setdefault(transfer.place, _Past(now_s, now_s))
        past.asked_s, past.rests_until_s = now_s, now_s + self._terms.rest_s
        past.been.add(source.id)
        self._awaited, self._asked_s = transfer, now_s
        return transfer

    def _is_pausing(self, now_s: float) -> bool:
        asked_s = self._asked_s
        return self._awaited is not None or (
            asked_s is not None and now_s < asked_s + self._terms.pause_s
        )

    def _movable(
        self,
        now_s: float,
        workers: Sequence[SeenWorker],
        source: WorkerRecord,
        target: WorkerRecord,
    ) -> list[Place]:
        """Whoever was not moved for longest first. One that two workers have is on its way."""
        everywhere = Counter(place for one in workers for place in _places(one.record))
        found = [
            (past.asked_s if past else float("-inf"), place)
            for place in _places(source)
            if everywhere[place] == 1
            and ((past := self._past.get(place)) is None or _may_go(past, now_s, target.id))
        ]
        return [place for _, place in sorted(found)]

    def _forget(self, now_s: float) -> None:
        """Whatever is too old to matter."""
        keep_s = self._terms.memory_s
        self._past = {
            place: past for place, past in self._past.items() if now_s < past.asked_s + keep_s
        }


def uneven(
    now_s: float, workers: Sequence[SeenWorker], terms: BalanceTerms
) -> tuple[WorkerRecord, WorkerRecord] | None:
    """The fullest worker and the emptiest, where one agent should go from one to the other.

    None where a worker drains, has just started or says nothing, for their agents may be on
    their way; and where the move would leave the target fuller than the source.
    """
    records = [one.record for one in workers]
    if any(_is_unsettled(now_s, one, terms) for one in workers):
        return None
    loads = sorted(
        ((one.load, one.id, one) for one in records if one.load is not None and one.load_parts),
        key=lambda told: told[:2],
    )
    if len(loads) < 2:
        return None
    (emptiest, _, target), (fullest, _, source) = loads[0], loads[-1]
    if fullest - emptiest <= terms.gap or not source.jobs or not source.slots or not target.slots:
        return None
    source_after, target_after = loads_after(source, target)
    if max(emptiest, target_after) >= terms.ceiling or target_after > source_after:
        return None
    return source, target


def loads_after(source: WorkerRecord, target: WorkerRecord) -> tuple[float, float]:
    """Both loads when an average agent of ``source``, which has one, has gone to ``target``.

    How large workers are is taken from their slots.
    """
    share = {part: source.load_parts.get(part, 0.0) / len(source.jobs) for part in _GOES_ALONG}
    scale = source.slots / target.slots
    left = (source.load_parts.get(part, 0.0) - share.get(part, 0.0) for part in Part)
    reached = (target.load_parts.get(part, 0.0) + scale * share.get(part, 0.0) for part in Part)
    return max(left), max(reached)


def _is_unsettled(now_s: float, worker: SeenWorker, terms: BalanceTerms) -> bool:
    return (
        worker.record.draining
        or worker.asked_to_drain
        or now_s - worker.record.started_s < terms.young_s
        or now_s - worker.seen_s > terms.silent_s
    )


def _may_go(past: _Past, now_s: float, target: str) -> bool:
    return now_s >= past.rests_until_s and target not in past.been


def _places(record: WorkerRecord) -> list[Place]:
    return [Place(one.room, one.agent) for one in record.jobs if one.agent]
