"""Who gets the processor first: several machines are played on two cores, and on a machine of its
own a worker that begins takes nothing from the rooms of another.

Only root may give itself more than others and take back what it has given away; for anybody else
nothing changes.
"""

from __future__ import annotations

import os
from contextlib import suppress

import psutil

FIRST, ORDINARY, LAST = -10, 0, 19
IS_ROOT = os.geteuid() == 0


def go_first() -> None:
    """This process, the threads and the processes that it starts from now on: those who talk and
    listen, and what is between them."""
    if IS_ROOT:
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)


def yield_to_others(pid: int) -> None:
    """A process that has just been started, and all that it starts."""
    if IS_ROOT:
        os.setpriority(os.PRIO_PROCESS, pid, LAST)


def yield_no_more(pid: int) -> None:
    """With all that it has started. On Linux every thread has a priority of its own, and one that
    is started meanwhile still has that of who starts it."""
    if IS_ROOT:
        process = psutil.Process(pid)
        while any(_raise(one) for one in (process, *process.children(recursive=True))):
            pass


def _raise(process: psutil.Process) -> bool:
    """Whether it still yielded. Who has ended meanwhile does not."""
    yielded = False
    with suppress(psutil.NoSuchProcess, ProcessLookupError):
        for thread in process.threads():
            if os.getpriority(os.PRIO_PROCESS, thread.id) != ORDINARY:
                os.setpriority(os.PRIO_PROCESS, thread.id, ORDINARY)
                yielded = True
    return yielded
