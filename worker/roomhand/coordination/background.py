"""Tasks that run beside the rest, are never forgotten and never fail unseen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any

log = logging.getLogger(__name__)

AGAIN_S = 0.5
"""Between two attempts to cancel."""


async def end_all(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel tasks; they are over when this returns. How each ended is its own affair.

    Once is not enough: redis-py sends under ``asyncio.wait_for``, which before Python 3.12 loses a
    cancellation that comes in the moment in which the sending is done, and the task lives on.
    """
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=AGAIN_S)


async def together(works: Mapping[str, Coroutine[None, None, None]]) -> None:
    """Run all of them, by name, until one ends, and then end the others; raises what that raised.

    Cancelled again it cancels them again, which a TaskGroup does once: see ``end_all``.
    """
    tasks = [asyncio.create_task(work, name=name) for name, work in works.items()]

    def end(_: asyncio.Task[None]) -> None:
        for task in tasks:
            insist_on_end(task)

    for task in tasks:
        task.add_done_callback(end)
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        if error is not None and not isinstance(error, asyncio.CancelledError):
            raise error


def insist_on_end(task: asyncio.Task[Any]) -> None:
    """Cancel a task from a callback, and again for as long as it goes on: see ``end_all``."""
    if not task.done():
        task.cancel()
        asyncio.get_running_loop().call_later(AGAIN_S, insist_on_end, task)


class Background:
    """A running task. An exception that ends it is a bug, is logged as one, and told to ``on_bug``
    with the task's name."""

    def __init__(
        self,
        work: Coroutine[None, None, None],
        name: str,
        on_bug: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._on_bug = on_bug
        self._task = asyncio.create_task(work, name=name)
        self._task.add_done_callback(self._done)

    async def end(self, grace_s: float = 0.0) -> None:
        """Let it finish for ``grace_s``, then cancel it; it is over when this returns."""
        if grace_s:
            await asyncio.wait([self._task], timeout=grace_s)
        await end_all([self._task])

    def _done(self, task: asyncio.Task[None]) -> None:
        if report_bug(task):
            self._on_bug(task.get_name())


def report_bug(task: asyncio.Task[None]) -> bool:
    """Of a task that is done: whether an exception ended it."""
    failed = not task.cancelled() and task.exception() is not None
    if failed:
        log.critical("%s ended by a bug", task.get_name(), exc_info=task.exception())
    return failed
