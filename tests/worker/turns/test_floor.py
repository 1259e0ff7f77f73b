"""The floor of a room: people win, agents take turns, and every request has an end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from roomhand.errors import IllegalInputError
from roomhand.turns.floor import ALIVE_US, ANSWER_US, GIVEN_US, SPEECH_US, Floor
from roomhand.turns.floor_event import RoomEvent
from roomhand.turns.floor_request import (
    HEARD,
    HOLDING,
    RISE_US,
    TABLE,
    FloorRequest,
    Input,
    Obstacle,
    Standing,
    Status,
    Why,
)
from roomhand.turns.questions import WORTH_ANSWERING_S, Reason

pytestmark = pytest.mark.unit

TTL_US = 3_000_000
SECOND_US = 1_000_000


class Room:
    """A floor and its clock."""

    def __init__(self) -> None:
        self.now_us = 1_000_000_000
        self.floor = Floor(TTL_US)

    def ask(self, agent: str, name: str = "1", **more: Any) -> Standing:
        """A request, or the same again."""
        fields: dict[str, Any] = {"reason": Reason.ADDRESS, "worth_ms": 60_000} | more
        return self.floor.request(agent, FloorRequest(id=f"{agent}-{name}", **fields), self.now_us)

    def after(self, us: int) -> None:
        """Time passes."""
        self.now_us += us

    def keep(self, *agents: str, for_us: int) -> None:
        """Time passes while these go on: whoever waits asks again, whoever holds renews."""
        until_us = self.now_us + for_us
        while self.now_us < until_us:
            self.after(min(SECOND_US, until_us - self.now_us))
            for agent in agents:
                standing = self.floor.standings[agent]
                if standing.status is Status.WAITING:
                    self.floor.request(agent, standing.request, self.now_us)
                elif standing.status in HEARD:
                    self.floor.renew(agent, standing.number, self.now_us)

    def begins(self, agent: str) -> None:
        """Its first audio is played."""
        number = self.floor.standings[agent].number
        self.floor.renew(agent, number, self.now_us, begun=True)

    def release(self, agent: str, name: str = "1") -> Status | None:
        """Give it up."""
        return self.floor.release(agent, f"{agent}-{name}", self.now_us)

    def says(self, reporter: str, *tracks: str) -> None:
        """Speech that an agent hears."""
        self.floor.report(reporter, tracks, self.now_us)

    @property
    def holder(self) -> str | None:
        """Who holds the floor."""
        return self.floor.holder.agent if self.floor.holder else None

    def status(self, agent: str) -> tuple[Status, str]:
        """Where its newest request stands, and why."""
        standing = self.floor.standings[agent]
        return standing.status, standing.why


@pytest.mark.parametrize("given", Input)
@pytest.mark.parametrize("status", Status)
def test_every_input_in_every_status_is_legal_or_raises(status: Status, given: Input) -> None:
    """What the table does not list changes nothing."""
    request = FloorRequest(id="1", reason=Reason.SAY)
    one = Standing(
        agent="sage", request=request, status=status, arrived_us=0, alive_until_us=0, expires_us=0
    )
    if (status, given) in TABLE:
        assert one.after(given).status is TABLE[status, given]
    else:
        with pytest.raises(IllegalInputError, match=f"{given} is illegal in state {status}"):
            one.after(given)


def test_an_end_has_no_way_out_and_everything_else_has_one() -> None:
    """By the table: no request can be stuck, and none comes back."""
    going_on = {Status.WAITING, *HOLDING}
    assert {status for status, _ in TABLE} == going_on
    for status in going_on:
        assert TABLE[status, Input.EXPIRE] not in going_on


def test_a_free_floor_is_granted_at_once() -> None:
    """Until its deadline, or the end of beginning, talk and grace if that comes first."""
    room = Room()
    standing = room.ask("sage", begin_ms=200, max_talk_ms=2000, grace_ms=500)
    assert (standing.status, standing.number) == (Status.GRANTED, room.now_us)
    assert standing.deadline_us == room.now_us + 2_700_000
    assert room.holder == "sage"


def test_who_comes_later_waits_and_is_served_when_the_floor_is_free() -> None:
    """In the moment of the release, under a higher number."""
    room = Room()
    first = room.ask("sage")
    assert room.ask("nova").status is Status.WAITING
    assert room.floor.position("nova") == 1
    assert room.floor.obstacle is Obstacle.BUSY
    assert room.release("sage") is Status.RELEASED
    assert room.holder == "nova"
    assert room.floor.number > first.number


def test_priority_goes_before_arrival() -> None:
    """Of two that wait."""
    room = Room()
    room.ask("sage")
    room.ask("nova", priority=5)
    room.after(SECOND_US)
    room.ask("echo", priority=6)
    assert [one.agent for one in room.floor.queue] == ["echo", "nova"]
    room.release("sage")
    assert room.holder == "echo"


def test_a_level_of_priority_is_worth_some_waiting() -> None:
    """Who has waited that much longer is served earlier."""
    room = Room()
    room.ask("sage")
    room.ask("nova", priority=5)
    room.keep("sage", "nova", for_us=RISE_US + 1)
    room.ask("echo", priority=6)
    room.release("sage")
    assert room.holder == "nova"


def test_nobody_starves_under_a_stream_of_higher_priorities() -> None:
    """All ten levels are waited out while a question is still worth an answer."""
    room = Room()
    room.ask("sage", "0")
    room.ask("low", priority=0, worth_ms=round(WORTH_ANSWERING_S * 1000))
    for turn in range(200):
        rival, busy = ("echo", "sage") if turn % 2 else ("sage", "echo")
        room.ask("echo" if room.holder == "sage" else "sage", str(turn + 1), priority=10)
        room.keep("low", rival, busy, for_us=SECOND_US)
        holder = room.floor.holder
        assert holder is not None
        room.floor.release(holder.agent, holder.request.id, room.now_us)
        if room.holder == "low":
            break
    waited_us = room.now_us - room.floor.standings["low"].arrived_us
    assert room.holder == "low"
    assert waited_us <= 11 * RISE_US


def test_the_same_request_again_changes_nothing_but_its_liveness() -> None:
    """Neither place nor deadline nor worth; and what has ended stays ended."""
    room = Room()
    granted = room.ask("sage")
    waiting = room.ask("nova")
    room.after(SECOND_US)
    assert room.ask("sage") == granted
    again = room.ask("nova")
    assert again == replace(waiting, alive_until_us=room.now_us + ALIVE_US)
    room.release("sage")
    assert room.ask("sage").status is Status.RELEASED
    assert room.holder == "nova"


def test_a_newer_request_takes_the_place_of_the_older() -> None:
    """Of one that waits, and of one that holds the floor: others go first then."""
    room = Room()
    room.ask("sage")
    room.ask("nova")
    room.ask("nova", "2")
    assert [one.request.id for one in room.floor.queue] == ["nova-2"]
    room.ask("sage", "2")
    assert room.holder == "nova"
    assert room.floor.position("sage") == 1


def test_a_grant_that_is_not_renewed_runs_out() -> None:
    """And the next is served by whatever happens next; a late renewal brings nothing back."""
    room = Room()
    number = room.ask("sage").number
    room.ask("nova")
    room.after(ALIVE_US - 1)
    room.ask("nova")
    room.after(TTL_US - ALIVE_US + 1)
    assert room.ask("nova").status is Status.GRANTED
    assert room.status("sage") == (Status.EXPIRED, Why.NOT_RENEWED)
    assert room.floor.renew("sage", number, room.now_us) is None
    assert room.release("sage") is None
    assert room.holder == "nova"


def test_after_the_longest_talk_there_is_grace_and_then_the_end() -> None:
    """However often it is renewed."""
    room = Room()
    room.ask("sage", max_talk_ms=5000, grace_ms=2000)
    room.begins("sage")
    room.keep("sage", for_us=5 * SECOND_US)
    assert room.status("sage")[0] is Status.ENDING
    room.keep("sage", for_us=2 * SECOND_US - 1)
    assert room.holder == "sage"
    room.keep("sage", for_us=1)
    assert room.status("sage") == (Status.EXPIRED, Why.TOO_LONG)


def test_the_longest_talk_runs_from_the_first_audio() -> None:
    """What the model takes before it is not taken off it. To say it again gains nothing."""
    room = Room()
    room.ask("sage", begin_ms=20_000, max_talk_ms=5000, grace_ms=2000)
    room.keep("sage", for_us=8 * SECOND_US)
    assert room.status("sage")[0] is Status.GRANTED
    room.begins("sage")
    room.keep("sage", for_us=3 * SECOND_US)
    room.begins("sage")
    room.keep("sage", for_us=2 * SECOND_US - 1)
    assert room.status("sage")[0] is Status.GRANTED
    room.keep("sage", for_us=1)
    assert room.status("sage")[0] is Status.ENDING


def test_who_says_nothing_does_not_keep_the_floor_for_ever() -> None:
    """The longest talk begins without a word then, and to begin after that adds nothing."""
    room = Room()
    room.ask("sage", begin_ms=20_000, max_talk_ms=5000, grace_ms=2000)
    room.keep("sage", for_us=24 * SECOND_US)
    room.begins("sage")
    room.keep("sage", for_us=SECOND_US)
    assert room.status("sage")[0] is Status.ENDING
    room.keep("sage", for_us=2 * SECOND_US)
    assert room.status("sage") == (Status.EXPIRED, Why.TOO_LONG)


def test_a_request_leaves_when_nobody_wants_it_any_more() -> None:
    """Cancelled, too old, or of an agent that fell silent."""
    room = Room()
    room.ask("sage", max_talk_ms=10**9)
    room.ask("nova")
    assert room.release("nova") is Status.CANCELLED
    room.ask("echo", worth_ms=5000)
    room.keep("sage", "echo", for_us=5 * SECOND_US)
    assert room.status("echo") == (Status.EXPIRED, Why.NOT_WORTH_IT)
    room.ask("iris")
    room.keep("sage", for_us=ALIVE_US)
    assert room.status("iris") == (Status.EXPIRED, Why.NOT_ASKED_AGAIN)
    assert room.floor.queue == []


def test_what_waited_under_an_earlier_id_keeps_its_place() -> None:
    """Redis may have forgotten it; its agent has not."""
    room = Room()
    room.ask("sage")
    room.ask("nova")
    room.ask("echo", waited_ms=500)
    assert [one.agent for one in room.floor.queue] == ["echo", "nova"]


def test_what_an_agent_asked_goes_with_its_lease() -> None:
    """Holding, waiting and hearing."""
    room = Room()
    room.ask("sage")
    room.ask("nova")
    room.ask("echo")
    room.floor.lose("nova")
    room.floor.lose("sage")
    room.ask("echo")
    assert room.holder == "echo"
    assert [e.who for e in room.floor.log if e.event is RoomEvent.LOST] == ["sage", "nova"]
    room.release("echo")
    room.says("echo", "TR_1")
    assert room.ask("sage", "2").status is Status.WAITING
    room.floor.lose("echo")
    assert room.ask("sage", "2").status is Status.GRANTED


def test_while_a_person_speaks_nobody_is_granted_the_floor() -> None:
    """Whoever hears it, until it stops, or is not told of any more."""
    room = Room()
    room.says("echo", "TR_1", "TR_2")
    assert room.ask("sage").status is Status.WAITING
    assert room.floor.obstacle is Obstacle.PEOPLE
    room.says("echo", "TR_2")
    assert room.holder is None
    room.says("echo")
    assert room.holder == "sage"
    room.release("sage")

    room.says("echo", "TR_1")
    room.ask("nova")
    room.keep("nova", for_us=SPEECH_US - 1)
    assert room.holder is None
    room.keep("nova", for_us=1)
    assert room.holder == "nova"


def test_the_holder_judges_what_it_hears_itself() -> None:
    """It keeps the floor, however long others report the same."""
    room = Room()
    room.ask("sage", max_talk_ms=10**9)
    room.says("nova", "TR_1")
    room.says("sage", "TR_1")
    for _ in range(5):
        room.keep("sage", for_us=SECOND_US)
        room.says("nova", "TR_1")
        room.says("sage", "TR_1")
    assert room.status("sage")[0] is Status.GRANTED


def test_a_holder_that_hears_nothing_of_it_is_revoked_after_a_second() -> None:
    """Not before; and its floor is free when it has stopped."""
    room = Room()
    room.ask("sage")
    room.says("nova", "TR_1")
    room.after(ANSWER_US - 1)
    room.says("nova", "TR_1")
    assert room.status("sage")[0] is Status.GRANTED
    room.after(1)
    room.says("nova", "TR_1")
    assert room.status("sage") == (Status.REVOKING, Why.PEOPLE)
    assert room.release("sage") is Status.REVOKED


def test_a_holder_that_calls_it_over_has_another_second() -> None:
    """Two detectors do not stop at the same moment."""
    room = Room()
    room.ask("sage")
    room.says("nova", "TR_1")
    room.says("sage", "TR_1")
    room.keep("sage", for_us=2 * ANSWER_US)
    room.says("sage")
    room.keep("sage", for_us=ANSWER_US - 1)
    room.says("nova", "TR_1")
    assert room.status("sage")[0] is Status.GRANTED
    room.after(1)
    room.says("nova", "TR_1")
    assert room.status("sage") == (Status.REVOKING, Why.PEOPLE)


def test_who_is_revoked_may_be_heard_until_it_says_that_it_has_stopped() -> None:
    """Nobody is granted the floor before, or before its grant has run out; renewing is over."""
    for way in ("release", "ask", "expiry"):
        room = Room()
        number = room.ask("sage").number
        room.ask("nova")
        assert room.floor.take("ann", room.now_us) == "sage"
        assert room.floor.renew("sage", number, room.now_us) is None
        assert (room.holder, room.floor.position("nova")) == ("sage", 1)
        if way == "release":
            assert room.release("sage") is Status.REVOKED
        elif way == "ask":
            room.ask("sage", "2")
        else:
            room.keep("nova", for_us=TTL_US)
        assert room.holder == "nova"
        assert number < room.floor.number


def test_after_a_loss_of_data_nobody_is_granted_the_floor_for_the_length_of_a_grant() -> None:
    """Somebody may be heard under one that was forgotten."""
    room = Room()
    room.floor.forgot_us = room.now_us
    assert room.ask("sage").status is Status.WAITING
    assert room.floor.obstacle is Obstacle.FORGOTTEN
    room.keep("sage", for_us=TTL_US - 1)
    assert room.holder is None
    room.keep("sage", for_us=1)
    assert room.holder == "sage"


def test_agents_may_answer_each_other_so_often_and_no_more() -> None:
    """Until a person speaks; what people ask is not counted against it."""
    room = Room()
    for turn in range(3):
        agent = ("sage", "nova")[turn % 2]
        assert room.ask(agent, str(turn), reason=Reason.AGENT).status is Status.GRANTED
        room.release(agent, str(turn))
    assert room.ask("nova", "more", reason=Reason.AGENT).status is Status.DENIED
    assert room.status("nova") == (Status.DENIED, Why.LOOP_LIMIT)
    assert room.ask("sage", "asked").status is Status.GRANTED
    room.release("sage", "asked")
    room.says("sage", "TR_1")
    room.says("sage")
    assert room.ask("nova", "again", reason=Reason.AGENT).status is Status.GRANTED


def test_the_limit_holds_for_those_who_were_waiting_when_it_was_reached() -> None:
    """They leave with the reason, and the next is served."""
    room = Room()
    room.ask("sage")
    room.ask("nova", reason=Reason.AGENT, turns_limit=2)
    room.after(1)
    room.ask("echo", reason=Reason.AGENT, turns_limit=2)
    room.after(1)
    room.ask("iris")
    room.release("sage")
    room.release("nova")
    assert room.status("echo") == (Status.DENIED, Why.LOOP_LIMIT)
    assert room.holder == "iris"


def test_a_held_floor_is_granted_to_nobody_until_it_is_resumed() -> None:
    """Who has it keeps it."""
    room = Room()
    room.ask("sage")
    room.floor.hold("ann", room.now_us)
    room.ask("nova")
    assert room.holder == "sage"
    room.release("sage")
    assert room.holder is None
    assert room.floor.obstacle is Obstacle.HELD
    room.floor.resume("ann", room.now_us)
    assert room.holder == "nova"


def test_who_is_given_the_floor_is_the_next() -> None:
    """Before whoever waits, and the holder is revoked for it."""
    room = Room()
    room.ask("sage")
    room.ask("nova", priority=10)
    room.ask("echo", priority=0)
    room.floor.give("echo", "ann", room.now_us)
    assert room.status("sage") == (Status.REVOKING, Why.GIVEN)
    assert room.floor.position("echo") == 1
    room.release("sage")
    assert room.holder == "echo"
    room.release("echo")
    assert room.holder == "nova"


def test_giving_the_floor_to_one_that_has_not_asked_costs_nobody_anything_yet() -> None:
    """It comes first when it asks within half a minute, and no longer."""
    for late in (False, True):
        room = Room()
        room.ask("sage", max_talk_ms=10**9)
        room.floor.give("echo", "ann", room.now_us)
        room.keep("sage", for_us=GIVEN_US if late else GIVEN_US - 1)
        assert room.status("sage")[0] is Status.GRANTED
        room.ask("echo")
        expected = Status.GRANTED if late else Status.REVOKING
        assert room.status("sage")[0] is expected


def test_nobody_is_revoked_for_somebody_who_could_not_be_granted_the_floor() -> None:
    """While a moderator holds it; afterwards, yes."""
    room = Room()
    room.ask("sage")
    room.ask("nova")
    room.floor.hold("ann", room.now_us)
    room.floor.give("nova", "ann", room.now_us)
    assert room.status("sage")[0] is Status.GRANTED
    room.floor.resume("ann", room.now_us)
    assert room.status("sage") == (Status.REVOKING, Why.GIVEN)


def test_who_is_given_the_floor_may_answer_an_agent_beyond_the_limit() -> None:
    """A moderator is a person, too."""
    room = Room()
    room.floor.give("echo", "ann", room.now_us)
    asked = room.ask("echo", reason=Reason.AGENT, turns_limit=0)
    assert asked.status is Status.GRANTED


def test_taking_a_free_floor_does_nothing() -> None:
    """And says so."""
    room = Room()
    assert room.floor.take("ann", room.now_us) == ""
    assert room.floor.log == []


def test_every_transition_is_told() -> None:
    """In order, with who and why."""
    room = Room()
    room.ask("sage")
    room.ask("nova", reason=Reason.FOLLOW_UP, answers="s7")
    room.floor.take("ann", room.now_us)
    room.release("sage")
    room.says("nova", "TR_1")
    room.says("nova")
    told = [(event.event, event.who, event.why) for event in room.floor.log]
    assert told == [
        (Status.WAITING, "sage", ""),
        (Status.GRANTED, "sage", ""),
        (Status.WAITING, "nova", ""),
        (RoomEvent.TAKEN, "ann", "sage"),
        (Status.REVOKING, "sage", Why.TAKEN),
        (Status.REVOKED, "sage", Why.TAKEN),
        (Status.GRANTED, "nova", ""),
        (RoomEvent.PEOPLE_STARTED, "", ""),
        (RoomEvent.PEOPLE_STOPPED, "", ""),
    ]
    assert (room.floor.log[2].reason, room.floor.log[2].answers) == ("follow_up", "s7")


@pytest.mark.parametrize(
    "wrong",
    [{"priority": 11}, {"priority": -1}, {"worth_ms": 0}, {"max_talk_ms": 0}, {"begin_ms": 0}],
)
def test_a_request_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    """Before it reaches anybody."""
    with pytest.raises(ValueError, match=r"priority|worth"):
        FloorRequest(id="1", reason=Reason.SAY, **wrong)
