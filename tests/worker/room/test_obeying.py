"""What people and moderators tell the agent is done: asked, kept, said later, or forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from roomhand.errors import CommandError
from roomhand.profiles import AddressOptions, Policy, Profile
from roomhand.room.answering import Answering
from roomhand.room.obeying import CALLED_ON, CUT_S, KEPT_S, NEXT_POINT, STOPPED, Obeying
from roomhand.turns.policy import Input, State
from roomhand.turns.questions import Question, Reason

pytestmark = pytest.mark.unit

WHEN = Question("t1", "p-ada", "Ada", "when is it", 0.0)
WHERE = Question("t2", "p-ben", "Ben", "where is it", 0.0)


@dataclass
class FakeAnswering:
    """What was put to it, and what it has not said yet."""

    asked: list[Question] = field(default_factory=list)
    unsaid: list[Question] = field(default_factory=list)
    muted: bool = False
    busy: bool = False

    def ask(self, question: Question) -> None:
        """As the real one."""
        self.asked.append(question)
        self.unsaid.append(question)

    def withdraw(self) -> list[Question]:
        """As the real one."""
        unsaid, self.unsaid = self.unsaid, []
        return unsaid

    def mute(self, muted: bool) -> None:
        """As the real one."""
        self.muted = muted

    @property
    def texts(self) -> list[str]:
        """What it was asked, in order."""
        return [question.text for question in self.asked]


class Stage:
    """Sage under a policy, at a time that a test moves on."""

    def __init__(self, policy: Policy = Policy.ADDRESSED, **options: float) -> None:
        self.now_s = 100.0
        address = AddressOptions(policy=policy, **options)
        profile = Profile(name="sage", plugin="fake", address=address)
        self.obeying = Obeying(profile, now=lambda: self.now_s)
        self.answering = FakeAnswering()
        self.obeying.connect(cast(Answering, self.answering))

    def minded(self) -> State:
        """Its state now."""
        return self.obeying.state


def test_what_is_meant_for_it_is_asked() -> None:
    """And the caller learns that an answer follows; nothing is asked for what is not."""
    stage = Stage()
    assert stage.obeying.hear(Input.CALLED, WHEN)
    assert not stage.obeying.hear(None, WHERE)
    assert stage.answering.texts == ["when is it"]


def test_a_raised_hand_says_everything_it_was_raised_for() -> None:
    """When somebody calls on it, as if it had been asked then."""
    stage = Stage(Policy.RAISE_HAND)
    assert not stage.obeying.hear(Input.CALLED, WHEN)
    stage.obeying.hear(Input.CALLED, WHERE)
    assert stage.answering.asked == []
    assert stage.minded() is State.HAND_RAISED
    stage.now_s += 30
    stage.obeying.hear(Input.CALLED_ON, replace(WHEN, text="yes sage"))
    assert stage.answering.texts == ["when is it", "where is it"]
    assert {question.asked_s for question in stage.answering.asked} == {130.0}
    assert stage.answering.asked[1].instructions == CALLED_ON.format(
        name="Ben", text='"where is it"'
    )
    assert stage.minded() is State.SIGNALLING


def test_a_hand_goes_down_by_itself() -> None:
    """After as long as the profile says; nothing is left to say."""
    stage = Stage(Policy.RAISE_HAND, hand_s=60)
    stage.obeying.hear(Input.CALLED, WHEN)
    stage.now_s += 59.9
    stage.obeying.tick(0)
    assert stage.minded() is State.HAND_RAISED
    stage.now_s += 0.2
    stage.obeying.tick(0)
    assert stage.minded() is State.SIGNALLING
    with pytest.raises(CommandError, match="sage has not raised its hand"):
        stage.obeying.call_on()


def test_a_hold_keeps_what_was_not_said() -> None:
    """For the resume, for a while; who asked after all is answered without a new question."""
    stage = Stage()
    stage.obeying.hear(Input.CALLED, WHEN)
    stage.obeying.hold()
    assert stage.answering.unsaid == []
    stage.now_s += KEPT_S - 1
    stage.obeying.tick(0)
    stage.obeying.resume()
    assert stage.answering.texts == ["when is it", "when is it"]
    assert stage.answering.asked[1].instructions == STOPPED.format(name="Ada", text='"when is it"')
    stage.obeying.hold()
    stage.now_s += KEPT_S + 1
    stage.obeying.tick(0)
    stage.obeying.resume()
    assert len(stage.answering.asked) == 2


def test_a_hold_keeps_what_was_cut_just_before_it() -> None:
    """Who says "hold on" into an answer has ended it before anybody knows the words."""
    stage = Stage()
    stage.obeying.hear(Input.CALLED, WHEN)
    stage.answering.unsaid.clear()
    stage.obeying.cut_short(WHEN, "it")
    stage.now_s += CUT_S
    stage.obeying.hear(Input.TOLD_HOLD, WHERE)
    stage.obeying.hear(Input.TOLD_RESUME, WHERE)
    assert stage.answering.texts == ["when is it", "when is it"]


def test_what_was_cut_long_ago_or_replaced_or_cancelled_is_not_held() -> None:
    """Nobody waits for it any more."""

    def later(stage: Stage) -> None:
        stage.now_s += CUT_S + 1

    def another(stage: Stage) -> None:
        stage.obeying.hear(Input.CALLED, WHERE)
        stage.answering.unsaid.clear()

    def cancelled(stage: Stage) -> None:
        stage.obeying.hear(Input.TOLD_CANCEL, WHERE)

    for meanwhile in (later, another, cancelled):
        stage = Stage()
        stage.obeying.cut_short(WHEN, "it")
        meanwhile(stage)
        stage.obeying.hold()
        stage.obeying.resume()
        assert "when is it" not in stage.answering.texts, meanwhile


def test_what_an_order_ended_is_no_cut() -> None:
    """Its end is reported later, when it may be held no more, or has been asked again."""
    stage = Stage()
    stage.obeying.hear(Input.CALLED, WHEN)
    stage.obeying.take()
    stage.obeying.cut_short(WHEN, "it")
    stage.obeying.hold()
    stage.obeying.resume()
    assert stage.answering.texts == ["when is it"]


def test_a_question_by_name_drops_what_was_held() -> None:
    """It takes its place."""
    stage = Stage()
    stage.obeying.hear(Input.CALLED, WHEN)
    stage.obeying.hold()
    stage.obeying.hear(Input.CALLED, WHERE)
    assert stage.answering.texts == ["when is it", "where is it"]
    assert stage.answering.unsaid == [WHERE]


def test_the_floor_given_to_it_is_used() -> None:
    """For what it has to say, else for the next point, which its model is told to open."""
    stage = Stage()
    stage.obeying.raise_hand(WHEN)
    stage.obeying.give()
    assert stage.answering.texts == ["when is it"]
    stage.obeying.give()
    opening = stage.answering.asked[-1]
    assert (opening.identity, opening.instructions) == ("", NEXT_POINT)
    assert opening.reason is Reason.POLICY
    stage.obeying.give()
    assert stage.answering.asked[-1].id != opening.id


def test_the_floor_given_to_it_while_it_answers_opens_nothing() -> None:
    """What it says then is what it was given the floor for."""
    stage = Stage()
    stage.obeying.hear(Input.CALLED, WHEN)
    stage.answering.busy = True
    stage.obeying.give()
    assert stage.answering.texts == ["when is it"]


@pytest.mark.parametrize(
    ("heard", "rest"),
    [("", "one two three"), ("one two", "three"), ("one two three", None)],
)
def test_what_was_to_be_said_word_for_word_goes_on_where_it_was(
    heard: str, rest: str | None
) -> None:
    """Whether an order ended it, or the voice that gave the order had ended it before."""
    order = replace(WHEN, text="one two three", verbatim=True)
    for ended_before in (False, True):
        stage = Stage()
        stage.obeying.hear(Input.CALLED, order)
        if ended_before:
            stage.answering.unsaid.clear()
            stage.obeying.cut_short(order, heard)
        stage.obeying.hold()
        if not ended_before:
            stage.obeying.cut_short(order, heard)
        stage.obeying.resume()
        assert stage.answering.texts[1:] == ([rest] if rest else [])


def test_take_ends_what_is_said_and_kept() -> None:
    """And the agent goes on attending."""
    stage = Stage()
    stage.obeying.hear(Input.CALLED, WHEN)
    stage.obeying.hold()
    stage.obeying.hear(Input.CALLED, WHERE)
    stage.obeying.take()
    stage.obeying.resume()
    assert stage.answering.unsaid == []
    assert stage.obeying.hear(Input.FOLLOWED, WHEN)


def test_a_mute_reaches_the_answering_and_is_undone() -> None:
    """While it lasts, who asks for a word of the agent is told."""
    stage = Stage()
    stage.obeying.hear(Input.CALLED, WHEN)
    stage.obeying.mute(True)
    assert stage.answering.muted
    assert stage.answering.unsaid == []
    for ask in (stage.obeying.resume, stage.obeying.give, lambda: stage.obeying.raise_hand(WHEN)):
        with pytest.raises(CommandError, match="sage is muted"):
            ask()
    stage.obeying.mute(False)
    assert not stage.answering.muted
    assert stage.obeying.hear(Input.CALLED, WHEN)


def test_a_policy_that_forbids_to_speak_says_so() -> None:
    """With the way out."""
    stage = Stage()
    stage.obeying.change(Policy.SILENT)
    assert stage.obeying.policy is Policy.SILENT
    with pytest.raises(CommandError, match="sage only listens, by its policy"):
        stage.obeying.give()
    stage.obeying.change(Policy.HOLD)
    with pytest.raises(CommandError, match="sage is held by its policy"):
        stage.obeying.raise_hand(WHEN)


def test_a_facilitator_breaks_each_silence_once() -> None:
    """Not the one before the first word; and no other agent does."""
    stage = Stage(Policy.FACILITATOR, quiet_s=20)
    stage.obeying.tick(1000)
    assert stage.answering.asked == []
    stage.obeying.hear(None, WHEN)
    stage.obeying.tick(19.9)
    assert stage.answering.asked == []
    stage.obeying.tick(20.1)
    stage.obeying.tick(60)
    assert len(stage.answering.asked) == 1
    stage.obeying.hear(None, replace(WHEN, reason=Reason.AGENT))
    stage.obeying.tick(60)
    assert len(stage.answering.asked) == 1, "agents alone would go on for ever"
    stage.obeying.hear(None, WHEN)
    stage.obeying.tick(21)
    assert len(stage.answering.asked) == 2
    stage.obeying.hear(None, WHEN)
    stage.obeying.tick(100, busy=True)
    stage.now_s += 19.9
    stage.obeying.tick(119.9)
    assert len(stage.answering.asked) == 2, "somebody was answered meanwhile"
    stage.now_s += 0.2
    stage.obeying.tick(120.1)
    assert len(stage.answering.asked) == 3
    other = Stage(Policy.OPEN)
    other.obeying.hear(None, WHEN)
    other.obeying.tick(1000)
    assert other.answering.asked == []


def test_what_may_be_prepared() -> None:
    """What would be answered, or wakes it; nothing for who will not speak."""
    assert Stage().obeying.prepares()
    stage = Stage()
    stage.obeying.hold()
    assert stage.obeying.prepares()
    stage.obeying.mute(True)
    assert not stage.obeying.prepares()
    assert not Stage(Policy.SILENT).obeying.prepares()
    assert not Stage(Policy.HOLD).obeying.prepares()
    assert not Stage(Policy.RAISE_HAND).obeying.prepares(), "its hand costs no session"


def test_what_is_kept_is_bounded() -> None:
    """However many people ask while its hand is up; the newest stay."""
    stage = Stage(Policy.RAISE_HAND)
    for number in range(20):
        stage.obeying.hear(Input.CALLED, replace(WHEN, id=f"t{number}", identity=f"p{number}"))
    stage.obeying.call_on()
    assert [question.id for question in stage.answering.asked] == [f"t{n}" for n in range(12, 20)]
