"""All that was said in one room while things were restarted around it, and what became of it. Pure.

Times are seconds of the wall clock, which is Redis', too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from roomhand.attribution.segments import Segment, SegmentKind
from roomhand.room.ear import ARRIVAL_MS
from roomhand.turns.floor_event import Event
from roomhand.turns.floor_request import HOLDING, Status
from tests.sim.script import SAID_EACH_S, Window
from tests.soak.audience import adjacent, two_audible_ms
from tests.soak.record import SLACK_S, Record
from tests.soak.roster import Stay, together, together_s
from tests.soak.talk import Word, too_damaged
from tests.soak.tally import Tally

CUT_S = 6.0
"""What was said so shortly before the room died with its server was not written yet: a sentence,
and the time that its transcript takes."""
BEGINS_S = ARRIVAL_MS / 1000 + SLACK_S
"""From the beginning of a meeting until its first agent has to hear: what was said before is before
the record."""
NEAR_S = 10.0
"""What is missing so near a fault is lost by it."""
GARBLED = 0.02
"""Most of the words, far from any fault or in the midst of a turn that one owner wrote, that
reached the witness whole and not the agent: each has a stream of its own, and a busy machine
damages one or the other. A damaged word may be heard as another one, once in five hundred times."""
TWO_S = 5.0
"""Most for which the roster may show an agent twice."""


@dataclass
class History:
    """Of all meetings of the room: it has a new one when livekit-server has died."""

    said: list[Word] = field(default_factory=list)
    broken: list[Word] = field(default_factory=list)
    """The room died while they were said, or before."""
    carried: set[str] = field(default_factory=set)
    """What came whole to a witness: an agent can have heard it."""
    kept: dict[str, list[Segment]] = field(default_factory=dict)
    """What was in the transcript of a meeting at some moment."""
    unowned: list[Window] = field(default_factory=list)
    """When an owner was killed, until there was another: then there may be a gap."""
    struck: list[Window] = field(default_factory=list)
    """From each fault until the room had recovered."""
    deaths_s: list[float] = field(default_factory=list)
    """When the room died with its server."""
    stays: list[Stay] = field(default_factory=list)
    sounds: dict[int, list[float]] = field(default_factory=dict)
    """When there was sound of the agent, by the epoch of its owner."""

    @property
    def two_for_long(self) -> list[Window]:
        """When the roster showed the agent twice for too long."""
        return [one for one in together(self.stays) if one.to_s - one.from_s > TWO_S]


def judge(history: History, records: Sequence[Record], elsewhere: Set[str] = frozenset()) -> Tally:
    """A room that is closed, and the transcripts of its meetings, the oldest first. ``elsewhere``:
    what was said in other rooms, and by agents."""
    words: Counter[str] = sum((one.words() for one in records), Counter())
    between = _between(history, records)
    missing = [one for one in history.said if not words[one.text] and one.text in history.carried]
    cut = [one for one in missing if any(w.from_s < one.at_s < w.to_s for w in between)]
    excused = [one for one in missing if any(record.excuses(one) for record in records)]
    unknown = [one for one in missing if one not in cut and one not in excused]
    heard_through = _heard_through(history, records)
    lost = [one for one in unknown if _near(one, history.struck) and one.text not in heard_through]
    new = words.keys() - {one.text for one in [*history.said, *history.broken]}
    garbled = len(unknown) - len(lost) + len(new - elsewhere)
    spans_s = together_s(history.stays)
    unexplained = [(record, gap) for record in records for gap in _unexplained(history, record)]
    wrong = {
        "lost": len(lost),
        "doubled": sum(count - 1 for count in words.values()),
        "strange": len(new & elsewhere),
        "acknowledged_lost": sum(_gone(history, record) for record in records),
        "gaps_unexplained": len(unexplained),
        "zombie_heard_ms": two_audible_ms(history.sounds),
        "two_in_roster_long": len(history.two_for_long),
        "meetings_wrong": abs(len(records) - len(history.deaths_s) - 1),
    }
    damaged = sum(one.text not in history.carried for one in history.said)
    tally = Tally()
    tally.add(words_said=len(history.said), damaged=damaged, between_meetings=len(cut), **wrong)
    tally.add(holes_listed=sum(len(record.of(SegmentKind.GAP)) for record in records))
    tally.add(unheard=sum(not words[one.text] for one in history.said))
    tally.add(agent_heard_ms=sum(10 * adjacent(heard_s) for heard_s in history.sounds.values()))
    tally.note("two_in_roster_ms", *(1000 * span for span in spans_s))
    too_few = too_damaged(damaged, len(history.said)) or garbled > GARBLED * len(history.said)
    tally.add(garbled=garbled, failures=any(wrong.values()) or too_few)
    if tally.counts["failures"]:
        _tell(tally, lost, unexplained, records, history.struck)
    return tally


def two_granted(events: Iterable[Event]) -> int:
    """How often the floor was granted while an earlier grant was not over."""
    holding, found = set[int](), 0
    for one in events:
        if one.event == Status.GRANTED:
            found += bool(holding)
            holding.add(one.number)
        elif one.event not in HOLDING:
            holding.discard(one.number)
    return found


def _heard_through(history: History, records: Sequence[Record]) -> set[str]:
    """Words whose neighbours are both in one turn: who wrote it heard all of it."""
    turns = [set(one.text.split()) for record in records for one in record.of(SegmentKind.SPEECH)]
    threes = zip(history.said, history.said[1:], history.said[2:], strict=False)
    return {
        word.text
        for before, word, after in threes
        if any({before.text, after.text} <= turn for turn in turns)
    }


def _near(word: Word, struck: Iterable[Window]) -> bool:
    return any(one.widened(NEAR_S, NEAR_S).meets(_spoken(word)) for one in struck)


def _between(history: History, records: Sequence[Record]) -> list[Window]:
    """From shortly before the room died until its next meeting had to be heard."""
    begun_s = [one.start_s for one in records]
    return [
        Window(died_s - CUT_S, min(later) + BEGINS_S)
        for died_s in history.deaths_s
        if (later := [at_s for at_s in begun_s if at_s > died_s])
    ]


def _gone(history: History, record: Record) -> int:
    there = {(one.id, one.text) for one in record.segments}
    return sum((one.id, one.text) not in there for one in history.kept.get(record.meeting, []))


def _unexplained(history: History, record: Record) -> list[Segment]:
    def is_explained(gap: Segment) -> bool:
        missing = Window(record.at_s(gap.start_ms), record.at_s(gap.end_ms))
        unowned = any(unowned.meets(missing) for unowned in history.unowned)
        return unowned or _came_to_nobody(history, missing)

    return [gap for gap in record.of(SegmentKind.GAP) if not is_explained(gap)]


def _came_to_nobody(history: History, missing: Window) -> bool:
    """Whether the witness has not heard what was said then either: the machine lost it before."""
    said = [one for one in history.said if missing.meets(_spoken(one))]
    unheard = [one for one in said if one.text not in history.carried]
    return bool(unheard) and not any(
        one.text in history.carried for one in said if missing.holds(_spoken(one))
    )


def _spoken(word: Word) -> Window:
    return Window(word.at_s, word.at_s + SAID_EACH_S)


def _tell(
    tally: Tally,
    lost: Sequence[Word],
    gaps: Sequence[tuple[Record, Segment]],
    records: Sequence[Record],
    struck: Sequence[Window],
) -> None:
    print(f"{[one.meeting for one in records]}: {tally.figures()}", flush=True)
    for record, gap in gaps:
        at = _since(record.at_s(gap.start_ms), struck)
        near = f"{gap.text}, epoch {gap.epoch}"
        print(f"gap of {gap.end_ms - gap.start_ms} ms, {at}, not explained: {near}", flush=True)
    for word in lost:
        around = "; ".join(filter(None, (record.around(word) for record in records)))
        print(f"lost {word.text}, {_since(word.at_s, struck)}: {around}", flush=True)


def _since(at_s: float, struck: Iterable[Window]) -> str:
    before = [(number, at_s - one.from_s) for number, one in enumerate(struck) if one.from_s < at_s]
    return f"{before[-1][1]:.1f} s after fault {before[-1][0]}" if before else "before any fault"
