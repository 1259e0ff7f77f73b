"""Opening: a session, or one clear refusal within the time-out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from roomhand_plugins.base import PluginError, SessionRefusedError, SessionSetup, Token
from roomhand_plugins.openai import OpenAIPlugin
from tests.plugins.openai.room import SETUP, plugin_for
from tests.sim.realtime_server import (
    Act,
    Behaviour,
    CloseWith,
    Fault,
    RealtimeServer,
    Refusal,
    Refuse,
)
from tests.sim.servers import free_port

pytestmark = pytest.mark.unit


async def _refused(plugin: OpenAIPlugin) -> SessionRefusedError:
    with pytest.raises(SessionRefusedError) as caught:
        await plugin.open(SETUP)
    await plugin.close()
    return caught.value


@pytest.mark.parametrize(
    ("behaviour", "retryable", "said"),
    [
        (Behaviour(api_keys=["other"]), False, "Check the key"),
        (Behaviour(refusal=Refusal(429, "insufficient_quota", "Pay.")), False, "429: Pay."),
        (Behaviour(refusal=Refusal(429, "rate_limit_exceeded", "Slow.")), True, "429: Slow."),
        (Behaviour(refusal=Refusal(503, "overloaded", "Busy.")), True, "503"),
        (Behaviour(refusal=Refusal(404, "model_not_found", "No.")), False, "base_url and model"),
        (Behaviour(refusal=Refusal(after_upgrade=True)), False, "invalid_api_key"),
        (
            Behaviour(faults=(Fault("received", "session.update", Refuse("invalid_value")),)),
            False,
            "invalid_value",
        ),
        (
            Behaviour(faults=(Fault("received", "session.update", Act.DROP),)),
            True,
            "connection broke",
        ),
        (
            Behaviour(faults=(Fault("before", "session.created", CloseWith(1013, "later")),)),
            True,
            "1013 later",
        ),
    ],
)
async def test_a_refusal_says_why_and_whether_to_try_again(
    behaviour: Behaviour, retryable: bool, said: str
) -> None:
    """By HTTP answer, by error event, or by a closed socket."""
    async with RealtimeServer(behaviour) as server:
        error = await _refused(plugin_for(server))

    assert error.retryable is retryable
    assert said in str(error)


async def test_the_time_to_wait_is_handed_on() -> None:
    """As the service asks."""
    refusal = Refusal(429, "rate_limit_exceeded", "Slow.", retry_after_s=7)
    async with RealtimeServer(Behaviour(refusal=refusal)) as server:
        error = await _refused(plugin_for(server))

    assert error.retry_after_s == 7


async def test_nobody_listening_is_worth_another_try() -> None:
    """The network, not the key."""
    error = await _refused(
        OpenAIPlugin({"base_url": f"ws://127.0.0.1:{free_port()}/v1"}, environ={})
    )

    assert error.retryable
    assert "cannot connect" in str(error)


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(faults=(Fault("before", "session.created", Act.FREEZE),)),
        Behaviour(faults=(Fault("received", "session.update", Act.LOSE),)),
    ],
)
async def test_opening_never_takes_longer_than_its_time_out(behaviour: Behaviour) -> None:
    """In whichever step the service falls silent; nothing is left running."""
    async with RealtimeServer(behaviour) as server:
        plugin = plugin_for(server, connect_timeout_s=0.3)
        began = time.monotonic()
        with pytest.raises(SessionRefusedError, match=r"within 0\.3 s") as caught:
            await plugin.open(SETUP)
        took = time.monotonic() - began
        await plugin.close()

    assert caught.value.retryable
    assert took < 1.0
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("openai")]


async def test_a_port_that_never_answers_is_left_in_time() -> None:
    """Before the upgrade."""
    over = asyncio.Event()

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_server(silence, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        plugin = OpenAIPlugin({"base_url": url, "connect_timeout_s": 0.2}, environ={})
        error = await _refused(plugin)
        over.set()

    assert error.retryable
    assert "within 0.2 s" in str(error)


async def test_a_server_that_is_no_realtime_server_is_a_refusal() -> None:
    """An HTTP server that answers 200, and one that talks nonsense."""

    async def nonsense(reader: Any, writer: Any) -> None:
        writer.write(b"SSH-2.0-x\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(nonsense, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        plugin = OpenAIPlugin({"base_url": f"ws://127.0.0.1:{port}/v1"}, environ={})
        error = await _refused(plugin)

    assert "cannot connect" in str(error)


async def test_a_handshake_of_seconds_costs_only_time() -> None:
    """Within the time-out it opens."""
    async with RealtimeServer(Behaviour(handshake_delay_s=0.3)) as server:
        plugin = plugin_for(server)
        session = await plugin.open(SETUP)
        await plugin.close()

    assert session.closed is not None
    assert server.sessions[0].authorization == "Bearer sk-test"


async def test_an_opening_that_is_cancelled_leaves_no_socket() -> None:
    """The job changed its mind."""
    async with RealtimeServer(
        Behaviour(faults=(Fault("received", "session.update", Act.LOSE),))
    ) as server:
        plugin = plugin_for(server)
        opening = asyncio.create_task(plugin.open(SETUP))
        record = await server.session(0)
        await record.until(lambda seen: bool(seen.received))
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await plugin.close()
        await record.until(lambda seen: seen.ended)


async def test_headers_and_query_reach_the_service_and_the_environment_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Gateways need them; other variables of the package are not ours to obey."""
    monkeypatch.setenv("OPENAI_ORG_ID", "org-ambient")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    seen: list[Any] = []

    async def answer(socket: ServerConnection) -> None:
        seen.append(socket.request)
        await socket.recv()
        await socket.send('{"type": "session.updated", "session": {"type": "realtime"}}')
        await socket.wait_closed()

    async with _speaking(answer) as url:
        options = {"headers": {"x-tenant": "t"}, "query": {"deployment": "d"}, "model": "m"}
        plugin = OpenAIPlugin({"base_url": url, **options}, environ={})
        await plugin.open(SETUP)
        await plugin.close()

    assert seen[0].path == "/v1/realtime?model=m&deployment=d"
    assert seen[0].headers["x-tenant"] == "t"
    assert "OpenAI-Organization" not in seen[0].headers
    assert "OpenAI-Beta" not in seen[0].headers


def _speaking(answer: Callable[[ServerConnection], Awaitable[None]]) -> Any:
    """A server that says only what the test says."""
    port = free_port()

    class _Server:
        async def __aenter__(self) -> str:
            self._server = await serve(answer, "127.0.0.1", port)
            return f"http://127.0.0.1:{port}/v1"

        async def __aexit__(self, *_: object) -> None:
            self._server.close()
            await self._server.wait_closed()

    return _Server()


async def test_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """Not even where everything is logged."""
    with caplog.at_level(logging.DEBUG):
        async with RealtimeServer() as server:
            plugin = plugin_for(server, api_key="sk-hush-hush")
            await plugin.open(SETUP)
            await plugin.close()
    ours = [r for r in caplog.records if not r.name.startswith("websockets.server")]

    assert not [record for record in ours if "sk-hush" in record.getMessage()]


async def test_what_cannot_be_done_is_refused_in_words() -> None:
    """Nothing can be resumed; a closed plugin opens nothing."""
    async with RealtimeServer() as server:
        plugin = plugin_for(server)
        with pytest.raises(PluginError, match="Give the history instead"):
            await plugin.open(SETUP, Token("x", 1.0))
        await plugin.close()
        await plugin.close()
        with pytest.raises(PluginError, match="is closed"):
            await plugin.open(SessionSetup(instructions=""))
