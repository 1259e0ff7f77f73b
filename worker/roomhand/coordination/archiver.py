"""Moves the oldest segments of a meeting from Redis to the archive, so that Redis stays bounded."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from roomhand.coordination.archive import Archive
from roomhand.coordination.closed import ClosedMeeting
from roomhand.coordination.connection import reported
from roomhand.coordination.entry import BEGINNING, Raw
from roomhand.coordination.fencing import Fence, accepted
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.meeting import MeetingStore
from roomhand.coordination.part import Part
from roomhand.coordination.scripts import Scripts, text
from roomhand.errors import ArchiveError, LeaseUnknownError, RedisError, StaleEpochError

log = logging.getLogger(__name__)

LOOK_S = 5.0
"""Between two looks whether Redis has enough for a part."""
DUTY_S = 0.1
"""Between two looks whether the scribe before has gone."""
LONGEST_WAIT_S = 60.0
"""Between two attempts while the archive is away."""


@dataclass(frozen=True, slots=True)
class ArchiveTerms:
    """How much of a meeting Redis keeps: at least ``kept`` segments, and less than a part more,
    beyond what is said in ``LOOK_S``. Raises ValueError for what can not be."""

    part: int = 500
    kept: int = 500
    """So many that an ordinary segment begins after the last one that Redis has let go of: only of
    one that does not has the archive to be asked before it is written."""

    def __post_init__(self) -> None:
        if self.part < 1 or self.kept < 0:
            raise ValueError("a part has at least one segment, and Redis keeps none or more")


class Archiver:
    """One for each agent of a meeting; only the scribe's works.

    A part is written, read back and compared, and only then may Redis let go of it, by a script
    that compares the epoch, the scribe, and what was let go of before. So a second archiver can
    only write the same again, and a death between the two steps costs a part that is written twice.
    ``on_archived`` hears how many segments Redis has let go of, ``on_failed`` of each attempt after
    which it has to keep them.
    """

    def __init__(
        self,
        *,
        scripts: Scripts,
        keys: RoomKeys,
        fence: Fence,
        meeting_id: str,
        archive: Archive,
        is_scribe: Callable[[], bool],
        terms: ArchiveTerms | None = None,
        on_archived: Callable[[int], None] = lambda segments: None,
        on_failed: Callable[[], None] = lambda: None,
    ) -> None:
        self._scripts = scripts
        self._keys = keys
        self._fence = fence
        self._meeting_id = meeting_id
        self._meetings = MeetingStore(scripts, keys)
        self._archive = archive
        self._is_scribe = is_scribe
        self._terms = terms or ArchiveTerms()
        self._on_archived = on_archived
        self._on_failed = on_failed
        self._failures = 0

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(min(LOOK_S * 2 ** min(self._failures, 8), LONGEST_WAIT_S))
            if self._is_scribe():
                await self.work()

    async def work(self) -> None:
        """Archive whole parts as long as Redis has more than it is to keep."""
        terms = self._terms
        while await self._try(terms.part, terms.kept + terms.part):
            pass

    async def finish(self, limit_s: float) -> bool:
        """The meeting is over: archive everything, and what is known of it. False where there was
        no time for all of it; then something is left in Redis, which keeps it for thirty days.

        Whoever is not the scribe waits until it is, so that the last to go writes the last.
        """
        try:
            async with asyncio.timeout(limit_s):
                await self._wait_for_duty()
                while await self._try(self._terms.part, 1):
                    pass
                await self._close()
                return await self._length() == 0
        except (TimeoutError, RedisError, ArchiveError):
            return False

    async def _wait_for_duty(self) -> None:
        for _ in range(int(LONGEST_WAIT_S / DUTY_S)):
            if self._is_scribe():
                return
            await asyncio.sleep(DUTY_S)

    async def _close(self) -> None:
        record = await self._meetings.read(self._meeting_id)
        if record is not None:
            accounts = await self._meetings.accounts(self._meeting_id)
            closed = ClosedMeeting(record, accounts)
            await self._archive.close(self._keys.room, self._meeting_id, closed)
            if await self._meetings.erased(self._meeting_id):
                await self._erase()

    async def _try(self, part: int, at_least: int) -> bool:
        """One part, if Redis has at least so many segments. Whether there may be more to do."""
        try:
            moved = await self._move(part, at_least)
        except (ArchiveError, RedisError, LeaseUnknownError) as error:
            self._fail(error)
            return False
        except StaleEpochError:
            return False  # whoever has the agent now goes on
        if self._failures:
            log.info("the archive takes segments again")
        self._failures = 0
        return moved

    async def _move(self, count: int, at_least: int) -> bool:
        """The oldest ``count`` segments, if there are ``at_least`` so many. False where there are
        not, or this agent may not."""
        length, after, raws = await self._oldest(count)
        if not raws or length < at_least:
            return False
        part = Part.after(after, raws)
        await self._archive.keep(self._keys.room, self._meeting_id, part)
        return await self._let_go(part)

    async def _oldest(self, count: int) -> tuple[int, str, list[Raw]]:
        """How many segments Redis has, what it has let go of, and the first of those that follow:
        as of one moment, for another archiver may be at work."""
        segments, meeting = self._keys.segments(self._meeting_id), self._meeting_id
        with reported():
            async with self._scripts.client.pipeline(transaction=True) as moment:
                moment.xlen(segments)
                moment.hget(self._keys.meeting(meeting), "archived_to")
                moment.xrange(segments, count=count)
                length, token, raws = await moment.execute()
        return length, BEGINNING if token is None else text(token), cast(list[Raw], raws)

    async def _let_go(self, part: Part) -> bool:
        answer = await self._scripts.run(
            "segments_trim",
            {
                "agents": self._keys.agents,
                "scribe": self._keys.scribe,
                "meeting": self._keys.meeting(self._meeting_id),
                "segments": self._keys.segments(self._meeting_id),
                "appended": self._keys.appended(self._meeting_id),
            },
            {
                "agent": self._fence.agent,
                "epoch": self._fence.epoch,
                "after": part.span.after,
                "to": part.span.to,
                "ids": json.dumps(part.ids),
            },
        )
        if accepted(answer, self._fence).word == "trimmed":
            self._on_archived(answer.number("count"))
        if answer.word == "erased":
            await self._erase()
        return answer.word in ("trimmed", "moved")

    async def _erase(self) -> None:
        """The meeting was erased while a part of it, or its end, was on its way to the archive."""
        await self._archive.erase(self._keys.room, self._meeting_id)

    async def _length(self) -> int:
        with reported():
            return int(await self._scripts.client.xlen(self._keys.segments(self._meeting_id)))

    def _fail(self, error: Exception) -> None:
        self._failures += 1
        self._on_failed()
        if self._failures == 1:
            log.warning("nothing is archived, Redis keeps it: %s", error)
