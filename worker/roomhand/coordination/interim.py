"""Interim text on Redis pub/sub: for who listens now, never kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from roomhand.attribution.segments import Segment
from roomhand.coordination.connection import reported
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.scripts import Scripts

_WAIT_S = 1.0


class InterimChannel:
    """The interim text of one room. Redis itself drops a listener that does not keep up."""

    def __init__(self, scripts: Scripts, keys: RoomKeys) -> None:
        self._client = scripts.client
        self._channel = keys.interim

    async def publish(self, segment: Segment) -> int:
        """Tell everybody who listens, and return how many. Raises RedisError without an answer."""
        with reported():
            return int(await self._client.publish(self._channel, segment.to_json()))

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[Segment]]:
        """Segments from now on, without end. Inside the block the subscription is in effect.

        Raises RedisError where the connection is lost.
        """
        pubsub = self._client.pubsub(ignore_subscribe_messages=True)
        try:
            with reported():
                await pubsub.subscribe(self._channel)
                # The confirmation, without which a segment published now could be missed.
                await pubsub.get_message(timeout=_WAIT_S)

            async def segments() -> AsyncIterator[Segment]:
                while True:
                    with reported():
                        message = await pubsub.get_message(timeout=_WAIT_S)
                    if message is not None:
                        yield Segment.from_json(message["data"])

            yield segments()
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]
