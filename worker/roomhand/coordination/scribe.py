"""The scribe: the one agent of a room that transcribes the people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from roomhand.coordination.fencing import Fence, accepted
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import Busy, Granted, expires_in_s, granted, whole_ms
from roomhand.coordination.scripts import Answer, Call, Scripts
from roomhand.errors import RedisError


@dataclass(frozen=True, slots=True)
class Scribing(Granted):
    """The duty is ours. ``left_s``: Redis time up to which the scribe before us had everything in
    the transcript; 0 where there was none, or it left for good."""

    left_s: float

    @property
    def from_s(self) -> float:
        """Redis time from which the people are ours to hear."""
        return self.left_s or self.redis_now_s


class ScribeStore:
    """The scribe's record of one room.

    Every method raises RedisError without an answer, StaleEpochError or LeaseUnknownError where the
    agent itself may not write (``fencing.accepted``).
    """

    def __init__(self, scripts: Scripts, keys: RoomKeys) -> None:
        self._scripts = scripts
        self._keys = {"agents": keys.agents, "scribe": keys.scribe}

    async def claim(
        self, fence: Fence, ttl_s: float, *, able: bool = True, heard_to_s: float = 0.0
    ) -> Scribing | Busy:
        """Become the scribe, or go on being it.

        Who is not ``able``, because its model gives no transcripts, gives way to who is.
        ``heard_to_s``: Redis time up to which all that was said is in the transcript.
        """
        call = self.claiming(fence, ttl_s, able=able, heard_to_s=heard_to_s)
        return claimed(await self._scripts.run(call.name, call.keys, call.args), fence)

    def claiming(self, fence: Fence, ttl_s: float, *, able: bool, heard_to_s: float) -> Call:
        """The same, to be run beside another; what it answers is for ``claimed``."""
        return Call(
            "scribe_claim",
            self._keys,
            {
                "agent": fence.agent,
                "epoch": fence.epoch,
                "ttl_ms": whole_ms(ttl_s),
                "able": int(able),
                "heard_to_us": round(heard_to_s * 1_000_000),
            },
        )

    async def release(self, fence: Fence, *, for_good: bool = False) -> bool:
        """Stop being the scribe; ``for_good``: nobody is to succeed it. False where it was not
        us."""
        answer = await self._scripts.run(
            "scribe_release",
            self._keys,
            {"agent": fence.agent, "epoch": fence.epoch, "for_good": int(for_good)},
        )
        return accepted(answer, fence).word == "released"


def claimed(answer: Answer, fence: Fence) -> Scribing | Busy:
    """What a claim was answered. Raises as ``fencing.accepted``."""
    if accepted(answer, fence).word == "busy":
        return Busy(answer["agent"], answer.number("epoch"), expires_in_s(answer))
    given = granted(answer)
    return Scribing(given.deadline_s, given.redis_now_s, answer.seconds("left_us"))


class ScribeDuty:
    """One agent's wish to be the scribe, claimed anew at every renewal of its lease.

    ``on_change`` hears True when the duty begins and False when another agent has it. While Redis
    is away the scribe goes on; its words wait in a buffer.
    """

    def __init__(
        self,
        store: ScribeStore,
        fence: Fence,
        ttl_s: float,
        on_change: Callable[[bool], None] = lambda is_scribe: None,
        *,
        able: bool = True,
    ) -> None:
        self._store = store
        self._fence = fence
        self._ttl_s = ttl_s
        self._on_change = on_change
        self._able = able
        self._resigned = False
        self.is_scribe = False
        self.left_s = 0.0
        """Redis time up to which the scribe before us had everything in the transcript; or 0."""
        self.from_s = 0.0
        """Redis time from which the people are ours to hear, as of when the duty began."""
        self.heard_to_s: Callable[[], float] = lambda: 0.0
        """The same of us, as of now; 0 before we hear."""
        self.for_good = False
        """Nobody is to succeed us."""

    async def renew(self) -> None:
        """Claim it, unless resigned. Raises as ``ScribeStore.claim`` does."""
        if self._resigned:
            return
        answer = await self._store.claim(
            self._fence, self._ttl_s, able=self._able, heard_to_s=self.heard_to_s()
        )
        await self._take_in(answer)

    def claiming(self) -> Call | None:
        """To claim it beside the renewal of the lease; None where it resigned."""
        if self._resigned:
            return None
        return self._store.claiming(
            self._fence, self._ttl_s, able=self._able, heard_to_s=self.heard_to_s()
        )

    async def claimed(self, answer: Answer | RedisError) -> None:
        """What became of that. Raises as ``ScribeStore.claim`` does."""
        if isinstance(answer, RedisError):
            raise answer
        await self._take_in(claimed(answer, self._fence))

    async def _take_in(self, answer: Scribing | Busy) -> None:
        if self._resigned:  # meanwhile
            await self._store.release(self._fence)
            return
        if isinstance(answer, Scribing):
            self.left_s = answer.left_s
            self.from_s = self.from_s if self.is_scribe else answer.from_s
        self._set(isinstance(answer, Scribing))

    async def resign(self, wait_s: float) -> bool:
        """Leave it to the other agents of the room, because this one is about to go.

        False where none of them has claimed it within ``wait_s``: then it is ours again.
        """
        self._resigned = True
        if not self.is_scribe:
            return True
        await self.release()
        await asyncio.sleep(wait_s)
        self._resigned = False
        await self.renew()
        self._resigned = not self.is_scribe
        return self._resigned

    async def release(self) -> None:
        """Let another agent have it."""
        if self.is_scribe:
            await self._store.release(self._fence, for_good=self.for_good)
            self._set(False)

    def _set(self, is_scribe: bool) -> None:
        if is_scribe != self.is_scribe:
            self.is_scribe = is_scribe
            self._on_change(is_scribe)
