"""The steps of one lane, one situation at a time."""

from __future__ import annotations

import pytest

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.bridge.hearing import HearingLimits
from roomhand.bridge.link import SessionState
from roomhand.bridge.steps import (
    Abandon,
    Begin,
    Close,
    Discard,
    End,
    Fact,
    Missed,
    Open,
    Send,
    Started,
    Step,
    Stopped,
    Wait,
    Worded,
)
from roomhand.bridge.uplink import Uplink, UplinkLimits
from roomhand_plugins.base import Transcript

pytestmark = pytest.mark.unit

HEARING = HearingLimits(ring=60_000, preroll=2_400, tail=0, longest_turn=20_000)
LIMITS = UplinkLimits(hearing=HEARING, idle_s=60, transcript_due_s=30, tries=2)
TRACK = TrackRef("TR1", Source.MICROPHONE, Speaker("anna", "Anna"))


class Lane:
    """An uplink with one subscription, and how far it has come."""

    def __init__(self, limits: UplinkLimits = LIMITS, *, hears: bool = True) -> None:
        self.uplink = Uplink(limits, "m1", hears=hears)
        self.ledger = TrackLedger()
        self.uplink.subscribe(TRACK, Anchor(0), self.ledger)
        self.now_s = 0.0

    def hear(self, samples: int) -> None:
        start = self.uplink.hearing.ring.end
        self.ledger.receive(samples)
        self.uplink.receive(start, bytes(samples * 2))

    def say(self, samples: int = 4_800) -> None:
        """A turn, with its pre-roll."""
        self.hear(4_800)
        onset = self.uplink.hearing.ring.end
        self.hear(samples)
        self.uplink.onset(onset)
        self.uplink.end(onset + samples)
        self.uplink.judged(onset + samples)

    def steps(self) -> list[Step]:
        """All there is to do, with every session that is asked for opened at once."""
        taken: list[Step] = []
        while not isinstance(step := self.uplink.next(self.now_s), Wait):
            taken.append(step)
            if isinstance(step, Open):
                self.uplink.opened(self.now_s)
        return taken

    def facts(self) -> list[type[Fact]]:
        return [type(fact) for fact in self.uplink.facts()]

    def accounted(self) -> bool:
        return self.ledger.unaccounted(self.uplink.held(TRACK)) == 0


def kinds(steps: list[Step]) -> list[type[Step]]:
    return [type(step) for step in steps]


def answer(lane: Lane) -> None:
    spoken = next(iter(lane.uplink.turns))
    assert lane.uplink.answer(
        spoken.turn.id, Transcript(turn_id=spoken.turn.id, text="hi", final=True)
    )


def test_a_turn_goes_out_from_its_pre_roll_to_its_end() -> None:
    """In steps of at most 200 ms, and is done when its words come."""
    lane = Lane()
    lane.say(7_200)
    steps = lane.steps()
    assert kinds(steps) == [Open, Begin, Send, Send, End]
    assert steps[2:4] == [Send(2_400, 7_200), Send(7_200, 12_000)]
    answer(lane)
    assert lane.facts() == [Started, Stopped, Worded]
    assert lane.ledger.sent == 9_600
    assert lane.accounted()


def test_a_lost_turn_is_sent_again_whole_and_counted_once() -> None:
    """From its first sample, whatever the old session had of it."""
    lane = Lane()
    lane.say(7_200)
    assert isinstance(lane.uplink.next(0), Open)
    lane.uplink.opened(0)
    assert isinstance(lane.uplink.next(0), Begin)
    assert isinstance(lane.uplink.next(0), Send)
    assert lane.ledger.sent == 4_800
    lane.uplink.lost(0)
    lane.now_s = 1.0
    assert lane.steps()[1:4] == [
        Begin(next(iter(lane.uplink.turns)).turn),
        Send(2_400, 7_200),
        Send(7_200, 12_000),
    ]
    assert lane.ledger.sent == 9_600


def test_a_session_lost_in_silence_is_not_opened_again() -> None:
    """Nobody waits for it."""
    lane = Lane()
    lane.say()
    lane.steps()
    answer(lane)
    lane.uplink.lost(0)
    lane.now_s = 100.0
    assert lane.steps() == []
    assert lane.uplink.state is SessionState.IDLE


def test_a_turn_overwritten_half_sent_is_discarded_in_the_session() -> None:
    """The provider must not transcribe a piece as if it were all."""
    lane = Lane()
    lane.say()
    assert isinstance(lane.uplink.next(0), Open)
    lane.uplink.opened(0)
    assert isinstance(lane.uplink.next(0), Begin)
    lane.hear(60_000)
    assert kinds(lane.steps()) == [Discard]
    assert lane.facts() == [Started, Stopped, Missed]
    assert lane.ledger.dropped == {"overwritten": 7_200}
    assert lane.accounted()


def test_a_refusal_makes_holes_of_what_is_and_what_comes() -> None:
    """Also of a turn that is open when it happens, once that is over."""
    lane = Lane()
    lane.say()
    lane.hear(4_800)
    lane.uplink.onset(lane.uplink.hearing.ring.end)
    assert isinstance(lane.uplink.next(0), Open)
    lane.uplink.refused()
    assert lane.facts() == [Started, Stopped, Started, Missed]
    lane.hear(4_800)
    lane.uplink.end(lane.uplink.hearing.ring.end)
    assert lane.facts() == [Stopped, Missed]
    assert lane.steps() == []
    assert lane.accounted()


@pytest.mark.parametrize(("hears", "told"), [(True, [Started, Stopped, Worded]), (False, None)])
def test_an_empty_turn_is_silence(hears: bool, told: list[type[Fact]] | None) -> None:
    """Nothing to send, nothing lost; also after a refusal."""
    lane = Lane(hears=hears)
    lane.hear(4_800)
    if hears:
        lane.uplink.hold("r")
        lane.uplink.next(0)
        lane.uplink.refused()
    lane.uplink.onset(4_800)
    lane.uplink.end(2_400)
    assert lane.facts() == (told or [Started, Stopped])
    assert lane.ledger.dropped.total() == 0
    assert lane.accounted()


def test_a_transcript_that_does_not_come_costs_one_session_then_the_turn() -> None:
    """Then the lane is free again."""
    lane = Lane()
    lane.say()
    lane.steps()
    lane.now_s = 31.0
    assert isinstance(lane.uplink.next(lane.now_s), Abandon)
    lane.uplink.lost(lane.now_s)
    lane.now_s = 40.0
    assert kinds(lane.steps()) == [Open, Begin, Send, Send, End]
    lane.now_s = 71.0
    assert lane.steps() == []
    assert lane.facts() == [Started, Stopped, Missed]


def test_an_idle_session_is_closed_an_asked_one_is_not() -> None:
    """A reply holds it."""
    lane = Lane()
    lane.uplink.hold("r1")
    assert kinds(lane.steps()) == [Open]
    lane.now_s = 1_000.0
    assert lane.steps() == []
    lane.uplink.release("r1")
    assert lane.steps() == []
    lane.now_s = 1_060.0
    assert lane.steps() == [Close("idle")]


def test_a_long_session_is_renewed_when_it_is_quiet() -> None:
    """Before the provider ends it."""
    limits = UplinkLimits(hearing=HEARING, idle_s=600, transcript_due_s=30, longest_session_s=100)
    lane = Lane(limits)
    lane.say()
    lane.steps()
    lane.now_s = 85.0
    assert lane.uplink.turns.wanted
    answer(lane)
    assert lane.steps() == [Close("renewed")]
