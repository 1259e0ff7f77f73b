"""What LiveKit's admin client makes of answers that a real livekit-server gives seldom or never."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from livekit import api

from roomhand.admin import LiveKitAdmin, livekit_admin
from roomhand.errors import LiveKitError
from roomhand.settings import Settings

pytestmark = pytest.mark.unit

Answer = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def asking(answer: Answer) -> AsyncIterator[LiveKitAdmin]:
    """Of something that answers every call in this way."""
    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings = Settings(
        livekit_url=f"ws://127.0.0.1:{runner.addresses[0][1]}",
        livekit_api_key="key",
        livekit_api_secret="secret-0123456789-0123456789-0123456789",  # type: ignore[arg-type]
    )
    async with livekit_admin(settings, timeout_s=5) as admin:
        yield admin
    await runner.cleanup()


def message(found: api.ListAgentDispatchResponse | api.AgentDispatch) -> web.Response:
    """As livekit-server answers."""
    return web.Response(body=found.SerializeToString(), content_type="application/protobuf")


MISSING = {"code": "not_found", "msg": "requested resource does not exist"}


async def test_dispatches_that_another_withdraws_first_are_no_error() -> None:
    """Those after them are withdrawn all the same."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/ListDispatch"):
            told = json.dumps({"agent": "sage"})
            two = [
                api.AgentDispatch(id=name, agent_name="roomhand", metadata=told)
                for name in ("AD_gone", "AD_there")
            ]
            return message(api.ListAgentDispatchResponse(agent_dispatches=two))
        asked.append(api.DeleteAgentDispatchRequest.FromString(await request.read()).dispatch_id)
        if asked[-1] == "AD_gone":
            return web.json_response(MISSING, status=404)
        return message(api.AgentDispatch(id=asked[-1]))

    async with asking(answer) as admin:
        await admin.remove_dispatches("room", "sage")
    assert asked == ["AD_gone", "AD_there"]


@pytest.mark.parametrize(
    "page",
    [
        lambda: web.Response(text="<html>Sign in</html>", content_type="text/html"),
        lambda: web.json_response(["no", "object"], status=404),
        lambda: web.json_response(None, status=503),
    ],
)
async def test_what_is_no_livekit_server_is_told_so(page: Callable[[], web.Response]) -> None:
    """A page of a proxy, or an error in words of its own."""

    async def answer(_: web.Request) -> web.Response:
        return page()

    async with asking(answer) as admin:
        with pytest.raises(LiveKitError, match="is no livekit-server"):
            await admin.room_exists("room")


async def test_a_room_that_is_gone_has_no_dispatches_to_withdraw() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(MISSING, status=404)

    async with asking(answer) as admin:
        await admin.remove_dispatches("room", "sage")
