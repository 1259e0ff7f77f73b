"""What happens to the floor of a room from now on, by pub/sub.

A message may be lost, so nobody relies on one: who waits or speaks asks again anyway, and a watcher
looks again every second. A message only makes it sooner.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio.client import PubSub

from roomhand.coordination.connection import reported
from roomhand.coordination.floor import FloorStore
from roomhand.coordination.floor_view import FloorView
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Scripts
from roomhand.turns.floor_event import Event

LOOK_AGAIN_S = 1.0


class FloorChannel:
    """The news of one room's floor. Every method raises RedisError where the way is lost."""

    def __init__(self, scripts: Scripts, keys: RoomKeys) -> None:
        self._client = scripts.client
        self._channel = keys.floor_events

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[Event]]:
        """Events from now on, without end. Inside the block the subscription is in effect."""
        async with self._subscribed() as pubsub:

            async def events() -> AsyncIterator[Event]:
                while True:
                    event = await _next(pubsub)
                    if event is not None:
                        yield event

            yield events()

    @asynccontextmanager
    async def watch(self, store: FloorStore) -> AsyncIterator[AsyncIterator[FloorView]]:
        """The floor now, and then whenever it has changed: holder, queue with positions and
        reasons, who speaks, held or not. Without end."""
        async with self._subscribed() as pubsub:

            async def views() -> AsyncIterator[FloorView]:
                shown = None
                while True:
                    view = await store.view()
                    if view.standing != shown:
                        shown = view.standing
                        yield view
                    await _next(pubsub)

            yield views()

    @asynccontextmanager
    async def _subscribed(self) -> AsyncIterator[PubSub]:
        pubsub = self._client.pubsub(ignore_subscribe_messages=True)
        try:
            with reported():
                await pubsub.subscribe(self._channel)
                # The confirmation, without which an event of this moment could be missed.
                await pubsub.get_message(timeout=LOOK_AGAIN_S)
            yield pubsub
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]


async def _next(pubsub: PubSub) -> Event | None:
    """The next event, or None when none comes for a while."""
    with reported():
        message = await pubsub.get_message(timeout=LOOK_AGAIN_S)
    return Event.from_json(message["data"]) if message is not None else None
