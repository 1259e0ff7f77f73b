"""What goes wrong on purpose in the mock Realtime server."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import pytest
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.sim.realtime.client import (
    MODEL,
    Talker,
    base64_of,
    openai_client,
    received_until,
    silence,
    talker,
)
from tests.sim.realtime_server import (
    Act,
    Behaviour,
    CloseWith,
    Fault,
    Inject,
    Prompt,
    RealtimeServer,
    Refuse,
    Wait,
)
from tests.sim.tones import speaker_words

pytestmark = pytest.mark.unit

WORDS = speaker_words(6, 5)
TALKATIVE = " ".join(WORDS)


def faulty(*faults: Fault, **fields: Any) -> Behaviour:
    return Behaviour(faults=faults, answer=lambda _: TALKATIVE, rate=100, **fields)


# The socket.


DROPS = [
    (Fault("before", "session.created", Act.DROP), 0),
    (Fault("after", "session.created", Act.DROP), 1),
    (Fault("received", "session.update", Act.DROP), 1),
    (Fault("received", "input_audio_buffer.append", Act.DROP, nth=3), 2),
    (Fault("received", "input_audio_buffer.commit", Act.DROP), 2),
    (Fault("before", "input_audio_buffer.committed", Act.DROP), 2),
    (Fault("after", "input_audio_buffer.committed", Act.DROP), 3),
    (Fault("before", "response.created", Act.DROP), 5),
    (Fault("after", "response.output_audio.delta", Act.DROP, nth=3), 13),
    (Fault("before", "response.done", Act.DROP), 44),
]


async def whole_turn(client: AsyncRealtimeConnection) -> None:
    await client.session.update(
        session={"type": "realtime", "audio": {"input": {"turn_detection": None}}}
    )
    for _ in range(5):
        await client.input_audio_buffer.append(audio=silence(50))
    await client.input_audio_buffer.commit()
    await client.response.create()
    await received_until(client, "response.done")


@pytest.mark.parametrize(("fault", "sent"), DROPS)
async def test_the_socket_is_lost_at_any_point_without_a_close_frame(
    fault: Fault, sent: int
) -> None:
    async with RealtimeServer(faulty(fault)) as server, openai_client(server) as client:
        with pytest.raises(ConnectionClosed) as lost:
            await whole_turn(client)
        record = await server.session(0)
        await record.until(lambda r: r.ended)
    assert lost.value.rcvd is None
    assert len(record.sent) == sent


async def test_an_expired_session_is_told_so_and_closed_with_1001() -> None:
    behaviour = Behaviour(session_limit_s=0.1)
    async with RealtimeServer(behaviour) as server, openai_client(server) as client:
        created = await client.recv()
        assert created.type == "session.created"
        error = (await received_until(client, "error"))[-1]
        assert error.type == "error"
        assert error.error.code == "session_expired"
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001
    assert closed.value.rcvd.reason == "Your session hit the maximum duration of 60 minutes."


async def test_a_close_with_any_code_can_come_at_any_event() -> None:
    fault = Fault("before", "response.output_audio.delta", CloseWith(1011, "keepalive"), nth=2)
    async with RealtimeServer(faulty(fault)) as server, talker(server) as client:
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        with pytest.raises(ConnectionClosed) as closed:
            await client.until("response.output_audio.delta")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011


async def test_a_half_open_connection_answers_nothing_not_even_a_ping() -> None:
    fault = Fault("received", "input_audio_buffer.clear", Act.FREEZE)
    async with RealtimeServer(faulty(fault)) as server, talker(server) as client:
        pong = await client.socket.ping()
        await asyncio.wait_for(pong, 5)
        await client.send("input_audio_buffer.clear")
        await (await server.session(0)).until(lambda r: r.count("input_audio_buffer.clear") == 1)
        silent = await client.socket.ping()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(silent, 0.2)
        client.socket.transport.abort()


async def flood(client: Talker) -> None:
    for _ in range(500):
        await client.send("input_audio_buffer.append", audio=silence(10_000))


async def test_a_slow_reader_makes_the_sender_wait() -> None:
    fault = Fault("received", "input_audio_buffer.append", Wait(30), nth=1)
    async with RealtimeServer(faulty(fault)) as server, talker(server) as client:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(flood(client), 0.5)
        client.socket.transport.abort()


@pytest.mark.parametrize(
    "behaviour", [Behaviour(handshake_delay_s=0.2), Behaviour(created_delay_s=0.2)]
)
async def test_the_greeting_comes_as_late_as_wanted(behaviour: Behaviour) -> None:
    began = time.monotonic()
    async with RealtimeServer(behaviour) as server, openai_client(server) as client:
        await client.recv()
        assert time.monotonic() - began >= 0.2


# Events.


async def test_unknown_and_duplicate_events_reach_the_client() -> None:
    faults = (
        Fault("before", "input_audio_buffer.cleared", Inject({"type": "no.such", "x": 1})),
        Fault("before", "input_audio_buffer.cleared", Act.DUPLICATE),
    )
    async with RealtimeServer(faulty(*faults)) as server, openai_client(server) as client:
        await client.input_audio_buffer.clear()
        events = await received_until(client, "input_audio_buffer.cleared", times=2)
        assert [str(event.type) for event in events[1:]] == ["no.such", *[events[-1].type] * 2]
        assert events[-1] == events[-2]


async def test_an_event_can_be_lost_either_way() -> None:
    faults = (
        Fault("before", "input_audio_buffer.cleared", Act.LOSE),
        Fault("received", "input_audio_buffer.clear", Act.LOSE, nth=2),
    )
    async with RealtimeServer(faulty(*faults)) as server, talker(server) as client:
        for _ in range(3):
            await client.send("input_audio_buffer.clear")
        await client.until("input_audio_buffer.cleared")
        record = await server.session(0)
    assert record.count("input_audio_buffer.clear") == 3
    assert record.count("input_audio_buffer.cleared") == 1


async def test_any_client_event_can_be_refused_with_any_code() -> None:
    refuse = Refuse("rate_limit_exceeded", "Slow down.", "rate_limit_error")
    fault = Fault("received", "response.create", refuse, nth=None)
    async with RealtimeServer(faulty(fault)) as server, talker(server) as client:
        for _ in range(2):
            error = await client.error_of("response.create")
            assert (error["code"], error["type"]) == ("rate_limit_exceeded", "rate_limit_error")
        assert (await server.session(0)).responses == []


async def test_a_fault_of_the_mock_itself_fails_the_test() -> None:
    def broken(prompt: Prompt) -> str:
        raise RuntimeError("a bug in the answer")

    server = RealtimeServer(Behaviour(answer=broken))
    await server.__aenter__()
    async with talker(server) as client:
        await client.send("response.create")
        with pytest.raises(ConnectionClosed):
            await client.until("response.done")
    with pytest.raises(ExceptionGroup, match="the mock server failed"):
        await server.__aexit__(None, None, None)


async def test_the_command_line_serves_and_prints_its_url() -> None:

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.sim.realtime_server", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        url = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()

        key = {"Authorization": "Bearer sk-test"}
        async with connect(f"{url}/realtime?model={MODEL}", additional_headers=key) as socket:
            assert json.loads(await socket.recv())["type"] == "session.created"
            await socket.send(
                json.dumps({"type": "input_audio_buffer.append", "audio": base64_of(WORDS[:1])})
            )
    finally:
        process.terminate()
        await process.wait()
