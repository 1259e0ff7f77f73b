"""The socket of one session, with the faults of its behaviour."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from tests.sim.realtime.behaviour import Act, Action, CloseWith, Fault, Inject, Refuse, Wait
from tests.sim.realtime.record import SessionRecord
from tests.sim.realtime.wire import JSON, ClientError, checked

_TIMES = {Act.LOSE: 0, Act.DUPLICATE: 2}


class Link:
    """Sends server events and lets faults happen at the events that they name."""

    def __init__(
        self, connection: ServerConnection, faults: tuple[Fault, ...], record: SessionRecord
    ) -> None:
        self._connection = connection
        self._faults = faults
        self._record = record
        self._numbers = itertools.count(1)
        self._passed: Counter[tuple[str, str]] = Counter()

    async def emit(self, type_: str, /, **fields: Any) -> None:
        """Send one event, checked against the types of the ``openai`` package."""
        event_id = f"event_{self._record.index:03}{next(self._numbers):06}"
        event = checked({"type": type_, "event_id": event_id, **fields})
        times = 1
        for action in self._due("before", type_):
            times = _TIMES.get(action, times) if isinstance(action, Act) else times
            await self._act(action)
        for _ in range(times):
            await self._send(event)
        for action in self._due("after", type_):
            await self._act(action)

    async def refuse(self, error: ClientError, event_id: str | None) -> None:
        """Tell the client what was wrong with its event."""
        body = {"type": error.kind, "code": error.code, "message": error.message}
        await self.emit("error", error=body | {"param": error.param, "event_id": event_id})

    async def received(self, event: JSON) -> bool:
        """Let faults happen; False means that the event must not be handled."""
        self._record.note_received(event)
        handle = True
        for action in self._due("received", event["type"]):
            if isinstance(action, Refuse):
                raise ClientError(action.code, action.message, kind=action.kind)
            handle = handle and action is not Act.LOSE
            await self._act(action)
        return handle

    async def close(self, code: int, reason: str) -> None:
        """Close the socket properly."""
        await self._connection.close(code, reason)

    def _due(self, when: Literal["received", "before", "after"], type_: str) -> Iterator[Action]:
        for name in (type_, "*"):
            self._passed[when, name] += 1
        for fault in self._faults:
            number = self._passed[when, fault.event]
            if fault.when == when and fault.event in (type_, "*") and fault.nth in (None, number):
                yield fault.action

    async def _act(self, action: Action) -> None:
        if isinstance(action, Wait):
            await asyncio.sleep(action.seconds)
        elif isinstance(action, Inject):
            await self._send(dict(action.event))
        elif isinstance(action, CloseWith):
            await self._connection.close(action.code, action.reason)
        elif action is Act.DROP:
            self._connection.transport.abort()
            await self._connection.wait_closed()
        elif action is Act.FREEZE:
            self._connection.transport.pause_reading()
            await asyncio.Event().wait()

    async def _send(self, event: JSON) -> None:
        if self._connection.state is State.OPEN:
            self._record.note_sent(event)
        await self._connection.send(json.dumps(event))
