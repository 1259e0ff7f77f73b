"""With a chat endpoint the meeting goes there as an attributed record, and sentences come back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from roomhand_plugins.base import Role, TextTurn
from roomhand_plugins.local.brain import Question
from roomhand_plugins.local.chat import Chat, ChatError
from roomhand_plugins.local.options import read_options

pytestmark = pytest.mark.unit

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
QUESTION = Question(
    "what did martin say",
    "Laura",
    (
        TextTurn(turn_id="1", role=Role.PERSON, speaker="Martin", text="it\nrains", at_ms=61_000),
        TextTurn(turn_id="2", role=Role.AGENT, speaker="", text="I see", at_ms=62_500),
    ),
)


def words(*pieces: str) -> bytes:
    """An event stream, as OpenAI-compatible servers write it."""
    lines = [b": comment\n\n", b'data: {"choices": []}\n\n']
    for piece in pieces:
        chunk = json.dumps({"choices": [{"delta": {"content": piece}}]})
        lines.append(f"data: {chunk}\n\n".encode())
    return b"".join([*lines, b"data: [DONE]\n\n"])


@asynccontextmanager
async def endpoint(handler: Handler, **options: Any) -> AsyncIterator[Chat]:
    """A chat that talks to ``handler`` over a real socket."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", handler)
    async with TestServer(app) as server:
        url = str(server.make_url("/v1/"))
        chat = Chat(read_options({"chat_url": url, "chat_model": "small", **options}))
        try:
            yield chat
        finally:
            await chat.close()


async def sentences(chat: Chat) -> list[str]:
    """The whole answer."""
    return [sentence async for sentence in chat.sentences(QUESTION, "Be kind.")]


async def test_the_record_names_every_speaker_and_time() -> None:
    """Line breaks in what was said cannot make a line of their own."""
    bodies: list[Any] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        bodies.append((await request.json(), request.headers.get("Authorization")))
        return web.Response(body=words("Fine."))

    async with endpoint(handler, chat_api_key="secret") as chat:
        await sentences(chat)

    body, key = bodies[0]
    assert (body["model"], body["stream"], key) == ("small", True, "Bearer secret")
    system, user = (message["content"] for message in body["messages"])
    assert system.startswith("Be kind.")
    assert "[01:01] Martin: it rains\n[01:02] you: I see\n" in user
    assert user.endswith("Laura asks: what did martin say")


async def test_sentences_come_as_soon_as_they_are_whole() -> None:
    """The first is spoken while the rest is being written."""
    second = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(
            words("Martin sa", "id it ", "rains. And").removesuffix(b"data: [DONE]\n\n")
        )
        await second.wait()
        await response.write(words(" more."))
        return response

    async with endpoint(handler) as chat:
        answer = chat.sentences(QUESTION, "")
        assert await anext(answer) == "Martin said it rains."
        second.set()
        assert [sentence async for sentence in answer] == ["And more."]


def answering(**response: Any) -> Handler:
    """A server that always answers the same."""

    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(**response)

    return handler


@pytest.mark.parametrize(
    ("handler", "says"),
    [
        (answering(status=401), "answered 401"),
        (answering(body=b"data: nonsense\n\n"), "JSONDecodeError"),
        (answering(body=b'data: {"error": {}}\n\n'), "KeyError"),
        (answering(body=words()), "without words"),
        (answering(body=b"data: " + b"x" * (1 << 22)), "LineTooLong"),
    ],
)
async def test_a_bad_answer_is_an_error_that_says_why(handler: Handler, says: str) -> None:
    """Never an empty or made-up reply."""
    async with endpoint(handler) as chat:
        with pytest.raises(ChatError, match=says):
            await sentences(chat)


async def test_a_silent_endpoint_is_given_up() -> None:
    """The time-out counts from asking to the end of the answer."""
    never = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    async with endpoint(handler, chat_timeout_s=0.05) as chat:
        with pytest.raises(ChatError, match=r"longer than 0\.05 s"):
            await sentences(chat)
        never.set()


async def test_an_endpoint_that_is_not_there_is_an_error() -> None:
    """Connection refused is told as such."""
    gone = Chat(read_options({"chat_url": "http://127.0.0.1:9/v1", "chat_model": "m"}))
    with pytest.raises(ChatError, match="ClientConnectorError"):
        await sentences(gone)
    await gone.close()
