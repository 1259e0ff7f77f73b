"""One session follows another while people speak, one situation at a time."""

from __future__ import annotations

import pytest

from roomhand.bridge.link import SessionState
from roomhand.bridge.rotation import Relay, Term
from roomhand.bridge.steps import (
    Begin,
    Close,
    End,
    Leave,
    Missed,
    Relieve,
    Send,
    Started,
    Stopped,
    TakeOver,
    Worded,
)
from roomhand.bridge.uplink import UplinkLimits
from roomhand_plugins.base import Transcript
from tests.worker.bridge.test_uplink import HEARING, Lane, answer, kinds

pytestmark = pytest.mark.unit

LIMITS = UplinkLimits(
    hearing=HEARING, idle_s=600, transcript_due_s=90, longest_session_s=100, call_s=20
)


def relieved(*, spoken: bool = True) -> Lane:
    """A lane whose turn is spoken, or only begun, when its session nears its end."""
    lane = Lane(LIMITS)
    if spoken:
        lane.say()
    else:
        lane.hear(4_800)
        lane.uplink.onset(lane.uplink.hearing.ring.end)
        lane.hear(2_400)
    lane.steps()
    lane.now_s = 80.0
    assert lane.uplink.next(lane.now_s) == Relieve()
    return lane


def test_a_term_leaves_time_for_a_boundary_and_for_what_is_left() -> None:
    """A long life ends half a minute early, a short one by a quarter."""
    assert Term.begun(0, 3_600) == Term(2_880, 3_570, 3_585, 3_600)
    assert Term.begun(100, 20) == Term(115, 115, 117.5, 120)
    assert Term.announced(10, 60) == Term(10, 40, 55, 70)
    assert Term.announced(10, 4) == Term(10, 10, 12, 14)


def test_between_two_turns_the_successor_takes_over() -> None:
    """What has been committed stays, with its words to come, and the old session waits for them."""
    lane = relieved()
    assert lane.uplink.opened(lane.now_s) is False
    assert lane.steps() == [TakeOver()]
    assert lane.uplink.relay is Relay.LEAVING
    turn = next(iter(lane.uplink.turns)).turn
    words = Transcript(turn_id=turn.id, text="hi", final=True)
    assert not lane.uplink.answer(turn.id, words), "the successor never heard it"
    assert lane.uplink.answer(turn.id, words, former=True)
    assert lane.steps() == [Leave("relieved")]
    assert lane.facts() == [Started, Stopped, Worded]


def test_a_turn_that_does_not_end_in_time_is_carried_over_whole() -> None:
    """From its first sample; the ledger counts each of them once."""
    lane = relieved(spoken=False)
    lane.uplink.opened(lane.now_s)
    assert lane.steps() == []
    lane.now_s = 88.0
    turn = next(iter(lane.uplink.turns)).turn
    assert lane.steps() == [TakeOver(turn), Leave("relieved"), Begin(turn), Send(2_400, 7_200)]
    assert lane.ledger.sent == 4_800
    assert lane.accounted()


def test_a_breath_is_a_boundary_once_the_successor_stands_by() -> None:
    """So that speech which does not end need not be sent twice."""
    lane = relieved(spoken=False)
    lane.uplink.opened(lane.now_s)
    assert lane.steps() == []
    assert not lane.uplink.hearing.boundary_wanted
    lane.now_s = 82.0
    assert lane.steps() == []
    assert lane.uplink.hearing.boundary_wanted
    lane.now_s = 88.0
    lane.steps()
    assert lane.steps() == []
    assert not lane.uplink.hearing.boundary_wanted


def test_a_session_lost_while_its_successor_stands_by_is_replaced_at_once() -> None:
    """No back-off, no second handshake."""
    lane = relieved()
    lane.uplink.opened(lane.now_s)
    lane.uplink.lost(lane.now_s)
    assert lane.uplink.state is SessionState.READY
    assert lane.uplink.relay is Relay.ALONE
    assert kinds(lane.steps()) == [Begin, Send, Send, End]


def test_a_session_lost_while_its_successor_opens_waits_for_that_one() -> None:
    """There is one handshake, not two."""
    lane = relieved()
    lane.uplink.lost(lane.now_s)
    assert lane.uplink.state is SessionState.OPENING
    assert lane.steps() == []
    assert lane.uplink.opened(lane.now_s) is True
    assert kinds(lane.steps()) == [Begin, Send, Send, End]


def test_a_successor_that_does_not_open_is_tried_again() -> None:
    """The session that serves goes on meanwhile."""
    lane = relieved()
    lane.uplink.relief_failed(lane.now_s, 3.0)
    assert lane.steps() == []
    lane.now_s += 3.0
    assert lane.steps() == [Relieve()]


def test_a_reply_and_a_tool_call_keep_the_former_session() -> None:
    """Until both are over, or it ends; what is asked next is asked of the new one."""
    lane = relieved()
    lane.uplink.hold("r1")
    lane.uplink.asked("r1")
    lane.uplink.called("c1", lane.now_s)
    lane.uplink.opened(lane.now_s)
    assert lane.steps() == [TakeOver()]
    turn = next(iter(lane.uplink.turns)).turn
    lane.uplink.answer(turn.id, Transcript(turn_id=turn.id, text="", final=True), former=True)
    assert lane.steps() == []
    lane.uplink.call_answered("c1")
    assert lane.steps() == []
    lane.uplink.release("r1")
    assert lane.steps() == [Leave("relieved")]


def test_a_call_that_nobody_answers_keeps_no_session_for_ever() -> None:
    """Twenty seconds here."""
    lane = Lane(LIMITS)
    lane.uplink.hold("r1")
    lane.steps()
    lane.uplink.called("c1", 0.0)
    lane.uplink.release("r1")
    lane.now_s = 19.0
    assert lane.uplink.wanted
    lane.now_s = 21.0
    lane.steps()
    assert not lane.uplink.wanted


def test_the_words_that_the_former_session_owed_are_asked_of_the_next() -> None:
    """At its end, or when it is lost."""
    lane = relieved()
    lane.uplink.opened(lane.now_s)
    assert lane.steps() == [TakeOver()]
    lane.now_s = 101.0
    assert kinds(lane.steps()) == [Leave, Begin, Send, Send, End]
    answer(lane)
    assert lane.facts() == [Started, Stopped, Worded]


def test_an_overdue_transcript_of_the_former_session_costs_only_its_turn() -> None:
    """It is sent to the session that serves; what the former says of it then is not taken."""
    lane = Lane(LIMITS)
    lane.uplink.hold("r1")
    lane.steps()
    lane.say()
    lane.steps()
    lane.uplink.asked("r1")
    lane.now_s = 80.0
    assert lane.steps() == [Relieve()]
    lane.uplink.opened(lane.now_s)
    assert lane.steps() == [TakeOver()]
    turn = next(iter(lane.uplink.turns)).turn
    lane.now_s = 91.0
    assert kinds(lane.steps()) == [Begin, Send, Send, End]
    assert lane.uplink.relay is Relay.LEAVING
    words = Transcript(turn_id=turn.id, text="late", final=True)
    assert not lane.uplink.answer(turn.id, words, former=True)


def test_a_provider_that_always_ends_at_once_is_not_asked_without_a_pause() -> None:
    """Its clock, or ours, may be wrong by an hour."""
    lane = relieved(spoken=False)
    relieved_at: list[float] = []
    for _ in range(100):
        lane.now_s += 0.1
        for step in lane.steps():
            if step == Relieve():
                relieved_at.append(lane.now_s)
        if lane.uplink.relay is Relay.OPENING:
            lane.uplink.opened(lane.now_s)
            lane.uplink.closing_soon(lane.now_s, 0.0, successor=True)
            lane.uplink.closing_soon(lane.now_s, 0.0)
    assert 5 <= len(relieved_at) <= 10


def test_a_refusal_gives_up_all_sessions() -> None:
    """What was owed by the former becomes a hole too."""
    lane = relieved()
    lane.uplink.opened(lane.now_s)
    assert lane.steps() == [TakeOver()]
    lane.uplink.refused()
    assert lane.uplink.relay is Relay.ALONE
    assert lane.facts() == [Started, Stopped, Missed]
    assert lane.accounted()


def test_a_quiet_lane_needs_no_successor() -> None:
    """It closes, and opens again when somebody speaks."""
    lane = Lane(LIMITS)
    lane.say()
    lane.steps()
    answer(lane)
    lane.now_s = 80.0
    assert lane.steps() == [Close("renewed")]
