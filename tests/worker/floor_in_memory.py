"""The floor of a room without Redis: the pure floor behind the methods of the real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace

from roomhand.coordination.fencing import Fence
from roomhand.coordination.floor import MARGIN_S, Given, Gone, Grant, Queued
from roomhand.coordination.floor_view import FloorHolder, FloorView, FloorWaiting
from roomhand.errors import RedisError
from roomhand.turns.floor import Floor
from roomhand.turns.floor_event import Event
from roomhand.turns.floor_request import HEARD, FloorRequest, Standing, Status
from roomhand.turns.questions import Reason

FOR_EVER_MS = 10**9


class MemoryFloor:
    """The floor of a room, with a Redis that can be ``away`` and messages that can be ``deaf``."""

    def __init__(self, now: Callable[[], float], ttl_s: float = 3.0) -> None:
        self.floor = Floor(ttl_us=round(ttl_s * 1_000_000))
        self.now = now
        self.away = False
        self.slow_s = 0.0
        """An answer to a request takes so long."""
        self.deaf = False
        """Events get lost."""
        self.gone = False
        """Renewals are refused."""
        self.released: list[int] = []
        """Numbers of the grants that were given back."""
        self.calls: list[str] = []
        self._listeners: list[asyncio.Queue[Event]] = []
        self._told = 0

    @property
    def number(self) -> int:
        """The newest grant's; 0 before the first."""
        return self.floor.number

    @property
    def holder(self) -> str | None:
        """Who holds the floor."""
        return self.floor.holder.agent if self.floor.holder else None

    @holder.setter
    def holder(self, agent: str | None) -> None:
        """Another agent takes it for as long as it likes, or whoever has it gives it back."""
        before = self.floor.holder
        if before:
            self.floor.release(before.agent, before.request.id, self._now_us())
        if agent:
            wish = FloorRequest(id=f"of-{agent}", reason=Reason.SAY, max_talk_ms=FOR_EVER_MS)
            taken = self.floor.request(agent, wish, self._now_us())
            self.floor.standings[agent] = replace(taken, deadline_us=2**52)
        self._tell()

    async def request(self, fence: Fence, request: FloorRequest) -> Grant | Queued | Gone:
        """As the real one."""
        self._call("request")
        standing = self.floor.request(fence.agent, request, self._now_us())
        self._tell()
        if self.slow_s:
            await asyncio.sleep(self.slow_s)
        if standing.status in HEARD:
            return self._grant(standing)
        if standing.status is Status.WAITING:
            holder = self.floor.holder
            position = self.floor.position(fence.agent)
            return Queued(position, self.floor.obstacle, holder.agent if holder else "")
        return Gone(standing.status, standing.why)

    async def renew(self, fence: Fence, grant: Grant, *, begun: bool = False) -> Grant | Gone:
        """As the real one."""
        self._call("renew")
        if self.gone:
            return Gone(Status.EXPIRED)
        standing = self.floor.renew(fence.agent, grant.number, self._now_us(), begun=begun)
        self._tell()
        if standing:
            return self._grant(standing)
        known = self.floor.standings.get(fence.agent)
        if known is None or known.number != grant.number:
            return Gone(Status.EXPIRED)
        return Gone(known.status, known.why)

    async def release(self, fence: Fence, request_id: str) -> bool:
        """As the real one."""
        self._call("release")
        before = self.floor.holder
        ended = self.floor.release(fence.agent, request_id, self._now_us())
        self._tell()
        if before and ended and before.request.id == request_id:
            self.released.append(before.number)
        return ended is not None

    async def report(self, fence: Fence, tracks: Collection[str]) -> None:
        """As the real one."""
        self._call("report")
        self.floor.report(fence.agent, tracks, self._now_us())
        self._tell()

    async def hold(self, by: str) -> None:
        """As the real one."""
        self.floor.hold(by, self._now_us())
        self._tell()

    async def resume(self, by: str) -> None:
        """As the real one."""
        self.floor.resume(by, self._now_us())
        self._tell()

    async def give(self, agent: str, by: str) -> Given:
        """As the real one."""
        self.floor.give(agent, by, self._now_us())
        self._tell()
        if self.holder == agent:
            return Given.GRANTED
        return Given.WAITING if self.floor.position(agent) else Given.NOT_ASKED

    async def take(self, by: str) -> str | None:
        """As the real one."""
        agent = self.floor.take(by, self._now_us())
        self._tell()
        return agent or None

    async def view(self) -> FloorView:
        """As the real one."""
        return view_of(self.floor, self._now_us())

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[Event]]:
        """As the real channel."""
        heard: asyncio.Queue[Event] = asyncio.Queue()
        self._listeners.append(heard)

        async def events() -> AsyncIterator[Event]:
            while True:
                yield await heard.get()

        try:
            yield events()
        finally:
            self._listeners.remove(heard)

    def _call(self, name: str) -> None:
        if self.away:
            raise RedisError("Redis does not answer in time")
        self.calls.append(name)

    def _tell(self) -> None:
        news, self._told = self.floor.log[self._told :], len(self.floor.log)
        if not self.deaf:
            for listener in self._listeners:
                for event in news:
                    listener.put_nowait(event)

    def _now_us(self) -> int:
        return round(self.now() * 1_000_000)

    def _grant(self, standing: Standing) -> Grant:
        return Grant(
            number=standing.number,
            agent=standing.agent,
            valid_until_s=standing.deadline_us / 1_000_000 - MARGIN_S,
            request=standing.request.id,
            talk_until_s=standing.talk_until_us / 1_000_000,
            ends_s=standing.ends_us / 1_000_000,
        )


def view_of(floor: Floor, now_us: int) -> FloorView:
    """What a reader sees of the pure floor."""
    floor = floor.as_of(now_us)
    holder = floor.holder
    return FloorView(
        holder=None
        if holder is None
        else FloorHolder(
            agent=holder.agent,
            number=holder.number,
            expires_in_ms=-(-(holder.deadline_us - now_us) // 1000),
            since_ms=(now_us - holder.granted_us) // 1000,
            status=holder.status,
            reason=holder.request.reason,
            answers=holder.request.answers,
        ),
        queue=tuple(
            FloorWaiting(
                agent=one.agent,
                reason=one.request.reason,
                priority=one.request.priority,
                waits_ms=(now_us - one.arrived_us) // 1000,
                answers=one.request.answers,
            )
            for one in floor.queue
        ),
        speaking=tuple(sorted(floor.speech)),
        held_by=floor.held_by,
        given=floor.given,
        agent_turns=floor.agent_turns,
    )
