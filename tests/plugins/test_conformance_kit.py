"""Each rule of the kit is proven: a plugin that breaks it turns the named test red.

The plugins are scripted ones whose sessions are meddled with, on a clock that jumps.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from roomhand_plugins import base
from roomhand_plugins.conformance import PluginConformance
from roomhand_plugins.conformance.rules import EventRules, TurnInput
from roomhand_plugins.scripted import ScriptedPlugin
from tests import virtual_time
from tests.plugins.scripted.stage import ScriptedStage

pytestmark = pytest.mark.unit

Failed = pytest.fail.Exception


class MeddledSession:
    """A scripted session; what a subclass does not override goes through to it."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def change(self, event: base.Event) -> Iterable[base.Event]:
        """What comes out in place of ``event``."""
        return [event]

    async def events(self) -> AsyncIterator[base.Event]:
        """The inner events, changed."""
        async for event in self.inner.events():
            for changed in self.change(event):
                yield changed


class MeddledPlugin:
    """A scripted plugin that wraps each session in ``session_class``."""

    session_class: ClassVar[type[MeddledSession]] = MeddledSession

    def __init__(self, inner: ScriptedPlugin) -> None:
        self.inner = inner
        self.capabilities = inner.capabilities

    async def open(self, setup: base.SessionSetup, resume: base.Token | None = None) -> Any:
        """A meddled session."""
        return self.session_class(await self.inner.open(setup, resume))

    async def close(self) -> None:
        """As the inner one's."""
        await self.inner.close()


class Kit(ScriptedStage, PluginConformance):
    """The whole kit, on a plugin that ``wrap`` makes of the scripted one."""

    wrap: Callable[[ScriptedPlugin], Any]

    async def make_plugin(self) -> base.Plugin:
        """Wrapped."""
        plugin: base.Plugin = self.wrap(await self._inner())
        return plugin

    async def make_refused_plugin(self) -> base.Plugin:
        """Wrapped."""
        plugin: base.Plugin = self.wrap(ScriptedPlugin({"faults": [{"fault": "refuse_fatal"}]}))
        return plugin

    async def send_unknown_event(self) -> None:
        """Meddled sessions may take offence."""
        for session in self.plugin.sessions:
            await session.update(instructions="unknown event")

    async def _inner(self) -> ScriptedPlugin:
        await super().make_plugin()
        return self.plugin


def try_test(wrap: Callable[[ScriptedPlugin], Any], test: str, *args: str | int) -> None:
    """Run one test of the kit on a plugin. Raises what the test raises."""
    kit = Kit()
    kit.wrap = wrap
    virtual_time.run(getattr(kit, test)(*args))


def meddled(session_class: type[MeddledSession]) -> Callable[[ScriptedPlugin], MeddledPlugin]:
    """A wrap whose sessions are of this class."""

    def wrap(inner: ScriptedPlugin) -> MeddledPlugin:
        plugin = MeddledPlugin(inner)
        plugin.session_class = session_class  # type: ignore[misc]
        return plugin

    return wrap


def changing(change: Callable[[base.Event], Iterable[base.Event]]) -> type[MeddledSession]:
    """A session class whose events are changed."""

    class Changed(MeddledSession):
        def change(self, event: base.Event) -> Iterable[base.Event]:
            return change(event)

    return Changed


def twice(kind: type[Any]) -> Callable[[base.Event], list[base.Event]]:
    """Events of this kind come twice."""
    return lambda event: [event, event] if isinstance(event, kind) else [event]


def never(kind: type[Any]) -> Callable[[base.Event], list[base.Event]]:
    """Events of this kind do not come."""
    return lambda event: [] if isinstance(event, kind) else [event]


def instead(
    kind: type[Any], make: Callable[[Any], list[base.Event]]
) -> Callable[[base.Event], list[base.Event]]:
    """Other events come in place of those of this kind."""
    return lambda event: make(event) if isinstance(event, kind) else [event]


ONE_TURN = ("test_a_turn_is_committed_then_transcribed",)
ONE_REPLY = ("test_a_reply_starts_speaks_and_is_done",)
CLOSING = ("test_closing_ends_the_events_with_one_closed",)

WRONG_EVENTS: dict[str, tuple[Callable[[base.Event], Iterable[base.Event]], tuple[str, ...]]] = {
    "two_closed": (twice(base.Closed), CLOSING),
    "no_closed": (never(base.Closed), CLOSING),
    "event_after_closed": (
        instead(base.Closed, lambda e: [e, base.Usage()]),
        CLOSING,
    ),
    "closed_for_no_reason": (
        instead(base.Closed, lambda e: [replace(e, reason="lost")]),
        CLOSING,
    ),
    "turn_without_commit": (never(base.TurnCommitted), ONE_TURN),
    "turn_without_transcript": (never(base.Transcript), ONE_TURN),
    "turn_with_two_transcripts": (twice(base.Transcript), ONE_TURN),
    "turn_committed_twice": (twice(base.TurnCommitted), ONE_TURN),
    "turn_failed_after_transcript": (
        instead(base.Transcript, lambda e: [e, base.TurnFailed(e.turn_id, "late")]),
        ONE_TURN,
    ),
    "interim_after_final": (
        instead(base.Transcript, lambda e: [e, replace(e, final=False)]),
        ONE_TURN,
    ),
    "turn_of_nobody": (
        instead(base.TurnCommitted, lambda e: [e, base.TurnCommitted("item-17")]),
        ONE_TURN,
    ),
    "wrong_words": (
        instead(base.Transcript, lambda e: [replace(e, text="something else")]),
        ONE_TURN,
    ),
    "span_of_audio_never_sent": (
        instead(base.Transcript, lambda e: [replace(e, span=(0, 10**9))]),
        ONE_TURN,
    ),
    "all_transcripts_for_the_last_turn": (
        instead(base.Transcript, lambda e: [replace(e, turn_id="t3")]),
        ("test_turns_one_after_the_other_keep_their_ids",),
    ),
    "late_transcripts_for_the_last_turn": (
        instead(base.Transcript, lambda e: [replace(e, turn_id="t2")]),
        ("test_late_transcripts_find_their_turn",),
    ),
    "silence_about_an_empty_turn": (
        never(base.TurnFailed),
        ("test_a_turn_without_audio_has_an_outcome",),
    ),
    "reply_without_start": (never(base.ReplyStarted), ONE_REPLY),
    "reply_without_audio": (never(base.ReplyAudio), ONE_REPLY),
    "reply_without_end": (never(base.ReplyDone), ONE_REPLY),
    "reply_done_twice": (twice(base.ReplyDone), ONE_REPLY),
    "reply_failed": (
        instead(base.ReplyDone, lambda e: [replace(e, status=base.ReplyStatus.FAILED)]),
        ONE_REPLY,
    ),
    "audio_after_done": (
        instead(base.ReplyDone, lambda e: [e, base.ReplyAudio(e.reply_id, b"\0\0")]),
        ONE_REPLY,
    ),
    "text_after_done": (
        instead(base.ReplyDone, lambda e: [e, base.ReplyText(e.reply_id, "more")]),
        ONE_REPLY,
    ),
    "half_a_sample": (
        instead(base.ReplyAudio, lambda e: [replace(e, pcm=e.pcm + b"\0")]),
        ONE_REPLY,
    ),
    "reply_of_nobody": (
        instead(base.ReplyStarted, lambda e: [base.ReplyStarted("resp_1"), e]),
        ONE_REPLY,
    ),
    "done_before_the_audio": (
        instead(
            base.ReplyStarted,
            lambda e: [e, base.ReplyDone(e.reply_id, base.ReplyStatus.COMPLETED)],
        ),
        ONE_REPLY,
    ),
    "two_replies_at_a_time": (
        instead(
            base.ReplyStarted,
            lambda e: [e, base.ReplyStarted("r2")] if e.reply_id == "r1" else [e],
        ),
        ("test_replies_asked_together_run_one_after_the_other",),
    ),
    "audio_after_the_end_of_a_cancelled_reply": (
        instead(
            base.ReplyDone,
            lambda e: (
                [e, base.ReplyAudio(e.reply_id, b"\0\0")]
                if e.status is base.ReplyStatus.CANCELLED
                else [e]
            ),
        ),
        ("test_a_reply_can_be_cancelled_while_its_audio_comes",),
    ),
    "no_end_for_a_reply_cancelled_in_the_queue": (
        instead(
            base.ReplyDone,
            lambda e: [] if e.status is base.ReplyStatus.CANCELLED else [e],
        ),
        ("test_a_waiting_reply_can_be_cancelled",),
    ),
    "verbatim_in_other_words": (
        instead(base.ReplyText, lambda e: [replace(e, text=e.text.replace("nine", "ten"))]),
        ("test_verbatim_text_is_spoken_word_for_word",),
    ),
    "tool_call_for_another_reply": (
        instead(base.ToolCall, lambda e: [replace(e, reply_id="r-other")]),
        ("test_a_tool_call_is_answered_and_the_session_goes_on",),
    ),
    "lost_for_good": (
        instead(base.Closed, lambda e: [replace(e, retryable=False)]),
        ("test_a_lost_connection_ends_the_session_once", "idle"),
    ),
    "expired_called_lost": (
        instead(base.Closed, lambda e: [replace(e, reason="lost") if e.reason == "expired" else e]),
        ("test_an_expired_session_says_so", "in_turn"),
    ),
}


@pytest.mark.parametrize("fault", WRONG_EVENTS)
def test_a_wrong_stream_of_events_turns_the_kit_red(fault: str) -> None:
    """One planted fault, one red test; without the fault the same test is green."""
    change, (test, *args) = WRONG_EVENTS[fault]
    try_test(meddled(MeddledSession), test, *args)
    with pytest.raises((AssertionError, Failed)):
        try_test(meddled(changing(change)), test, *args)


class EndlessEvents(MeddledSession):
    """The iterator never ends."""

    async def events(self) -> AsyncIterator[base.Event]:
        """Waits after the last."""
        async for event in self.inner.events():
            yield event
        await asyncio.Event().wait()


class ForgetfulEvents(MeddledSession):
    """Keeps no events for a reader that comes late."""

    async def close(self) -> None:
        """Throws them away."""
        await self.inner.close()
        self.inner.wire.stream._events.clear()


class ClosesOnce(MeddledSession):
    """A second close is an error."""

    closed = False

    async def close(self) -> None:
        """Raises the second time."""
        if self.closed:
            raise RuntimeError("closed already")
        self.closed = True
        await self.inner.close()


class TakesCallsForEver(MeddledSession):
    """Swallows what comes after the end."""

    async def begin_turn(self, turn_id: str) -> None:
        """Never complains."""


class HangsInClose(MeddledSession):
    """Waits for a goodbye that does not come."""

    async def close(self) -> None:
        """Takes a minute."""
        await asyncio.sleep(60)


class CommitsDiscarded(MeddledSession):
    """Cannot discard."""

    async def discard_turn(self, turn_id: str) -> None:
        """Commits instead."""
        await self.inner.end_turn(turn_id)


class KeepsDiscardedAudio(MeddledSession):
    """The cough is heard in the next turn."""

    coughed = False

    async def discard_turn(self, turn_id: str) -> None:
        """Remembers."""
        self.coughed = True
        await self.inner.discard_turn(turn_id)

    def change(self, event: base.Event) -> list[base.Event]:
        """Puts the cough before the words."""
        if self.coughed and isinstance(event, base.Transcript):
            return [replace(event, text=f"ahem {event.text}")]
        return [event]


class AnswersText(MeddledSession):
    """Takes context for a question."""

    async def add_text(self, turn: base.TextTurn, after: str | None = None) -> None:
        """Replies."""
        await self.inner.reply(base.ReplyRequest(reply_id=f"to-{turn.turn_id}"))


class StrictAboutIds(MeddledSession):
    """Raises for an unknown reply."""

    async def cancel_reply(self, reply_id: str, heard: base.Heard) -> None:
        """Knows none."""
        raise base.PluginError("unknown reply")


class EndsOnUnknownIds(MeddledSession):
    """Sends the provider what it refuses, which ends the session."""

    async def discard_turn(self, turn_id: str) -> None:
        """Closes."""
        await self.inner.close()


class EndsOnUnknownEvents(MeddledSession):
    """Raises in its reader for what it does not know."""

    async def events(self) -> AsyncIterator[base.Event]:
        """Looks at each."""
        async for event in self.inner.events():
            if self.inner.setup.instructions == "unknown event":
                raise KeyError("unknown event")
            yield event


class EndsOnZero(MeddledSession):
    """Truncates to nothing, which the provider refuses."""

    async def cancel_reply(self, reply_id: str, heard: base.Heard) -> None:
        """Closes."""
        if heard.audio_ms == 0:
            await self.inner.close()
        await self.inner.cancel_reply(reply_id, heard)


class Unbounded(MeddledSession):
    """Takes audio into a queue without end."""

    async def send_audio(self, pcm: bytes) -> None:
        """Never waits."""


class NeverReleases(MeddledSession):
    """A call that waits is not woken by the end."""

    async def send_audio(self, pcm: bytes) -> None:
        """Waits for something else."""
        try:
            await self.inner.send_audio(pcm)
        except base.SessionClosedError:
            await asyncio.Event().wait()


class LeaksTask(MeddledSession):
    """Leaves a task behind."""

    leaked: ClassVar[list[asyncio.Task[None]]] = []

    async def begin_turn(self, turn_id: str) -> None:
        """Starts it."""
        self.leaked.append(asyncio.create_task(asyncio.sleep(3600), name="leaked"))
        await self.inner.begin_turn(turn_id)


WRONG_SESSIONS: list[tuple[type[MeddledSession], str, tuple[str | int, ...]]] = [
    (EndlessEvents, "test_closing_ends_the_events_with_one_closed", ()),
    (ForgetfulEvents, "test_events_may_be_read_after_the_close", ()),
    (ClosesOnce, "test_closing_again_does_nothing", ()),
    (TakesCallsForEver, "test_calls_after_the_close_are_refused", ("begin_turn",)),
    (HangsInClose, "test_closing_is_complete_in_every_state", ("in_reply",)),
    (CommitsDiscarded, "test_a_discarded_turn_leaves_no_trace", ()),
    (KeepsDiscardedAudio, "test_a_discarded_turn_leaves_no_trace", ()),
    (AnswersText, "test_text_turns_cause_no_reply", ()),
    (StrictAboutIds, "test_an_unknown_id_harms_nothing", ("cancel_reply",)),
    (EndsOnUnknownIds, "test_an_unknown_id_harms_nothing", ("discard_turn",)),
    (EndsOnUnknownEvents, "test_an_unknown_server_event_harms_nothing", ()),
    (EndsOnZero, "test_a_reply_can_be_truncated_to_any_length", (0,)),
    (Unbounded, "test_a_peer_that_does_not_read_makes_send_audio_wait", ()),
    (NeverReleases, "test_a_waiting_send_audio_is_released_by_close", ()),
    (LeaksTask, "test_no_task_outlives_its_session", ("in_turn",)),
]


@pytest.mark.parametrize(("session_class", "test", "args"), WRONG_SESSIONS)
def test_a_wrong_session_turns_the_kit_red(
    session_class: type[MeddledSession], test: str, args: tuple[str | int, ...]
) -> None:
    """One planted fault, one red test; without the fault the same test is green."""
    try_test(meddled(MeddledSession), test, *args)
    with pytest.raises((AssertionError, Failed, RuntimeError, KeyError, base.PluginError)):
        try_test(meddled(session_class), test, *args)


class Undeclared(MeddledPlugin):
    """Declares no capabilities."""

    def __init__(self, inner: ScriptedPlugin) -> None:
        super().__init__(inner)
        self.capabilities = None  # type: ignore[assignment]


class LeavesSessions(MeddledPlugin):
    """Does not close its sessions."""

    async def close(self) -> None:
        """Does nothing."""


class KeepsSessions(MeddledPlugin):
    """Keeps closed sessions in a list."""

    def __init__(self, inner: ScriptedPlugin) -> None:
        super().__init__(inner)
        self.kept: list[object] = []

    async def open(self, setup: base.SessionSetup, resume: base.Token | None = None) -> Any:
        """Keeps it."""
        session = await super().open(setup, resume)
        self.kept.append(session)
        return session


class LeaksThread(MeddledPlugin):
    """Leaves a thread behind, which the test ends."""

    enough: ClassVar[threading.Event] = threading.Event()

    async def open(self, setup: base.SessionSetup, resume: base.Token | None = None) -> Any:
        """Starts it."""
        threading.Thread(target=self.enough.wait, args=(10,), name="leaked", daemon=True).start()
        return await super().open(setup, resume)


class TriesAgain(MeddledPlugin):
    """Takes a bad key for a passing fault."""

    async def open(self, setup: base.SessionSetup, resume: base.Token | None = None) -> Any:
        """Says that trying again may help."""
        try:
            return await super().open(setup, resume)
        except base.SessionRefusedError:
            raise base.SessionRefusedError("try again", retryable=True) from None


WRONG_PLUGINS: list[tuple[type[MeddledPlugin], str]] = [
    (Undeclared, "test_plugin_and_session_have_the_whole_interface"),
    (LeavesSessions, "test_closing_the_plugin_closes_its_sessions"),
    (KeepsSessions, "test_a_closed_session_is_forgotten"),
    (LeaksThread, "test_no_task_or_thread_outlives_the_plugin"),
    (TriesAgain, "test_a_bad_key_is_refused_for_good"),
]


@pytest.mark.parametrize(("plugin_class", "test"), WRONG_PLUGINS)
def test_a_wrong_plugin_turns_the_kit_red(plugin_class: type[MeddledPlugin], test: str) -> None:
    """One planted fault, one red test; without the fault the same test is green."""
    try_test(MeddledPlugin, test)
    LeaksThread.enough.clear()
    try:
        with pytest.raises((AssertionError, Failed)):
            try_test(plugin_class, test)
    finally:
        LeaksThread.enough.set()


def test_a_kit_without_a_plugin_says_what_it_needs() -> None:
    """The one thing that an author must give."""
    with pytest.raises(NotImplementedError, match="override make_plugin"):
        virtual_time.run(PluginConformance().make_plugin())


def test_the_rules_name_what_is_wrong_but_not_what_was_said() -> None:
    """Messages hold kinds and ids, and neither text nor audio."""
    rules = EventRules(ScriptedPlugin().capabilities)
    rules.begun("t1")
    rules.told("t1", TurnInput.END)

    rules.see(base.Transcript(turn_id="t1", text="secret", final=True))

    assert rules.broken == ["final Transcript(t1) came while the turn was ended"]


def test_a_model_with_its_own_detector_may_commit_first() -> None:
    """What is an error with our end of turn is none with the provider's."""
    for detects in (False, True):
        capabilities = ScriptedPlugin({"capabilities": {"speech_detection": detects}}).capabilities
        rules = EventRules(capabilities)
        rules.begun("t1")
        rules.see(base.TurnCommitted("t1"))
        assert bool(rules.broken) is not detects


def test_a_model_that_speaks_by_itself_chooses_its_reply_ids() -> None:
    """What is an error for a model that is asked is none for one that is not."""
    for taking in ("turns", "auto"):
        rules = EventRules(ScriptedPlugin({"capabilities": {"turn_taking": taking}}).capabilities)
        rules.see(base.ReplyStarted("own-1"))
        rules.see(base.ReplyDone("own-1", base.ReplyStatus.COMPLETED))
        assert bool(rules.broken) is (taking == "turns")
