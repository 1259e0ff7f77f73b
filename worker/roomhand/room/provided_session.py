"""A session that reports what came of it to the circuit of its provider."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from roomhand_plugins.base import (
    Closed,
    ClosingSoon,
    Event,
    Heard,
    ReplyAudio,
    ReplyRequest,
    Session,
    TextTurn,
    Tool,
    Transcript,
    TurnCommitted,
    TurnFailed,
    TurnId,
)

NOT_ITS_FAULT = frozenset({"closed", "expired"})
CHANGE_S = 30.0
"""For a boundary, and for what the stand-in has still to finish."""
DEAD = Closed("lost", True, "it answered nothing")
Outcome: TypeAlias = Callable[[Closed | None], None]
"""Told once. None: the session did real work; else why it ended without, and whose wish it was. A
refusal is told after real work, too: the next session would be refused as well."""


class ProvidedSession:
    """As ``base.Session``. With ``return_s`` it announces its end after that time: what it stands
    in for may have recovered. Whether another one helps is known to whoever opens them, and there
    may be others of the chain: no end of this one is final."""

    def __init__(self, session: Session, outcome: Outcome, *, return_s: float | None) -> None:
        self._session = session
        self._outcome = outcome
        self._told = False
        self._return_s = return_s
        self._owes = False

    async def send_audio(self, pcm: bytes) -> None:
        """As ``base.Session``."""
        await self._session.send_audio(pcm)

    async def begin_turn(self, turn_id: TurnId) -> None:
        """As ``base.Session``."""
        await self._session.begin_turn(turn_id)

    async def end_turn(self, turn_id: TurnId) -> None:
        """As ``base.Session``; from here on it owes something."""
        self._owes = True
        await self._session.end_turn(turn_id)

    async def discard_turn(self, turn_id: TurnId) -> None:
        """As ``base.Session``."""
        await self._session.discard_turn(turn_id)

    async def add_text(self, turn: TextTurn, after: TurnId | None = None) -> None:
        """As ``base.Session``."""
        await self._session.add_text(turn, after)

    async def reply(self, request: ReplyRequest) -> None:
        """As ``base.Session``; from here on it owes something."""
        self._owes = True
        await self._session.reply(request)

    async def cancel_reply(self, reply_id: str, heard: Heard) -> None:
        """As ``base.Session``."""
        await self._session.cancel_reply(reply_id, heard)

    async def answer_tool(self, call_id: str, output: str) -> None:
        """As ``base.Session``."""
        await self._session.answer_tool(call_id, output)

    async def update(
        self, *, instructions: str | None = None, tools: Sequence[Tool] | None = None
    ) -> None:
        """As ``base.Session``."""
        await self._session.update(instructions=instructions, tools=tools)

    async def events(self) -> AsyncIterator[Event]:
        """As ``base.Session``."""
        source = self._session.events()
        if self._return_s is not None:
            source = _until_return(source, self._return_s)
        async for event in source:
            self._judge(event)
            yield replace(event, retryable=True) if isinstance(event, Closed) else event

    async def close(self) -> None:
        """As ``base.Session``. Left while it owed something, it was open and dead."""
        if self._owes:
            self._tell(DEAD)
        await self._session.close()

    def _judge(self, event: Event) -> None:
        match event:
            case TurnCommitted() | TurnFailed():
                return
            case Transcript() | ReplyAudio():
                self._owes = False
                self._tell(None)
            case Closed():
                self._tell(event)

    def _tell(self, closed: Closed | None) -> None:
        refused = closed is not None and not closed.retryable
        if refused or not self._told:
            self._told = True
            self._outcome(closed)


async def _until_return(events: AsyncIterator[Event], return_s: float) -> AsyncIterator[Event]:
    """All of them, and after that time that the session will end."""
    source = aiter(events)
    coming = asyncio.ensure_future(anext(source, None))
    due_s = asyncio.get_running_loop().time() + return_s
    told = False
    try:
        while True:
            left_s = max(0.0, due_s - asyncio.get_running_loop().time())
            await asyncio.wait({coming}, timeout=None if told else left_s)
            if not coming.done():
                told = True
                yield ClosingSoon(CHANGE_S)
                continue
            event = coming.result()
            if event is None:
                return
            coming = asyncio.ensure_future(anext(source, None))
            yield event
    finally:
        coming.cancel()
        await asyncio.wait({coming})
