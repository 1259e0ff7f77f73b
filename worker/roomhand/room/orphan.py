"""A job process does not outlive its worker.

livekit-agents ends a job's tasks when the worker's socket closes, but the process then may wait for
ever for a thread that forwards logs (seen with 1.8: a worker killed, its pipe reset), a ghost of
the agent in the room with it.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from multiprocessing.process import BaseProcess

GRACE_S = 3.0
"""For whatever ends by itself."""


def end_with_worker(grace_s: float = GRACE_S) -> None:
    """Watch the worker that made this process; a while after its death, end this one."""
    worker = multiprocessing.parent_process()
    if worker is not None:
        watch = threading.Thread(
            target=_outlive, args=(worker, grace_s), name="worker-watch", daemon=True
        )
        watch.start()


def _outlive(worker: BaseProcess, grace_s: float) -> None:
    worker.join()
    time.sleep(grace_s)
    os._exit(os.EX_TEMPFAIL)
