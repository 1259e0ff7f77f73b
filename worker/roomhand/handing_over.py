"""A worker that is to end asks the agents of its jobs to go to other workers."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Sequence

from livekit.agents.job import RunningJobInfo

from roomhand.attribution.identity import parse_agent_identity
from roomhand.coordination.commands import CommandSender, HandOver
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts
from roomhand.errors import RoomhandError

logger = logging.getLogger(__name__)

APART_S = 3.0 / (os.cpu_count() or 1)
"""Between two that are asked. A successor takes some seconds of a processor until it hears and
speaks; many that begin at once are late, and each room sees two of its agent meanwhile."""
AGAIN_S = 20.0


class HandingOver:
    """``jobs``: those that run now."""

    def __init__(self, scripts: Scripts, jobs: Callable[[], Sequence[RunningJobInfo]]) -> None:
        self._scripts = scripts
        self._jobs = jobs

    async def run(self) -> None:
        """Ask each, again and again while one is left: there may be no room elsewhere yet."""
        while jobs := self._jobs():
            for job in jobs:
                if self._runs(job):
                    await self._ask(job)
                    await asyncio.sleep(APART_S)
            await asyncio.sleep(AGAIN_S)

    def _runs(self, job: RunningJobInfo) -> bool:
        """Or its place is free by now."""
        return any(one.job.id == job.job.id for one in self._jobs())

    async def _ask(self, job: RunningJobInfo) -> None:
        """Unless it has given its agent away and is only ending: the next owner would hand it over
        again."""
        parsed = parse_agent_identity(job.accept_arguments.identity)
        if parsed is None:
            return
        agent, epoch = parsed
        keys = RoomKeys(job.job.room.name)
        try:
            record = await LeaseStore(self._scripts, keys).read(agent)
            if record is not None and record.epoch > epoch:
                return
            await CommandSender(self._scripts, keys).send(agent, HandOver())
        except RoomhandError as error:
            logger.warning("not asked to hand over", extra={"job": job.job.id, "error": str(error)})
