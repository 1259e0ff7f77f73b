"""One task that runs beside the rest, is never forgotten and never fails unseen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

log = logging.getLogger(__name__)


class Background:
    """A running task. An exception that ends it is a bug, and is logged as one."""

    def __init__(self, work: Coroutine[None, None, None], name: str) -> None:
        self._task = asyncio.create_task(work, name=name)
        self._task.add_done_callback(_report)

    async def end(self, grace_s: float = 0.0) -> None:
        """Let it finish for ``grace_s``, then cancel it; it is over when this returns."""
        if grace_s:
            await asyncio.wait([self._task], timeout=grace_s)
        self._task.cancel()
        await asyncio.wait([self._task])


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception():
        log.critical("%s ended by a bug", task.get_name(), exc_info=task.exception())
