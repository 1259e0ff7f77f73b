"""What a script says happens, exactly when it says so (on a clock that jumps)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from roomhand_plugins.base import (
    Closed,
    ClosingSoon,
    Event,
    Heard,
    PluginError,
    ReplyAudio,
    ReplyDone,
    ReplyRequest,
    ReplyStarted,
    ReplyStatus,
    ReplyText,
    Role,
    SessionClosedError,
    SessionRefusedError,
    SessionSetup,
    TextTurn,
    ToolCall,
    Transcript,
    TurnCommitted,
    TurnFailed,
    Usage,
)
from roomhand_plugins.scripted import ScriptedPlugin
from roomhand_plugins.scripted.script import FaultKind, Moment
from roomhand_plugins.scripted.session import ScriptedSession

pytestmark = pytest.mark.unit

SETUP = SessionSetup(instructions="Help.", speaker="Ada")
FRAME = bytes(960)
"""20 ms."""


class Listener:
    """Notes every event of a session with its loop time in milliseconds."""

    def __init__(self, session: ScriptedSession) -> None:
        self.heard: list[tuple[int, Event]] = []
        self.task = asyncio.create_task(self._listen(session))

    async def _listen(self, session: ScriptedSession) -> None:
        async for event in session.events():
            self.heard.append((now_ms(), event))

    def at(self, kind: type[Any]) -> list[int]:
        """When events of this kind came."""
        return [at_ms for at_ms, event in self.heard if isinstance(event, kind)]

    def of(self, kind: type[Any]) -> list[Any]:
        """The events of this kind."""
        return [event for _, event in self.heard if isinstance(event, kind)]


def now_ms() -> int:
    """Loop time."""
    return round(asyncio.get_running_loop().time() * 1000)


async def start(options: dict[str, Any] | None = None, **hooks: Any) -> tuple[Any, Any, Listener]:
    """A plugin, a session and its listener."""
    plugin = ScriptedPlugin(options, **hooks)
    session = await plugin.open(SETUP)
    return plugin, session, Listener(session)


async def say(session: ScriptedSession, turn_id: str, frames: int = 5) -> None:
    """A turn without pauses."""
    await session.begin_turn(turn_id)
    for _ in range(frames):
        await session.send_audio(FRAME)
    await session.end_turn(turn_id)


async def finish(plugin: ScriptedPlugin, listener: Listener, after_s: float = 60) -> None:
    """Let a minute pass, then close everything."""
    await asyncio.sleep(after_s)
    await plugin.close()
    await listener.task


async def test_a_turn_follows_the_times_of_the_script() -> None:
    """Commit and transcript come to the millisecond, with the span of the audio."""
    plugin, session, listener = await start({"commit_ms": 30, "transcript_ms": 400})
    await asyncio.sleep(1)
    await say(session, "t1")
    await finish(plugin, listener)

    assert listener.at(TurnCommitted) == [1030]
    assert listener.at(Transcript) == [1430]
    assert listener.of(Transcript)[0].span == (0, 2400)
    assert listener.of(TurnCommitted)[0].item_id == listener.of(Transcript)[0].item_id


async def test_transcripts_are_given_in_order_then_the_last_again() -> None:
    """A discarded turn uses none up."""
    plugin, session, listener = await start({"transcripts": ["one", "two"]})
    await say(session, "t1")
    await session.begin_turn("cough")
    await session.send_audio(FRAME)
    await session.discard_turn("cough")
    await say(session, "t2")
    await say(session, "t3")
    await finish(plugin, listener)

    assert [event.text for event in listener.of(Transcript)] == ["one", "two", "two"]
    assert [event.span[0] for event in listener.of(Transcript)] == [0, 2400 + 480, 4800 + 480]


async def test_transcripts_may_be_given_by_speaker() -> None:
    """So that a room of several sessions has one script, whatever their order."""
    plugin = ScriptedPlugin({"transcripts": {"Ada": ["I am Ada"], "Ben": ["I am Ben"]}})
    sessions = [
        await plugin.open(SessionSetup(instructions="", speaker=name))
        for name in ("Ben", "Ada", "Cleo")
    ]
    listeners = [Listener(session) for session in sessions]
    for session in sessions:
        await say(session, "t1")
    await asyncio.sleep(1)
    await plugin.close()

    texts = [listener.of(Transcript)[0].text for listener in listeners]
    assert texts == ["I am Ben", "I am Ada", ""]


async def test_interim_words_grow_with_the_audio() -> None:
    """One word per so much audio, all before the commit."""
    options = {
        "transcripts": ["one two three"],
        "interim_word_ms": 40,
        "capabilities": {"interim_transcripts": True},
    }
    plugin, session, listener = await start(options)
    await say(session, "t1", frames=5)
    await finish(plugin, listener)

    texts = [(event.text, event.final) for event in listener.of(Transcript)]
    assert texts == [("one", False), ("one two", False), ("one two three", True)]


async def test_a_hook_hears_exactly_the_audio_of_the_turn() -> None:
    """What was sent between begin and end, and nothing of a discarded turn."""
    plugin, session, listener = await start({}, transcribe=lambda pcm: f"{len(pcm)} {pcm[0]}")
    await session.begin_turn("cough")
    await session.send_audio(b"\1" * 960)
    await session.discard_turn("cough")
    await session.begin_turn("t1")
    await session.send_audio(b"\2" * 960)
    await session.send_audio(b"\2" * 480)
    await session.end_turn("t1")
    await finish(plugin, listener)

    assert [event.text for event in listener.of(Transcript)] == ["1440 2"]


async def test_a_reply_is_paced_by_the_script() -> None:
    """First audio after its time, then so many times faster than real time."""
    reply = {"text": "ab cd", "audio_ms": 400, "first_audio_ms": 250, "speed": 4}
    plugin, session, listener = await start({"replies": [reply]})
    await session.reply(ReplyRequest(reply_id="r1"))
    await finish(plugin, listener)

    assert listener.at(ReplyStarted) == [250]
    assert listener.at(ReplyDone) == [350]
    assert sum(len(event.pcm) for event in listener.of(ReplyAudio)) == 400 * 48
    assert "".join(event.text for event in listener.of(ReplyText)) == "ab cd"
    assert [event.audio_ms for event in listener.of(ReplyText)][-1] == 400


async def test_a_cancelled_reply_stops_at_once_and_leaves_the_heard_text() -> None:
    """The model remembers what people heard, and no more."""
    reply = {"text": "one two three four", "audio_ms": 4000, "speed": 1}
    plugin, session, listener = await start({"replies": [reply]})
    await session.reply(ReplyRequest(reply_id="r1"))
    await asyncio.sleep(1.55)
    await session.cancel_reply("r1", Heard(audio_ms=700, text="one"))
    await finish(plugin, listener)

    assert listener.at(ReplyDone) == [1550]
    assert listener.of(ReplyDone)[0].status is ReplyStatus.CANCELLED
    assert [(entry.text, entry.audio_ms) for entry in session.memory.entries] == [("one", 700)]


@pytest.mark.parametrize("after_s", [0, 0.01])
async def test_a_reply_cancelled_before_it_starts_never_starts(after_s: float) -> None:
    """In the queue or on its way."""
    plugin, session, listener = await start({"replies": [{"first_audio_ms": 50}]})
    await session.reply(ReplyRequest(reply_id="r1"))
    await asyncio.sleep(after_s)
    await session.cancel_reply("r1", Heard(audio_ms=0, text=""))
    await finish(plugin, listener)

    assert not listener.of(ReplyStarted)
    assert [event.status for event in listener.of(ReplyDone)] == [ReplyStatus.CANCELLED]


async def test_a_reply_of_which_nothing_was_heard_is_forgotten() -> None:
    """Also when the model had finished."""
    plugin, session, listener = await start()
    await session.reply(ReplyRequest(reply_id="r1"))
    await asyncio.sleep(5)
    await session.cancel_reply("r1", Heard(audio_ms=0, text=""))
    await finish(plugin, listener)

    assert not session.memory.entries
    assert [event.status for event in listener.of(ReplyDone)] == [ReplyStatus.COMPLETED]


async def test_text_turns_go_where_they_were_said() -> None:
    """After the turn they followed; at the end without one."""
    plugin, session, listener = await start({"transcripts": ["first", "third"]})
    await say(session, "t1")
    await say(session, "t3")
    await asyncio.sleep(1)
    for turn_id, after in (("t2", "t1"), ("t4", None)):
        turn = TextTurn(turn_id=turn_id, role=Role.PERSON, speaker="Ben", text=turn_id)
        await session.add_text(turn, after)
    await finish(plugin, listener)

    assert [entry.id for entry in session.memory.entries] == ["t1", "t2", "t3", "t4"]


async def test_a_tool_call_holds_the_reply_until_it_is_answered() -> None:
    """The call comes in the reply, and the words after the answer."""
    reply = {"text": "Forty.", "tool": {"name": "look_up", "arguments": {"what": "budget"}}}
    plugin, session, listener = await start({"replies": [reply]})
    await session.reply(ReplyRequest(reply_id="r1"))
    await asyncio.sleep(30)
    (call,) = listener.of(ToolCall)
    assert (call.name, call.arguments) == ("look_up", '{"what": "budget"}')
    assert not listener.of(ReplyText)

    await session.answer_tool(call.call_id, '{"budget": 40}')
    await finish(plugin, listener)

    assert [event.text for event in listener.of(ReplyText)] == ["Forty."]
    assert listener.of(ReplyDone)[0].status is ReplyStatus.COMPLETED
    assert '{"budget": 40}' in [entry.text for entry in session.memory.entries]


async def test_a_reply_that_waits_for_a_tool_can_be_cancelled() -> None:
    """It does not hold the next one up, and a late answer finds nobody."""
    calling = {"text": "Forty.", "tool": {"name": "look_up"}}
    plugin, session, listener = await start({"replies": [calling, {"text": "Yes."}]})
    await session.reply(ReplyRequest(reply_id="r1"))
    await session.reply(ReplyRequest(reply_id="r2"))
    await asyncio.sleep(30)
    await session.cancel_reply("r1", Heard(audio_ms=0, text=""))
    with pytest.raises(PluginError, match="no tool call"):
        await session.answer_tool("call-r1", "{}")
    await finish(plugin, listener)

    statuses = [event.status for event in listener.of(ReplyDone)]
    assert statuses == [ReplyStatus.CANCELLED, ReplyStatus.COMPLETED]


async def test_cues_come_at_their_time() -> None:
    """After the moment that they belong to, with its id."""
    cues = [
        {"after_ms": 1500, "event": "closing_soon", "fields": {"in_s": 60}},
        {"on": "end_turn", "nth": 2, "after_ms": 40, "event": "usage"},
        {
            "on": "end_turn",
            "event": "transcript",
            "after_ms": 5,
            "fields": {"text": "cued", "final": True},
        },
    ]
    plugin, session, listener = await start({"cues": cues, "automatic": False})
    await asyncio.sleep(0.1)
    await say(session, "t1")
    await asyncio.sleep(0.1)
    await say(session, "t2")
    await finish(plugin, listener)

    assert listener.at(ClosingSoon) == [1500]
    assert listener.at(Usage) == [240]
    texts = [(event.turn_id, event.text) for event in listener.of(Transcript)]
    assert texts == [("t1", "cued"), ("t2", "cued")]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("lose_socket", "lost"),
        ("expire", "expired"),
        ("rate_limit", "rate_limited"),
        ("server_error", "server_error"),
    ],
)
async def test_a_session_ends_at_the_very_frame(fault: str, reason: str) -> None:
    """The frame named by the script is refused, and so is everything after it."""
    plugin, session, listener = await start({"faults": [{"fault": fault, "at": "audio", "nth": 3}]})
    await session.begin_turn("t1")
    await session.send_audio(FRAME)
    await session.send_audio(FRAME)
    for call in (session.send_audio(FRAME), session.end_turn("t1")):
        with pytest.raises(SessionClosedError, match=reason):
            await call
    await listener.task

    assert [(event.reason, event.retryable) for event in listener.of(Closed)] == [(reason, True)]
    assert not plugin.sessions
    await say(await plugin.open(SETUP), "t2", frames=10)
    await plugin.close()


async def test_a_socket_lost_in_a_reply_ends_it_without_an_end() -> None:
    """As on a real network: no ReplyDone, only Closed."""
    faults = [{"fault": "lose_socket", "at": "reply_audio", "nth": 2}]
    plugin, session, listener = await start({"faults": faults})
    await session.reply(ReplyRequest(reply_id="r1"))
    await asyncio.wait_for(listener.task, 60)

    assert len(listener.of(ReplyAudio)) == 2
    assert not listener.of(ReplyDone)
    await plugin.close()


async def test_opening_is_refused_or_late_as_the_script_says() -> None:
    """The first is refused for now, the second for good, the third takes ten seconds."""
    faults = [
        {"fault": "refuse"},
        {"fault": "refuse_fatal", "nth": 2},
        {"fault": "delay_open", "nth": 3, "ms": 10_000},
    ]
    plugin = ScriptedPlugin({"faults": faults})
    for retryable in (True, False):
        with pytest.raises(SessionRefusedError) as refusal:
            await plugin.open(SETUP)
        assert refusal.value.retryable is retryable
    await plugin.open(SETUP)
    assert now_ms() == 10_000
    await plugin.close()


async def test_a_plugin_closed_while_it_opens_leaves_no_session() -> None:
    """The late session is refused."""
    plugin = ScriptedPlugin({"faults": [{"fault": "delay_open", "ms": 1000}]})
    opening = asyncio.create_task(plugin.open(SETUP))
    await asyncio.sleep(0.5)
    await plugin.close()
    with pytest.raises(SessionRefusedError):
        await opening
    assert not plugin.sessions


async def test_a_stalled_peer_holds_audio_back_for_its_time() -> None:
    """One second is buffered, the next frame waits for the end of the stall."""
    faults = [{"fault": "stall", "at": "begin_turn", "ms": 3000}]
    plugin, session, listener = await start({"faults": faults, "audio_buffer_ms": 1000})
    await session.begin_turn("t1")
    for _ in range(50):
        await session.send_audio(FRAME)
    assert now_ms() == 0
    await session.send_audio(FRAME)
    assert now_ms() == 3000
    await finish(plugin, listener)


async def test_a_late_transcript_lets_the_next_one_pass() -> None:
    """Only the named one waits."""
    faults = [{"fault": "late_transcript", "nth": 1, "ms": 5000}]
    plugin, session, listener = await start({"faults": faults})
    await say(session, "t1")
    await say(session, "t2")
    await finish(plugin, listener)

    assert [event.turn_id for event in listener.of(Transcript)] == ["t2", "t1"]
    assert listener.at(Transcript) == [55, 5055]


async def test_a_failed_transcript_is_a_failed_turn() -> None:
    """With its id; the next turn is fine."""
    plugin, session, listener = await start({"faults": [{"fault": "fail_transcript"}]})
    await say(session, "t1")
    await say(session, "t2")
    await finish(plugin, listener)

    assert [event.turn_id for event in listener.of(TurnFailed)] == ["t1"]
    assert [event.turn_id for event in listener.of(Transcript)] == ["t2"]


@pytest.mark.parametrize(
    ("fault", "count"),
    [
        ({"fault": "never_done"}, 0),
        ({"fault": "drop_event", "at": "reply_done"}, 0),
        ({"fault": "duplicate_event", "at": "reply_done"}, 2),
    ],
)
async def test_events_are_dropped_and_doubled(fault: dict[str, Any], count: int) -> None:
    """Faults of a provider that a worker must survive."""
    plugin, session, listener = await start({"faults": [fault]})
    await session.reply(ReplyRequest(reply_id="r1"))
    await finish(plugin, listener)
    assert len(listener.of(ReplyDone)) == count


async def test_a_struck_plugin_ends_all_its_sessions() -> None:
    """A test can strike at any time."""
    plugin = ScriptedPlugin()
    sessions = [await plugin.open(SETUP) for _ in range(3)]
    plugin.strike(FaultKind.EXPIRE)
    for session in sessions:
        assert [event async for event in session.events()] == [
            Closed("expired", True, "the script ended the session")
        ]
    await plugin.close()


async def test_a_model_that_replies_by_itself_does_so_after_each_turn() -> None:
    """With ids of its own."""
    plugin, session, listener = await start({"capabilities": {"turn_taking": "auto"}})
    await say(session, "t1")
    await say(session, "t2")
    await finish(plugin, listener)
    assert [event.reply_id for event in listener.of(ReplyDone)] == ["auto-t1", "auto-t2"]


async def test_a_model_without_turns_takes_audio_at_any_time() -> None:
    """And says what its cues say."""
    options = {
        "capabilities": {"turn_taking": "continuous", "unbroken_input": True},
        "cues": [
            {
                "after_ms": 10,
                "event": "transcript",
                "fields": {"turn_id": None, "text": "hola", "final": False},
            }
        ],
    }
    plugin, session, listener = await start(options)
    await session.send_audio(FRAME)
    await finish(plugin, listener)
    assert [event.turn_id for event in listener.of(Transcript)] == [None]


async def test_calls_out_of_order_are_refused() -> None:
    """Stricter than a provider, because they are mistakes of the worker."""
    plugin, session, listener = await start()
    with pytest.raises(PluginError, match="no turn is open"):
        await session.send_audio(FRAME)
    await session.begin_turn("t1")
    with pytest.raises(PluginError, match="t1 is still open"):
        await session.begin_turn("t2")
    with pytest.raises(PluginError, match="t2 is not open"):
        await session.end_turn("t2")
    await finish(plugin, listener)


async def test_a_listener_cannot_reply() -> None:
    """By its class."""
    plugin, session, listener = await start({"capabilities": {"turn_taking": "listen"}})
    with pytest.raises(PluginError, match="only listens"):
        await session.reply(ReplyRequest(reply_id="r1"))
    await finish(plugin, listener)


async def test_waiting_replies_are_bounded() -> None:
    """A worker that asks without end is told so."""
    plugin, session, listener = await start()
    for number in range(64):
        await session.reply(ReplyRequest(reply_id=f"r{number}"))
    with pytest.raises(PluginError, match="64 replies wait already"):
        await session.reply(ReplyRequest(reply_id="r-one-too-many"))
    await plugin.close()
    await listener.task


async def test_unread_events_hold_the_model_back() -> None:
    """Nobody reads: the stream fills to its limit and no further, and close still works."""
    plugin = ScriptedPlugin({"replies": [{"text": "word " * 500, "audio_ms": 100_000}]})
    session = await plugin.open(SETUP)
    await session.reply(ReplyRequest(reply_id="r1"))
    await asyncio.sleep(3600)
    await plugin.close()

    events = [event async for event in session.events()]
    assert len(events) == 1001
    assert isinstance(events[-1], Closed)


async def test_a_turn_longer_than_the_limit_fails() -> None:
    """Memory is bounded by it."""
    plugin, session, listener = await start({"max_turn_s": 0.05}, transcribe=lambda pcm: "")
    await say(session, "t1", frames=4)
    await finish(plugin, listener)
    assert listener.of(TurnFailed) == [TurnFailed("t1", "too long")]


async def test_every_moment_is_noted() -> None:
    """For tests that ask what the worker did, and when."""
    plugin, session, listener = await start()
    await asyncio.sleep(2)
    await say(session, "t1", frames=1)
    await finish(plugin, listener)

    noted = [(call.at_s, call.moment, call.subject) for call in plugin.calls]
    assert noted[:4] == [
        (0.0, Moment.OPEN, "Ada"),
        (2.0, Moment.BEGIN_TURN, "t1"),
        (2.0, Moment.AUDIO, "480"),
        (2.0, Moment.END_TURN, "t1"),
    ]
