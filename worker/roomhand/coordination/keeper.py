"""Keeps a lease alive, and tells the job when it may act, must be silent, or must end."""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import Callable

from roomhand.clock import MeetingClock, own_now_s
from roomhand.coordination.background import Background
from roomhand.coordination.fencing import Fence
from roomhand.coordination.lease import Busy, Granted, LeaseStore, NoRecord, Stale
from roomhand.coordination.ownership import LeaseTerms, Ownership, State
from roomhand.coordination.scribe import ScribeDuty
from roomhand.coordination.scripts import Answer
from roomhand.coordination.timebase import RedisOffset
from roomhand.errors import (
    LeaseLostError,
    LeaseUnknownError,
    OwnershipError,
    RedisError,
    StaleEpochError,
)

log = logging.getLogger(__name__)

StateListener = Callable[[State], None]


class LeaseKeeper:
    """Owns one agent for one process.

    ``acquire`` first, then ``start``; ``close`` ends it and gives the agent up. ``on_state`` hears
    every change: *held* (act), *unknown* (silent, but keep listening), *lost* (end at once),
    *released*. The gate asks ``is_valid`` for every frame, which is right also in the moment before
    ``on_state`` is called.

    Where Redis comes back without its data, the record is gone and no renewal can prove anything.
    The keeper then acquires under its own epoch: whoever asks first has the record, everybody else
    is refused and ends, so there is still one owner. ``on_restored`` hears of it, because whatever
    else the room had in Redis is gone, too; ``MeetingStore.open`` with ``known`` mends the meeting.
    """

    def __init__(
        self,
        leases: LeaseStore,
        fence: Fence,
        owner: str,
        terms: LeaseTerms,
        *,
        on_state: StateListener = lambda state: None,
        on_restored: Callable[[], None] = lambda: None,
        scribe: ScribeDuty | None = None,
        now: Callable[[], float] = own_now_s,
    ) -> None:
        self.fence = fence
        self.owner = owner
        self.scribe = scribe
        self.meeting_clock: MeetingClock | None = None
        """Given the offset at every renewal, once the meeting is known."""
        self.failures = 0
        """Renewals without an answer."""
        self.restored = 0
        """Times that the record was gone and was made again."""
        self._leases = leases
        self._terms = terms
        self._ownership = Ownership(terms)
        self._offset = RedisOffset()
        self._on_state = on_state
        self._on_restored = on_restored
        self._now = now
        self._told = State.RESERVED
        self._renewal: Background | None = None
        self._expiry: asyncio.TimerHandle | None = None

    @property
    def state(self) -> State:
        """What may be believed now."""
        return self._ownership.state

    @property
    def valid_until_s(self) -> float:
        """Until when the lease is proven, by own clock; in the past where it is not."""
        return self._ownership.valid_until_s if self.state is State.HELD else -math.inf

    @property
    def epoch(self) -> int:
        """Under which everything is written."""
        return self.fence.epoch

    @property
    def offset_s(self) -> float | None:
        """Redis time less own time, or None before the first answer."""
        return self._offset.offset_s

    def is_valid(self, now_s: float | None = None) -> bool:
        """The agent may be heard at ``now_s`` of the own clock (now, if None)."""
        return self._ownership.is_valid(self._now() if now_s is None else now_s)

    async def acquire(self, wait_s: float = 0.0, poll_s: float | None = None) -> None:
        """Own the agent, waiting at most ``wait_s`` for another's lease to end, or for its owner to
        hand it over: then ask every ``poll_s``.

        Raises LeaseLostError where the epoch is over, OwnershipError where the agent stays
        another's, RedisError without an answer.
        """
        until_s = self._now() + wait_s
        while True:
            asked_s = self._now()
            answer = await self._ask_to_acquire()
            if isinstance(answer, Busy) and asked_s < until_s:
                pause_s = min(answer.expires_in_s + 0.01, self._terms.renew_s, until_s - asked_s)
                pause_s = pause_s if poll_s is None else min(pause_s, poll_s)
                await asyncio.sleep(pause_s)
                continue
            self._take_in(answer, asked_s)
            if isinstance(answer, Busy):
                raise OwnershipError(
                    f"{self.fence.agent} is owned by {answer.holder} "
                    f"for {answer.expires_in_s:.1f} s more"
                )
            if isinstance(answer, Stale):
                raise LeaseLostError(f"{self.fence.agent}: epoch {self.epoch} is over")
            return

    async def measure(self) -> None:
        """Learn Redis time without asking for anything. Raises RedisError without an answer."""
        asked_s = self._now()
        redis_s = await self._leases.redis_now_s()
        self._offset.measure(asked_s, redis_s, self._now())

    def start(self) -> None:
        """Renew from now on."""
        self._renewal = Background(self._renew_for_ever(), f"lease of {self.fence.agent}")

    async def renew(self) -> None:
        """One renewal, bounded, of lease and scribe. An answer that does not come changes nothing
        but the time."""
        asked_s, restored = self._now(), False
        answer: Granted | Busy | Stale | NoRecord
        try:
            async with asyncio.timeout(self._terms.renew_s):
                answer, claim = await self._ask_to_renew()
                if isinstance(answer, NoRecord):
                    log.warning("the record of %s is gone; acquiring again", self.fence.agent)
                    answer, claim = await self._ask_to_acquire(), None
                    restored = isinstance(answer, Granted)
        except (RedisError, TimeoutError) as error:
            self.failures += 1
            log.warning("lease of %s not renewed: %s", self.fence.agent, str(error) or "no answer")
            self.look()
            return
        if isinstance(answer, Busy):
            answer = Stale(answer.epoch)
        self._take_in(answer, asked_s)
        if restored:
            self.restored += 1
            self._on_restored()
        if self.scribe and self.state is State.HELD:
            await self._renew_scribe(self.scribe, claim)

    async def hand_over(self, epoch: int, owner: str) -> bool:
        """Give the agent to a successor in one step; nothing is ours from then on. False where it
        is not ours any more. Raises RedisError without an answer: then it may be either's; and as
        ``ScribeDuty.renew``, by which the successor knows how far we have come."""
        if self._renewal:
            await self._renewal.end()
        try:
            if self.scribe:
                await self.scribe.renew()
                await self.scribe.release()
            answer = await self._leases.transfer(
                self.fence.agent, self.epoch, epoch, owner, self._terms.ttl_s
            )
        except (RedisError, StaleEpochError, LeaseUnknownError):
            self.start()  # the next renewal tells whose it is
            raise
        if isinstance(answer, Granted):
            self._ownership.release()
        else:
            self._ownership.refuse()
        self._tell()
        return isinstance(answer, Granted)

    def look(self) -> None:
        """See what time has done to the lease."""
        self._ownership.pass_time(self._now())
        self._tell()

    async def close(self) -> None:
        """Stop renewing and give the agent up. Without Redis the lease runs out by itself."""
        if self._renewal:
            await self._renewal.end()
        if self._expiry:
            self._expiry.cancel()
        if self.state in (State.HELD, State.UNKNOWN):
            await self._give_up()
        self._ownership.release()
        self._tell()

    async def _give_up(self) -> None:
        try:
            async with asyncio.timeout(self._terms.renew_s):
                if self.scribe:
                    await self.scribe.release()
                await self._leases.release(self.fence.agent, self.epoch, self.owner)
        except (RedisError, TimeoutError, StaleEpochError, LeaseUnknownError) as error:
            log.warning("lease of %s not released: %s", self.fence.agent, str(error) or "no answer")

    async def _ask_to_acquire(self) -> Granted | Busy | Stale:
        return await self._leases.acquire(
            self.fence.agent, self.epoch, self.owner, self._terms.ttl_s
        )

    async def _ask_to_renew(
        self,
    ) -> tuple[Granted | Stale | NoRecord, Answer | RedisError | None]:
        """The lease, and in the same round trip the scribe's; None: that was not asked for."""
        given = (self.fence.agent, self.epoch, self.owner, self._terms.ttl_s)
        claiming = self.scribe.claiming() if self.scribe else None
        if claiming is None:
            return await self._leases.renew(*given), None
        return await self._leases.renew_beside(*given, claiming)

    async def _renew_for_ever(self) -> None:
        while not self._ownership.ended:
            began_s = self._now()
            await self.renew()
            interval_s = self._terms.renew_s * random.uniform(0.8, 1.0)
            await asyncio.sleep(max(0.0, interval_s - (self._now() - began_s)))

    async def _renew_scribe(self, duty: ScribeDuty, claim: Answer | RedisError | None) -> None:
        """``claim``: what it was answered beside the lease."""
        try:
            async with asyncio.timeout(self._terms.renew_s):
                await (duty.renew() if claim is None else duty.claimed(claim))
        except (RedisError, TimeoutError, StaleEpochError, LeaseUnknownError) as error:
            log.warning("scribe not renewed by %s: %s", self.fence.agent, str(error) or "no answer")

    def _take_in(self, answer: Granted | Busy | Stale, asked_s: float) -> None:
        now_s = self._now()
        match answer:
            case Granted():
                self._offset.measure(asked_s, answer.redis_now_s, now_s)
                if self.meeting_clock and self.offset_s is not None:
                    self.meeting_clock.offset_s = self.offset_s
                self._ownership.confirm(asked_s, now_s)
                self._arm()
            case Stale():
                self._ownership.refuse()
        self.look()

    def _arm(self) -> None:
        """The state changes at the end of validity, also while a call hangs."""
        if self._expiry:
            self._expiry.cancel()
        left_s = max(0.0, self._ownership.valid_until_s - self._now())
        self._expiry = asyncio.get_running_loop().call_later(left_s + 0.001, self.look)

    def _tell(self) -> None:
        if self.state is not self._told:
            log.info("lease of %s: %s", self.fence.agent, self.state)
            self._told = self.state
            self._on_state(self.state)
