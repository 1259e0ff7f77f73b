"""Sessions that live shorter than people speak: the next one is open before the last one ends."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from roomhand.room.sessions import SessionOptions, SessionState
from roomhand_plugins.base import ReplyAudio, ReplyRequest, ToolCall
from roomhand_plugins.scripted.script import FaultKind
from tests.virtual_time import in_virtual_time
from tests.worker.room.session_stage import Stage, stage

pytestmark = pytest.mark.unit

LIFE_S = 20


def samples_of(s: Stage, identity: str) -> Counter[str]:
    """How much of each word has been written down."""
    counted: Counter[str] = Counter()
    for word in s.sink.said(identity).split():
        value, _, size = word.partition(":")
        counted[value] += int(size or 4_800)
    return counted


def lost_in(s: Stage) -> list[SessionState]:
    """Times at which somebody had no session though one was wanted."""
    return [state for _, state in s.sink.states if state is SessionState.AWAY]


@pytest.mark.parametrize("handshake_s", [0.0, 2.0, 4.5, 12.0])
@in_virtual_time
async def test_speech_that_outlives_many_sessions_loses_and_doubles_no_sample(
    handshake_s: float,
) -> None:
    """Two people for three minutes without a breath; also where handshakes are slow."""
    slow = [
        {"fault": "delay_open", "nth": nth, "ms": round(handshake_s * 1000)} for nth in range(3, 99)
    ]
    async with stage({"session_s": LIFE_S, "faults": slow}) as s:
        anna, ben = s.person("anna"), s.person("ben")
        await asyncio.gather(anna.speak(*range(1, 901)), ben.speak(*range(2001, 2901)))
        await anna.wait(20)
        assert s.sink.lost == []
        for identity, first in (("anna", 1), ("ben", 2001)):
            spoken = {f"w{value}": 4_800 for value in range(first, first + 900)}
            assert samples_of(s, identity) == spoken
        if handshake_s < 5:
            assert s.opened >= 2 * (180 // LIFE_S)
            assert lost_in(s) == []
            assert s.sessions.spent.rotations >= 2 * (180 // LIFE_S) - 2


@in_virtual_time
async def test_there_are_never_more_than_two_sessions_of_one_voice() -> None:
    """And in the end none."""
    async with stage({"session_s": LIFE_S}) as s:
        anna = s.person("anna")
        talking = asyncio.create_task(anna.speak(*range(1, 401)))
        most = 0
        while not talking.done():
            most = max(most, len(s.plugin.sessions))
            await asyncio.sleep(0.05)
        assert most == 2
    assert s.plugin.sessions == []


@in_virtual_time
async def test_a_turn_that_ends_in_time_is_sent_once() -> None:
    """Only what cannot wait for a boundary is sent twice."""
    async with stage({"session_s": LIFE_S}) as s:
        anna = s.person("anna")
        for value in range(1, 40):
            await anna.speak(value, value + 100, value + 200, before_s=0.2, after_s=0.6)
        await anna.wait(1)
        assert s.sessions.spent.rotations >= 2
        assert lost_in(s) == []
        assert s.count("begin_turn") == 39
        assert s.sink.said("anna").split()[:3] == ["w1", "w101", "w201"]


@in_virtual_time
async def test_the_new_session_knows_what_the_old_one_heard() -> None:
    """As history, or told before it answers; under byte for byte the same instructions."""
    async with stage({"session_s": LIFE_S}) as s:
        anna = s.person("anna")
        first = None
        for value in range(1, 30):
            await anna.speak(value, before_s=0.2, after_s=0.6)
            first = first or s.plugin.sessions[0]
        assert s.sessions.spent.rotations >= 1
        await s.sessions.reply("anna", ReplyRequest(reply_id="r1"))
        (serving,) = s.plugin.sessions
        assert first is not None
        assert serving is not first
        assert [entry.text for entry in serving.memory.entries] == [f"w{n}" for n in range(1, 30)]
        assert serving.setup.instructions.encode() == first.setup.instructions.encode()


@in_virtual_time
async def test_a_running_reply_and_its_tool_call_survive_the_change() -> None:
    """The old session lives on until it has said what it was asked for."""
    script = {
        "session_s": LIFE_S,
        "replies": [{"text": "The budget is next.", "tool": {"name": "agenda"}, "speed": 1.0}],
    }
    async with stage(script) as s:
        anna = s.person("anna")
        await anna.speak(1, after_s=14)
        await s.sessions.reply("anna", ReplyRequest(reply_id="r1"))
        await anna.speak(2, 3, 4, 5, 6, 7, 8, 9, before_s=0.1, after_s=1.2)
        assert s.sessions.spent.rotations == 1
        assert len(s.plugin.sessions) == 2
        (call,) = [event for event in s.sink.replies if isinstance(event, ToolCall)]
        await s.sessions.answer_tool(call.call_id, "the budget")
        await s.sink.until(lambda: bool(s.sink.done("r1")))
        assert s.sink.done("r1") == ["completed"]
        assert [event for event in s.sink.replies if isinstance(event, ReplyAudio)]
        await anna.wait(0.5)
        assert len(s.plugin.sessions) == 1
        assert s.sink.said("anna") == "w1 w2 w3 w4 w5 w6 w7 w8 w9"


@in_virtual_time
async def test_a_question_that_the_old_session_heard_is_told_to_the_new_one() -> None:
    """Its words are waited for, and come before the answer."""
    async with stage({"session_s": LIFE_S, "transcript_ms": 1_500}) as s:
        anna = s.person("anna")
        await anna.speak(1, after_s=14)
        await anna.speak(2, 3, 4, 5, 6, before_s=0.1, after_s=0.6)
        assert s.sessions.spent.rotations == 1
        await s.sessions.reply("anna", ReplyRequest(reply_id="r1"))
        serving = s.plugin.sessions[-1]
        assert [entry.text for entry in serving.memory.entries][:2] == ["w1", "w2 w3 w4 w5 w6"]
        await s.sink.until(lambda: bool(s.sink.done("r1")))


@pytest.mark.parametrize("at_s", [15.2, 16.0, 17.0, 18.0, 19.0])
@in_virtual_time
async def test_a_socket_lost_during_the_change_loses_nothing(at_s: float) -> None:
    """All sessions of the voice at once, wherever the change stands."""
    async with stage({"session_s": LIFE_S, "transcript_ms": 1_000}) as s:
        anna = s.person("anna")
        talking = asyncio.create_task(anna.speak(*range(1, 201)))
        await asyncio.sleep(at_s)
        s.plugin.strike(FaultKind.LOSE_SOCKET)
        await talking
        await anna.wait(5)
        assert samples_of(s, "anna") == {f"w{value}": 4_800 for value in range(1, 201)}
        assert s.sink.lost == []


@in_virtual_time
async def test_a_successor_that_is_refused_leaves_the_session_its_full_life() -> None:
    """Trying goes on beside it, and nothing said is lost."""
    faults = [{"fault": "refuse", "nth": nth} for nth in (2, 3)]
    options = SessionOptions()
    async with stage({"session_s": LIFE_S, "faults": faults}, options) as s:
        anna = s.person("anna")
        await anna.speak(*range(1, 151))
        await anna.wait(3)
        assert lost_in(s) == []
        assert samples_of(s, "anna") == {f"w{value}": 4_800 for value in range(1, 151)}
