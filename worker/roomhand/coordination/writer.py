"""Writes segments to the transcript without ever making the speaker wait."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from roomhand.attribution.identity import Kind
from roomhand.attribution.segments import GAP_SUFFIX, Segment, SegmentKind
from roomhand.coordination.background import Background
from roomhand.coordination.fencing import Fence
from roomhand.coordination.transcript import (
    ErasedError,
    NoScribeError,
    NotScribeError,
    Role,
    TranscriptStore,
    UnsureError,
    role_of,
)
from roomhand.errors import ArchiveError, LeaseUnknownError, RedisError, StaleEpochError

log = logging.getLogger(__name__)

Append: TypeAlias = Callable[[Fence, str, Segment], Awaitable[str]]

RETRY_S = 0.25
CHECK_AGAIN_S = 2.0


class TranscriptWriter:
    """A bounded buffer in front of ``TranscriptStore.append``, flushed in order.

    While Redis is away or the lease is unknown (``may_write`` is False) segments wait. When the
    buffer is full, new ones are dropped and counted, and one gap for as long as they were takes
    their place, so that the transcript says that it has a hole. A segment so old that only the
    archive knows whether it is written steps aside and holds up nobody. ``on_lost`` is called once
    when a write shows that the agent has another owner; nothing is written after that.
    """

    def __init__(
        self,
        store: TranscriptStore,
        fence: Fence,
        meeting_id: str,
        capacity: int,
        *,
        may_write: Callable[[], bool] = lambda: True,
        on_lost: Callable[[], None] = lambda: None,
        on_bug: Callable[[str], None] = lambda name: None,
    ) -> None:
        if capacity < 1:
            raise ValueError("a buffer holds at least one segment")
        self.written = 0
        self.dropped = 0
        """Segments for which there was no room, or no time at the end: a hole in the transcript. Or
        no transcript any more: the meeting was erased."""
        self.not_ours = 0
        """People's segments that another scribe has to write."""
        self.lost = False
        self.meeting_id = meeting_id
        self._store = store
        self._fence = fence
        self._capacity = capacity
        self._may_write = may_write
        self._on_lost = on_lost
        self._on_bug = on_bug
        self._waiting: deque[Segment] = deque()
        self._aside: deque[Segment] = deque()
        self._gaps: dict[Role, Segment] = {}
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._complained = False
        self._check = asyncio.Event()
        self._writing: list[Background] = []

    @property
    def pending(self) -> int:
        """Segments not yet known to be in Redis."""
        return len(self._waiting) + len(self._gaps) + len(self._aside)

    @property
    def pending_from_ms(self) -> int | None:
        """The earliest onset among them; None where there are none."""
        waiting = (*self._waiting, *self._gaps.values(), *self._aside)
        return min((segment.start_ms for segment in waiting), default=None)

    def start(self) -> None:
        """Write from now on."""
        self._writing = [
            Background(self._write_for_ever(), "transcript writer", self._on_bug),
            Background(self._check_for_ever(), "transcript checker", self._on_bug),
        ]

    def add(self, segment: Segment) -> bool:
        """Take a final segment to be written; never waits. False where it had to be dropped.

        Raises ValueError for a segment that is not final.
        """
        if not segment.final:
            raise ValueError("only final segments are durable; interim text is published")
        if self.lost:
            self.dropped += 1
            return False
        taken = len(self._waiting) + len(self._aside) < self._capacity
        if taken:
            self._queue_gaps()
            self._waiting.append(segment)
        else:
            self._drop(segment)
        self._idle.clear()
        self._work.set()
        return taken

    async def flush(self, timeout_s: float) -> bool:
        """Wait until everything is in Redis. False where the time was not enough."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
        except TimeoutError:
            return False
        return not self.lost

    async def close(self, timeout_s: float) -> int:
        """Flush, stop, and return how many segments were never written, all told."""
        if self._writing:
            await self.flush(timeout_s)
            for task in self._writing:
                await task.end()
        self._abandon()
        return self.dropped

    async def _write_for_ever(self) -> None:
        while not self.lost:
            await self._work.wait()
            if not self._may_write() or not await self._write_next():
                await asyncio.sleep(RETRY_S)

    async def _check_for_ever(self) -> None:
        while not self.lost:
            await self._check.wait()
            if not self._may_write() or not await self._write_aside():
                await asyncio.sleep(CHECK_AGAIN_S)

    async def _write_next(self) -> bool:
        """Write the oldest segment. False where it has to be tried again later."""
        segment = self._next()
        if segment is None:
            self._work.clear()
            self._rest()
            return True
        try:
            done = await self._write(self._store.append, segment)
        except UnsureError:
            done = True
            if not self.lost:
                self._aside.append(segment)
                self._check.set()
        if done and not self.lost:
            self._waiting.popleft()
        return done

    async def _write_aside(self) -> bool:
        """The same for the oldest of those that the archive has to be asked about."""
        if not self._aside:
            self._check.clear()
            self._rest()
            return True
        done = await self._write(self._store.append_checked, self._aside[0])
        if done and not self.lost:
            self._aside.popleft()
        return done

    async def _write(self, append: Append, segment: Segment) -> bool:
        try:
            await append(self._fence, self.meeting_id, segment)
        except (RedisError, LeaseUnknownError, NoScribeError, ArchiveError) as error:
            self._complain(error)
            return False
        except NotScribeError:
            self.not_ours += 1
        except ErasedError:
            self.dropped += 1
        except StaleEpochError:
            self._lose()
            return True
        else:
            self.written += 1
        self._complained = False
        return True

    def _rest(self) -> None:
        if not self.pending:
            self._idle.set()

    def _next(self) -> Segment | None:
        """The oldest segment. Gaps come after everything that was waiting when they arose."""
        if not self._waiting:
            self._queue_gaps()
        return self._waiting[0] if self._waiting else None

    def _queue_gaps(self) -> None:
        self._waiting.extend(self._gaps.values())
        self._gaps.clear()

    def _drop(self, segment: Segment) -> None:
        self.dropped += 1
        role = role_of(segment)
        gap = self._gaps.get(role)
        if gap is None:
            self._gaps[role] = Segment(
                id=segment.id + GAP_SUFFIX,
                kind=SegmentKind.GAP,
                speaker="",
                name="",
                text="transcript buffer full",
                start_ms=segment.start_ms,
                end_ms=segment.end_ms,
                speaker_kind=Kind.AGENT if role is Role.AGENT else Kind.PERSON,
            )
            return
        start_ms, end_ms = min(gap.start_ms, segment.start_ms), max(gap.end_ms, segment.end_ms)
        self._gaps[role] = replace(gap, start_ms=start_ms, end_ms=end_ms)

    def _complain(self, error: Exception) -> None:
        if not self._complained:
            self._complained = True
            log.warning("transcript waits with %d segments: %s", self.pending, error)

    def _lose(self) -> None:
        self.lost = True
        self._abandon()
        self._on_lost()

    def _abandon(self) -> None:
        self.dropped += len(self._waiting) + len(self._aside)
        self._waiting.clear()
        self._aside.clear()
        self._gaps.clear()
        self._idle.set()
