"""A witness: stands between a test and a session, keeps every event, and judges it by the rules."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest

from roomhand_plugins.base import (
    SAMPLE_RATE,
    Capabilities,
    Event,
    ReplyDone,
    ReplyRequest,
    Session,
    Transcript,
    TurnFailed,
    TurnId,
)
from roomhand_plugins.conformance.rules import EventRules, TurnInput, brief

EventT = TypeVar("EventT")
CHUNK_BYTES = SAMPLE_RATE // 50 * 2
"""20 ms of audio."""


class Witness:
    """Makes the calls on ``session`` that the rules must know of, and reads its events.

    ``wait_s`` bounds every wait; a wait in vain fails the test and says what came instead.
    """

    def __init__(self, session: Session, capabilities: Capabilities, wait_s: float) -> None:
        self.session = session
        self.rules = EventRules(capabilities)
        self.events: list[Event] = []
        self.ended = False
        self._wait_s = wait_s
        self._news = asyncio.Event()
        self._reader = asyncio.create_task(self._read(), name="conformance-witness")

    async def begin_turn(self, turn_id: TurnId) -> None:
        """As the session's."""
        self.rules.begun(turn_id)
        await self.session.begin_turn(turn_id)

    async def send_audio(self, pcm: bytes) -> None:
        """As the session's."""
        self.rules.sent(pcm)
        await self.session.send_audio(pcm)

    async def end_turn(self, turn_id: TurnId) -> None:
        """As the session's."""
        self.rules.told(turn_id, TurnInput.END)
        await self.session.end_turn(turn_id)

    async def discard_turn(self, turn_id: TurnId) -> None:
        """As the session's. Noted afterwards: what came before it returned was still allowed."""
        await self.session.discard_turn(turn_id)
        self.rules.told(turn_id, TurnInput.DISCARD)

    async def reply(self, request: ReplyRequest) -> None:
        """As the session's."""
        self.rules.asked(request.reply_id)
        await self.session.reply(request)

    async def say(self, turn_id: TurnId, pcm: bytes) -> None:
        """One whole turn, in chunks of 20 ms, as fast as the session takes it."""
        await self.begin_turn(turn_id)
        for start in range(0, len(pcm), CHUNK_BYTES):
            await self.send_audio(pcm[start : start + CHUNK_BYTES])
        await self.end_turn(turn_id)

    async def settled(self, turn_id: TurnId) -> Transcript | TurnFailed:
        """The one outcome of a turn that was ended."""
        return await self.until(
            (Transcript, TurnFailed),
            lambda event: (
                event.turn_id == turn_id and (isinstance(event, TurnFailed) or event.final)
            ),
        )

    async def done(self, reply_id: str) -> ReplyDone:
        """The end of a reply."""
        return await self.until(ReplyDone, lambda event: event.reply_id == reply_id)

    async def until(
        self,
        kind: type[EventT] | tuple[type[EventT], ...],
        found: Callable[[EventT], bool] = lambda event: True,
    ) -> EventT:
        """The first event of this kind, past or to come, that ``found`` accepts."""
        sought = getattr(kind, "__name__", None) or "outcome of the turn"
        seen = 0
        try:
            async with asyncio.timeout(self._wait_s):
                while True:
                    for event in self.events[seen:]:
                        if isinstance(event, kind) and found(event):
                            return event
                    seen = len(self.events)
                    if self.ended:
                        pytest.fail(f"the events ended without {sought}; {self.story()}")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pytest.fail(f"no {sought} within {self._wait_s} s; {self.story()}")

    async def until_ended(self) -> None:
        """Wait until the iterator of events is over."""
        done, _ = await asyncio.wait({self._reader}, timeout=self._wait_s)
        if not done:
            pytest.fail(f"the events did not end within {self._wait_s} s; {self.story()}")
        self._reader.result()

    async def leave(self) -> None:
        """Stop reading, whatever the session does."""
        self._reader.cancel()
        await asyncio.wait({self._reader})

    def of(self, kind: type[EventT]) -> list[EventT]:
        """All events of this kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def story(self) -> str:
        """The events so far, for a message."""
        return "events so far: " + (", ".join(map(brief, self.events[-20:])) or "none")

    async def _read(self) -> None:
        try:
            async for event in self.session.events():
                self.events.append(event)
                self.rules.see(event)
                self._news.set()
            self.rules.end()
        finally:
            self.ended = True
            self._news.set()
