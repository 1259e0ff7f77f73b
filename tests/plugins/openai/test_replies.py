"""The queue of responses: one at a time, one end each, whatever the service does."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from roomhand_plugins.base import (
    Heard,
    PluginError,
    ReplyAudio,
    ReplyDone,
    ReplyStarted,
    ReplyStatus,
    ReplyText,
    ToolCall,
)
from roomhand_plugins.openai.effects import Effect, Send
from roomhand_plugins.openai.replies import REPLY_KEY, Replies
from roomhand_plugins.openai.reply_states import ACTIVE, TABLE, Input, State

pytestmark = pytest.mark.unit

PCM = bytes(4800)


class Desk:
    """Replies with the service's side made short; ``sent`` and ``said`` collect the effects."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.replies = Replies(20.0, self.counts)
        self.sent: list[Any] = []
        self.said: list[Any] = []
        self.now = 0.0

    def take(self, effects: list[Effect] | None) -> None:
        for effect in effects or ():
            if isinstance(effect, Send):
                self.sent.append(effect.message)
            else:
                self.said.append(effect)

    def ask(self, *names: str) -> None:
        for name in names:
            self.take(self.replies.ask(name, {"metadata": {REPLY_KEY: name}}, self.now))

    def created(self, name: str) -> None:
        self.take(self.replies.created(f"resp-{name}", {REPLY_KEY: name}, self.now))

    def audio(self, name: str) -> None:
        self.take(self.replies.audio(f"resp-{name}", f"item-{name}", 0, PCM, self.now))

    def done(self, name: str, status: ReplyStatus = ReplyStatus.COMPLETED) -> None:
        metadata = {REPLY_KEY: name}
        self.take(self.replies.finished(f"resp-{name}", metadata, status, "", self.now))

    def cancel(self, name: str, audio_ms: int = 0) -> None:
        self.take(self.replies.cancel(name, Heard(audio_ms=audio_ms, text=""), self.now))

    def busy(self) -> None:
        event_id = self.sent[-1]["event_id"]
        self.take(self.replies.refused(event_id, "busy", self.now, busy=True))

    def later(self, seconds: float) -> None:
        self.now += seconds
        self.take(self.replies.overdue(self.now))

    def types(self) -> list[str]:
        return [message["type"] for message in self.sent]

    def ends(self) -> list[tuple[str, ReplyStatus]]:
        return [(e.reply_id, e.status) for e in self.said if isinstance(e, ReplyDone)]


@pytest.fixture
def desk() -> Desk:
    """An idle session."""
    return Desk()


def test_every_reply_that_is_not_done_has_a_way_to_be_done() -> None:
    """From each state some path of the table leads to DONE, and DONE is never left."""
    reach = {State.DONE}
    for _ in State:
        reach |= {before for (before, _), after in TABLE.items() if after in reach}
    assert reach == set(State)
    assert {after for (before, _), after in TABLE.items() if before is State.DONE} == {State.DONE}


def test_every_active_state_knows_the_end_of_patience_and_the_end_of_the_response() -> None:
    """No state in which the service works can wait for ever."""
    for state in ACTIVE:
        assert TABLE[state, Input.OVERDUE] is State.DONE
        assert TABLE[state, Input.FINISHED] is State.DONE
        assert (state, Input.CANCEL) in TABLE


def test_replies_run_one_after_the_other(desk: Desk) -> None:
    """The next is asked only when the last is done."""
    desk.ask("a", "b")
    desk.created("a")
    assert desk.types() == ["response.create"]

    desk.done("a")

    assert [m["response"]["metadata"][REPLY_KEY] for m in desk.sent] == ["a", "b"]


def test_a_busy_service_is_asked_again(desk: Desk) -> None:
    """After a pause, or as soon as the stray response in the way has ended."""
    desk.ask("a")
    desk.take(desk.replies.created("resp-stray", None, desk.now))
    desk.take(desk.replies.refused(desk.sent[0]["event_id"], "busy", desk.now, busy=True))
    assert desk.types() == ["response.create", "response.cancel"]

    desk.take(desk.replies.finished("resp-stray", None, ReplyStatus.CANCELLED, "", 0.6))
    desk.now = 0.6

    assert desk.types()[-1] == "response.create"
    desk.created("a")
    desk.done("a")
    assert desk.ends() == [("a", ReplyStatus.COMPLETED)]
    assert desk.counts["stray_responses"] == desk.counts["busy_responses"] == 1


def test_a_service_that_is_always_busy_is_given_up(desk: Desk) -> None:
    """A bounded number of tries, then one failure; the next reply has its own."""
    desk.ask("a", "b")
    for _ in range(20):
        desk.busy()
        desk.later(1.0)

    assert desk.ends() == [("a", ReplyStatus.FAILED)]
    assert desk.sent[-1]["response"]["metadata"][REPLY_KEY] == "b"


def test_a_refused_request_fails_its_reply_only(desk: Desk) -> None:
    """By the id of the event that was wrong."""
    desk.ask("a", "b")
    other = desk.replies.refused("reply_77", "invalid_value", 0, busy=False)
    desk.take(desk.replies.refused("reply_1", "invalid_value", 0, busy=False))

    assert other is None
    assert desk.ends() == [("a", ReplyStatus.FAILED)]
    assert desk.types() == ["response.create", "response.create"]


def test_cancelled_in_the_queue_a_reply_is_never_asked(desk: Desk) -> None:
    """And is done at once."""
    desk.ask("a", "b", "c")
    desk.cancel("b")
    desk.created("a")
    desk.done("a")

    assert desk.ends() == [("b", ReplyStatus.CANCELLED), ("a", ReplyStatus.COMPLETED)]
    assert desk.sent[-1]["response"]["metadata"][REPLY_KEY] == "c"


def test_cancelled_before_it_exists_a_reply_is_cancelled_when_it_does(desk: Desk) -> None:
    """It never starts, and no audio of it comes out."""
    desk.ask("a")
    desk.cancel("a")
    desk.created("a")
    desk.audio("a")
    desk.done("a", ReplyStatus.CANCELLED)

    assert desk.types() == ["response.create", "response.cancel", "conversation.item.delete"]
    assert desk.said == [ReplyDone("a", ReplyStatus.CANCELLED)]


def test_cancelled_while_it_runs_a_reply_is_cut_when_it_has_ended(desk: Desk) -> None:
    """Audio on its way counts as received, but is not given out."""
    desk.ask("a")
    desk.created("a")
    desk.audio("a")
    desk.cancel("a", audio_ms=120)
    desk.audio("a")
    desk.done("a", ReplyStatus.CANCELLED)

    assert desk.types() == ["response.create", "response.cancel", "conversation.item.truncate"]
    assert desk.sent[-1]["audio_end_ms"] == 120
    assert [type(event) for event in desk.said] == [ReplyStarted, ReplyAudio, ReplyDone]


def test_cancelled_after_its_end_a_reply_is_only_cut_and_only_once(desk: Desk) -> None:
    """No second ReplyDone, no second cut."""
    desk.ask("a")
    desk.created("a")
    desk.audio("a")
    desk.done("a")
    desk.cancel("a", audio_ms=40)
    desk.cancel("a", audio_ms=20)

    assert desk.types() == ["response.create", "conversation.item.truncate"]
    assert desk.ends() == [("a", ReplyStatus.COMPLETED)]


def test_a_cancel_that_came_too_late_for_the_service_still_counts(desk: Desk) -> None:
    """It had finished already; for the room the reply was cancelled."""
    desk.ask("a")
    desk.created("a")
    desk.audio("a")
    desk.cancel("a")
    desk.done("a", ReplyStatus.COMPLETED)

    assert desk.ends() == [("a", ReplyStatus.CANCELLED)]


def test_unknown_ids_cancel_nothing(desk: Desk) -> None:
    """No error, no message."""
    desk.cancel("nobody")

    assert (desk.sent, desk.said) == ([], [])


def test_a_response_nobody_asked_for_is_cancelled_and_not_heard(desk: Desk) -> None:
    """Counted; a reply asked meanwhile waits for its end."""
    desk.take(desk.replies.created("resp-x", None, 0))
    desk.take(desk.replies.audio("resp-x", "item-x", 0, PCM, 0))
    desk.ask("a")
    assert desk.types() == ["response.cancel"]

    desk.take(desk.replies.finished("resp-x", None, ReplyStatus.CANCELLED, "", 0))

    assert desk.types() == ["response.cancel", "response.create"]
    assert desk.said == []
    assert desk.counts["stray_responses"] == 1


def test_a_stray_that_never_ends_does_not_block(desk: Desk) -> None:
    """Patience with it is bounded."""
    desk.take(desk.replies.created("resp-x", None, 0))
    desk.ask("a")
    desk.later(6.0)

    assert desk.types() == ["response.cancel", "response.create"]


@pytest.mark.parametrize("reached", ["asked", "running", "cancelling"])
def test_a_service_that_falls_silent_ends_the_reply(desk: Desk, reached: str) -> None:
    """One end in every state, and the queue goes on."""
    desk.ask("a", "b")
    if reached != "asked":
        desk.created("a")
    if reached == "cancelling":
        desk.cancel("a")
    desk.later(25.0)

    status = ReplyStatus.CANCELLED if reached == "cancelling" else ReplyStatus.FAILED
    assert desk.ends() == [("a", status)]
    assert desk.sent[-1]["response"]["metadata"][REPLY_KEY] == "b"


def test_an_answer_that_goes_on_is_not_overdue(desk: Desk) -> None:
    """Patience begins again with every piece."""
    desk.ask("a")
    desk.created("a")
    for _ in range(5):
        desk.later(15.0)
        desk.audio("a")

    assert desk.ends() == []


def test_a_response_that_comes_after_we_gave_up_is_a_stray(desk: Desk) -> None:
    """Cancelled, not heard, no second end."""
    desk.ask("a")
    desk.later(25.0)
    desk.created("a")
    desk.audio("a")
    desk.done("a")

    assert desk.types() == ["response.create", "response.cancel"]
    assert [type(event) for event in desk.said] == [ReplyDone]


def test_an_end_without_a_beginning_ends_the_reply(desk: Desk) -> None:
    """``response.done`` may come without ``response.created``."""
    desk.ask("a")
    desk.done("a", ReplyStatus.FAILED)

    assert desk.ends() == [("a", ReplyStatus.FAILED)]


def test_repeated_news_change_nothing(desk: Desk) -> None:
    """Created twice, done twice: counted."""
    desk.ask("a")
    for _ in range(2):
        desk.created("a")
    for _ in range(2):
        desk.done("a")

    assert [type(event) for event in desk.said] == [ReplyStarted, ReplyDone]
    assert desk.counts["unexpected_events"] == 2


def test_words_and_tools_carry_our_id(desk: Desk) -> None:
    """A tool call comes once."""
    desk.ask("a")
    desk.created("a")
    desk.take(desk.replies.text("resp-a", "Hello", 0))
    for _ in range(2):
        desk.take(desk.replies.tool_call("resp-a", "c1", "look_up", "{}", 0))

    assert desk.said[1:] == [ReplyText("a", "Hello"), ToolCall("a", "c1", "look_up", "{}")]


def test_a_lost_session_ends_every_reply_once(desk: Desk) -> None:
    """Running and waiting alike."""
    desk.ask("a", "b")
    desk.created("a")
    for _ in range(2):
        desk.take(desk.replies.lost(ReplyStatus.FAILED, "session lost"))

    assert desk.ends() == [("a", ReplyStatus.FAILED), ("b", ReplyStatus.FAILED)]


def test_ids_are_used_once_and_the_queue_is_bounded(desk: Desk) -> None:
    """Both are our own mistakes and raise."""
    desk.ask("a")
    with pytest.raises(PluginError, match="asked before"):
        desk.ask("a")
    with pytest.raises(PluginError, match="ask later"):
        desk.ask(*(f"r{number}" for number in range(40)))
