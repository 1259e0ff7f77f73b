"""A worker makes itself known, and drains when it is asked to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from roomhand.coordination.workers import Usage, WorkerBoard, WorkerRecord
from roomhand.errors import RedisError
from roomhand.job_metrics import UNREADABLE

logger = logging.getLogger(__name__)

ANNOUNCE_S = 1.0
MEASURE_EVERY = 15
"""Announcements: to add up what all jobs have used takes a while."""


class Announcing:
    """``describe`` tells of the worker as it is now, given when it started and what it has used;
    ``measure`` tells that, or raises ``UNREADABLE``. ``on_drain`` is called once when somebody asks
    it to drain."""

    def __init__(
        self,
        board: WorkerBoard,
        describe: Callable[[float, Usage], WorkerRecord],
        measure: Callable[[], Usage],
        on_drain: Callable[[], None],
    ) -> None:
        self._board = board
        self._describe = describe
        self._measure = measure
        self._on_drain = on_drain
        self._started_s: float | None = None
        self._usage = Usage()
        self._told = 0
        self._asked = False
        self._away = False

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.announce()
                self._away = False
            except RedisError as error:
                if not self._away:
                    logger.warning("worker not announced", extra={"error": str(error)})
                self._away = True
            await asyncio.sleep(ANNOUNCE_S)

    async def announce(self) -> None:
        """Once. Raises RedisError."""
        if self._started_s is None:
            self._started_s = await self._board.now_s()
        if self._told % MEASURE_EVERY == 0:
            self._usage = self._measured()
        drain = await self._board.announce(self._describe(self._started_s, self._usage))
        self._told += 1
        if drain and not self._asked:
            self._asked = True
            logger.info("asked to drain")
            self._on_drain()

    def _measured(self) -> Usage:
        try:
            return self._measure()
        except UNREADABLE as error:
            logger.warning("use not added up", extra={"error": str(error) or type(error).__name__})
            return self._usage

    async def leave(self) -> None:
        """The worker ends; without an answer it is forgotten by itself."""
        try:
            await self._board.leave(self._describe(0.0, self._usage).id)
        except RedisError as error:
            logger.warning("worker not taken off the list", extra={"error": str(error)})
