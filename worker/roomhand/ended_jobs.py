"""Gives up the agents of job processes that ended without doing so, so that others come at once.

A process that was killed says nothing; its worker is the first to know. Without this the lease runs
out by itself, some seconds later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from livekit.agents.job import RunningJobInfo

from roomhand.attribution.identity import parse_agent_identity
from roomhand.coordination.background import report_bug
from roomhand.coordination.hints import Hints, Place
from roomhand.coordination.keys import RoomKeys
from roomhand.coordination.lease import LeaseStore
from roomhand.coordination.scripts import Scripts
from roomhand.errors import RedisError

logger = logging.getLogger(__name__)

LOOK_S = 0.1
ATTEMPTS = 15
"""A second apart; the lease has run out by itself then, and nobody waits any more for who was let
in."""
AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class _Owned:
    """What a job owns while it runs."""

    place: Place
    epoch: int
    owner: str


class EndedJobs:
    """``active`` tells of the jobs that run now."""

    def __init__(self, scripts: Scripts, active: Callable[[], Iterable[RunningJobInfo]]) -> None:
        self._scripts = scripts
        self._hints = Hints(scripts.client)
        self._active = active
        self._known: dict[str, _Owned] = {}
        self._releasing: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """See which jobs have ended since the last look."""
        running = {info.job.id: info for info in self._active()}
        for job_id in self._known.keys() - running.keys():
            task = asyncio.create_task(self._release(self._known.pop(job_id)))
            self._releasing.add(task)
            task.add_done_callback(self._releasing.discard)
            task.add_done_callback(report_bug)
        for job_id in running.keys() - self._known.keys():
            if (owned := _owned(running[job_id])) is not None:
                self._known[job_id] = owned

    async def _release(self, owned: _Owned) -> None:
        leases = LeaseStore(self._scripts, RoomKeys(owned.place.room))
        released = refused = False
        for _ in range(ATTEMPTS):
            try:
                if not released:
                    released = await leases.release(owned.place.agent, owned.epoch, owned.owner)
                if released:
                    logger.warning("a job ended and left its agent behind", extra=_where(owned))
                    await self._hints.due_at(owned.place, await self._hints.now_s())
                    return
                if not await _is_awaited(leases, owned):
                    return
                refused = True
                await asyncio.sleep(AGAIN_S)
            except RedisError as error:
                logger.warning(
                    "agent not given up yet", extra=_where(owned) | {"error": str(error)}
                )
                await asyncio.sleep(AGAIN_S)
        if not refused:
            logger.error("agent not given up: its lease runs out by itself", extra=_where(owned))


async def _is_awaited(leases: LeaseStore, owned: _Owned) -> bool:
    """It was to succeed an owner that lives, which alone keeps its epoch from being spent: should
    that die, too, whoever sends for the agent would wait for it."""
    record = await leases.read(owned.place.agent)
    return record is not None and record.minted == owned.epoch > record.epoch


def _owned(info: RunningJobInfo) -> _Owned | None:
    parsed = parse_agent_identity(info.accept_arguments.identity)
    if parsed is None:
        return None
    agent, epoch = parsed
    return _Owned(Place(info.job.room.name, agent), epoch, owner_of(info.worker_id, info.job.id))


def owner_of(worker_id: str, job_id: str) -> str:
    """Who owns an agent, as its lease tells."""
    return f"{worker_id}/{job_id}"


def _where(owned: _Owned) -> dict[str, str]:
    return {"room": owned.place.room, "agent": owned.place.agent}
