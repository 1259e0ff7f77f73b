"""How sessions end, on a real socket: once, with a reason, and with nothing left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from roomhand_plugins.base import (
    Closed,
    ClosingSoon,
    ReplyAudio,
    ReplyDone,
    ReplyStarted,
    ReplyStatus,
    SessionClosedError,
    Transcript,
    TurnFailed,
)
from roomhand_plugins.openai.dialogue import Dialogue
from roomhand_plugins.openai.session import OpenAISession
from tests.left_alive import alive, without_collector
from tests.plugins.openai.room import SETUP, Room, plugin_for, room
from tests.sim.realtime_server import (
    Act,
    Behaviour,
    CloseWith,
    Fault,
    RealtimeServer,
    Refuse,
    SessionRecord,
)
from tests.sim.tones import encode_text

pytestmark = pytest.mark.unit

LONG = " ".join(["bakito"] * 8)


async def test_the_end_of_the_session_is_announced_and_then_comes() -> None:
    """Expiry may be repaired by a new session."""
    async with room(Behaviour(session_limit_s=1.5, answer=lambda prompt: LONG, rate=1)) as r:
        soon = await r.until(ClosingSoon)
        await r.ask("r1")
        closed = await r.until(Closed)

        assert 0 < soon.in_s <= 1.5
        assert (closed.reason, closed.retryable) == ("expired", True)
        assert r.of(ReplyDone) == [ReplyDone("r1", ReplyStatus.FAILED, "session expired")]
        assert r.events[-1] is closed
        with pytest.raises(SessionClosedError, match="expired"):
            await r.session.send_audio(b"")


@pytest.mark.parametrize(
    ("action", "reason", "retryable"),
    [
        (Act.DROP, "lost", True),
        (CloseWith(1011, "oops"), "server_error", True),
        (CloseWith(4000, "invalid_request_error.insufficient_quota"), "refused", False),
    ],
)
@pytest.mark.parametrize(
    "moment", ["input_audio_buffer.committed", "response.created", "response.output_audio.delta"]
)
async def test_a_session_that_ends_says_so_once_after_its_replies(
    moment: str, action: Any, reason: str, retryable: bool
) -> None:
    """Wherever it was: pending replies first, then one Closed."""
    faults = (Fault("after", moment, action),)
    async with room(Behaviour(answer=lambda prompt: LONG, faults=faults)) as r:
        await r.session.begin_turn("t1")
        await r.session.send_audio(encode_text("bakito").tobytes())
        for name in ("r1", "r2"):
            await r.ask(name)
        await r.session.end_turn("t1")
        closed = await r.until(Closed)

    assert (closed.reason, closed.retryable) == (reason, retryable)
    assert [event.reply_id for event in r.of(ReplyDone)] == ["r1", "r2"]
    assert {event.status for event in r.of(ReplyDone)} == {ReplyStatus.FAILED}
    assert r.events[-1] is closed
    assert r.of(TurnFailed) == []


async def test_a_fatal_error_ends_the_session_for_good() -> None:
    """No loop of new sessions on a dead account; the key is not quoted."""
    refuse = Refuse("account_deactivated", "The account of sk-test is gone.")
    async with room(Behaviour(faults=(Fault("received", "response.create", refuse),))) as r:
        await r.ask("r1")
        closed = await r.until(Closed)

    assert (closed.reason, closed.retryable) == ("refused", False)
    assert "sk-test" not in closed.detail
    assert len(r.of(ReplyDone)) == 1


async def test_a_half_open_connection_is_noticed() -> None:
    """The peer is there, but does not even answer pings."""
    faults = (Fault("received", "response.create", Act.FREEZE),)
    async with room(Behaviour(faults=faults), ping_interval_s=0.2, ping_timeout_s=0.2) as r:
        await r.ask("r1")
        closed = await r.until(Closed)

    assert (closed.reason, closed.retryable) == ("lost", True)


def _is_done(times: int, record: SessionRecord) -> bool:
    return record.count("conversation.item.done") == times


async def _send_for_ever(session: OpenAISession) -> None:
    while True:
        await session.send_audio(bytes(48_000))
        await asyncio.sleep(0)


async def test_nobody_waits_for_a_reader_that_does_not_read() -> None:
    """The socket is gone, its end not yet read: callers are told at once."""
    faults = (Fault("after", "conversation.item.done", Act.DROP, nth=2),)
    async with RealtimeServer(Behaviour(faults=faults)) as server:
        plugin = plugin_for(server)
        session = await plugin.open(SETUP)
        record = await server.session(0)
        session._stream._limit_bytes = 1
        session._stream.push(ClosingSoon(1))
        for number in (1, 2):
            await session.begin_turn(f"t{number}")
            await session.send_audio(encode_text("bakito").tobytes())
            await session.end_turn(f"t{number}")
            await record.until(partial(_is_done, number))
        await session.begin_turn("t3")
        with pytest.raises(SessionClosedError):
            await asyncio.wait_for(_send_for_ever(session), 5)
        assert session.closed is None
        await plugin.close()


async def test_closing_ends_what_was_asked() -> None:
    """By our own wish: cancelled, not failed; and a second close does nothing."""
    async with room(Behaviour(answer=lambda prompt: LONG, rate=1)) as r:
        await r.ask("r1")
        await r.until(ReplyAudio)
        await r.session.close()
        await r.session.close()
        await r.reader

    assert (await r.done("r1")).status is ReplyStatus.CANCELLED
    assert r.events[-1] == Closed("closed", retryable=True)


async def _close(r: Room) -> None:
    """We want it to end, in the middle of a reply."""
    await r.session.close()


async def _break(r: Room) -> None:
    """The socket does."""
    await r.until(Closed)


@pytest.mark.parametrize(
    ("end", "fault"), [(_close, ()), (_break, (Fault("after", "response.created", Act.DROP),))]
)
async def test_what_a_session_knew_is_let_go_when_it_has_ended(
    end: Callable[[Room], Awaitable[None]], fault: tuple[Fault, ...]
) -> None:
    """And not when the garbage collector looks at old objects next, which can be hours later."""
    with without_collector():
        async with room(Behaviour(answer=lambda prompt: LONG, rate=1, faults=fault)) as r:
            await r.say("t1", "bakito")
            await r.until(Transcript)
            await r.ask("r1")
            await r.until(ReplyStarted)
            await end(r)
        assert alive(Dialogue) == 1
        del r
        assert alive(OpenAISession, Dialogue) == 0
