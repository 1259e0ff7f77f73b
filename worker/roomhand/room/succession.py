"""Handing an agent over to another process, without a moment in which nobody is the agent.

When nobody speaks the owner sends for a successor, and begins to say nothing more while one is on
its way. The successor joins the room beside it, hears and reads, and says by an attribute that it
is ready. In a quiet moment the owner writes what it has, and one script gives the agent away. It is
quiet when neither the agent nor a person speaks and no words are owed; where that does not come in
time, when the successor has heard all that is owed, for it transcribes that again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from livekit import rtc

from roomhand.admin import LiveKitAdmin
from roomhand.attribution.identity import parse_agent_identity
from roomhand.clock import own_now_s
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.wanted import WantedStore
from roomhand.errors import CommandError
from roomhand.room.holding import Holding

logger = logging.getLogger(__name__)

SUCCESSOR_ATTRIBUTE = "roomhand.successor"
"""Of who stands by and hears: the owner that its lease will name."""
COMES_S = 15.0
"""Until a worker has taken the dispatch and the successor hears."""
TAKEN_S = 1.5
"""A worker takes a dispatch, or refuses it, in less."""
ASKS = 12
"""Times that a named worker is asked for: livekit-server draws, the emptier the likelier."""
HEARS_MS = 1_000
"""For so long it has heard everybody before it takes over: a sound is judged in less."""
QUIET_S = 0.3
PATIENCE_S = 20.0
"""So long it is waited for the end of what the agent says."""
PAUSE_S = 2.0
"""So long a successor waits for a pause of people's, for the roster shows two meanwhile; from then
on what is owed decides."""
POLL_S = 0.02
ASKS_EVERY_S = 0.1
STANDS_BY_S = COMES_S + 2 * PATIENCE_S
"""So long a successor waits to be given the agent."""


@dataclass(frozen=True, slots=True)
class Successor:
    """Who stands by in the room."""

    epoch: int
    owner: str
    heard_from_ms: int
    """It has heard all that was said since then."""


def successor_of(room: rtc.Room, agent: str, epoch: int, now_ms: int) -> Successor | None:
    """Who stands by for the owner of this epoch. Only an agent's token makes one."""
    for participant in room.remote_participants.values():
        parsed = parse_agent_identity(participant.identity)
        owner = participant.attributes.get(SUCCESSOR_ATTRIBUTE)
        is_agent = participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
        if parsed and owner and is_agent and parsed[0] == agent and parsed[1] > epoch:
            return Successor(parsed[1], owner, now_ms)
    return None


class Succession:
    """One for an agent. ``speaks`` tells of the agent, ``quiet_for_s`` and ``owed_from_ms`` of the
    room; after ``hold_back`` the agent begins to say nothing until ``go_on``. ``retire`` ends all
    that is written in this process's name, and ``resume`` takes commands again where the agent
    could not be given away; ``done`` ends the job."""

    def __init__(
        self,
        room: rtc.Room,
        holding: Holding,
        admin: LiveKitAdmin,
        *,
        speaks: Callable[[], bool],
        hold_back: Callable[[], None],
        go_on: Callable[[], None],
        quiet_for_s: Callable[[], float],
        owed_from_ms: Callable[[], int | None],
        retire: Callable[[], Awaitable[None]],
        resume: Callable[[], None],
        done: Callable[[str], None],
    ) -> None:
        self._room = room
        self._holding = holding
        self._admin = admin
        self._speaks = speaks
        self._hold_back = hold_back
        self._go_on = go_on
        self._quiet_for_s = quiet_for_s
        self._owed_from_ms = owed_from_ms
        self._retire = retire
        self._resume = resume
        self._done = done
        self._running = False

    async def run(self, worker: str = "") -> bool:
        """Hand the agent over: to the worker of this id, or to any where it is empty.

        False where nobody came, or it is being done already; raises RoomhandError where a service
        does not answer: then the agent is obeyed here as before, for as long as the lease is this
        process's.
        """
        if self._running:
            return False
        self._running = True
        try:
            return await self._hand_over(worker)
        finally:
            self._running = False

    async def _hand_over(self, worker: str) -> bool:
        await self._pause()
        successor = await self._ready(worker)
        if successor is None:
            return False
        try:
            await self._retire()
            began_s = own_now_s()
            given = await self._holding.lease.hand_over(successor.epoch, successor.owner)
        except Exception:
            self._resume()
            raise
        logger.info("handed over", extra={"to": successor.epoch, "took_s": own_now_s() - began_s})
        self._done("handed over" if given else "another process owns this agent")
        return given

    async def _ready(self, worker: str) -> Successor | None:
        """Who stands by at a quiet moment; while it is on its way nothing is begun here, and where
        nobody comes all goes on."""
        agent, ready = self._holding.fence.agent, False
        self._hold_back()
        try:
            successor = await self._sent_for(worker)
            if successor is None:
                logger.warning("no worker took the successor", extra={"agent": agent})
                return None
            logger.info("the successor hears", extra={"epoch": successor.epoch})
            ready = await self._quiet_moment(successor)
            if not ready:
                logger.warning("the successor is gone again", extra={"agent": agent})
            return successor if ready else None
        finally:
            if not ready:
                self._go_on()

    async def _sent_for(self, worker: str) -> Successor | None:
        """livekit-server may bring it to another worker than the named one, and tries no second one
        after a refusal: so it is asked again until somebody was let in. It keeps what was refused
        for as long as the room lives, unless that is withdrawn."""
        for _ in range(ASKS if worker else 1):
            before = await self._minted()
            dispatch = await self._send(worker)
            let_in = await self._let_in(before, TAKEN_S)
            if not let_in:
                self._go_on()
                let_in = not worker and await self._let_in(before, COMES_S)
            if let_in:
                self._hold_back()
                return await self._arrival(COMES_S)
            await self._admin.remove_dispatch(self._room.name, dispatch)
        return None

    async def _let_in(self, before: int, within_s: float) -> bool:
        """Whether anybody was given an epoch for the agent, higher than the one ``before``."""
        until_s = own_now_s() + within_s
        while await self._minted() <= before:
            if own_now_s() >= until_s:
                return False
            await asyncio.sleep(ASKS_EVERY_S)
        return True

    async def _minted(self) -> int:
        """The highest epoch that anybody was given for the agent."""
        leases = LeaseStore(self._holding.scripts, self._holding.keys)
        record = await leases.read(self._holding.fence.agent)
        return 0 if record is None else record.minted

    async def _send(self, worker: str) -> str:
        """The dispatch's id."""
        fence = self._holding.fence
        generation = await WantedStore(self._holding.scripts, self._holding.keys).succeed(fence)
        if generation is None:
            raise CommandError(
                f"{fence.agent} was not brought by Roomhand, so nobody may succeed it. "
                "Bring it with roomhand join"
            )
        return await self._admin.dispatch(
            self._room.name, fence.agent, generation, succeeds=True, worker=worker
        )

    async def _pause(self) -> None:
        """Nobody is sent for while the agent speaks: the roster would show it twice for so long."""
        for _ in range(round(PATIENCE_S / POLL_S)):
            if self._quiet_for_s() > 0:
                return
            await asyncio.sleep(POLL_S)

    async def _arrival(self, within_s: float) -> Successor | None:
        """Who stands by in the room, as soon as somebody does."""
        until_s = own_now_s() + within_s
        while own_now_s() < until_s:
            fence, now_ms = self._holding.fence, self._holding.clock_ms()
            found = successor_of(self._room, fence.agent, fence.epoch, now_ms)
            if found is not None:
                return found
            await asyncio.sleep(POLL_S)
        return None

    async def _quiet_moment(self, successor: Successor) -> bool:
        """Wait for it. False where the successor has left meanwhile."""
        began_s = own_now_s()
        while self._stands_by(successor):
            patient = own_now_s() < began_s + (PATIENCE_S if self._speaks() else PAUSE_S)
            heard_ms = self._holding.clock_ms() - successor.heard_from_ms
            owed_ms = self._owed_from_ms()
            owed = None if owed_ms is None else owed_ms - successor.heard_from_ms
            if is_moment(heard_ms, owed, self._quiet_for_s(), patient=patient):
                return True
            await asyncio.sleep(POLL_S)
        return False

    def _stands_by(self, successor: Successor) -> bool:
        fence = self._holding.fence
        found = successor_of(self._room, fence.agent, fence.epoch, successor.heard_from_ms)
        return found == successor


def is_moment(
    heard_ms: int, owed_from_ms: int | None, quiet_for_s: float, *, patient: bool
) -> bool:
    """Whether to hand over now. Pure.

    ``heard_ms``: for how long the successor has heard; ``owed_from_ms``: when the first words that
    have no text yet were said, after it began to hear, None where all have; ``quiet_for_s``: since
    when neither the agent nor a person speaks.
    """
    if heard_ms < HEARS_MS:
        return False
    if owed_from_ms is None:
        return quiet_for_s >= QUIET_S or not patient
    return not patient and owed_from_ms > 0
