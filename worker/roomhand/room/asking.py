"""One agent's side of the floor: asks, waits for the grant, keeps it alive, learns that it is gone.

A message of the floor's channel wakes it; a poll behind the messages finds what one of them lost.
What counts is the answer of a script, never a message: but for a revoke, which closes the gate in
the moment it is told.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import uuid4

from roomhand.clock import own_now_s
from roomhand.coordination.floor import FloorStore, Gone, Grant, Queued
from roomhand.coordination.floor_channel import FloorChannel
from roomhand.coordination.keeper import LeaseKeeper
from roomhand.errors import RedisError, RoomhandError
from roomhand.turns.floor_event import Event
from roomhand.turns.floor_request import FloorRequest, Status, Why
from roomhand.turns.gate import PublishGate

logger = logging.getLogger(__name__)

POLL_S = 0.15
"""Between two looks while waiting. A request that is not repeated for two seconds is dropped."""
RENEW_S = 0.5
"""Between two renewals while holding, at most: how late a revoke is seen whose message was lost."""
LISTEN_AGAIN_S = 0.5
ASK_ANEW = frozenset({Why.NOT_ASKED_AGAIN, Why.NOT_RENEWED})
"""The process, or Redis, stood still: the wish is as good as before."""


class Place(StrEnum):
    """Where the agent stands with the floor."""

    IDLE = "idle"
    QUEUED = "queued"
    HOLDING = "holding"


@dataclass(frozen=True, slots=True)
class FloorPlace:
    """``position`` counts from 1 while queued, else it is 0."""

    place: Place
    position: int = 0


IDLE = FloorPlace(Place.IDLE)


class Asking:
    """One per job; ``run`` listens beside it. One request at a time: a newer one would take the
    place of the older."""

    def __init__(
        self,
        *,
        store: FloorStore,
        channel: FloorChannel,
        lease: LeaseKeeper,
        gate: PublishGate,
        renew_s: float = RENEW_S,
        now: Callable[[], float] = own_now_s,
    ) -> None:
        self._store = store
        self._channel = channel
        self._lease = lease
        self._gate = gate
        self._renew_s = renew_s
        self._now = now
        self._news = asyncio.Event()
        self._revoked: Event | None = None
        self._begun = False
        self.place = IDLE
        """Where the agent stands now."""

    def look(self) -> None:
        """Something has changed that may end the waiting: look now, not at the next poll."""
        self._news.set()

    def begin(self) -> None:
        """The first audio under the grant has been played: from now on the longest talk runs."""
        self._begun = True
        self._news.set()

    async def ask(self, request: FloorRequest, wanted: Callable[[], bool]) -> Grant | Gone | None:
        """Wait for the floor, for as long as it is ``wanted`` and the request is worth it.

        A grant opens the gate. Gone: the floor refused, or the wait was too long. None: it was
        not wanted any more, and is out of the queue. Cancelled, it leaves the queue too.
        """
        began_s, current = self._now(), request
        granted: Grant | None = None
        try:
            while wanted():
                self._news.clear()
                answer = await self._try(current)
                waited_ms = round((self._now() - began_s) * 1000)
                left_ms = request.worth_ms - waited_ms
                if isinstance(answer, Grant) and answer.is_valid(self._now()):
                    if not wanted():
                        break
                    granted = answer
                    return self._take(answer)
                if left_ms <= 0:
                    return Gone(Status.EXPIRED, Why.NOT_WORTH_IT)
                if isinstance(answer, Gone):
                    if answer.why not in ASK_ANEW:
                        return answer
                    current = replace(
                        request,
                        id=uuid4().hex,
                        waited_ms=request.waited_ms + waited_ms,
                        worth_ms=left_ms,
                    )
                    continue
                await self._woken(min(POLL_S, left_ms / 1000))
            return None
        finally:
            if granted is None:
                await self._leave(current.id)

    async def keep(self, grant: Grant) -> Gone:
        """Renew a grant until it is gone, and tell why. The gate is closed then."""
        while True:
            left_s = grant.valid_until_s - self._now()
            if left_s <= 0:
                why = Why.TOO_LONG if grant.is_last else Why.NOT_RENEWED
                return self._drop(Gone(Status.EXPIRED, why))
            await self._woken(min(self._renew_s, left_s))
            self._news.clear()
            if self._revoked and self._revoked.number == grant.number:
                return self._drop(Gone(Status.REVOKING, self._revoked.why))
            answer = await self._renew(grant)
            if isinstance(answer, Gone):
                return self._drop(answer)
            if answer is not None:
                grant = answer
                self._gate.renewed(grant.number, grant.valid_until_s)

    async def release(self, grant: Grant) -> None:
        """Nothing more will be heard under this grant."""
        self._gate.close()
        await self._leave(grant.request)

    async def run(self) -> None:
        """Listen to the floor until cancelled."""
        while True:
            try:
                async with self._channel.listen() as events:
                    async for event in events:
                        self._hear(event)
            except RedisError as error:
                logger.warning("the floor's channel is lost", extra={"error": str(error)})
                await asyncio.sleep(LISTEN_AGAIN_S)

    def _hear(self, event: Event) -> None:
        if event.who != self._lease.fence.agent or event.event == Status.WAITING:
            return
        if event.event == Status.REVOKING and event.number == self._gate.grant:
            self._revoked = event
            self._gate.close()
        self._news.set()

    async def _try(self, request: FloorRequest) -> Grant | Queued | Gone | None:
        """One call; None where nothing can be known now."""
        if not self._lease.is_valid(self._now()):
            return None
        try:
            answer = await self._store.request(self._lease.fence, request)
        except RoomhandError as error:
            logger.warning("floor not asked for", extra={"error": str(error)})
            return None
        if isinstance(answer, Queued):
            self.place = FloorPlace(Place.QUEUED, answer.position)
        return answer

    async def _renew(self, grant: Grant) -> Grant | Gone | None:
        try:
            return await self._store.renew(self._lease.fence, grant, begun=self._begun)
        except RoomhandError as error:
            logger.warning("grant not renewed", extra={"error": str(error)})
            return None

    async def _leave(self, request_id: str) -> None:
        self.place = IDLE
        try:
            await self._store.release(self._lease.fence, request_id)
        except RoomhandError as error:
            logger.warning("floor left to expire", extra={"error": str(error)})

    def _take(self, grant: Grant) -> Grant:
        self._revoked, self._begun = None, False
        self._gate.open(grant.number, grant.valid_until_s)
        self.place = FloorPlace(Place.HOLDING)
        return grant

    def _drop(self, gone: Gone) -> Gone:
        self._gate.close()
        logger.info("floor gone", extra={"status": gone.status, "why": gone.why})
        return gone

    async def _woken(self, limit_s: float) -> None:
        try:
            async with asyncio.timeout(limit_s):
                await self._news.wait()
        except TimeoutError:
            return
