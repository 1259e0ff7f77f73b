"""The two queues of a session: in order, bounded, and never in each other's way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from roomhand_plugins.base import Closed, Event, PluginError, ReplyAudio, ReplyStarted
from roomhand_plugins.openai.effects import Send
from roomhand_plugins.openai.outbox import Outbox
from roomhand_plugins.openai.stream import EventStream

pytestmark = pytest.mark.unit

END = Closed("closed", retryable=True)


async def _is_free(waiting: Any) -> bool:
    try:
        await asyncio.wait_for(waiting, 0.01)
    except TimeoutError:
        return False
    return True


async def test_events_come_in_order_and_end_after_the_last() -> None:
    """Nothing is added after the end."""
    stream = EventStream()
    stream.push(ReplyStarted("a"))
    stream.finish(END)
    stream.push(ReplyStarted("late"))

    assert [event async for event in stream.events()] == [ReplyStarted("a"), END]


async def test_a_reader_that_falls_behind_stops_the_socket_until_it_has_caught_up() -> None:
    """The limit is in bytes."""
    stream = EventStream(limit_bytes=10_000)
    events = stream.events()
    for _ in range(3):
        stream.push(ReplyAudio("a", bytes(4800)))
    assert not await _is_free(stream.room())

    seen: list[Event] = [await anext(events) for _ in range(2)]

    assert await _is_free(stream.room())
    assert len(seen) == 2


async def test_events_are_iterated_once() -> None:
    """Two readers would each miss half."""
    stream = EventStream()
    stream.events()
    with pytest.raises(PluginError, match="once"):
        stream.events()


async def test_messages_go_out_in_order_and_a_slow_socket_makes_callers_wait() -> None:
    """Backpressure begins at the high-water mark and ends below it."""
    written: list[str] = []
    gate, all_out = asyncio.Event(), asyncio.Event()

    async def write(text: str) -> None:
        await gate.wait()
        written.append(text)
        if len(written) == 3:
            all_out.set()

    outbox = Outbox(write)
    runner = asyncio.create_task(outbox.run())
    for number in range(3):
        audio = str(number) * 30_000
        outbox.push(Send({"type": "input_audio_buffer.append", "audio": audio}))
    assert not await _is_free(outbox.room())

    gate.set()
    await asyncio.wait_for(outbox.room(), 1)
    await asyncio.wait_for(all_out.wait(), 1)

    assert [text[-3] for text in written] == ["0", "1", "2"]
    runner.cancel()


async def test_an_abandoned_outbox_makes_nobody_wait() -> None:
    """The session is over."""

    async def write(text: str) -> None:
        raise AssertionError(text)

    outbox = Outbox(write)
    outbox.push(Send({"type": "input_audio_buffer.append", "audio": "x" * 100_000}))
    waiting = asyncio.create_task(outbox.room())
    await asyncio.sleep(0)

    outbox.abandon()

    assert await _is_free(waiting)
