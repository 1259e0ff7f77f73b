"""One session on the strict server, with a reader that keeps every event."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from roomhand_plugins.base import Event, ReplyDone, ReplyRequest, SessionSetup
from roomhand_plugins.openai import OpenAIPlugin
from roomhand_plugins.openai.session import OpenAISession
from tests.sim.realtime_server import Behaviour, RealtimeServer, SessionRecord
from tests.sim.tones import encode_text

EventT = TypeVar("EventT")
WAIT_S = 10.0
SETUP = SessionSetup(instructions="Be brief.", speaker="Ada", names=("Sage",))


def plugin_for(server: RealtimeServer, **options: Any) -> OpenAIPlugin:
    """A plugin whose service is the strict server."""
    return OpenAIPlugin({"base_url": server.url, "api_key": "sk-test", **options}, environ={})


class Room:
    """A session, its events, and the server's record of it."""

    def __init__(self, plugin: OpenAIPlugin, session: OpenAISession, record: SessionRecord) -> None:
        self.plugin = plugin
        self.session = session
        self.record = record
        self.events: list[Event] = []
        self._news = asyncio.Event()
        self.reader = asyncio.create_task(self._read())

    async def say(self, turn_id: str, words: str) -> None:
        """One whole turn."""
        await self.session.begin_turn(turn_id)
        await self.session.send_audio(encode_text(words).tobytes())
        await self.session.end_turn(turn_id)

    async def ask(self, reply_id: str) -> None:
        """Ask for a reply."""
        await self.session.reply(ReplyRequest(reply_id=reply_id))

    async def until(
        self, kind: type[EventT], found: Callable[[EventT], bool] = lambda event: True
    ) -> EventT:
        """The first such event. Raises TimeoutError."""
        async with asyncio.timeout(WAIT_S):
            while True:
                for event in self.events:
                    if isinstance(event, kind) and found(event):
                        return event
                self._news.clear()
                await self._news.wait()

    async def done(self, reply_id: str) -> ReplyDone:
        """The end of a reply."""
        return await self.until(ReplyDone, lambda event: event.reply_id == reply_id)

    def of(self, kind: type[EventT]) -> list[EventT]:
        """All such events so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def received(self, type_: str) -> list[Any]:
        """What the server received of one type."""
        return [seen.event for seen in self.record.received if seen.type == type_]

    async def _read(self) -> None:
        async for event in self.session.events():
            self.events.append(event)
            self._news.set()


@asynccontextmanager
async def room(
    behaviour: Behaviour | None = None, setup: SessionSetup = SETUP, **options: Any
) -> AsyncIterator[Room]:
    """An open session; everything is closed at the end."""
    async with RealtimeServer(behaviour) as server:
        plugin = plugin_for(server, **options)
        opened = Room(plugin, await plugin.open(setup), await server.session(0))
        try:
            yield opened
        finally:
            await plugin.close()
            async with asyncio.timeout(WAIT_S):
                await opened.reader
